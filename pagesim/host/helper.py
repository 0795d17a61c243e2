"""Run a piece of a lab in a process of its own.

Some experiments must not happen in a notebook's kernel: it has threads, so it should not fork; its
stack should not be stretched; and a page that nobody serves would stop it for good. So they run in
a fresh interpreter, which is killed, with everything it has started, if it takes too long.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .linux import Unavailable, address_limit, libc, refusal

_ROOT = Path(__file__).parents[2]
_PR_SET_PDEATHSIG = 1  # Linux include/uapi/linux/prctl.h


def in_helper(function: Callable[..., Any], *arguments: Any, timeout: float = 60.0) -> Any:
    """Call a function of this package in a fresh process and return what it returned.

    Parameters
    ----------
    function : callable
        A function at the top of a module.
    *arguments
        What it is given: anything that JSON can carry.
    timeout : float
        Seconds until the process is killed.

    Raises
    ------
    Unavailable
        If this machine cannot start it, or it could not do what was asked, or not in time.

    Examples
    --------
    >>> in_helper(max, 3, 4)
    4
    """
    with helper(function, *arguments) as process:
        try:
            output, errors = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            raise Unavailable(f"the helper process was not done after {timeout:g} s") from None
    try:
        answer = json.loads(output.splitlines()[-1])
        if "unavailable" not in answer:
            return answer["result"]
    except (IndexError, ValueError):  # it has said nothing, or not all
        last = (errors.strip().splitlines() or [_ending(process.returncode)])[-1]
        reasons = filter(None, [f"the helper process failed ({last})", address_limit()])
        raise Unavailable("; ".join(reasons)) from None
    raise Unavailable(answer["unavailable"])


@contextmanager
def helper(
    function: Callable[..., Any], *arguments: Any, pass_fds: Sequence[int] = ()
) -> Iterator[subprocess.Popen[str]]:
    """Start a process that calls a function of this package, and kill it at the end.

    Raises
    ------
    Unavailable
        If this machine cannot start it.
    """
    libc()
    command = [sys.executable, "-P", "-m", __package__, str(os.getpid())]
    command += [function.__module__, function.__qualname__]
    path = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH")]))
    # numpy's linear algebra would start threads, and then the helper could not fork safely either
    settings = {"PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1"}
    try:
        process = subprocess.Popen(
            [*command, json.dumps(arguments)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            env={**os.environ, **settings},
            start_new_session=True,
            pass_fds=pass_fds,
        )
    except OSError as why:
        raise Unavailable(f"it cannot start a helper process ({why.strerror})") from None
    try:
        yield process
    finally:
        if process.poll() is None:  # also when the learner interrupts the cell
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


def serve(parent: str, module: str, function: str, arguments: str) -> str:
    """Do in the helper process what `in_helper` asked for, and write down the answer.

    The process ends with its parent, even one that was killed: a page that nobody serves any more
    would stop it, or keep it busy, for ever.
    """
    import faulthandler
    import resource
    from importlib import import_module

    faulthandler.disable()  # a fault that a lab provokes is no crash to report
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    libc().prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != int(parent):  # it was gone before we had asked
        sys.exit(1)
    try:
        result = getattr(import_module(module), function)(*json.loads(arguments))
    except Exception as why:
        return json.dumps({"unavailable": refusal(why)})
    return json.dumps({"result": result})


def _ending(code: int) -> str:
    return f"it died of {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
