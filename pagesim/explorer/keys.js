// What controls in a notebook need and do not get from JupyterLab and ipywidgets.
// `el` belongs to a widget among them; returns what undoes it.
function mindControls(el) {
  const box = () => el.closest(".pagesim-explorer, .pagesim-bet, .pagesim-lab");

  // Plain keys belong to the control that has the focus: JupyterLab would take the arrows of a list
  // or of radio buttons for a walk through its cells. Ctrl+S, Shift+Enter and the like stay its own.
  const keep = ({ target, ctrlKey, altKey, metaKey, shiftKey }) => {
    if (!box()?.contains(target)) return;
    const plain = !(ctrlKey || altKey || metaKey || shiftKey);
    target.toggleAttribute("data-lm-suppress-shortcuts", plain);
  };

  // noUiSlider's own Home and End go where the range ended at first; some of ours grow and shrink.
  const jump = (event) => {
    const slider = event.target.closest?.(".noUi-target")?.noUiSlider;
    if (!slider || !box()?.contains(event.target)) return;
    if (event.key !== "Home" && event.key !== "End") return;
    const { min, max } = slider.options.range;
    slider.set(event.key === "Home" ? min : max);
    event.preventDefault();
    event.stopPropagation();
  };

  // A text box of ipywidgets keeps every key to itself, and Ctrl+S would save the web page.
  const save = (event) => {
    const { target, key, ctrlKey, metaKey } = event;
    if (target.type !== "text" || !box()?.contains(target)) return;
    if (!(ctrlKey || metaKey) || key.toLowerCase() !== "s") return;
    event.preventDefault();
    event.stopPropagation();
    target.blur(); // takes over what was typed
    box().dispatchEvent(new KeyboardEvent("keydown", event));
    target.focus();
  };

  // Radio buttons without a common name do not know that they belong together.
  const group = `pagesim-${Math.random()}`;

  // Sliders, the numbers beside them and Play's buttons have no name that a screen reader could say.
  const name = ({ target }) => {
    if (!box()?.contains(target)) return;
    const label = target.closest(".widget-slider")?.querySelector(".widget-label");
    const icon = target.closest(".widget-play") && target.querySelector("i");
    if (label) target.ariaLabel = label.textContent;
    if (icon) target.ariaLabel = icon.className.replace(/.*fa-/, "");
    if (target.type !== "radio") return;
    for (const radio of box().querySelectorAll("input[type=radio]")) radio.name = group;
  };

  const NAMELESS = ".noUi-handle, .widget-readout, .widget-play button, input[type=radio]";
  const nameAll = () => box()?.querySelectorAll(NAMELESS).forEach((target) => name({ target }));
  // ipywidgets puts the controls into the page when it likes: before this one or after it
  const later = new MutationObserver(nameAll);
  const there = new IntersectionObserver(() => {
    if (!box()) return;
    nameAll();
    later.observe(box(), { childList: true, subtree: true });
    there.disconnect();
  });
  there.observe(el);

  // on the window, and on the way down: before JupyterLab, which listens on the document
  window.addEventListener("keydown", keep, true);
  window.addEventListener("keydown", jump, true);
  window.addEventListener("keydown", save, true);
  window.addEventListener("focusin", name, true);
  return () => {
    there.disconnect();
    later.disconnect();
    window.removeEventListener("keydown", keep, true);
    window.removeEventListener("keydown", jump, true);
    window.removeEventListener("keydown", save, true);
    window.removeEventListener("focusin", name, true);
  };
}
