"""A class graded by several processes: whoever is killed, no result is lost, and nothing is left.

Real processes, real signals, a disk that is really full.
"""

import csv
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import psutil
import pytest
from distributed import Security, WorkerPlugin

from coursework.grading.classroom import grade_class
from coursework.grading.cluster import (
    LostScheduler,
    certificates,
    own_workers,
    workers_at,
)
from coursework.grading.doctor import find_box
from coursework.grading.grade import Result, grade_submission
from coursework.grading.layouts import Submission, find_submissions
from coursework.grading.limits import Limits
from coursework.grading.outputs import write_ranking
from coursework.grading.paper import Paper
from coursework.grading.report import as_csv, as_json
from coursework.grading.spread import spread
from coursework.grading.store import NAME, Store
from coursework.grading.worker import OtherCourse, grade

from .attacks import ALL, RIGHT, STUBS, WITHOUT_ONE, answered
from .conftest import SECRET
from .test_contest import FIFO, LRU, mean
from .test_contest import handed_in as pager_of

pytestmark = [pytest.mark.xdist_group("cluster"), pytest.mark.long]
ROOT = Path(__file__).parents[2]
PATIENCE = 100.0  # seconds, on a busy machine
DASKS_OWN = "dask-scratch-space"  # `dask worker` leaves it behind, whoever uses it
SLOW = {**RIGHT, "byte-walk": "import time\ntime.sleep(1)\n" + RIGHT["byte-walk"]}
HALF = {**SLOW, "fits-beside": STUBS["fits-beside"]}
STUDENTS = ("ada", "bob", "cyd", "dan", "eve", "fay")


@pytest.fixture(scope="module")
def best(kit_folder):
    """The box that workers take."""
    return find_box(kit_folder)


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory):
    """Six submissions, which take some time to be graded."""
    folder = tmp_path_factory.mktemp("class")
    for i, name in enumerate(STUDENTS):
        (folder / f"{name}_02.ipynb").write_bytes(answered(HALF if i % 2 else SLOW))
    return folder


@pytest.fixture(scope="module")
def expected(handed_in, best, kit_folder):
    """What one process finds, one submission after the other."""
    found, _ = find_submissions(handed_in)
    return [
        grade_submission(each.path, each.student, each.notebook, SECRET, best, kit_folder)
        for each in found
    ]


@pytest.fixture(scope="module")
def client():
    """Two workers on this machine."""
    with own_workers(2) as client:
        yield client


