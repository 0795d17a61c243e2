"""Page tables against a dictionary, against walks by hand, and against the manuals' algorithms."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from pagesim import (
    ARM64_16K,
    SV32,
    SV39,
    SV48,
    TOY6,
    TOY10,
    TOY15,
    X86_32,
    X86_64,
    X86_64_LA57,
    ByteTable,
    LinearTable,
    OutOfMemory,
    PagingMode,
    PhysicalMemory,
    PteFormat,
    RadixTable,
    costs,
)
from pagesim.arch import ARM, MODES, RISCV, X86
from pagesim.tables import NOT_CANONICAL, NOT_PRESENT

# No deadline: a machine shared with others is now and then slow.


FREE = replace(X86, hierarchical=False, pat=False)  # what x86 would be if only leaves decided
NEEDED = {RISCV: ("readable", "writable", "nx"), ARM: ("huge",)}


@st.composite
def formats(draw, size, shift, pfn_bits):
    """Draw an entry of this size, flags anywhere, any bit upside down or reserved."""
    spare = [bit for bit in range(8 * size) if not shift <= bit < shift + pfn_bits]
    spare = list(draw(st.permutations(spare)))
    names = ["writable", "user", "accessed", "dirty", "huge", "global_", "nx"]
    bits = dict.fromkeys(names) | {"present": spare.pop()}
    dialect = draw(st.sampled_from([X86, FREE, RISCV, ARM]))
    needed = NEEDED.get(dialect, ())
    if len(needed) > len(spare):
        dialect, needed = X86, ()
    if dialect is RISCV:
        names.remove("huge")
    for name in (*needed, *names):
        if bits.get(name) is None and spare and (name in needed or draw(st.booleans())):
            bits[name] = spare.pop() ^ -draw(st.booleans())  # ~bit half of the time
    reserved = sum(1 << bit for bit in spare if draw(st.booleans())) if draw(st.booleans()) else 0
    return PteFormat(
        size, pfn_shift=shift, pfn_bits=pfn_bits, **bits, reserved=reserved, dialect=dialect
    )


@st.composite
def small_modes(draw):
    """Draw a machine of a few bits, its levels alike or each of its own."""
    bits = tuple(draw(st.lists(st.integers(1, 3), min_size=1, max_size=4)))
    size = draw(st.sampled_from([1, 2, 4, 8]))
    pfn_bits = draw(st.integers(4, min(8 * size - 1, 12)))
    own = formats(size, draw(st.integers(0, 8 * size - pfn_bits)), pfn_bits)
    pte, upper = draw(own | st.sampled_from([mode.pte for mode in MODES])), ()
    if pte.bytes == size and pte.pfn_bits == pfn_bits and draw(st.booleans()):
        upper = tuple(draw(own) for _ in bits[1:])
    above = upper or (pte,) * (len(bits) - 1)
    possible = [
        level for level, fmt in enumerate(above) if fmt.huge is not None or fmt.dialect is RISCV
    ]
    huge = tuple(level for level in possible if draw(st.booleans()))
    page_shift = draw(st.integers(0, 6))
    pa_bits = page_shift + draw(st.integers(max(1, pte.pfn_bits - 3), pte.pfn_bits))
    return PagingMode("small", bits, page_shift, pte, huge, draw(st.booleans()), upper, pa_bits)


any_mode = st.sampled_from(MODES) | small_modes()


def frames_of_table(mode, level, memory):
    """Give the frames of one table: a block of a power of two, at least one."""
    return max(1, mode.table_bytes(level) // memory.frame_bytes)


def memory_for(mode, frames):
    """Build a memory whose frames can hold this mode's tables and be named by its entries."""
    return PhysicalMemory(min(frames, 1 << mode.pa_bits - mode.page_shift), mode.page_bytes)


# -- walks by hand ---------------------------------------------------------------------------------


def test_osteps_homework_machine():
    # OSTEP ch. 20, paging-multilevel-translate.py -s 0: the page directory is frame 108
    dump = bytearray(128 * 32)
    dump[108 * 32 + 24], dump[0x21 * 32 + 8] = 0xA1, 0xB5
    dump[108 * 32 + 15], dump[0x56 * 32 + 13] = 0xD6, 0x7F
    dump[0x6BC] = 0x08
    table = RadixTable(TOY15, PhysicalMemory.from_dump(dump, frame_bytes=32), root=108)

    walk = table.walk(0x611C)
    assert [(step.table_pfn, step.index, step.pte.pfn) for step in walk.steps] == [
        (108, 24, 0x21),
        (0x21, 8, 0x35),
    ]
    assert (walk.pa, walk.page_bytes, walk.fault) == (0x6BC, 32, None)
    assert table.memory.load(walk.pa, width=1) == 0x08

    walk = table.walk(0x3DA8)  # the directory's entry is valid, the page table's is not
    assert [(step.table_pfn, step.index, step.pte.pfn) for step in walk.steps] == [
        (108, 15, 0x56),
        (0x56, 13, 0x7F),
    ]
    assert (walk.pa, walk.page_bytes) == (None, 0)
    assert (walk.fault.level, walk.fault.reason) == (1, NOT_PRESENT)

    assert table.walk(0).fault.level == 0
    assert table.translate(np.array([0x611C, 0x3DA8, 0])).tolist() == [0x6BC, -1, -1]


