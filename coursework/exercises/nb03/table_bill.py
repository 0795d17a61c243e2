"""What flat tables of pages cost for a machine full of processes."""

from __future__ import annotations

from random import Random

from pagesim import binary

from ...kinds import Data, Numbers, bug, instead, own


def draw(rng: Random) -> Data:
    """Draw a machine and its load."""
    return {
        "va_bits": rng.choice((33, 34, 35)),
        "page_shift": rng.choice((12, 13, 14)),
        "entry": rng.choice((4, 8)),
        "processes": rng.randrange(20, 200),
        "used": rng.choice((12, 20, 28, 36, 44)),
        "memory": rng.randrange(1001, 4000, 2),  # MiB: no whole number of tables
    }


def text(data: Data) -> str:
    """Describe the machine."""
    return (
        f"A machine has virtual addresses of {data['va_bits']} bits, pages of "
        f"{binary(1 << data['page_shift'])}, entries of {data['entry']} bytes, and "
        f"{data['memory']:,} MiB of memory left. Each process has a flat table.\n\n"
        f"How many entries has a table? {data['processes']} processes run: how many bytes have "
        f'their tables ("all")? Each of them uses {data["used"]} MiB, in whole pages: how many of '
        'its entries are "in_use"? How many tables would fit into memory at "most", with nothing '
        "else in it? And how many bytes would all tables have if pages were twice as large "
        '("doubled")?'
    )


def solve(
    data: Data, *, paged: bool = True, used: bool = False, sized: bool = True, one: bool = False
) -> Data:
    """Add up from the number of entries."""
    in_use = (data["used"] << 20) >> data["page_shift"]
    entries = in_use if used else 1 << data["va_bits"] - paged * data["page_shift"]
    table = entries * (data["entry"] if sized else 1)
    everything = table * (1 if one else data["processes"])
    return {
        "entries": entries,
        "all": everything,
        "in_use": in_use,
        "most": (data["memory"] << 20) // table,
        "doubled": everything // 2,
    }


EXERCISE = Numbers(
    **own(globals()),
    title="The bill for a whole machine",
    units={"all": "bytes", "doubled": "bytes"},
    look={
        "entries": "How many bits of an address are page number?",
        "all": "How large is one table, and how many are there?",
        "in_use": "For one process: how many pages are so many MiB?",
        "most": "How large is *one* table, and how large the memory?",
        "doubled": "What becomes of the number of pages?",
    },
    mistakes={
        bug(paged=False): "every byte has an entry. That was notebook 02; here an entry stands for "
        "a whole page.",
        bug(used=True): "only pages in use have an entry. A flat table is an array with the page "
        "number as its index: it has an entry for each page that there could be.",
        bug(one=True): "there is a single table. Each process has its own, and the same page "
        "number leads somewhere else in each of them.",
        bug(sized=False): "entries are counted where bytes are asked for.",
        instead(doubled=lambda right, data: right["all"] * 2): "the tables double with the page. "
        "Larger pages are *fewer* pages, and each has one entry.",
        instead(in_use=lambda right, data: right["entries"]): "all entries of a table are in use. "
        "Only pages that the process uses have P set; the other entries are there, and say that "
        "nothing is.",
    },
    start="Begin with `entries`. The offset takes as many bits as it takes to name each byte of a "
    "page; the bits that are left are the page number.",
    right="Compare `in_use` with `entries`, and think of 48 bits instead: next notebook.",
    untested="the frames in which tables are kept, tables of kernels.",
    hints=(
        "Pages of 8 KiB have `2**13` bytes, so the offset has 13 bits.",
        "`entries = 2 ** (bits - offset bits)`, and a table has `entries * entry` bytes.",
        "1 MiB is `2**20` bytes, 1 GiB is `2**30`. `//` divides and rounds down.",
    ),
)
