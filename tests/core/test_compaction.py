"""Room for huge pages: fragmentation counted on a bitmap, compaction, and what a huge page buys."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagesim import X86_64, Mmu, OutOfMemory, PhysicalMemory, RadixTable, Tlb
from pagesim.memory.buddy import BuddyAllocator

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30


@st.composite
def used_memory(draw):
    """Memory with random blocks in it, each full of its own number, and {first PFN: order}."""
    nodes = draw(st.integers(1, 3))
    memory = PhysicalMemory(nodes * draw(st.integers(1, 50)), frame_bytes=8, nodes=nodes)
    blocks = {}
    for order in draw(st.lists(st.sampled_from([0, 0, 0, 1, 2, 3]), max_size=60)):
        try:
            blocks[memory.alloc(order, draw(st.integers(0, nodes - 1)))] = order
        except OutOfMemory:
            break
    for pfn in draw(st.sets(st.sampled_from(sorted(blocks)))) if blocks else ():
        memory.free(pfn)
        del blocks[pfn]
    for pfn, order in blocks.items():
        memory.bytes.reshape(-1, 8)[pfn : pfn + (1 << order)] = pfn % 251 + 1
    return memory, blocks


def bitmap(memory, blocks):
    free = np.ones(memory.frames, bool)
    for pfn, order in blocks.items():
        assert free[pfn : pfn + (1 << order)].all(), "two blocks overlap"
        free[pfn : pfn + (1 << order)] = False
    return free


# -- fragmentation ---------------------------------------------------------------------------------


@given(used_memory(), st.integers(0, 7))
def test_fragmentation_is_the_share_of_free_frames_in_no_aligned_free_block(used, order):
    memory, blocks = used
    free, size = bitmap(memory, blocks), 1 << order
    run = memory.frames // memory.nodes
    usable = sum(
        size
        for first in range(0, memory.frames - size + 1, size)
        if free[first : first + size].all() and first // run == (first + size - 1) // run
    )
    expected = 1 - usable / free.sum() if free.any() else 1
    assert memory.fragmentation(order) == pytest.approx(expected)


def test_half_free_and_of_no_use_for_a_huge_page():
    memory = PhysicalMemory(frames=4096)
    pfns = [memory.alloc() for _ in range(4096)]
    assert memory.fragmentation(0) == 1  # Linux: no free memory counts as unusable
    for pfn in pfns[1::2]:
        memory.free(pfn)
    assert [memory.fragmentation(order) for order in (0, 1, 9)] == [0, 1, 1]
    for pfn in pfns[:1024:2]:
        memory.free(pfn)  # the first 1024 frames are free again, 1536 further ones apart
    assert memory.fragmentation(9) == 1536 / 2560


# -- compaction ------------------------------------------------------------------------------------


@given(used_memory(), st.data())
def test_compaction_moves_blocks_whole_up_and_within_their_node(used, data):
    memory, blocks = used
    movable = data.draw(st.sets(st.sampled_from(sorted(blocks)))) if blocks else set()
    before = memory.free_frames
    moves = memory.compact(movable)
    assert set(moves) <= movable
    for old, new in moves.items():
        assert new > old
        assert new % (1 << blocks[old]) == 0
        assert memory.node_of(new) == memory.node_of(old)
    after = {moves.get(pfn, pfn): order for pfn, order in blocks.items()}
    bitmap(memory, after)  # no two overlap
    assert memory.free_frames == before
    for pfn, order in blocks.items():
        there = moves.get(pfn, pfn)
        contents = memory.bytes.reshape(-1, 8)[there : there + (1 << order)]
        assert (contents == pfn % 251 + 1).all()
    untouched = BuddyAllocator(memory.frames, memory.nodes).free_areas()
    for pfn in after:
        memory.free(pfn)
    assert memory.free_areas() == untouched


@given(st.integers(1, 3), st.integers(1, 60), st.data())
def test_single_frames_end_up_side_by_side_at_the_top_of_each_node(nodes, run, data):
    memory = PhysicalMemory(nodes * run, frame_bytes=8, nodes=nodes)
    kept = data.draw(st.sets(st.integers(0, nodes * run - 1)))
    for pfn in kept:
        memory.claim(pfn)
    moves = memory.compact(kept)
    expected = {
        (node + 1) * run - 1 - place
        for node in range(nodes)
        for place in range(sum(pfn // run == node for pfn in kept))
    }
    assert {moves.get(pfn, pfn) for pfn in kept} == expected


@given(st.sets(st.integers(0, 255), max_size=200), st.sets(st.integers(0, 255)), st.integers(0, 8))
def test_compaction_for_an_order_stops_when_it_can_be_served(kept, pinned, order):
    memories = [PhysicalMemory(256, frame_bytes=8) for _ in range(2)]
    for memory in memories:
        for pfn in kept:
            memory.claim(pfn)
    served = memories[0].fragmentation(order) < 1
    full = memories[0].compact(kept - pinned)
    short = memories[1].compact(kept - pinned, order)
    assert list(full.items())[: len(short)] == list(short.items())
    if served:
        assert short == {}
    elif len(short) < len(full):
        assert memories[1].alloc(order) % (1 << order) == 0
    elif memories[1].fragmentation(order) == 1:
        with pytest.raises(OutOfMemory):
            memories[1].alloc(order)


def test_one_unmovable_frame_in_each_two_mebibytes_is_enough():
    """Why Linux groups pages by mobility: here not even 1 % of memory is in use."""
    memory = PhysicalMemory(frames=4096)
    for pfn in range(0, 4096, 512):
        memory.claim(pfn + 100)
    assert memory.compact(movable=[], order=9) == {}
    assert memory.free_frames / memory.frames > 0.99
    with pytest.raises(OutOfMemory, match=r"^no free block of 512 frames \(order 9\): 4088 of"):
        memory.alloc(order=9)


def test_from_fragments_to_a_huge_page_without_the_program_noticing():
    memory = PhysicalMemory(frames=2048)
    table = RadixTable(X86_64, memory)  # its four tables may not move: they stand in frames 0 to 4
    vas = [0x7F00_0000_0000 + number * 4096 for number in range(500)]
    for number, va in enumerate(vas):
        table.map(va, memory.alloc())
        memory.store(table.walk(va).pa, number, 8)
    fillers = [memory.alloc() for _ in range(memory.free_frames)]
    for va in vas[::2]:
        memory.free(table.unmap(va).pfn)
    for pfn in fillers[::2]:
        memory.free(pfn)
    kept = vas[1::2]
    owner = {table.walk(va).steps[-1].pte.pfn: va for va in kept}
    core = Mmu(table, [Tlb(64, 4), Tlb(1536, 12)])
    for va in kept:
        core.translate(va)
    assert memory.free_frames > 1000
    with pytest.raises(OutOfMemory):
        memory.alloc(order=9)

    moves = memory.compact([*owner, *fillers[1::2]], order=9)
    for old, new in moves.items():
        if old in owner:
            table.change(owner[old], pfn=new)
            core.invlpg(owner[old])
    huge = 0x7F40_0000_0000
    table.map(huge, memory.alloc(order=9), page=2 * MIB)
    numbers = [memory.load(core.translate(va).pa, 8) for va in kept]
    assert numbers == list(range(1, 500, 2))
    assert core.translate(huge + 2 * MIB - 1).walk.page_bytes == 2 * MIB


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda memory: memory.compact([0, 1]), "pfn 1 is not a block that was handed out"),
        (lambda memory: memory.compact([0.5]), "pfn 0.5 is not a whole number"),
        (lambda memory: memory.compact([0], order=-1), "order -1 is outside 0..40"),
        (lambda memory: memory.fragmentation(41), "order 41 is outside 0..40"),
        (lambda memory: memory.fragmentation(0.5), "order 0.5 is not a whole number"),
        (lambda memory: memory.claim(0), "the block of order 0 at pfn 0 is not free"),
        (lambda memory: memory.claim(6, order=2), "pfn 6 is not aligned to a block of order 2"),
        (lambda memory: memory.claim(0, order=3), "the block of order 3 at pfn 0 is not free"),
        (lambda memory: memory.claim(8), "pfn 8 is outside 0..7 (memory)"),
        (lambda memory: memory.order_of(1), "pfn 1 is not a block that was handed out"),
    ],
)
def test_mistakes_are_named_and_change_nothing(call, message):
    memory = PhysicalMemory(frames=8)
    memory.alloc()
    areas = memory.free_areas()
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        call(memory)
    assert str(caught.value) == message
    assert memory.free_areas() == areas


# -- what a huge page buys -------------------------------------------------------------------------


def test_pages_of_three_sizes_in_one_tree():
    memory = PhysicalMemory(frames=64)
    table = RadixTable(X86_64, memory)
    table.map(3 * GIB, 1 << 18, page=GIB)
    table.map(2 * GIB, 512, page=2 * MIB)
    table.map(2 * GIB + 2 * MIB, 5)
    walks = [table.walk(va + 0xABC) for va in (3 * GIB, 2 * GIB, 2 * GIB + 2 * MIB)]
    assert [(len(walk.steps), walk.page_bytes, walk.pa) for walk in walks] == [
        (2, GIB, GIB + 0xABC),
        (3, 2 * MIB, 2 * MIB + 0xABC),
        (4, 4 * KIB, 5 * 4096 + 0xABC),
    ]
    assert table.table_frames == 4  # root, PUD, PMD, PTE table: all three share the way
    assert table.walk(2 * GIB + 2 * MIB + 4096).fault.level == 3
    for va in (3 * GIB, 2 * GIB):
        with pytest.raises(ValueError, match="already mapped"):
            table.map(va + 4096, 6)
    with pytest.raises(ValueError, match="already mapped"):
        table.map(2 * GIB, 1 << 18, page=GIB)


@pytest.mark.parametrize(("page", "tables", "misses"), [(4 * KIB, 35, 16384), (2 * MIB, 3, 32)])
def test_64_mib_in_small_and_in_huge_pages(page, tables, misses):
    """16384 pages need 32 + 3 tables, 32 huge ones 3; touched in order, each page misses once."""
    table = RadixTable(X86_64, PhysicalMemory(frames=128))
    for va in range(0, 64 * MIB, page):
        table.map(va, va >> 12, page=page)
    assert table.table_frames == tables
    tlb = Tlb(64, 4, page_shift=page.bit_length() - 1)
    missed = 0
    for va in range(0, 64 * MIB, 4 * KIB):
        if not tlb.lookup(va // page).hit:
            tlb.insert(va // page)
            missed += 1
    assert missed == misses