def test_an_sv39_walk_laid_out_by_hand():
    memory = PhysicalMemory(frames=8)
    memory.store(0x1000 + 2 * 8, 0x801)  # root in frame 1: KERNBASE's gigabyte, table at 0x2000
    memory.store(0x2000 + 0 * 8, 0xC01)  # table at 0x3000
    memory.store(0x3000 + 5 * 8, 4 << 10 | 0x1F)  # the page at 0x4000
    table = RadixTable(SV39, memory, root=1)
    assert table.walk(0x8000_5ABC).pa == 0x4ABC
    assert [step.table_pfn for step in table.walk(0x8000_5ABC).steps] == [1, 2, 3]


# -- against a dictionary --------------------------------------------------------------------------


class Tables(RuleBasedStateMachine):
    """Map, change and unmap at random; a dictionary knows what must be there."""

    @initialize(mode=any_mode, frames=st.integers(4, 40), data=st.data())
    def start(self, mode, frames, data):
        self.mode, self.memory = mode, memory_for(mode, frames)
        try:
            self.table = RadixTable(mode, self.memory)
        except OutOfMemory:
            assume(False)
        self.pages = {}  # base -> (bytes, the fields of its leaf)
        corners = [st.sampled_from([0, 1, (1 << bits) - 1]) for bits in mode.index_bits]
        self.addresses = st.tuples(*corners).map(mode.join).map(mode.translated_bits)
        self.probes = data.draw(st.lists(self.addresses, min_size=8, max_size=8))

    def page_at(self, va):
        for base, (size, fields) in self.pages.items():
            if base <= va < base + size:
                return base, size, fields
        return None

    def expected_tables(self, pages):
        """Name every table that these pages need, by level and address prefix."""
        needed = {(0, 0)}
        for base, (size, _) in pages.items():
            level = next(k for k in range(self.mode.levels) if self.mode.span(k) == size)
            needed |= {(k, base >> self.mode.shift(k - 1)) for k in range(1, level + 1)}
        return needed

    def frames_needed(self, pages):
        tables = self.expected_tables(pages)
        return sum(frames_of_table(self.mode, level, self.memory) for level, _ in tables)

    @rule(data=st.data())
    def map(self, data):
        mode = self.mode
        size = data.draw(st.sampled_from(mode.page_sizes))
        base = data.draw(self.addresses) & -size
        frames = size >> mode.page_shift
        most = ((1 << min(mode.pa_bits, 63) - mode.page_shift) - 1) // frames
        pfn = data.draw(st.integers(0, most)) * frames
        fields = {"writable": True, "user": True, "nx": False, "global_": False}
        for name in fields:
            if getattr(self.format_of(size), name) is not None:
                fields[name] = data.draw(st.booleans())
        taken = any(base < at + s and at < base + size for at, (s, _) in self.pages.items())
        after = self.pages | {base: (size, {"pfn": pfn, **fields})}
        full = self.frames_needed(after) > self.memory.frames
        before = self.memory.free_blocks()
        call = partial(self.table.map, mode.extend(base), pfn, page=size, **fields)
        if taken:
            with pytest.raises(ValueError, match="already mapped"):
                call()
        elif full:
            with pytest.raises(OutOfMemory):
                call()
        else:
            try:
                call()
            except OutOfMemory:  # tables of several frames also want their frames in a row
                if all(frames_of_table(mode, k, self.memory) == 1 for k in range(mode.levels)):
                    raise
            else:
                self.pages = after
                return
        assert self.memory.free_blocks() == before

    def format_of(self, size):
        spans = [self.mode.span(level) for level in range(self.mode.levels)]
        return self.mode.rules[spans.index(size)].format

    @precondition(lambda self: self.pages)
    @rule(data=st.data())
    def unmap(self, data):
        base = data.draw(st.sampled_from(sorted(self.pages)))
        size, fields = self.pages.pop(base)
        va = base + data.draw(st.integers(0, size - 1))
        gone = self.table.unmap(self.mode.extend(va))
        assert {name: getattr(gone, name) for name in fields} == fields

    @precondition(lambda self: self.pages)
    @rule(data=st.data())
    def change(self, data):
        base = data.draw(st.sampled_from(sorted(self.pages)))
        size, fields = self.pages[base]
        name = data.draw(st.sampled_from(["writable", "user", "nx", "global_"]))
        value = data.draw(st.booleans())
        last = self.mode.extend(base + size - 1)
        if getattr(self.format_of(size), name) is None and value != fields[name]:
            with pytest.raises(ValueError, match=f"{name}={value} has no bit"):
                self.table.change(last, **{name: value})
            return
        changed = self.table.change(last, **{name: value})
        self.pages[base] = (size, fields | {name: value})
        assert getattr(changed, name) == value

    @rule(data=st.data())
    def refuse_what_is_not_mapped(self, data):
        va = data.draw(self.addresses)
        if not self.page_at(va):
            for call in (self.table.unmap, self.table.change):
                with pytest.raises(ValueError, match="is not mapped"):
                    call(self.mode.extend(va))

    @rule(data=st.data())
    def walk(self, data):
        va = data.draw(self.addresses) + data.draw(st.integers(0, self.mode.page_bytes - 1))
        walk, page = self.table.walk(self.mode.extend(va)), self.page_at(va)
        if page is None:
            assert (walk.pa, walk.page_bytes, walk.fault.reason) == (None, 0, NOT_PRESENT)
            return
        base, size, fields = page
        leaf = walk.steps[-1].pte
        assert (walk.pa, walk.page_bytes) == (
            (fields["pfn"] << self.mode.page_shift) + va - base,
            size,
        )
        assert walk.fault is None
        assert {name: getattr(leaf, name) for name in fields} == fields
        assert leaf.present
        assert self.mode.span(len(walk.steps) - 1) == size

    @invariant()
    def tables_and_prices_agree(self):
        if not hasattr(self, "pages"):
            return
        needed = self.expected_tables(self.pages)
        low = self.mode.low_bits
        found = {
            (table.level, low(table.va) >> self.mode.shift(max(table.level - 1, 0)))
            for table in self.table.tables()
        }
        assert {(level, prefix if level else 0) for level, prefix in found} == needed
        frames = self.frames_needed(self.pages)
        assert self.memory.free_frames == self.memory.frames - frames
        assert self.table.table_frames == frames
        assert self.table.table_bytes == frames * self.memory.frame_bytes

    @invariant()
    def arrays_translate_as_the_dictionary_says(self):
        if not hasattr(self, "pages"):
            return
        wanted = []
        for va in self.probes:
            page = self.page_at(va)
            wanted.append((page[2]["pfn"] << self.mode.page_shift) + va - page[0] if page else -1)
        probes = np.array([self.mode.extend(va) for va in self.probes], np.uint64)
        assert self.table.translate(probes).tolist() == wanted

    def teardown(self):
        if hasattr(self, "pages"):
            for base in self.pages:
                self.table.unmap(self.mode.extend(base))
            self.pages = {}
            self.tables_and_prices_agree()


