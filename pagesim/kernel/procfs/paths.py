"""Which file is where: from a path, as `cat` takes it, to what writes the file."""

from __future__ import annotations

import re
from collections.abc import Callable

from ..machine import Machine
from ..task import Task
from .cgroups import OF_CGROUP
from .meminfo import meminfo
from .numa import numa_maps, numastat
from .smaps import smaps, smaps_rollup
from .status import status
from .vmstat import vmstat
from .zones import buddyinfo

OF_MACHINE: dict[str, Callable[[Machine], str]] = {
    "/proc/meminfo": meminfo,
    "/proc/vmstat": vmstat,
    "/proc/buddyinfo": buddyinfo,
}
OF_PROCESS: dict[str, Callable[[Task], str]] = {
    "maps": lambda task: "".join(f"{area.line(task.space.page)}\n" for area in task.space.areas),
    "smaps": lambda task: smaps(task.space),
    "smaps_rollup": lambda task: smaps_rollup(task.space),
    "status": status,
    "numa_maps": lambda task: numa_maps(task.space),
    "oom_score_adj": lambda task: f"{task.oom_score_adj}\n",
}
_NODE = re.compile("/sys/devices/system/node/node([0-9]+)/numastat")
_CGROUP = re.compile("/sys/fs/cgroup/([^/]+)/([a-z.]+)")
_PROCESS = re.compile("/proc/([0-9]+)/([a-z_]+)")


def read(machine: Machine, path: str) -> str:
    """Write what a file holds at the moment.

    Raises
    ------
    ValueError
        If there is no such file.
    """
    if path in OF_MACHINE:
        return OF_MACHINE[path](machine)
    found = _PROCESS.fullmatch(path)
    task = machine.processes.get(int(found[1])) if found else None
    if found and task and found[2] in OF_PROCESS:
        return OF_PROCESS[found[2]](task)
    node = _NODE.fullmatch(path)
    if node and int(node[1]) < machine.memory.nodes:
        return numastat(machine, int(node[1]))
    group = _CGROUP.fullmatch(path)
    if group and group[1] in machine.cgroups and group[2] in OF_CGROUP:
        return OF_CGROUP[group[2]](machine, machine.cgroups[group[1]])
    names = ", ".join((*OF_MACHINE, *(f"/proc/PID/{name}" for name in OF_PROCESS), *OF_CGROUP))
    raise ValueError(f"path {path!r} is no file that this machine writes: {names}")
