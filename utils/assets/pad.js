// A pad to draw on with mouse, finger, pen or keyboard. Python gets the strokes, points in 0..1.

const SIZE = 560;    // pixels of the canvas, however large it is shown
const STEP = 0.04;   // how far one arrow key moves the keyboard's pen

function render({ model, el }) {
  const root = document.createElement("div");
  root.className = "pad";
  root.innerHTML = `<canvas width="${SIZE}" height="${SIZE}" tabindex="0" role="application"></canvas>
    <div class="pad-tools"><button type="button">Undo</button><button type="button">Clear</button></div>
    <p class="pad-hint">By keyboard: arrow keys move the pen, Space sets it down or lifts it.</p>`;
  el.append(root);
  root.addEventListener("keydown", (event) => {    // or JupyterLab would take the keys for its cells
    if (event.key !== "Escape" && !event.ctrlKey && !event.metaKey) event.stopPropagation();
  });
  const [canvas] = root.getElementsByTagName("canvas");
  const [undo, clear] = root.getElementsByTagName("button");
  const pen = canvas.getContext("2d");
  let stroke = null;                                        // the one being drawn
  let hand = null;                                          // the keyboard's pen, once an arrow was pressed
  let strokes = model.get("strokes");
  let drawing = model.get("drawing");                       // drawings are numbered; Python names the newest it has

  const line = (points) => {
    pen.beginPath();
    for (const [x, y] of points) pen.lineTo(x * SIZE, y * SIZE);
    if (points.length === 1) pen.lineTo(points[0][0] * SIZE + 0.1, points[0][1] * SIZE);
    pen.stroke();
  };
  const show = () => {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, SIZE, SIZE);
    pen.lineWidth = model.get("pen") * SIZE;
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = "#1f2933";
    for (const s of strokes) line(s);
    if (stroke) line(stroke);
    if (hand && document.activeElement === canvas) {
      pen.fillStyle = stroke ? "#d55e00" : "#0072b2";
      pen.fillRect(hand[0] * SIZE - 6, hand[1] * SIZE - 6, 12, 12);
    }
    canvas.setAttribute("aria-label", `${model.get("label")}: ${strokes.length} strokes drawn`);
    undo.disabled = clear.disabled = !strokes.length;
  };
  const give = (changed) => {
    strokes = changed;
    drawing = Math.max(drawing, model.get("drawing")) + 1;
    model.send({ do: "draw", strokes, drawing });
    show();
  };
  const taken = () => {
    if (model.get("drawing") < drawing) return;             // a newer drawing is on its way to Python
    strokes = model.get("strokes");
    show();
  };
  const finish = () => {
    const done = stroke;
    stroke = null;
    if (done) give([...strokes, done]);
  };
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    const clip = (v) => Math.round(Math.min(Math.max(v, 0), 1) * 1000) / 1000;
    return [clip((event.clientX - box.left) / box.width), clip((event.clientY - box.top) / box.height)];
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (stroke || (event.pointerType === "mouse" && event.button)) return;
    canvas.setPointerCapture(event.pointerId);
    hand = null;
    stroke = [place(event)];
    show();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!stroke || !canvas.hasPointerCapture(event.pointerId)) return;
    for (const e of event.getCoalescedEvents?.() ?? [event]) stroke.push(place(e));
    show();
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, finish);
  canvas.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!way && event.key !== " ") return;
    event.preventDefault();
    hand ??= [0.5, 0.5];
    if (way) hand = hand.map((v, i) => Math.min(Math.max(v + way[i] * STEP, 0), 1));
    if (event.key === " " && stroke) finish();
    else if (event.key === " ") stroke = [hand];
    else if (stroke) stroke.push(hand);
    show();
  });
  canvas.addEventListener("focus", show);
  canvas.addEventListener("blur", () => { finish(); show(); });
  undo.addEventListener("click", () => give(strokes.slice(0, -1)));
  clear.addEventListener("click", () => give([]));
  for (const event of ["change:strokes", "change:drawing"]) model.on(event, taken);
  model.on("change:pen", show);
  show();
  return () => {
    for (const event of ["change:strokes", "change:drawing"]) model.off(event, taken);
    model.off("change:pen", show);
  };
}

export default { render };
