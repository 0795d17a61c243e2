"""Your own pager: a function that says who leaves, tried on programs and on a real process."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from pagesim.replacement import simulate
from pagesim.replacement.contest import Program, programs, scale
from pagesim.replacement.own import Decided, Evict, decide

from .attempt import Raised, guarded
from .card import Card
from .exercise import learner

if TYPE_CHECKING:
    from pagesim.host.pager import PagerRun

SECONDS = 10.0  # for all programs together
_FAMILIAR = ("fifo", "lru", "clock", "random", "opt")
_BAR = 20  # characters of a bar of 100
_REAL = 100  # accesses of the real process


class Pager:
    """A learner's policy and what became of it; make one with `pager`.

    Attributes
    ----------
    trouble : str
        What is wrong with the function; empty if nothing is.
    seen, held_back : float or None
        The mean over five programs each, from FIFO (0) to OPT (100).
    played : dict
        For `scenes.WhoLeaves`: what it decided, by program, draw and frames.
    """

    def __init__(self, evict: Evict, nickname: str = "") -> None:
        self._evict = evict
        self.trouble = ""
        self.seen: float | None = None
        self.held_back: float | None = None
        self.played: dict[tuple[str, int, int], Decided] = {}
        shown, hidden = programs(0), programs(_hidden_seed())
        small = _small()
        inputs = [[each.pages, each.frames, "uses", False] for each in (*shown, *hidden)]
        inputs += [[pages, frames, "uses", True] for pages, frames in small.values()]
        decided = self._decisions(inputs)
        if not decided:
            self.card = Card("Your pager does not run yet", (self.trouble,), state="not yet")
            return
        self.played = dict(zip(small, decided[10:], strict=True))
        faults = [each.faults for each in decided[:10]]
        self.seen, self.held_back = (
            _mean(_scores(some, theirs))
            for some, theirs in ((shown, faults[:5]), (hidden, faults[5:]))
        )
        self.card = Card(
            head=f"Your pager: {self.seen:.0f} on five programs, {self.held_back:.0f} on five "
            "others of the same kinds",
            paragraphs=(
                "0 is FIFO and 100 is OPT, which knows the future; below 0 is worse than FIFO.",
                _bars(shown, self.seen),
                _table([*shown, *hidden], faults),
            ),
            note="The five others are drawn from your name. Nothing here counts for points."
            + (f" In the class's ranking you are {nickname!r}." if nickname else ""),
        )

    def real(self) -> Real:
        """Page a real process as the function says, and compare with the simulator.

        It hears of faults alone, as every pager does. It is asked ahead, fault by fault, in a
        process of its own, and what it said is then done to the pages of a real program.
        """
        program = programs(0)[-1]
        pages, frames = program.pages[:_REAL], program.frames
        decided = self._decisions([[pages, frames, heard, False] for heard in ("faults", "uses")])
        return Real(pages, frames, decided, self.trouble)

    def _decisions(self, inputs: list[list[Any]]) -> list[Decided]:
        """Ask the function about all strings; nothing, and the trouble, if it cannot answer one."""

        def ask(*arguments: Any) -> list[Any]:
            return list(decide(self._evict, *arguments))

        if not callable(self._evict):
            self.trouble = "`pager` needs your function itself: its name, without brackets."
            return []
        found = []
        for each in guarded(ask, inputs, SECONDS):
            if isinstance(each, Raised):
                self.trouble = each.sentence
                if each.kind == "NotResident":
                    self.trouble = f"{each.message[:1].upper()}{each.message[1:]}."
                return []
            found.append(Decided(*each))
        return found

    def __repr__(self) -> str:
        return self.card.text

    def _repr_html_(self) -> str:
        return self.card.html()


class Real:
    """A real process, paged by a learner's policy.

    Attributes
    ----------
    simulated, told : int or None
        Faults in the simulator if it hears of faults alone, and if it is told of every use; None
        if the function cannot answer.
    run : PagerRun or None
        What the kernel told; None if this machine cannot do it.
    """

    def __init__(
        self, pages: Sequence[int], frames: int, decided: Sequence[Decided], trouble: str
    ) -> None:
        from pagesim import host

        self.simulated: int | None = decided[0].faults if decided else None
        self.told: int | None = decided[1].faults if decided else None
        self.run: PagerRun | None = None
        self._why = trouble
        if not decided:
            return
        victims: Iterator[int] = iter(decided[0].victims)
        try:
            self.run = host.be_the_pager(pages, frames, victim=lambda resident: next(victims))
        except host.Unavailable as why:
            self._why = f"This machine cannot: {why}. The simulator says {self.simulated} faults."

    def __repr__(self) -> str:
        if self.run is None:
            return self._why
        same = "as many as" if self.run.faults == self.simulated else "and not the number that"
        return (
            f"{self.run.faults} real page faults (served by {self.run.means}), {same} in the "
            f"simulator: {self.simulated}. Told of every use, your policy would have taken "
            f"{self.told}. Pages came back as they were left: {'yes' if self.run.intact else 'no'}."
        )


def pager(evict: Evict, nickname: str = "") -> Pager:
    """Try a replacement policy: a function of the pages in memory and of those heard of so far.

    Parameters
    ----------
    evict : callable
        ``evict(resident, history)`` is given the pages in memory, the one that came first in front,
        and all pages used so far, the last one at the end. It returns the one that leaves.
    nickname : str
        Under this name, and not yours, it is in the ranking that an instructor may make of a class;
        without one it is in none.

    Examples
    --------
    >>> fifo = pager(lambda resident, history: resident[0])
    >>> fifo.seen, fifo.held_back
    (0.0, 0.0)
    >>> pager(lambda resident, history: 99).trouble
    'At access 12, evict returned 99; in memory are [...].'
    """
    return Pager(evict, nickname)


def _hidden_seed() -> int:
    digest = hashlib.sha256(f"{learner()}\0pager".encode(errors="surrogateescape")).digest()
    return int.from_bytes(digest[:6], "big")


def _small() -> dict[tuple[str, int, int], tuple[tuple[int, ...], int]]:
    """List the strings of `scenes.WhoLeaves`: program, draw and frames."""
    from pagesim.scenes.replacement.reference_strings import NAMES, SEEDED, string_of

    return {
        (name, seed, frames): (string_of(name, seed), frames)
        for name in NAMES
        for seed in (range(10) if name in SEEDED else (0,))
        for frames in range(2, 7)
    }


def _scores(some: Sequence[Program], faults: Sequence[int]) -> list[float]:
    """Place faults between FIFO's and OPT's, program by program."""
    return [
        scale(own, _faults(each, "fifo"), _faults(each, "opt"))
        for each, own in zip(some, faults, strict=True)
    ]


def _faults(program: Program, policy: str) -> int:
    return simulate(program.pages, program.frames, policy).faults


def _mean(scores: Sequence[float]) -> float:
    return sum(scores) / len(scores)


def _bars(some: Sequence[Program], own: float) -> str:
    """Draw a bar for each policy, the longest first."""
    known = {each: _mean(_scores(some, [_faults(one, each) for one in some])) for each in _FAMILIAR}
    ranked = sorted({**known, "yours": own}.items(), key=lambda each: -each[1])
    lines = []
    for name, mean in ranked:
        sign = "▶" if name == "yours" else " "
        bar = "█" * round(max(mean, 0) * _BAR / 100)
        lines.append(f"    {sign} {name:7}{mean:5.0f}  {bar}")
    return "\n".join(lines)


def _table(some: Sequence[Program], faults: Sequence[int]) -> str:
    """Write the faults of FIFO, the learner's policy and OPT, program by program."""
    lines = [f"    {'faults of 300':28}fifo  yours   opt  score"]
    for number, (each, own, mark) in enumerate(
        zip(some, faults, _scores(some, faults), strict=True)
    ):
        name = f"{each.name}{', other' * (number >= 5)}"
        fifo, opt = _faults(each, "fifo"), _faults(each, "opt")
        lines.append(f"    {name:28}{fifo:4}{own:7}{opt:6}{mark:7.0f}")
    return "\n".join(lines)
