"""What the readers read is what the printers printed, and what stands out is what is there."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from pagesim import evidence
from pagesim.evidence import addresses, codes
from pagesim.evidence.oom import points
from pagesim.kernel import Kernel, Killed
from pagesim.kernel.procfs import fields, meminfo, vmstat
from pagesim.kernel.weight import LINES

PAGE = 4096
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="no /proc to read")


@pytest.fixture(scope="module")
def kernel() -> Kernel:
    """A machine with private, shared and huge memory, files, swap, a fork, a pool."""
    kernel = Kernel(ram="64 MiB", swap="1 MiB", hugepages=2)
    process = kernel.spawn()
    process.exec(process.areas[0].start)
    process.touch(process.mmap(100 * PAGE), "w", range(40))
    process.touch(process.mmap(50 * PAGE, kind="shared"), "w", range(20))
    file = kernel.file("/data", bytes(64 * PAGE))
    process.touch(process.mmap(64 * PAGE, kind="shared", file=file), "r")
    huge = process.mmap(4 << 20)
    process.madvise(huge, "hugepage")
    process.touch(huge, "w", range(1))
    process.touch(process.mmap(2 << 20, hugetlb=True), "w", range(1))
    out = process.mmap(10 * PAGE)
    process.touch(out)
    process.madvise(out, "pageout")
    lazy = process.mmap(8 * PAGE)
    process.touch(lazy)
    process.madvise(lazy, "free")
    process.fork()
    return kernel


# -- the simulator's own files ---------------------------------------------------------------------


def test_meminfo_and_vmstat_are_read_back_to_their_numbers(kernel: Kernel) -> None:
    found = evidence.read(kernel.cat("/proc/meminfo"))
    printed = meminfo.numbers(kernel)
    assert found.kind == "/proc/meminfo"
    for name, field in fields.MEMINFO.items():
        value = printed.get(name, 0)
        assert found.values[name] == (value if field.unit == "huge pages" else value >> 10)
    found = evidence.read(kernel.cat("/proc/vmstat"))
    assert set(found.values) == set(fields.VMSTAT)
    assert found.values["pswpout"] == kernel.counters["pswpout"] == 10
    assert found.values["nr_free_pages"] == kernel.memory.free_frames
    assert vmstat.vmstat(kernel) == kernel.cat("/proc/vmstat")


def test_smaps_its_sum_and_maps_are_read_back_to_their_numbers(kernel: Kernel) -> None:
    for process in kernel.processes.values():
        smaps = evidence.read(kernel.cat(f"/proc/{process.pid}/smaps"))
        rollup = evidence.read(kernel.cat(f"/proc/{process.pid}/smaps_rollup"))
        maps = evidence.read(kernel.cat(f"/proc/{process.pid}/maps"))
        assert (smaps.kind, rollup.kind) == ("/proc/PID/smaps", "/proc/PID/smaps_rollup")
        assert smaps.values["areas"] == maps.values["areas"] == len(process.areas)
        size = sum(area.length for area in process.areas)
        assert smaps.values["size"] == maps.values["size"] == smaps.values["Size"] << 10 == size
        counted = [process.smaps(area) for area in process.areas]
        for name in LINES:
            assert smaps.values.get(name, 0) == sum(getattr(of, name) for of in counted)
        assert rollup.values["Rss"] == process.counters.VmRSS
        assert "are in swap" in repr(smaps)
        assert "MADV_FREE" in repr(smaps)
        assert "does not add up" not in repr(smaps) + repr(rollup)


def test_status_is_read_back_to_its_numbers(kernel: Kernel) -> None:
    for process in kernel.processes.values():
        found = evidence.read(kernel.cat(f"/proc/{process.pid}/status"))
        assert found.kind == "/proc/PID/status"
        for name in ("VmSize", "VmRSS", "RssAnon", "RssFile", "RssShmem", "VmPTE", "VmSwap"):
            assert found.values[name] == getattr(process.counters, name)
        assert found.values["Pid"] == process.pid
        assert all(line.note for line in found.lines)  # every line that is printed is known


def test_buddyinfo_is_read_back_to_the_free_frames(kernel: Kernel) -> None:
    found = evidence.read(kernel.cat("/proc/buddyinfo"))
    free = sum(n << order for blocks in found.values.values() for order, n in enumerate(blocks))
    assert free == kernel.memory.free_frames


def test_an_oom_report_of_the_simulator_adds_up() -> None:
    kernel = Kernel(ram="64 MiB")
    group = kernel.cgroup("web", limit="2 MiB")
    small, big = kernel.spawn("small", group), kernel.spawn("big", group)
    small.touch(small.mmap(20 * PAGE))
    with pytest.raises(Killed):
        big.touch(big.mmap(4 << 20))
    found = evidence.read("\n".join(f"[  12.{n:06}] {line}" for n, line in enumerate(kernel.dmesg)))
    assert found.title == "A memory cgroup was out of memory, and big was killed"
    assert (found.values["limit_kb"], found.values["processes"]) == (2048, 2)
    assert "Of 2 processes it has the most points" in repr(found)
    assert "2 MiB of 2 MiB" in repr(found)


# -- this machine's --------------------------------------------------------------------------------


@on_linux
@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("meminfo", "/proc/meminfo"),
        ("vmstat", "/proc/vmstat"),
        ("buddyinfo", "/proc/buddyinfo"),
        ("self/maps", "/proc/PID/maps"),
        ("self/smaps", "/proc/PID/smaps"),
        ("self/smaps_rollup", "/proc/PID/smaps_rollup"),
        ("self/status", "/proc/PID/status"),
    ],
)
def test_files_of_this_machine_are_recognised_and_add_up(path: str, kind: str) -> None:
    try:
        text = Path("/proc", path).read_bytes()
    except OSError as why:
        pytest.skip(str(why))
    found = evidence.read(text)
    assert found.kind == kind
    assert "cut off" not in repr(found)
    if path != "self/smaps":  # Linux rounds each area's Pss for itself
        assert "add up" not in repr(found).replace("may be added up", "")


# -- what stands out -------------------------------------------------------------------------------


def test_page_tables_of_many_connections_stand_out() -> None:
    """16 GiB of shared buffers, mapped by 500 processes: 15.6 GiB of tables."""
    tables = 500 * (16 << 20) // 512
    found = evidence.read(
        f"MemTotal:  67108864 kB\nMemFree: 1000000 kB\nAnonPages: 2000000 kB\n"
        f"Shmem: {16 << 20} kB\nPageTables: {tables} kB"
    )
    assert "Page tables take 15.62 GiB" in repr(found)
    assert "many processes map the same memory" in repr(found)


@pytest.mark.long
def test_areas_near_the_limit_stand_out() -> None:
    """A mapping for each 72 KiB: at 65,530 areas 4.5 GiB are mapped."""
    lines = [f"{n * 0x24000:08x}-{n * 0x24000 + 0x12000:08x} rw-p 00000000 00:00 0" for n in
             range(1, 65_531)]  # fmt: skip
    found = evidence.read("\n".join(lines))
    assert found.values == {"areas": 65530, "size": 65530 * 72 * 1024}
    assert "65,530 areas, 100 % of vm.max_map_count" in repr(found)
    assert "max_map_count" not in repr(evidence.read("\n".join(lines[:30_000])))


def test_what_does_not_add_up_is_said() -> None:
    for text in (
        "MemTotal: 1000 kB\nMemFree: 2000 kB",
        "MemTotal: 100000 kB\nMemFree: 200 kB\nSwapTotal: 10 kB\nSwapFree: 20 kB",
        "VmPeak:  10 kB\nVmSize:  20 kB\nVmRSS:  5 kB",
        "VmSize: 90000 kB\nVmRSS: 8000 kB\nRssAnon: 900 kB\nRssFile: 20 kB\nRssShmem: 0 kB",
        "pgfault 10\npgmajfault 20\nnr_free_pages 5",
        "1000-9000 rw-p 0 0:0 0 \nSize: 32 kB\nRss: 8 kB\nPss: 9 kB",
    ):
        assert "does not add up" in repr(evidence.read(text)), text


@pytest.mark.parametrize(
    ("code", "words"),
    [
        # Intel SDM vol. 3A, figure 4-12
        (0x0, "no bit set. The kernel read where no entry was present"),
        (0x7, "P W U. A user program wrote to a page that it may not write to"),
        (0x15, "P U I. A user program fetched an instruction from a page that it may not run"),
        (0x9, "P RSVD. The kernel read from an address for which some entry has a reserved bit"),
        (0x25, "P U PK. A user program read from a page whose protection key forbids it"),
        (0x1000, "bits 0x1000 are not known here"),
    ],
)
def test_error_codes_mean_what_the_manual_says(code: int, words: str) -> None:
    assert words in codes.x86(code).words


def test_a_walk_of_the_simulator_s_own_entries_is_decoded() -> None:
    """What stopped the walk is the level at which the simulator's table has nothing."""
    kernel = Kernel(ram="8 MiB")
    process = kernel.spawn()
    area = process.mmap(4 * PAGE)
    process.touch(area, "w", range(1))
    walk = process.space.table.walk(area.start + PAGE)
    words = [
        process.space.table.mode.rules[step.level].format.pack(step.pte) for step in walk.steps
    ]
    names = ("PGD", "PUD", "PMD", "PTE")
    printed = " ".join(f"{name} {word:x}" for name, word in zip(names, words, strict=False))
    found = evidence.read(
        f"BUG: unable to handle page fault for address: {area.start + PAGE:016x}\n"
        f"#PF: error_code(0x0006) - not-present page\n{printed}\n"
    )
    assert walk.fault is not None
    assert found.values["last"] == names[walk.fault.level]
    assert found.values["end"] == "fault"
    index = process.space.table.mode.split(area.start + PAGE)[0]
    assert f"PMD {index[2]}: leads to the table at" in "".join(line.note for line in found.lines)