TestTables = Tables.TestCase
TestTables.settings = settings(stateful_step_count=25)


# -- whole arrays against the readable walk --------------------------------------------------------


def outcome(translate):
    try:
        return translate()
    except ValueError as error:
        if "names a table in frame" not in str(error):
            raise
        return "outside memory"


def random_dump(mode, frames, rng, beyond=0):
    """Fill memory with random entries, half of them present, that name frames of this memory."""
    fmt = mode.pte
    words = rng.integers(0, 256, frames * mode.page_bytes, np.uint8).view(f"<u{fmt.bytes}")
    pfn = rng.integers(0, frames + beyond, words.size).astype(words.dtype)
    pfn &= words.dtype.type((1 << fmt.pfn_bits) - 1)
    words &= words.dtype.type(~(((1 << fmt.pfn_bits) - 1) << fmt.pfn_shift) % (1 << 8 * fmt.bytes))
    words |= pfn << words.dtype.type(fmt.pfn_shift)
    return words.tobytes()


@given(
    mode=any_mode,
    seed=st.integers(0, 1 << 32),
    frames=st.integers(1, 40),
    kind=st.sampled_from(["inside", "tidy", "a little beyond", "noise"]),
)
def test_arrays_equal_walks_in_any_memory(mode, seed, frames, kind):
    rng = np.random.default_rng(seed)
    frames = max(min(frames, 1 << mode.pa_bits - mode.page_shift), 1)
    assume(frames * mode.page_bytes % mode.pte.bytes == 0)
    dump = random_dump(mode, frames, rng, beyond=int(kind == "a little beyond"))
    if kind == "noise":
        dump = rng.bytes(len(dump))
    if kind == "tidy":  # where reserved bits are rare, walks get further
        words = np.frombuffer(dump, f"<u{mode.pte.bytes}").copy()
        for rules in mode.rules:
            words[rng.random(words.size) < 0.8] &= words.dtype.type(
                ~rules.format.reserved % (1 << 8 * rules.format.bytes)
            )
        dump = words.tobytes()
    memory = PhysicalMemory.from_dump(dump, mode.page_bytes)
    blocks = frames_of_table(mode, 0, memory)
    assume(blocks <= frames)
    table = RadixTable(mode, memory, root=int(rng.integers(0, frames - blocks, endpoint=True)))

    vas = rng.integers(0, 1 << mode.va_bits, 30, np.uint64, endpoint=False)
    if mode.canonical:
        vas[::3] = [mode.extend(va) for va in vas[::3].tolist()]
        vas[1::3] = rng.integers(0, 1 << 63, 10, np.uint64) << rng.integers(0, 2, 10, np.uint64)
    walked = [outcome(lambda va=va: table.walk(va).pa) for va in vas.tolist()]
    if "outside memory" in walked:
        assert outcome(lambda: table.translate(vas)) == "outside memory"
    fine = [pa != "outside memory" for pa in walked]
    pas = [-1 if pa is None else pa for pa in walked if pa != "outside memory"]
    assert table.translate(vas[fine]).tolist() == pas


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.int32, np.int64, np.uint64])
def test_arrays_of_any_integers(dtype):
    table = RadixTable(TOY10, PhysicalMemory(frames=16, frame_bytes=16))
    table.map(0x40, pfn=9)
    found = table.translate(np.array([0x45, 0x55], dtype))
    assert (found.tolist(), found.dtype) == ([0x95, -1], np.dtype(np.int64))
    assert table.translate(np.array([], dtype)).tolist() == []


