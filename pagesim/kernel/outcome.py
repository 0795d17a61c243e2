"""What an access did, as a value; and how a program ends that did something it must not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..mmu import Access, PageFault, Translation
from .decision import Found, Step, Why, in_words
from .evictions import Eviction
from .vma import Vma

OutcomeKind = Literal["hit", "minor", "major", "SIGSEGV", "SIGBUS", "EFAULT", "oops"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one access did.

    Attributes
    ----------
    va : int
        The address.
    access : {"r", "w", "x"}
        Read, write or instruction fetch.
    user : bool
        Whether it came from user mode; else it is the kernel's, on the program's behalf.
    kind : {"hit", "minor", "major", "SIGSEGV", "SIGBUS", "EFAULT", "oops"}
        No fault; a fault without and with a disk read; a signal; a system call that fails; a bug
        of the kernel's.
    why : tuple of Why
        Why, as one value or several that go on with each other.
    vma : Vma or None
        The area that holds the address.
    error_code : int or None
        What the hardware pushed; None if it did not fault. At addresses that are not the user's,
        programs are always told P, so that they cannot find out what the kernel has mapped.
    si_code : str
        What the signal says about itself: SEGV_MAPERR, SEGV_ACCERR, SI_KERNEL or BUS_ADRERR.
    steps : tuple of Step
        The way through the fault handler, question by question.
    pages : int
        How many pages the fault mapped: 16 around a page of a file, 512 for a huge page.
    evicted : tuple of Eviction
        Who had to leave for it.
    translation : Translation or None
        The walk that succeeded in the end.
    value : int or None
        The byte that was read or written.
    """

    va: int
    access: Access
    user: bool
    kind: OutcomeKind
    why: tuple[Why, ...]
    vma: Vma | None
    error_code: int | None = None
    si_code: str = ""
    steps: tuple[Step, ...] = ()
    pages: int = 0
    evicted: tuple[Eviction, ...] = ()
    translation: Translation | None = None
    value: int | None = None

    @property
    def reason(self) -> str:
        """Why it ended so, in a few words."""
        return in_words(self.why, self.vma)

    @property
    def fine(self) -> bool:
        """Whether the access was made in the end."""
        return self.kind in ("hit", "minor", "major")

    @property
    def verdict(self) -> str:
        """How it ended, in the words of Linux; "allowed" if it was made."""
        return "allowed" if self.fine else f"{self.kind} {self.si_code}".rstrip()

    @property
    def grown(self) -> int:
        """By how many pages a stack grew for it."""
        steps = (step for step in self.steps if step.found is Found.STACK_GROWS)
        return next((int(step.detail) for step in steps), 0)

    @property
    def flags(self) -> str:
        """The error code's bits by name, as in "P W U"."""
        return "" if self.error_code is None else PageFault(self.va, self.error_code).flags

    def __str__(self) -> str:
        verb = {"r": "read", "w": "write", "x": "execute"}[self.access]
        code = "" if self.error_code is None else f" [{self.flags or 'no bits set'}]"
        signal = f" {self.si_code}" if self.si_code else ""
        return f"{verb} {self.va:#x}{code}: {self.kind}{signal}, {self.reason}"


class AccessError(Exception):
    """An access that the kernel refuses; nothing has changed.

    Parameters
    ----------
    outcome : Outcome
        What happened, and why.
    """

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome)
        self.outcome = outcome

    @property
    def si_code(self) -> str:
        """What the signal says about itself."""
        return self.outcome.si_code

    @property
    def error_code(self) -> int | None:
        """What the hardware pushed, as Linux reports it to the program."""
        return self.outcome.error_code

    def __str__(self) -> str:
        return str(self.outcome)


class SegmentationFault(AccessError):
    """SIGSEGV: nothing is mapped there (SEGV_MAPERR), or it does not allow that (SEGV_ACCERR)."""


class BusError(AccessError):
    """SIGBUS: the mapping is fine, but there is nothing behind it (past the end of a file)."""


class BadAddress(AccessError):
    """EFAULT: the kernel was handed an address, as in read(2), and found that it is no good."""


class Oops(AccessError):
    """A bug of the kernel's: it jumped to where none of its code is, a user page for example."""
