"""After each start a service is slow for a while."""

from __future__ import annotations

from ...kinds import Numbers, bug
from .on_call import FORM, LOOK, START, drawing, locate, solve, text

EXERCISE = Numbers(
    module=__name__,
    draw=drawing("start"),
    text=text,
    solve=solve,
    locate=locate,
    title="03:50, slow after each start",
    kind="hand",
    form=FORM,
    look=LOOK,
    mistakes={
        bug(slip="size"): "a fault brings 2 MiB. Does this machine use such pages?",
        bug(slip="twice"): "each page faults twice, as if it were read first and written later.",
        bug(slip="around"): "a fault maps 16 pages. That is what fault-around does for pages that "
        "are in the page cache already.",
    },
    start=START,
    right="A promise comes due once for each page, and never again; so it can be kept before the "
    "first request waits for it.",
    untested="services that give memory back and touch it anew all day.",
    hints=(
        "How many of the faults were major? pgfault and pgmajfault in `/proc/vmstat`.",
        "For the number: GiB to KiB, and 4 KiB for each fault, as nothing here maps more at once.",
        "For the fix: whose pages have to be there before the first request, those of a file or "
        "those of the heap?",
    ),
)