def test_the_upper_half_is_written_in_64_bits():
    table = RadixTable(X86_64, PhysicalMemory(frames=16))
    table.map(0xFFFF_8880_0000_0000, pfn=5)
    short, long = 0x8880_0000_0123, 0xFFFF_8880_0000_0123
    assert table.walk(long).pa == 0x5123
    assert [entry.va for entry in table.tables()] == [0] + [0xFFFF_8880_0000_0000] * 3
    walk = table.walk(short)  # bits 63 to 48 should be ones, as bit 47 is
    assert (walk.pa, walk.steps, walk.fault.reason) == (None, (), NOT_CANONICAL)
    assert table.translate(np.array([short, long], np.uint64)).tolist() == [-1, 0x5123]
    message = "va 0x888000000000 is not canonical: bits 63 to 47 must be equal"
    with pytest.raises(ValueError, match=f"^{message}"):
        table.map(0x8880_0000_0000, pfn=6)
    for call in (table.unmap, table.change):
        with pytest.raises(ValueError, match=r"is not mapped \(level 0: not canonical\)"):
            call(short)


@pytest.mark.parametrize(
    ("mode", "va", "bits"),
    [
        (X86_64, 1 << 64, 64),
        (SV39, 1 << 70, 64),
        (ARM64_16K, 0xFFFF_8000_0000_0000, 48),
        (X86_32, 0x1_0000_0000, 32),
        (X86_32, 0xFFFF_FFFF_C000_0000, 32),
        (SV32, 0x1_0000_0000, 32),
        (TOY15, 0x8000, 15),
    ],
)
def test_an_address_too_wide_is_refused_in_the_same_words_everywhere(mode, va, bits):
    table = RadixTable(mode, PhysicalMemory(frames=64, frame_bytes=mode.page_bytes))
    free, message = table.memory.free_frames, f"va {va:#x} does not fit in {bits} bits"
    calls = [table.walk, table.unmap, table.change, lambda va: table.map(va, pfn=1)]
    if va < 1 << 64:
        calls.append(lambda va: table.translate(np.array([0, va], np.uint64)))
    for call in calls:
        with pytest.raises(ValueError, match=f"^{message}"):
            call(va)
    assert table.memory.free_frames == free


