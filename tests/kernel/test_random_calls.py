"""Processes that do anything in any order, against a model that knows contents and nothing else.

The model has no frames, no tables and no swap: a page is a dictionary of bytes. Memory is so short
that nearly everything is evicted all the time. After every step each byte of each process must be
what was written last, and the kernel's books are audited: the entries of all page tables must
explain every frame, every swap slot and every count.
"""

from collections import Counter

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
)

from pagesim import PagingMode
from pagesim.kernel import AccessError, BusError, Kernel, OutOfMemory, SegmentationFault
from pagesim.kernel.reclaim import Reclaim

# Pages of 64 bytes, tables of 8 entries, huge pages of 8 pages: small enough to fill up at once.
TINY = PagingMode("tiny", (3, 3, 3), page_shift=6, huge_levels=(0, 1))
PAGE = TINY.page_bytes
SWAP_SLOTS = 40


# Calls that are refused, wherever they hit: of a process, at an address, with a file of 4 pages.
MISTAKES = {
    "no length": lambda process, va, file: process.mmap(0, addr=va),
    "too long": lambda process, va, file: process.mmap(1 << TINY.va_bits, addr=va),
    "no file": lambda process, va, file: process.mmap(PAGE, file="x", addr=va),
    "no kind": lambda process, va, file: process.mmap(PAGE, kind="own", addr=va),
    "no permission": lambda process, va, file: process.mmap(PAGE, "rq", addr=va),
    "odd offset": lambda process, va, file: process.mmap(PAGE, file=file, offset=1, addr=va),
    "odd address": lambda process, va, file: process.mmap(PAGE, addr=va + 1),
    "shared stack": lambda process, va, file: process.mmap(
        PAGE, kind="shared", addr=va, grows_down=True
    ),
    "stack of a file": lambda process, va, file: process.mmap(
        PAGE, file=file, addr=va, grows_down=True
    ),
    "odd munmap": lambda process, va, file: process.munmap(va + 1, PAGE),
    "mprotect of a hole": lambda process, va, file: process.mprotect(0, "r", PAGE),
    "unknown advice": lambda process, va, file: process.madvise(va, "sleep", PAGE),
    "heap below its start": lambda process, va, file: process.brk(0),
    "read near NULL": lambda process, va, file: process.read(5),
    "read of the kernel": lambda process, va, file: process.read(process.space.layout.top),
    "system call at NULL": lambda process, va, file: process.write(5, user=False),
    "system call, the kernel's": lambda process, va, file: process.read(
        process.space.layout.top, user=False
    ),
    "jump to data": lambda process, va, file: process.exec(va),
    "jump of the kernel": lambda process, va, file: process.exec(va, user=False),
    "no byte": lambda process, va, file: process.write(va, 256),
}


class PrivatePage:
    """A page of one's own: it starts as zeros, or as what a file holds until the first write."""

    def __init__(self, file_page=None, own=None):
        self.file_page, self.own = file_page, own

    def read(self, offset):
        source = self.file_page if self.own is None else self.own
        return (source or {}).get(offset, 0)

    def write(self, offset, value):
        if self.own is None:
            self.own = dict(self.file_page or {})
        self.own[offset] = value

    def forked(self):
        return PrivatePage(self.file_page, None if self.own is None else dict(self.own))

    def forgotten(self):
        return PrivatePage(self.file_page)


class SharedPage:
    """A page that all see."""

    def __init__(self, content):
        self.content = content

    def read(self, offset):
        return self.content.get(offset, 0)

    def write(self, offset, value):
        self.content[offset] = value

    def forked(self):
        return self

    def forgotten(self):
        return self


