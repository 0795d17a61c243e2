"""An MMU with TLBs and walk caches: the same answers as without, and where they came from."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagesim import (
    SV39,
    TOY15,
    X86_32,
    X86_64,
    X86_64_LA57,
    Mmu,
    PageFault,
    PagingMode,
    PhysicalMemory,
    Pte,
    PteFormat,
    RadixTable,
    Tlb,
)
from pagesim.machines import MACHINES
from pagesim.mmu import Cycles
from pagesim.mmu.walker import Walker
from pagesim.reuse import Counts, Hierarchy
from pagesim.traces import Runs, collapse, recorded

from .named_machines import tlbs_of

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30
P, W, U, RSVD, I = 1, 2, 4, 8, 16  # noqa: E741 (the manual's letters)


def new_table(mode=X86_64, frames=64):
    return RadixTable(mode, PhysicalMemory(frames, mode.page_bytes))


def error_of(mmu, va, access="r", user=True):
    with pytest.raises(PageFault) as caught:
        mmu.translate(va, access, user)
    return caught.value.error_code


def leaf(table, va):
    return table.walk(va).steps[-1].pte


# -- where it is found -----------------------------------------------------------------------------


def test_csapps_little_machine():
    """Bryant and O'Hallaron, CS:APP 3rd ed., fig. 9.20: 14-bit addresses, pages of 64 bytes."""
    fmt = PteFormat(
        bytes=1,
        present=7,
        pfn_shift=0,
        pfn_bits=6,
        writable=None,
        user=None,
        accessed=None,
        dirty=None,
        huge=None,
        global_=None,
        nx=None,
    )
    table = new_table(PagingMode("CS:APP", (8,), page_shift=6, pte=fmt))
    pages = {0: 0x28, 2: 0x33, 3: 0x02, 5: 0x16, 8: 0x13, 9: 0x17, 10: 9, 13: 0x2D, 14: 17, 15: 13}
    for vpn, ppn in pages.items():
        table.map(vpn << 6, ppn)
    tlb = Tlb(16, 4, page_shift=6)
    mmu = Mmu(table, [tlb])
    for index, tag, ppn in [(0, 9, 0x0D), (0, 7, 2), (1, 3, 0x2D), (3, 3, 0x0D), (3, 10, 0x34)]:
        tlb.insert(tag << 2 | index, Pte(present=True, pfn=ppn, readable=True, user=True))
    answers = {va: mmu.translate(va) for va in (0x03D4, 0x03D7, 0x027C, 0x03A9)}
    assert {va: (t.found, t.pa) for va, t in answers.items()} == {
        0x03D4: ("L1", 0x354),
        0x03D7: ("L1", 0x357),
        0x027C: ("walk", 0x5FC),
        0x03A9: ("walk", 0x469),
    }
    assert error_of(mmu, 0x0040) == U
    assert mmu.translate(0x03A9).found == "L1"


def test_what_leaves_the_first_level_is_found_in_the_second():
    table = new_table()
    for vpn in range(3):
        table.map(vpn << 12, 8 + vpn)
    mmu = Mmu(table, [Tlb(2, 2, name="DTLB"), Tlb(16, 4, name="STLB")])
    vpns = [0, 1, 2, 0, 0, 1]
    found = [mmu.translate(vpn << 12 | 5) for vpn in vpns]
    assert [(t.found, t.reads) for t in found] == [
        ("walk", 4),
        ("walk", 4),
        ("walk", 4),
        ("L2", 0),
        ("L1", 0),
        ("L2", 0),
    ]
    assert [t.pa for t in found] == [(8 + vpn) << 12 | 5 for vpn in vpns]
    assert [(asked.tlb, asked.hit) for asked in found[3].lookups] == [
        ("DTLB", False),
        ("STLB", True),
    ]
    assert found[3].walk.page_bytes == 4096


