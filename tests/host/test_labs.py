"""Labs on the real machine: what they predict is what the kernel counts, whoever asks, each time.

The numbers stand in `EXPECTED` as they were counted on Linux 6.18, independently of this code.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from pagesim import X86_64, host
from pagesim.costs import tables_for_stride
from pagesim.host import PAGE, Region
from pagesim.host.helper import in_helper
from pagesim.host.lab import LIVE, Recording
from pagesim.host.linux import FREE
from pagesim.host.plotted import PlottedLab, TimedLab
from pagesim.host.probe import LABS

ROOT = Path(__file__).parents[2]
NOBODY = 65534
EXPECTED: dict[str, dict[str, int | str]] = {
    "same_address": {
        "the first stores 1111 and reads": 1111,
        "the second stores 2222 and reads": 2222,
    },
    "reservation": {
        "growth of the virtual size, in GiB": 1024,
        "pages in memory after the mmap": 0,
        "pages in memory after writing 3 of them": 3,
        "more address space than memory in this process": "yes",
    },
    "own_bytes": {
        "a text is found at its address, byte for byte": "yes",
        "bytes behind the first that come with its fault": 4095,
        "faults of every byte of 3 pages": 3,
        "faults of the first and last byte of a page": 1,
        "faults of a page's last byte and the byte behind": 2,
    },
    "presence": {
        "present before any touch": 0,
        "present after reading every other page": 32,
        "present after writing every fourth too": 32,
        "of these, mapped by this process alone": 16,
        "in memory, as mincore() says": 32,
        "present after they were given back": 0,
    },
    "frames": {
        "distinct frames of 256 pages that were read": 1,
        "distinct frames of 256 pages that were written": 256,
        "pages of 256 that share their frame with a forked child": 256,
        "neighbours of 511 in a huge page with neighbouring frames": 511,
        "first frame of a huge page, modulo 512": 0,
    },
    "huge_pages": {
        "write all, 4 KiB pages": 16384,
        "write all, 2 MiB pages": 32,
        "write a window that is 1 MiB off, 2 MiB pages": 543,
        "one byte per 2 MiB, 4 KiB pages": 128,
        "one byte per 2 MiB, 2 MiB pages": 65536,
    },
    "huge_page_times": {
        "fork takes under 4/5 of the time": "yes",
        "random reads are over 1.2 times as fast": "yes",
    },
    "swap_round_trip": {
        "write them": 1024,
        "send them out": 1024,
        "read them": 1024,
        "write them again": 0,
    },
    "tlb_knee": {"over 16384 small pages it takes over twice as long as over 512": "yes"},
    "maps_totals": {
        "all sizes, less VmSize, in KiB": 0,
        "all that is in memory, less VmRSS, in KiB": 0,
        "malloc of 100 bytes is in": "heap",
        "malloc of 1 MiB is in": "mmap",
        "the stack pointer is in": "stack",
        "the code of tfind() is in": "library",
    },
    "randomisation": {
        "does the text move": "yes",
        "does the heap move": "yes",
        "does the library move": "yes",
        "does the stack move": "yes",
        "does the vdso move": "yes",
        "does the distance from text to data change": "no",
        "does the distance from data to heap change": "yes",
        "does the distance from library to stack change": "yes",
        "do the low 12 bits of any start change": "no",
    },
    "thread_stack": {
        "its area is called": "nothing",
        "permissions of its area": "rw-p",
        "permissions right below it": "---p",
        "pages of that guard": 1,
        "a store on its lowest page": "fine",
        "a store into the guard": "SIGSEGV",
    },
    "copy_on_write": {
        "child reads all pages": 0,
        "what the child has then": 500,
        "child writes 500 of them": 500,
        "what the child has now": 750,
        "child writes them again": 0,
        "parent writes the 500 that the child has copied": 500,
        "parent writes the 500 that are still shared": 500,
        "parent writes all again": 0,
    },
    "file_pages": {
        "read it from the disk": 1024,
        "send it out of memory, read it again": 1024,
        "read it from the page cache": 64,
        "then write to a private mapping of it": 1024,
    },
    "stack_growth": {
        "50 stores, each a page further down": 50,
        "what they add to the stack": 50,
        "one store 100 pages further down": 1,
        "what it adds to the stack": 100,
        "one store below the limit (RLIMIT_STACK)": "SIGSEGV",
        "left free above a neighbour": 256,
    },
    "permissions": {
        "load from a read-only page": "no fault",
        "store to it": "SIGSEGV ACCERR, P W U",
        "store to a read-only page never touched": "SIGSEGV ACCERR, W U",
        "load from a page that became PROT_NONE": "SIGSEGV ACCERR, U",
        "load at NULL": "SIGSEGV MAPERR, U",
        "store at NULL": "SIGSEGV MAPERR, W U",
        "load where nothing is mapped": "SIGSEGV MAPERR, U",
        "store to the C library's code": "SIGSEGV ACCERR, P W U",
        "jump to data": "SIGSEGV ACCERR, P U I",
        "load at a kernel address": "SIGSEGV MAPERR, P U",
        "store at a kernel address": "SIGSEGV MAPERR, P W U",
        "load behind the end of a mapped file": "SIGBUS ADRERR, U",
        "load at a non-canonical address": "SIGSEGV SI_KERNEL, trap 13",
        "CR2 held the address, at each page fault": "yes",
    },
    "belady": {
        "faults in 3 frames": 9,
        "faults in 4 frames": 10,
        "pages came back as they were left": "yes",
    },
    "first_touch": {
        "write fresh pages": 1000,
        "write them again": 0,
        "give them back, write again": 1000,
        "read fresh pages": 1000,
        "what reading took": 0,
        "write them after reading": 1000,
        "what writing took": 1000,
        "write pages filled by the kernel": 0,
    },
    "page_tables": {
        "1 page": 12,
        "512 pages side by side": 12,
        "512 pages, one per 2 MiB": 2056,
        "512 pages, one per 1 GiB": 4100,
        "64 pages, one per 512 GiB": 768,
        "1 GiB side by side": 2056,
    },
}
MEASURE = """
import json
from pagesim.host.probe import LABS
for lab in LABS:
    if lab.key == {key!r}:
        for _ in range({times}):
            report = lab().measure()
            print(json.dumps([report.live, dict(report.counted), report.note]))