def audit(kernel):
    """Recount everything from the page tables alone."""
    pool = kernel.pool
    mappers, slots, huge_zero, tables = Counter(), Counter(), 0, 0
    for process in kernel.processes.values():
        space = process.space
        rss, swapped = Counter(), 0
        entries = list(space.table.entries(0, 1 << TINY.va_bits))
        for base in space.table.huge_pages(0, 1 << TINY.va_bits):
            pte = space.pte(base)
            huge_zero += pte.pfn == pool.huge_zero
            for i in range(8):
                if pte.pfn != pool.huge_zero:
                    rss["anon"] += 1
                    mappers[pte.pfn + i] += 1
            assert space.areas.covers(base, base + 8 * PAGE)
        for va, word in entries:
            pte = TINY.pte.unpack(word)
            assert space.areas.find(va) is not None
            if space.is_swapped(pte):
                swapped += 1
                slots[pte.pfn] += 1
            elif pte.pfn != pool.zero:
                frame = pool.frames[pte.pfn]
                assert (space, va) in frame.mappers
                # nobody may write to a page that others map too, unless it is shared memory
                assert not (pte.writable and frame.kind == "anon" and frame.shared)
                rss[frame.kind] += 1
                mappers[pte.pfn] += 1
        assert +space.rss == rss
        assert space.swapped == swapped
        walked = sum(1 for table in space.table.tables() if table.level)
        assert walked + len(space.table.deposited) == space.table.user_tables
        tables += space.table.user_tables + 1
    used = 0
    for frame in pool.frames.values():
        used += frame.pages
        for i in range(frame.pages):
            assert mappers.pop(frame.pfn + i, 0) == len(frame.mappers)
        assert frame.file is None or frame.file.cache[frame.index] is frame
        assert frame.slot is None or frame.slot.cached is frame
    assert not mappers
    areas = [area for process in kernel.processes.values() for area in process.areas]
    for file in {area.file for area in areas if area.file}:
        assert file.mapped == sum(area.length // PAGE for area in areas if area.file is file)
        for slot in file.swapped.values():
            slots[slot.index] += 1
    for slot in pool.swap.used.values():
        assert slots.pop(slot.index, 0) == slot.users
        assert slot.users or slot.cached
    assert not slots
    huge = 8 if pool.huge_zero is not None else 0
    assert bool(huge) == bool(huge_zero)
    assert kernel.memory.frames - kernel.memory.free_frames == used + tables + huge + 1
    assert pool.swap.free + len(pool.swap.used) == SWAP_SLOTS


def peek(process, va):
    """Find out what a read would return, without reading: no fault, no bit set."""
    space, pool = process.space, process.kernel.pool
    page, offset = va & -PAGE, va % PAGE
    pte = space.pte(page)
    if space.is_swapped(pte):
        return pool.swap.used[pte.pfn].content[offset]
    if space.table.leaf_word(page):
        within = page % (8 * PAGE) if space.table.is_huge(page) else 0
        return process.kernel.memory.load(pte.pfn * PAGE + within + offset, width=1)
    area = space.areas.find(page)
    if area.file is None:
        return 0
    index = area.offset + (page - area.start) // PAGE
    if index in area.file.cache:
        return process.kernel.memory.load(area.file.cache[index].pfn * PAGE + offset, width=1)
    if index in area.file.swapped:
        return area.file.swapped[index].content[offset]
    return area.file.page(index, PAGE)[offset]


class Machine(RuleBasedStateMachine):
    processes = Bundle("processes")

    @initialize(
        policy=st.sampled_from(Reclaim.POLICIES),
        thp=st.sampled_from(["always", "never"]),
        frames=st.sampled_from([14, 16, 20, 26, 34, 60]),
        target=processes,
    )
    def boot(self, policy, thp, frames):
        kernel = Kernel(TINY, ram=frames * PAGE, swap=SWAP_SLOTS * PAGE, policy=policy, thp=thp)
        self.kernel, self.policy, self.initially = kernel, policy, kernel.memory.free_frames
        content = bytes(index // PAGE + 1 for index in range(4 * PAGE))
        self.file = kernel.file("/data", content)
        self.file_pages = [
            {offset: content[page * PAGE + offset] for offset in range(PAGE)} for page in range(4)
        ]
        self.memory = {}  # process -> {page number: page of the model}
        self.written = 0
        process = kernel.spawn()
        self.memory[process] = {}
        self.mapped(process, 12, lambda index: PrivatePage())
        self.map_file(process, 4, "shared")
        return process

    # -- areas

    @rule(process=processes, pages=st.integers(1, 20))
    def map_private(self, process, pages):
        self.mapped(process, pages, lambda index: PrivatePage())

    @rule(process=processes, pages=st.integers(1, 8))
    def map_shared(self, process, pages):
        self.mapped(process, pages, lambda index: SharedPage({}), kind="shared")

    @rule(process=processes, pages=st.integers(1, 4), kind=st.sampled_from(["private", "shared"]))
    def map_file(self, process, pages, kind):
        make = SharedPage if kind == "shared" else PrivatePage
        self.mapped(
            process, pages, lambda index: make(self.file_pages[index]), kind=kind, file=self.file
        )

    def mapped(self, process, pages, make, **arguments):
        try:
            area = process.mmap(pages * PAGE, **arguments)
        except ValueError:  # the little address space is full
            return
        for index in range(pages):
            self.memory[process][area.start // PAGE + index] = make(index)

    @rule(process=processes, data=st.data())
    def unmap(self, process, data):
        start, count = self.some_pages(process, data)
        process.munmap(start * PAGE, count * PAGE)
        for page in range(start, start + count):
            self.memory[process].pop(page, None)

    @rule(process=processes, data=st.data())
    def replace(self, process, data):
        start, count = self.some_pages(process, data)
        process.mmap(count * PAGE, addr=start * PAGE)
        for page in range(start, start + count):
            self.memory[process][page] = PrivatePage()

    @rule(process=processes, data=st.data(), advice=st.sampled_from(["dontneed", "pageout"]))
    def advise(self, process, data, advice):
        pages = self.memory[process]
        for page in self.mapped_pages(process, data):
            process.madvise(page * PAGE, advice, PAGE)
            if advice == "dontneed":
                pages[page] = pages[page].forgotten()

    @rule(process=processes, data=st.data())
    def protect_and_release(self, process, data):
        """PROT_NONE, and then back: contents must survive, and nothing may be touched between."""
        start, _ = self.some_pages(process, data)
        if start not in self.memory[process]:
            return
        process.mprotect(start * PAGE, "", PAGE)
        with pytest.raises(SegmentationFault):
            process.read(start * PAGE)
        process.mprotect(start * PAGE, "rw", PAGE)

    def some_pages(self, process, data):
        page = data.draw(st.sampled_from(sorted(self.memory[process]) or [300]))
        return page, data.draw(st.integers(1, 6).map(lambda count: min(count, 380 - page)))

    # -- accesses

    @rule(process=processes, data=st.data(), offset=st.sampled_from([0, 5, PAGE - 1]))
    def write(self, process, data, offset):
        for page in self.mapped_pages(process, data):
            self.written += 1
            value = self.written % 251 + 1
            try:
                process.write(page * PAGE + offset, value)
            except OutOfMemory:
                return
            self.memory[process][page].write(offset, value)

    @rule(process=processes, data=st.data(), offset=st.sampled_from([0, 5, PAGE - 1]))
    def read(self, process, data, offset):
        for page in self.mapped_pages(process, data):
            try:
                value = process.read(page * PAGE + offset).value
            except OutOfMemory:
                return
            assert value == self.memory[process][page].read(offset)

    def mapped_pages(self, process, data):
        start = data.draw(st.sampled_from(sorted(self.memory[process]) or [0]))
        count = data.draw(st.integers(1, 16))
        return [page for page in sorted(self.memory[process]) if start <= page < start + count]

    # -- processes

    @rule(process=processes, target=processes)
    def fork(self, process):
        if len(self.memory) == 4:
            return multiple()
        try:
            child = process.fork()
        except OutOfMemory:
            return multiple()
        pages = self.memory[process].items()
        self.memory[child] = {page: model.forked() for page, model in pages}
        return child

    @rule(process=consumes(processes), target=processes)
    def exit(self, process):
        if len(self.memory) == 1:
            return process
        del self.memory[process]
        process.exit()
        return multiple()

    # -- what is refused

    @rule(process=processes, data=st.data(), mistake=st.sampled_from(sorted(MISTAKES)))
    def refused(self, process, data, mistake):
        """Nothing has changed after an error."""
        start, _ = self.some_pages(process, data)
        before = self.snapshot()
        with pytest.raises((ValueError, AccessError)):
            MISTAKES[mistake](process, start * PAGE, self.file)
        assert self.snapshot() == before

    @rule(process=processes)
    def read_past_the_end_of_a_file(self, process):
        try:
            area = process.mmap(6 * PAGE, kind="shared", file=self.file)
        except ValueError:  # the little address space is full
            return
        before = self.snapshot()
        with pytest.raises(BusError):
            process.read(area.end - 1)
        assert self.snapshot() == before
        process.munmap(area)

    @rule()
    def make_a_file_that_does_not_fit(self):
        with pytest.raises(OutOfMemory):
            self.kernel.file("/memfd:big", bytes(120 * PAGE), on_disk=False)

    def snapshot(self):
        kernel = self.kernel
        return (
            {pid: (one.maps, one.counters) for pid, one in kernel.processes.items()},
            {name: count for name, count in kernel.counters.items() if name != "pgfault"},
            set(kernel.pool.frames),
            set(kernel.pool.swap.used),
            self.file.mapped,
        )

    @rule()
    def sync(self):
        self.kernel.sync()

    @invariant()
    def books_agree(self):
        audit(self.kernel)

    @invariant()
    def every_byte_is_what_was_written_last(self):
        for process, pages in self.memory.items():
            for page, model in pages.items():
                for offset in (0, 5, PAGE - 1):
                    assert peek(process, page * PAGE + offset) == model.read(offset)

    def teardown(self):
        if not hasattr(self, "kernel"):
            return
        for process in self.memory:
            process.exit()
        self.kernel.sync()
        self.kernel.drop_caches()
        assert self.kernel.memory.free_frames == self.initially
        assert self.kernel.pool.swap.free == SWAP_SLOTS
        for page, content in enumerate(self.file_pages):
            assert self.file.page(page, PAGE) == bytes(content[offset] for offset in range(PAGE))


Machine.TestCase.settings = settings(stateful_step_count=40)
test_any_program = Machine.TestCase
