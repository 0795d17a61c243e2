"""Hostile notebooks under nbgrader's autograder and under ours: what they gain, harm and stop.

Of each class of `tests/grading/attacks` one or two are handed in beside an honest notebook, to the
course as `coursework export-nbgrader` writes it, graded by the real nbgrader, and to `coursework
grade`'s own box. nbgrader runs them unprotected, so it and all that they could harm live in a
container of bubblewrap that is thrown away each time; what is planted, deleted or killed there is
what would have been on a grader's machine.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from coursework.grading.cgroups import Cgroup
from coursework.grading.limits import MIB, Limits

from ..reuse.measure import Row, table

ROOT = Path(__file__).parents[2]
# Of each class the one that harms most. What breaks a machine and not a grader (processes, memory
# without end) is left out: here it would be the container that stops it.
TRIED = {
    "patching": ("check returns full marks",),
    "forging": ("saved outputs with full marks",),
    "reading": ("the answers of the class",),
    "escape": ("writes to the grade book", "kills a process by its number"),
    "exhaustion": ("leaves by os._exit",),
    "lying": ("a number equal to everything",),
    "shadowed": ("a coursework of its own",),
    "state": ("notes left for the next start",),
    "hardcoded": ("a neighbour's numbers",),
    "active": ("a script in an output",),
    "malformed": ("no JSON",),
    "persuading": ("in an answer",),
}
_PATH = f"{sys.prefix}/bin:/usr/bin:/bin"  # nbgrader calls alembic
_SECONDS = 120  # for one class of two, by the clock
_LIMITS = replace(Limits(), resident=2048 * MIB, processes=300)
_AT_ONCE = 2


def main() -> list[Row]:
    """Grade each both ways, and print a row for each class."""
    if shutil.which("bwrap") is None:
        print("left out: bwrap, which keeps nbgrader's harm in a container, is not installed")
        return []
    jobs = [(kind, name) for kind, names in TRIED.items() for name in names]
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        made = Path(name)
        course = [sys.executable, "-m", f"{__package__}.victim", "course", made]
        subprocess.run(course, check=True, env={**os.environ, "PATH": _PATH})
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            numbered = enumerate(jobs)
            theirs = list(pool.map(lambda job: _in_container(made, job[0], *job[1]), numbered))
    ours = _ours(jobs)
    rows: list[Row] = []
    for kind in TRIED:
        row: Row = {"class": kind, "tried": len(TRIED[kind])}
        for who, found in (("nbgrader", theirs), ("ours", ours)):
            of_class = [each for job, each in zip(jobs, found, strict=True) if job[0] == kind]
            for what in ("gained", "harmed", "survived"):
                row[f"{what}, {who}"] = sum(each[what] for each in of_class)
        rows.append(row)
    total: Row = {"class": "all"}
    for key in list(rows[0])[1:]:
        total[key] = sum(row[key] for row in rows if isinstance(row[key], int))  # type: ignore[misc]
    print(f"{total['tried']} of them; `make attacks` tries all against ours.")
    print("survived: the honest submission that was handed in with it got its full score.")
    return table([*rows, total])


def _in_container(made: Path, number: int, kind: str, name: str) -> dict[str, bool]:
    """Let nbgrader grade an attack and an honest notebook; say what came of it."""
    command = ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"]
    command += ["--unshare-all", "--die-with-parent", "--new-session"]
    for folder in ("/tmp", "/var/tmp"):
        command += ["--size", str(1 << 28), "--perms", "1777", "--tmpfs", folder]
    command += ["--ro-bind", str(ROOT), "/tmp/course", "--ro-bind", str(made), "/tmp/made"]
    command += ["--chdir", "/tmp/course", "--clearenv"]
    for key, value in {
        "PATH": _PATH,
        "HOME": "/tmp/home",
        "LANG": "C.UTF-8",
        "PYTHONPATH": "/tmp/course:/tmp/libraries",
        "PYTHONDONTWRITEBYTECODE": "1",
    }.items():
        command += ["--setenv", key, value]
    command += ["--", sys.executable, "-m", f"{__package__}.victim", "grade", "/tmp/made"]
    command += [kind, name]
    with _limited(number) as enter:
        try:
            done = subprocess.run(
                [*enter, *command], capture_output=True, timeout=_SECONDS, check=False
            )
            said = done.stdout.rpartition(b"\n{")[2]
            found: dict[str, bool] = json.loads(b"{" + said)
            return found
        except subprocess.TimeoutExpired:
            return {"gained": False, "harmed": False, "survived": False}
        except ValueError:  # nbgrader itself was ended
            return {"gained": False, "harmed": True, "survived": False}


@contextmanager
def _limited(number: int) -> Iterator[list[str]]:
    group = Cgroup(f"{os.getpid()}-bench{number}", _LIMITS)
    paths = " ".join(str(path / "cgroup.procs") for path in group.paths)
    try:
        yield ["/bin/sh", "-c", f'for at in {paths}; do echo $$ > $at; done; exec "$@"', "sh"]
    finally:
        group.close()


def _ours(jobs: list[tuple[str, str]]) -> list[dict[str, bool]]:
    from .victim import ours

    return ours(jobs)


if __name__ == "__main__":
    main()
