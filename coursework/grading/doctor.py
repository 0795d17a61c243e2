"""Find out which box this machine has, by starting each and trying to get out of it."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from inspect import getsource
from pathlib import Path
from typing import Any

import numpy

from ..attempt import Raised
from .box import HOME, KINDS, Box, Kind, NoBox, obstacle
from .cgroups import Cgroup, sweep
from .escapes import ESCAPES, At
from .limits import MIB, Limits
from .process import Boxed, Broken
from .talk import Talk

_LIMITS = replace(
    Limits(), run_seconds=10.0, answer_seconds=5.0, memory=768 * MIB, resident=256 * MIB
)
_BAIT = "COURSEWORK_BAIT"


@dataclass(frozen=True)
class Examined:
    """What came of trying one kind of box.

    Parameters
    ----------
    kind : {"bubblewrap", "reduced"}
    obstacle : str
        Why it does not start, or nothing.
    escaped : dict
        For each thing that was tried, in words, whether it could be done.
    """

    kind: Kind
    obstacle: str
    escaped: dict[str, bool]

    @property
    def holds(self) -> bool:
        """Whether the box starts, and nothing gets out of it."""
        return not self.obstacle and not any(self.escaped.values())


def find_box(kit: Path) -> Box:
    """Return the best box that starts on this machine.

    Parameters
    ----------
    kit : Path
        See `kit.kit`.

    Raises
    ------
    NoBox
        If none does; the message says why for each.
    """
    sweep()
    reasons = []
    for kind in KINDS:
        reason = obstacle(kind) or start(Box(kind), kit)
        if not reason:
            return Box(kind)
        reasons.append(f"{kind}: {reason}")
    raise NoBox("; ".join(reasons))


def examine(kind: Kind, kit: Path) -> Examined:
    """Start a box, and try every way out of it that we know.

    Parameters
    ----------
    kind : {"bubblewrap", "reduced"}
    kit : Path
        See `kit.kit`.
    """
    reason = obstacle(kind) or start(Box(kind), kit)
    if reason:
        return Examined(kind, reason, {})
    tried: dict[str, bool] = {}
    while len(tried) < len(ESCAPES):
        rest = ESCAPES[len(tried) :]
        with bait() as (at, harmed), Boxed(Box(kind), kit, _LIMITS) as boxed:
            for escape, got in zip(rest, _answers(boxed, rest, at), strict=False):
                assert escape.__doc__ is not None
                tried[escape.__doc__] = harmed() or (type(got) is not Raised and bool(got))
                if harmed():  # what comes next needs another bait
                    break
    return Examined(kind, "", tried)


def memory_limit() -> str:
    """Say who sees to it that a box takes no more memory than it may."""
    group = Cgroup(f"{os.getpid()}-doctor", _LIMITS)
    kernel = bool(group.paths)
    group.close()
    if kernel:
        return "the kernel limits the memory of a box (cgroup)"
    return "the memory of a box is looked at 20 times a second: no cgroup can be made"


def advice(kind: Kind) -> str:
    """Say what to do to get a box that this machine has not."""
    if kind == "reduced":
        return (
            "It needs Linux 5.13 or later with Landlock, and a Python that every user may read "
            "(one below /root is not)."
        )
    if shutil.which("bwrap") is None:
        return "Install bubblewrap: apt install bubblewrap, or dnf install bubblewrap."
    if _setting("kernel/apparmor_restrict_unprivileged_userns") == "1":
        return (
            "AppArmor lets only named programs make user namespaces: run the grader as root, give "
            "bwrap a profile with `userns`, or set "
            "sysctl kernel.apparmor_restrict_unprivileged_userns=0."
        )
    if _setting("kernel/unprivileged_userns_clone") == "0":
        return "Run the grader as root, or set sysctl kernel.unprivileged_userns_clone=1."
    if _setting("user/max_user_namespaces") == "0":
        return "Run the grader as root, or set sysctl user.max_user_namespaces=10000."
    return (
        "A container usually forbids namespaces. Start it with --cap-add SYS_ADMIN and "
        "--security-opt seccomp=unconfined --security-opt apparmor=unconfined, or grade outside "
        "of it."
    )


def _setting(name: str) -> str:
    try:
        return Path("/proc/sys", name).read_text().strip()
    except OSError:
        return ""


def start(box: Box, kit: Path) -> str:
    """Start a box, let it add two numbers, and end it; return why that fails, or nothing."""
    try:
        with Boxed(box, kit, _LIMITS) as boxed:
            heard = next(_answers(boxed, (_add,), {"x": 41}))
    except (NoBox, Broken, OSError) as problem:
        return str(problem)
    return "" if heard == 42 else f"it cannot add: {heard!r}"


def _add(at: At) -> Any:
    return at["x"] + 1


def _answers(boxed: Boxed, functions: Sequence[Callable[[At], Any]], at: At) -> Iterator[Any]:
    """Define functions in a box, and yield what each returns there, while the box is of use."""
    names = [each.__name__ for each in functions]
    cells = ["from typing import Any\nfrom coursework import check\nAt = dict"]
    cells += [f"{getsource(each)}\ncheck({each.__name__!r}, {each.__name__})" for each in functions]
    listed = [{"cell_type": "code", "source": each} for each in cells]
    talk = Talk(boxed, _LIMITS, {}, time.monotonic() + _LIMITS.total_seconds)
    talk.execute(json.dumps({"cells": listed}).encode(), [])
    for number, name in enumerate(names):
        heard = talk.ask(name, [[at]])
        if heard is None and number:  # what one before it left behind fills the box
            return
        yield heard[0] if heard else None
        if talk.broken:
            return


def _remove(word: str) -> None:
    """Remove what a box that holds nothing let `escapes.fill_disk` write."""
    for left in Path(HOME).glob(f"{word}-*"):
        left.unlink(missing_ok=True)


@contextmanager
def bait() -> Iterator[tuple[At, Callable[[], bool]]]:
    """Lay out what must neither be read nor harmed; lend where it is, and a look at it."""
    word = secrets.token_hex(8)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)
        secret = folder / "secret"
        secret.write_text(word)
        secret.chmod(0o666)
        os.environ[_BAIT] = word
        stack.callback(os.environ.pop, _BAIT)
        stack.callback(_remove, word)
        victim = subprocess.Popen(["sleep", "600"])
        stack.callback(victim.wait)
        stack.callback(victim.kill)
        service = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        named = stack.enter_context(socket.socket(socket.AF_UNIX))
        named.bind("\0" + word)
        named.listen()
        planted = Path(numpy.__file__).with_name(f"planted_{word}.py")
        at = {
            "word": word,
            "secret": str(secret),
            "victim": victim.pid,
            "port": service.getsockname()[1],
            "planted": str(planted),
            "memory": _LIMITS.memory,
            "scratch": _LIMITS.scratch,
        }

        def harmed() -> bool:
            there = planted.exists()
            planted.unlink(missing_ok=True)
            return there or victim.poll() is not None or secret.read_text() != word

        yield at, harmed
