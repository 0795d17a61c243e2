"""Signals with the hardware's error codes, as a real Linux reported them; and where memory ends."""

import pytest

from pagesim import SV39, X86_32, X86_64, X86_64_LA57, Mmu
from pagesim.arch import ARM64_4K
from pagesim.kernel import (
    BadAddress,
    BusError,
    Kernel,
    Oops,
    OutOfMemory,
    SegmentationFault,
    SwapFull,
)

PAGE = 4096
KERNEL = 0xFFFF_FFFF_8100_0000


@pytest.fixture
def process():
    return Kernel(ram="8 MiB").spawn()


def snapshot(process):
    """All that an error could change: areas, counts, frames, swap, mapped pages of files."""
    kernel = process.kernel
    files = {area.file: area.file.mapped for area in process.areas if area.file}
    return process.maps, process.counters, dict(kernel.counters), kernel.memory.free_frames, files


def area_with(process, role):
    return next(area for area in process.areas if area.role == role)


def touched_read_only(process):
    area = process.mmap(PAGE)
    process.write(area.start)
    process.mprotect(area, "r")
    return area.start


def untouched_read_only(process):
    return process.mmap(PAGE, "r").start


def touched_prot_none(process):
    area = process.mmap(PAGE)
    process.write(area.start)
    process.mprotect(area, "")
    return area.start


def library_text(process):
    text = area_with(process, "library").start
    process.exec(text)  # the library has run before
    return text


def touched_data(process):
    area = process.mmap(PAGE)
    process.write(area.start)
    return area.start


def past_the_end(process):
    file = process.kernel.file("/short", b"x" * 10)
    return process.mmap(4 * PAGE, "r", "shared", file).start + 2 * PAGE


# name of the case, how to make the address, access, exception, si_code, error code
CASES = [
    ("store to a touched read-only page", touched_read_only, "w", "SEGV_ACCERR", "P W U"),
    ("store to an untouched read-only page", untouched_read_only, "w", "SEGV_ACCERR", "W U"),
    ("load from a touched PROT_NONE page", touched_prot_none, "r", "SEGV_ACCERR", "U"),
    ("load near NULL", lambda process: 16, "r", "SEGV_MAPERR", "U"),
    ("store near NULL", lambda process: 8, "w", "SEGV_MAPERR", "W U"),
    ("load from a hole", lambda process: 0x2000_0000_0000, "r", "SEGV_MAPERR", "U"),
    ("store to a library's text", library_text, "w", "SEGV_ACCERR", "P W U"),
    ("jump to data", touched_data, "x", "SEGV_ACCERR", "P U I"),
    ("load at a kernel address", lambda process: KERNEL, "r", "SEGV_MAPERR", "P U"),
    ("store at a kernel address", lambda process: KERNEL, "w", "SEGV_MAPERR", "P W U"),
    ("load past the end of a file", past_the_end, "r", "BUS_ADRERR", "U"),
]


