// Brings a page to life without a server: explorers over positions drawn beforehand, bets, labs.
// Everything comes in files of its own by <script> and <img>, so that it works from a folder too.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  let made = 0;
  const ownId = () => `pagesim-${++made}`;
  // A value of a control as a link holds it: its words, and which of the same words it is.
  const linked = ({ words }, index) => {
    const before = words.slice(0, index).filter((word) => word === words[index]).length;
    return before ? `${words[index]}~${before + 1}` : words[index];
  };
  // The font of a part of a picture that is words; a part that is strokes has none.
  const fontOf = ([text, , , pixels, weight, family]) =>
    typeof text === "string" ? `${weight} ${pixels}px pagesim-${family}` : "";

  // -- explorers --------------------------------------------------------------------------------

  class Explorer {
    constructor(box) {
      this.box = box;
      this.number = box.dataset.number;
      this.data = (window.pagesimExplorers ?? {})[box.dataset.name];
      if (!this.data) return;
      this.now = 0; // number of the position shown; 0 is the opening
      this.image = box.querySelector("img");
      this.canvas = box.querySelector("canvas");
      this.readout = box.querySelector(".readout");
      this.tables = box.querySelector(".tables");
      this.tables?.parentElement.addEventListener("toggle", () => this.tabulate());
      this.byValues = new Map(this.data.frames.map((frame, k) => [frame.at.join(), k]));
      this.note = make("p", { className: "note" });
      this.note.setAttribute("role", "status");
      this.printed = make("p", { className: "printed" }); // on paper, in place of the controls
      this.link = make("a", { className: "position", textContent: "Link to this position" });
      this.build();
      box.querySelector(".controls").after(this.printed);
      const foot = make("p", { className: "foot" }, this.link);
      box.querySelector("figcaption").append(this.note, foot);
      this.image.addEventListener("click", (event) => this.clicked(event));
      this.image.addEventListener("mousemove", (event) => {
        this.image.style.cursor = this.leadsTo(event) === undefined ? "" : "pointer";
      });
      this.show(0);
    }

    get frame() { return this.data.frames[this.now]; }

    // -- controls

    build() {
      const place = this.box.querySelector(".controls");
      this.inputs = this.data.controls.map((control, at) => {
        if (control.kind === "hidden" || control.words.length < 2) return null;
        const id = ownId();
        const label = make("label", { textContent: control.label, htmlFor: id });
        const row = make("div", { className: `control ${control.kind}` });
        const input = this.input(control, at);
        input.id = id;
        const said = make("output", { htmlFor: id });
        said.setAttribute("aria-live", "off"); // a slider says its own value
        row.append(label, input);
        if (control.kind === "slider") row.append(said);
        if (at === this.data.play) row.append(...this.stepping());
        place.append(row);
        return { input, said, control };
      });
    }

    input(control, at) {
      if (control.kind === "slider") {
        const slider = make("input", { type: "range", min: 0, max: control.words.length - 1 });
        slider.addEventListener("input", () => { this.stop(); this.move(at, Number(slider.value)); });
        return slider;
      }
      if (control.kind === "toggle") {
        const box = make("input", { type: "checkbox" });
        box.addEventListener("change", () => {
          this.move(at, control.words.indexOf(box.checked ? "yes" : "no"));
        });
        return box;
      }
      const list = make("select");
      list.append(...control.words.map((words) => make("option", { textContent: words })));
      list.addEventListener("change", () => this.move(at, list.selectedIndex));
      return list;
    }

    stepping() {
      const button = (text, label, act) => {
        const made = make("button", { type: "button", textContent: text });
        made.setAttribute("aria-label", label);
        made.addEventListener("click", act);
        return made;
      };
      const step = (by) => { this.stop(); this.step(by); };
      this.back = button("◀", "step back", () => step(-1));
      this.forth = button("▶", "step forward", () => step(1));
      this.play = button("Play", "play the steps", () => (this.playing ? this.stop() : this.start()));
      this.play.className = "play";
      matchMedia("(prefers-reduced-motion: reduce)").addEventListener("change", () => this.stop());
      return [this.back, this.play, this.forth];
    }

    start() {
      if (!this.step(1) && !this.rewind()) return;
      this.play.textContent = "Pause";
      this.playing = setInterval(() => { if (!this.step(1)) this.stop(); }, 1100);
    }

    stop() {
      clearInterval(this.playing);
      this.playing = null;
      if (this.play) this.play.textContent = "Play";
    }

    span(at) {
      return this.frame.spans?.[at] ?? [0, this.data.controls[at].words.length - 1];
    }

    // A step goes on if there is a next one, drawn for the controls as they stand.
    step(by) {
      const at = this.data.play;
      const [low, high] = this.span(at);
      for (let to = this.frame.at[at] + by; low <= to && to <= high; to += by) {
        const next = this.exactly(at, to);
        if (next !== undefined) { this.show(next); return true; }
      }
      return false;
    }

    rewind() {
      const at = this.data.play;
      const [low] = this.span(at);
      if (this.frame.at[at] === low) return false;
      this.move(at, low);
      return true;
    }

    // -- positions

    // Where a control's move leads in the notebook, if that was drawn.
    exactly(at, index) {
      const { settled = [] } = this.frame;
      for (let k = 0; k < settled.length; k += 3) {
        if (settled[k] === at && settled[k + 1] === index) return settled[k + 2];
      }
      const wanted = this.frame.at.with(at, index);
      const exact = this.byValues.get(wanted.join());
      if (exact !== undefined) return exact;
      // hidden values follow what can be seen
      const same = this.data.frames.findIndex((frame) =>
        frame.at.every((value, k) => this.data.controls[k].kind === "hidden" || value === wanted[k]));
      return same < 0 ? undefined : same;
    }

    // The drawn position most like the wanted one; `kept` is the control that was moved.
    nearest(wanted, kept) {
      const distance = (frame) => frame.at.reduce((sum, value, k) => {
        const { kind, words } = this.data.controls[k];
        if (value === wanted[k] || wanted[k] < 0) return sum;
        const apart = Math.abs(value - wanted[k]) / words.length;
        const weight = k === kept ? 1000 : kind === "hidden" ? 0.001 : 1;
        return sum + weight * (kind === "slider" ? 0.1 + apart : 1);
      }, 0);
      const distances = this.data.frames.map(distance);
      return distances.indexOf(Math.min(...distances));
    }

    move(at, index) {
      const exact = this.exactly(at, index);
      if (exact !== undefined) { this.show(exact); return; }
      const wanted = this.frame.at.with(at, index);
      const near = this.nearest(wanted, at);
      this.show(near);
      const changed = this.data.controls.filter((control, k) =>
        control.kind !== "hidden" && this.frame.at[k] !== wanted[k]);
      const now = changed.map((control) => {
        const k = this.data.controls.indexOf(control);
        return `${control.label}: ${control.words[this.frame.at[k]]}`;
      });
      this.note.textContent =
        `Not drawn here with the other controls as they were. The nearest that was: ${now.join("; ")}.`;
    }

    show(number) {
      this.now = number;
      this.box.dataset.position = number;
      const says = this.frame.says.map((number) => this.data.sentences[number]).join(". ");
      this.draw();
      this.image.alt = says;
      this.readout.textContent = says;
      this.note.textContent = "";
      this.printed.textContent = this.data.controls
        .map((control, k) => [control, control.words[this.frame.at[k]]])
        .filter(([control]) => control.kind !== "hidden")
        .map(([control, words]) => `${control.label}: ${words}`).join(" · ");
      this.tabulate();
      this.link.href = this.address();
      this.inputs?.forEach((entry, at) => {
        if (!entry) return;
        const { input, said, control } = entry;
        const index = this.frame.at[at];
        const words = control.words[index];
        if (control.kind === "slider") {
          [input.min, input.max] = this.span(at);
          input.value = index;
          input.setAttribute("aria-valuetext", words);
          said.textContent = words;
        } else if (control.kind === "toggle") {
          input.checked = words === "yes";
        } else {
          input.selectedIndex = index;
        }
      });
      if (this.back) {
        const [low, high] = this.span(this.data.play);
        this.back.disabled = this.frame.at[this.data.play] <= low;
        this.forth.disabled = this.frame.at[this.data.play] >= high;
      }
    }

    // The numbers of this position as tables, if they are unfolded: rows are kept once for all.
    tabulate() {
      if (!this.tables?.parentElement.open) return;
      const { heads, rows } = this.data.numbers;
      this.tables.replaceChildren(...(this.frame.tables ?? []).map(([head, ...runs]) => {
        const [caption, ...columns] = heads[head];
        const cell = (tag, textContent, scope) => make(tag, scope ? { textContent, scope } : { textContent });
        const body = make("tbody");
        for (let k = 0; k < runs.length; k += 2) {
          for (const row of rows.slice(runs[k], runs[k] + runs[k + 1])) {
            const [name, ...cells] = row.split("\t");
            body.append(make("tr", {}, cell("th", name, "row"), ...cells.map((text) => cell("td", text))));
          }
        }
        const top = make("thead", {}, make("tr", {}, ...columns.map((text) => cell("th", text, "col"))));
        return make("table", {}, make("caption", { textContent: caption }), top, body);
      }));
    }

    // -- the picture: the opening below, and what differs from it on a canvas above

    draw() {
      const { now, data } = this;
      this.canvas.hidden = now === 0;
      if (now === 0) {
        this.box.dataset.painted = now;
        return;
      }
      if (!this.sheet) {
        this.sheet = new Image();
        const kind = data.parts ? "still" : "squares";
        this.sheet.src = this.image.getAttribute("src").replace(".webp", `-${kind}.webp`);
        this.ready = [this.sheet.decode(), ...(data.parts ? data.parts.map(fontOf).filter(
          (font, k, all) => font && all.indexOf(font) === k).map((font) => document.fonts.load(font)) : [])];
        this.canvas.width = data.width;
        this.canvas.height = data.height;
      }
      Promise.all(this.ready).then(() => {
        if (this.now !== now) return;
        const pen = this.canvas.getContext("2d");
        pen.clearRect(0, 0, data.width, data.height);
        if (data.parts) this.stroke(pen);
        else this.paint(pen);
        this.box.dataset.painted = now;
      });
    }

    paint(pen) {
      const { tile, columns, width } = this.data;
      const squares = this.frame.shows;
      const across = Math.ceil(width / tile);
      for (let k = 0; k < squares.length; k += 3) {
        for (let n = 0; n < squares[k + 2]; n++) {
          const place = squares[k] + n, square = squares[k + 1] + n;
          pen.drawImage(
            this.sheet, (square % columns) * tile, Math.floor(square / columns) * tile, tile, tile,
            (place % across) * tile, Math.floor(place / across) * tile, tile, tile);
        }
      }
    }

    // What moves is drawn here, above what stays: all positions there are, and no picture of any.
    stroke(pen) {
      pen.drawImage(this.sheet, 0, 0);
      for (const part of this.frame.shows.map((number) => this.data.parts[number])) {
        if (fontOf(part)) {
          const [text, x, y, , , , align, color] = part;
          Object.assign(pen, { font: fontOf(part), textAlign: align, fillStyle: color });
          pen.fillText(text, x, y);
        } else {
          for (const [style, shape, ...places] of part) this.trace(pen, style, shape, places);
        }
      }
    }

    trace(pen, style, shape, places) {
      const [face, edge, width, dashes, offset, cap, join, clip] = this.data.styles[style];
      const path = new Path2D(this.data.shapes[shape]);
      pen.save();
      if (clip.length) {
        pen.beginPath();
        pen.rect(...clip);
        pen.clip();
      }
      Object.assign(pen, {
        fillStyle: face, strokeStyle: edge, lineWidth: width, lineCap: cap, lineJoin: join,
        lineDashOffset: offset,
      });
      pen.setLineDash(dashes);
      for (let k = 0; k < Math.max(places.length, 1); k += 2) {
        pen.save();
        if (places.length) pen.translate(places[k], places[k + 1]);
        if (face) pen.fill(path);
        if (edge) pen.stroke(path);
        pen.restore();
      }
      pen.restore();
    }

    // -- clicks

    leadsTo(event) {
      const { grid: [columns, rows], clicks } = this.data;
      const { grid, leads = [] } = this.frame;
      if (grid === undefined) return undefined;
      const box = this.image.getBoundingClientRect();
      const column = Math.floor((event.clientX - box.left) / box.width * columns);
      const row = Math.floor((event.clientY - box.top) / box.height * rows);
      let left = row * columns + column, change = -1;
      for (let k = 0; k < clicks[grid].length; k += 2) {
        left -= clicks[grid][k];
        if (left < 0) { change = clicks[grid][k + 1]; break; }
      }
      if (change < 0) return undefined;
      const to = this.changed(change, leads);
      return to === this.now ? undefined : to;
    }

    // Where a change leads, if there is such a position.
    changed(change, leads) {
      for (let k = 0; k < leads.length; k += 2) {
        if (leads[k] === change) return leads[k + 1] < 0 ? undefined : leads[k + 1];
      }
      const wanted = [...this.frame.at], moves = this.data.changes[change];
      for (let k = 0; k < moves.length; k += 2) wanted[moves[k]] = moves[k + 1];
      return this.byValues.get(wanted.join());
    }

    clicked(event) {
      const to = this.leadsTo(event);
      if (to === undefined) return;
      this.stop();
      this.show(to);
    }

    // -- links

    address() {
      const query = new URLSearchParams({ explorer: this.number });
      this.data.controls.forEach((control, k) => {
        const index = this.frame.at[k];
        if (index !== this.data.frames[0].at[k]) query.set(control.name, linked(control, index));
      });
      return `#${query}`;
    }

    restore(query) {
      const wanted = this.data.controls.map((control, k) => {
        if (!query.has(control.name)) return this.data.frames[0].at[k];
        return control.words.findIndex((_, at) => linked(control, at) === query.get(control.name));
      });
      this.stop();
      this.show(this.nearest(wanted, -1));
      if (this.frame.at.join() !== wanted.join()) {
        this.note.textContent = "The position of this link was not drawn here; the nearest is shown.";
      }
      this.box.scrollIntoView({ block: "start" });
    }
  }

  const explorers = [...document.querySelectorAll(".explorer")].map((box) => new Explorer(box));
  const restore = () => {
    const query = new URLSearchParams(location.hash.slice(1));
    const found = explorers.find((one) => one.data && one.number === query.get("explorer"));
    if (!found) return;
    found.box.closest("details")?.setAttribute("open", "");
    found.restore(query);
  };
  window.addEventListener("hashchange", restore);
  restore();

  // -- bets -------------------------------------------------------------------------------------

  const unfold = (name) => {
    for (const fold of document.querySelectorAll(`details.${name}`)) fold.open = true;
  };
  const replied = () => {
    const reply = make("p", { className: "reply" });
    reply.setAttribute("role", "status");
    return reply;
  };

  for (const box of document.querySelectorAll(".bet")) {
    const { name, truth, replies } = JSON.parse(box.dataset.bet);
    box.removeAttribute("data-bet");
    const asked = box.querySelector(".asked");
    asked.id = ownId();
    const group = ownId();
    const form = make("form");
    const options = make("div", { role: "radiogroup" });
    options.setAttribute("aria-labelledby", asked.id);
    for (const option of Object.keys(replies)) {
      const radio = make("input", { type: "radio", name: group, value: option });
      options.append(make("label", {}, radio, " ", option));
    }
    const place = make("button", { textContent: "Place the bet", disabled: true });
    const skip = make("button", { type: "button", textContent: "Read on without a bet" });
    const reply = replied();
    options.addEventListener("change", () => { place.disabled = false; });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const chosen = new FormData(form).get(group);
      const verdict = chosen === truth ? "✓ You win." : "✗ The house wins.";
      reply.innerHTML = `<b>${verdict}</b> ${replies[chosen]}`;
      place.textContent = "Bet again";
      unfold(`bet-${name}`);
    });
    skip.addEventListener("click", () => unfold(`bet-${name}`));
    form.append(options, make("p", {}, place, " ", skip), reply);
    box.replaceChildren(asked, form);
  }

  // -- labs -------------------------------------------------------------------------------------

  // A number as people write it: 4096, 4,096 or 0x1000; undefined if it is none.
  const number = (text) => {
    const digits = text.replace(/[\s,_]/g, "");
    return /^(0x[0-9a-f]+|[+-]?\d+)$/i.test(digits) ? Number(digits) : undefined;
  };

  for (const box of document.querySelectorAll(".lab")) {
    const { fold, rows } = JSON.parse(box.dataset.lab);
    box.removeAttribute("data-lab");
    const result = box.querySelector("details");
    const table = result.querySelector("table");
    const form = make("form");
    const inputs = rows.map(({ asked, choices }) => {
      const id = ownId();
      const input = choices.length
        ? make("select", { id }, ...["", ...choices].map((one) => make("option", { textContent: one })))
        : make("input", { id, type: "text", placeholder: "a number", autocomplete: "off" });
      form.append(make("p", {}, make("label", { htmlFor: id, textContent: asked }), " ", input));
      return input;
    });
    const look = make("button", { textContent: "Look", disabled: true });
    const skip = make("button", { type: "button", textContent: "Skip" });
    const reply = replied();
    form.addEventListener("input", () => { look.disabled = inputs.every((one) => !one.value.trim()); });
    const reveal = () => {
      result.hidden = false;
      result.open = true;
      unfold(`lab-${fold}`);
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const given = new Map();
      for (const [k, { name, choices, model, kernel }] of rows.entries()) {
        const text = inputs[k].value.trim();
        if (!text) continue;
        const value = choices.length ? text : number(text);
        if (value === undefined) {
          reply.textContent = `✗ “${text.slice(0, 24)}” is not a number; write digits, as in 4096.`;
          return;
        }
        given.set(name, { yours: value.toLocaleString("en-US"), model, kernel });
      }
      reply.textContent = [...given].map(([name, { yours, model, kernel }]) =>
        `${name}: you say ${yours}, the model ${model}, the recorded kernel ${kernel}.`).join(" ");
      beside(table, given);
      reveal();
    });
    skip.addEventListener("click", () => {
      reply.textContent = "Nothing predicted; this is what was counted.";
      reveal();
    });
    form.append(make("p", {}, look, " ", skip), reply);
    box.querySelector("ul").replaceWith(form);
    result.hidden = true;
  }

  // Put what was predicted before the model's column, as the notebook does.
  function beside(table, given) {
    for (const old of table.querySelectorAll(".yours")) old.remove();
    for (const row of table.rows) {
      const model = row.cells[row.cells.length - 3];
      const cell = model.cloneNode();
      cell.className = "yours";
      const { yours = "" } = given.get(row.cells[0].textContent) ?? {};
      cell.textContent = model.tagName === "TH" ? model.textContent.replace("predicted", "yours") : yours;
      model.before(cell);
    }
  }

  // -- paper ------------------------------------------------------------------------------------

  // What is below the window waits until the page is there, and not for somebody to come: paper has it all.
  window.addEventListener("load", () => {
    for (const image of document.images) image.loading = "eager";
  });
  // Nobody can unfold what is printed: the course's own folds are opened, and closed again.
  let unfolded = [];
  window.addEventListener("beforeprint", () => {
    const folds = document.querySelectorAll("details:is([class^=bet-], [class^=lab-]):not([open])");
    unfolded = [...folds];
    for (const fold of unfolded) fold.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const fold of unfolded) fold.open = false;
  });

  // -- what else a page needs -------------------------------------------------------------------

  for (const form of document.querySelectorAll("form.hub")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const hub = form.querySelector("input").value.replace(/\/+$/, "");
      window.open(`${hub}/${form.dataset.pull}`, "_blank", "noopener");
    });
  }

  // What scrolls sideways can be scrolled by keyboard.
  const reach = () => {
    for (const box of document.querySelectorAll("pre, .table-wrapper, .output, .frame")) {
      const wide = box.scrollWidth > box.clientWidth + 1;
      if (wide) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  };
  reach();
  window.addEventListener("resize", reach);
});
