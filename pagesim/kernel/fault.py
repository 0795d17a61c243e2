"""One page fault on its way through the handler, and how it can end badly."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..mmu import Access
from .decision import Found, Step, Why
from .outcome import OutcomeKind
from .space import AddressSpace
from .vma import Vma


class Refused(Exception):
    """The handler ends in a signal.

    Parameters
    ----------
    kind, si_code, why
        As in `Outcome`.
    """

    def __init__(self, kind: OutcomeKind, si_code: str, why: Why) -> None:
        super().__init__(why)
        self.kind, self.si_code, self.why = kind, si_code, why


@dataclass
class Fault:
    """One page fault.

    Attributes
    ----------
    space : AddressSpace
        Whose it is.
    va : int
        First address of the page.
    access : {"r", "w", "x"}
        What was tried.
    area : Vma or None
        The area that holds the address, once it is found.
    steps : list of Step
        The questions asked so far.
    kind, why, pages
        As in `Outcome`.
    """

    space: AddressSpace
    va: int
    access: Access
    area: Vma | None = None
    steps: list[Step] = field(default_factory=list)
    kind: OutcomeKind = "minor"
    why: tuple[Why, ...] = ()
    pages: int = 1

    @property
    def write(self) -> bool:
        """Whether it was a write."""
        return self.access == "w"

    @property
    def vma(self) -> Vma:
        """The area, which has been found."""
        assert self.area is not None  # only asked after `find_area`
        return self.area

    def found(self, found: Found, detail: str | int = "") -> None:
        """Note an answer."""
        self.steps.append(Step(found, detail))

    def done(self, *why: Why, pages: int = 1) -> None:
        """Note how it ended."""
        self.why, self.pages = why, pages

    def own_pages(self) -> None:
        """Note that the area holds private pages of its own from now on."""
        if not self.vma.own_pages:
            self.area = self.space.areas.change(self.vma, own_pages=True)
