"""Counts hold while other threads work and fork, and while everything is stopped now and then."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from pagesim import host
from pagesim.host.plotted import TimedLab
from pagesim.host.probe import LABS

from .expected import EXPECTED, MEASURE, ROOT, linux_only, run

pytestmark = pytest.mark.long

FORKING = """
import os, threading
from time import sleep
def fork_on():
    while True:
        child = os.fork()
        if not child:
            os._exit(0)
        os.waitpid(child, 0)
threading.Thread(target=fork_on, daemon=True).start()
"""
# One that looks, one that counts faults, one that weighs tables; the others are disturbed alike.
WHEREVER = (host.Presence, host.FirstTouch, host.PageTableScale)


def disturbed(labs: Iterable[type[host.Lab]]) -> pytest.MarkDecorator:
    """Try some labs whenever the tests run, the rest with `make exhaustive`."""
    return pytest.mark.parametrize(
        "lab",
        [
            pytest.param(
                lab, id=str(lab.key), marks=[pytest.mark.exhaustive] * (lab not in WHEREVER)
            )
            for lab in labs
        ],
    )


@disturbed(lab for lab in LABS if not issubclass(lab, TimedLab))
def test_counts_in_a_process_with_busy_threads(lab: type[host.Lab]) -> None:
    if obstacle := lab().obstacle:
        pytest.skip(obstacle)
    done = threading.Event()

    def busy() -> None:
        while not done.wait(0.001):
            bytearray(1 << 16)

    threads = [threading.Thread(target=busy) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        assert lab().measure().counted == EXPECTED[lab.key]
    finally:
        done.set()
        for thread in threads:
            thread.join()


@linux_only
@disturbed([host.OwnBytes, host.HugePages, *WHEREVER])
def test_counts_in_a_process_whose_other_thread_forks_all_the_time(lab: type[host.Lab]) -> None:
    if obstacle := lab().obstacle:
        pytest.skip(obstacle)
    ((live, counted, note),) = run(FORKING + MEASURE.format(key=lab.key, times=1))
    assert live, note
    assert counted == EXPECTED[lab.key]


@linux_only
@pytest.mark.parametrize(
    "lab", [host.FilePages, host.Belady, host.CopyOnWrite], ids=lambda lab: str(lab.key)
)
def test_counts_while_everything_is_stopped_now_and_then(lab: type[host.Lab]) -> None:
    """Stopping interrupts a wait for the disk, and a wait for whoever serves the page."""
    if obstacle := lab().obstacle:
        pytest.skip(obstacle)
    measuring = subprocess.Popen(
        [sys.executable, "-P", "-c", MEASURE.format(key=lab.key, times=2)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    while measuring.poll() is None:
        time.sleep(0.05)
        stopped = list(_family(measuring.pid))
        for order in (signal.SIGSTOP, signal.SIGCONT):
            for pid in stopped:
                try:
                    os.kill(pid, order)
                except ProcessLookupError:
                    continue
            time.sleep(0.05)
    assert measuring.stdout is not None
    lines = measuring.stdout.read().splitlines()
    assert len(lines) == 2
    for live, counted, note in map(json.loads, lines):
        assert live, note
        assert counted == EXPECTED[lab.key]


def _family(pid: int) -> Iterator[int]:
    """Name a process and all that it has started."""
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            names = children.read_text().split()
        except OSError:  # it has ended
            continue
        for name in names:
            yield from _family(int(name))