"""

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="counts need a Linux kernel")
each_lab = pytest.mark.parametrize("lab", LABS, ids=lambda lab: str(lab.key))
# Times are nothing to assert: those labs are held to their recordings only.
each_counting_lab = pytest.mark.parametrize(
    "lab", [lab for lab in LABS if not issubclass(lab, TimedLab)], ids=lambda lab: str(lab.key)
)


def run(code: str, python: str = sys.executable, user: int | None = None) -> list[Any]:
    """Run code in a fresh interpreter and read the JSON lines that it prints."""
    packages = [str(ROOT), *(path for path in sys.path if path.endswith("site-packages"))]
    done = subprocess.run(
        [python, "-P", "-c", code],
        capture_output=True,
        text=True,
        user=user,
        group=user,
        extra_groups=None if user is None else [],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(packages), "HOME": "/"},
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@cache
def python_of_nobody() -> str:
    """Find an interpreter of our version that an ordinary user may execute, numpy included."""
    version = f"python3.{sys.version_info.minor}"
    for python in (sys.executable, shutil.which(version, path="/usr/local/bin:/usr/bin:/bin")):
        try:
            run("import numpy; print(1)", python or "", NOBODY)
        except (OSError, AssertionError):
            continue
        return python or ""
    return ""


def _times(lab: type[host.Lab]) -> int:
    return 5 if lab is host.PageTableScale else 2


# -- every lab -------------------------------------------------------------------------------------


@each_lab
def test_prediction_is_what_was_counted_elsewhere(lab: type[host.Lab]) -> None:
    assert lab().prediction.predicted == EXPECTED[lab.key]


@each_counting_lab
def test_kernel_counts_what_was_predicted_each_time(lab: type[host.Lab]) -> None:
    if obstacle := lab().obstacle:
        pytest.skip(obstacle)
    for _ in range(_times(lab)):
        report = lab().measure()
        assert report.live, report.note
        assert report.counted == EXPECTED[lab.key]
        assert report.agrees


@each_counting_lab
def test_an_ordinary_user_sees_the_same(lab: type[host.Lab]) -> None:
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root can become another user; the other tests ran as one already")
    if not python_of_nobody():
        pytest.skip("no interpreter that an ordinary user may execute")
    if obstacle := lab().obstacle:
        pytest.skip(obstacle)
    code = MEASURE.format(key=lab.key, times=_times(lab))
    for live, counted, note in run(code, python_of_nobody(), NOBODY):
        assert live or "root" in note, note
        assert counted == EXPECTED[lab.key]


@linux_only
@pytest.mark.parametrize(
    ("limit", "lab", "reason"),
    [
        ("resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))", "reservation", "refuses"),
        ("resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))", "page_tables", "refuses"),
        # PR_SET_THP_DISABLE: this process gets no huge page, though the advice is accepted
        ("ctypes.CDLL(None).prctl(41, 1, 0, 0, 0)", "huge_pages", "no huge pages"),
        ("sys.executable = '/nowhere'", "copy_on_write", "cannot start a helper process"),
        ("sys.executable = '/bin/false'", "copy_on_write", "helper process failed"),
        ("os.chdir('/proc'); tempfile.tempdir = '/dev/shm'", "file_pages", ""),
    ],
)
def test_where_it_cannot_count_it_says_why(limit: str, lab: str, reason: str) -> None:
    start = "import ctypes, os, resource, sys, tempfile, pagesim.host\n"
    ((live, counted, note),) = run(f"{start}{limit}\n{MEASURE.format(key=lab, times=1)}")
    assert counted == EXPECTED[lab]
    assert live == (reason == "")  # files: there is one more folder to try
    assert reason in note


def test_tree_and_closed_form_predict_the_same_tables() -> None:
    strides = (4 << 10, 4 << 10, 2 << 20, 1 << 30, 512 << 30, 4 << 10)
    rows = host.PageTableScale().prediction.rows
    for (_, pages, *tables, kib), stride in zip(rows, strides, strict=True):
        needed = tables_for_stride(X86_64, int(pages), stride)
        assert needed[:0:-1] == tuple(tables)  # all but the root, the last level first
        assert kib == 4 * sum(needed[1:])


@linux_only
def test_tables_are_weighed_elsewhere_if_their_place_is_taken() -> None:
    if obstacle := host.PageTableScale().obstacle:
        pytest.skip(obstacle)
    with Region(PAGE, at=FREE[0]):
        assert host.PageTableScale().measure().live
        with Region(PAGE, at=FREE[1]):
            report = host.PageTableScale().measure()
            assert not report.live
            assert "no 32 TiB of its address space are free" in report.note


@each_counting_lab
def test_counts_in_a_process_with_busy_threads(lab: type[host.Lab]) -> None:
    if obstacle := lab().obstacle:
        pytest.skip(obstacle)
    done = threading.Event()

    def busy() -> None:
        while not done.wait(0.001):
            bytearray(1 << 16)

    threads = [threading.Thread(target=busy) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        assert lab().measure().counted == EXPECTED[lab.key]
    finally:
        done.set()
        for thread in threads:
            thread.join()


@each_lab
def test_recording_names_its_machine_and_agrees(lab: type[host.Lab]) -> None:
    recording = Recording.load(lab.key)
    assert recording.machine.startswith("Linux ")
    assert recording.counted == EXPECTED[lab.key]
    report = lab().measure(live=False)
    assert not report.live
    assert recording.machine in report.note


@each_counting_lab
def test_live_and_recorded_differ_in_the_last_line_only(lab: type[host.Lab]) -> None:
    if obstacle := lab().obstacle:
        pytest.skip(obstacle)
    live, recorded = lab().measure(), lab().measure(live=False)
    assert repr(live).splitlines()[:-1] == repr(recorded).splitlines()[:-1]
    assert live.note.splitlines()[-1] == LIVE


@pytest.mark.parametrize("lab", [lab for lab in LABS if issubclass(lab, PlottedLab)])
def test_what_is_drawn_has_the_same_names_live_and_recorded(lab: type[PlottedLab]) -> None:
    recorded = lab().series(live=False)
    assert not recorded.live
    assert recorded.data
    assert all(len(numbers) > 1 for numbers in recorded.data.values())
    if obstacle := lab().obstacle:
        pytest.skip(obstacle)
    live = lab().series()
    assert live.live, live.note
    shapes = [[(name, len(data)) for name, data in it.data.items()] for it in (live, recorded)]
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize("lab", [lab for lab in LABS if issubclass(lab, TimedLab)])
def test_times_are_answered_with_yes_or_no(lab: type[TimedLab]) -> None:
    report = lab().measure()
    assert set(report.counted) == set(EXPECTED[lab.key])
    assert set(report.counted.values()) <= {"yes", "no"}


@pytest.mark.parametrize(
    ("platform", "name", "page"),
    [
        ("darwin", "macOS", 16384),
        ("win32", "Windows", 4096),
        ("emscripten", "a browser", 65536),
    ],
)
def test_elsewhere_every_lab_shows_what_was_recorded(platform: str, name: str, page: int) -> None:
    code = f"""
