"""Memory runs out, and adding up the processes does not explain it."""

from __future__ import annotations

from ...kinds import Numbers, bug
from .on_call import FORM, LOOK, START, drawing, locate, solve, text

EXERCISE = Numbers(
    module=__name__,
    draw=drawing("memory"),
    text=text,
    solve=solve,
    locate=locate,
    title="01:20, memory is gone",
    kind="hand",
    form=FORM,
    look=LOOK,
    mistakes={
        bug(slip="once"): "it is counted for one process only. Do the others have theirs?",
        bug(slip="short"): "an entry has 4 bytes, as on 32-bit machines. On x86-64 it has 8.",
        bug(slip="data"): "all that the processes see is added up, and each page of it counted as "
        "often as somebody maps it. Shared pages are there once.",
    },
    start=START,
    right="What is shared is there once; the way to it, once for each process. No counter of a "
    "process shows that but VmPTE, and none of the machine but PageTables.",
    untested="regions that are used in part, and tables above the last level.",
    hints=(
        "Take MemTotal minus MemFree in `/proc/meminfo`, and look for the lines that make it up: "
        "AnonPages, Shmem, Cached, PageTables, Hugetlb. Which is the largest?",
        "For the number: how many entries of 8 bytes does one process need for all of it, and how "
        "many processes have them?",
        "For the fix: which setting makes one entry lead to 2 MiB? "
        "`case.rerun(...)` tries a setting, or the picture does.",
    ),
)
