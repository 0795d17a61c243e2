"""Files of /proc: read by the reader of the real ones, in their format, and adding up."""

import re
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from pagesim import SV39
from pagesim.host.areas import parse
from pagesim.host.counters import status as line_of_status
from pagesim.kernel import Kernel

PAGE = 4096
LINUX = Path("/proc/self/smaps").exists()
on_linux = pytest.mark.skipif(not LINUX, reason="no /proc to compare with")


@pytest.fixture
def kernel():
    """A machine with something of everything: private, shared, huge, file pages, swap, a fork."""
    kernel = Kernel(ram="32 MiB", swap="1 MiB")
    process = kernel.spawn()
    process.exec(process.areas[0].start)
    process.touch(process.mmap(100 * PAGE), "w", range(40))
    process.touch(process.mmap(50 * PAGE, kind="shared"), "w", range(20))
    file = kernel.file("/data", bytes(64 * PAGE))
    process.touch(process.mmap(64 * PAGE, kind="shared", file=file), "r")
    process.touch(process.mmap(64 * PAGE, file=file), "w", range(8))
    huge = process.mmap(4 << 20)
    process.madvise(huge, "hugepage")
    process.touch(huge, "w", range(1))
    out = process.mmap(10 * PAGE, "rwx")
    process.touch(out)
    process.madvise(out, "pageout")
    child = process.fork()
    child.touch(child.areas[-2], "r")
    child.touch(out, "w", range(3))
    return kernel


def fields(text):
    """The lines `name: number [kB]` of a file, as numbers."""
    return {
        name: int(value)
        for name, value in re.findall(r"^(\S+):\s+(-?\d+)(?: kB)?$", text, re.MULTILINE)
    }


# -- smaps -----------------------------------------------------------------------------------------


def test_smaps_is_read_as_a_real_one_is_and_agrees_with_the_counters(kernel):
    for process in kernel.processes.values():
        areas = parse(kernel.cat(f"/proc/{process.pid}/smaps"))
        assert [area.start for area in areas] == [area.start for area in process.areas]
        assert sum(area.kib["Rss"] for area in areas) == process.counters.VmRSS
        assert sum(area.kib["Swap"] for area in areas) == process.counters.VmSwap
        for area, vma in zip(areas, process.areas, strict=True):
            of = area.kib
            counted = process.smaps(vma)
            assert {name: of[name] for name in of if not name.endswith("PageSize")} == {
                name: getattr(counted, name) for name in of if not name.endswith("PageSize")
            }
            parts = ("Shared_Clean", "Shared_Dirty", "Private_Clean", "Private_Dirty")
            assert sum(of[name] for name in parts) == of["Rss"]
            assert of["Pss"] <= of["Rss"]
            assert of["AnonHugePages"] <= of["Anonymous"] <= of["Rss"]


def test_what_two_processes_share_weighs_half_in_each(kernel):
    parent, child = kernel.processes.values()
    pss = sum(process.counters.Pss for process in (parent, child))
    frames = [frame for frame in kernel.pool.frames.values() if frame.mappers]
    assert abs(pss - sum(frame.pages for frame in frames) * 4) <= 2  # rounded twice
    shared = [process.smaps(process.areas[0]) for process in (parent, child)]
    assert [area.Private_Clean for area in shared] == [4, 0]  # text is mapped when it is used
    child.exec(child.areas[0].start)
    assert parent.smaps(parent.areas[0]).Shared_Clean == 4


def test_the_rollup_is_the_sum_of_all_areas(kernel):
    for process in kernel.processes.values():
        areas = parse(kernel.cat(f"/proc/{process.pid}/smaps"))
        (whole,) = parse(kernel.cat(f"/proc/{process.pid}/smaps_rollup"))
        assert (whole.start, whole.end, whole.perms) == (areas[0].start, areas[-1].end, "---p")
        assert whole.name == "[rollup]"
        exact = ("Rss", "Private_Dirty", "Shared_Dirty", "Referenced", "Anonymous", "Swap")
        for name in exact:
            assert whole.kib[name] == sum(area.kib[name] for area in areas)
        parts = [whole.kib[f"Pss_{name}"] for name in ("Anon", "File", "Shmem")]
        assert 0 <= whole.kib["Pss"] - sum(parts) <= 2


