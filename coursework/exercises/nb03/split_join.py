"""Cut addresses into page number and offset, and join frame number and offset, by hand."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from pagesim import binary

from ...kinds import Data, Steps, bug, instead, own

_BITS = 32


def draw(rng: Random) -> Data:
    """Draw three machines: one cuts where its hex digits do, two do not."""
    shifts = (12, *rng.sample((9, 10, 11, 13, 14), 2))
    asked = {}
    for key, shift in zip("abc", shifts, strict=True):
        vpn = rng.randrange(1 << _BITS - shift - 1, 1 << _BITS - shift)
        offset = rng.randrange(1 << shift - 1, 1 << shift)
        asked[key] = {"va": vpn << shift | offset, "shift": shift, "pfn": rng.randrange(3, 900)}
    return asked


def text(data: Data) -> str:
    """List the three."""
    rows = [
        f"    {key}:  {each['va']:#010x}   pages of {binary(1 << each['shift']):>6}   "
        f"its entry says frame {each['pfn']:#x}"
        for key, each in data.items()
    ]
    return (
        "Three machines with 32-bit addresses and different pages. For each address write VPN, "
        "offset and physical address."
        "\n\n" + "\n".join(rows)
    )


def solve(
    data: Data,
    key: str,
    *,
    cut: Callable[[int], int] = lambda shift: shift,
    join: Callable[[int, int, int, int], int] = lambda pfn, shift, offset, va: (
        pfn << shift | offset
    ),
) -> list[int]:
    """Shift and mask."""
    va, pfn = data[key]["va"], data[key]["pfn"]
    shift = cut(data[key]["shift"])
    offset = va & (1 << shift) - 1
    return [va >> shift, offset, join(pfn, shift, offset, va)]


EXERCISE = Steps(
    **own(globals()),
    title="Split and join",
    describe=lambda data, key: (
        f"`{key}`, the address {data[key]['va']:#010x} with pages of "
        f"{binary(1 << data[key]['shift'])}"
    ),
    look={
        "VPN": "How many of the 32 bits are left when the offset's bits are taken away?",
        "offset": "What do so many last bits of the address hold as name each byte of a page?",
        "physical address": "Where does the frame start, and what comes behind that?",
    },
    mistakes={
        bug(cut=lambda shift: 12): "the last three hex digits are cut off everywhere. That is "
        "right for pages of 4 KiB, which have 12 bits of offset, three digits. Other pages have "
        "other borders, and most of these do not fall between two digits: write out the bits.",
        bug(cut=lambda shift: _BITS - shift): "the address is cut from the wrong end: the page "
        "number has as many bits as the offset should. Neighbouring bytes differ in their *last* "
        "bits, and they share a page.",
        bug(join=lambda pfn, shift, offset, va: pfn << shift): "each physical address is the first "
        "byte of a frame. The offset is neither translated nor thrown away: it is the same in the "
        "page and in the frame.",
        bug(join=lambda pfn, shift, offset, va: pfn + offset): "the offset is added to the "
        "*number* of the frame. How many bytes lie before frame 1, if a frame is as large as a "
        "page?",
        bug(join=lambda pfn, shift, offset, va: (pfn << shift) + va): "the whole virtual address "
        "is added to the start of the frame. The page number has done its work when the entry is "
        "found; only the offset goes on.",
        instead(VPN=lambda right, data, key: right["VPN"] << data[key]["shift"]): "the address at "
        "which the page starts stands in place of the VPN. A page *number* counts pages: it has no "
        "zeros in place of the offset.",
    },
    start="Begin with `a`: pages of 4 KiB have 2 to the power of 12 bytes, so the offset has 12 "
    "bits, which are the last three hex digits. What stands before them is the VPN.",
    right="The border moves with the page size; what never changes is that the right-hand piece "
    "passes through as it is.",
    untested="64-bit addresses, pages below 512 bytes.",
    hints=(
        "1 KiB is `2**10` bytes: 10 bits of offset. 2 KiB: 11, 8 KiB: 13.",
        "In Python the VPN is `va >> shift`, or `va // page`; the offset is `va & (page - 1)`, or "
        "`va % page`. Python may be used.",
        "Frame 5 starts at `5 << shift`; then comes the offset.",
    ),
)
