"""Run a command on a machine that is busy, and that stands still for 300 ms now and then.

As root on Linux: python tools/disturbed.py make test

What passes alone and fails here leans on the machine being quick: a test that compares before the
answer has come, a click that overtakes what was chosen. Four processes are busy beside the command,
and every few seconds the kernel's freezer stops it together with all that it has started.
"""

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BUSY = 4  # processes beside it
BETWEEN = 3.0, 9.0  # seconds from one stop to the next
STOP = 0.3  # seconds


def mounted() -> Path:
    """Find where control groups (version 2: they can be frozen) are."""
    for line in Path("/proc/mounts").read_text().splitlines():
        _, where, kind, *_ = line.split()
        if kind == "cgroup2":
            return Path(where)
    sys.exit("disturbed: /proc/mounts has no cgroup2; what is to stop is stopped by its freezer")


@contextmanager
def group() -> Iterator[Path]:
    """Make a control group, and remove it with all that still runs in it."""
    made = mounted() / f"disturbed-{os.getpid()}"
    try:
        made.mkdir()
    except OSError as error:
        sys.exit(f"disturbed: {made} could not be made ({error.strerror}); run it as root")
    try:
        yield made
    finally:
        (made / "cgroup.freeze").write_text("0")
        (made / "cgroup.kill").write_text("1")
        while (made / "cgroup.procs").read_text():
            time.sleep(0.01)
        made.rmdir()


def main(command: list[str]) -> int:
    """Run the command, disturb it until it ends, and return what it returns."""
    if not command:
        sys.exit("disturbed: what is to run? python tools/disturbed.py make test")
    stops, began = 0, time.monotonic()
    with group() as made:
        enter = 'echo $$ > "$0" && exec "$@"'
        run = subprocess.Popen(["sh", "-c", enter, str(made / "cgroup.procs"), *command])
        busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(BUSY)]
        try:
            while run.poll() is None:
                try:
                    run.wait(random.uniform(*BETWEEN))
                except subprocess.TimeoutExpired:
                    (made / "cgroup.freeze").write_text("1")
                    time.sleep(STOP)
                    (made / "cgroup.freeze").write_text("0")
                    stops += 1
        finally:
            for each in busy:
                each.kill()
    seconds = time.monotonic() - began
    print(f"disturbed: {seconds:.0f} s, {stops} stops, exit {run.returncode}", file=sys.stderr)
    return run.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
