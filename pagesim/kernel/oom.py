"""The OOM killer of a memory cgroup: whom it chooses, and the report that it writes.

    badness = rss + swap + page tables, in pages, plus oom_score_adj thousandths of the limit

The highest is killed; oom_score_adj -1000 spares a process. The report lists all candidates, so
what was chosen can be computed from it.

Source: Linux 6.18 mm/oom_kill.c (`oom_badness`, `oom_evaluate_task`, `dump_task`, `dump_header`,
`__oom_kill_process`), mm/memcontrol.c (`mem_cgroup_print_oom_meminfo`).
"""

from __future__ import annotations

from .cgroup import MemoryCgroup
from .machine import Machine
from .procfs.cgroups import UNLIMITED, stat
from .task import Task

_HEAD = (
    "[  pid  ]   uid  tgid total_vm      rss rss_anon rss_file rss_shmem pgtables_bytes swapents"
    " oom_score_adj name"
)
_GFP = "0xcc0(GFP_KERNEL)"  # what a fault asks memory with


class Killed(Exception):
    """The process was killed while it waited for memory: SIGKILL.

    Parameters
    ----------
    task : Task
        Who it was.

    Examples
    --------
    >>> raise Killed(task=None)
    Traceback (most recent call last):
    pagesim.kernel.oom.Killed: None was killed: its memory cgroup is out of memory
    """

    def __init__(self, task: Task | None) -> None:
        super().__init__(f"{task} was killed: its memory cgroup is out of memory")
        self.task = task


def badness(task: Task, total: int) -> int | None:
    """Compute how much a process's end would help; None if it is spared.

    Parameters
    ----------
    task : Task
        The process.
    total : int
        Pages that the group may have, swap included.
    """
    if task.oom_score_adj == -1000:
        return None
    space = task.space
    return (
        space.resident
        + space.swapped
        + space.table.user_tables
        + (task.oom_score_adj * (total // 1000))
    )


def kill(machine: Machine, group: MemoryCgroup, invoked: Task | None) -> Task | None:
    """Choose a process of a group, report, and end it.

    Returns
    -------
    Task or None
        Whom; None if all are spared.
    """
    group.events["oom"] += 1
    tasks = [task for task in machine.processes.values() if task.space in group.spaces]
    total = (group.limit or 0) + machine.pool.swap.slots
    chosen, most = None, None
    for task in tasks:
        points = badness(task, total)
        if points is not None and (most is None or points >= most):
            chosen, most = task, points
    if chosen is None:
        return None
    machine.dmesg += _report(machine, group, tasks, invoked or chosen, chosen)
    group.events["oom_kill"] += 1
    machine.pool.events["oom_kill"] += 1
    chosen.space.unmap(0, 1 << machine.mode.va_bits)
    machine.end(chosen)
    return chosen


def _report(
    machine: Machine, group: MemoryCgroup, tasks: list[Task], invoked: Task, chosen: Task
) -> list[str]:
    """Write what the kernel's log says, line by line; without times, as `dmesg -t`."""
    page = machine.mode.page_bytes
    limit = UNLIMITED if group.limit is None else group.limit * page
    lines = [
        f"{invoked.comm} invoked oom-killer: gfp_mask={_GFP}, order=0, "
        f"oom_score_adj={invoked.oom_score_adj}",
        f"memory: usage {group.pages * page >> 10}kB, limit {limit >> 10}kB, "
        f"failcnt {group.events['max']}",
        f"swap: usage {group.swapped * page >> 10}kB, limit {UNLIMITED >> 10}kB, failcnt 0",
        f"Memory cgroup stats for /{group.name}:",
        *stat(machine, group).splitlines(),
        "Tasks state (memory values in pages):",
        _HEAD,
        *(_row(task) for task in tasks),
        "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed="
        f"{_nodes(machine)},oom_memcg=/{group.name},task_memcg=/{group.name},"
        f"task={chosen.comm},pid={chosen.pid},uid=0",
    ]
    space = chosen.space
    kb = {name: space.rss[name] * page >> 10 for name in ("anon", "file", "shmem")}
    lines.append(
        f"Memory cgroup out of memory: Killed process {chosen.pid} ({chosen.comm}) "
        f"total-vm:{space.size >> 10}kB, "
        + "".join(f"{name}-rss:{size}kB, " for name, size in kb.items())
        + f"UID:0 pgtables:{space.table.user_tables * page >> 10}kB "
        f"oom_score_adj:{chosen.oom_score_adj}"
    )
    return lines


def _row(task: Task) -> str:
    space, page = task.space, task.space.page
    rss = space.rss
    return (
        f"[{task.pid:7}] {0:5} {task.pid:5} {space.size // page:8} {space.resident:8} "
        f"{rss['anon']:8} {rss['file']:8} {rss['shmem']:9} {space.table.user_tables * page:8} "
        f"{space.swapped:8}         {task.oom_score_adj:5} {task.comm}"
    )


def _nodes(machine: Machine) -> str:
    last = machine.memory.nodes - 1
    return f"0-{last}" if last else "0"
