// A reply that a screen reader says when it comes: the region is there before its words are.
function render({ model, el }) {
  el.setAttribute("role", "status");
  el.className += " pagesim-reply";
  const verdict = document.createElement("b");
  const words = document.createElement("span");
  el.append(verdict, " ", words);
  const say = () => {
    verdict.textContent = model.get("verdict");
    words.textContent = model.get("words");
  };
  model.on("change:verdict", say);
  model.on("change:words", say);
  say();
  return mindControls(el);
}
export default { render };
