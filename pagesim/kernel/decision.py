"""What the fault handler asks and finds, and why an access ends as it does: values, with words.

Whoever wants to know what happened compares these values; the words stand here and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum

from ..units import count
from .vma import Vma


class Question(StrEnum):
    """What the fault handler asks, in this order; which of the last six depends on the answers."""

    ADDRESS = "address"
    AREA = "area"
    ALLOWED = "allowed"
    HUGE_PAGE = "huge page"
    ENTRY = "entry"
    MEMORY = "memory"
    FILE = "file"
    PAGE_CACHE = "page cache"
    SWAP_CACHE = "swap cache"
    POOL = "pool of huge pages"
    PAGE = "page"


class Found(Enum):
    """An answer of the fault handler's: the question, and what is said; {} is a detail."""

    USERS = Question.ADDRESS, "of the user"
    KERNELS = Question.ADDRESS, "of the kernel"
    NOT_CANONICAL = Question.ADDRESS, "not canonical"

    AREA = Question.AREA, "{}"
    NO_AREA = Question.AREA, "none"
    STACK_GROWS = Question.AREA, "none, but a stack is above: it grows by {}"
    STACK_TOO_CLOSE = Question.AREA, "none; the stack above would come too close to the area below"
    STACK_AT_LIMIT = Question.AREA, "none; the stack above is at its limit"

    ALLOWED = Question.ALLOWED, "yes"
    FORBIDDEN = Question.ALLOWED, "no, it is {}"

    HUGE_POSSIBLE = Question.HUGE_PAGE, "possible"
    HUGE_ZERO = Question.HUGE_PAGE, "the huge zero page"
    HUGE_OWN = Question.HUGE_PAGE, "private, nobody else has it"
    HUGE_SHARED = Question.HUGE_PAGE, "private, others have it too: split"
    NO_BLOCK = Question.HUGE_PAGE, "no free block is large enough"

    EMPTY = Question.ENTRY, "empty"
    IN_SWAP = Question.ENTRY, "swap slot {}"
    READ_ONLY = Question.ENTRY, "read-only, frame {}"

    NO_FILE = Question.MEMORY, "private, no file"
    PRIVATE_FILE = Question.MEMORY, "private, {}"
    SHARED_FILE = Question.MEMORY, "shared, {}"

    PAST_END = Question.FILE, "ends before this page"
    NO_SPACE = Question.FILE, "its file system is full"
    CACHED = Question.PAGE_CACHE, "yes"
    NOT_CACHED = Question.PAGE_CACHE, "no"
    IN_SWAP_CACHE = Question.SWAP_CACHE, "yes"
    NOT_IN_SWAP_CACHE = Question.SWAP_CACHE, "no"

    PROMISED = Question.POOL, "has one, promised to this area"
    POOL_FREE = Question.POOL, "has one that nobody was promised"
    POOL_EMPTY = Question.POOL, "has none that nobody was promised"
    TAKEN_AWAY = Question.POOL, "has taken one back from here"

    ZERO_PAGE = Question.PAGE, "the zero page"
    CLEAN_SHARED = Question.PAGE, "shared, clean until now"
    OWN = Question.PAGE, "private, nobody else has it"
    OF_FILE = Question.PAGE, "of a file"
    OTHERS_TOO = Question.PAGE, "private, others have it too"

    @property
    def question(self) -> Question:
        """What was asked."""
        question: Question = self.value[0]
        return question


@dataclass(frozen=True, slots=True)
class Step:
    """A question that the fault handler asked, and what it found.

    Attributes
    ----------
    found : Found
        The answer.
    detail : str or int
        What the answer is about: a name, permissions, a frame, a slot, a number of pages.

    Examples
    --------
    >>> step = Step(Found.IN_SWAP, 7)
    >>> str(step), step.question, step.answer
    ('entry swap slot 7', <Question.ENTRY: 'entry'>, 'swap slot 7')
    """

    found: Found
    detail: str | int = ""

    @property
    def question(self) -> Question:
        """What was asked."""
        return self.found.question

    @property
    def answer(self) -> str:
        """What was found, in words."""
        detail = self.detail
        if self.found is Found.STACK_GROWS:
            detail = count(int(detail), "page")
        words: str = self.found.value[1]
        return words.format(detail)

    def __str__(self) -> str:
        return f"{self.question} {self.answer}"


class Why(Enum):
    """Why an access ends as it does. Some are a beginning, and others go on with it."""

    ENTRY_ALLOWS = "the entry allows it"
    FIRST_READ = "first read: the zero page"
    FIRST_WRITE = "first write: a zeroed page of its own"
    WRITE_AFTER_READ = "first write after a read: a zeroed page of its own"
    CLEAN_SHARED = "first write to a clean shared page: its file is told"
    TAKEN_OVER = "copy-on-write: the last owner takes the page over"
    COPIED = "copy-on-write: a copy of its own"
    FROM_POOL = "a huge page out of the pool"
    FROM_SWAP = "read back from swap"
    BACK_FROM_SWAP = "already back from swap"

    HUGE_FIRST_READ = "first read: the huge zero page"
    HUGE_FIRST_WRITE = "first write: a zeroed huge page of its own"
    HUGE_WRITE_AFTER_READ = "first write after a read: a zeroed huge page of its own"
    HUGE_TAKEN_OVER = "copy-on-write: the last owner takes the huge page over"

    CACHED = "in the page cache"
    CACHED_AROUND = "in the page cache, with its neighbours"
    FROM_DISK = "read from disk"
    NEW_ZEROS = "a new page of zeros"
    OF_VDSO = "a page that the kernel lends to every process"

    SHARED = ", shared"
    THEN = ", then "
    PRIVATE_COPY = "a private copy"

    NOT_MAPPED = "nothing is mapped there"
    OF_KERNEL = "above all that a program can map"
    STACK_TOO_CLOSE = "the stack above would come too close to the area below"
    STACK_AT_LIMIT = "the stack above is at its limit"
    FORBIDDEN = "the area does not allow it ({area.perms})"
    NO_SPACE = "no room left on the file system of {area.file.name}"
    PAST_END = "past the end of {area.file.name}"
    POOL_EMPTY = "the pool of huge pages has none left for it"
    NOT_CANONICAL = "the address is not canonical"
    KERNEL_FETCH = "the kernel runs only its own code"
    GENERAL_PROTECTION = ": no page fault, but a general protection fault"


def in_words(why: tuple[Why, ...], area: Vma | None) -> str:
    """Say why an access ended as it did, in the area that it was to.

    Examples
    --------
    >>> in_words((Why.FROM_DISK, Why.THEN, Why.PRIVATE_COPY), None)
    'read from disk, then a private copy'
    """
    return "".join(each.value for each in why).format(area=area)
