"""The boxes of this machine, the course's kit, and things outside that nobody may touch."""

import os
import shutil
import socket
import subprocess
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
    HOME, LIBRARIES and COURSE are the grader's; VICTIM is a process of its, PORT a service on this
    machine, and WORD a word in its environment, which is the name of an abstract socket, too.
    """

    folder: Path
    victim: subprocess.Popen
    service: socket.socket
    named: socket.socket

    def tell(self, source: bytes) -> bytes:
        """Put the facts into an attack."""
        facts = {
            "OUTSIDE": str(self.folder),
            "HOME": str(Path.home()),
            "LIBRARIES": str(self.libraries),
            "COURSE": str(Path(__file__).parents[2]),
            "VICTIM": str(self.victim.pid),
            "PORT": str(self.service.getsockname()[1]),
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
        for path in sorted(self.folder.rglob("*")):
            status = path.lstat()
            content = path.read_bytes() if path.is_file() else None
            found[str(path)] = (status.st_mode, status.st_uid, status.st_mtime_ns, content)
        home = Path.home()
        for place in (self.libraries, home, home / ".ipython", home / ".jupyter"):
            if place.is_dir():
                found[str(place)] = sorted(os.listdir(place))
        for top in ("/", "/var/tmp", "/dev/shm", "/etc", "/usr", str(self.folder.parent)):
            found[top] = [name for name in os.listdir(top) if "planted" in name or "kept" in name]
        found["temporary"] = [n for n in os.listdir("/tmp") if n.startswith(("kept", "calls", "m"))]
        return found

    def reached(self) -> bool:
        """Tell whether somebody has connected to a service."""
        for service in (self.service, self.named):
            try:
                service.accept()
            except BlockingIOError:
                continue
            return True
        return False


@pytest.fixture(scope="session")
def outside(tmp_path_factory):
    folder = tmp_path_factory.mktemp("outside")
    exercise = find("table-bytes")
    right = repr(exercise.solve(exercise.problem("mallory")))
    for name in ("answers.txt", "submitted/ada/02/answers.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(right)
    (folder / "secret").write_bytes(SECRET)
    (folder / "gradebook.db").write_bytes(b"SQLite format 3\0" + bytes(84))
    for path in (folder, *folder.rglob("*")):  # nothing but the box is in the way
        path.chmod(0o777 if path.is_dir() else 0o666)
    os.environ[WORD] = WORD
    victim = subprocess.Popen([shutil.which("sleep") or "sleep", "3600"])
    service = socket.create_server(("127.0.0.1", 0))
    named = socket.socket(socket.AF_UNIX)
    named.bind(f"\0{WORD}-{os.getpid()}")
    named.listen()
    for each in (service, named):
        each.setblocking(False)
    yield Outside(folder, victim, service, named)
    victim.kill()
    victim.wait()
    service.close()
    named.close()
    del os.environ[WORD]


def descendants() -> list[str]:
    """List the processes that have come of this one, and those of any box."""
    parents, names, users = {}, {}, {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                name, _, rest = (entry / "stat").read_text().partition("(")[2].rpartition(")")
                parents[int(entry.name)] = int(rest.split()[1])
                users[int(entry.name)] = entry.stat().st_uid
            except OSError:
                continue
            names[int(entry.name)] = name
    own = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in own} - own:
        own |= more
    boxed = {pid for pid, user in users.items() if 0x60000000 <= user < 0x70000000}
    return sorted(f"{names[pid]} {pid}" for pid in own | boxed)


def groups() -> list[Path]:
    return list(Path("/sys/fs/cgroup").glob("**/coursework-box-*"))