@pytest.mark.parametrize(
    ("vas", "message"),
    [
        (np.array([0, -1]), "va -0x1 does not fit in 64 bits"),
        (np.array([1.0]), "float64"),
        (np.array([True]), "bool"),
        (np.array(["0x10"]), "addresses of shape"),
        (np.array([1 << 70]), "object"),
        (np.zeros((2, 2), int), r"shape \(2, 2\)"),
        (np.array(5), r"shape \(\)"),
    ],
)
def test_an_array_that_is_no_row_of_addresses_is_named(vas, message):
    with pytest.raises(ValueError, match=message):
        RadixTable(X86_64, PhysicalMemory(frames=4)).translate(vas)


def test_a_machine_of_64_bits_knows_no_negative_address_either():
    table = LinearTable(PagingMode("whole", (4,), page_shift=60), PhysicalMemory(frames=1))
    table.map(0xF << 60, pfn=0)
    assert table.translate(np.array([(1 << 64) - 1], np.uint64)).tolist() == [(1 << 60) - 1]
    with pytest.raises(ValueError, match=r"^va -0x1 does not fit in 64 bits"):
        table.translate(np.array([-1]))


def test_a_physical_address_beyond_63_bits_is_refused_rather_than_wrapped():
    mode = PagingMode("vast", (1,), page_shift=40, pte=PteFormat())
    table = LinearTable(mode, PhysicalMemory(frames=1))
    table.map(0, pfn=1 << 24)
    assert table.walk(0).pa == 1 << 64
    with pytest.raises(ValueError, match="frame 0x1000000 does not fit in 63 bits"):
        table.translate(np.array([0]))


# -- entries that lead nowhere ---------------------------------------------------------------------


def test_an_entry_that_names_a_table_outside_memory_is_named():
    memory = PhysicalMemory(frames=4)
    table = RadixTable(X86_64, memory, root=1)
    memory.store(0x1000 + 3 * 8, X86_64.pte.pointer(4))
    va = X86_64.join((3, 0, 0, 0))
    message = "^PGD entry 3 names a table in frame 0x4, but memory has 4 frames$"
    for call in (
        lambda: table.walk(va),
        lambda: table.translate(np.array([0, va])),
        lambda: table.map(va, pfn=1),
        lambda: table.unmap(va),
        lambda: table.change(va, writable=False),
        lambda: list(table.tables()),
        lambda: table.table_bytes,
    ):
        with pytest.raises(ValueError, match=message):
            call()


def test_a_table_of_several_frames_must_fit_whole():
    mode = PagingMode("wide", (2, 4), page_shift=4, pte=TOY10.pte)  # 32-byte tables, 16-byte frames
    memory = PhysicalMemory(frames=8, frame_bytes=16)
    table = RadixTable(mode, memory)
    memory.store(table.root * 16, mode.pte.pointer(7), width=2)
    for call in (lambda: table.walk(0), lambda: table.translate(np.array([0]))):
        with pytest.raises(ValueError, match="names a table in frame 0x7"):
            call()


def test_a_page_directory_that_points_to_itself_can_be_walked_and_counted():
    # Linux i386's and Windows' recursive trick: entry 1023 is the directory itself
    memory = PhysicalMemory(frames=4)
    table = RadixTable(X86_32, memory, root=2)
    memory.store(0x2000 + 1023 * 4, 0x2003, width=4)
    assert table.walk(0xFFFF_FFFC).pa == 0x2FFC
    assert [(table.level, table.pfn) for table in table.tables()] == [(0, 2), (1, 2)]


# -- what it costs ---------------------------------------------------------------------------------


def mapped(mode, frames, vas):
    table = RadixTable(mode, PhysicalMemory(frames, mode.page_bytes))
    for va in vas:
        table.map(mode.extend(va), pfn=0)
    return table


def counts(table):
    levels = [entry.level for entry in table.tables()]
    return tuple(levels.count(level) for level in range(table.mode.levels))


def test_one_page_costs_16_kib_of_tables():
    table = mapped(X86_64, 8, [0x7F3A_1C6D_5000])
    assert (table.table_frames, table.table_bytes) == (4, 16384)
    table.unmap(0x7F3A_1C6D_5FFF)
    assert (table.table_frames, table.memory.free_frames) == (1, 7)


def test_256_lonely_pages_cost_more_than_a_dense_gibibyte():
    lonely = mapped(X86_64, 1024, range(0, 256 << 39, 1 << 39))
    dense = mapped(X86_64, 1024, range(0, 1 << 30, 1 << 21))  # a page in every bottom table
    assert (lonely.table_frames, dense.table_frames) == (769, 515)


