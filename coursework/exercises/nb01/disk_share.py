"""The mean access time when a small share of the accesses has to wait for the disk."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from random import Random

from ...kinds import Data, Numbers, bug, own

_MOST = 1 << 13  # no limit asks for a smaller share


def draw(rng: Random) -> Data:
    """Draw times with which one limit is met exactly, and the other by rounding."""
    while True:
        ram, disk, limit = rng.choice((50, 80, 100)), rng.randrange(60, 210, 2), rng.choice((3, 5))
        if (disk * 1000 // ram - 1) % (limit - 1):
            one_in = rng.choice((200, 250, 400, 500))
            return {"ram_ns": ram, "disk_us": disk, "one_in": one_in, "limit": limit}


def text(data: Data) -> str:
    """State the two times and the share."""
    return (
        f"An access takes {data['ram_ns']} ns if its page is in RAM, and {data['disk_us']} µs, "
        f"all together, if the page is out on disk. One access in {data['one_in']} goes to disk."
        "\n\n"
        'What is the mean access time in ns ("mean"), and how many times the RAM\'s is that '
        '("times")? To stay within 2 times the RAM\'s: at most one access in how many may go to '
        f'disk ("twice": the smallest whole number that will do)? And within {data["limit"]} times '
        '("limit")?'
    )


def solve(
    data: Data,
    *,
    unit: int = 1000,
    in_ram: Callable[[int], float] = lambda n: n - 1,
    on_disk: Callable[[int], float] = lambda n: 1,
) -> Data:
    """Weigh the two times by how often, out of n accesses, each is paid."""
    ram, disk, n = data["ram_ns"], data["disk_us"] * unit, data["one_in"]

    def total(n: int) -> float:
        return float(in_ram(n) * ram + on_disk(n) * disk)

    def least(limit: int) -> int:
        found = bisect_left(range(_MOST), True, key=lambda n: n > 0 and total(n) <= limit * ram * n)
        return found if found < _MOST else 1  # 1 if no share is small enough

    mean = total(n) / n
    return {"mean": mean, "times": mean / ram, "twice": least(2), "limit": least(data["limit"])}


EXERCISE = Numbers(
    **own(globals()),
    title="A few accesses go to disk",
    form={"mean": float, "times": float, "twice": int, "limit": int},
    digits=5,
    units={"mean": "ns"},
    look={
        "mean": "Of so many accesses, how many take how long? Add them up, then divide.",
        "times": "Both times in ns: how often does the RAM's go into the mean?",
        "twice": "Put it into your formula for the mean and see where that lands.",
        "limit": "Put it into your formula for the mean and see where that lands.",
    },
    mistakes={
        bug(unit=1): "the disk's microseconds are counted as nanoseconds. 1 µs is 1000 ns, and "
        "that factor is the whole story here.",
        bug(in_ram=lambda n: 0): "only the accesses that go to disk are counted. All the others "
        "take their time in RAM, and there are many more of them.",
        bug(in_ram=lambda n: n): "every access pays the RAM's time, and the disk's comes on top. "
        "Here an access that goes to disk takes the disk's time *all together*.",
        bug(in_ram=lambda n: 1, on_disk=lambda n: n - 1): "the shares are the wrong way round. One "
        "access in so many goes to disk, all the others find their page in RAM.",
        bug(in_ram=lambda n: n / 2, on_disk=lambda n: n / 2): "both times are taken to come "
        "equally often. Weigh them: how many accesses out of all take which time?",
    },
    start="Imagine as many accesses as the problem names. One goes to disk, all the others do not: "
    "how long do they take together?",
    right="A share that no monitoring would show as a percentage decides how fast memory is. That "
    "is the edge of the cliff.",
    untested="disks that are busy, and the time the kernel takes for itself.",
    hints=(
        "With 100 ns, 10 µs and one in 1000: 999 × 100 ns + 1 × 10,000 ns, divided by 1000, is "
        "109.9 ns.",
        "For the last two: every disk access costs (disk − RAM) more than the others. The mean may "
        "exceed the RAM's time by (limit − 1) × RAM. How many accesses have to share the cost?",
        "n is the smallest whole number that is not below (disk − RAM) / ((limit − 1) × RAM), "
        "everything in ns. `math.ceil` rounds up.",
    ),
)