@pytest.mark.parametrize(
    ("mode", "shifts", "reads"),
    [
        (X86_64, (), 4),
        (X86_64, (39,), 3),
        (X86_64, (30,), 2),
        (X86_64, (21,), 1),
        (X86_64, (39, 21, 30), 1),
        (X86_64_LA57, (48,), 4),
        (SV39, (30,), 2),
        (SV39, (21,), 1),
    ],
)
def test_a_walk_starts_where_a_walk_cache_leads(mode, shifts, reads):
    table = new_table(mode)
    table.map(0x3A_1C6D_5000, 7)
    table.map(0x3A_1C6D_6000, 8)
    mmu = Mmu(table, (), [Tlb(4, 4, page_shift=shift) for shift in shifts])
    assert mmu.translate(0x3A_1C6D_5000).reads == mode.levels
    whole = table.walk(0x3A_1C6D_6E48)
    second = mmu.translate(0x3A_1C6D_6E48)
    assert (second.reads, second.pa) == (reads, 0x8E48)
    assert second.walk == replace(whole, steps=whole.steps[-reads:])


def test_a_shortened_walk_that_fails_says_where():
    table = new_table()
    table.map(0x1000, 7)
    walker = Walker([Tlb(4, 4, page_shift=21)])
    walker.fit(X86_64)
    walker.keep(X86_64, 0x1000, "r", 0, walker.walk(table, 0x1000, 0x1000, "r", 0))
    whole = table.walk(0x2000)
    assert whole.fault.level == 3
    assert walker.walk(table, 0x2000, 0x2000, "r", 0).walk == replace(whole, steps=whole.steps[-1:])


def test_g_in_an_upper_entry_means_nothing():
    """SDM 5.10.2.4: only the entry that maps the page says that it is global."""
    table = new_table()
    table.map(0x1000, 7)
    upper = table.walk(0x1000).steps[2]
    where_it_is = table.entry_pa(2, upper.table_pfn, upper.index)
    table.memory.store(where_it_is, X86_64.pte.pack(upper.pte, global_=True))
    mmu = Mmu(table, [Tlb(4, 4)], [Tlb(4, 4, page_shift=21)])
    assert [mmu.translate(0x1000).reads for _ in range(2)] == [4, 0]
    mmu.flush()
    assert mmu.translate(0x1000).reads == 4


def test_the_reach_of_walk_caches_differs():
    """A PDE serves 2 MiB, a PDPTE 1 GiB, a PML4E 512 GiB."""
    table = new_table()
    vas = [0, 4 * KIB, 2 * MIB, GIB, 512 * GIB]
    for number, va in enumerate(vas):
        table.map(va, 32 + number)
    mmu = Mmu(table, (), [Tlb(4, 4, page_shift=shift) for shift in (21, 30, 39)])
    assert [mmu.translate(va).reads for va in vas] == [4, 1, 2, 3, 4]


def test_walks_to_huge_pages_are_shorter_and_use_fewer_caches():
    table = new_table()
    for number in range(2):
        table.map(number * 2 * MIB, 512 * number, page=2 * MIB)
        table.map(512 * GIB + number * GIB, 0, page=GIB)
    mmu = Mmu(table, (), [Tlb(4, 4, page_shift=shift) for shift in (21, 30, 39)])
    assert [mmu.translate(va).reads for va in (0, 2 * MIB)] == [3, 1]  # the second by a PDPTE
    assert [mmu.translate(512 * GIB + va).reads for va in (0, GIB)] == [2, 1]  # by a PML4E


def test_split_first_level_and_shared_second():
    table = new_table()
    table.map(0x1000, 0x10)
    table.map(2 * MIB, 512, page=2 * MIB)
    first = [Tlb(4, 4, name="4K"), Tlb(4, 4, page_shift=21, name="2M")]
    mmu = Mmu(table, [first, Tlb(16, 4, page_shift=(12, 21), name="STLB")])
    for va in (0x1000, 2 * MIB):
        assert mmu.translate(va).found == "walk"
        assert mmu.translate(va + 0xFFF).found == "L1"
    kept = [sum(entry is not None for row in tlb.rows for entry in row) for tlb in first]
    assert kept == [1, 1]
    assert mmu.translate(4 * MIB - 1).pa == 4 * MIB - 1
    assert mmu.translate(4 * MIB - 1).lookups[-1].tlb == "2M"


def test_a_page_too_large_for_a_level_is_not_kept_there():
    """Intel's STLBs hold no 1 GiB pages up to Haswell."""
    table = new_table()
    table.map(GIB, 0, page=GIB)
    table.map(2 * GIB, 0, page=GIB)
    mmu = Mmu(table, [Tlb(1, 1, page_shift=30), Tlb(16, 4, page_shift=(12, 21))])
    vas = [GIB, GIB + 5, 2 * GIB, GIB]
    assert [mmu.translate(va).found for va in vas] == ["walk", "L1", "walk", "walk"]