@pytest.fixture
def room():
    """A folder for temporary files that everybody may look into."""
    with tempfile.TemporaryDirectory(prefix="room-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def rows(out):
    """Count the results that are kept."""
    try:
        with closing(sqlite3.connect(f"file:{out / NAME}?mode=ro", uri=True)) as file:
            return file.execute("SELECT count(*) FROM finished").fetchone()[0]
    except sqlite3.Error:
        return 0


def until(true, what):
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, what()
        time.sleep(0.1)


def running(process):
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


class Started:
    """A command with all processes that come of it."""

    def __init__(self, room, *command):
        path = f"{ROOT}:{os.environ['PYTHONPATH']}"
        environment = {**os.environ, "TMPDIR": str(room), "PYTHONPATH": path}
        self.log = os.memfd_create("log")
        self.process = subprocess.Popen(
            command, env=environment, stdout=self.log, stderr=self.log, start_new_session=True
        )
        self.room = room
        self.family = set()

    def look(self):
        """Note who is there."""
        with suppress(psutil.NoSuchProcess):
            self.family.add(psutil.Process(self.process.pid))
        for each in list(self.family):
            with suppress(psutil.NoSuchProcess):
                self.family |= {*each.children(recursive=True)}

    def ended(self):
        """Wait, and return the status."""
        self.look()
        until(lambda: self.process.poll() is not None, self.said)
        return self.process.returncode

    def said(self):
        return os.pread(self.log, 1 << 20, 0).decode()

    def left(self):
        """List what is left of it: processes, groups and folders."""
        pids = {each.pid for each in self.family}
        top = Path("/sys/fs/cgroup")
        groups = [*top.glob("coursework-box-*"), *top.glob("*/coursework-box-*")]
        return [
            *(each for each in self.family if running(each)),
            *(each for each in groups if int(each.name.split("-")[2]) in pids),
            *(each for each in self.room.iterdir() if each.name != DASKS_OWN),
        ]


def started_grading(handed_in, out, room, *options):
    secret = out.parent / "secret"
    secret.write_bytes(SECRET)
    arguments = [str(handed_in), "--secret-file", str(secret), "--out", str(out), *options]
    return Started(room, sys.executable, "-m", "coursework", "grade", *arguments)


@contextmanager
def small_disk(folder):
    """Lend a disk of 128 KiB, and what fills it."""
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", str(folder)])
    if done.returncode:
        pytest.skip("only root can make a disk that is full")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder):
    with suppress(OSError), open(folder / "full", "wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))


@pytest.mark.exhaustive
def test_who_is_stopped_goes_on(tmp_path, room, handed_in, expected, client):
    with small_disk(tmp_path / "out") as out:
        killed = started_grading(handed_in, out, room)
        until(lambda: rows(out) >= 1, killed.said)
        killed.look()
        os.kill(killed.process.pid, signal.SIGKILL)
        assert killed.ended() == -signal.SIGKILL
        until(lambda: not killed.left(), killed.left)
        kept = rows(out)
        assert 1 <= kept < len(STUDENTS)

        fill(out)
        full = started_grading(handed_in, out, room)
        assert full.ended() == 5, full.said()
        assert f"{kept} of {len(STUDENTS)} are graded" in full.said()
        until(lambda: not full.left(), full.left)
        assert rows(out) == kept
        (out / "full").unlink()

        interrupted = started_grading(handed_in, out, room)
        until(lambda: rows(out) > kept, interrupted.said)
        interrupted.look()
        os.killpg(interrupted.process.pid, signal.SIGINT)
        assert interrupted.ended() == 130, interrupted.said()
        assert "Traceback" not in interrupted.said()
        until(lambda: not interrupted.left(), interrupted.left)
        assert rows(out) > kept

        with Store(out) as store:
            results = list(grade_class(find_submissions(handed_in)[0], SECRET, client, store))
    assert as_json(results) == as_json(expected)
    assert as_csv(results) == as_csv(expected)


def graded(handed_in, out, client, secret=SECRET):
    with Store(out) as store:
        return list(grade_class(find_submissions(handed_in)[0], secret, client, store))


def test_what_has_changed_is_graded_anew_and_nothing_else(tmp_path, client):
    one, other = (tmp_path / f"in/{name}_02.ipynb" for name in ("ada", "bob"))
    one.parent.mkdir()
    for path in (one, other):
        path.write_bytes(b"{}")
    first = graded(one.parent, tmp_path, client)
    assert (rows(tmp_path), [each.points for each in first]) == (2, [0, 0])
    assert as_json(graded(one.parent, tmp_path, client)) == as_json(first)
    assert rows(tmp_path) == 2
    other.write_bytes(answered(RIGHT))
    again = graded(one.parent, tmp_path, client)
    assert (rows(tmp_path), {each.student: each.points for each in again}) == (
        3,
        {"ada": 0, "bob": ALL},
    )
    other.unlink()
    graded(one.parent, tmp_path, client, SECRET + b"!")
    assert rows(tmp_path) == 4
    assert SECRET not in (tmp_path / NAME).read_bytes()


def test_what_cannot_be_read_is_not_sent_and_not_kept(tmp_path, client):
    (tmp_path / "ada_02.ipynb").symlink_to("bob_02.ipynb")
    (result,) = graded(tmp_path, tmp_path, client)
    assert (result.points, result.possible, bool(result.note)) == (0, ALL, True)
    assert rows(tmp_path) == 0


@pytest.mark.exhaustive
def test_whoever_ends_its_workers_is_not_graded_and_the_others_are(tmp_path, client):
    """It takes a hole of ours to end a worker from within a box; so a plugin stands for it."""

    class Hole(WorkerPlugin):
        def setup(self, worker):
            self.worker = worker

        def transition(self, key, start, finish, **more):
            import os
            import pickle
            import signal

            task = self.worker.state.tasks.get(key)
            if finish == "executing" and b"killer" in pickle.dumps(task.run_spec):
                os.kill(os.getpid(), signal.SIGKILL)

    for name in ("ada", "bob", "killer"):
        (tmp_path / f"{name}_02.ipynb").write_bytes(b"{}")
    suicidal = {
        **RIGHT,
        "smallest-entry": "import os\ndef entry_bytes(memory, flags):\n    os.kill(-1, 9)",
    }
    (tmp_path / "mallory_02.ipynb").write_bytes(answered(suicidal))
    client.register_plugin(Hole(), name="hole")
    try:
        results = {each.student: each for each in graded(tmp_path, tmp_path, client)}
    finally:
        client.unregister_worker_plugin("hole")
    assert results["killer"].note.startswith("not graded: its worker was killed")
    none = "the file is no notebook"
    assert [results[name].note for name in ("ada", "bob", "mallory")] == [none, none, ""]
    assert results["mallory"].points == WITHOUT_ONE
    assert rows(tmp_path) == 3


@pytest.mark.exhaustive
def test_a_killed_worker_loses_nothing(tmp_path, client, handed_in, expected):
    with Store(tmp_path) as store:
        grading = grade_class(find_submissions(handed_in)[0], SECRET, client, store)
        results = [next(grading)]
        os.kill(next(iter(client.run(os.getpid).values())), signal.SIGKILL)
        results += grading
    assert as_json(results) == as_json(expected)


def test_one_failure_of_ours_stops_nobody_else(client, best):
    with_no_seeds = Paper("ada", "02", b"{}", ())
    other = Paper("bob", "02", b"{}", ("b",) * 4)
    found = {
        paper.student: result
        for paper, result in spread(client, grade, [with_no_seeds, other], best.kind, Limits())
    }
    assert (type(found["ada"]), type(found["bob"])) == (ValueError, Result)


@pytest.mark.exhaustive
def test_a_lost_worker_and_a_lost_scheduler_lose_nothing(
    tmp_path, room, handed_in, expected, client
):
    """Scheduler and workers are processes of their own, and show each other certificates."""
    made, at = Security.temporary(), tmp_path / "scheduler.json"
    texts = {"ca-file": made.tls_ca_file, "cert": made.tls_client_cert, "key": made.tls_client_key}
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    tls = [f"--tls-{name}={tmp_path / name}" for name in texts]
    dask = [*tls, "--scheduler-file", str(at), "--no-dashboard"]
    python = [sys.executable, "-m"]
    tcp = ["--protocol", "tls", "--host", "127.0.0.1", "--port", "0"]
    own = ["--nthreads", "1", "--local-directory", str(tmp_path)]
    scheduler = Started(room, *python, "distributed.cli.dask_scheduler", *dask, *tcp)
    until(at.exists, scheduler.said)
    workers = [
        Started(room, *python, "distributed.cli.dask_worker", *dask, *own, *more)
        for more in (["--no-nanny"], [])
    ]
    try:
        address = json.loads(at.read_text())["address"]
        out = tmp_path / "out"
        assert address.startswith("tls://")
        run = started_grading(handed_in, out, room, "--scheduler", address, *tls)
        until(lambda: rows(out) >= 1, run.said)
        kept = rows(out)
        for each in (scheduler, *workers):
            each.look()
        workers[0].process.kill()
        until(lambda: rows(out) > kept, run.said)
        scheduler.process.kill()
        assert run.ended() == 4, run.said()
        assert "the scheduler is lost" in run.said()
        assert "Traceback" not in run.said()
        assert kept < rows(out) < len(STUDENTS)
        with pytest.raises(LostScheduler), workers_at(address, certificates(None, None, None)):
            pass
    finally:
        for each in (*workers, scheduler):
            each.look()
            each.process.terminate()
    assert as_json(graded(handed_in, out, client)) == as_json(expected)
    for each in (run, scheduler, *workers):
        each.ended()
        until(lambda each=each: not each.left(), each.left)


def test_another_course_is_not_graded_with(best):
    with pytest.raises(OtherCourse):
        grade(None, best.kind, "another", Limits())


def test_a_class_is_ranked_and_no_name_is_written(tmp_path, client):
    """Workers find a box by themselves."""
    found = []
    for student, call in (
        ("ada", "pager(evict, nickname='tortoise')"),
        ("grace", "pager(evict)"),
        ("linus", "pager(evict, nickname='hare')"),
    ):
        path = tmp_path / f"{student}_09.ipynb"
        path.write_bytes(pager_of(LRU if student == "linus" else FIFO, call))
        found.append(Submission(student, "09", path))
    assert write_ranking(found[1:2], SECRET, client, tmp_path) == 0
    assert not (tmp_path / "pagers.csv").exists()
    assert write_ranking(found, SECRET, client, tmp_path) == 2
    rows = list(csv.DictReader((tmp_path / "pagers.csv").open()))
    by_score = sorted([("hare", mean("lru")), ("tortoise", 0.0)], key=lambda each: -each[1])
    assert [row["nickname"] for row in rows] == [name for name, _ in by_score]
    assert "ada" not in (tmp_path / "pagers.csv").read_text()
