"""The folder that is shown in the box as the course: what answers may use, and no reference."""

from __future__ import annotations

import compileall
import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pagesim

from .inside.hollow import MODULES

_COURSEWORK = Path(__file__).parents[1]
_PLAIN = ("outcome.py", "untouched.py")  # of coursework: know nothing of any exercise
_PROFILE = ("log", "security", "pid", "startup", "db", "static")  # IPython makes them otherwise
_HOLLOW = "\n\nfrom coursework.grading.inside import hollow\n\nhollow.hollow_out(__name__)\n"
_MAIN = "from coursework.grading.inside.run import main\n\nmain()\n"


@contextmanager
def kit() -> Iterator[Path]:
    """Lend a folder that Python runs in the box, and that is first on its path.

    In it are `pagesim` without its pictures, bets and labs, and a package `coursework` whose
    `check` only takes answers.

    Examples
    --------
    >>> with kit() as folder:
    ...     sorted(path.name for path in (folder / "coursework").glob("*.py"))
    ['__init__.py', 'outcome.py', 'untouched.py']
    """
    sweep()
    made = Path(tempfile.mkdtemp(prefix=".coursework-kit-"))
    ours = os.open(made, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(ours, fcntl.LOCK_EX)  # until we end, however that comes about
        folder = made.rename(made.with_name(made.name.removeprefix(".")))
        try:
            folder.chmod(0o755)  # whoever runs in the box may read it
            _fill(folder)
            yield folder
        finally:
            shutil.rmtree(folder)
    finally:
        os.close(ours)


def sweep() -> None:
    """Remove the kits of graders that were killed before they could."""
    for folder in Path(tempfile.gettempdir()).glob("coursework-kit-*"):
        with contextlib.suppress(OSError):  # it is in use, or somebody else's
            left = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                fcntl.flock(left, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.fstat(left).st_uid == os.geteuid():
                    shutil.rmtree(folder)
            finally:
                os.close(left)


def _fill(folder: Path) -> None:
    unseen = shutil.ignore_patterns("*.pyc")
    inside = folder / "coursework/grading/inside"
    shutil.copytree(_COURSEWORK / "grading/inside", inside, ignore=unseen)
    (inside / "front.py").rename(folder / "coursework/__init__.py")
    (inside.parent / "__init__.py").touch()
    for name in _PLAIN:
        shutil.copyfile(_COURSEWORK / name, folder / "coursework" / name)
    source = Path(pagesim.__file__).parent
    shutil.copytree(
        source,
        folder / "pagesim",
        ignore=lambda at, names: [n for n in names if Path(at) == source and n in MODULES],
    )
    with (folder / "pagesim/__init__.py").open("a") as front:
        front.write(_HOLLOW)
    for name in _PROFILE:
        (folder / "ipython/profile_default" / name).mkdir(parents=True)
    (folder / "__main__.py").write_text(_MAIN)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    (folder / "matplotlib").mkdir()
    (folder / "matplotlib").chmod(0o1777)  # see `Box.environment`
    compileall.compile_dir(folder, quiet=2)
