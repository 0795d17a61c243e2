// Undo, reset, copy as code, numbers as tables: a row of small buttons below a picture, and Ctrl+Z.
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

  // The numbers of the picture as tables, one click away; they follow the picture while they are open.
  const tables = document.createElement("div");
  tables.className = "pagesim-tables";
  tables.tabIndex = 0; // a long one scrolls by keyboard
  tables.setAttribute("role", "group");
  tables.setAttribute("aria-label", "The numbers of the picture");
  const list = button("As a table", "the numbers of the picture, row by row", () => {
    model.set("tabled", !model.get("tabled"));
    model.save_changes();
  });
  list.hidden = !model.get("tabular");
  const show = () => {
    tables.hidden = !model.get("tabled");
    list.setAttribute("aria-expanded", String(!tables.hidden));
    tables.innerHTML = model.get("tables");
  };
  model.on("change:tabled", show);
  model.on("change:tables", show);
  show();
  row.tables = tables;

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
