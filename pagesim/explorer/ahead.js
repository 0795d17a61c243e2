// Pictures that may be wanted next come before they are asked for (`ahead.py`): `show` gets one as
// soon as all controls stand where it was drawn for. Returns what undoes it.
function lookAhead(model, el, show) {
  let drawn = [];
  let controls = [];
  let over = false;
  const states = () => controls.map((each) => each.get("index") ?? each.get("value"));
  const look = () => {
    if (!drawn.length) return;
    const now = JSON.stringify(states());
    const found = drawn.find((each) => each.now === now);
    if (found) show(found);
  };
  const keep = ({ place, controls, alt }, [png]) => {
    // what was drawn for a position that has been left meanwhile tells nothing about this one
    if (place === model.get("place")) drawn.push({ now: JSON.stringify(controls), alt, png });
  };
  const forget = () => { drawn = []; };
  model.on("msg:custom", keep);
  model.on("change:place", forget);

  const ids = model.get("controls").map((reference) => reference.replace("IPY_MODEL_", ""));
  Promise.all(ids.map((id) => model.widget_manager.get_model(id))).then((found) => {
    if (over) return;
    controls = found;
    for (const each of controls) each.on("change", look);
  });

  // What has the focus is moved next; what is typed may be taken over.
  const tell = ({ target, type }) => {
    const box = el.closest(".pagesim-explorer");
    const one = box?.contains(target) && target.closest(".pagesim-controls > *");
    if (!one) return;
    const typed = target.type === "text" ? target.value : null;
    if (type === "input" && typed === null) return;
    model.send({ control: [...one.parentElement.children].indexOf(one), typed });
  };
  window.addEventListener("focusin", tell, true);
  window.addEventListener("input", tell, true);
  return () => {
    over = true;
    for (const each of controls) each.off("change", look);
    model.off("msg:custom", keep);
    model.off("change:place", forget);
    window.removeEventListener("focusin", tell, true);
    window.removeEventListener("input", tell, true);
  };
}
