// A picture with alt text and a live readout, repainted without flicker, that can be clicked.
const NOTHING = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==";

function render({ model, el }) {
  const figure = document.createElement("figure");
  figure.className = "pagesim-figure";
  const image = document.createElement("img");
  image.src = NOTHING; // an image without a source has no height, and the page would jump
  const readout = document.createElement("figcaption");
  readout.setAttribute("role", "status");
  readout.setAttribute("aria-live", "polite");
  figure.append(image, readout);
  el.append(figure);

  let shown = null;
  let latest = 0;
  let clicks = 0;

  const paint = () => {
    const turn = ++latest;
    const url = URL.createObjectURL(new Blob([model.get("png")], { type: "image/png" }));
    const next = new Image();
    next.onload = () => {
      if (turn !== latest) {
        // a later picture has overtaken this one while it was being decoded
        URL.revokeObjectURL(url);
        return;
      }
      image.src = url;
      if (shown) URL.revokeObjectURL(shown);
      shown = url;
    };
    next.src = url;
  };
  const say = () => {
    image.alt = model.get("alt");
    readout.textContent = model.get("alt");
    readout.classList.toggle("pagesim-mistake", model.get("mistake"));
  };
  const fit = () => {
    const [width, height] = model.get("size");
    image.style.width = width + "px";
    image.style.aspectRatio = width + " / " + height;
    image.classList.toggle("pagesim-clickable", model.get("clickable"));
  };
  image.addEventListener("click", (event) => {
    const box = image.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width;
    const y = (event.clientY - box.top) / box.height;
    model.set("click", [x, y, ++clicks]);
    model.save_changes();
  });
  model.on("change:png", paint);
  model.on("change:alt", say);
  model.on("change:mistake", say);
  fit();
  say();
  paint();

  // As many pixels as the screen has, so that the picture is crisp on every screen.
  const ratio = Math.min(2, Math.max(1, window.devicePixelRatio || 1));
  if (ratio !== model.get("ratio")) {
    model.set("ratio", ratio);
    model.save_changes();
  }
  const release = mindControls(el);
  return () => {
    release();
    if (shown) URL.revokeObjectURL(shown);
  };
}
export default { render };