@pytest.mark.parametrize(
    ("va", "words"),
    [
        (0, "NULL itself"),
        (0x18, "a field at offset 24"),
        (0xFFFFFFFFFFFFFFF4, "-12 as a pointer"),
        (0xDEAD000000000100, "LIST_POISON1"),
        (0x6B6B6B6B6B6B6B6B, "memory that was freed"),
        (0x800000000000, "canonical only with five levels"),
        (0x0123456789ABCDEF, "not canonical"),
        (0xFFFFFFFF81000000, "the kernel's own code"),
    ],
)
def test_addresses_lie_where_the_kernel_s_map_says(va: int, words: str) -> None:
    assert words in addresses.place(va)


def test_points_of_a_process_are_linux_s() -> None:
    """oom_badness: rss + swap + page tables, plus a thousandth of all pages for each point."""
    row = {"rss": 1000, "swapents": 200, "pgtables_bytes": 40960, "oom_score_adj": 500}
    assert points(row, 100_000) == 1000 + 200 + 10 + 500 * 100
    assert points(row | {"oom_score_adj": -1000}, 100_000) is None


def test_one_description_serves_printers_and_readers() -> None:
    text = Kernel(ram="8 MiB").cat("/proc/meminfo")
    assert re.findall(r"^([^:]+):", text, re.MULTILINE) == list(fields.MEMINFO)
    assert tuple(fields.SMAPS) == LINES
