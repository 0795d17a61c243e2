"""One record per policy: who leaves, what that depends on, and how it is drawn.

`Policy.choose` is the rule itself, written once. It sees `Frames`: those of a simulation
(`resident`), or those of a whole machine (`pagesim.kernel`). Where a rule has to be fast, `loop`
says the same for a reference string as a whole; tests hold the two equal.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

Loads = tuple[list[int], list[int]]  # the accesses that fault, and the frame that each fills
Look = Literal["hand", "queue", "frames"]

NEVER = 1 << 62  # accesses until a next use that does not come


class Frames(ABC):
    """What a policy sees when no frame is free: frames by number, and what is known of their pages.

    Only pages that can leave are shown, and there is at least one of them.
    """

    @abstractmethod
    def __iter__(self) -> Iterator[int]:
        """Go through the frames in the order of their numbers."""

    @abstractmethod
    def queue(self) -> Iterator[int]:
        """Go through the frames in the order in which their pages came (or were used, if told)."""

    @abstractmethod
    def to_back(self, frame: int) -> None:
        """Put a page at the back of the queue."""

    @abstractmethod
    def turn(self) -> Iterator[int]:
        """Move the hand once round; it stands one frame further than the last one given."""

    @abstractmethod
    def referenced(self, frame: int) -> bool:
        """Tell whether the page was used since its reference bit was cleared."""

    @abstractmethod
    def clear(self, frame: int) -> None:
        """Clear the page's reference bit."""

    @abstractmethod
    def dirty(self, frame: int) -> bool:
        """Tell whether the page was written since it came."""

    @abstractmethod
    def age(self, frame: int) -> int:
        """Read the number that the policy keeps for the page, 0 for one that has just come."""

    @abstractmethod
    def set_age(self, frame: int, age: int) -> None:
        """Keep a number for the page."""

    @abstractmethod
    def draw(self, among: int) -> int:
        """Draw a number below `among`."""

    def since(self, frame: int) -> int:
        """Count the accesses since the page was used: for pictures, as no machine can."""
        raise NotImplementedError("only a simulation counts accesses")

    def until(self, frame: int) -> int:
        """Count the accesses until the page is used next, `NEVER` if it is not; no machine can."""
        raise NotImplementedError("only a simulation knows the future")


@dataclass(frozen=True)
class Policy:
    """A replacement policy.

    Attributes
    ----------
    name : str
        What `simulate` and `Kernel` call it.
    choose : callable
        Takes `Frames`, of which none is free, and returns the one whose page leaves.
    loop : callable or None
        The same for a whole string of pages numbered 0, 1, 2, ..., from empty frames on: takes the
        string, a bound on its pages, the number of frames and the seed.
    tick : callable or None
        What it does to the frames at every tick of the clock.
    told : bool
        Whether each use puts its page at the back of the queue. No kernel hears of every use.
    future : bool
        Whether its rule asks for `Frames.until`: no kernel can run it.
    chance : bool
        Whether chance decides.
    referenced, dirty, aged : bool
        Whether it looks at reference bits, at dirty bits, at ages.
    look : {"hand", "queue", "frames"}
        How its frames are drawn: round a hand, as a queue, or simply as frames.
    looks_at : str
        What it decides by, in a few words.
    note : callable
        Says what it knows of the page in a frame.
    """

    name: str
    choose: Callable[[Frames], int]
    loop: Callable[[list[int], int, int, int], Loads] | None = None
    tick: Callable[[Frames], None] | None = None
    told: bool = False
    future: bool = False
    chance: bool = False
    referenced: bool = False
    dirty: bool = False
    aged: bool = False
    look: Look = "frames"
    looks_at: str = "nothing at all"
    note: Callable[[Frames, int], str] = lambda frames, frame: ""


def bit(frames: Frames, frame: int) -> str:
    """Write a page's reference bit."""
    return f"bit {int(frames.referenced(frame))}"


def bits(frames: Frames, frame: int) -> str:
    """Write a page's reference bit and its dirty bit."""
    return f"R {int(frames.referenced(frame))} D {int(frames.dirty(frame))}"
