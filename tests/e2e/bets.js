// Bets of a notebook: where they are, what can be read beside them, what is open.
const plain = (element) => element.textContent.replace(/\s+/g, " ").trim();
const seen = (element) => element.checkVisibility() && element.getBoundingClientRect().height > 0;

// Find the output of each bet, and mark it with the bet's name.
window.markBets = async (texts) => {
  const all = () => [...document.querySelectorAll(".jp-OutputArea-output")]
    .filter((output) => plain(output).includes("Your bet."));
  // a widget comes after its cell has run
  await until(() => all().length >= Object.keys(texts).length);
  const found = all();
  for (const [name, text] of Object.entries(texts)) {
    found.find((output) => plain(output).includes(text)).dataset.bet = name;
  }
  return found.length;
};
const betOf = (name) => document.querySelector(`[data-bet="${name}"]`);

// Every word that can be read: its box is within the window and no closed fold holds it. Pictures
// say what they show in their sentence, or in their alternative text.
const inView = (bet) => {
  const pane = bet.closest(".jp-WindowedPanel-outer").getBoundingClientRect();
  const own = bet.closest(".jp-Cell");
  const within = (box) => box.height && box.bottom > pane.top && box.top < pane.bottom;
  const words = [];
  for (const cell of bet.closest(".jp-Notebook").querySelectorAll(".jp-Cell")) {
    if (cell === own || !within(cell.getBoundingClientRect())) continue;
    const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node; (node = walker.nextNode());) {
      const element = node.nodeType === 1 ? node : node.parentElement;
      const image = node.localName === "img";
      const said = node.nodeType === 1 ? (image ? node.alt : "") : node.data;
      if (!said.trim() || !element.checkVisibility()) continue;
      const range = document.createRange();
      range.selectNode(node);
      if (within(range.getBoundingClientRect())) words.push(said);
    }
  }
  return words.join("\n");
};

// Scroll to a bet until it stays where it is: cells out of view are laid out when they come.
window.scrollToBet = async ([name, block]) => {
  const bet = betOf(name);
  const frame = () => new Promise(requestAnimationFrame);
  for (let before = null, at = 0; at !== before;) {
    bet.scrollIntoView({ block });
    await frame();
    await frame();
    [before, at] = [at, bet.getBoundingClientRect().top];
  }
  return inView(bet);
};

// What can be read with a bet at the page's top, middle and bottom.
window.readAround = async (name) => {
  const words = {};
  for (const block of ["start", "center", "end"]) words[block] = await scrollToBet([name, block]);
  return words;
};

// Whether each fold is open: those of bets, those of labs, and what is seen of folded explorers.
window.foldsOf = (names) => ({
  bets: Object.fromEntries(names.map((name) =>
    [name, [...document.querySelectorAll(`details.bet-${name}`)].map((fold) => fold.open)])),
  labs: [...document.querySelectorAll("details[class^=lab-]")].filter((fold) => fold.open).length,
  wrong: [...document.querySelectorAll(".pagesim-revealed")].filter((hidden) =>
    seen(hidden.querySelector(".pagesim-explorer")) !== hidden.querySelector("details").open).length,
});
window.opened = (name) => until(() =>
  [...document.querySelectorAll(`details.bet-${name}`)].every((fold) => fold.open));

// Open each option of a bet as saved, and close it: its words, its reply, and when that was seen.
window.openEach = (bet) => [...bet.querySelectorAll("details")].map((fold) => {
  const [summary, reply] = [fold.querySelector("summary"), fold.querySelector("p")];
  const when = [seen(reply)];
  for (let k = 0; k < 2; k++) {
    summary.click();
    when.push(seen(reply));
  }
  return [plain(summary), plain(reply), when];
});

// Choose each option of a bet, the last one first, and place the bet: what is replied.
window.placeEach = async (bet) => {
  const said = bet.querySelector("[role=status]");
  const replies = [];
  for (const option of [...bet.querySelectorAll("input[type=radio]")].reverse()) {
    const before = plain(said);
    option.click();
    const place = bet.querySelector("button");
    await until(() => !place.disabled);
    place.click();
    await until(() => plain(said) !== before);
    replies.push(plain(said));
  }
  return replies;
};

// Wait until a reply has some words.
window.says = (said, words) => until(() => plain(said).includes(words));
