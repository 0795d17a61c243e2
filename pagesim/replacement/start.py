"""What stands in memory before the first access."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..checks import bounded


@dataclass(frozen=True)
class Start:
    """Pages that are in memory before the first access, frame by frame.

    Parameters
    ----------
    pages : sequence of int
        The pages in frames 0, 1, 2, ...; frames behind them are empty.
    hand : int
        Where the hand stands, if all frames are full. The page in that frame came first (and, for
        "lru", was used least recently), the others follow in the order of their frames.
    referenced, dirty : sequence of bool, optional
        Their reference bits and dirty bits; all 0 if left out.
    ages : sequence of int, optional
        The number that the policy keeps for each of them; all 0 if left out.

    Raises
    ------
    ValueError
        If a page is negative or there twice, or a sequence has not one item for each page.

    Examples
    --------
    >>> Start([3, 5], referenced=[True])
    Traceback (most recent call last):
    ValueError: referenced has 1 of the 2 pages' bits
    """

    pages: Sequence[int] = ()
    hand: int = 0
    referenced: Sequence[bool] = ()
    dirty: Sequence[bool] = ()
    ages: Sequence[int] = ()

    def __post_init__(self) -> None:
        pages = tuple(bounded("page", page, 0, (1 << 63) - 1, "start") for page in self.pages)
        twice = next((page for n, page in enumerate(pages) if page in pages[:n]), None)
        if twice is not None:
            raise ValueError(f"page {twice} is there twice at the start")
        object.__setattr__(self, "pages", pages)
        for name in ("referenced", "dirty", "ages"):
            items = tuple(getattr(self, name)) or (0,) * len(pages)
            if len(items) != len(pages):
                raise ValueError(f"{name} has {len(items)} of the {len(pages)} pages' bits")
            object.__setattr__(self, name, items)

    def fit(self, frames: int) -> None:
        """Check that it can be in this many frames.

        Raises
        ------
        ValueError
            If there are more pages than frames, or no such frame for the hand to stand at.
        """
        if len(self.pages) > frames:
            raise ValueError(f"{len(self.pages)} pages do not fit into {frames} frames")
        full = len(self.pages) == frames
        bounded("hand", self.hand, 0, frames - 1 if full else 0, "" if full else "empty frames")
