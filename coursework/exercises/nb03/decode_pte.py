"""Decode an x86-64 page-table entry in code."""

from __future__ import annotations

from random import Random
from typing import Any

from pagesim import X86_64

from ...legacy import Data, Exercise, Mistake

Decoded = dict[str, Any] | None

_BITS = {"writable": 1, "user": 2, "accessed": 5, "dirty": 6, "nx": 63}
_PFN, _LOW = (1 << 40) - 1, 12


def draw(rng: Random) -> Data:
    """Draw entries: each flag alone, bits that belong to nobody, and pages that are absent."""
    cases = [[0x1D3 << _LOW | 1]]
    for bit in _BITS.values():
        cases.append([_entry(rng, 1 << bit)])
    for _ in range(4):  # the kernel's own bits, 9 to 11 and 52 to 58, and some flags
        own = rng.randrange(1, 8) << 9 | rng.randrange(1, 128) << 52
        flags = sum(rng.randrange(2) << bit for bit in _BITS.values())
        cases.append([_entry(rng, own | flags)])
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
        'the PFN as `"pfn"` and `True` or `False` for `"writable"`, `"user"`, `"accessed"`, '
        '`"dirty"` and `"nx"`.'
        "\n\n    | NX 63 | other 62..52 | PFN 51..12 | other 11..7 | D 6 | A 5 | other 4..3 |"
        "\n    | U 2 | W 1 | P 0 |\n\n"
        f"{len(data['cases'])} calls are made, the first is `decode({first:#x})`. The other "
        "bits may hold anything."
    )


def reference(entry: int) -> Decoded:
    """Ask the simulator's format."""
    pte = X86_64.pte.unpack(entry)
    if not pte.present:
        return None
    return {"pfn": pte.pfn} | {name: bool(getattr(pte, name)) for name in _BITS}


def _decoded(entry: int, bits: dict[str, int], pfn: int) -> Decoded:
    return {"pfn": pfn} | {name: bool(entry >> bit & 1) for name, bit in bits.items()}


def _trusting(entry: int) -> Decoded:
    return _decoded(entry, _BITS, entry >> _LOW & _PFN)


def _present(entry: int, bits: dict[str, int], pfn: int) -> Decoded:
    return _decoded(entry, bits, pfn) if entry & 1 else None


def _unmasked(entry: int) -> Decoded:
    return _present(entry, _BITS, entry >> _LOW)


def _address(entry: int) -> Decoded:
    return _present(entry, _BITS, entry & _PFN << _LOW)


def _off_by_one(entry: int) -> Decoded:
    moved = {name: bit - 1 for name, bit in _BITS.items()}
    return _present(entry, moved, entry >> _LOW & _PFN)


def _swapped(entry: int) -> Decoded:
    swapped = _BITS | {"writable": 2, "user": 1}
    return _present(entry, swapped, entry >> _LOW & _PFN)


def _may_run(entry: int) -> Decoded:
    found = _present(entry, _BITS, entry >> _LOW & _PFN)
    return found and {**found, "nx": not found["nx"]}


def locate(entry: int, expected: Decoded, got: Decoded) -> str:
    """Name the first field that is wrong."""
    if expected is None or got is None:
        return "Look at bit 0 first. What may be said about an entry whose P is 0?"
    wrong = next(name for name in expected if expected[name] != got[name])
    if wrong == "pfn":
        return "The PFN is wrong: forty bits, from 12 up to 51, and nothing on either side."
    return f'"{wrong}" is wrong: which bit of the entry says it?'


EXERCISE = Exercise(
    id="decode-pte",
    notebook="03",
    title="Decode an entry",
    points=2,
    kind="code",
    draw=draw,
    text=text,
    form=(None, {"pfn": int} | dict.fromkeys(_BITS, bool)),
    reference=reference,
    describe=lambda entry: f"entry {entry:#x}",
    locate=locate,
    mistakes=(
        Mistake(
            name="absent, but decoded",
            message="You decoded entries whose P bit is 0. Their other 63 bits are the kernel's to "
            "use, for a place in the swap file, say; read as frame and flags they make no sense.",
            solve=_trusting,
        ),
        Mistake(
            name="NX in the PFN",
            message="You shifted the entry right and took all that was left for the PFN, with NX "
            "and other bits on top of it. Mask: only forty bits are the number.",
            solve=_unmasked,
        ),
        Mistake(
            name="address for a number",
            message="Your PFN is the frame's address: its twelve zeros are still behind it. A "
            "frame *number* counts frames; shift.",
            solve=_address,
        ),
        Mistake(
            name="off by one",
            message="Your flags are one bit too far to the right. Bits are counted from 0: W is "
            "bit 1, the second from the right.",
            solve=_off_by_one,
        ),
        Mistake(
            name="U and W swapped",
            message="You swapped user and writable: from the right it is P, W, U.",
            solve=_swapped,
        ),
        Mistake(
            name="no-execute means no",
            message="Your `nx` says whether code may run. NX is *no* execute: the bit is 1 where "
            "it may not.",
            solve=_may_run,
        ),
    ),
    start="Look at bit 0 first: `entry & 1`. If it is 0, return `None`. Then `entry >> 12` brings "
    "the PFN to the right-hand end.",
    right="You can read any leaf entry of x86-64 now, in a crash dump, say. Hardware does it with "
    "wires; there is nothing to compute.",
    untested="entries above the last level (notebook 04), huge pages, protection keys.",
    hints=(
        "Bit n of the entry is `entry >> n & 1`; `bool(...)` makes `True` or `False` of it.",
        "The lowest forty bits of x are `x & (1 << 40) - 1`. Shift first, then mask.",
        'Return `{"pfn": ..., "writable": bool(entry >> 1 & 1), ...}` with the five bits 1, 2, '
        "5, 6 and 63.",
    ),
)