def test_upper_half_addresses():
    table = new_table()
    kernel = 0xFFFF_8000_0000_1000
    table.map(kernel, 9, user=False)
    mmu = Mmu(table, [Tlb(4, 4)], [Tlb(4, 4, page_shift=21)])
    answers = [mmu.translate(kernel + 8, user=False) for _ in range(2)]
    assert [(t.found, t.pa, t.va) for t in answers] == [
        ("walk", 0x9008, kernel + 8),
        ("L1", 0x9008, kernel + 8),
    ]
    assert error_of(mmu, kernel, user=True) == P | U


# -- what it costs ---------------------------------------------------------------------------------


def test_the_bill_of_champsims_machine():
    """1 cycle in the first level, 8 more in the second, and 20 for each entry read."""
    machine, table = MACHINES["ChampSim"], new_table()
    for vpn in range(65):
        table.map(vpn << 16, 1)  # set 0 of the DTLB, 16 sets of 4 ways
    mmu = Mmu(table, *tlbs_of(machine, X86_64), Cycles(machine.lookup_cycles, read=20))
    vpns = [0, 0, 1, 2, 3, 4, 0]
    bill = [mmu.translate(vpn << 16).cycles for vpn in vpns]
    assert bill == [1 + 8 + 4 * 20, 1, *[1 + 8 + 20] * 4, 1 + 8]
    assert mmu.translate(0, "w").cycles == 1 + 20  # a clean entry: straight to the PTE for D
    assert Mmu(table).translate(0).cycles is None


@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
def test_machines_translate_or_say_what_nobody_knows(machine):
    table = new_table()
    table.map(0x1000, 7)
    table.map(2 * MIB, 512, page=2 * MIB)
    table.map(GIB, 0, page=GIB)
    if machine.unknown:
        with pytest.raises(ValueError, match=f"no source tells the ways of {machine.unknown[0]}"):
            tlbs_of(machine, X86_64)
        return
    mmu = Mmu(table, *tlbs_of(machine, X86_64))
    for va in (0x1000, 2 * MIB, GIB):
        assert [mmu.translate(va + 8).pa for _ in range(2)] == [table.walk(va + 8).pa] * 2
    assert mmu.translate(0x1000).found == "L1"


@pytest.mark.parametrize(
    ("name", "level", "tlb", "reach"),
    [
        ("AMD Zen 4", 0, "DTLB", 288 * KIB),  # as its source says
        ("Apple M (performance core)", 0, "DTLB", 2560 * KIB),
        ("Intel Skylake", 1, "STLB", 6 * MIB),
        ("Intel Ice Lake", 1, "STLB", 8 * MIB),
    ],
)
def test_reach_of_named_machines(name, level, tlb, reach):
    shape = next(shape for shape in MACHINES[name].levels[level] if shape.name == tlb)
    assert shape.entries << shape.page_shifts[0] == reach


# -- rights on a hit -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rights", "access", "user", "code"),
    [
        ({"writable": False}, "w", True, P | W | U),
        ({"writable": False}, "w", False, P | W),
        ({"user": False}, "r", True, P | U),
        ({"nx": True}, "x", True, P | U | I),
    ],
)
@pytest.mark.parametrize("level", range(4))
def test_a_hit_checks_the_rights_of_all_levels(level, rights, access, user, code):
    """Whichever level takes a right away, the entry in the TLB does not have it either."""
    table = new_table()
    table.map(0x1000, 7)
    step = table.walk(0x1000).steps[level]
    where = table.entry_pa(step.level, step.table_pfn, step.index)
    table.memory.store(where, X86_64.pte.pack(replace(step.pte, **rights)))
    caches = [Tlb(4, 4, page_shift=shift) for shift in (21, 30, 39)]
    for mmu in (Mmu(table, [Tlb(4, 4), Tlb(8, 4)]), Mmu(table, (), caches)):
        assert mmu.translate(0x1000, "r", user=False).found == "walk"
        assert error_of(mmu, 0x1008, access, user) == code


