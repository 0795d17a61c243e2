"""A replacement policy that is a plain function: which of the pages in memory leaves?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from .policy import Frames, Policy
from .resident import ResidentSet
from .run import Pages, reference_string
from .start import Start
from .timeline import Timeline, replay

Evict = Callable[[list[int], list[int]], int]
Heard = Literal["uses", "faults"]


class NotResident(ValueError):
    """A policy sent a page away that is not in memory."""


class Decided(NamedTuple):
    """What a function decided about a reference string.

    Attributes
    ----------
    faults : int
    victims : list of int
        The pages that left, in order.
    coming : list of int
        After each access the page that it would send away next, -1 while a frame is free; empty
        if that was not asked.
    """

    faults: int
    victims: list[int]
    coming: list[int]


def decide(
    evict: Evict, pages: Pages, frames: int, heard: Heard = "uses", look_ahead: bool = False
) -> Decided:
    """Ask a function at each fault who leaves.

    Parameters
    ----------
    evict : callable
        Is given the pages in memory, the one that came first in front, and the pages heard of so
        far, the last one at the end; returns the one that leaves.
    pages : sequence or array of int
        The reference string.
    frames : int
        How many pages fit.
    heard : {"uses", "faults"}
        Whether it hears of every use, as no kernel does, or of faults alone, as a pager does.
    look_ahead : bool
        Whether it is also asked, when all is done, who would have left after each access.

    Raises
    ------
    NotResident
        If it returns what is not in memory; says at which access.

    Examples
    --------
    >>> decide(lambda resident, history: resident[0], [1, 2, 3, 1], frames=2, look_ahead=True)
    Decided(faults=4, victims=[1, 2], coming=[-1, 1, 2, 3])
    """
    string = reference_string(pages).tolist()
    resident: list[int] = []
    history: list[int] = []
    victims: list[int] = []
    faults, moments = 0, list[tuple[list[int], list[int]] | None]()
    for number, page in enumerate(string, 1):
        if page not in resident:
            faults += 1
            if len(resident) == frames:
                victims.append(_asked(evict, resident, history, number))
                resident.remove(victims[-1])
            resident.append(page)
            history.append(page)
        elif heard == "uses":
            history.append(page)
        if look_ahead:
            full = len(resident) == frames
            moments.append((list(resident), list(history)) if full else None)
    coming = [
        -1 if each is None else _asked(evict, *each, number + 1)
        for number, each in enumerate(moments, 1)
    ]
    return Decided(faults, victims, coming)


def _asked(evict: Evict, resident: list[int], history: list[int], number: int) -> int:
    given = evict(list(resident), list(history))
    # a bool is no page, and numpy's numbers are
    page = None if isinstance(given, bool) or not hasattr(given, "__index__") else int(given)
    if page not in resident:
        raise NotResident(f"at access {number}, evict returned {given!r}; in memory are {resident}")
    return page


def timeline(pages: Pages, frames: int, victims: Sequence[int]) -> Timeline:
    """Return what was in memory after every access, given who left at the faults.

    Examples
    --------
    >>> timeline([1, 2, 3, 1], 2, [1, 2]).resident.tolist()
    [[1, -1], [1, 2], [3, 2], [3, 1]]
    """
    leaving = iter(victims)

    def choose(there: Frames) -> int:
        assert isinstance(there, ResidentSet)
        return there.pages.index(next(leaving))

    string = reference_string(pages).tolist()
    memory = ResidentSet(Policy("yours", choose), frames, string, Start(), frames, 0)
    return replay(memory, ((page, False) for page in string), len(string))