# Growth of VmPTE in kB, counted on Linux 6.18 for mappings at this address; the root was there.
@pytest.mark.parametrize(
    ("pages", "stride", "kb"),
    [
        (1, 4096, 12),
        (512, 4096, 12),
        (512, 2 << 20, 2056),
        (512, 1 << 30, 4100),
        (64, 512 << 30, 768),
    ],
)
def test_tables_weigh_what_linux_counted(pages, stride, kb):
    vas = [0x1000_0000_0000 + i * stride for i in range(pages)]
    table = mapped(X86_64, 2048, vas)
    assert (table.table_bytes - 4096) // 1024 == kb
    by_form = costs.tables_for_regions(X86_64, [(va, 4096) for va in vas])
    assert counts(table) == by_form
    assert (costs.table_bytes(X86_64, by_form) - 4096) // 1024 == kb


@given(mode=any_mode, data=st.data())
def test_closed_forms_count_the_tables_of_any_regions(mode, data):
    top = (1 << mode.va_bits - mode.page_shift) - 1
    firsts = data.draw(st.lists(st.integers(0, top), max_size=4))
    regions, pages = [], set()
    for first in firsts:
        last = min(first + data.draw(st.integers(0, 20)), top)
        pages |= set(range(first, last + 1))
        start = (first << mode.page_shift) + data.draw(st.integers(0, mode.page_bytes - 1))
        end = (last << mode.page_shift) + data.draw(st.integers(0, mode.page_bytes - 1))
        regions.append((min(start, end), abs(end - start) + 1))
    vas = [page << mode.page_shift for page in pages]
    try:
        table = mapped(mode, min(512, 1 << mode.pa_bits - mode.page_shift), vas)
    except OutOfMemory:
        assume(False)
    assert costs.tables_for_regions(mode, regions) == counts(table)


@given(mode=any_mode, data=st.data())
def test_closed_forms_count_the_tables_of_any_stride(mode, data):
    shift = data.draw(st.integers(mode.page_shift, mode.va_bits - 1))
    pages = data.draw(st.integers(1, min(1 << mode.va_bits - shift, 50)))
    vas = range(0, pages << shift, 1 << shift)
    try:
        table = mapped(mode, min(512, 1 << mode.pa_bits - mode.page_shift), vas)
    except OutOfMemory:
        assume(False)
    assert costs.tables_for_stride(mode, pages, 1 << shift) == counts(table)


@pytest.mark.parametrize("mode", [X86_64, X86_64_LA57, X86_32, SV39, SV48], ids=lambda m: m.name)
def test_closed_forms_give_the_bytes_where_tables_fill_their_frames(mode):
    vas = [k << mode.va_bits - 3 for k in range(8)]
    table = mapped(mode, 64, vas)
    by_form = costs.tables_for_stride(mode, 8, 1 << mode.va_bits - 3)
    assert costs.table_bytes(mode, by_form) == table.table_bytes


def test_tables_come_parents_first():
    table = mapped(X86_64, 32, [0, 1 << 21, 1 << 39])
    seen = [(entry.level, entry.va) for entry in table.tables()]
    assert seen == [
        (0, 0),
        (1, 0),
        (2, 0),
        (3, 0),
        (3, 1 << 21),
        (1, 1 << 39),
        (2, 1 << 39),
        (3, 1 << 39),
    ]


# -- when memory runs out --------------------------------------------------------------------------


@pytest.mark.parametrize("spare", [0, 1, 2])
def test_mapping_without_room_for_three_tables_leaves_everything_as_it_was(spare):
    memory = PhysicalMemory(frames=8)
    table = RadixTable(X86_64, memory)
    table.map(0x1000, pfn=7)  # 4 tables
    taken = [memory.alloc() for _ in range(4 - spare)]
    stale = table.entry_pa(0, table.root, 1)
    memory.store(stale, 0x1234_5678 << 12)  # not present: software's to use
    with pytest.raises(OutOfMemory):
        table.map(1 << 39, pfn=7)
    assert (memory.free_frames, table.table_frames) == (spare, 4)
    assert memory.load(stale) == 0x1234_5678 << 12
    assert table.walk(0x1000).pa == 0x7000
    assert table.walk(1 << 39).fault.level == 0
    for pfn in taken:
        memory.free(pfn)
    table.map(1 << 39, pfn=7)
    assert table.walk(1 << 39).pa == 0x7000


def test_no_room_for_the_root():
    with pytest.raises(OutOfMemory, match="order 10"):
        LinearTable(PagingMode("32-bit", (20,), pte=X86_32.pte), PhysicalMemory(frames=1023))


# -- what is refused -------------------------------------------------------------------------------