def test_riscv_never_lets_its_kernel_execute_a_user_page():
    table = new_table(SV39)
    table.map(0x1000, 7)
    mmu = Mmu(table, [Tlb(4, 4)])
    mmu.translate(0x1000)
    with pytest.raises(PageFault):
        mmu.translate(0x1000, "x", user=False)
    assert mmu.translate(0x1000, "x", user=True).pa == 0x7000


def test_the_first_write_through_a_clean_entry_sets_the_dirty_bit_in_memory():
    table = new_table()
    table.map(0x1000, 7)
    mmu = Mmu(table, [Tlb(4, 4), Tlb(8, 4)])
    mmu.translate(0x1000, "r")
    assert (leaf(table, 0x1000).accessed, leaf(table, 0x1000).dirty) == (True, False)
    assert [mmu.translate(0x1000, "w").reads for _ in range(3)] == [4, 0, 0]
    assert leaf(table, 0x1000).dirty


def test_a_page_that_was_written_first_is_walked_for_once():
    table = new_table()
    table.map(0x1000, 7)
    mmu = Mmu(table, [Tlb(4, 4)])
    assert [mmu.translate(0x1000, access).reads for access in "wrw"] == [4, 0, 0]


def test_without_dirty_bits_a_write_is_a_hit():
    table = new_table(TOY15)
    table.map(0x20, 3)
    mmu = Mmu(table, [Tlb(4, 4, page_shift=5)])
    assert [mmu.translate(0x20, access).reads for access in "rw"] == [2, 0]


# -- the table is changed behind its back: what shootdowns are for ---------------------------------


def test_less_rights_do_not_arrive_without_invlpg():
    table = new_table()
    table.map(0x1000, 7)
    cores = [Mmu(table, [Tlb(4, 4)]) for _ in range(2)]
    for core in cores:
        core.translate(0x1000, "w")
    table.change(0x1000, writable=False)
    cores[0].invlpg(0x1000)  # this core's own entry; nobody told the other
    assert error_of(cores[0], 0x1000, "w") == P | W | U
    assert cores[1].translate(0x1000, "w").found == "L1"
    cores[1].invlpg(0x1FFF)  # the interrupt arrives
    assert error_of(cores[1], 0x1000, "w") == P | W | U


def test_an_unmapped_page_stays_readable_until_invlpg():
    """The danger: frame 7 may belong to somebody else by now."""
    table = new_table()
    table.map(0x1000, 7)
    mmu = Mmu(table, [Tlb(4, 4)])
    mmu.translate(0x1000)
    table.unmap(0x1000)
    assert mmu.translate(0x1000).pa == 0x7000
    mmu.invlpg(0x1000)
    assert error_of(mmu, 0x1000) == U


def test_more_rights_cost_one_fault_and_no_invlpg():
    """SDM 5.10.4.1: a page fault drops what was kept of its address."""
    table = new_table()
    table.map(0x1000, 7, writable=False)
    mmu = Mmu(table, [Tlb(4, 4), Tlb(8, 4)], [Tlb(4, 4, page_shift=21)])
    mmu.translate(0x1000)
    table.change(0x1000, writable=True)
    assert error_of(mmu, 0x1000, "w") == P | W | U
    assert mmu.translate(0x1000, "w").pa == 0x7000


def test_a_page_that_was_absent_needs_no_invlpg():
    table = new_table()
    mmu = Mmu(table, [Tlb(4, 4)], [Tlb(4, 4, page_shift=21)])
    assert error_of(mmu, 0x1000) == U
    table.map(0x1000, 7)
    assert mmu.translate(0x1000).pa == 0x7000


def test_a_walk_cache_remembers_a_table_that_is_gone():
    """Linux flushes when it frees page tables, though no page was mapped by them any more."""
    table = new_table()
    table.map(0x1000, 7)
    mmu = Mmu(table, (), [Tlb(4, 4, page_shift=21)])
    mmu.translate(0x1000)
    gone = table.walk(0x1000).steps[-1].table_pfn
    table.unmap(0x1000)
    table.memory.claim(gone)  # somebody else gets the frame
    table.memory.store(gone * 4096 + 8, X86_64.pte.pack(present=True, user=True, pfn=0x666))
    assert mmu.translate(0x1000).pa == 0x666 << 12
    mmu.invlpg(0x7000_0000_0000)  # any address drops all upper entries
    assert error_of(mmu, 0x1000) == U


