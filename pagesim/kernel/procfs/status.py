"""/proc/PID/status: a process in some lines. Signals, users and capabilities are left out here.

Source: Linux 6.18 fs/proc/array.c (`proc_pid_status`), fs/proc/task_mmu.c (`task_mem`),
mm/hugetlb.c (`hugetlb_report_usage`).
"""

from __future__ import annotations

from ..task import Task
from ..vma import Vma


def status(task: Task) -> str:
    """Write who a process is and what it has, in kB."""
    space = task.space
    areas, page = tuple(space.areas), space.page
    code = sum(area.length for area in areas if area.role == "text")
    runs = sum(area.length for area in areas if _runs(area))
    lines = [
        ("Name", task.comm),
        ("State", "S (sleeping)"),
        ("Tgid", task.pid),
        ("Pid", task.pid),
        ("PPid", task.ppid),
    ]
    sizes = {
        "VmPeak": max(space.peak, space.size),
        "VmSize": space.size,
        "VmLck": space.locked,
        "VmPin": 0,  # nothing here pins pages for a device
        "VmHWM": max(space.peak_rss, space.resident) * page,
        "VmRSS": space.resident * page,
        "RssAnon": space.rss["anon"] * page,
        "RssFile": space.rss["file"] * page,
        "RssShmem": space.rss["shmem"] * page,
        "VmData": sum(area.length for area in areas if _is_data(area)),
        "VmStk": sum(area.length for area in areas if area.grows_down),
        "VmExe": min(code, runs),
        "VmLib": runs - min(code, runs),
        "VmPTE": space.table.user_tables * page,
        "VmSwap": space.swapped * page,
        "HugetlbPages": space.rss["hugetlb"] * page,
    }
    text = "".join(f"{name}:\t{value}\n" for name, value in lines)
    text += "".join(f"{name}:\t{value >> 10:8} kB\n" for name, value in sizes.items())
    return f"{text}THP_enabled:\t{int(bool(space.huge))}\nThreads:\t1\n"


def _runs(area: Vma) -> bool:
    return "x" in area.prot and "w" not in area.prot and not area.grows_down


def _is_data(area: Vma) -> bool:
    return "w" in area.prot and area.kind == "private" and not area.grows_down
