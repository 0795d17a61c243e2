"""The two kinds of box, and which of them this machine has.

A box is a way to start a process that can read the course and compute, and can do nothing else.
`find_box` starts each kind for real, and takes the first that works; there is no third.
"""

from __future__ import annotations

import math
import os
import platform
import shutil
import stat
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from .inside import landlock
from .limits import Limits

Kind = Literal["bubblewrap", "reduced"]
KINDS: tuple[Kind, ...] = ("bubblewrap", "reduced")
HOME = "/tmp"
_SYSTEM = ("/usr", "/lib", "/lib64", "/bin")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")
_LOADER = ("/etc/ld.so.cache", "/etc/alternatives")
_USERS = 0x60000000  # beyond every user that there is, one for each box
_OWN_COUNT_SINCE = (5, 14)  # of Linux: processes are counted for each user namespace
_CAPABILITIES = ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP")  # to give up the rest with


class NoBox(RuntimeError):
    """This machine has no box that works; the message says why."""


@dataclass(frozen=True)
class Box:
    """A kind of box, as this process can start it.

    Parameters
    ----------
    kind : {"bubblewrap", "reduced"}
        "bubblewrap" has a file system, processes, and a network of its own. "reduced" shares all
        of them with us, and may not use them: it is for classes that one trusts.

    Examples
    --------
    >>> Box("reduced").label
    'reduced: for a class that one trusts'
    """

    kind: Kind

    @property
    def label(self) -> str:
        """What reports call it."""
        return self.kind if self.kind == "bubblewrap" else "reduced: for a class that one trusts"

    @property
    def apart(self) -> bool:
        """Whether its processes are numbered by themselves."""
        return self.kind == "bubblewrap"

    def command(self, kit: Path, limits: Limits) -> list[str]:
        """Return the command that starts Python in the box, on what the kit has.

        Raises
        ------
        NoBox
            If a program or a right that it needs is missing.
        """
        python = [sys.executable, "-I", str(kit)]
        return [*_bubblewrap(kit, limits), "--", *python] if self.apart else python

    def environment(self, kit: Path) -> dict[str, str]:
        """Return all that the box's processes find in their environment."""
        # where nothing can be written, matplotlib only starts with a folder that looks otherwise
        settings = {} if self.apart else {"MPLCONFIGDIR": str(kit / "matplotlib")}
        return {
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "HOME": HOME,
            "MPLBACKEND": "agg",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            **settings,
        }

    def orders(self, kit: Path, limits: Limits, number: int) -> dict[str, Any]:
        """Return what `inside.confine` is told.

        Parameters
        ----------
        kit : Path
        limits : Limits
        number : int
            One that no other box on this machine has at the same time.
        """
        user = _USERS + number if _is_root() else None
        processes = limits.processes
        counted_apart = self.apart and user is None and _release() >= _OWN_COUNT_SINCE
        if user is None and not counted_apart:
            processes += _tasks()
        scratch = {} if self.apart else {"RLIMIT_FSIZE": 0}
        return {
            "apart": self.apart,
            "user": user,
            "rlimits": {
                "RLIMIT_AS": limits.memory,
                "RLIMIT_CPU": math.ceil(limits.run_seconds),
                "RLIMIT_FSIZE": limits.file,
                "RLIMIT_NOFILE": limits.descriptors,
                "RLIMIT_NPROC": processes,
                "RLIMIT_CORE": 0,
                "RLIMIT_MSGQUEUE": 0,
                **scratch,
            },
            "paths": None if self.apart else _readable(kit),
            "path": [each for each in sys.path if _is_library(each)],
            "ipython": "/tmp/ipython" if self.apart else str(kit / "ipython"),
        }


def obstacle(kind: Kind) -> str:
    """Say what is known to stand against a kind of box before it is tried, or nothing."""
    if kind == "bubblewrap" and shutil.which("bwrap") is None:
        return "the program bwrap is not installed"
    if kind == "reduced" and not landlock.version():
        return "this kernel has no Landlock"
    if kind == "reduced" and _is_root() and (closed := _closed_to_others(Path(sys.base_prefix))):
        return f"an ordinary user, as who answers are run, cannot read {closed}, where Python is"
    return ""


