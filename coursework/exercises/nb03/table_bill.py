"""What flat tables of pages cost for a machine full of processes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from random import Random

from pagesim import binary
from pagesim.costs import linear_table_bytes

from ...legacy import Data, Exercise, Mistake

_KEYS = ("entries", "all", "in_use", "most", "doubled")


def draw(rng: Random) -> Data:
    """Draw a machine and its load."""
    return {
        "va_bits": rng.choice((30, 32, 33, 34)),
        "page_shift": rng.choice((12, 13, 14)),
        "entry": rng.choice((4, 8)),
        "processes": rng.randrange(20, 200),
        "used": rng.choice((12, 20, 28, 36, 44)),
        "memory": rng.choice((1, 2, 3, 4)),
    }


def text(data: Data) -> str:
    """Describe the machine."""
    return (
        f"A machine has virtual addresses of {data['va_bits']} bits, pages of "
        f"{binary(1 << data['page_shift'])}, entries of {data['entry']} bytes, and "
        f"{data['memory']} GiB of memory. Each process has a flat table.\n\n"
        f"How many entries has a table? {data['processes']} processes run: how many bytes have "
        f'their tables ("all")? Each of them uses {data["used"]} MiB, in whole pages: how many of '
        'its entries are "in_use"? How many tables would fit into memory at "most", with nothing '
        "else in it? And how many bytes would all tables have if pages were twice as large "
        '("doubled")?'
    )


def reference(data: Data, key: str) -> int:
    """Ask the closed form."""
    v, shift, entry, processes, used, memory = (int(value) for value in data.values())
    table = linear_table_bytes(v, shift, entry)
    return {
        "entries": linear_table_bytes(v, shift, 1),
        "all": processes * table,
        "in_use": (used << 20) >> shift,
        "most": memory * 2**30 // table,
        "doubled": processes * linear_table_bytes(v, shift + 1, entry),
    }[key]


def _machine(
    data: Data,
    key: str,
    *,
    entries: Callable[[Data], int],
    entry: int | None = None,
    processes: int | None = None,
    doubling: tuple[int, int] = (1, 2),
) -> int:
    """Add up as the mistakes do."""
    table = entries(data) * (data["entry"] if entry is None else entry)
    everything: int = table * (data["processes"] if processes is None else processes)
    answers: dict[str, int] = {
        "entries": entries(data),
        "all": everything,
        "in_use": reference(data, "in_use"),
        "most": data["memory"] * 2**30 // table,
        "doubled": everything * doubling[0] // doubling[1],
    }
    return answers[key]


def _every_page(data: Data) -> int:
    return int(1 << data["va_bits"] - data["page_shift"])


def _every_byte(data: Data) -> int:
    return int(1 << data["va_bits"])


def _page_numbers_of_used(data: Data) -> int:
    return reference(data, "in_use")


def _all_in_use(data: Data, key: str) -> int:
    return reference(data, "entries" if key == "in_use" else key)


def locate(data: Data, key: str, expected: int, got: int) -> str:
    """Say on which side of the truth a number lies."""
    side = "too small" if got < expected else "too large"
    question = {
        "entries": "How many bits of an address are page number?",
        "all": "How large is one table, and how many are there?",
        "in_use": "How many pages are so many MiB?",
        "most": "How large is one table? Round down.",
        "doubled": "What becomes of the number of pages?",
    }[key]
    return f"That is {side}. {question}"


EXERCISE = Exercise(
    id="table-bill",
    notebook="03",
    title="The bill for a whole machine",
    points=2,
    kind="number",
    draw=draw,
    text=text,
    form=dict.fromkeys(_KEYS, int),
    reference=reference,
    describe=lambda data, key: f"`{key}`",
    locate=locate,
    mistakes=(
        Mistake(
            name="an entry for every byte",
            message="You gave every byte an entry. That was notebook 02; here an entry stands for "
            "a whole page.",
            solve=partial(_machine, entries=_every_byte),
        ),
        Mistake(
            name="used pages only",
            message="You gave an entry to the pages in use only. A flat table is an array with the "
            "page number as its index: it has an entry for each page that there could be.",
            solve=partial(_machine, entries=_page_numbers_of_used),
        ),
        Mistake(
            name="one table for all",
            message="You counted a single table. Each process has its own, and the same page "
            "number leads somewhere else in each of them.",
            solve=partial(_machine, entries=_every_page, processes=1),
        ),
        Mistake(
            name="entries for bytes",
            message="You counted entries where bytes are asked for.",
            solve=partial(_machine, entries=_every_page, entry=1),
        ),
        Mistake(
            name="twice the page, twice the table",
            message="You let the tables double with the page. Larger pages are *fewer* pages, and "
            "each has one entry.",
            solve=partial(_machine, entries=_every_page, doubling=(2, 1)),
        ),
        Mistake(
            name="a full table",
            message="You took all entries of a table to be in use. Only pages that the process "
            "uses have P set; the other entries are there, and say that nothing is.",
            solve=_all_in_use,
        ),
    ),
    start="Begin with `entries`. The offset takes as many bits as it takes to name each byte of a "
    "page; the bits that are left are the page number.",
    right="Compare `in_use` with `entries`, and think of 48 bits instead: next notebook.",
    untested="the frames in which tables are kept, tables of kernels.",
    hints=(
        "Pages of 8 KiB have 2**13 bytes, so the offset has 13 bits.",
        "`entries = 2 ** (bits - offset bits)`, and a table has `entries * entry` bytes.",
        "1 MiB is 2**20 bytes, 1 GiB is 2**30. `//` divides and rounds down.",
    ),
)
