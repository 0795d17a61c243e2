"""A process in a box: lines in, lines out, deadlines that we keep, and nothing left afterwards."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import select
import signal
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from .box import Box, environment
from .cgroups import Cgroup
from .limits import Limits

_STEP = 0.05  # seconds between two looks at the memory in use
_ENTER = 'for at in $GROUPS_; do echo $$ > "$at/cgroup.procs" || exit 1; done; exec "$@"'
_PATIENCE = 5.0  # seconds for a killed box to go
_numbers = itertools.count()


class Broken(Exception):
    """The box is of no more use; the word says how: slow, died, flood, memory."""

    def __init__(self, how: str) -> None:
        super().__init__(how)
        self.how = how


class Boxed:
    """One box with Python in it, from when it is made until it is closed.

    Parameters
    ----------
    box : Box
    kit : Path
        See `kit`.
    limits : Limits
    """

    def __init__(self, box: Box, kit: Path, limits: Limits) -> None:
        self.box = box
        self.limits = limits
        self._inner: int | None = None  # a descriptor of the first process in the box
        self._buffer = bytearray()
        number = next(_numbers)
        self.orders = box.orders(kit, limits, (os.getpid() << 8 | number & 0xFF) & 0xFFFFFFF)
        self.group = Cgroup(f"{os.getpid()}-{number}", limits)
        try:
            self._start(box.command(kit, limits))
        except BaseException:
            self.group.close()
            raise

    def _start(self, command: list[str]) -> None:
        own = environment()
        told, tell = os.pipe()
        try:
            if self.box.apart:
                command[1:1] = ["--info-fd", str(tell)]
            if self.group.paths:
                paths = " ".join(map(str, self.group.paths))
                enter = _ENTER.replace("$GROUPS_", paths)
                command = ["/bin/sh", "-c", enter, "sh", *command]
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=own,
                cwd="/",
                bufsize=0,
                start_new_session=True,
                pass_fds=[tell] if self.box.apart else [],
            )
        finally:
            os.close(tell)
            try:
                if self.box.apart:
                    self._inner = _first_process(told)
            finally:
                os.close(told)
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self._in, self._out = self.process.stdin.fileno(), self.process.stdout.fileno()
        os.set_blocking(self._in, False)
        os.set_blocking(self._out, False)

    def send(self, data: bytes, end: float) -> None:
        """Hand bytes in before a time of `time.monotonic`, or raise `Broken`."""
        rest = memoryview(data)
        while rest:
            self._wait(self._in, select.POLLOUT, end)
            try:
                rest = rest[os.write(self._in, rest[: 1 << 16]) :]
            except BlockingIOError:
                continue
            except OSError:
                raise Broken("died") from None

    def line(self, end: float) -> bytes:
        """Return the next line, without its end, before a time, or raise `Broken`."""
        while (at := self._buffer.find(b"\n")) < 0:
            if len(self._buffer) > self.limits.line:
                raise Broken("flood")
            self._wait(self._out, select.POLLIN, end)
            try:
                chunk = os.read(self._out, 1 << 16)
            except BlockingIOError:
                continue
            if not chunk:
                raise Broken("died")
            self._buffer += chunk
        line = bytes(self._buffer[:at])
        del self._buffer[: at + 1]
        return line

    def _wait(self, descriptor: int, event: int, end: float) -> None:
        poll = select.poll()
        poll.register(descriptor, event)
        while True:
            left = end - time.monotonic()
            if left <= 0:
                raise Broken("slow")
            if poll.poll(min(left, _STEP) * 1000):
                return
            if not self.group.paths and _resident(self.process.pid) > self.limits.resident:
                raise Broken("memory")

    def close(self) -> None:
        """Kill all that runs in the box, and wait until it has gone."""
        with contextlib.suppress(OSError):  # it may have ended
            if self._inner is not None:  # the kernel ends the others with the first
                signal.pidfd_send_signal(self._inner, signal.SIGKILL)
            else:
                os.killpg(self.process.pid, signal.SIGKILL)
        self.group.kill()
        if self._inner is not None:
            os.close(self._inner)
            self._inner = None
        try:
            self.process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.group.close()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            with contextlib.suppress(OSError):
                pipe.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def _first_process(told: int) -> int | None:
    """Read from bubblewrap which process is the first in its box; return a descriptor of it."""
    text = b""
    while chunk := os.read(told, 4096):
        text += chunk
    with contextlib.suppress(ValueError, KeyError, OSError):  # it could not make the box
        described: dict[str, Any] = json.loads(text)
        return os.pidfd_open(described["child-pid"])
    return None


def _resident(pid: int) -> int:
    """Add up the memory of a process and all that come of it; what they share counts for each."""
    total, rest = 0, [pid]
    page = os.sysconf("SC_PAGE_SIZE")
    while rest:
        pid = rest.pop()
        with contextlib.suppress(OSError, IndexError, ValueError):  # it has ended meanwhile
            total += int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * page
            for thread in Path(f"/proc/{pid}/task").iterdir():
                rest += map(int, (thread / "children").read_text().split())
    return total
