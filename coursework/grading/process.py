"""A process in a box: lines in, lines out, deadlines that we keep, and nothing left afterwards."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import select
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from .box import HOME, Box
from .cgroups import Cgroup
from .janitor import tell
from .limits import Limits

_STEP = 0.05  # seconds between two looks at the memory in use
_ENTER = 'for at in $GROUPS_; do echo $$ > "$at/cgroup.procs" || exit 1; done; exec "$@"'
# Ends the group when we, who hold the other end of this pipe, have ended. Nobody in the group can
# leave it, or signal this shell: see `inside.syscalls`.
_GUARD = '{ "$@" <&3 3<&- & } 3<&0; exec <&- >&-; read word < /dev/fd/$PIPE_; kill -9 0'
_INODE = 1 << 10  # bytes of the kernel's for a file in a tmpfs, about
_SAID = 300  # characters of what a box says that does not start
_PATIENCE = 30.0  # seconds for a killed box to go, which takes a while if it has a million files
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
        self._first: int | None = None  # and its number
        self._look = 0.0  # when to look at the memory in use
        self._guard: int | None = None  # a pipe whose other end a shell in the box's group reads
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115
        self._buffer = bytearray()
        number = next(_numbers)
        self.orders = box.orders(kit, limits, (os.getpid() << 8 | number & 0xFF) & 0xFFFFFFF)
        self._name = f"box {number}"
        self.group = Cgroup(f"{os.getpid()}-{number}", limits)
        tell(self._name, paths=self.group.paths)
        try:
            self._start(box.command(kit, limits), kit)
        except BaseException:
            self._release()
            raise

    def _start(self, command: list[str], kit: Path) -> None:
        near, far = os.pipe()
        if self.box.apart:
            given = far
            command[1:1] = ["--info-fd", str(far)]
        else:
            given, self._guard = near, far
            command = ["/bin/sh", "-c", _GUARD.replace("$PIPE_", str(near)), "sh", *command]
        if self.group.paths:
            paths = " ".join(map(str, self.group.paths))
            command = ["/bin/sh", "-c", _ENTER.replace("$GROUPS_", paths), "sh", *command]
        try:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._complaints,
                env=self.box.environment(kit),
                cwd="/",
                bufsize=0,
                start_new_session=True,
                pass_fds=[given],
            )
            tell(self._name, pid=self.process.pid, paths=self.group.paths)
        finally:
            os.close(given)
            try:
                if self.box.apart:
                    self._first = _first_process(near)
                    if self._first is not None:
                        with contextlib.suppress(ProcessLookupError):  # it has ended already
                            self._inner = os.pidfd_open(self._first)
            finally:
                if self.box.apart:
                    os.close(near)
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
            if not self.group.paths and time.monotonic() > self._look:
                if _used(self.process.pid, self._first, self.limits) > self.limits.resident:
                    raise Broken("memory")
                self._look = time.monotonic() + _STEP
            if poll.poll(min(left, _STEP) * 1000):
                return

    def close(self) -> None:
        """Kill all that runs in the box, and wait until it has gone."""
        with contextlib.suppress(OSError):  # it may have ended
            if self._inner is not None:  # the kernel ends the others with the first
                signal.pidfd_send_signal(self._inner, signal.SIGKILL)
            else:
                os.killpg(self.process.pid, signal.SIGKILL)
        self.group.kill()
        if self._inner is not None:
            gone = select.poll()
            gone.register(self._inner, select.POLLIN)
            gone.poll(_PATIENCE * 1000)
            os.close(self._inner)
            self._inner = None
        try:
            self.process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._release()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            with contextlib.suppress(OSError):
                pipe.close()

    def complaint(self) -> str:
        """Return what was said on stderr before anything ran in the box: why it does not start."""
        self._complaints.seek(0)
        said = self._complaints.read(_SAID).decode(errors="replace")
        return " ".join(said.split())

    def _release(self) -> None:
        if self._guard is not None:
            os.close(self._guard)
            self._guard = None
        self._complaints.close()
        self.group.close()
        tell(self._name)

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
    """Read from bubblewrap which process is the first in its box."""
    text = b""
    while chunk := os.read(told, 4096):
        text += chunk
    with contextlib.suppress(ValueError, KeyError):  # it could not make the box
        described: dict[str, Any] = json.loads(text)
        return int(described["child-pid"])
    return None


def _used(pid: int, first: int | None, limits: Limits) -> int:
    """Add up the memory of a process and all that come of it; what they share counts for each.

    What is in the scratch of a box with such a first process counts too, and so does each file
    there, be it empty.
    """
    total, rest = 0, [pid]
    while rest:
        pid = rest.pop()
        with contextlib.suppress(OSError, IndexError, ValueError):  # it has ended meanwhile
            for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith(("VmRSS:", "VmSwap:")):
                    total += int(line.split()[1]) << 10
            for thread in Path(f"/proc/{pid}/task").iterdir():
                rest += map(int, (thread / "children").read_text().split())
    if first is not None:
        with contextlib.suppress(OSError):
            scratch = os.statvfs(f"/proc/{first}/root{HOME}")
            if scratch.f_blocks * scratch.f_frsize == limits.scratch:  # else it is not there yet
                total += (scratch.f_blocks - scratch.f_bfree) * scratch.f_frsize
                total += (scratch.f_files - scratch.f_ffree) * _INODE
    return total
