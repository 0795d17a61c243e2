"""Where a machine or a limit does not let a lab count, it says why and shows what was recorded."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

import pytest

from pagesim import host
from pagesim.host.cgroups import own_group, places
from pagesim.host.probe import LABS

from .expected import EXPECTED, linux_only, run

pytestmark = pytest.mark.long  # each starts a Python of its own

_START = """
import ctypes, json, os, resource, sys, tempfile
import pagesim.host.randomisation
from pagesim import host
from pagesim.host.probe import LABS
"""


def limited(what: str, value: int) -> str:
    """Write the code that limits a process."""
    return f"resource.setrlimit(resource.RLIMIT_{what}, ({value}, {value}))"


_4_GIB = limited("AS", 4 << 30)
_LIMITED = "its address space is limited to 4 GiB (ulimit -v)"
_UNTOUCHED = 0x40000  # ADDR_NO_RANDOMIZE


LIMITS = [
    (_4_GIB, "reservation", _LIMITED),
    (_4_GIB, "page_tables", _LIMITED),
    # too little for a helper, which needs numpy
    (limited("AS", 64 << 20), "copy_on_write", "limited to 64 MiB (ulimit -v)"),
    (limited("STACK", 1 << 20), "stack_growth", "stack may not grow beyond 1 MiB (ulimit -s)"),
    (limited("FSIZE", 0), "file_pages", "its kernel refuses (File too large)"),
    (f"ctypes.CDLL(None).personality({_UNTOUCHED})", "randomisation", "(setarch -R)"),
    ("host.randomisation._CAT = '/nowhere'", "randomisation", "its /nowhere cannot be read"),
    ("host.randomisation._CAT = '/etc/passwd'", "randomisation", "not position independent"),
    # PR_SET_THP_DISABLE: this process gets no huge page, though the advice is accepted
    ("ctypes.CDLL(None).prctl(41, 1, 0, 0, 0)", "huge_pages", "no huge pages"),
    ("sys.executable = '/nowhere'", "copy_on_write", "cannot start a helper process"),
    ("sys.executable = None", "copy_on_write", "something is not as expected (TypeError"),
    ("sys.executable = '/bin/false'", "copy_on_write", "helper process failed (exit code 1)"),
    ("sys.executable = '/bin/true'", "copy_on_write", "helper process failed (exit code 0)"),
    # files: there is one more folder to try
    ("os.chdir('/proc'); os.environ['TMPDIR'] = '/dev/shm'", "file_pages", ""),
    # as much stack as one likes: Linux then maps from below, and what lies lowest is another
    (limited("STACK", -1), "stack_growth", ""),
    (limited("STACK", -1), "randomisation", ""),
    (limited("STACK", -1), "maps_totals", ""),
    (limited("STACK", -1), "thread_stack", ""),
    (limited("STACK", -1), "page_tables", ""),
]


@cache
def limited_labs() -> list[tuple[bool, dict[str, int | str], str]]:
    """What each lab shows under its limit: in a copy each of one Python that has imported all."""
    code = f"""{_START}
import traceback
labs = {{lab.key: lab for lab in LABS}}
for limit, key, _ in {LIMITS}:
    if not os.fork():
        try:
            exec(limit)
            report = labs[key]().measure()
            line = json.dumps([report.live, dict(report.counted), report.note])
        except BaseException:
            line = json.dumps([False, {{}}, traceback.format_exc()])
        os.write(1, f"{{line}}\\n".encode())
        os._exit(0)
    os.wait()
"""
    return [(live, counted, note) for live, counted, note in run(code)]


@linux_only
@pytest.mark.xdist_group("limits")
@pytest.mark.parametrize(
    "number", range(len(LIMITS)), ids=["-".join(each[::-1]) for each in LIMITS]
)
def test_where_it_cannot_count_it_says_why(number: int) -> None:
    _, lab, reason = LIMITS[number]
    live, counted, note = limited_labs()[number]
    assert counted == EXPECTED[lab], note
    assert live == (reason == ""), note
    assert reason in note


@linux_only
def test_without_proc_everything_is_recorded_and_says_so() -> None:
    code = f"""{_START}
libc = ctypes.CDLL(None, use_errno=True)
new_mounts, recursive, private = 0x20000, 0x4000, 0x40000
done = [libc.unshare(new_mounts), libc.mount(b"none", b"/", None, recursive | private, None),
        libc.mount(b"none", b"/proc", b"tmpfs", 0, None)]
print(json.dumps(done))
if not any(done):
    for lab in LABS:
        report = lab().measure()
        print(json.dumps([lab.key, report.live, dict(report.counted), report.note]))
    print(json.dumps([host.own_maps().note, host.sizes().note, list(host.machine().live)]))
"""
    done, *labs = run(code)
    if any(done):
        pytest.skip("only root can hide /proc from a process")
    *labs, (maps, sizes, live) = labs
    for key, is_live, counted, note in labs:
        assert counted == EXPECTED[key]
        assert is_live == (key in live)
        assert is_live or "cannot be read" in note or "(No such file or directory)" in note, note
    assert "its /proc/self/smaps cannot be read (No such file or directory)" in maps
    assert "its /proc/self/status cannot be read (No such file or directory)" in sizes


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


@linux_only
def test_a_helper_ends_with_whoever_started_it(tmp_path):
    """Else one whose page nobody serves any more would be busy for ever."""
    code = (
        "import runpy, sys, time; from pagesim.host.helper import helper\n"
        "with helper(runpy.run_path, sys.argv[1]) as process: time.sleep(600)"
    )
    does, begun = tmp_path / "does.py", tmp_path / "begun"
    does.write_text(
        "import os, pathlib, time\n"
        f"file = pathlib.Path({str(begun)!r} + '.new')\n"
        f"file.write_text(str(os.getpid())); file.rename({str(begun)!r}); time.sleep(600)"
    )
    starter = subprocess.Popen([sys.executable, "-c", code, does])
    while not begun.exists():
        assert starter.poll() is None
        time.sleep(0.05)
    there = Path("/proc", begun.read_text(), "cmdline")
    starter.send_signal(signal.SIGKILL)
    starter.wait()
    for _ in range(600):
        # one that has ended and that nobody has asked for has no command line any more
        if not there.exists() or not there.read_bytes():
            return
        time.sleep(0.1)
    pytest.fail("a minute later it is still there")


def test_a_memory_cgroup_is_made_where_a_user_may_and_is_gone_afterwards() -> None:
    if obstacle := host.GroupLimit().obstacle:
        pytest.skip(obstacle)
    with own_group() as group:
        assert group.path.is_dir()
        assert group.kills == 0
    assert not group.path.exists()


def test_a_delegated_part_of_the_tree_is_asked_before_version_1(tmp_path: Path) -> None:
    """Groups with processes of their own have no children with controllers; those above do."""
    mine = "user.slice/user-1000.slice/user@1000.service/app.slice/term.scope"
    for path in (tmp_path / mine, *(tmp_path / mine).parents):
        if tmp_path in (path, *path.parents):
            path.mkdir(parents=True, exist_ok=True)
            (path / "cgroup.subtree_control").write_text("cpu memory pids\n")
    (tmp_path / mine / "cgroup.subtree_control").write_text("\n")
    found = [*places(f"4:memory:/a\n1:cpuset:/b\n0::/{mine}\n", tmp_path)]
    assert [version for _, version in found] == [2, 2, 2, 2, 2, 1, 1]
    assert found[0] == ((tmp_path / mine).parent, 2)
    assert found[-1] == (tmp_path / "memory" / "a", 1)
    assert [*places("0::/\n", tmp_path / "elsewhere")] == []
