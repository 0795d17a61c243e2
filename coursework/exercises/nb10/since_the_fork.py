"""A service forks, and from then on it is not what it was."""

from __future__ import annotations

from ...kinds import Numbers, bug
from .on_call import FORM, LOOK, START, drawing, locate, solve, text

EXERCISE = Numbers(
    module=__name__,
    draw=drawing("snapshot"),
    text=text,
    solve=solve,
    locate=locate,
    title="02:35, since the fork",
    kind="hand",
    form=FORM,
    look=LOOK,
    units={"number": "MiB"},
    mistakes={
        bug(slip="size"): "each step copies something of another size: a page where it is an "
        "entry of 8 bytes, or 2 MiB where it is 4 KiB, or the reverse.",
        bug(slip="both"): "the copies are counted for both processes. One copies, the other keeps "
        "what it had.",
        bug(slip="kib"): "the sum is left in KiB. The question asks for MiB.",
    },
    start=START,
    right="Three prices of one fork: entries at once, then a page for each page written, whoever "
    "writes it and whatever for, and 2 MiB for a byte where pages are that large.",
    untested="writes by both processes to the same page, and transparent huge pages, which Linux "
    "splits since 5.8 instead of copying them whole.",
    hints=(
        "Compare three numbers: the child's VmPTE, the Private_Dirty of its smaps_rollup, and the "
        "lines about huge pages. One of them is much larger than the others.",
        "Who has written, the parent or a child? And how many kB did one write make private?",
        "For the number: so many things are copied, each of so many bytes. Entries: 8 bytes for "
        "each 4 KiB in use.",
    ),
)