@on_linux
@pytest.mark.parametrize("name", ["smaps", "smaps_rollup"])
def test_lines_of_smaps_are_those_of_this_machine_in_its_order(kernel, name):
    real = Path(f"/proc/self/{name}").read_text().split("\n")
    ours = kernel.cat(f"/proc/1/{name}").split("\n")
    head = re.compile(r"[0-9a-f]+-[0-9a-f]+ ")
    starts = [n for n, line in enumerate(ours) if head.match(line)] + [len(ours) - 1]
    behind = next((n for n, line in enumerate(real) if n and head.match(line)), len(real) - 1)
    known = {line.split(":")[0] for line in ours[1 : starts[1]]}
    there = [line for line in real[1:behind] if line.split(":")[0] in known]
    for start, end in pairwise(starts):
        assert [len(line) for line in ours[start + 1 : end] if "Vm" not in line] == [
            len(line) for line in there if "Vm" not in line
        ]
        assert [line.split(":")[0] for line in ours[start + 1 : end]] == [
            line.split(":")[0] for line in there
        ]


def test_flags_of_areas_are_those_that_linux_was_seen_to_print(kernel):
    flags = re.findall(r"^VmFlags: (.*) $", kernel.cat("/proc/1/smaps"), re.MULTILINE)
    process = kernel.processes[1]
    by_role = {area.role: line for area, line in zip(process.areas, flags, strict=True)}
    assert by_role["text"] == "rd ex mr mw me"
    assert by_role["bss"] == "rd wr mr mw me ac"
    assert by_role["stack"] == "rd wr mr mw me gd ac"
    assert by_role["vdso"] == "rd ex mr mw me de"
    assert "rd wr sh mr mw me ms" in flags  # shared memory without a name
    assert "rd wr mr mw me ac hg" in flags


# -- status ----------------------------------------------------------------------------------------


def test_status_has_the_sizes_of_a_process(kernel):
    parent, child = kernel.processes.values()
    text = kernel.cat("/proc/2/status")
    counters = child.counters
    for name in ("VmSize", "VmRSS", "RssAnon", "RssFile", "RssShmem", "VmPTE", "VmSwap"):
        assert line_of_status(name, text) == getattr(counters, name)
    assert line_of_status("PPid", text) == parent.pid
    assert line_of_status("VmStk", text) == 132
    assert line_of_status("VmExe", text) == 16
    assert line_of_status("VmLib", text) == (5 - 1 + 1) * 4  # libc's code, and the vdso


def test_peaks_stay_when_memory_goes():
    kernel = Kernel()
    process = kernel.spawn()
    small = fields(kernel.cat("/proc/1/status"))
    area = process.mmap(100 * PAGE)
    process.touch(area)
    most = fields(kernel.cat("/proc/1/status"))
    process.munmap(area)
    now = fields(kernel.cat("/proc/1/status"))
    assert (most["VmSize"] - small["VmSize"], most["VmRSS"] - small["VmRSS"]) == (400, 400)
    assert (now["VmPeak"], now["VmHWM"]) == (most["VmSize"], most["VmRSS"])
    assert (now["VmSize"], now["VmRSS"]) == (small["VmSize"], small["VmRSS"])
    process.execve()
    assert fields(kernel.cat("/proc/1/status"))["VmPeak"] == small["VmPeak"]


@on_linux
def test_lines_of_status_are_those_of_this_machine_in_its_order(kernel):
    # a process that has not reserved terabytes, as this one may have
    real = subprocess.check_output(["cat", "/proc/self/status"], text=True).split("\n")
    ours = kernel.cat("/proc/1/status").split("\n")[:-1]
    names = [line.split(":")[0] for line in ours]
    there = [line for line in real if line.split(":")[0] in names]
    assert names == [line.split(":")[0] for line in there]
    sizes = [(a, b) for a, b in zip(ours, there, strict=True) if a.endswith(" kB")]
    assert len(sizes) == 16
    assert all(len(a) == len(b) for a, b in sizes)


# -- meminfo, vmstat, buddyinfo --------------------------------------------------------------------


def test_meminfo_adds_up(kernel):
    text = kernel.cat("/proc/meminfo")
    info = fields(text)
    roots = 2 * 4
    assert info["SwapCached"] == 3 * 4  # read back and copied: nobody maps them
    used = info["AnonPages"] + info["SwapCached"] + info["Cached"] + info["PageTables"] + roots
    assert info["MemTotal"] - info["MemFree"] == used
    assert info["Inactive"] == info["Inactive(anon)"] + info["Inactive(file)"]
    assert info["SwapTotal"] - info["SwapFree"] == 10 * 4
    assert info["AnonHugePages"] == 2048
    assert info["Shmem"] == 80
    assert info["CommitLimit"] == info["MemTotal"] // 2 + info["SwapTotal"]
    assert sum(info[f"DirectMap{size}"] for size in ("4k", "2M", "1G")) == info["MemTotal"]
    for name, value in kernel.counters.items():
        assert info.get(name, value) == value