# -- address spaces --------------------------------------------------------------------------------


def two_spaces():
    memory = PhysicalMemory(frames=64)
    tables = [RadixTable(X86_64, memory) for _ in range(2)]
    for number, table in enumerate(tables):
        table.map(0x1000, 0x20 + number)
        table.map(0x2000, 0x30, global_=True)
    return tables


def where(mmu, *vas):
    return [(mmu.translate(va).found, mmu.translate(va).pa >> 12) for va in vas]


def test_without_asids_a_switch_empties_the_tlb_but_for_global_pages():
    first, second = two_spaces()
    mmu = Mmu(first, [Tlb(8, 4)], [Tlb(4, 4, page_shift=21)])
    where(mmu, 0x1000, 0x2000)
    mmu.switch(second)
    assert where(mmu, 0x1000, 0x2000) == [("walk", 0x21), ("L1", 0x30)]
    mmu.table = first  # the same, in short
    assert where(mmu, 0x1000, 0x2000) == [("walk", 0x20), ("L1", 0x30)]


def test_with_asids_entries_wait_for_their_space_to_come_back():
    first, second = two_spaces()
    mmu = Mmu(first, [Tlb(8, 4)], [Tlb(4, 4, page_shift=21)])
    where(mmu, 0x1000)
    mmu.switch(second, asid=1)
    assert where(mmu, 0x1000) == [("walk", 0x21)]
    for table, asid, pfn in ((first, 0, 0x20), (second, 1, 0x21)):
        mmu.switch(table, asid, flush=False)
        assert where(mmu, 0x1000) == [("L1", pfn)]
    mmu.switch(first, asid=0)  # loading CR3 without the no-flush bit
    assert where(mmu, 0x1000) == [("walk", 0x20)]


def test_invlpg_and_flush_reach_one_address_space():
    first, second = two_spaces()
    mmu = Mmu(first, [Tlb(8, 4)])
    where(mmu, 0x1000, 0x2000)
    mmu.switch(second, asid=1)
    where(mmu, 0x1000)
    mmu.invlpg(0x1000, asid=0)
    assert where(mmu, 0x1000, 0x2000) == [("L1", 0x21), ("L1", 0x30)]
    mmu.flush(global_=True)
    assert where(mmu, 0x2000) == [("walk", 0x30)]
    mmu.switch(first, asid=0, flush=False)
    assert where(mmu, 0x1000) == [("walk", 0x20)]


# -- with and without TLBs -------------------------------------------------------------------------

PAGES = {  # mode -> page sizes and the walk caches that it has
    X86_64: ((4 * KIB, 2 * MIB, GIB), (21, 30, 39)),
    SV39: ((4 * KIB, 2 * MIB, GIB), (21, 30)),
    X86_32: ((4 * KIB, 4 * MIB), (22,)),
}
rights = st.fixed_dictionaries({"writable": st.booleans(), "user": st.booleans()})
sites = st.tuples(st.integers(0, 2), st.integers(0, 1), st.integers(0, 2))
actions = st.one_of(
    st.tuples(st.just("access"), sites, st.sampled_from("rwx"), st.booleans()),
    st.tuples(st.just("map"), sites, st.integers(0, 2), rights),
    st.tuples(st.just("unmap"), sites),
    st.tuples(st.just("change"), sites, rights),
)


