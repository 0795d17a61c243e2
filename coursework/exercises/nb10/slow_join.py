"""A join takes several times as long, and nothing waits."""

from __future__ import annotations

from ...kinds import Numbers, bug
from .on_call import FORM, LOOK, START, drawing, locate, solve, text

EXERCISE = Numbers(
    module=__name__,
    draw=drawing("slow"),
    text=text,
    solve=solve,
    locate=locate,
    title="04:45, busy, and slow",
    kind="hand",
    form=FORM,
    look=LOOK,
    mistakes={
        bug(slip="first"): "the first level alone is counted. What it misses, the second may know.",
        bug(
            slip="huge"
        ): "an entry reaches 2 MiB. Does it, with the pages that this table has got?",
        bug(slip="up"): "one row too many is counted: of the last one a part lies on a page more.",
    },
    start=START,
    right="Reach is entries times page size. Beyond it each round finds nothing, and a processor "
    "that walks tables looks busy.",
    untested="tables that are probed at random: they slow down little by little.",
    hints=(
        "perf stat says whether there are faults at all; walk_completed says what the TLB missed.",
        "Were large pages asked for? thp_fault_fallback in `/proc/vmstat` counts those that were "
        "refused, `/proc/buddyinfo` says what blocks there are: order 9 stands tenth.",
        "For the number: entries of the second level × 4,096 // bytes of a row.",
    ),
)
