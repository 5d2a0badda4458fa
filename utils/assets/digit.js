// The page of Read my digit: the pad takes the first place in the lab's card.

function render({ model, el }) {
  const endLab = lab({ model, el });
  const root = el.querySelector(".lab");
  const place = document.createElement("div");
  root.classList.add("digit");
  place.className = "digit-pad";
  root.querySelector(".lab-body").prepend(place);
  root.querySelector(".lab-note").setAttribute("role", "status");    // why a file was refused
  const endPad = pad({ model, el: place });
  return () => { endPad(); endLab(); };
}

export default { render };
