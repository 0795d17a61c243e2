// A press takes along what stands in its box: ipywidgets holds a change back for as long as Python
// has not answered the one before, but not a press, and ipykernel may hear of the two in two threads.
function takeAlong(model, el) {
  const FIELDS = ".widget-radio, .widget-text, .widget-dropdown";
  const shown = (control) => {
    if (control.matches(".widget-text")) return control.querySelector("input").value;
    if (control.matches(".widget-dropdown")) return control.querySelector("select").selectedIndex;
    const at = [...control.querySelectorAll("input")].findIndex((radio) => radio.checked);
    return at < 0 ? null : at;
  };
  const press = (event) => {
    const box = el.closest(".pagesim-bet, .pagesim-lab");
    const button = event.target.closest?.(".jupyter-button");
    if (!model.get("takes_presses") || !button || !box?.contains(button)) return;
    event.preventDefault();
    event.stopPropagation(); // ipywidgets would press it a second time
    const which = [...box.querySelectorAll(".jupyter-button")].indexOf(button);
    model.send({ pressed: which, shown: [...box.querySelectorAll(FIELDS)].map(shown) });
  };
  window.addEventListener("click", press, true);
  return () => window.removeEventListener("click", press, true);
}
