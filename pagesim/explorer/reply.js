// A reply that a screen reader says when it comes: the region is there before its words are.
function render({ model, el }) {
  el.setAttribute("role", "status");
  el.className += " pagesim-reply";
  const verdict = document.createElement("b");
  const words = document.createElement("span");
  el.append(verdict, " ", words);
  const say = () => {
    verdict.textContent = model.get("verdict");
    words.innerHTML = model.get("html");
  };
  // What answers the bet stands below it, in other cells and in prose, as closed <details>.
  const open = () => {
    if (!model.get("opened")) return;
    for (const fold of document.querySelectorAll(`details.${model.get("folds")}`)) fold.open = true;
  };
  model.on("change:verdict", say);
  model.on("change:html", say);
  model.on("change:opened", open);
  say();
  open();
  hearPython(model);
  const undo = [takeAlong(model, el), mindControls(el)];
  return () => undo.forEach((each) => each());
}
export default { render };
