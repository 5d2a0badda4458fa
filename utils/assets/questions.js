// Explanations are part of the page, so an answer is explained at once, even while a cell runs.
let views = 0;

function make(tag, cls, html) {
  const node = document.createElement(tag);
  if (cls) node.className = cls;
  if (html !== undefined) node.innerHTML = html;
  return node;
}

function choices(item, texts, name, picked) {
  return texts.map((text, i) => {
    const label = make("label", "cq-choice");
    const input = make("input");
    Object.assign(input, { type: "radio", name, value: i, checked: picked === i });
    label.append(input, make("span", "", text));
    return label;
  });
}

function numberField(item, picked) {
  const row = make("div");
  const input = make("input");
  Object.assign(input, { type: "number", step: "any", value: picked ?? "" });
  input.setAttribute("aria-label", "Your guess" + (item.unit ? " in " + item.unit : ""));
  if (item.low !== null) input.min = item.low;
  if (item.high !== null) input.max = item.high;
  row.append(input, " " + item.unit);
  return row;
}

function chosen(box, isNumber) {
  const field = box.querySelector(isNumber ? "input" : "input:checked");
  return field && field.value !== "" ? Number(field.value) : null;
}

function feedback(kind, item, value) {
  if (value === null) return ["", "Choose an answer first."];
  if (kind === "guess") return ["cq-kept", "Kept. Now run on and compare."];
  const choice = item.choices[value];
  return choice.right ? ["cq-right", "<b>✓ Right.</b> " + choice.why]
                      : ["cq-wrong", "<b>○ Not this one.</b> " + choice.why];
}

function question(model, spec, item, number, onAnswer) {
  const isNumber = spec.kind === "guess" && item.options.length === 0;
  const picked = model.get("picked")[item.id];
  const box = make("fieldset");
  box.dataset.id = item.id;
  const eyebrow = { guess: "Before you run it", question: "Checkpoint" }[spec.kind]
    ?? `Question ${number} of ${spec.items.length}`;
  box.append(make("legend", "", `<span class="cq-eyebrow">${eyebrow}</span>${item.prompt}`));
  if (isNumber) box.append(numberField(item, picked));
  else {
    const texts = item.options ?? item.choices.map((c) => c.text);
    box.append(...choices(item, texts, `cq-${++views}-${item.id}`, picked));
  }
  const button = make("button", "", spec.kind === "guess" ? "Keep my guess" : "Check");
  button.type = "button";
  const said = make("p", "cq-said");
  said.setAttribute("role", "status");
  button.addEventListener("click", () => {
    const value = chosen(box, isNumber);
    const [cls, words] = feedback(spec.kind, item, value);
    said.className = "cq-said " + cls;
    said.innerHTML = words;
    if (value !== null) onAnswer(item, value);
  });
  box.append(button, said);
  return box;
}

function render({ model, el }) {
  const spec = model.get("spec");
  const first = {};
  const root = make("div", "cq");
  const score = make("p", "cq-score");
  score.setAttribute("role", "status");
  const onAnswer = (item, value) => {
    model.set("picked", { ...model.get("picked"), [item.id]: value });
    model.save_changes();
    model.send({ id: item.id, value });
    if (spec.kind !== "quiz") return;
    first[item.id] ??= item.choices[value].right;
    const done = Object.values(first);
    score.textContent = `${done.filter(Boolean).length} right at the first choice, `
      + `${done.length} of ${spec.items.length} answered.`;
  };
  root.append(...spec.items.map((item, i) => question(model, spec, item, i + 1, onAnswer)), score);
  el.append(root);
}

export default { render };
