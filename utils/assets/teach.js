// The page of Teach it. Python owns all state; the page shows it, and sends what the visitor does.

const SILENCE = 20000;       // milliseconds without an answer, after which the page says so
const LOST = "No answer for 20 seconds. What answered this page may have ended: then reload the page, or in JupyterLab run its cell again.";
const LOAD = 16 * 2 ** 20;   // bytes of files in one message
const SHOT = 480;            // pixels of the longer side of a camera picture
const SERIES = 10, APART = 350;   // pictures of one press, milliseconds between them

const make = (tag, attrs = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [k, v] of Object.entries(attrs)) if (v != null) node.setAttribute(k, v);
  node.append(...children);
  return node;
};

const button = (text, what, attrs = {}) => {
  const b = make("button", { type: "button", ...attrs }, text);
  b.addEventListener("click", what);
  return b;
};

const percent = (p) => p > 0.995 ? "over 99 %" : p < 0.005 ? "under 1 %" : `${Math.round(100 * p)} %`;

// Why there is no camera here, or nothing where there is one.
async function noCamera() {
  if (!navigator.mediaDevices?.getUserMedia) return window.isSecureContext ? "No camera in this browser" : "Camera: needs https";
  try {
    const found = await navigator.mediaDevices.enumerateDevices();
    return found.some((d) => d.kind === "videoinput") ? "" : "No camera found";
  } catch { return "No camera found"; }
}

// A camera's panel: a button that opens it, and what it opens. `give` takes files.
function camera(whom, give) {
  const opener = button("Camera", () => (stream ? close() : open()), { "aria-label": `Camera for ${whom}`, "aria-expanded": "false" });
  const video = make("video", { playsinline: "", muted: "", "aria-label": "What the camera sees" });
  video.muted = true;
  const said = make("span", { class: "lab-said", role: "status" });
  const one = button("Take one", () => take(1));
  const series = button(`Take ${SERIES} in ${Math.round(SERIES * APART / 1000)} s`, () => take(SERIES));
  const panel = make("div", { class: "teach-camera" }, video, make("div", { class: "teach-tools" }, one, series,
    button("Close camera", () => { close(); opener.focus(); }), said),
    make("small", {}, "Move between two shots: near-copies make the test too easy."));
  panel.hidden = true;
  let stream = null, busy = false;
  const none = (why) => { opener.textContent = why; opener.disabled = true; opener.removeAttribute("aria-label"); };
  const look = () => noCamera().then((why) => { if (why) none(why); });
  look();
  async function open() {
    opener.disabled = true;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: { ideal: "environment" }, width: { ideal: 640 } } });
    } catch (e) {
      return none(e.name === "NotAllowedError" ? "Camera: not allowed" : "No camera found");
    }
    opener.disabled = false;
    opener.setAttribute("aria-expanded", "true");
    panel.hidden = false;
    video.srcObject = stream;
    await video.play().catch(() => {});
    one.focus();
  }
  function close() {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
    panel.hidden = true;
    opener.setAttribute("aria-expanded", "false");
  }
  async function take(n) {
    if (!stream || busy) return;
    busy = one.disabled = series.disabled = true;
    const shots = [];
    for (let i = 1; i <= n && stream; i++) {
      if (i > 1) await new Promise((r) => setTimeout(r, APART));
      const [w, h] = [video.videoWidth, video.videoHeight];
      if (!w) continue;
      const scale = Math.min(1, SHOT / Math.max(w, h));
      const canvas = make("canvas", { width: Math.round(w * scale), height: Math.round(h * scale) });
      canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise((r) => canvas.toBlob(r, "image/jpeg", 0.9));
      if (blob) shots.push(new File([blob], `camera picture ${i}`, { type: "image/jpeg" }));
      said.textContent = n > 1 ? `${i} of ${n}` : "";
    }
    busy = one.disabled = series.disabled = false;
    said.textContent = "";
    give(shots);
  }
  return { opener, panel, close };
}

// A button that opens the browser's dialogue for several picture files.
function files(text, whom, give) {
  const input = make("input", { type: "file", accept: "image/*", multiple: "", "aria-label": `${text} ${whom}`, tabindex: "-1" });
  input.hidden = true;
  input.addEventListener("change", () => { give([...input.files]); input.value = ""; });
  const opener = button(text, () => input.click(), { "aria-label": `${text} ${whom}` });
  return { opener, input };
}

