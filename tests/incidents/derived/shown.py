"""What is shown of an incident, as text; numbers are read out of it, and nothing else."""

from __future__ import annotations

import re
from functools import cached_property

PAGE, HUGE = 4, 2048  # kB


def numbers(text: str) -> dict[str, int]:
    """Read lines of a name and a number."""
    found = re.findall(r"^([\w().]+)(?::| =)?\s+(\d+)", text, re.MULTILINE)
    return {name: int(value) for name, value in found}


def ints(text: str) -> list[int]:
    """Read all whole numbers."""
    return [int(each.replace(",", "")) for each in re.findall(r"\d[\d,]*", text)]


def spans(text: str) -> list[tuple[int, int]]:
    """Read from where to where the areas of maps go."""
    found = re.findall(r"^([0-9a-f]+)-([0-9a-f]+) [rwxps-]{4}", text, re.MULTILINE)
    return [(int(start, 16), int(end, 16)) for start, end in found]


def mapped(state: dict[str, int]) -> int:
    """Tell how many kB of a process are neither data, nor the stack, nor code."""
    return state["VmSize"] - sum(state[each] for each in ("VmData", "VmStk", "VmExe", "VmLib"))


class Shown:
    """What is shown of one incident, and what of it does not add up (`wrong`)."""

    def __init__(self, texts: dict[str, str], points: list[tuple[float, float]]) -> None:
        self.texts, self.points, self.wrong = texts, points, list[str]()

    def claim(self, what: str, left: object, right: object) -> None:
        """Note it if two sides differ."""
        if left != right:
            self.wrong.append(f"{what}: {left} is not {right}")

    def ends(self, end: str) -> list[str]:
        """List the files whose path ends so."""
        return [path for path in self.texts if path.endswith(end)]

    def number(self, pattern: str, where: str) -> int:
        """Read a number out of a text; -1 if it is not there."""
        found = re.search(pattern, self.texts.get(where, ""))
        return int(found[1].replace(",", "")) if found else -1

    @cached_property
    def memory(self) -> dict[str, int]:
        return numbers(self.texts["/proc/meminfo"])

    @cached_property
    def events(self) -> dict[str, int]:
        return numbers(self.texts["/proc/vmstat"])

    @cached_property
    def status(self) -> list[dict[str, int]]:
        return [numbers(self.texts[path]) for path in self.ends("/status")]

    @cached_property
    def rollup(self) -> list[dict[str, int]]:
        return [numbers(self.texts[path]) for path in self.ends("/smaps_rollup")]

    @cached_property
    def pids(self) -> list[int]:
        return sorted({int(n) for n in re.findall(r"/proc/(\d+)/", " ".join(self.texts))})

    @cached_property
    def processes(self) -> int:
        """How many run: the last one's number, without those that were killed."""
        logged = map(int, re.findall(r"worker (\d+) started", self.texts["log"]))
        return max([*self.pids, *logged]) - self.texts.get("dmesg -t", "").count("Killed process")

    @cached_property
    def areas(self) -> list[tuple[int, int, str]]:
        """The areas of maps or smaps, and what stands behind them."""
        text = "".join(self.texts[path] for path in (*self.ends("/maps"), *self.ends("/smaps")))
        found = re.findall(r"^([0-9a-f]+)-([0-9a-f]+) (.*)$", text, re.MULTILINE)
        return [(int(a, 16), int(b, 16), rest) for a, b, rest in found]

    @property
    def swapped(self) -> int:
        """KB in swap."""
        return self.memory["SwapTotal"] - self.memory["SwapFree"]

    def total(self, name: str) -> int:
        """Add up a line of status: the first process and so many like the last."""
        first, last = self.status[0][name], self.status[-1][name]
        return first + (self.processes - 1) * last