def x86():
    return RadixTable(X86_64, PhysicalMemory(frames=64))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"va": 0x1001, "pfn": 1}, "va 0x1001 is not aligned to its page of 4 KiB"),
        ({"va": 0x1000, "pfn": 512, "page": 2 << 20}, "va 0x1000 is not aligned .* 2 MiB"),
        ({"va": 0, "pfn": 511, "page": 2 << 20}, "pfn 0x1ff is not aligned to the 512 frames"),
        ({"va": 0, "pfn": 512, "page": 1 << 30}, "pfn 0x200 is not aligned to the 262144 frames"),
        ({"va": 0, "pfn": 0, "page": 16384}, "page size 16384 .* 4 KiB, 2 MiB, 1 GiB"),
        ({"va": 0, "pfn": 0, "page": -4096}, "page size -4096 is not one of"),
        ({"va": 0, "pfn": 1 << 40}, "pfn 0x10000000000 does not fit in 40 bits"),
        ({"va": 0, "pfn": -1}, "pfn -0x1 does not fit"),
        ({"va": 0, "pfn": "1"}, "pfn '1' is not a whole number"),
        ({"va": 0, "pfn": 1.0}, r"pfn 1\.0 is not a whole number"),
        ({"va": "0", "pfn": 1}, "va '0' is not a whole number"),
        ({"va": 0.0, "pfn": 1}, r"va 0\.0 is not a whole number"),
        ({"va": 1 << 70, "pfn": 1}, "va 0x400000000000000000 does not fit in 64 bits"),
        ({"va": 1 << 48, "pfn": 1}, "va 0x1000000000000 is not canonical"),
    ],
)
def test_a_bad_mapping_is_named_and_changes_nothing(arguments, message):
    table = x86()
    with pytest.raises(ValueError, match=f"^{message}"):
        table.map(**arguments)
    assert table.memory.free_frames == 63
    assert table.translate(np.array([0, 0x1000])).tolist() == [-1, -1]


def test_mapping_twice_is_refused_whatever_the_sizes():
    table = x86()
    table.map(0x20_0000, pfn=512, page=2 << 20)
    table.map(0x40_0000, pfn=1)
    free = table.memory.free_frames
    for va, page, message in [
        (0x20_0000, 2 << 20, "va 0x200000 is already mapped; unmap it first"),
        (0x20_0000, 4096, "va 0x200000 is already mapped, by a page of 2 MiB"),
        (0x3F_F000, 4096, "va 0x3ff000 is already mapped, by a page of 2 MiB"),
        (0x40_0000, 4096, "va 0x400000 is already mapped; unmap it first"),
        (0x40_0000, 2 << 20, "va 0x400000 is already mapped; unmap it first"),
        (0, 1 << 30, "va 0x0 is already mapped; unmap it first"),
    ]:
        with pytest.raises(ValueError, match=f"^{message}$"):
            table.map(va, pfn=0, page=page)
    assert table.memory.free_frames == free
    assert table.walk(0x3F_FFFF).pa == 0x3F_FFFF


@pytest.mark.parametrize(
    ("mode", "page", "reads"),
    [
        (X86_64, 2 << 20, 3),
        (X86_64, 1 << 30, 2),
        (X86_32, 4 << 20, 1),
        (SV39, 1 << 30, 1),
        (SV48, 512 << 30, 1),
        (ARM64_16K, 32 << 20, 3),
    ],
)
def test_a_huge_page_ends_the_walk_early(mode, page, reads):
    table = RadixTable(mode, PhysicalMemory(frames=8, frame_bytes=mode.page_bytes))
    table.map(page, pfn=(3 * page) >> mode.page_shift, page=page)
    walk = table.walk(2 * page - 1)
    assert (walk.pa, walk.page_bytes, len(walk.steps)) == (4 * page - 1, page, reads)
    assert table.translate(np.array([page, 2 * page - 1])).tolist() == [3 * page, 4 * page - 1]


@pytest.mark.parametrize(
    ("mode", "permission"),
    [
        (X86_32, {"nx": True}),
        (TOY15, {"writable": False}),
        (TOY15, {"user": False}),
        (TOY15, {"global_": True}),
    ],
)
def test_a_permission_without_a_bit_is_refused(mode, permission):
    table = RadixTable(mode, PhysicalMemory(frames=8, frame_bytes=mode.page_bytes))
    ((name, value),) = permission.items()
    with pytest.raises(ValueError, match=f"^{name}={value} has no bit in an entry of {mode.name}"):
        table.map(0, pfn=0, **permission)
    table.map(0, pfn=0, **{name: not value})
    with pytest.raises(ValueError, match=f"^{name}={value} has no bit"):
        table.change(0, **permission)