def _bubblewrap(kit: Path, limits: Limits) -> list[str]:
    program = shutil.which("bwrap")
    if program is None:
        raise NoBox(obstacle("bubblewrap"))
    trees = [str(path) for path in _prefixes()] + [str(kit)]
    command = [program, "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"]
    command += ["--unshare-cgroup-try", "--die-with-parent", "--new-session", "--hostname", "box"]
    command += ["--cap-drop", "ALL"]
    if _is_root():  # the file system is put together as root; then root is given up
        for capability in _CAPABILITIES:
            command += ["--cap-add", capability]
    else:
        command += ["--unshare-user", "--uid", "1000", "--gid", "1000"]
    command += _system()
    parents = {str(up) for tree in trees for up in Path(tree).parents}
    for path in sorted(parents - {"/", "/usr"}):
        if not path.startswith("/usr/"):
            command += ["--dir", path]  # bwrap's own would be closed to others
    # first what is private, so that nothing lies under it
    command += ["--size", str(limits.scratch), "--perms", "1777", "--tmpfs", "/tmp"]
    for tree in trees:
        command += ["--dir", str(Path(tree).parent), "--ro-bind", tree, tree]
    for library in filter(_is_library, sys.path):
        if (course := Path(library, "coursework")).is_dir():
            command += ["--tmpfs", str(course), "--remount-ro", str(course)]
    for device in _DEVICES:
        command += ["--dev-bind", device, device]
    return [*command, "--remount-ro", "/", "--chdir", HOME]


def _system() -> list[str]:
    command = []
    for path in _SYSTEM:
        if os.path.islink(path):
            command += ["--symlink", os.readlink(path), path]
        elif os.path.isdir(path):
            command += ["--ro-bind", path, path]
    for path in _LOADER:
        command += ["--ro-bind-try", path, path]
    return command


def _readable(kit: Path) -> tuple[list[str], list[str], list[str]]:
    """List what Landlock lets be read: all that bubblewrap shows, but for the course's own code."""
    trees = [path for path in (*_SYSTEM, *_LOADER) if os.path.exists(path)] + [str(kit)]
    folders = []
    for prefix in _prefixes():
        courses = [p for p in sys.path if _is_library(p) and Path(p, "coursework").is_dir()]
        inner = {str(up) for course in courses for up in (Path(course), *Path(course).parents)}
        if str(prefix) not in inner:
            trees.append(str(prefix))
            continue
        for folder in (Path(each) for each in inner if Path(each).is_relative_to(prefix)):
            folders.append(str(folder))
            trees += [
                str(each)
                for each in folder.iterdir()
                if str(each) not in inner and each.name != "coursework"
            ]
    return trees, folders, [*_DEVICES]


def _prefixes() -> list[Path]:
    """List where Python and its libraries are, unless that is within /usr."""
    found = {Path(sys.prefix), Path(sys.base_prefix), Path(sys.executable).resolve().parents[1]}
    found |= {Path(each) for each in sys.path if _is_library(each)}
    outside = {path for path in found if not path.is_relative_to("/usr")}
    return sorted(
        path for path in outside if not any(path != o and path.is_relative_to(o) for o in outside)
    )


def _is_library(path: str) -> bool:
    """Tell a folder of installed packages, or Python's own, from anybody's folder."""
    return Path(path).name in ("site-packages", "dist-packages") or Path(path).is_relative_to(
        Path(sys.base_prefix, "lib")
    )


def _is_root() -> bool:
    """Tell whether we are the machine's root, and not that of a container's own users."""
    if os.geteuid() != 0:
        return False
    with open("/proc/self/uid_map") as file:
        return file.read().split() == ["0", "0", "4294967295"]


def _closed_to_others(path: Path) -> Path | None:
    for up in (path, *path.parents):
        if not up.stat().st_mode & stat.S_IXOTH:
            return up
    return None


def _release() -> tuple[int, ...]:
    return tuple(int(part) for part in platform.release().split("-")[0].split(".")[:2])


def _tasks() -> int:
    """Count the processes and threads of the machine."""
    with open("/proc/loadavg") as file:
        return int(file.read().split()[3].partition("/")[2])
