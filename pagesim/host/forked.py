"""A forked child, and a line to talk to it. For helper processes only: they have one thread."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable
from typing import Any

_LONGEST = 1 << 20  # bytes of a message


class Channel:
    """One end of a line between two processes: whole values, as JSON."""

    def __init__(self, end: socket.socket) -> None:
        self.end = end

    def send(self, value: object = None) -> None:
        """Send a value; without one it is a signal to go on."""
        self.end.send(json.dumps(value).encode())

    def receive(self) -> Any:
        """Wait for the next value.

        Raises
        ------
        EOFError
            If the other process has died.
        """
        message = self.end.recv(_LONGEST)
        if not message:
            raise EOFError("the other process has died")
        return json.loads(message)


class Child(Channel):
    """A forked child that runs `work` and exits.

    Parameters
    ----------
    work : callable
        Is given the child's end of the line.
    """

    def __init__(self, work: Callable[[Channel], None]) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.pid = os.fork()
        if self.pid == 0:
            status = 1
            try:
                ours.close()
                work(Channel(theirs))
                status = 0
            finally:  # never return into the code of the parent
                os._exit(status)
        theirs.close()
        super().__init__(ours)

    def wait(self) -> int:
        """Wait until it ends: its exit code, or minus the signal that killed it."""
        self.end.close()
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
