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

  // Who wants no motion goes step by step: Play takes one step for each press.
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const isPlay = (button) => button.matches(".widget-play button:first-of-type");
  const step = (event) => {
    const button = event.target.closest?.(".widget-play button");
    if (!still.matches || !button || !isPlay(button) || !box()?.contains(button)) return;
    if (button.querySelector(".fa-pause")) return; // it has begun to play before
    const slider = button.closest(".widget-hbox").querySelector(".noUi-target").noUiSlider;
    const { min, max } = slider.options.range;
    const at = Number(slider.get());
    slider.set(at < max ? at + 1 : min);
    event.preventDefault();
    event.stopPropagation();
  };

  // Radio buttons without a common name do not know that they belong together.
  const group = `pagesim-${Math.random()}`;

  // Sliders, the numbers beside them and Play's buttons have no name that a screen reader could say,
  // and a slider over words tells the number of the word. Its label would be heard before it, again.
  const BUTTONS = { play: "play the steps", stop: "to the first step" };
  // What is said already is not said again: each change makes the browser look at the page once more.
  const say = (element, attribute, words) => {
    if (element.getAttribute(attribute) !== words) element.setAttribute(attribute, words);
  };
  const name = ({ target }) => {
    if (!box()?.contains(target)) return;
    const slider = target.closest(".widget-slider");
    const icon = target.closest(".widget-play") && target.querySelector("i");
    if (slider) nameSlider(slider);
    if (icon) {
      const act = icon.className.replace(/.*fa-/, "");
      const words = still.matches && act === "play" ? "one step" : BUTTONS[act] ?? act;
      say(target, "aria-label", words);
    }
    if (target.type !== "radio") return;
    for (const radio of box().querySelectorAll("input[type=radio]")) radio.name = group;
  };
  const nameSlider = (slider) => {
    const [label, handle, readout] =
      [".widget-label", ".noUi-handle", ".widget-readout"].map((each) => slider.querySelector(each));
    if (!label || !handle || !readout) return;
    say(label, "aria-hidden", "true");
    say(handle, "aria-label", label.textContent);
    say(handle, "aria-valuetext", readout.textContent);
    if (slider.closest(".pagesim-words")) {
      readout.contentEditable = "false"; // no word can be typed
      say(readout, "aria-hidden", "true"); // the slider says it
      return;
    }
    say(readout, "role", "textbox"); // a number can be typed into it
    say(readout, "aria-label", label.textContent);
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
  window.addEventListener("click", step, true);
  still.addEventListener("change", nameAll);
  return () => {
    there.disconnect();
    later.disconnect();
    window.removeEventListener("keydown", keep, true);
    window.removeEventListener("keydown", jump, true);
    window.removeEventListener("keydown", save, true);
    window.removeEventListener("focusin", name, true);
    window.removeEventListener("click", step, true);
    still.removeEventListener("change", nameAll);
  };
}