@pytest.mark.parametrize(
    ("make", "access", "si_code", "flags"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
@pytest.mark.parametrize("pti", [False, True], ids=["one root", "isolated"])
def test_error_codes_that_linux_reports(make, access, si_code, flags, pti):
    process = Kernel(ram="8 MiB", pti=pti).spawn()
    va = make(process)
    call = {"r": process.read, "w": process.write, "x": process.exec}[access]
    before = process.counters
    with pytest.raises(BusError if si_code == "BUS_ADRERR" else SegmentationFault) as caught:
        call(va)
    assert (caught.value.si_code, caught.value.outcome.flags) == (si_code, flags)
    change = process.counters - before  # a fault that ends in a signal is not counted
    assert (change.minflt, change.majflt, change.VmRSS) == (0, 0, 0)


def test_load_from_a_read_only_page_is_no_error(process):
    assert process.read(touched_read_only(process)).kind == "hit"


def test_non_canonical_address_is_no_page_fault(process):
    for va in (0x8000_0000_0000_0000, 0x0000_8000_0000_0000):
        with pytest.raises(SegmentationFault, match="SI_KERNEL") as caught:
            process.read(va)
        assert caught.value.error_code is None


def test_on_risc_v_a_non_canonical_address_is_a_page_fault():
    process = Kernel(SV39, ram="1 MiB").spawn()
    with pytest.raises(SegmentationFault, match="the address is not canonical") as caught:
        process.read(0x40_0000_0000)
    assert caught.value.error_code is not None
    assert caught.value.si_code == "SEGV_MAPERR"
    with pytest.raises(BadAddress):
        process.read(0x40_0000_0000, user=False)


@pytest.mark.parametrize("va", [-1, 1 << 64])
def test_what_is_no_address_at_all_is_the_callers_mistake(process, va):
    with pytest.raises(ValueError, match=f"va {va} is outside"):
        process.read(va)


def test_an_address_is_as_wide_as_the_machine():
    with pytest.raises(ValueError, match="va 4294967296 is outside"):
        Kernel(X86_32, ram="1 MiB").spawn().read(1 << 32)


def test_a_32_bit_machine_cannot_tell_a_jump_from_a_load():
    process = Kernel(X86_32, ram="1 MiB").spawn()
    assert process.exec(process.mmap(PAGE).start).kind == "minor"


@pytest.mark.parametrize("mode", [X86_64, X86_64_LA57, SV39])
def test_the_first_error_of_each_mode_is_the_same(mode):
    process = Kernel(mode, ram="1 MiB").spawn()
    with pytest.raises(SegmentationFault, match=r"SEGV_MAPERR, nothing is mapped there"):
        process.read(0)


# -- the kernel's mode -----------------------------------------------------------------------------


def test_the_kernel_reaches_all_of_ram_and_the_user_none_of_it(process):
    """All of RAM is mapped, from the start of the upper half, for the kernel alone; and it does
    not read there for a program that asks it to (access_ok)."""
    area = process.mmap(PAGE)
    pa = process.write(area.start, 99).translation.pa
    va = (0xFFFF << 48 | 1 << 47) + pa
    assert Mmu(process.space.table).translate(va, user=False).pa == pa
    with pytest.raises(SegmentationFault):
        process.read(va)
    with pytest.raises(BadAddress, match="above all that a program can map"):
        process.read(va, user=False)


@pytest.mark.parametrize("mode", [X86_64, X86_32, SV39, ARM64_4K], ids=lambda mode: mode.name)
def test_the_first_address_that_is_not_the_user_s(mode):
    """Linux x86-64 leaves the last page below the hole alone; to user mode all above has P set."""
    process = Kernel(mode, ram="1 MiB").spawn()
    va = process.space.layout.top
    with pytest.raises(SegmentationFault) as caught:
        process.read(va)
    assert (caught.value.si_code, caught.value.outcome.flags) == ("SEGV_MAPERR", "P U")
    with pytest.raises(BadAddress) as refused:
        process.read(va, user=False)
    assert refused.value.error_code is None  # nothing was tried


@pytest.mark.parametrize("mode", [X86_64, SV39, ARM64_4K], ids=lambda mode: mode.name)
@pytest.mark.parametrize("touched", [False, True])
def test_a_kernel_that_jumps_to_a_user_page_is_a_bug_of_its_own(mode, touched):
    process = Kernel(mode, ram="1 MiB").spawn()
    text = area_with(process, "text")
    if touched:
        process.exec(text.start)
    before = snapshot(process)
    with pytest.raises(Oops, match="runs only its own code") as caught:
        process.exec(text.start, user=False)
    assert caught.value.outcome.flags == ("P I" if touched else "I")
    assert snapshot(process) == before


def test_a_system_call_with_a_bad_pointer_fails_instead(process):
    with pytest.raises(BadAddress, match="EFAULT") as caught:
        process.write(8, user=False)
    assert caught.value.outcome.flags == "W"  # no U: the kernel wrote on the process's behalf


def test_the_kernel_faults_pages_in_for_a_system_call(process):
    area = process.mmap(PAGE)
    assert process.write(area.start, user=False).kind == "minor"
    with pytest.raises(BadAddress):  # CR0.WP: the kernel keeps to read-only as well
        process.write(untouched_read_only(process), user=False)


def test_isolation_takes_the_kernel_out_of_the_users_table():
    process = Kernel(ram="4 MiB", pti=True).spawn()
    table = process.space.table
    process.write(process.mmap(PAGE).start)
    kernel_va = 0xFFFF << 48 | 1 << 47
    assert table.walk(kernel_va).fault is None
    assert table.user_view.walk(kernel_va).fault is not None


def test_isolation_costs_two_more_writes_to_cr3_a_fault():
    writes = {}
    for pti in (False, True):
        kernel = Kernel(ram="4 MiB", pti=pti)
        process = kernel.spawn()
        area = process.mmap(10 * PAGE)
        process.touch(area, "w", [0])
        before = kernel.processor.cr3_writes
        process.touch(area, "w", range(1, 10))
        writes[pti] = kernel.processor.cr3_writes - before
    assert writes == {False: 0, True: 2 * 9}


def test_a_context_switch_is_a_new_cr3():
    kernel = Kernel(ram="4 MiB")
    processes = [kernel.spawn() for _ in range(2)]
    areas = [process.mmap(PAGE) for process in processes]
    for process, area in zip(processes * 3, areas * 3, strict=True):
        process.write(area.start)
    assert kernel.processor.cr3_writes == 6


# -- the stack's limits ----------------------------------------------------------------------------


def test_the_stack_ends_at_eight_mebibytes(process):
    top = area_with(process, "stack").end
    assert process.write(top - (8 << 20)).kind == "minor"
    with pytest.raises(SegmentationFault, match="at its limit") as caught:
        process.write(top - (8 << 20) - 1)
    assert caught.value.si_code == "SEGV_MAPERR"
    assert area_with(process, "stack").length == 8 << 20


def grow(process, area):
    """Store below an area, page after page, until a signal ends it; count the pages."""
    for below in range(1, 10_000):
        try:
            process.write(area.start - below * PAGE)
        except SegmentationFault:
            return below - 1
    raise AssertionError("nothing stopped it")


def test_the_guard_gap_is_256_pages(process):
    """1023 pages lie between a neighbour and a stack; it may take 767 of them."""
    base = 0x2000_0000_0000
    stack = process.mmap(PAGE, addr=base + 1024 * PAGE, grows_down=True)
    process.mmap(PAGE, addr=base)
    assert grow(process, stack) == 767


def test_a_prot_none_neighbour_needs_no_gap(process):
    """Nobody can reach it, so a stack may come right up to it (Linux mm/vma.c)."""
    base = 0x2000_0000_0000
    stack = process.mmap(PAGE, addr=base + 300 * PAGE, grows_down=True)
    process.mmap(PAGE, prot="", addr=base)
    assert grow(process, stack) == 299


def test_a_mapping_is_never_placed_into_the_gap_below_a_stack(process):
    space = process.space.layout
    stack = process.mmap(PAGE, addr=space.mmap_top - 4000 * PAGE, grows_down=True)
    filler = process.mmap(3990 * PAGE)  # what is left above is too small for the next
    assert filler.end <= space.mmap_top
    below = process.mmap(3990 * PAGE)
    assert stack.start - below.end >= 256 * PAGE


# -- memory that ends ------------------------------------------------------------------------------


def fill(process, pages=4096):
    """Write pages until an exception; return how many there are, and the exception."""
    area = process.mmap(pages * PAGE)
    for index in range(pages):
        try:
            process.write(area.start + index * PAGE, index % 251)
        except OutOfMemory as error:
            return area, index, error
    raise AssertionError("memory never ended")


def test_without_swap_memory_ends_and_nothing_is_lost():
    process = Kernel(ram="64 KiB").spawn()
    area, written, error = fill(process)
    assert written == 16 - 4  # a root and three tables take the rest
    assert "no frame" in str(error)
    assert "there is no swap" in str(error)
    before = process.counters
    with pytest.raises(OutOfMemory):
        process.write(area.start + written * PAGE)
    assert process.counters == before
    for index in range(written):
        assert process.read(area.start + index * PAGE).value == index % 251
    process.munmap(area.start, PAGE)  # one page less, and it goes on
    assert process.write(area.start + written * PAGE).kind == "minor"


def test_with_nothing_but_tables_in_memory_nothing_can_leave():
    process = Kernel(ram="12 KiB", swap="1 MiB").spawn()
    with pytest.raises(OutOfMemory, match="none holds a page that could leave"):
        process.write(process.mmap(PAGE).start)


def test_with_swap_memory_ends_later_and_says_so():
    process = Kernel(ram="64 KiB", swap="40 KiB").spawn()
    area, written, error = fill(process)
    assert isinstance(error, SwapFull)
    assert "swap is full: 10 of 10 slots are used" in str(error)
    assert written == 16 - 4 + 10
    assert process.counters.VmSwap == 40
    for index in range(12, written):  # those that are in memory
        assert process.read(area.start + index * PAGE).value == index % 251


def test_fork_without_room_leaves_no_child():
    kernel = Kernel(ram="64 KiB")
    process = kernel.spawn()
    area, written, _ = fill(process)
    process.munmap(area.start, 2 * PAGE)
    free = kernel.memory.free_frames
    with pytest.raises(OutOfMemory):
        process.fork()
    assert list(kernel.processes) == [process.pid]
    assert kernel.memory.free_frames == free
    for index in range(2, written):
        assert process.write(area.start + index * PAGE, index % 251).value == index % 251


def test_populate_stops_quietly_where_memory_ends():
    process = Kernel(ram="64 KiB").spawn()
    area = process.mmap(100 * PAGE, populate=True)
    assert process.smaps(area).Rss == 12 * 4


# -- mistakes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda p: p.mmap(0), r"length 0 is outside 1\.\."),
        (lambda p: p.mmap(1 << 47), "length 140737488355328 is outside"),
        (lambda p: p.mmap(p.space.layout.top, addr=1 << 20), r"length \d+ is outside 1\.\."),
        (lambda p: p.mmap(PAGE, file="x", addr=p.areas[0].start), "file 'x' is not a File"),
        (
            lambda p: p.mmap(PAGE, kind="shared", grows_down=True, addr=p.areas[0].start),
            "shared memory cannot grow down",
        ),
        (
            lambda p: p.mmap(PAGE, file=p.areas[0].file, grows_down=True, addr=p.areas[1].start),
            "a file cannot grow down",
        ),
        (lambda p: p.mmap(PAGE, "rq"), "prot 'rq' has letters other than r, w and x"),
        (lambda p: p.mmap(PAGE, kind="public"), "kind 'public' is not 'private' or 'shared'"),
        (lambda p: p.mmap(PAGE, addr=5), "addr 5 is outside"),
        (lambda p: p.mmap(PAGE, addr=PAGE), r"addr 4096 is outside 65536\.\."),
        (lambda p: p.mmap(PAGE, addr=(1 << 20) + 5), "addr 0x100005 is not a multiple of"),
        (lambda p: p.mmap(PAGE, None), "prot None has letters other than r, w and x"),
        (lambda p: p.mmap(PAGE, offset=1), "offset 1 is not a multiple"),
        (lambda p: p.munmap(PAGE), "munmap at 0x1000 needs a length"),
        (lambda p: p.mprotect(0x10000, "r", PAGE), "part of 0x10000-0x11000 is not mapped"),
        (lambda p: p.madvise(p.areas[0], "sleep"), "advice 'sleep' is not one of normal, random"),
        (lambda p: p.brk(0), "end 0 is outside"),
        (lambda p: p.brk(p.space.layout.mmap_top), "another area is in the way"),
        (lambda p: p.write(p.areas[0].start, 256), r"value 256 is outside 0\.\.255"),
        (lambda p: p.touch(p.areas[0], "r", [9]), r"page 9 is outside 0\.\.3"),
    ],
)
def test_mistakes_are_named_and_change_nothing(process, call, message):
    before = snapshot(process)
    with pytest.raises(ValueError, match=message):
        call(process)
    assert snapshot(process) == before


