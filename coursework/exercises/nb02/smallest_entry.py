"""The smallest entry that can name every byte of a memory and carry some flags."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from ...legacy import Data, Exercise, Mistake

_SIZES = (1, 2, 4, 8, 16)


def draw(rng: Random) -> Data:
    """Draw memories for which rounding, the flags, or the last address decide."""
    first = [[1 << 8, 0], [1 << 15, 1]]
    rounding = [[_memory(rng, bits), 0] for bits in (10, 18, 34)]
    flagged = [[_memory(rng, bits), rng.randrange(12, 15)] for bits in (13, 15, 29, 31)]
    filled = []
    for size in (2, 4, 4):  # the last byte needs the last bit
        flags = rng.randrange(6)
        filled.append([1 << 8 * size - flags, flags])
    cases = [*rounding, *flagged, *filled]
    rng.shuffle(cases)
    return {"cases": [*first, *cases]}


def _memory(rng: Random, bits: int) -> int:
    """Draw a size that is no power of two and whose addresses have so many bits, or one more."""
    return rng.choice((1, 2)) * rng.randrange((1 << bits - 1) + 2, (1 << bits) - 1)


def text(data: Data) -> str:
    """State what comes in and goes out."""
    shown = ", ".join(f"`entry_bytes({memory}, {flags})`" for memory, flags in data["cases"][:2])
    return (
        "Write `entry_bytes(memory, flags)`: the size in bytes of the smallest entry that can name "
        "each of `memory` bytes (their addresses are 0, 1, 2, …) and still has `flags` bits to "
        "spare. An entry has 1, 2, 4, 8 or 16 bytes, so that finding entry number n is a shift. "
        f"{len(data['cases'])} calls are made; the first are {shown}."
    )


def reference(memory: int, flags: int) -> int:
    """Try the sizes, smallest first: can the last address be written, with the flags above it?"""
    return next(size for size in _SIZES if (memory - 1) << flags < 1 << 8 * size)


def _by_bits(
    bits: Callable[[int, int], int], whole: Callable[[int], int]
) -> Callable[[int, int], int]:
    """Answer by counting bits in one way and making bytes of them in another."""
    return lambda memory, flags: whole(bits(memory, flags))


def _needed(memory: int, flags: int) -> int:
    return (memory - 1).bit_length() + flags


def _size(bits: int) -> int:
    return next(size for size in _SIZES if bits <= 8 * size)


def locate(memory: int, flags: int, expected: int, got: int) -> str:
    """Say why an entry is too small, or that a smaller one will do."""
    if got not in _SIZES:
        return f"An entry of {got} bytes is none of 1, 2, 4, 8, 16."
    if got > expected:
        return "A smaller entry will do. How many bits has the *last* address, memory - 1?"
    return "So small an entry cannot hold the last address, memory - 1, and the flags beside it."


EXERCISE = Exercise(
    id="smallest-entry",
    notebook="02",
    title="The smallest entry",
    points=3,
    kind="code",
    draw=draw,
    text=text,
    form=int,
    reference=reference,
    describe=lambda memory, flags: f"{memory} bytes of memory, {flags} flags",
    locate=locate,
    mistakes=(
        Mistake(
            name="flags forgotten",
            message="Your entry has room for the address and for nothing else. The flags (valid, "
            "and in notebook 03 a few more) need bits of their own.",
            solve=_by_bits(lambda memory, flags: _needed(memory, 0), _size),
        ),
        Mistake(
            name="one bit too many",
            message="You counted the bits of `memory` itself. Addresses begin at 0, so the largest "
            "one is `memory - 1`; for a power of two that is one bit less.",
            solve=_by_bits(lambda memory, flags: memory.bit_length() + flags, _size),
        ),
        Mistake(
            name="rounded down",
            message="You rounded down to whole bytes. 17 bits do not fit into two bytes: round up.",
            solve=_by_bits(_needed, lambda bits: _size(max(bits // 8, 1) * 8)),
        ),
        Mistake(
            name="bits, not bytes",
            message="You return bits. The size of an entry is asked for in bytes.",
            solve=_by_bits(_needed, lambda bits: bits),
        ),
        Mistake(
            name="any number of bytes",
            message="You return 3, 5, 6 or 7 bytes for some memories. They would do to hold the "
            "bits, but here an entry's size is a power of two: entry n then stands at n << k.",
            solve=_by_bits(_needed, lambda bits: -(-bits // 8)),
        ),
    ),
    start="How many bits has the largest address? `int.bit_length()` tells; for 256 bytes the "
    "largest address is 255.",
    right="So four bytes are enough for 4 GiB, if there is not a single flag. One flag, and every "
    "table doubles: bits in an entry are dear, and hardware hides its flags where they cost "
    "nothing. You will see where in notebook 03.",
    untested="memory of 0 or 1 bytes, entries above 16 bytes.",
    hints=(
        "`(memory - 1).bit_length() + flags` bits are needed.",
        "Bits to whole bytes, rounded up: `-(-bits // 8)`.",
        "Then go through 1, 2, 4, 8, 16 and return the first one that is large enough.",
    ),
)
