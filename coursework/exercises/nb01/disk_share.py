"""The mean access time when a small share of the accesses has to wait for the disk."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from random import Random

from ...exercise import Data, Exercise, Mistake

_KEYS = ("mean", "times", "one in")
Mean = Callable[[Data, int], float]  # of so many accesses one goes to disk


def draw(rng: Random) -> Data:
    """Draw times and a share whose mean is a short decimal."""
    return {
        "ram_ns": rng.choice((50, 80, 100)),
        "disk_us": rng.randrange(60, 210, 2),
        "one_in": rng.choice((200, 250, 400, 500, 1000, 2000)),
        "limit": rng.choice((2, 3, 5)),
    }


def text(data: Data) -> str:
    """State the two times and the share."""
    return (
        f"An access takes {data['ram_ns']} ns if its page is in RAM, and {data['disk_us']} µs, "
        f"all together, if the page is out on disk. One access in {data['one_in']} goes to disk."
        "\n\n"
        'What is the mean access time in ns ("mean"), and how many times the RAM\'s is that '
        f'("times")? To stay within {data["limit"]} times the RAM\'s: at most one access in how '
        'many may go to disk ("one in": the smallest whole number that will do)?'
    )


def _weighted(data: Data, one_in: int) -> float:
    return float((data["ram_ns"] * (one_in - 1) + data["disk_us"] * 1000) / one_in)


def _as_if_ns(data: Data, one_in: int) -> float:
    return float((data["ram_ns"] * (one_in - 1) + data["disk_us"]) / one_in)


def _disk_only(data: Data, one_in: int) -> float:
    return float(data["disk_us"] * 1000 / one_in)


def _ram_always(data: Data, one_in: int) -> float:
    return float(data["ram_ns"] + data["disk_us"] * 1000 / one_in)


def _swapped(data: Data, one_in: int) -> float:
    return float((data["ram_ns"] + data["disk_us"] * 1000 * (one_in - 1)) / one_in)


def _unweighted(data: Data, one_in: int) -> float:
    return float((data["ram_ns"] + data["disk_us"] * 1000) / 2)


def reference(data: Data, key: str) -> float | int:
    """Weigh the two times by how often each is paid, in whole picoseconds."""
    ram, disk, one_in = data["ram_ns"] * 1000, data["disk_us"] * 1_000_000, data["one_in"]
    if key == "one in":
        # ram + (disk - ram) / n <= limit * ram
        return int(-((disk - ram) // -((data["limit"] - 1) * ram)))
    mean = float((ram * (one_in - 1) + disk) / one_in / 1000)
    return mean if key == "mean" else mean / float(data["ram_ns"])


def _mistaken(data: Data, key: str, *, mean: Mean) -> float | int:
    """Answer with a wrong mean; the last part by looking for the first number that will do."""
    if key == "mean":
        return mean(data, data["one_in"])
    if key == "times":
        return mean(data, data["one_in"]) / float(data["ram_ns"])
    limit = data["limit"] * data["ram_ns"]
    if mean in (_swapped, _unweighted):  # they never get there
        return 1
    low, high = 1, 1 << 20
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if mean(data, middle) <= limit else (middle + 1, high)
    return low


def locate(data: Data, key: str, expected: float, got: float) -> str:
    """Say on which side of the truth a number lies."""
    side = "too small" if got < expected else "too large"
    if key == "one in":
        return f"That is {side}. Put it into your formula for the mean and see where that lands."
    if key == "times":
        return f"That is {side}. Both times in ns: how often does the RAM's go into the mean?"
    return (
        f"That is {side}. Of {data['one_in']} accesses, how many take how long? Add them up, then "
        f"divide by {data['one_in']}."
    )


DISK_SHARE = Exercise(
    id="disk-share",
    notebook="01",
    title="A few accesses go to disk",
    points=2,
    kind="number",
    draw=draw,
    text=text,
    form={"mean": float, "times": float, "one in": int},
    reference=reference,
    describe=lambda data, key: f"`{key}`",
    locate=locate,
    mistakes=(
        Mistake(
            name="microseconds for nanoseconds",
            message="You took the disk's microseconds for nanoseconds. 1 µs is 1000 ns, and that "
            "factor is the whole story here.",
            solve=partial(_mistaken, mean=_as_if_ns),
        ),
        Mistake(
            name="RAM forgotten",
            message="You counted only the accesses that go to disk. All the others take their time "
            "in RAM, and there are many more of them.",
            solve=partial(_mistaken, mean=_disk_only),
        ),
        Mistake(
            name="RAM for all",
            message="You counted the RAM's time for every access and the disk's on top. Here an "
            "access that goes to disk takes the disk's time *all together*.",
            solve=partial(_mistaken, mean=_ram_always),
        ),
        Mistake(
            name="weights swapped",
            message="You have the shares the wrong way round: one access in so many goes to disk, "
            "all the others find their page in RAM.",
            solve=partial(_mistaken, mean=_swapped),
        ),
        Mistake(
            name="plain average",
            message="You took the average of the two times as if each came equally often. Weigh "
            "them: how many accesses out of all take which time?",
            solve=partial(_mistaken, mean=_unweighted),
        ),
    ),
    start="Imagine as many accesses as the problem names. One goes to disk, all the others do not: "
    "how long do they take together?",
    right="A share that no monitoring would show as a percentage decides how fast memory is. "
    "That is the edge of the cliff.",
    untested="disks that are busy, and the time the kernel takes for itself.",
    hints=(
        "With 100 ns, 10 µs and one in 1000: 999 × 100 ns + 1 × 10,000 ns, divided by 1000, is "
        "109.9 ns.",
        "For the last part: every disk access costs (disk − RAM) more than the others. The mean "
        "may exceed the RAM's time by (limit − 1) × RAM. How many accesses have to share the cost?",
        "n is the smallest whole number that is not below (disk − RAM) / ((limit − 1) × RAM), "
        "everything in ns. `math.ceil` rounds up.",
    ),
)
