"""How large this process is: counted on Linux, recorded elsewhere, and then it says so."""

import subprocess
import sys

import pytest

from pagesim import host

ELSEWHERE = """
import sys
sys.modules["resource"] = None
sys.platform = "darwin"
from pagesim import host
print(host.sizes())
"""


def sizes(table):
    return [float(mib) for _, _, mib in table.rows]


@pytest.mark.skipif(sys.platform != "linux", reason="counts need a Linux kernel")
def test_sizes_are_this_process_own():
    before = sizes(host.sizes())
    ballast = bytearray(64 << 20)
    ballast[:: host.PAGE] = b"x" * len(ballast[:: host.PAGE])
    after = sizes(host.sizes())
    address_space, in_memory, _ = (b - a for a, b in zip(before, after, strict=True))
    assert address_space >= 60
    assert in_memory >= 60
    assert before[0] > before[1] > before[2]
    assert host.sizes().note == ""


def test_elsewhere_recorded_sizes_are_shown():
    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE], capture_output=True, text=True, check=True
    )
    *table, note = done.stdout.splitlines()
    assert note.startswith("recorded on Linux ")
    assert note.endswith("this machine cannot: it runs macOS, not Linux")
    assert [line.split()[-2] for line in table[2:]] == ["VmSize", "VmRSS", "VmPTE"]
