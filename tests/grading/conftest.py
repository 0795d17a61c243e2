"""The boxes of this machine, the course's kit, and things outside that nobody may touch."""

import ctypes
import os
import select
import shutil
import socket
import sqlite3
import subprocess
import tempfile
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy
import pytest

from coursework.exercises import find
from coursework.grading.box import Box, obstacle
from coursework.grading.doctor import start
from coursework.grading.grade import grade_submission
from coursework.grading.kit import kit
from coursework.grading.limits import Limits

SECRET = b"a secret for the tests"
WORD = "COURSEWORK_TEST_WORD"
_CHILD_SUBREAPER = 36  # of prctl
# Short for whoever never ends, by the clock generous: other tests may need the machine too.
LIMITS = replace(Limits(), run_seconds=4.0, answer_seconds=1.0, patience=15.0)


@pytest.fixture(scope="session")
def kit_folder():
    with kit() as folder:
        yield folder


@pytest.fixture(scope="session", params=["bubblewrap", "reduced"])
def box(request, kit_folder):
    """Each kind of box, really started; what this machine has not is skipped, with the reason."""
    reason = obstacle(request.param) or start(Box(request.param), kit_folder)
    if reason:
        pytest.skip(reason)
    return Box(request.param)


@pytest.fixture(scope="session")
def graded(kit_folder, tmp_path_factory):
    """Return a function that grades the bytes of a notebook."""
    folder = tmp_path_factory.mktemp("handed-in")

    def grade(content, box, student="mallory", number="02", limits=LIMITS):
        path = folder / "submission.ipynb"
        path.write_bytes(content)
        return grade_submission(path, student, number, SECRET, box, kit_folder, limits)

    return grade


@dataclass
class Outside:
    """What an attack is told of the world, and whether that is as it was.

    In a source, OUTSIDE is a folder with a grade book, a secret, answers and what others handed in;
    HOME is a home in it; LIBRARIES and COURSE are the grader's; VICTIM is a process of its, PORT a
    service on this machine, and WORD a word in its environment. NAMED is an abstract socket; two
    others, `service` and `letters`, which takes datagrams, have a path in OUTSIDE.
    """

    folder: Path
    victim: subprocess.Popen
    services: tuple[socket.socket, ...]

    def tell(self, source: bytes) -> bytes:
        """Put the facts into an attack."""
        facts = {
            "OUTSIDE": str(self.folder),
            "HOME": str(self.folder / "home"),
            "LIBRARIES": str(self.libraries),
            "COURSE": str(Path(__file__).parents[2]),
            "VICTIM": str(self.victim.pid),
            "PORT": str(self.services[0].getsockname()[1]),
            "NAMED": f"\\\\0{WORD}-{os.getpid()}",
            "WORD": WORD,
        }
        for name, fact in facts.items():
            source = source.replace(name.encode(), fact.encode())
        return source

    @property
    def libraries(self) -> Path:
        return Path(numpy.__file__).parents[1]

    def state(self) -> dict[str, object]:
        """Describe everything that an attack may want to change."""
        found: dict[str, object] = {"victim": self.victim.poll(), "environment": dict(os.environ)}
        for path in (self.folder, *sorted(self.folder.rglob("*"))):
            status = path.lstat()
            content = path.read_bytes() if path.is_file() else None
            found[str(path)] = (status.st_mode, status.st_uid, status.st_mtime_ns, content)
        found["libraries"] = sorted(os.listdir(self.libraries))
        for top in ("/", "/tmp", "/var/tmp", "/dev/shm", "/etc", "/usr", "/work", "/var"):
            for name in ("planted", f"kept-{WORD}", "m", "calls"):
                found[f"{top}/{name}"] = os.path.lexists(f"{top}/{name}")
        return found

    def reached(self) -> bool:
        """Tell whether somebody has connected or written to a service."""
        return bool(select.select(self.services, [], [], 0)[0])


@pytest.fixture
def outside(_made):
    """The world outside. Whoever outlives the process that started it becomes ours, and is seen."""
    prctl = ctypes.CDLL(None).prctl
    prctl(_CHILD_SUBREAPER, 1, 0, 0, 0)
    yield _made
    prctl(_CHILD_SUBREAPER, 0, 0, 0, 0)  # other tests leave theirs to the system


@pytest.fixture(scope="session")
def _made():
    with tempfile.TemporaryDirectory(prefix="outside-") as name:
        yield from _outside(Path(name))


def _outside(folder):
    exercise = find("table-bytes")
    right = repr(exercise.solve(exercise.problem("mallory")))
    for name in ("answers.txt", "submitted/ada/02/answers.txt", "home/.bashrc"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(right)
    (folder / "secret").write_bytes(SECRET)
    with closing(sqlite3.connect(folder / "gradebook.db")) as book, book:
        book.execute("create table score (student text, points real)")
        book.execute("insert into score values ('mallory', 0)")
    os.environ[WORD] = WORD
    victim = subprocess.Popen([shutil.which("sleep") or "sleep", "3600"])
    named, path, letters = (
        socket.socket(socket.AF_UNIX, kind)
        for kind in (socket.SOCK_STREAM, socket.SOCK_STREAM, socket.SOCK_DGRAM)
    )
    named.bind(f"\0{WORD}-{os.getpid()}")
    path.bind(str(folder / "service"))
    letters.bind(str(folder / "letters"))
    services = (socket.create_server(("127.0.0.1", 0)), named, path, letters)
    for each in services[1:3]:
        each.listen()
    for each in (folder, *folder.rglob("*")):  # nothing but the box is in the way
        each.chmod(0o777 if each.is_dir() else 0o666)
    yield Outside(folder, victim, services)
    victim.kill()
    victim.wait()
    for each in services:
        each.close()
    del os.environ[WORD]


def descendants() -> list[str]:
    """List the processes that have come of this one, and those of its boxes."""
    parents, names, users = {}, {}, {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                name, _, rest = (entry / "stat").read_text().partition("(")[2].rpartition(")")
                state, parent, *_ = rest.split()
                if state != "Z":
                    parents[int(entry.name)] = int(parent)
                    users[int(entry.name)] = entry.stat().st_uid
            except OSError:
                continue
            names[int(entry.name)] = name
    own = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in own} - own:
        own |= more
    boxed = {pid for pid, user in users.items() if user in range(*box_users(os.getpid()))}
    return sorted(f"{names[pid]} {pid}" for pid in own | boxed)


def groups() -> list[Path]:
    """List the cgroups of this process's boxes."""
    own = f"coursework-box-{os.getpid()}-*"
    return [each for at in ("", "*/") for each in Path("/sys/fs/cgroup").glob(at + own)]


def box_users(pid: int) -> tuple[int, int]:
    """Say which users a root of this process number lends to its boxes: from, and up to."""
    first = 0x60000000 + (pid << 8 & 0xFFFFFFF)
    return first, first + 0x100
