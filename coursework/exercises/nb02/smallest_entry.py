"""The smallest entry that can name every byte of a memory and carry some flags."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from ...kinds import Code, Data, bug, instead, own

_SIZES = (1, 2, 4, 8, 16)


def draw(rng: Random) -> Data:
    """Draw memories whose last byte just has its place, and those with one byte more."""
    cases = []
    for bits, flags in zip((8, 16, 16, 32, 32), rng.sample(range(2, 8), 5), strict=True):
        cases += [[1 << bits - flags, flags], [(1 << bits - flags) + 1, flags]]
    for bits in (10, 18, 34):  # sizes that are no power of two, with or without flags
        cases.append([rng.randrange((1 << bits - 1) + 2, 1 << bits), rng.choice((0, 13))])
    cases.append([rng.randrange(1 << 50, 1 << 52), rng.choice((11, 13, 20))])
    cases.append([(1 << 60) + 1, 4])  # its logarithm, a decimal, is 60
    cases.append([rng.randrange(129, 256), 0])  # eight bits, in one byte
    rng.shuffle(cases)
    return {"cases": [[1 << 8, 0], [1 << 15, 1], *cases]}


def text(data: Data) -> str:
    """State what comes in and goes out."""
    shown = ", ".join(f"`entry_bytes({memory}, {flags})`" for memory, flags in data["cases"][:2])
    return (
        "Write `entry_bytes(memory, flags)`: the size in bytes of the smallest entry that can name "
        "each of `memory` bytes (their addresses are 0, 1, 2, …) and still has `flags` bits to "
        "spare. An entry has 1, 2, 4, 8 or 16 bytes, so that finding entry number n is a shift. "
        f"{len(data['cases'])} calls are made; the first are {shown}."
    )


def _first_that_fits(bits: int) -> int:
    return next(size for size in _SIZES if bits <= 8 * size)


def solve(
    memory: int,
    flags: int,
    *,
    kept: int = 1,
    address: Callable[[int], int] = lambda memory: (memory - 1).bit_length(),
    size: Callable[[int], int] = _first_that_fits,
) -> int:
    """Count the bits of the last address and the flags, and make bytes of them."""
    return size(address(memory) + kept * flags)


def locate(memory: int, flags: int, expected: int, got: int) -> str:
    """Say why an entry is too small, or that a smaller one will do."""
    if got not in _SIZES:
        return f"An entry of {got} bytes is none of 1, 2, 4, 8, 16."
    if got > expected:
        return "A smaller entry will do: the bits of the *last* address, memory - 1, and the flags."
    return "So small an entry cannot hold the last address, memory - 1, and the flags beside it."


EXERCISE = Code(
    **own(globals()),
    title="The smallest entry",
    points=3,
    look={"size": ""},
    mistakes={
        bug(kept=0): "an entry has room for the address and for nothing else. The flags (valid, "
        "and in notebook 03 a few more) need bits of their own.",
        bug(address=int.bit_length): "the bits of `memory` itself are counted. Addresses begin at "
        "0, so the largest one is `memory - 1`; for a power of two that is one bit less.",
        bug(address=lambda memory: memory.bit_length() - 1): "the logarithm of `memory` is rounded "
        "down. 257 bytes have the address 256, which takes 9 bits.",
        bug(size=lambda bits: _first_that_fits(bits // 8 * 8)): "bits are rounded *down* to whole "
        "bytes. 17 bits do not fit into two bytes: round up.",
        bug(size=lambda bits: _first_that_fits(bits + 1)): "an entry whose bits are all taken is "
        "refused. So many bits fit, if there are so many: compare with `>=`.",
        bug(size=lambda bits: bits): "bits are returned. The size of an entry is asked for in "
        "bytes.",
        instead(
            size=lambda right, memory, flags: -(-((memory - 1).bit_length() + flags) // 8)
        ): "an entry may have 3, 5, 6 or 7 bytes. They would do to hold the bits, but here an "
        "entry's size is a power of two: entry n then stands at n << k.",
    },
    start="How many bits has the largest address? `int.bit_length()` tells; for 256 bytes the "
    "largest address is 255.",
    right="So four bytes are enough for 4 GiB, if there is not a single flag. One flag, and every "
    "table doubles: bits in an entry are dear, and hardware hides its flags where they cost "
    "nothing. You will see where in notebook 03.",
    untested="memory of 0 or 1 bytes, entries above 16 bytes.",
    hints=(
        "With 300 bytes the largest address is 299. In binary that takes 9 digits, and with one "
        "flag 10 bits are needed: two bytes.",
        "`(299).bit_length()` is 9. (A logarithm is a decimal number, and not exact.)",
        "When you know the bits, go through 1, 2, 4, 8, 16 and return the first size that has as "
        "many: `8 * size >= bits`.",
    ),
)
