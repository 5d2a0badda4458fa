// The page's side of a Lab: controls left, picture right, the sentence below.
// Python owns every value; the page only proposes new ones and reports presses, as messages.

const SILENCE = 20000;    // milliseconds without an answer, after which the page says so
const LOST = "No answer for 20 seconds. Either a long computation is under way, or what answered this page has ended: "
  + "then reload the page, or in JupyterLab run its cell again.";

const words = (c, v) => {
  if (c.kind === "slider" && c.options.length) return c.options[v] + c.unit;
  const decimals = (String(c.step).split(".")[1] || "").length;
  return (Number.isInteger(v) ? v : Number(v).toFixed(Math.min(decimals, 4))) + c.unit;
};

const make = (tag, attrs = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [k, v] of Object.entries(attrs)) if (v !== "" && v != null) node.setAttribute(k, v);
  node.append(...children);
  return node;
};

// One control: its node, and a function that shows a value on it.
function control(c, id, propose, send) {
  const label = make("label", { for: id }, c.label);
  const value = make("output", { for: id, "aria-hidden": "true" });
  const help = c.help ? [make("small", { id: id + "-help" }, c.help)] : [];
  const described = c.help ? id + "-help" : "";
  if (c.kind === "slider") {
    const n = c.options.length;
    const input = make("input", { type: "range", id, "aria-describedby": described, min: n ? 0 : c.low,
      max: n ? n - 1 : c.high, step: n ? 1 : c.step });
    const show = (v) => {
      input.value = v;
      value.textContent = words(c, Number(v));
      input.setAttribute("aria-valuetext", value.textContent);
      const part = (input.value - input.min) / (input.max - input.min || 1);
      input.style.setProperty("--part", `${100 * part}%`);
    };
    input.addEventListener("input", () => { show(input.value); propose(c.name, Number(input.value)); });
    return { node: make("div", { class: "lab-control" }, label, value, input, ...help), show };
  }
  if (c.kind === "choice") {
    const input = make("select", { id, "aria-describedby": described },
      ...c.options.map((o, i) => make("option", { value: i }, o)));
    input.addEventListener("change", () => propose(c.name, Number(input.value)));
    return { node: make("div", { class: "lab-control" }, label, input, ...help), show: (v) => { input.value = v; } };
  }
  if (c.kind === "switch") {
    const input = make("input", { type: "checkbox", id, "aria-describedby": described });
    input.addEventListener("change", () => propose(c.name, input.checked));
    return { node: make("div", { class: "lab-control lab-switch" }, input, label, ...help),
      show: (v) => { input.checked = v; } };
  }
  if (c.kind === "upload") {
    const input = make("input", { type: "file", id, accept: "image/*", "aria-describedby": described });
    const note = make("small", { role: "status" });
    input.addEventListener("change", async () => {
      const file = input.files[0];
      if (!file) return;
      note.textContent = file.size > c.high * 2 ** 20 ? `That file is larger than ${c.high} MB.` : file.name;
      if (file.size <= c.high * 2 ** 20) send({ do: "upload", name: c.name }, [await file.arrayBuffer()]);
      input.value = "";
    });
    return { node: make("div", { class: "lab-control lab-upload" }, label, input, note, ...help),
      show: () => {}, clear: () => { note.textContent = ""; } };
  }
  const input = make("input", { type: "text", id, maxlength: c.high, spellcheck: "false",
    "aria-describedby": described });
  input.addEventListener("input", () => propose(c.name, input.value));
  return { node: make("div", { class: "lab-control" }, label, input, ...help),
    show: (v) => { if (input.value !== v) input.value = v; } };
}

// Copies text; where the browser forbids it, shows it selected instead.
async function copy(text, field, said) {
  try {
    await navigator.clipboard.writeText(text);
    said.textContent = "Copied";
  } catch {
    said.textContent = "Select and copy";
  }
  field.value = text;
  field.hidden = false;
  field.focus();
  field.select();
}

function footer(model, send) {
  const button = (text, what, cls = "") => {
    const b = make("button", { type: "button", class: cls }, text);
    b.addEventListener("click", what);
    return b;
  };
  const field = make("input", { type: "text", readonly: "", class: "lab-line", "aria-label": "The settings as one line" });
  const said = make("span", { class: "lab-said", role: "status" });
  field.hidden = true;
  const actions = model.get("actions").map((name) => button(name, () => send({ do: "action", name }), "lab-action"));
  const stop = button("Stop", () => send({ do: "stop" }), "lab-stop");
  const reset = button("Reset", () => send({ do: "reset" }));
  const copier = button("Copy settings", () => copy(model.get("line"), field, said));
  const forget = () => { field.hidden = true; said.textContent = ""; };
  const hands = actions.length ? [make("div", { class: "lab-actions" }, ...actions)] : [];
  return { nodes: [...hands, make("div", { class: "lab-tools" }, stop, reset, copier, said), field], stop, forget };
}

