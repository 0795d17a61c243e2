// A picture with alt text and a live readout, repainted without flicker, that can be clicked.
const NOTHING = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==";

function render({ model, el }) {
  const figure = document.createElement("figure");
  figure.className = "pagesim-figure";
  figure.setAttribute("aria-label", "picture"); // else its whole caption would be its name
  const image = document.createElement("img");
  image.setAttribute("aria-hidden", "true"); // the caption says it: it would be heard twice
  image.src = NOTHING; // an image without a source has no height, and the page would jump
  const caption = document.createElement("figcaption");
  const readout = document.createElement("div"); // a caption itself may not be a status
  caption.append(readout);
  readout.setAttribute("role", "status");
  readout.setAttribute("aria-live", "polite");
  figure.append(image, caption);
  const tools = makeTools(model, el);
  el.append(figure, tools, tools.tables);

  let clicks = 0;

  // Pixels travel inside the address of the picture: a Blob's has to be agreed on with the browser's
  // other processes, and takes longer. The old picture stays until the new one is decoded.
  image.decoding = "sync";
  let painted = "";
  const paint = ({ buffer, byteOffset, byteLength }) => {
    const bytes = new Uint8Array(buffer, byteOffset, byteLength);
    let text = "";
    for (let at = 0; at < bytes.length; at += 8192) {
      text += String.fromCharCode(...bytes.subarray(at, at + 8192));
    }
    const address = "data:image/png;base64," + btoa(text);
    if (address === painted) return; // it was drawn ahead, and stands there
    image.src = painted = address;
  };
  const say = (words, mistake) => {
    image.alt = words;
    if (readout.textContent !== words) readout.textContent = words; // else it would be said again
    caption.classList.toggle("pagesim-mistake", mistake);
  };
  const paintNow = () => paint(model.get("png"));
  const sayNow = () => say(model.get("alt"), model.get("mistake"));
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
  model.on("change:png", paintNow);
  model.on("change:alt", sayNow);
  model.on("change:mistake", sayNow);
  fit();
  sayNow();
  paintNow();
  const unlook = lookAhead(model, el, ({ png, alt }) => {
    paint(png);
    say(alt, false);
  });

  // As many pixels as the screen has, so that the picture is crisp on every screen.
  const ratio = Math.min(2, Math.max(1, window.devicePixelRatio || 1));
  if (ratio !== model.get("ratio")) {
    model.set("ratio", ratio);
    model.save_changes();
  }
  hearPython(model);
  const unmind = mindControls(el);
  return () => {
    unmind();
    unlook();
    tools.forget();
  };
}
// Play and its slider go together here, in the browser: a link of ipywidgets' would send Python a
// message for each of them, and the picture would wait until both are answered.
async function initialize({ model }) {
  const ids = model.get("played").map((reference) => reference.replace("IPY_MODEL_", ""));
  if (!ids.length) return;
  const [play, slider] = await Promise.all(ids.map((id) => model.widget_manager.get_model(id)));
  slider.on("change:value", () => play.set("value", slider.get("value")));
  play.on("change:value", () => {
    if (slider.get("value") === play.get("value")) return;
    slider.set("value", play.get("value"));
    slider.save_changes();
  });
}
export default { initialize, render };
