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
    units={"number": "MiB"},
    mistakes={
        bug(slip="often"): "what each process has is counted once, or what the machine has once is "
        "counted for each process.",
        bug(slip="short"): "each of many things is taken too small: 4 bytes for an entry of 8, or "
        "4 KiB for a huge page.",
        bug(slip="data"): "all that the processes see is added up, and each page of it counted as "
        "often as somebody maps it. Shared pages are there once.",
    },
    start=START,
    right="What is shared is there once, and so is a pool; the tables that lead there are there "
    "once for each process. No RSS shows either: tables stand in VmPTE and PageTables, a pool in "
    "HugePages_Total.",
    untested="regions that are used in part, and tables above the last level.",
    hints=(
        "Take MemTotal minus MemFree in `/proc/meminfo`, and look for the lines that make it up: "
        "AnonPages, Shmem, Cached, PageTables, Hugetlb. Which is the largest?",
        "For the number: tables are an entry of 8 bytes for each page of what they share, and each "
        "process has its own; a pool is its pages times 2 MiB, whoever uses it.",
        "For the fix: with which setting does what they share come to lie in huge pages of a pool? "
        "`case.rerun(...)` tries a setting, or the picture does.",
    ),
)
