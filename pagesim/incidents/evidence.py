"""Evidence: what a machine that has a trouble shows of itself, and numbers read back out of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Series:
    """What a dashboard draws: one quantity along another.

    Attributes
    ----------
    name, unit : str
        What is measured, and in what.
    along : str
        What it is drawn along.
    points : tuple of (float, float)
        Along, and measured.
    """

    name: str
    unit: str
    along: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The files, the graph, the configuration and the log of one machine.

    Attributes
    ----------
    files : mapping of str to str
        What Linux's files held at the end, byte for byte, by their paths.
    series : Series
        The graph.
    config, log : str
        Excerpts.

    Examples
    --------
    >>> graph = Series("latency", "ms", "second", ((0, 1),))
    >>> seen = Evidence({"/proc/meminfo": "MemTotal:        1024 kB\\n"}, graph, "", "")
    >>> seen.value("/proc/meminfo", "MemTotal"), seen.value("/proc/meminfo", "MemFree")
    (1024, 0)
    """

    files: Mapping[str, str]
    series: Series
    config: str
    log: str

    def value(self, path: str, name: str) -> int:
        """Read the number behind a name at the start of a line; 0 if there is none."""
        line = rf"^{re.escape(name)}:?\s+(\d+)"
        found = re.search(line, self.files.get(path, ""), re.MULTILINE)
        return int(found[1]) if found else 0

    def line(self, path: str, name: str) -> str:
        """Return the line that begins with a name, as it was shown.

        Raises
        ------
        ValueError
            If the file has none.
        """
        shown = {"log": self.log, "configuration": self.config, **self.files}
        for line in shown[path].splitlines():
            if re.match(rf"{re.escape(name)}(?!\w)", line):
                return line.strip()
        raise ValueError(f"{path} has no line {name!r}")

    def perf(self, event: str) -> int:
        """Read an event of perf stat; 0 if it is not there."""
        found = re.search(rf"^ +([\d,]+) +{event}", self.files.get("perf stat", ""), re.MULTILINE)
        return int(found[1].replace(",", "")) if found else 0

    def meminfo(self, name: str) -> int:
        """Read a line of /proc/meminfo: kB, or pages of the pool."""
        return self.value("/proc/meminfo", name)

    def vmstat(self, name: str) -> int:
        """Read a line of /proc/vmstat."""
        return self.value("/proc/vmstat", name)

    def paths(self, end: str) -> list[str]:
        """List the files whose path ends so."""
        return [path for path in self.files if path.endswith(end)]

    def total(self, end: str, names: Iterable[str]) -> int:
        """Add up lines over all files whose path ends so."""
        return sum(self.value(path, name) for path in self.paths(end) for name in names)

    @property
    def used(self) -> int:
        """KB of memory in use."""
        return self.meminfo("MemTotal") - self.meminfo("MemFree")

    @property
    def unseen(self) -> int:
        """KB of memory in use that no process has as pages of its own, of files or of the pool."""
        pool = self.meminfo("HugePages_Total") - self.meminfo("HugePages_Free")
        seen = self.meminfo("AnonPages") + self.meminfo("Cached")
        return self.used - seen - pool * self.meminfo("Hugepagesize")

    @property
    def free_by_node(self) -> list[int]:
        """Pages that are free on each node, from /proc/buddyinfo."""
        free: dict[str, int] = {}
        for line in self.files.get("/proc/buddyinfo", "").splitlines():
            node, _, rest = line.partition(",")
            blocks = rest.split()[2:]
            free[node] = free.get(node, 0) + sum(int(n) << at for at, n in enumerate(blocks))
        return list(free.values())