import json, mmap, os, signal, socket, subprocess, sys, numpy
mmap.PAGESIZE = {page}
for module in ("resource", "fcntl"):  # missing on some of them, a mock on others
    sys.modules[module] = None
for place, name in ((os, "fork"), (os, "killpg"), (signal, "SIGKILL"), (signal, "SIGBUS"),
                    (socket, "AF_UNIX"), (os, "memfd_create"), (os, "sysconf")):
    delattr(place, name)
sys.platform = {platform!r}
from pagesim import host
from pagesim.host.probe import LABS
for lab in LABS:
    report = lab().measure()
    print(json.dumps([lab.key, report.live, dict(report.counted), report.note]))
    assert report.agrees, report
print(json.dumps(["machine", host.machine().live, repr(host.machine()), ""]))
"""
    *labs, (_, live, table, _) = run(code)
    assert len(labs) == len(LABS)
    for key, is_live, counted, note in labs:
        assert not is_live
        assert counted == EXPECTED[key]
        assert note.endswith(f"this machine cannot: it runs {name}, not Linux")
    assert live == []
    assert table.count("recorded") == len(LABS)


def test_machine_lists_each_lab_with_its_reason() -> None:
    seen = host.machine()
    assert [row[1] for row in seen.rows] == [lab.title for lab in LABS]
    for lab, (_, _, shown, because) in zip(LABS, seen.rows, strict=True):
        assert (shown == "live") == (lab.key in seen.live) == (because == "")
    assert repr(seen) == repr(host.machine())


# -- regions and counters --------------------------------------------------------------------------


@linux_only
def test_touching_counts_one_fault_a_page() -> None:
    def once() -> int:
        with Region(100 * PAGE) as region:
            return host.minor_faults_of(region.write)

    assert host.exactly(once) == 100


@linux_only
def test_a_region_is_alone_between_its_guards() -> None:
    with Region(4 * PAGE) as one, Region(4 * PAGE) as other:
        one.write()
        other.write([2])
        assert one.kib("Size") == other.kib("Size") == 4 * PAGE // 1024
        assert (one.kib("Rss"), other.kib("Rss")) == (4 * PAGE // 1024, PAGE // 1024)
        rows = Path("/proc/self/maps").read_text().splitlines()
        spans = {tuple(row.split()[0].split("-")): row.split()[1] for row in rows}
        before = [mode for (_, end), mode in spans.items() if int(end, 16) == one.address]
        end = one.address + one.size
        behind = [mode for (start, _), mode in spans.items() if int(start, 16) == end]
        assert before == behind == ["---p"]


@linux_only
def test_a_region_leaves_nothing_behind() -> None:
    at = 0x100000000000
    for _ in range(2):  # the second would find the address taken
        with Region(3 * PAGE, at=at) as region:
            assert region.address == at
            with pytest.raises(FileExistsError):
                Region(PAGE, at=at)
        with pytest.raises(ValueError, match="closed"):
            region.read()
        region.close()


@linux_only
def test_region_maps_what_it_was_asked_for() -> None:
    with Region(4 << 20, align=2 << 20) as region:
        assert region.address % (2 << 20) == 0
    with Region(5) as region:
        assert (region.size, region.pages) == (PAGE, 1)
    with Region(PAGE, prot="r") as region:
        region.read()
        assert region.bytes[0] == 0
    fd = os.memfd_create("test")
    os.pwrite(fd, b"page", 0)
    with Region(PAGE, fd=fd, shared=True) as region:
        assert bytes(region.bytes[:4]) == b"page"
        ctypes.memset(region.address, ord("x"), 1)
        assert os.pread(fd, 4, 0) == b"xage"
    os.close(fd)


@linux_only
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"size": 0}, "size 0 is outside"),
        ({"size": 1.5}, "size 1.5 is not a whole number"),
        ({"size": 1 << 50}, f"size {1 << 50} is outside"),
        ({"size": 1, "at": 0x1001}, "address 0x1001 is not a multiple of the page size"),
        ({"size": 1, "align": 3 * PAGE}, f"align {3 * PAGE} is not a power of two"),
        ({"size": 1, "prot": "rq"}, "prot 'rq' has a letter other than"),
    ],
)
def test_bad_regions_are_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Region(**arguments)


@linux_only
@pytest.mark.parametrize("pages", [[4], [-1], range(3, 5), range(-1, 2)])
def test_pages_outside_a_region_are_refused(pages: list[int]) -> None:
    with Region(4 * PAGE) as region, pytest.raises(ValueError, match=r"is outside 0\.\.3"):
        region.write(pages)


@linux_only
def test_counters_name_what_they_do_not_know() -> None:
    assert host.status("VmSize") > host.status("VmRSS") > 0
    with pytest.raises(host.Unavailable, match="no line VmNothing"):
        host.status("VmNothing")
    with pytest.raises(ValueError, match="nothing is mapped at 0x8"):
        host.smaps(8)
    with pytest.raises(ValueError, match="runs 0 is less than 1"):
        host.exactly(lambda: 1, runs=0)


# -- the helper process ----------------------------------------------------------------------------


@linux_only
def test_helper_is_another_process() -> None:
    assert in_helper(os.getpid) != os.getpid()
    assert in_helper(host.status, "Threads") == 1  # or a fork in it would not be safe


@linux_only
@pytest.mark.parametrize(
    ("function", "arguments", "message"),
    [
        (host.status, ["VmNothing"], "has no line VmNothing"),
        (os.kill, [0, 9], "helper process failed"),
        (int, ["x"], "invalid literal"),
        (os.stat, ["/nowhere"], r"its kernel refuses \(No such file"),
    ],
)
def test_helper_says_why_it_failed(
    function: Callable[..., Any], arguments: list[Any], message: str
) -> None:
    with pytest.raises(host.Unavailable, match=message):
        in_helper(function, *arguments)


@linux_only
def test_helper_that_hangs_is_killed() -> None:
    with pytest.raises(host.Unavailable, match=r"not done after 0\.5 s"):
        in_helper(time.sleep, 60, timeout=0.5)
    with pytest.raises(ChildProcessError):  # nothing is left to wait for
        os.waitpid(-1, os.WNOHANG)


# -- tables ----------------------------------------------------------------------------------------


class _Cells(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.cells: list[str] = []
        self.feed(text)

    def handle_data(self, data: str) -> None:
        self.cells.append(data)


def test_html_shows_what_the_text_shows() -> None:
    table = host.Table("A <b> & c", ("page", "KiB"), (("<1>", 7), ("2", 12)), "note & more")
    words = ["A <b> & c", "page", "KiB", "<1>", "7", "2", "12", "note & more"]
    assert _Cells(table._repr_html_()).cells == words
    assert repr(table).split() == " ".join(words).split()
