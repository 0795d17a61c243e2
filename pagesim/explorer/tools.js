// Undo, reset, copy as code: a row of small buttons below a picture, and Ctrl+Z in its controls.
function makeTools(model, el) {
  let number = 0;
  const order = (what) => {
    model.set("order", [what, ++number]);
    model.save_changes();
  };
  const row = document.createElement("div");
  row.className = "pagesim-tools";
  const button = (text, title, act) => {
    const made = document.createElement("button");
    Object.assign(made, { type: "button", textContent: text, title, onclick: act });
    row.append(made);
    return made;
  };
  button("Undo", "back to the position before (Ctrl+Z)", () => order("undo"));
  button("Reset", "back to where it started", () => order("reset"));
  const copy = button("Copy as code", "the call that shows this position", () => order("copy"));
  model.on("change:code", async () => {
    const [text, asked] = model.get("code");
    if (asked !== number) return; // of another view of this picture
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      prompt("The call that shows this position:", text); // no right to the clipboard
      return;
    }
    copy.textContent = "Copied";
    setTimeout(() => { copy.textContent = "Copy as code"; }, 1500);
  });

  // Ctrl+Z while the focus is on a control; what is being typed is the text box's own.
  const undo = (event) => {
    const { target, key, ctrlKey, metaKey, shiftKey } = event;
    const box = el.closest(".pagesim-explorer");
    if (!box?.contains(target) || target.type === "text") return;
    if (!(ctrlKey || metaKey) || shiftKey || key.toLowerCase() !== "z") return;
    event.preventDefault();
    event.stopPropagation();
    order("undo");
  };
  window.addEventListener("keydown", undo, true);
  row.forget = () => window.removeEventListener("keydown", undo, true);
  return row;
}
