"""Areas that split and merge, against a model that knows every page by itself."""

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagesim import (
    ARM64_4K,
    ARM64_16K,
    SV32,
    SV39,
    SV48,
    TOY10,
    X86_32,
    X86_64,
    X86_64_LA57,
    X86_PAE,
)
from pagesim.host.areas import classify, parse
from pagesim.kernel import File, Kernel
from pagesim.kernel.areas import Areas
from pagesim.kernel.layout import Layout
from pagesim.kernel.vma import Vma

PAGE = 4096
BASE = 0x1000_0000_0000


def shape(process):
    """The areas at BASE and above, in pages from there, with their permissions."""
    return [
        ((area.start - BASE) // PAGE, (area.end - BASE) // PAGE, area.perms)
        for area in process.areas
        if BASE <= area.start < BASE + (1 << 30)
    ]


@pytest.fixture
def process():
    return Kernel(ram="4 MiB").spawn()


# -- what Linux does -------------------------------------------------------------------------------


def test_mprotect_of_the_middle_splits_and_back_merges(process):
    area = process.mmap(10 * PAGE, addr=BASE)
    process.mprotect(area.start + 3 * PAGE, "r", 4 * PAGE)
    assert shape(process) == [(0, 3, "rw-p"), (3, 7, "r--p"), (7, 10, "rw-p")]
    process.mprotect(area, "rw")
    assert shape(process) == [(0, 10, "rw-p")]


def test_munmap_of_the_middle_leaves_two_areas(process):
    area = process.mmap(10 * PAGE, addr=BASE)
    process.munmap(area.start + 3 * PAGE, 4 * PAGE)
    assert shape(process) == [(0, 3, "rw-p"), (7, 10, "rw-p")]
    process.mmap(4 * PAGE, addr=BASE + 3 * PAGE)
    assert shape(process) == [(0, 10, "rw-p")]


def test_mmap_at_an_address_replaces_what_is_there(process):
    process.mmap(10 * PAGE, addr=BASE)
    process.write(BASE + 4 * PAGE, 9)
    process.mmap(2 * PAGE, "r", addr=BASE + 4 * PAGE)
    assert shape(process) == [(0, 4, "rw-p"), (4, 6, "r--p"), (6, 10, "rw-p")]
    assert process.read(BASE + 4 * PAGE).value == 0


def test_unlike_neighbours_stay_apart(process):
    file = process.kernel.file("/data", bytes(10 * PAGE))
    process.mmap(PAGE, addr=BASE)
    process.mmap(PAGE, addr=BASE + PAGE, kind="shared")
    process.mmap(PAGE, addr=BASE + 2 * PAGE, kind="shared")  # another piece of shared memory
    process.mmap(PAGE, "rw", "private", file, addr=BASE + 3 * PAGE)
    process.mmap(PAGE, "rw", "private", file, addr=BASE + 4 * PAGE)  # the same page again
    process.mmap(PAGE, "rw", "private", file, offset=PAGE, addr=BASE + 5 * PAGE)  # and the next
    assert shape(process) == [
        (0, 1, "rw-p"),
        (1, 2, "rw-s"),
        (2, 3, "rw-s"),
        (3, 4, "rw-p"),
        (4, 6, "rw-p"),
    ]


def test_madvise_splits_too(process):
    area = process.mmap(10 * PAGE, addr=BASE)
    process.madvise(area.start, "hugepage", 5 * PAGE)
    assert len(shape(process)) == 2
    process.madvise(area.start, "nohugepage", 5 * PAGE)
    assert len(shape(process)) == 2
    process.madvise(area, "nohugepage")
    assert len(shape(process)) == 1


def test_mappings_are_placed_from_the_top_down_and_fill_holes(process):
    top = min(area.start for area in process.areas if area.role in ("library", "vdso"))
    first, second = process.mmap(4 * PAGE, "r"), process.mmap(4 * PAGE, "rw")
    assert (first.end, second.end) == (top, first.start)
    process.munmap(first)
    assert process.mmap(4 * PAGE, "r").start == first.start


def test_private_memory_in_multiples_of_a_huge_page_is_aligned_to_one(process):
    process.mmap(PAGE)
    assert process.mmap(4 << 20).start % (2 << 20) == 0
    assert process.mmap((4 << 20) + PAGE).start % (2 << 20) != 0


def test_a_new_process_looks_like_one(process):
    roles = [area.role for area in process.areas]
    assert roles == ["text", "data", "bss", "vdso", "library", "library", "stack"]
    assert process.counters.VmSize * 1024 == sum(area.length for area in process.areas)
    assert process.counters.VmRSS == process.counters.VmPTE == 0
    lines = process.maps.splitlines()
    file = "555555554000-555555558000 r-xp 00000000 08:01 1"
    assert lines[0] == f"{file:<73}/bin/program"
    assert lines[-1] == f"{'7ffffffde000-7ffffffff000 rw-p 00000000 00:00 0':<73}[stack]"


def named_like(line):
    """The area of a line of /proc/PID/maps, as far as the simulator knows such areas."""
    words = line.split(maxsplit=5)
    start, end = (int(word, 16) for word in words[0].split("-"))
    prot, kind = words[1][:3].replace("-", ""), {"p": "private", "s": "shared"}[words[1][3]]
    name = words[5] if len(words) > 5 else ""
    role = name.strip("[]") if name in ("[heap]", "[stack]", "[vdso]") else "mmap"
    file = File(name, b"", inode=int(words[4])) if name.startswith("/") else None
    return words[3], Vma(start, end, prot, kind, file, int(words[2], 16) // PAGE, role)


def test_lines_are_written_as_this_machine_s_kernel_writes_them():
    try:
        lines = Path("/proc/self/maps").read_text().splitlines()
    except OSError:
        pytest.skip("there is no /proc/self/maps")
    if sys.maxsize < 1 << 32:
        pytest.skip("names begin elsewhere on a 32-bit machine")
    known = [
        line
        for line in lines
        if line[73:].rstrip() in ("", "[heap]", "[stack]", "[vdso]") or line[73:].startswith("/")
    ]
    assert len(known) > 5
    for line in known:
        device, area = named_like(line)
        assert area.line(PAGE).replace("08:01", device) == line


def test_maps_are_what_our_own_reader_reads_back(process):
    """Every kind of area, with names that have spaces and line feeds in them."""
    kernel = process.kernel
    process.brk(process.brk() + 5 * PAGE)
    process.mmap(3 * PAGE, "")
    process.mmap(2 * PAGE, kind="shared")
    disk = kernel.file("/data/a b", bytes(9 * PAGE))
    process.mmap(4 * PAGE, "r", "shared", disk, offset=3 * PAGE)
    process.mmap(PAGE, "rwx", "private", disk)
    process.mmap(PAGE, "r", "private", kernel.file("/memfd:x (deleted)", b"x", on_disk=False))
    process.mmap(PAGE, "r", "private", kernel.file("/two\nlines", b"x"))
    read = parse(process.maps)
    assert [(one.start, one.end, one.perms, one.name.replace("\\012", "\n")) for one in read] == [
        (area.start, area.end, area.perms, area.name) for area in process.areas
    ]
    fields = [line.split(maxsplit=5)[2:5] for line in process.maps.splitlines()]
    assert [(int(offset, 16), device) for offset, device, _ in fields] == [
        (area.offset * PAGE, area.file.device if area.file else "00:00") for area in process.areas
    ]
    inodes = {
        one.name: inode
        for one, (_, _, inode) in zip(read, fields, strict=True)
        if one.name.startswith("/")
    }
    assert len(set(inodes.values())) == len(inodes)
    kinds = dict(zip((one.name for one in read), classify(read, "/bin/program"), strict=True))
    assert kinds["/bin/program"] == "data"
    assert (kinds["[heap]"], kinds["[stack]"], kinds["[vdso]"]) == ("heap", "stack", "vdso")
    assert kinds["/lib/libc.so"] == "library"


def test_execve_starts_afresh_and_fork_does_not(process):
    area = process.mmap(PAGE)
    process.write(area.start, 5)
    child = process.fork()
    assert child.maps == process.maps
    child.execve()
    assert child.counters.VmRSS == 0
    assert child.maps == process.kernel.spawn().maps
    assert process.read(area.start).value == 5


# -- every mode ------------------------------------------------------------------------------------

MODES = [
    X86_64,
    X86_64_LA57,
    X86_32,
    X86_PAE,
    SV32,
    SV39,
    SV48,
    ARM64_4K,
    ARM64_16K,
    TOY10,
]


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
def test_the_landmarks_of_every_mode_are_in_order(mode):
    layout = Layout.of(mode)
    low, high = layout.lowest, layout.top
    assert 0 < low < layout.program < layout.mmap_top < high - layout.stack_limit < high
    assert layout.mmap_top + layout.guard + layout.stack_limit <= high
    assert layout.stack <= layout.stack_limit


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
def test_every_mode_runs_the_same_program(mode):
    page = mode.page_bytes
    kernel = Kernel(mode, ram=100 * page, swap=20 * page)
    assert kernel.memory.free_frames == 100
    process = kernel.spawn()
    area = process.mmap(4 * page)
    assert process.touch(area, "r") == {"minor": 4}
    assert process.touch(area, "w") == {"minor": 4}
    child = process.fork()
    assert child.touch(area, "r") == {"hit": 4}
    assert child.write(area.start, 7).kind == "minor"
    assert process.read(area.start).value == 1
    child.exit()
    process.madvise(area, "pageout")
    assert process.touch(area, "r") == {"major": 4}
    process.mprotect(area, "")
    process.mprotect(area, "rw")
    assert process.read(area.start).value == 1
    assert process.stack_touch().kind == "minor"
    process.exit()
    assert kernel.memory.free_frames == 100
    assert kernel.pool.swap.free == 20


@pytest.mark.parametrize("mode", [X86_64, X86_32, SV39, TOY10], ids=lambda mode: mode.name)
def test_huge_pages_of_every_mode(mode):
    huge = mode.span(mode.levels - 2)
    frames = huge // mode.page_bytes
    kernel = Kernel(mode, ram=4 * huge)
    process = kernel.spawn()
    area = process.mmap(huge)
    process.madvise(area, "hugepage")
    assert process.write(area.start).pages == frames
    process.madvise(area.start, "dontneed", mode.page_bytes)
    assert process.write(area.start).pages == 1
    assert process.write(area.end - 1).kind == "hit"
    process.exit()
    assert kernel.memory.free_frames == 4 * frames


# -- a model of single pages -----------------------------------------------------------------------

pages = st.integers(0, 15)
steps = st.lists(
    st.tuples(
        st.sampled_from(["map", "unmap", "protect"]),
        pages,
        pages,
        st.sampled_from(["r", "w", "rw"]),
    ),
    max_size=30,
)


@given(steps)
def test_areas_are_the_longest_runs_of_like_pages(program):
    areas, model = Areas(PAGE), {}
    for call, one, other, prot in program:
        low, high = sorted((one, other + 1))
        start, end = low * PAGE, high * PAGE
        if start == end:
            continue
        if call == "protect":
            for part in areas.remove(start, end):
                areas.insert(Vma(part.start, part.end, prot))
            model.update({page: prot for page in range(low, high) if page in model})
            continue
        areas.remove(start, end)
        for page in range(low, high):
            model.pop(page, None)
        if call == "map":
            areas.insert(Vma(start, end, prot))
            model.update(dict.fromkeys(range(low, high), prot))
        runs = []
        for page in sorted(model):
            if runs and runs[-1][1] == page and runs[-1][2] == model[page]:
                runs[-1][1] = page + 1
            else:
                runs.append([page, page + 1, model[page]])
        assert [[a.start // PAGE, a.end // PAGE, a.prot] for a in areas] == runs
    for page in range(16):
        found = areas.find(page * PAGE + 7)
        assert (found.prot if found else None) == model.get(page)


@given(
    st.lists(st.tuples(pages, st.integers(1, 4)), max_size=8), st.integers(1, 6), st.integers(0, 2)
)
def test_the_highest_hole_is_found(taken, length, guard):
    areas = Areas(PAGE)
    used, stacks = set(), set()
    for start, count in taken:
        wanted = set(range(start, start + count))
        if not wanted & used:
            used |= wanted
            stacks.add(start)
            end = (start + count) * PAGE
            areas.insert(Vma(start * PAGE, end, "rw", grows_down=True, offset=start))
    blocked = used | {stack - step for stack in stacks for step in range(1, guard + 1)}
    fits = [
        start
        for start in range(2, 18 - length + 1)
        if not blocked & set(range(start, start + length))
    ]
    found = areas.gap(length * PAGE, 2 * PAGE, 18 * PAGE, guard * PAGE, PAGE)
    assert found == (max(fits) * PAGE if fits else None)


@pytest.mark.parametrize("ram", ["64 GiB", "512 GiB"])
def test_a_large_machine_costs_what_is_used(ram):
    kernel = Kernel(ram=ram)
    process = kernel.spawn()
    area = process.mmap(40 << 30)
    for va in (area.start, area.start + (20 << 30), area.end - 1):
        process.write(va, value=7)
        assert process.read(va).value == 7
    assert kernel.counters["MemTotal"] == int(ram.split()[0]) << 20


@pytest.mark.parametrize(
    ("mode", "ram", "message"),
    [
        (SV39, "512 GiB", "ram 512 GiB: the kernel's half of SV39 maps 256 GiB"),
        (X86_32, "64 GiB", "16777216 frames or swap slots, but an entry of X86_32 names 1048576"),
    ],
)
def test_more_memory_than_a_mode_reaches_is_named(mode, ram, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        Kernel(mode, ram=ram)
