"""Cut addresses into page number and offset, and join frame number and offset, by hand."""

from __future__ import annotations

from functools import partial
from random import Random
from typing import Any

from pagesim import PagingMode, PteFormat, binary

from ...legacy import Data, Exercise, Mistake

_BITS = 32
_STEPS = ("VPN", "offset", "physical address")


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


def reference(data: Data, key: str) -> list[int]:
    """Ask the simulator to cut the address, and to put its end behind the frame."""
    each = data[key]
    shift = each["shift"]
    mode = PagingMode("card", (_BITS - shift,), shift, PteFormat())
    (vpn,), offset = mode.split(each["va"])
    return [vpn, offset, mode.join((each["pfn"],), offset)]


def _cut(each: dict[str, int], shift: int) -> list[int]:
    offset = each["va"] & (1 << shift) - 1
    return [each["va"] >> shift, offset, each["pfn"] << shift | offset]


def _always_three_digits(data: Data, key: str) -> list[int]:
    return _cut(data[key], 12)


def _wrong_end(data: Data, key: str) -> list[int]:
    each = data[key]
    shift = _BITS - each["shift"]
    offset = each["va"] & (1 << shift) - 1
    return [each["va"] >> shift, offset, each["pfn"] << shift | offset]


def _arriving(data: Data, key: str, *, way: str) -> list[int]:
    each = data[key]
    vpn, offset, _ = _cut(each, each["shift"])
    arrived = {
        "translated": each["pfn"] << each["shift"],
        "unshifted": each["pfn"] + offset,
        "whole address": (each["pfn"] << each["shift"]) + each["va"],
    }[way]
    return [vpn, offset, arrived]


def _page_address(data: Data, key: str) -> list[int]:
    each = data[key]
    vpn, offset, pa = _cut(each, each["shift"])
    return [vpn << each["shift"], offset, pa]


def locate(data: Data, key: str, expected: list[Any], got: list[Any]) -> str:
    """Name the first of the three that is wrong."""
    step = next(i for i, (a, b) in enumerate(zip(expected, got, strict=True)) if a != b)
    look = (
        "How many of the 32 bits are left when the offset's bits are taken away?",
        "How many bits does it take to name each byte of a page of this size?",
        "Where does the frame start, and what comes behind that?",
    )[step]
    return f"The {_STEPS[step]} is the first wrong step. {look}"


EXERCISE = Exercise(
    id="split-join",
    notebook="03",
    title="Split and join",
    points=2,
    kind="hand",
    draw=draw,
    text=text,
    form={key: [int, int, int] for key in "abc"},
    reference=reference,
    describe=lambda data, key: (
        f"`{key}`, the address {data[key]['va']:#010x} with pages of "
        f"{binary(1 << data[key]['shift'])}"
    ),
    locate=locate,
    mistakes=(
        Mistake(
            name="always three digits",
            message="You cut off the last three hex digits everywhere. That is right for pages of "
            "4 KiB, which have 12 bits of offset, three digits. Other pages have other borders, "
            "and most of these do not fall between two digits: write out the bits.",
            solve=_always_three_digits,
        ),
        Mistake(
            name="wrong end",
            message="You cut from the wrong end: as many bits as the offset has went to the page "
            "number. Neighbouring bytes differ in their *last* bits, and they share a page.",
            solve=_wrong_end,
        ),
        Mistake(
            name="the offset is translated",
            message="Your physical addresses are first bytes of frames. The offset is neither "
            "translated nor thrown away: it is the same in the page and in the frame.",
            solve=partial(_arriving, way="translated"),
        ),
        Mistake(
            name="PFN plus offset",
            message="You added the offset to the *number* of the frame. How many bytes lie before "
            "frame 1, if a frame is as large as a page?",
            solve=partial(_arriving, way="unshifted"),
        ),
        Mistake(
            name="whole address added",
            message="You added the whole virtual address to the start of the frame. The page "
            "number has done its work when the entry is found; only the offset goes on.",
            solve=partial(_arriving, way="whole address"),
        ),
        Mistake(
            name="number or address",
            message="Your VPN is the address at which the page starts. A page *number* counts "
            "pages: it has no zeros in place of the offset.",
            solve=_page_address,
        ),
    ),
    start="Begin with `a`: pages of 4 KiB have 2 to the power of 12 bytes, so the offset has 12 "
    "bits, which are the last three hex digits. What stands before them is the VPN.",
    right="The border moves with the page size; what never changes is that the right-hand piece "
    "passes through as it is.",
    untested="64-bit addresses, pages below 512 bytes.",
    hints=(
        "1 KiB is 2**10 bytes: 10 bits of offset. 2 KiB: 11, 8 KiB: 13.",
        "In Python the VPN is `va >> shift`, or `va // page`; the offset is `va & (page - 1)`, or "
        "`va % page`. Python may be used.",
        "Frame 5 starts at `5 << shift`; then comes the offset.",
    ),
)
