"""The size of a table with an entry for every byte, for any machine."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from pagesim.costs import linear_table_bytes

from ...legacy import Data, Exercise, Mistake

_KEYS = ("entries", "table", "all", "wider")


def draw(rng: Random) -> Data:
    """Draw a machine and what runs on it."""
    return {
        "va_bits": rng.randrange(18, 33),
        "entry": rng.choice((2, 3, 4, 5, 8)),
        "processes": rng.randrange(9, 40),  # more than any entry has bytes: mistakes never meet
        "used": rng.randrange(21, 200),
        "more": rng.choice((3, 5, 6)),
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


def reference(data: Data, key: str) -> int:
    """Ask the closed form."""
    processes: int = data["processes"]
    table = linear_table_bytes(data["va_bits"], 0, data["entry"])
    return {
        "entries": linear_table_bytes(data["va_bits"], 0, 1),
        "table": table,
        "all": processes * table,
        "wider": linear_table_bytes(data["va_bits"] + data["more"], 0, data["entry"]),
    }[key]


def _scaled(factor: Callable[[Data], tuple[int, int]]) -> Callable[[Data, str], int]:
    """Get every size wrong by one factor, a fraction; the number of entries is right."""

    def solve(data: Data, key: str) -> int:
        up, down = factor(data)
        right = reference(data, key)
        return right if key == "entries" else right * up // down

    return solve


def _used_only(data: Data, key: str) -> int:
    entries: int = data["used"] * 1024
    table: int = entries * data["entry"]
    wrong: dict[str, int] = {"entries": entries, "table": table, "all": table * data["processes"]}
    wrong["wider"] = table << data["more"]
    return wrong[key]


def _one_for_all(data: Data, key: str) -> int:
    return reference(data, "table" if key == "all" else key)


def _wider_by_share(data: Data, key: str) -> int:
    if key != "wider":
        return reference(data, key)
    more: int = data["more"]
    return reference(data, "table") * more


def locate(data: Data, key: str, expected: int, got: int) -> str:
    """Say on which side of the truth a number lies, and by about what."""
    side = "too small" if got < expected else "too large"
    question = {
        "entries": "How many different addresses can so many bits write?",
        "table": "How many entries, and how large is each?",
        "all": "Whose table is it?",
        "wider": "What does one more bit do to the number of addresses?",
    }[key]
    return f"That is {side}. {question}"


EXERCISE = Exercise(
    id="table-bytes",
    notebook="02",
    title="What the table weighs",
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
            name="an entry is free",
            message="You counted entries, not bytes: as if an entry took no more room than the "
            "byte it describes. Each of them has a size, and it stands on the card.",
            solve=_scaled(lambda data: (1, data["entry"])),
        ),
        Mistake(
            name="used bytes only",
            message="You counted entries for the bytes that a process uses. A flat table has an "
            "entry for every address that there *is*: the hardware goes straight to entry "
            "number so-and-so, so none may be missing.",
            solve=_used_only,
        ),
        Mistake(
            name="one table for all",
            message="You let all processes share a table. Then they would share all memory too: "
            "the same address means a different byte in each of them because each has its own.",
            solve=_one_for_all,
        ),
        Mistake(
            name="bits for bytes",
            message="You multiplied the sizes by 8 once too often: the entry's size is given in "
            "bytes already.",
            solve=_scaled(lambda data: (8, 1)),
        ),
        Mistake(
            name="bits add up",
            message="You multiplied by the number of the new bits. Every single bit doubles the "
            "number of addresses, and the table with it.",
            solve=_wider_by_share,
        ),
    ),
    start="Begin with `entries`: with n bits one can write 2 to the power of n different "
    "addresses, and the table has an entry for each.",
    right="Nothing in it depends on how much a process uses. That is the weakness of flat tables, "
    "and notebook 04 is what was done about it.",
    untested="entries that hold flags as well; tables that stop early.",
    hints=(
        "`2**n` in Python is 2 to the power of n. A machine with 10-bit addresses and entries of "
        "3 bytes has a table of `2**10 * 3` bytes.",
        "The KiB that a process uses do not occur in any of the four answers.",
        "Wider by 5 bits would mean `2**5` = 32 times as many entries.",
    ),
)