function render({ model, el }) {
  const id = "lab-" + Math.random().toString(36).slice(2, 9);
  const root = make("section", { class: "lab", "aria-label": model.get("title") || "Lab" });
  root.addEventListener("keydown", (event) => {    // or JupyterLab would take the keys for its cells
    if (event.key !== "Escape" && !event.ctrlKey && !event.metaKey) event.stopPropagation();
  });
  let timer = 0, silence = 0;
  let asked = 0;    // questions are numbered: busy until the newest is answered
  const lost = make("p", { class: "lab-lost", role: "alert" }, LOST);
  lost.hidden = true;
  const wait = () => {
    asked = Math.max(asked, model.get("heard")) + 1;
    root.dataset.asked = asked;
    clearTimeout(timer);
    timer = setTimeout(() => root.classList.add("lab-busy"), 200);
    clearTimeout(silence);
    silence = setTimeout(() => { lost.hidden = model.get("heard") >= asked || model.get("running"); }, SILENCE);
    return asked;
  };

  // One question about the controls at a time; what is moved meanwhile follows its answer. Not by the
  // widget's own saving, which waits for the kernel's word that it is idle: one such word lost on the
  // way, and the controls would be dumb for good. A question without an answer is asked again.
  let moved = {};       // what the reader moved since the last question
  let question = { asked: 0 };
  let patience = 0;
  const ask = () => {
    model.send(question);
    clearTimeout(patience);
    patience = setTimeout(() => { if (model.get("heard") < question.asked) ask(); }, 5000);
  };
  const tell = (now = false) => {
    if (!Object.keys(moved).length) return;
    if (!now && model.get("heard") < question.asked && !model.get("running")) return;
    question = { do: "set", values: moved, asked };
    moved = {};
    ask();
  };
  const propose = (name, value) => {
    moved[name] = value;
    wait();
    tell();
  };
  const send = (message, buffers = []) => {
    tell(true);
    model.send({ ...message, asked: wait() }, undefined, buffers);
  };

  const specs = model.get("controls");
  const parts = Object.fromEntries(specs.map((c, i) => [c.name, control(c, `${id}-${i}`, propose, send)]));
  const visible = specs.filter((c) => !c.more).map((c) => parts[c.name].node);
  const hidden = specs.filter((c) => c.more).map((c) => parts[c.name].node);
  const more = hidden.length ? [make("details", {}, make("summary", {}, "More"), ...hidden)] : [];
  const foot = footer(model, send);
  const side = make("div", { class: "lab-controls" }, ...visible, ...more, ...foot.nodes);

  const image = make("img", { draggable: "false" });
  const bar = make("div", { class: "lab-bar" }, make("span"));
  const note = make("p", { class: "lab-note", role: "status" });
  const plate = make("div", { class: "lab-picture" }, bar, lost, image, note);
  const sentence = make("p", { class: "lab-sentence", "aria-live": "polite" });
  const heading = model.get("title") ? [make("h2", {}, model.get("title"))] : [];
  const about = model.get("about") ? [make("p", { class: "lab-about" }, model.get("about"))] : [];
  root.append(...heading, ...about, make("div", { class: "lab-body" }, side, plate, sentence));
  el.append(root);
  root.companionModel = model;    // for tests, and for whoever looks with the browser's tools

  if (model.get("clickable")) {
    plate.classList.add("lab-clickable");
    image.addEventListener("click", (event) => {
      const box = image.getBoundingClientRect();
      send({ do: "click", x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height });
    });
  }
  const answered = () => {
    root.dataset.heard = model.get("heard");
    if (!model.get("png")?.byteLength) return;
    root.classList.add("lab-ready");
    if (model.get("heard") < asked) return;
    clearTimeout(timer);
    clearTimeout(silence);
    lost.hidden = true;
    root.classList.remove("lab-busy");
  };
  const showValues = () => {
    if (model.get("heard") < asked) return;    // the reader's hand is on them
    const values = model.get("values");
    for (const [name, part] of Object.entries(parts)) if (name in values) part.show(values[name]);
    foot.forget();
  };
  let url = "";
  const showPicture = () => {
    const png = model.get("png");
    if (!png || !png.byteLength) { image.hidden = true; return; }
    const old = url;
    url = URL.createObjectURL(new Blob([png], { type: "image/png" }));
    image.onload = () => { if (old) URL.revokeObjectURL(old); };
    image.src = url;
    image.hidden = false;
    answered();
  };
  const showText = () => {
    sentence.textContent = model.get("text");
    image.alt = model.get("text");
    image.style.maxWidth = `${model.get("width")}px`;
    root.classList.toggle("lab-wrong", model.get("wrong"));
  };
  const showRun = () => {
    root.classList.toggle("lab-running", model.get("running"));
    foot.stop.hidden = !model.get("stoppable");
    foot.stop.disabled = !model.get("running");
    note.textContent = model.get("note");
  };
  const listeners = { "change:values": showValues, "change:png": showPicture, "change:text": showText,
    "change:wrong": showText, "change:width": showText, "change:running": showRun, "change:note": showRun,
    "change:heard": () => { answered(); showValues(); tell(); } };
  for (const [event, f] of Object.entries(listeners)) { model.on(event, f); f(); }

  let narrow = null;
  const measure = new ResizeObserver(([entry]) => {
    const width = entry.contentRect.width;
    if (!width) return;
    root.classList.toggle("lab-stacked", width < 620);
    if (narrow === (width < 560)) return;
    narrow = width < 560;
    model.send({ do: "screen", narrow, ratio: window.devicePixelRatio || 1 });
  });
  measure.observe(el);
  return () => {
    measure.disconnect();
    for (const t of [timer, patience, silence]) clearTimeout(t);
    for (const [event, f] of Object.entries(listeners)) model.off(event, f);
    if (url) URL.revokeObjectURL(url);
  };
}

export default { render };