function render({ model, el }) {
  const id = "teach-" + Math.random().toString(36).slice(2, 9);
  const limits = model.get("limits");
  const root = make("section", { class: "lab teach", "aria-label": model.get("title") });
  root.addEventListener("keydown", (event) => {    // or JupyterLab would take the keys for its cells
    if (event.key !== "Escape" && !event.ctrlKey && !event.metaKey) event.stopPropagation();
  });

  // questions are numbered: busy until the newest is answered
  let asked = 0, timer = 0, silence = 0;
  const lost = make("p", { class: "lab-lost", role: "alert" }, LOST);
  lost.hidden = true;
  const send = (message, buffers = []) => {
    asked = Math.max(asked, model.get("heard")) + 1;
    root.dataset.asked = asked;
    clearTimeout(timer);
    timer = setTimeout(() => root.classList.add("lab-busy"), 200);
    clearTimeout(silence);
    silence = setTimeout(() => { lost.hidden = model.get("heard") >= asked; }, SILENCE);
    model.send({ ...message, asked }, undefined, buffers);
  };
  const answer = (number) => new Promise((done) => {
    const is = () => model.get("heard") >= number && (model.off("change:heard", is), done(), true);
    if (!is()) model.on("change:heard", is);
  });

  // Files go to Python in messages of bounded size, one after the other; what is too heavy never does.
  async function give(message, chosen) {
    if (!chosen.length) return;
    const fits = (f) => f.size <= limits.megabytes * 2 ** 20;
    const heavy = chosen.filter((f) => !fits(f)).map((f) => f.name);
    const loads = [[]];
    let weight = 0;
    for (const f of chosen.filter(fits)) {
      if (loads.at(-1).length && (weight + f.size > LOAD || loads.at(-1).length >= 20)) { loads.push([]); weight = 0; }
      loads.at(-1).push(f);
      weight += f.size;
    }
    for (const [i, load] of loads.entries()) {
      const buffers = await Promise.all(load.map((f) => f.arrayBuffer()));
      send({ ...message, names: load.map((f) => f.name), heavy: i ? [] : heavy, first: i === 0 }, buffers);
      await answer(asked);
    }
  }

  // thumbnails: asked for once, kept while the page lives
  const kept = new Map();
  const missing = new Set();
  const thumb = (number, alt) => {
    const image = make("img", { width: 96, height: 96, draggable: "false" });
    image.alt = alt;
    image.dataset.number = number;
    if (kept.has(number)) image.src = kept.get(number);
    else missing.add(number);
    return image;
  };
  const fetchMissing = () => {
    if (missing.size) model.send({ do: "thumbs", ids: [...missing] });
    missing.clear();
  };
  const received = (content, buffers) => {
    if (content.thumbs) content.thumbs.forEach((number, i) => {
      if (kept.has(number)) return;
      kept.set(number, URL.createObjectURL(new Blob([buffers[i]], { type: "image/jpeg" })));
      for (const image of root.querySelectorAll(`img[data-number="${number}"]`)) image.src = kept.get(number);
    });
    if (content.file) {
      const url = URL.createObjectURL(new Blob([buffers[0]], { type: "application/octet-stream" }));
      make("a", { href: url, download: content.file }).click();
      setTimeout(() => URL.revokeObjectURL(url), 10000);
    }
  };

  const notes = {};
  const note = (place) => (notes[place] = make("p", { class: "lab-note teach-note", role: "status" }));
  const cameras = [];

  // 1: what each class holds
  function card(k) {
    const which = `class ${k + 1}`;
    const message = { do: "add", k, place: String(k) };
    const name = make("input", { type: "text", id: `${id}-name-${k}`, maxlength: limits.letters + 40, spellcheck: "false", autocomplete: "off" });
    name.addEventListener("change", () => send({ do: "name", k, name: name.value, place: String(k) }));
    name.addEventListener("keydown", (e) => { if (e.key === "Enter") name.blur(); });
    const kind = make("select", { "aria-label": `Samples for ${which}` }, ...limits.kinds.map((o, i) => make("option", { value: i }, o)));
      const samples = button(`Take ${limits.samples}`, () => send({ do: "samples", k, kind: Number(kind.value), place: String(k) }),
      { "aria-label": `Take ${limits.samples} samples for ${which}` });
    const pick = files("Add pictures", `to ${which}`, (chosen) => give(message, chosen));
    const shots = camera(which, (taken) => give(message, taken));
    cameras.push(shots);
    const empty = button("Remove all", () => { send({ do: "empty", k }); pick.opener.focus(); }, { class: "teach-small", "aria-label": `Remove all pictures of ${which}` });
    const count = make("p", { class: "teach-count" });
    const list = make("ul", { class: "teach-thumbs" });
    const head = make("div", { class: "teach-head" }, count, empty);
    const node = make("div", { class: "teach-class", role: "group", "aria-label": `Class ${k + 1}` },
      make("div", { class: "lab-control" }, make("label", { for: name.id }, k < 2 ? `Class ${k + 1}` : "Class 3 (optional)"), name),
      make("div", { class: "teach-tools" }, pick.opener, pick.input, shots.opener), shots.panel,
      make("div", { class: "teach-tools teach-samples" }, make("span", {}, "or drawings:"), kind, samples), note(String(k)), head, list);
    let old = "";
    const show = (c) => {
      if (document.activeElement !== name) name.value = c.name;
      const now = JSON.stringify(c);
      if (now === old) return;
      if (JSON.parse(old || "{}").kind !== c.kind) kind.value = c.kind;
      old = now;
      const n = c.ids.length;
      count.textContent = !n ? "No pictures yet." : c.few ? `${n} of the ${limits.fewest} that it needs at least.`
        : `${n} pictures, ${c.held.length} of them held out.`;
      empty.hidden = !n;
      for (const b of [pick.opener, samples]) b.disabled = c.full;
      list.replaceChildren(...c.ids.map((number, i) => {
        const held = c.held.includes(i);
        const gone = button("×", () => {
          const next = list.children[i + 1] ? c.ids[i + 1] : c.ids[i - 1];
          refocus = next === undefined ? pick.opener : () => list.querySelector(`button[data-number="${next}"]`);
          send({ do: "remove", id: number });
        }, { "aria-label": `Remove picture ${i + 1} of ${c.name}`, "data-number": number });
        return make("li", { class: held ? "teach-held" : "" }, thumb(number, `${c.name}, picture ${i + 1}${held ? ", held out" : ""}`), gone);
      }));
    };
    return { node, show };
  }
  let refocus = null;
  const cards = [0, 1, 2].map(card);
  const all = button("Fill all with samples", () => send({ do: "all" }), { class: "lab-action" });
  const reset = button("Clear everything", () => send({ do: "reset" }));

  // 2: training
  let follow = false;     // to the training: at the press, and once more when its picture has made room
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const toTraining = () => steps[1].scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
  const train = button("Train", () => {
    send({ do: "train", place: "train" });
    follow = true;
    toTraining();
  }, { class: "lab-action" });
  const stop = button("Stop", () => send({ do: "stop" }), { class: "lab-stop" });
  const progress = make("div", { class: "teach-progress", role: "progressbar", "aria-label": "Training", "aria-valuemin": 0, "aria-valuemax": 100 }, make("span"));
  const sentence = make("p", { class: "lab-sentence", "aria-live": "polite" });
  const image = make("img", { draggable: "false" });
  const plate = make("div", { class: "lab-picture" }, image);
  const wrong = make("ul", { class: "teach-cards" });
  const wrongPart = make("div", {}, make("h4", {}, "Its mistakes, the surest first"), wrong);

  // 3: testing
  const ask = { do: "test", place: "test" };
  const pick = files("Add pictures", "to test", (chosen) => give(ask, chosen));
  const shots = camera("a test", (taken) => give(ask, taken));
  cameras.push(shots);
  const unseen = button("Try unseen samples", () => send({ do: "unseen", place: "test" }));
  const tests = make("ul", { class: "teach-cards" });

  // 4: taking it home
  const save = button("Download export.safetensors", () => send({ do: "download", place: "take" }), { class: "lab-action" });
  const code = make("pre", { tabindex: "0", "aria-label": "Four lines of Python" }, limits.lines);
  const copied = make("span", { class: "lab-said", role: "status" });
  const copy = button("Copy", async () => {
    try { await navigator.clipboard.writeText(limits.lines); copied.textContent = "Copied"; } catch {
      const range = document.createRange();
      range.selectNodeContents(code);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      copied.textContent = "Selected: copy it with Ctrl+C";
    }
  }, { "aria-label": "Copy the four lines" });

  const step = (number, title, words, ...parts) => make("section", { class: "teach-step", "aria-labelledby": `${id}-${number}` },
    make("h3", { id: `${id}-${number}` }, make("span", { class: "teach-number", "aria-hidden": "true" }, number), title),
    ...(words ? [make("p", { class: "lab-about" }, words)] : []), ...parts);
  const steps = [
    step(1, "Show pictures", `${limits.fewest} to ${limits.most} a class, each at most ${limits.megabytes} MB. Every fifth, in an orange frame, is held out: `
      + "the net never learns from it, and is tested with it.", make("div", { class: "lab-actions" }, all, reset), note("all"),
      make("div", { class: "teach-classes" }, ...cards.map((c) => c.node))),
    step(2, "Train", "An epoch is once through all pictures; the loss says how wrong the net is. It takes some ten seconds, and early jumps are usual.", make("div", { class: "lab-actions" }, train, stop, progress), note("train"), sentence, plate, wrongPart),
    step(3, "Test", "Pictures that the net has never seen. It always names one of its classes, whatever you show it.",
      make("div", { class: "teach-tools" }, pick.opener, pick.input, shots.opener, unseen), shots.panel, note("test"), tests),
    step(4, "Take it home", "One file with numbers and words, no code. Where Companion is installed, four lines ask it.",
      make("div", { class: "teach-code" }, code, make("div", { class: "teach-tools" }, save, copy, copied)), note("take")),
  ];
  const bar = make("div", { class: "lab-bar" }, make("span"));
  root.append(bar, make("h2", {}, model.get("title")), make("p", { class: "lab-about" }, model.get("about")), lost, ...steps);
  el.append(root);
  root.companionModel = model;

  const bars = (names, probs) => names.map((name, i) => make("span", { class: "teach-bar" }, make("span", {}, name),
    make("span", { class: "teach-part", style: `--part: ${100 * probs[i]}%` }), make("span", {}, percent(probs[i]))));
  const words = (t, p) => !t.truth ? `${t.said}, ${p}` : t.right ? `${t.said}, ${p}: right` : `${t.said}, ${p}: wrong, it is ${t.truth}`;
  const tested = (t, names, long) => {
    const p = percent(Math.max(...t.probs));
    return make("li", { class: !t.truth ? "" : t.right ? "teach-right" : "teach-wrong" }, thumb(t.id, t.truth ? `A ${t.truth}` : "Your picture"),
      make("div", {}, make("strong", {}, long ? words(t, p) : `${t.truth}, taken for ${t.said}, ${p}`), ...(long ? bars(names, t.probs) : [])));
  };
  let oldTests = "", oldWrong = "";
  const showState = () => {
    const s = model.get("state");
    s.classes.forEach((c, k) => cards[k].show(c));
    all.disabled = s.classes.every((c) => c.ids.length);
    for (const [place, p] of Object.entries(notes)) {
      const mine = s.note?.place === place || (place === "all" && s.note?.text && !(s.note.place in notes));
      p.textContent = mine ? s.note.text : "";
      p.classList.toggle("teach-refused", Boolean(mine && s.note.wrong));
    }
    for (const part of steps.slice(2)) part.hidden = !s.trained;
    unseen.disabled = !s.sampled;
    const [t, w] = [JSON.stringify([s.tests, s.names]), JSON.stringify(s.mistakes)];
    if (t !== oldTests) tests.replaceChildren(...s.tests.map((x) => tested(x, s.names, true)));
    if (w !== oldWrong) wrong.replaceChildren(...s.mistakes.map((x) => tested(x, s.names, false)));
    [oldTests, oldWrong] = [t, w];
    wrongPart.hidden = !s.mistakes.length || model.get("running");
    fetchMissing();
    if (refocus && model.get("heard") >= asked) {
      (typeof refocus === "function" ? refocus() : refocus)?.focus();
      refocus = null;
    }
  };
  let url = "";
  const showPicture = () => {
    const png = model.get("png");
    plate.hidden = !png?.byteLength;
    if (plate.hidden) return;
    const old = url;
    url = URL.createObjectURL(new Blob([png], { type: "image/png" }));
    image.onload = () => {
      if (old) URL.revokeObjectURL(old);
      if (follow) toTraining();
      follow = false;
    };
    image.src = url;
  };
  const showText = () => {
    const running = model.get("running");
    sentence.setAttribute("aria-live", running ? "off" : "polite");    // not every epoch is read out
    sentence.textContent = image.alt = model.get("text");
    image.style.maxWidth = `${model.get("width")}px`;
    root.classList.toggle("lab-running", running);
    train.disabled = running;
    stop.disabled = !running;
    for (const b of [pick.opener, save]) b.disabled = running;
    progress.hidden = !running;
    const done = Math.round(100 * model.get("done"));
    progress.setAttribute("aria-valuenow", done);
    progress.style.setProperty("--part", `${done}%`);
    wrongPart.hidden = running || !model.get("state").mistakes.length;
  };
  const answered = () => {
    root.dataset.heard = model.get("heard");
    root.classList.add("lab-ready");
    if (model.get("heard") < asked) return;
    clearTimeout(timer);
    clearTimeout(silence);
    lost.hidden = true;
    root.classList.remove("lab-busy");
    const s = model.get("state");      // a name that was refused is put back
    s.classes.forEach((c, k) => { const input = root.querySelector(`#${id}-name-${k}`); if (document.activeElement !== input) input.value = c.name; });
    if (refocus) showState();
  };
  const listeners = { "msg:custom": received, "change:state": showState, "change:png": showPicture, "change:text": showText,
    "change:running": showText, "change:done": showText, "change:width": showText, "change:heard": answered };
  for (const [event, f] of Object.entries(listeners)) {
    model.on(event, f);
    if (event !== "msg:custom") f();
  }

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
    for (const c of cameras) c.close();
    for (const t of [timer, silence]) clearTimeout(t);
    for (const [event, f] of Object.entries(listeners)) model.off(event, f);
    for (const u of [url, ...kept.values()]) if (u) URL.revokeObjectURL(u);
  };
}

export default { render };