def test_a_table_in_the_wrong_memory_is_refused():
    for build, message in [
        (lambda: RadixTable(X86_64, PhysicalMemory(4, 8192)), "frames of 8 KiB cannot .*4 KiB"),
        (lambda: RadixTable(X86_64, PhysicalMemory(4), root=4), r"root 4 is outside 0\.\.3"),
        (lambda: RadixTable(X86_64, PhysicalMemory(4), root=-1), r"root -1 is outside 0\.\.3"),
        (lambda: RadixTable(X86_64, PhysicalMemory(4), root="0"), "root '0' is not a whole number"),
        (lambda: RadixTable(TOY15, PhysicalMemory(129, 32)), "129 frames.* 7 PFN bits.* only 128"),
        (lambda: LinearTable(TOY15, PhysicalMemory(4, 32)), "TOY15 has 2 levels; a linear .* 1"),
        (lambda: ByteTable(PagingMode("flat", (4,)), PhysicalMemory(4)), "4096 bytes; .* have 1"),
    ]:
        with pytest.raises(ValueError, match=message):
            build()


def test_tables_may_stand_at_40_gib():
    high = (40 << 30) >> 12
    table = RadixTable(X86_64, PhysicalMemory(frames=1 << 24), root=high)
    for level in range(3):  # as a kernel would leave them there
        where = table.entry_pa(level, high + level, 1)
        table.memory.store(where, X86_64.pte.pointer(high + level + 1))
    va = X86_64.join((1, 1, 1, 5), 0x123)
    table.map(va & -4096, pfn=(63 << 30) >> 12)
    assert [step.table_pfn - high for step in table.walk(va).steps] == [0, 1, 2, 3]
    assert table.walk(va).pa == (63 << 30) + 0x123
    assert table.translate(np.array([va])).tolist() == [(63 << 30) + 0x123]
    assert table.table_frames == 4


def test_an_entry_outside_its_table_is_refused():
    table = x86()
    for level, index, message in [
        (4, 0, r"level 4 is outside 0\.\.3"),
        (-1, 0, r"level -1 is outside 0\.\.3"),
        (3, 512, r"index 512 is outside 0\.\.511"),
        (3, -1, r"index -1 is outside 0\.\.511"),
    ]:
        with pytest.raises(ValueError, match=message):
            table.entry_pa(level, table.root, index)
    assert table.entry_pa(3, 5, 2) == 0x5010


# -- one level -------------------------------------------------------------------------------------


def test_a_linear_table_pays_for_every_page_at_once():
    mode = PagingMode("32-bit flat", (20,), pte=X86_32.pte)
    table = LinearTable(mode, PhysicalMemory(frames=1024))
    assert table.table_bytes == costs.linear_table_bytes(32, pte_bytes=4) == 4 << 20
    table.map(0xC000_0000, pfn=0xABCDE)
    assert table.walk(0xC000_0123).pa == 0xABCD_E123
    table.unmap(0xC000_0000)
    assert (table.table_bytes, table.memory.free_frames) == (4 << 20, 0)


def test_the_64_byte_machine_maps_byte_by_byte():
    table = ByteTable(TOY6, PhysicalMemory(frames=128, frame_bytes=1))
    reversed_bytes = {va: 127 - va for va in range(64)}
    for va, pa in reversed_bytes.items():
        table.map(va, pfn=pa)
    assert table.translate(np.arange(64)).tolist() == [127 - va for va in range(64)]
    assert {va: table.walk(va).pa for va in range(64)} == reversed_bytes
    assert table.table_bytes == 64  # as large as what it maps


@pytest.mark.parametrize("entry", [2, 4, 8])
def test_an_entry_may_be_larger_than_a_frame_and_stand_anywhere(entry):
    pte = PteFormat(
        entry, pfn_shift=8, pfn_bits=8, accessed=None, dirty=None, huge=None, global_=None, nx=None
    )
    mode = PagingMode("bytes", (3,), page_shift=0, pte=pte)
    for frames in (entry * 8 + 17, entry * 8 + 18):
        table = ByteTable(mode, PhysicalMemory(frames, frame_bytes=1), root=17)
        table.map(7, pfn=99)
        assert table.walk(7).pa == 99
        assert table.translate(np.arange(8)).tolist() == [-1] * 7 + [99]


def test_a_table_smaller_than_a_frame_takes_a_whole_one():
    mode = PagingMode("tiny", (4,), pte=PteFormat())  # 16 entries of 8 bytes
    table = LinearTable(mode, PhysicalMemory(frames=2))
    assert (table.table_frames, table.table_bytes, table.memory.free_frames) == (1, 4096, 1)