def test_committed_is_what_could_be_written():
    kernel = Kernel()
    process = kernel.spawn()

    def committed():
        return fields(kernel.cat("/proc/meminfo"))["Committed_AS"]

    start = committed()
    assert start == 4 + 4 + 132 + 4  # data, bss, stack, and what libc may write
    area = process.mmap(100 * PAGE)
    process.mmap(100 * PAGE, "r")
    process.mmap(100 * PAGE, kind="shared", file=kernel.file("/data", bytes(100 * PAGE)))
    assert committed() - start == 400
    process.mmap(10 * PAGE, kind="shared")
    assert committed() - start == 440
    child = process.fork()  # the child's copy is promised once more; shared memory is not
    assert committed() - start == 440 + start + 400
    child.exit()
    process.write(area.start)
    process.mprotect(area, "r")  # written already: it stays promised
    assert committed() - start == 440


@on_linux
def test_lines_of_meminfo_are_those_of_this_machine(kernel):
    real, ours = (
        text.split("\n")
        for text in (Path("/proc/meminfo").read_text(), kernel.cat("/proc/meminfo"))
    )
    optional = (
        "HardwareCorrupted",
        "CmaTotal",
        "CmaFree",
        "Unaccepted",
        "GPUActive",
        "GPUReclaim",
        "Zswap",
        "Zswapped",
        "Balloon",
        "DirectMap1G",
        "FileHugePages",
        "FilePmdMapped",
    )

    def kept(lines):
        return [line for line in lines if line.split(":")[0] not in optional]

    assert [line.split(":")[0] for line in kept(ours)] == [
        line.split(":")[0] for line in kept(real)
    ]
    assert [len(line) for line in kept(ours)] == [len(line) for line in kept(real)]


@on_linux
def test_lines_of_vmstat_are_those_of_this_machine_in_its_order(kernel):
    real = [line.split()[0] for line in Path("/proc/vmstat").read_text().splitlines()]
    ours = dict(line.split() for line in kernel.cat("/proc/vmstat").splitlines())
    assert list(ours) == [name for name in real if name in ours]
    info, page = fields(kernel.cat("/proc/meminfo")), 4
    assert int(ours["nr_anon_pages"]) * page == info["AnonPages"]
    assert int(ours["nr_free_pages"]) * page == info["MemFree"]
    for name in ("pgfault", "pgmajfault", "pswpin", "pswpout", "pgpgin", "thp_fault_alloc"):
        assert int(ours[name]) == kernel.counters[name]


def test_buddyinfo_counts_every_free_frame(kernel):
    rows = [line.split() for line in kernel.cat("/proc/buddyinfo").splitlines()]
    assert [row[:4] for row in rows] == [["Node", "0,", "zone", name] for name in ("DMA", "DMA32")]
    free = sum(int(count) << order for row in rows for order, count in enumerate(row[4:]))
    assert free == kernel.memory.free_frames


@on_linux
def test_a_line_of_buddyinfo_is_as_long_as_this_machine_s(kernel):
    real = Path("/proc/buddyinfo").read_text().splitlines()[0]
    ours = kernel.cat("/proc/buddyinfo").splitlines()[0]
    assert re.sub(r"\d", "0", ours) == re.sub(r"\d", "0", real) or len(ours) == len(real)


def test_a_large_machine_has_three_zones():
    rows = Kernel(ram="6 GiB").cat("/proc/buddyinfo").splitlines()
    assert [row.split()[3] for row in rows] == ["DMA", "DMA32", "Normal"]
    assert int(rows[1].split()[-1]) in range(1000, 1021)  # blocks of 4 MiB in 4 GiB less 16 MiB


@pytest.mark.parametrize("mode", [SV39])
def test_other_machines_have_such_files_too(mode):
    kernel = Kernel(mode, ram="4 MiB")
    kernel.spawn()
    for path in (
        "/proc/meminfo",
        "/proc/vmstat",
        "/proc/buddyinfo",
        "/proc/1/smaps",
        "/proc/1/status",
    ):
        assert kernel.cat(path).endswith("\n")


@pytest.mark.parametrize("path", ["/proc/9/smaps", "/proc/1/environ", "meminfo", ""])
def test_a_file_that_is_not_there_is_named(kernel, path):
    with pytest.raises(ValueError, match=f"path '{path}' is no file that this machine writes"):
        kernel.cat(path)