def test_a_process_without_a_stack_cannot_touch_it(process):
    process.munmap(area_with(process, "stack"))
    before = snapshot(process)
    with pytest.raises(ValueError, match=r"Process\(1\) has no stack"):
        process.stack_touch()
    assert snapshot(process) == before


def test_a_stack_that_may_not_be_written_does_not_grow_for_a_write(process):
    process.mprotect(area_with(process, "stack"), "r")
    before = snapshot(process)
    with pytest.raises(SegmentationFault, match="SEGV_ACCERR"):
        process.stack_touch(3)
    assert snapshot(process) == before
    assert process.read(area_with(process, "stack").start - PAGE).grown == 1


def test_a_fault_past_the_end_of_a_file_leaves_no_tables(process):
    file = process.kernel.file("/short", b"x")
    area = process.mmap(4 * PAGE, "r", "shared", file, addr=0x1000_0000_0000)
    before = snapshot(process)
    with pytest.raises(BusError):
        process.read(area.start + 2 * PAGE)
    after = snapshot(process)
    assert after[1] == before[1]
    assert after[2] == {**before[2], "pgfault": before[2]["pgfault"] + 1}  # as Linux counts it


@pytest.mark.parametrize("swap", ["0", "40 KiB"])
def test_a_file_in_memory_that_does_not_fit_leaves_nothing_behind(swap):
    kernel = Kernel(ram="128 KiB", swap=swap)
    process = kernel.spawn()
    area = process.mmap(3 * PAGE)
    process.touch(area)
    free = kernel.memory.free_frames + kernel.pool.swap.free
    with pytest.raises(OutOfMemory):
        kernel.file("/dev/shm/big", bytes(100 * PAGE), on_disk=False)
    assert kernel.memory.free_frames + kernel.pool.swap.free == free
    process.touch(area, "r")
    assert kernel.spawn().touch(area_with(process, "text"), "x")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"ram": "lots"}, "ram 'lots' is not a size such as '64 MiB'"),
        ({"ram": 0}, "ram 0 is outside"),
        ({"ram": 1.5}, "ram 1.5 is not a whole number"),
        ({"policy": "mru"}, "policy 'mru' is not one of fifo, lru, clock, "),
        ({"policy": "opt"}, "policy 'opt' is not one of"),  # nobody knows the future
        ({"thp": "sometimes"}, "thp 'sometimes' is not"),
    ],
)
def test_a_machine_that_cannot_be(arguments, message):
    with pytest.raises(ValueError, match=message):
        Kernel(**arguments)


def test_a_table_format_without_permissions_cannot_run_a_kernel():
    from pagesim import TOY15

    with pytest.raises(ValueError, match="TOY15 has no bit 'writable'"):
        Kernel(TOY15)


def test_a_process_that_has_ended_can_do_nothing(process):
    process.exit()
    with pytest.raises(ValueError, match="process 1 has ended"):
        process.read(0)
    with pytest.raises(ValueError, match="process 1 has ended"):
        process.mmap(PAGE)