@given(
    st.sampled_from(sorted(PAGES, key=str)),
    st.lists(actions, min_size=5, max_size=60),
    st.sampled_from([(1, 1, "lru"), (2, 2, "fifo"), (4, 2, "plru"), (8, 4, "random")]),
)
def test_tlbs_change_no_answer_as_long_as_the_kernel_tells_them(mode, steps, shape):
    sizes, upper = PAGES[mode]
    shifts = [size.bit_length() - 1 for size in sizes]
    entries, ways, policy = shape
    tables = [new_table(mode) for _ in range(2)]
    plain = Mmu(tables[0])
    first = [Tlb(entries, ways, shift, policy) for shift in shifts]
    caches = [Tlb(2, 2, shift, policy) for shift in upper]
    cached = Mmu(tables[1], [first, Tlb(8, 4, shifts, policy)], caches)

    def outcome(mmu, va, access, user):
        try:
            return mmu.translate(va, access, user).pa
        except PageFault as fault:
            return str(fault)

    for step in steps:
        site = step[1]
        va = site[0] * sizes[-1] + site[1] * sizes[1] + site[2] * sizes[0]
        if step[0] == "access":
            assert outcome(plain, va + 5, *step[2:]) == outcome(cached, va + 5, *step[2:])
            continue
        size = sizes[min(step[2], len(sizes) - 1)] if step[0] == "map" else 0
        done = []
        for table in tables:
            try:
                if step[0] == "map":
                    table.map(va & -size, 0, page=size, **step[3])
                elif step[0] == "unmap":
                    table.unmap(va)
                else:
                    table.change(va, **step[2])
            except ValueError:  # already mapped, or not mapped at all
                done.append(False)
            else:
                done.append(True)
        assert done[0] == done[1]
        cached.invlpg(va)
    assert tables[0].memory.dump() == tables[1].memory.dump()  # accessed and dirty bits too


# -- held equal to the one-pass engine -------------------------------------------------------------


def mmu_of(pages, itlb, dtlb, stlb, walk_caches, page_shift=12):
    """Build a core of this geometry, and map the pages it will be asked for."""
    table = new_table(frames=4096)
    for page in pages:
        table.map(page << page_shift, 0, page=1 << page_shift)
        table.change(page << page_shift, dirty=True)  # or each first write would walk once more
    first = [
        Tlb(*itlb, page_shift, serves="x", name="ITLB"),
        Tlb(*dtlb, page_shift, serves="rw", name="DTLB"),
    ]
    caches = [
        Tlb(*shape, page_shift=shift)
        for shape, shift in zip(walk_caches, (21, 30, 39), strict=True)
        if shape
    ]
    return Mmu(table, [first, Tlb(*stlb, page_shift, name="STLB")], caches)


def counted(found, upper):
    """Count what `Hierarchy` counts: walks to pages with so many levels above them."""
    missed = [one for one in found if one.level != 1]
    walks = [one for one in missed if one.level != 2]
    starts = [one.reads for one in walks]
    hits = [0] * (3 - upper) + [starts.count(reads) for reads in range(1, upper + 1)]
    return Counts(
        len(found),
        sum(one.lookups[0].tlb == "ITLB" for one in missed),
        sum(one.lookups[0].tlb == "DTLB" for one in missed),
        len(walks),
        tuple(hits),
        sum(starts),
    )


def runs_of(vpns, fetched):
    """Part page numbers into the runs of fetches and of data accesses."""
    return [
        Runs(vpns[mine], np.ones(mine.sum(), int), np.flatnonzero(mine))
        for mine in (fetched, ~fetched)
    ]


@pytest.mark.parametrize("name", ["cc1", "python"])
@pytest.mark.long
@pytest.mark.parametrize(
    ("itlb", "dtlb", "stlb", "walk_caches"),
    [
        ((8, 2), (16, 4), (64, 4), ((4, 4), (2, 2), (1, 1))),
        ((4, 4), (8, 1), (16, 16), ((2, 2), None, (2, 2))),
        ((8, 8), (8, 8), (8, 8), ((8, 4), (1, 1), (1, 1))),
    ],
)
def test_a_real_trace_counts_the_same_as_in_the_one_pass_engine(
    name, itlb, dtlb, stlb, walk_caches
):
    vpns, kinds = (part[40_000:55_000] for part in recorded(name).per_access())
    fetches, data = runs_of(vpns, kinds == 0)
    counts = Hierarchy(data, fetches).simulate(
        itlb, dtlb, stlb, [shape or 0 for shape in walk_caches]
    )
    mmu = mmu_of(np.unique(vpns).tolist(), itlb, dtlb, stlb, walk_caches)
    found = [
        mmu.translate(vpn << 12, "xrw"[kind])
        for vpn, kind in zip(vpns.tolist(), kinds.tolist(), strict=True)
    ]
    assert counts.walks > 50
    assert counted(found, upper=3) == counts


