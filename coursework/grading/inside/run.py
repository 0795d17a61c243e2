"""Execute a submission's cells, then answer with what they defined (or only `show` them).

What is said, in lines of JSON. From outside: orders (see `confine`) with the size of the notebook,
whose bytes follow; a problem that was asked for; then requests, ``{"id", "exercise", "inputs"}``.
From here:

    {"hello": 1}                                confined, and ready for the notebook
    {"obstacle": "..."}                         not to be confined
    {"unreadable": 1}                           the notebook is none
    {"cell": 7}                                 about to execute that cell
    {"problem": "radix-walk"}                   asks for the learner's own problem
    {"ready": {"radix-walk": "function"}}       what was found: function, stub or value
    {"id": 3, "part": 0, "outcome": {...}}      one input's outcome, see `coursework.outcome`
    {"id": 3, "ended": 0}                       the process that answered has ended, and how
    {"id": 3, "full": 1}                        no process can be started for it
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import sys
from functools import partial
from typing import Any, BinaryIO

import coursework

from ...outcome import call
from ...untouched import stub
from .cells import needed, read
from .confine import confine

_ONESELF_APART = -1  # all processes but this one
_MOST_OPEN = 4096  # descriptors that a grader may have left open


class Runner:
    """The one process that holds what the notebook defined.

    Parameters
    ----------
    orders : dict
        What the outside said first.
    source, sink : file
        The two ends of the conversation.
    """

    def __init__(self, orders: dict[str, Any], source: BinaryIO, sink: int) -> None:
        self.orders = orders
        self.source = source
        self.sink = sink
        self.answers: dict[str, Any] = {}
        front: Any = coursework
        front._fetch = self.fetch

    def say(self, **words: Any) -> None:
        """Say one line."""
        self.tell(json.dumps(words).encode())

    def tell(self, line: bytes) -> None:
        """Say a line that is JSON already."""
        line += b"\n"
        while line:
            line = line[os.write(self.sink, line) :]

    def fetch(self, exercise_id: str) -> Any:
        """Ask for the learner's own problem."""
        self.say(problem=str(exercise_id))
        return json.loads(self.source.readline())

    def execute(self, notebook: bytes) -> None:
        """Execute the cells, and say what was found."""
        from .shell import shell as started  # IPython, once all is confined

        front: Any = coursework
        shell = started(self.orders["ipython"])
        try:
            cells = read(notebook, shell.transform_cell)
        except (ValueError, RecursionError):
            self.say(unreadable=1)
            return
        skip = set(self.orders["skip"])
        for i in needed(cells):
            if i not in skip:
                self.say(cell=i)
                with contextlib.suppress(BaseException):  # SystemExit, and what a hook raises
                    shell.run_cell(cells[i].source, store_history=False, silent=True)
        for exercise, name in self.orders["names"].items():
            if name in shell.user_ns:  # should its check be missing, or stand before it
                self.answers[exercise] = shell.user_ns[name]
        self.answers.update(front._answers)
        kinds = {}
        for name, answer in self.answers.items():
            if type(name) is str:
                kinds[name] = "value"
                if callable(answer):
                    kinds[name] = "stub" if stub(answer) else "function"
        self.say(ready=kinds, nickname=front._nickname[:99])

    def serve(self) -> None:
        """Answer one request after the other, each in a copy of this process."""
        for line in self.source:
            request = json.loads(line)
            try:
                pid = os.fork()
            except OSError:  # an answer before has left as many as there may be
                self.say(id=request["id"], full=1)
                continue
            if pid == 0:
                try:
                    self._answer(request)
                finally:
                    os._exit(1)
            status = os.waitpid(pid, 0)[1]
            if self.orders["apart"]:
                with contextlib.suppress(OSError):  # there are none
                    os.kill(_ONESELF_APART, signal.SIGKILL)
            self.say(id=request["id"], ended=status)

    def _answer(self, request: dict[str, Any]) -> None:
        seconds = request["seconds"]
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        answer = self.answers[request["exercise"]]
        head = b'{"id": %d, "part": %%d, "outcome": ' % request["id"]
        own = os.getpid()

        def tell(part: int, line: bytes) -> None:
            if os.getpid() != own:  # the answer has forked, and returns twice
                os._exit(1)
            self.tell(head % part + line + b"}")

        for part, arguments in enumerate(request["inputs"]):
            function = (lambda: answer) if arguments is None else answer
            call(function, arguments or [], partial(tell, part))
        os._exit(0)


def main() -> None:
    """Take orders, obey them, and run."""
    source, sink = os.fdopen(os.dup(0), "rb"), os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
    os.closerange(max(source.fileno(), sink, null) + 1, _MOST_OPEN)
    orders = json.loads(source.readline())
    sys.path[1:] = orders["path"]
    runner = Runner(orders, source, sink)
    try:
        confine(orders)
    except OSError as problem:
        runner.say(obstacle=str(problem))
        return
    runner.say(hello=1)
    notebook = source.read(orders["bytes"])
    if orders.get("show"):
        from .show import show

        show(runner, notebook)
        return
    runner.execute(notebook)
    runner.serve()
