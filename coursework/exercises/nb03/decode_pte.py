"""Decode an x86-64 page-table entry in code."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from ...kinds import Code, Data, bug, own

Decoded = dict[str, Any] | None

_BITS = {"writable": 1, "user": 2, "accessed": 5, "dirty": 6, "nx": 63}
_PFN, _LOW = (1 << 40) - 1, 12
_OTHERS = sum(1 << bit for bit in (3, 4, *range(7, 12), *range(52, 63)))  # they say nothing here


def draw(rng: Random) -> Data:
    """Draw entries: each flag alone, bits that belong to nobody, and pages that are absent."""
    cases = [[0x1D3 << _LOW | 1]]
    for bit in _BITS.values():
        cases.append([_entry(rng, 1 << bit)])
    cases.append([1 << 51 | 1 << _LOW | rng.randrange(1 << 20) << 20 | _OTHERS | 1])
    cases.append([rng.randrange(1 << 38) << _LOW + 1 | _OTHERS | 1 << 63 | 1])
    for _ in range(3):  # bits of nobody's, and some flags
        flags = sum(rng.randrange(2) << bit for bit in _BITS.values())
        cases.append([_entry(rng, rng.getrandbits(64) & _OTHERS | flags)])
    for _ in range(3):  # P = 0: a place on disk, say
        cases.append([_entry(rng, rng.randrange(1, 1 << 11) << 1) & ~1])
    head, tail = cases[:1], cases[1:]
    rng.shuffle(tail)
    return {"cases": head + tail}


def _entry(rng: Random, more: int) -> int:
    return rng.randrange(1 << 20, 1 << 34) << _LOW | more | 1


def text(data: Data) -> str:
    """State what comes in and goes out."""
    first = data["cases"][0][0]
    return (
        "Write `decode(entry)` for an entry of x86-64: `None` if P is 0, and otherwise a dict with "
        'the PFN as `"pfn"` and `True` or `False` (any number but 0 counts as true) for '
        '`"writable"`, `"user"`, `"accessed"`, `"dirty"` and `"nx"`.'
        "\n\n    | NX 63 | other 62..52 | PFN 51..12 | other 11..7 | D 6 | A 5 | other 4..3 |"
        "\n    | U 2 | W 1 | P 0 |\n\n"
        f"{len(data['cases'])} calls are made, the first is `decode({first:#x})`. The other "
        "bits may hold anything."
    )


def solve(
    entry: int, *, looks: bool = True, bits: dict[str, int] = _BITS, unlike: tuple[str, ...] = (),
    pfn: Callable[[int], int] = lambda entry: entry % (1 << 52) // (1 << _LOW),
) -> Decoded:  # fmt: skip
    """Cut the number out by division, and the flags by their binary digits."""
    digits = f"{entry:064b}"[::-1]
    if looks and digits[0] == "0":
        return None
    flags = {name: (digits[bit] == "1") != (name in unlike) for name, bit in bits.items()}
    return {"pfn": pfn(entry), **flags}


def locate(entry: int, expected: Decoded, got: Decoded) -> str:
    """Name the first field that is wrong."""
    if expected is None or got is None:
        return "Look at bit 0 first. What may be said about an entry whose P is 0?"
    wrong = next(name for name in expected if expected[name] != got[name])
    if wrong == "pfn":
        return "The PFN is wrong: forty bits, from 12 up to 51, and nothing on either side."
    return f'"{wrong}" is wrong: which bit of the entry says it, and does that one alone count?'


EXERCISE = Code(
    **own(globals()),
    title="Decode an entry",
    form=(None, {"pfn": int} | dict.fromkeys(_BITS, bool)),
    look={"entry": ""},
    mistakes={
        bug(looks=False): "entries are decoded whose P bit is 0. Their other 63 bits are the "
        "kernel's to use, for a place in the swap file, say; read as frame and flags they make no "
        "sense.",
        bug(pfn=lambda entry: entry >> _LOW): "all that is left of the entry, shifted right, is "
        "taken for the PFN, with NX and other bits on top of it. Mask: only forty bits are the "
        "number.",
        bug(pfn=lambda entry: entry & _PFN << _LOW): "the frame's address is given as the PFN: its "
        "twelve zeros are still behind it. A frame *number* counts frames; shift.",
        bug(bits={name: bit - 1 for name, bit in _BITS.items()}): "the flags are taken one bit too "
        "far to the right. Bits are counted from 0: W is bit 1, the second from the right.",
        bug(bits=_BITS | {"writable": 2, "user": 1}): "user and writable are exchanged: from the "
        "right it is P, W, U.",
        bug(unlike=("nx",)): "`nx` says whether code may run. NX is *no* execute: the bit is 1 "
        "where it may not.",
    },
    start="Look at bit 0 first: `entry & 1`. If it is 0, return `None`. Then `entry >> 12` brings "
    "the PFN to the right-hand end.",
    right="You can read any leaf entry of x86-64 now, in a crash dump, say. Hardware does it with "
    "wires; there is nothing to compute.",
    untested="entries above the last level (notebook 04), huge pages, protection keys.",
    hints=(
        "Bit n of the entry is `entry >> n & 1`; `bool(...)` makes `True` or `False` of it.",
        "The lowest forty bits of x are `x & (1 << 40) - 1`. Shift first, then mask.",
        'Return `{"pfn": ..., "writable": bool(entry >> 1 & 1), ...}` with the five bits 1, 2, 5, '
        "6 and 63.",
    ),
)