shapes = st.sampled_from([(1, 1), (2, 1), (2, 2), (4, 2), (4, 4), (8, 4), (8, 8)])
# A few of everything: 512 GiB, a gigabyte of it, 2 MiB of that, a page.
places = st.tuples(*(st.integers(0, n) for n in (1, 2, 3, 2)))


@given(
    st.lists(st.tuples(places, st.sampled_from("xrw")), min_size=1, max_size=120),
    st.tuples(shapes, shapes, shapes),
    st.tuples(*[st.none() | shapes] * 3),
    st.sampled_from([12, 21, 30]),
)
def test_any_geometry_counts_the_same_as_in_the_one_pass_engine(
    accesses, tlbs, walk_caches, page_shift
):
    accesses = [((0, 0, 0, 0), "r"), *accesses, ((0, 0, 0, 0), "x")]  # some of each kind
    vpns = np.array([X86_64.join(place) >> 12 for place, _ in accesses])
    fetches, data = runs_of(vpns, np.array([kind == "x" for _, kind in accesses]))
    counts = Hierarchy(data, fetches).simulate(
        *tlbs, [shape or 0 for shape in walk_caches], page_shift
    )
    pages = vpns >> page_shift - 12
    mmu = mmu_of(np.unique(pages).tolist(), *tlbs, walk_caches, page_shift)
    found = [
        mmu.translate(page << page_shift, kind)
        for page, (_, kind) in zip(pages.tolist(), accesses, strict=True)
    ]
    assert counted(found, upper=3 - (page_shift - 12) // 9) == counts


def test_champsims_machine_counts_the_same_in_both():
    """PDEs that fall into one set of four: 9 of them, of which 8 have room."""
    levels, walk_caches = tlbs_of(MACHINES["ChampSim"], X86_64)
    pages = [4 * n << 9 for n in range(9)] + [1, 1 | 4 << 9]
    table = new_table(frames=4096)
    for page in pages:
        table.map(page << 12, 7)
    mmu = Mmu(table, levels, walk_caches)
    reads = sum(mmu.translate(page << 12).reads for page in pages)
    assert reads == Hierarchy(collapse(pages)).simulate().reads == 4 + 8 * 2 + 2 + 2


# -- mistakes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"tlbs": [Tlb(4, 4, page_shift=13)]},
            "X86_64 has no pages of 2**13 bytes, as those of a TLB",
        ),
        ({"tlbs": [Tlb(4, 4)], "cycles": Cycles((1, 8), 20)}, "lookup cycles of 2 levels for 1"),
        ({"tlbs": [4]}, "4 is not a Tlb"),
        ({"walk_caches": [Tlb(4, 4)]}, "no entry above the last level of X86_64 covers 2**12"),
        ({"walk_caches": [Tlb(4, 4, page_shift=48)]}, "no entry above the last level of X86_64"),
    ],
)
def test_what_does_not_fit_the_mode_is_refused(arguments, message):
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        Mmu(new_table(), **arguments)
    assert str(caught.value).startswith(message)


def test_a_refused_switch_changes_nothing():
    first, _ = two_spaces()
    mmu = Mmu(first, [Tlb(8, 4)], [Tlb(4, 4, page_shift=21)])
    where(mmu, 0x1000)
    for table, asid in ((new_table(TOY15), 0), (new_table(X86_32), 0), (first, 70_000)):
        with pytest.raises(ValueError, match=r"TOY15|X86_32|asid 70000"):
            mmu.switch(table, asid)
    assert (mmu.table, mmu.asid) == (first, 0)
    assert where(mmu, 0x1000) == [("L1", 0x20)]


@pytest.mark.parametrize(("lookup", "read"), [(None, 20), ((1, -8), 20), ((1, 8), -1)])
def test_impossible_cycles_are_refused(lookup, read):
    with pytest.raises(ValueError, match="cycles"):
        Cycles(lookup, read)


def test_mistakes_are_no_page_faults():
    mmu = Mmu(new_table(), [Tlb(4, 4)])
    with pytest.raises(ValueError, match="access 'rw' is not"):
        mmu.translate(0, "rw")
    with pytest.raises(ValueError, match="does not fit in 64 bits"):
        mmu.translate(1 << 64)
    with pytest.raises(ValueError, match="does not fit in 64 bits"):
        mmu.invlpg(1 << 64)
