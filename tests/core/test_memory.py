"""Physical memory against a bitmap: every aligned run of free frames can be had, and no other."""

import struct
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from pagesim import OutOfMemory, PhysicalMemory
from pagesim.memory.buddy import BuddyAllocator

# No deadline: a machine shared with others is now and then slow.


class Allocator(RuleBasedStateMachine):
    """Allocate, split and free at random; a list of booleans knows which frames are free."""

    @initialize(nodes=st.integers(1, 3), run=st.integers(1, 40))
    def start(self, nodes, run):
        self.memory = PhysicalMemory(nodes * run, frame_bytes=8, nodes=nodes)
        self.run = run  # frames of each node
        self.is_free = [True] * (nodes * run)
        self.blocks = {}  # first PFN -> frames
        self.untouched = self.memory.free_blocks()

    def fits(self, node, frames):
        """Whether an aligned run of so many free frames lies in the node."""
        first, end = node * self.run, (node + 1) * self.run
        starts = range(-(-first // frames) * frames, end - frames + 1, frames)
        return any(all(self.is_free[at : at + frames]) for at in starts)

    @rule(order=st.integers(0, 6), data=st.data())
    def alloc(self, order, data):
        frames, memory = 1 << order, self.memory
        node = data.draw(st.integers(0, memory.nodes - 1))
        turns = [(node + turn) % memory.nodes for turn in range(memory.nodes)]
        served = [there for there in turns if self.fits(there, frames)]
        before = memory.free_blocks()
        if not served:
            with pytest.raises(OutOfMemory, match=f"order {order}.*{sum(self.is_free)} of"):
                memory.alloc(order, node)
            assert memory.free_blocks() == before
            return
        pfn = memory.alloc(order, node)
        assert pfn % frames == 0
        assert memory.node_of(pfn) == memory.node_of(pfn + frames - 1) == served[0]
        assert all(self.is_free[pfn : pfn + frames])
        assert not memory.bytes[pfn * 8 : (pfn + frames) * 8].any()
        memory.bytes[pfn * 8 : (pfn + frames) * 8] = 0xFF  # so that the next owner would see it
        self.is_free[pfn : pfn + frames] = [False] * frames
        self.blocks[pfn] = frames

    @precondition(lambda self: self.blocks)
    @rule(data=st.data())
    def free(self, data):
        pfn = data.draw(st.sampled_from(sorted(self.blocks)))
        self.memory.free(pfn)
        frames = self.blocks.pop(pfn)
        self.is_free[pfn : pfn + frames] = [True] * frames

    @precondition(lambda self: self.blocks)
    @rule(data=st.data())
    def split(self, data):
        pfn = data.draw(st.sampled_from(sorted(self.blocks)))
        self.memory.split(pfn)
        self.blocks |= dict.fromkeys(range(pfn, pfn + self.blocks[pfn]), 1)

    @rule(pfn=st.integers(-1, 130))
    def free_what_is_no_block(self, pfn):
        if pfn not in self.blocks:
            for refused in (self.memory.free, self.memory.split):
                with pytest.raises(ValueError, match=f"pfn {pfn} is not a block"):
                    refused(pfn)

    @invariant()
    def free_frames_are_the_bitmaps(self):
        if not hasattr(self, "memory"):
            return
        blocks = self.memory.free_blocks()
        assert self.memory.free_frames == sum(self.is_free)
        assert sum(count << order for order, count in blocks.items()) == sum(self.is_free)

    def teardown(self):
        """Everything given back melts into the blocks it was cut from."""
        if hasattr(self, "memory"):
            for pfn in self.blocks:
                self.memory.free(pfn)
            assert self.memory.free_blocks() == self.untouched


TestAllocator = Allocator.TestCase
TestAllocator.settings = settings(stateful_step_count=40)


@pytest.mark.parametrize(
    ("frames", "nodes", "blocks"),
    [
        (1024, 1, {10: 1}),
        (1000, 1, {3: 1, 5: 1, 6: 1, 7: 1, 8: 1, 9: 1}),  # 1000 = 512+256+128+64+32+8
        (7, 1, {0: 1, 1: 1, 2: 1}),
        (12, 2, {1: 2, 2: 2}),  # 0-3, 4-5 | 6-7, 8-11: no block spans two nodes
        (9, 3, {0: 3, 1: 3}),  # 0-1, 2 | 3, 4-5 | 6-7, 8
    ],
)
def test_memory_is_cut_into_the_largest_aligned_blocks(frames, nodes, blocks):
    assert PhysicalMemory(frames, 1, nodes).free_blocks() == blocks


def test_half_of_memory_free_and_not_two_frames_in_a_row():
    memory = PhysicalMemory(frames=1024)
    pfns = [memory.alloc() for _ in range(1024)]
    for pfn in pfns[::2]:
        memory.free(pfn)
    assert memory.free_frames == 512  # 2 MiB in all
    with pytest.raises(OutOfMemory, match=r"^no free block of 512 frames \(order 9\): 512 of 1024"):
        memory.alloc(order=9)
    with pytest.raises(OutOfMemory, match=r"^no free block of 2 frames \(order 1\)"):
        memory.alloc(order=1)
    assert memory.free_frames == 512
    for pfn in pfns[1::2]:
        memory.free(pfn)
    assert memory.alloc(order=9) % 512 == 0


def test_a_full_node_lends_from_the_next():
    memory = PhysicalMemory(frames=8, nodes=2)
    assert [memory.node_of(memory.alloc(node=1)) for _ in range(6)] == [1, 1, 1, 1, 0, 0]


# -- dumps -----------------------------------------------------------------------------------------


@given(st.integers(0, 6), st.integers(1, 6), st.data())
def test_a_dump_comes_back_as_it_was(shift, frames, data):
    size = frames << shift
    dump = data.draw(st.binary(min_size=size, max_size=size))
    memory = PhysicalMemory.from_dump(dump, 1 << shift)
    assert memory.dump() == dump
    assert (memory.frames, memory.free_frames) == (frames, 0)
    assert bytes(memory.load(pa, 1) for pa in range(len(dump))) == dump
    with pytest.raises(OutOfMemory):
        memory.alloc()


def test_frames_of_a_dump_can_be_given_back_and_had_again():
    memory = PhysicalMemory.from_dump(bytes(range(32)), frame_bytes=8)
    for pfn in range(4):
        memory.free(pfn)
    assert memory.free_blocks() == {2: 1}
    assert memory.alloc(order=2) == 0
    assert memory.dump() == bytes(32)


def test_a_dump_is_copied():
    dump = bytearray(32)
    memory = PhysicalMemory.from_dump(dump, 32)
    dump[0] = 1
    memory.store(1, 1, width=1)
    assert (memory.load(0, 1), dump[1]) == (0, 0)


@pytest.mark.parametrize(
    ("dump", "frame_bytes", "message"),
    [
        (b"", 32, "a dump of 0 bytes is not a whole number of 32-byte frames"),
        (bytes(33), 32, "a dump of 33 bytes is not a whole number of 32-byte frames"),
        (bytes(31), 32, "a dump of 31 bytes is not a whole number of 32-byte frames"),
        (bytes(48), 24, "frame_bytes 24 is not a power of two"),
        (bytes(32), 0, r"frame_bytes 0 is outside 1\.\."),
        (bytes(32), -32, r"frame_bytes -32 is outside 1\.\."),
        (bytes(32), "32", "frame_bytes '32' is not a whole number"),
    ],
)
def test_a_malformed_dump_is_named(dump, frame_bytes, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        PhysicalMemory.from_dump(dump, frame_bytes)


# -- words -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "code"), [(1, "<B"), (2, "<H"), (4, "<I"), (8, "<Q")])
@given(data=st.data())
def test_words_are_little_endian(width, code, data):
    memory = PhysicalMemory(frames=4, frame_bytes=16)
    pa = data.draw(st.integers(0, 64 - width))
    value = data.draw(st.integers(0, (1 << 8 * width) - 1))
    memory.store(pa, value, width)
    assert memory.dump() == bytes(pa) + struct.pack(code, value) + bytes(64 - pa - width)
    assert memory.load(pa, width) == value


@pytest.mark.parametrize(
    ("pa", "width", "message"),
    [
        (-1, 8, "pa -0x1 \\+ 8 bytes is outside memory of 8 KiB"),
        (8192, 1, "pa 0x2000 \\+ 1 bytes is outside memory of 8 KiB"),
        (8185, 8, "pa 0x1ff9 \\+ 8 bytes is outside memory of 8 KiB"),
        (1 << 70, 1, "pa 0x400000000000000000 \\+ 1 bytes is outside memory"),
        (0, 0, "pa 0x0 \\+ 0 bytes is outside memory"),
        (0, -1, "pa 0x0 \\+ -1 bytes is outside memory"),
        (0.5, 8, r"pa 0\.5 is not a whole number"),
        ("0", 8, "pa '0' is not a whole number"),
    ],
)
def test_an_access_outside_memory_is_named(pa, width, message):
    memory = PhysicalMemory(frames=2)
    with pytest.raises(ValueError, match=f"^{message}"):
        memory.load(pa, width)
    with pytest.raises(ValueError, match=f"^{message}"):
        memory.store(pa, 0, width)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (256, "value 0x100 does not fit in 1 bytes"),
        (-1, "value -0x1 does not fit in 1 bytes"),
        ("7", "value '7' is not a whole number"),
        (7.0, r"value 7\.0 is not a whole number"),
    ],
)
def test_a_value_that_is_no_word_is_named_and_not_stored(value, message):
    memory = PhysicalMemory(frames=1)
    with pytest.raises(ValueError, match=f"^{message}$"):
        memory.store(0, value, width=1)
    assert not any(memory.dump())


def test_numpys_integers_are_integers():
    memory = PhysicalMemory(np.int8(100), np.int16(4096))
    memory.store(np.uint64(8), np.int64(-1) & 0xFF, width=1)
    assert memory.load(np.int32(8)) == 0xFF
    pfn = memory.alloc(np.int64(1))
    memory.free(np.int64(pfn))
    assert memory.free_frames == 100


# -- large machines --------------------------------------------------------------------------------

# Touch 300 frames all over 1 TiB, allocate a block of 64 GiB, split it and give frames of it back;
# print how much larger this process has become, in KiB.
TOUCH = """
from pathlib import Path
from pagesim import PhysicalMemory

def resident():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))

PhysicalMemory(frames=1 << 10)  # so that what a first one loads is there
before = resident()
memory = PhysicalMemory(frames=1 << 28)
for n in range(300):
    memory.store(n * (3 << 30) + 8 * n, n)
assert [memory.load(n * (3 << 30) + 8 * n) for n in range(300)] == list(range(300))
block = memory.alloc(order=24)
memory.store(block * 4096 + (33 << 30), 7)
memory.split(block)
memory.free(block + (33 << 18))
assert (memory.alloc(), memory.load(block * 4096 + (33 << 30))) == (block + (33 << 18), 0)
print(resident() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the host's memory is told by /proc")
def test_a_machine_of_a_tebibyte_costs_what_is_touched():
    ran = subprocess.run([sys.executable, "-c", TOUCH], capture_output=True, text=True, check=True)
    assert 270 * 4 <= int(ran.stdout) < 300 * 4 + 4096


@pytest.mark.skipif(sys.platform != "linux", reason="limits as Linux knows them")
def test_a_computer_that_has_no_room_for_it_says_so():
    code = (
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))\n"
        "from pagesim import PhysicalMemory\n"
        "try: PhysicalMemory(frames=1 << 28)\n"
        "except ValueError as error: print(error)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.startswith(
        "1 TiB of simulated memory: this computer lets a program have less"
    )


def test_the_allocator_of_a_large_machine_lists_no_single_frames():
    memory = BuddyAllocator(frames=1 << 40)
    block = memory.alloc(order=38)
    memory.split(block)
    for pfn in (5, 1 << 37, (1 << 38) - 1):
        memory.free(block + pfn)
        assert memory.order_of(block + pfn - 1) == 0
        with pytest.raises(ValueError, match="not a block that was handed out"):
            memory.free(block + pfn)
    assert memory.free_frames == (1 << 40) - (1 << 38) + 3
    memory.claim_all()
    assert memory.free_frames == 0
    memory.free(1 << 39)
    assert memory.free_areas() == {1 << 39: 0}


@pytest.mark.parametrize("frames", [1 << 12, 1 << 18])
def test_a_large_block_is_handed_out_clean(frames):
    memory = PhysicalMemory(frames=frames)
    for order in (0, 7, 8, 9, 11):  # 8 is 1 MiB
        pfn = memory.alloc(order)
        assert not memory.bytes[pfn * 4096 : (pfn + (1 << order)) * 4096].any()
        memory.bytes[pfn * 4096 : (pfn + (1 << order)) * 4096] = 0xFF
        memory.free(pfn)


# -- mistakes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"frames": 0}, r"frames 0 is outside 1\.\."),
        ({"frames": -4}, r"frames -4 is outside 1\.\."),
        ({"frames": 1 << 40}, r"frames 1099511627776 is outside 1\.\.536870912 \(2 TiB at most\)"),
        ({"frames": 2.0}, r"frames 2\.0 is not a whole number"),
        ({"frames": 4, "frame_bytes": 4095}, "frame_bytes 4095 is not a power of two"),
        ({"frames": 4, "frame_bytes": -1}, r"frame_bytes -1 is outside 1\.\."),
        ({"frames": 4, "nodes": 0}, r"nodes 0 is outside 1\.\.4"),
        ({"frames": 4, "nodes": 3}, "frames 4 do not divide evenly over 3 nodes"),
    ],
)
def test_a_bad_size_is_named(arguments, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        PhysicalMemory(**arguments)


def test_a_bad_order_node_or_frame_is_named():
    memory = PhysicalMemory(frames=4)
    for call, message in [
        (lambda: memory.alloc(-1), r"order -1 is outside 0\.\."),
        (lambda: memory.alloc(1.0), r"order 1\.0 is not a whole number"),
        (lambda: memory.alloc(0, node=1), r"node 1 is outside 0\.\.0"),
        (lambda: memory.node_of(4), r"pfn 4 is outside 0\.\.3"),
        (lambda: memory.free("0"), "pfn '0' is not a whole number"),
    ]:
        with pytest.raises(ValueError, match=f"^{message}"):
            call()
    assert memory.free_frames == 4
