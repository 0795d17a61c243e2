// Watches one explorer while it moves: when it was repainted, what was pressed, how high it stood.
window.watchExplorer = (box) => {
  const image = box.querySelector(".pagesim-figure img");
  const watch = { painted: [], pressed: 0, released: 0, heights: [] };
  box.watch = watch; // the watch before this one, if any, ends here
  const observer = new MutationObserver(() => {
    // a picture that is overtaken while it is decoded has never been seen
    image.decode().then(() => watch.painted.push(performance.now()), () => {});
  });
  observer.observe(image, { attributes: true, attributeFilter: ["src"] });
  box.addEventListener("keydown", (event) => { watch.pressed = event.timeStamp; }, true);
  document.addEventListener("pointerup", (event) => { watch.released = event.timeStamp; }, true);
  const sizes = new ResizeObserver(() => {
    if (box.watch !== watch) return sizes.disconnect();
    const height = Math.round(box.getBoundingClientRect().height);
    if (watch.heights.at(-1) !== height) watch.heights.push(height);
  });
  sizes.observe(box); // tells the height at once, then every change before it is painted
};

const digest = async (bytes) =>
  Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)),
    (byte) => byte.toString(16).padStart(2, "0")).join("");

// The file behind a picture that can be seen, as a digest; one that is none is an error.
window.fileOf = async (image) => {
  for (;;) {
    const src = image.src;
    try {
      await image.decode();
      return await digest(await (await fetch(src)).arrayBuffer());
    } catch (error) {
      if (image.src === src) throw error; // else the next picture came while this one was decoded
    }
  }
};

// What someone sees of an explorer, and hears.
const shown = async (box) => {
  const image = box.querySelector(".pagesim-figure img");
  const file = await fileOf(image);
  return { file, alt: image.alt, readout: box.querySelector("figcaption [role=status]").innerText };
};

// Wait until something is so; an error, if it is not by then.
window.until = (condition, ms = 60000) => new Promise((resolve, reject) => {
  const deadline = performance.now() + ms;
  const look = () => {
    if (condition()) resolve();
    else if (performance.now() > deadline) reject(Error(`not after ${ms} ms: ${condition}`));
    else setTimeout(look, 10); // looking at each frame would make the browser draw each frame
  };
  look();
});

// Wait until so many pictures have been seen, and then for none during `quiet` ms.
window.settled = async (box, { pictures, quiet }) => {
  const { painted } = box.watch;
  await until(() => painted.length >= pictures);
  const asked = performance.now();
  await until(() => Math.max(asked, painted.at(-1) ?? 0) + quiet < performance.now());
  return look(box);
};
window.look = async (box) => ({ pictures: box.watch.painted.length, shown: await shown(box) });

// Give keyboard focus to a control, and name the keys that move it by one step.
window.nudge = (control) => {
  const one = ".noUi-handle, select, input[type=text], input[type=checkbox]";
  const element = control.querySelector(".noUi-handle") ?? control.querySelector(one);
  element.focus();
  if (element.matches(".noUi-handle")) {
    return [element.ariaValueNow === element.ariaValueMax ? "ArrowLeft" : "ArrowRight"];
  }
  if (element.matches("select")) {
    return [element.selectedIndex === element.length - 1 ? "ArrowUp" : "ArrowDown"];
  }
  return element.type === "text" ? ["End", "Backspace", "Enter"] : ["Space"];
};

// The number or words beside each slider, by label.
const labelled = (box) => [...box.querySelectorAll(".widget-slider")].map((slider) => [
  slider.querySelector(".widget-label").innerText, slider.querySelector(".widget-readout"),
]);
window.sliderValues = (box) =>
  Object.fromEntries(labelled(box).map(([label, readout]) => [label, readout.innerText]));

// Sliders that tell another value than is to be read beside them.
window.unlikeRead = (box) => [...box.querySelectorAll(".widget-slider")].map((slider) => [
  slider.querySelector(".noUi-handle").ariaValueText, slider.querySelector(".widget-readout").innerText,
]).filter(([heard, read]) => heard !== read);

// Labels, lists, and words of any position, that do not fit where they stand.
window.cutIn = (box, words) => [
  ...[...box.querySelectorAll(".widget-label, .widget-dropdown select")]
    .filter(isCut).map((element) => element.innerText),
  ...labelled(box).flatMap(([label, readout]) => wordsCut(readout, words[label])),
];

// Where the keyboard is now, seen from `box`; null when it is elsewhere.
window.focusIn = (box) => {
  const element = document.activeElement;
  if (!box.contains(element)) return null;
  const style = getComputedStyle(element);
  const ring = style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth);
  const { left, top, right, bottom } = element.getBoundingClientRect();
  const above = box.getBoundingClientRect().top; // the page scrolls to what has the focus
  const control = element.closest(".pagesim-controls > *");
  const number = control ? [...control.parentElement.children].indexOf(control) : -1;
  return {
    what: `${element.tagName} ${element.className}`,
    name: element.ariaLabel || element.labels?.[0]?.innerText || element.innerText,
    control: number, ring, left, top: top - above, right, bottom: bottom - above,
  };
};

// Contrast of a text with what lies behind it (WCAG 2.2, "contrast ratio"): 1 to 21.
window.contrastOf = (element) => {
  const channels = (colour) => colour.match(/[\d.]+/g).map(Number);
  const luminance = (colour) => {
    const [r, g, b] = channels(colour).map((c) =>
      c <= 255 * 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  let behind = element;
  const clear = (node) => (channels(getComputedStyle(node).backgroundColor)[3] ?? 1) === 0;
  while (clear(behind) && behind.parentElement) behind = behind.parentElement;
  const one = luminance(getComputedStyle(element).color);
  const two = luminance(getComputedStyle(behind).backgroundColor);
  return (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
};

// Whether a text needs more room than it has.
window.isCut = (element) => {
  if (element.scrollWidth > element.clientWidth) return true;
  if (element.tagName !== "SELECT") return false;
  const free = element.cloneNode(true); // a list's text does not count as its content
  free.style.cssText = "width: max-content; max-width: none; position: absolute; visibility: hidden";
  element.parentElement.append(free);
  const wanted = free.offsetWidth;
  free.remove();
  return wanted > element.offsetWidth;
};

// Which of these words would not fit where a slider writes its value.
window.wordsCut = (place, words) => {
  const before = place.innerText;
  const cut = words.filter((word) => {
    place.innerText = word;
    return isCut(place);
  });
  place.innerText = before;
  return cut;
};
