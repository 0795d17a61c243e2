"""The size of a table with an entry for every byte, for any machine."""

from __future__ import annotations

from random import Random

from ...kinds import Data, Numbers, bug, instead, own


def draw(rng: Random) -> Data:
    """Draw a machine and what runs on it."""
    return {
        "va_bits": rng.randrange(18, 33),
        "entry": rng.choice((2, 3, 4, 5, 8)),
        "processes": rng.randrange(9, 40),  # more than any entry has bytes: mistakes never meet
        "used": rng.randrange(21, 200),
        "more": rng.choice((3, 6, 7)),
    }


def text(data: Data) -> str:
    """Describe the machine."""
    return (
        f"A machine has virtual addresses of {data['va_bits']} bits. Its tables have an entry of "
        f"{data['entry']} bytes for every byte of the address space, and every process has a table "
        f"of its own. {data['processes']} processes run; each of them uses {data['used']} KiB.\n\n"
        "How many entries has one table? How many bytes has one table, and all of them together "
        f'("all")? And, as "wider": how many bytes would one table have if addresses were '
        f"{data['more']} bits wider? Expressions such as `2**20 * 3` are welcome."
    )


def solve(data: Data, *, used: bool = False, sized: bool = True, times: int = 1) -> Data:
    """Shift a 1 by the bits of an address."""
    entries = data["used"] << 10 if used else 1 << data["va_bits"]
    table = entries * times * (data["entry"] if sized else 1)
    return {
        "entries": entries,
        "table": table,
        "all": table * data["processes"],
        "wider": table << data["more"],
    }


EXERCISE = Numbers(
    **own(globals()),
    title="What the table weighs",
    units=dict.fromkeys(("table", "all", "wider"), "bytes"),
    look={
        "entries": "How many different addresses can so many bits write?",
        "table": "How many entries, and how large is each?",
        "all": "Whose table is it?",
        "wider": "For one table: how many addresses are there then, and how large is an entry?",
    },
    mistakes={
        bug(sized=False): "an entry takes no more room than the byte it describes. Each of them "
        "has a size, and it stands on the card.",
        bug(used=True): "there are entries for the bytes that a process uses, and for no others. A "
        "flat table has an entry for every address that there *is*: the hardware goes straight to "
        "entry number so-and-so, so none may be missing.",
        instead(all=lambda right, data: right["table"]): "all processes share a table. Then they "
        "would share all memory too: the same address means a different byte in each of them "
        "because each has its own.",
        bug(times=8): "the sizes are counted in bits. The entry's size is given in bytes already.",
        instead(wider=lambda right, data: right["table"] * data["more"]): "the table is multiplied "
        "by the number of the new bits. Every single bit doubles the number of addresses, and the "
        "table with it.",
    },
    start="Begin with `entries`: with n bits one can write 2 to the power of n different "
    "addresses, and the table has an entry for each.",
    right="Nothing in it depends on how much a process uses. That is the weakness of flat tables, "
    "and notebook 04 is what was done about it.",
    untested="entries that hold flags as well; tables that stop early.",
    hints=(
        "`2**n` in Python is 2 to the power of n. A machine with 10-bit addresses and entries of 3 "
        "bytes has a table of `2**10 * 3` bytes.",
        "The KiB that a process uses do not occur in any of the four answers.",
        "Wider by 5 bits would mean `2**5` = 32 times as many entries.",
    ),
)
