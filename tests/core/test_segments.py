"""Base and bounds, and the free list, against the textbook and against a map of single bytes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from pagesim import OutOfMemory
from pagesim.segments import FITS, BaseBounds, FreeList, OutOfBounds

# -- base and bounds -------------------------------------------------------------------------------

# OSTEP ch. 15, homework "relocation.py", seeds 1 to 3: base, limit, and what its solver answers.
HOMEWORK = [
    (13884, 290, {782: None, 261: 14145, 507: None, 460: None, 667: None}),
    (15529, 500, {57: 15586, 86: 15615, 855: None, 753: None, 685: None}),
    (8916, 316, {378: None, 618: None, 640: None, 67: 8983, 13: 8929}),
    (12418, 472, {430: 12848, 265: 12683, 523: None, 414: 12832, 802: None}),  # its README
]


def translated(registers, va):
    try:
        return registers.translate(va)
    except OutOfBounds:
        return None


def test_the_table_of_the_textbook():
    """OSTEP ch. 15: an address space of 4 KB loaded at 16 KB."""
    registers = BaseBounds(base=16 << 10, bounds=4 << 10)
    answers = [translated(registers, va) for va in (0, 1 << 10, 3000, 4400)]
    assert answers == [16 << 10, 17 << 10, 19384, None]


@pytest.mark.parametrize(("base", "limit", "answers"), HOMEWORK)
def test_the_homework_of_the_textbook(base, limit, answers):
    registers = BaseBounds(base, limit)
    assert {va: translated(registers, va) for va in answers} == answers


@given(st.integers(0, 1 << 20), st.integers(0, 1 << 12), st.integers(0, 1 << 13))
def test_a_process_sees_its_own_piece_of_memory_and_nothing_else(base, bounds, va):
    piece = range(base, base + bounds)
    assert translated(BaseBounds(base, bounds), va) == (piece[va] if va < len(piece) else None)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: BaseBounds(-1, 4), r"base -1 is outside 0\.\."),
        (lambda: BaseBounds(0, -4), r"bounds -4 is outside 0\.\."),
        (lambda: BaseBounds("0", 4), "base '0' is not a whole number"),
        (lambda: BaseBounds(0, 4).translate(-1), r"va -1 is outside 0\.\."),
        (lambda: BaseBounds(0, 4).translate(1.0), r"va 1\.0 is not a whole number"),
    ],
)
def test_a_register_or_address_that_is_none_is_named(call, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        call()


# -- the free list: what textbooks say -------------------------------------------------------------


def with_holes(*sizes, fit):
    """Give a free list whose holes have these sizes, one piece of 1 between each two."""
    free = FreeList(sum(sizes) + len(sizes), fit)
    holes = []
    for size in sizes:
        holes.append(free.alloc(size))
        free.alloc(1)
    for start in holes:
        free.free(start)
    return free


def sizes(free):
    return [hole.size for hole in free.holes]


@pytest.mark.parametrize(
    ("fit", "left"), [("best", [10, 30, 5]), ("worst", [10, 15, 20]), ("first", [10, 15, 20])]
)
def test_fifteen_out_of_ten_thirty_and_twenty(fit, left):
    """OSTEP ch. 17, "Examples": the same three holes under each strategy."""
    free = with_holes(10, 30, 20, fit=fit)
    free.alloc(15)
    assert sizes(free) == left


def test_the_heap_of_thirty_bytes():
    """OSTEP ch. 17: the middle ten in use, so 20 free and no 15; 1 byte splits the second hole."""
    free = FreeList(30)
    pieces = [free.alloc(10) for _ in range(3)]
    free.free(pieces[0])
    free.free(pieces[2])
    assert free.holes == ((0, 10), (20, 10))
    with pytest.raises(
        OutOfMemory, match=r"^no hole of 15: the largest of 2 has 10, all together 2"
    ):
        free.alloc(15)
    assert free.alloc(10) == 0
    assert free.alloc(1) == 20
    assert free.holes == ((21, 9),)
    for start in (0, 20, 10):
        free.free(start)
    assert free.holes == ((0, 30),)


def test_the_homework_with_coalescing():
    """OSTEP ch. 17, malloc.py -S 100 -b 1000 -H 4 -a 4 -p BEST -n 5 -c -C, in its README.

    Its pieces are rounded to 4 bytes and carry a header of 4: Alloc(3) takes 8, and returns the
    address behind the header.
    """
    free = FreeList(100, "best", start=1000)
    assert free.alloc(8) + 4 == 1004
    assert free.holes == ((1008, 92),)
    free.free(1000)
    assert free.holes == ((1000, 100),)
    assert free.alloc(12) + 4 == 1004
    assert free.holes == ((1012, 88),)


@pytest.mark.parametrize(("fit", "taken"), [("first", 4), ("best", 2), ("worst", 6)])
def test_of_equally_good_holes_the_lowest_is_taken(fit, taken):
    free = with_holes(1, 4, 2, 6, 2, 6, 4, fit=fit)
    hole = free.find(2)
    assert (hole.size, hole) == (taken, min(each for each in free.holes if each.size == taken))
    assert free.alloc(2) == hole.start


@pytest.mark.parametrize(
    ("requests", "served"),
    [
        # After Knuth, TAOCP vol. 1, sec. 2.5: holes of 1300 and 1200, and three requests that
        # only the one strategy can serve.
        ((1000, 1100, 250), "first"),
        ((1100, 1050, 250), "best"),
    ],
)
def test_neither_first_nor_best_fit_is_always_better(requests, served):
    outcome = {}
    for fit in ("first", "best"):
        free = with_holes(1300, 1200, fit=fit)
        try:
            for size in requests:
                free.alloc(size)
            outcome[fit] = True
        except OutOfMemory:
            outcome[fit] = False
    other = "best" if served == "first" else "first"
    assert outcome == {served: True, other: False}


def test_half_of_memory_free_and_not_two_bytes_in_a_row():
    free = FreeList(1000)
    pieces = [free.alloc(1) for _ in range(1000)]
    for start in pieces[::2]:
        free.free(start)
    assert (free.free_bytes, free.largest_hole, len(free.holes)) == (500, 1, 500)
    assert free.fragmentation == pytest.approx(0.998)
    assert free.find(2) is None
    free.compact()
    assert (free.holes, free.fragmentation) == (((500, 500),), 0)
    assert free.alloc(500) == 500
    assert (free.holes, free.largest_hole, free.fragmentation) == ((), 0, 0)


# -- the free list: against a map of single bytes --------------------------------------------------


class Bytes(RuleBasedStateMachine):
    """Allocate, free and compact at random; an array knows whose each byte is."""

    @initialize(size=st.integers(1, 60), start=st.integers(0, 9), fit=st.sampled_from(FITS))
    def begin(self, size, start, fit):
        self.free = FreeList(size, fit, start)
        self.start = start
        self.owner = np.zeros(size, int)  # 0 where nobody is
        self.pieces = {}  # owner -> size
        self.names = 0

    def runs(self):
        """All runs of free bytes: [start, size]."""
        found, at = [], 0
        while at < self.owner.size:
            end = at
            while end < self.owner.size and self.owner[end] == 0:
                end += 1
            if end > at:
                found.append((self.start + at, end - at))
            at = end + 1
        return found

    def choice(self, size):
        """What the fit says, by looking at every run."""
        fitting = [run for run in self.runs() if run[1] >= size]
        key = {
            "first": lambda run: run[0],
            "best": lambda run: (run[1], run[0]),
            "worst": lambda run: (-run[1], run[0]),
        }[self.free.fit]
        return min(fitting, key=key, default=None)

    def where(self, name):
        return self.start + int(np.flatnonzero(self.owner == name)[0])

    @rule(size=st.integers(1, 12))
    def alloc(self, size):
        wanted = self.choice(size)
        assert self.free.find(size) == wanted
        if wanted is None:
            with pytest.raises(OutOfMemory, match=f"all together {(self.owner == 0).sum()}$"):
                self.free.alloc(size)
            return
        got = self.free.alloc(size)
        assert got == wanted[0]
        self.names += 1
        self.owner[got - self.start : got - self.start + size] = self.names
        self.pieces[self.names] = size

    @precondition(lambda self: self.pieces)
    @rule(data=st.data())
    def give_back(self, data):
        name = data.draw(st.sampled_from(sorted(self.pieces)))
        self.free.free(self.where(name))
        self.owner[self.owner == name] = 0
        del self.pieces[name]

    @rule()
    def compact(self):
        before = {name: self.where(name) for name in self.pieces}
        moved = self.free.compact()
        kept = self.owner[self.owner > 0]
        self.owner[:] = 0
        self.owner[: kept.size] = kept
        after = {name: self.where(name) for name in self.pieces}
        changed = {before[name]: at for name, at in after.items() if at != before[name]}
        assert moved == changed
        assert len(self.free.holes) <= 1

    @rule(start=st.integers(-1, 70))
    def free_what_is_no_piece(self, start):
        if start not in self.free.blocks:
            with pytest.raises(ValueError, match=f"^start {start} is not a piece"):
                self.free.free(start)

    @invariant()
    def the_list_is_what_the_bytes_say(self):
        if not hasattr(self, "free"):
            return
        runs = self.runs()
        assert list(self.free.holes) == runs
        assert self.free.free_bytes == (self.owner == 0).sum()
        assert self.free.largest_hole == max((size for _, size in runs), default=0)
        assert dict(self.free.blocks) == {self.where(n): size for n, size in self.pieces.items()}
        assert 0 <= self.free.fragmentation < 1


TestBytes = Bytes.TestCase
TestBytes.settings = settings(stateful_step_count=40)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: FreeList(0), r"size 0 is outside 1\.\."),
        (lambda: FreeList(8, "next"), "fit 'next' is not one of first, best, worst"),
        (lambda: FreeList(8, start=-1), r"start -1 is outside 0\.\."),
        (lambda: FreeList(8).alloc(0), r"size 0 is outside 1\.\."),
        (lambda: FreeList(8).alloc(2.5), r"size 2\.5 is not a whole number"),
        (lambda: FreeList(8).free("0"), "start '0' is not a whole number"),
    ],
)
def test_a_bad_size_fit_or_start_is_named(call, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        call()
