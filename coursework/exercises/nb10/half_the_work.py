"""A service does only a part of its work, until it is started anew."""

from __future__ import annotations

from ...kinds import Numbers, bug
from .on_call import FORM, LOOK, START, drawing, locate, solve, text

EXERCISE = Numbers(
    module=__name__,
    draw=drawing("broken"),
    text=text,
    solve=solve,
    locate=locate,
    title="05:55, half of the work",
    kind="hand",
    form=FORM,
    look=LOOK,
    units={"number": "MiB"},
    mistakes={
        bug(slip="kib"): "the sum is left in KiB. The question asks for MiB.",
        bug(slip="twice"): "the bound is taken twice as large as the one that was met.",
        bug(slip="pieces"): "the pieces are counted, and not their MiB.",
    },
    start=START,
    right="Memory has many ends, and most of them come before the last frame: a node, a group, a "
    "count of areas, a promise. Each has a counter of its own.",
    untested="bounds that are met two at a time.",
    hints=(
        "Is MemFree small? If it is not, what is short is something else than memory as a whole.",
        "Compare each counter with its bound: areas with vm.max_map_count, memory.current with "
        "memory.max, the free pages of one node with those of the other.",
        "For the number: whole pieces below the bound (`bound // piece`), then "
        "`pieces * KiB // 1024`.",
    ),
)
