"""Cut three addresses into offset, set index and tag, by hand."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from pagesim import Tlb

from ...legacy import Data, Exercise, Mistake

_BITS = 32  # of an address
_SHIFT = 12
_STEPS = ("page number", "set index", "tag")
_LOOK = {
    "page number": "How many bits does the offset take?",
    "set index": "How many sets are there, and which bits of the page number do they take?",
    "tag": "The tag is what remains of the page number once the set index is cut off.",
}


def draw(rng: Random) -> Data:
    """Draw a small TLB, two pages of one set, and one of another; all digits differ in weight."""
    ways = rng.choice((2, 4))
    sets = rng.choice((4, 8, 16))
    first = rng.randrange(1 << 18, 1 << 20)
    second = first + sets * rng.randrange(3, 99) - (sets << 10)
    third = first + rng.randrange(1, sets)
    pages = [first, second, third]
    rng.shuffle(pages)
    addresses = [page << _SHIFT | rng.randrange(1, 1 << _SHIFT) for page in pages]
    return {
        "entries": sets * ways,
        "ways": ways,
        "addresses": dict(zip("abc", addresses, strict=True)),
    }


def text(data: Data) -> str:
    """State the TLB and the addresses."""
    asked = ", ".join(f"{key} = {va:#010x}" for key, va in data["addresses"].items())
    return (
        f"A TLB of {data['entries']} entries in {data['ways']} ways; addresses of {_BITS} bits, "
        f"pages of 4 KiB. For each of {asked}, write the page number, the set it belongs to, and "
        "the tag that is compared there. (Two of the three fight for the same set. Which?)"
    )


def reference(data: Data, key: str) -> list[int]:
    """Ask the simulator."""
    page = data["addresses"][key] >> _SHIFT
    tag, index = Tlb(data["entries"], data["ways"]).split(page)
    return [page, index, tag]


def _low_bits(page: int, sets: int) -> list[int]:
    return [page, page % sets, page // sets]


def _top_bits(page: int, sets: int) -> list[int]:
    below = _BITS - _SHIFT - (sets.bit_length() - 1)
    return [page, page >> below, page & (1 << below) - 1]


def _whole_tag(page: int, sets: int) -> list[int]:
    return [page, page % sets, page]


def _tag_first(page: int, sets: int) -> list[int]:
    return [page, page // sets, page % sets]


def _astray(
    data: Data,
    key: str,
    *,
    sets: Callable[[Data], int] = lambda data: data["entries"] // data["ways"],
    cut: Callable[[int, int], list[int]] = _low_bits,
    shift: int = _SHIFT,
) -> list[int]:
    """Cut as the mistakes do."""
    return cut(data["addresses"][key] >> shift, sets(data))


def locate(data: Data, key: str, expected: list[int], got: list[int]) -> str:
    """Name the first of the three that is wrong."""
    wrong = next(
        name for name, right, theirs in zip(_STEPS, expected, got, strict=True) if right != theirs
    )
    return f"The {wrong} is the first wrong step. {_LOOK[wrong]}"


EXERCISE = Exercise(
    id="set-and-tag",
    notebook="06",
    title="Set index and tag",
    points=2,
    kind="hand",
    draw=draw,
    text=text,
    form={key: [int, int, int] for key in "abc"},
    reference=reference,
    describe=lambda data, key: f"`{key}`, the address {data['addresses'][key]:#010x}",
    locate=locate,
    mistakes=(
        Mistake(
            name="index from the top",
            message="You took the set index from the top bits. Then all pages of a program's heap, "
            "which share their top bits, would fight for one set. It is the *lowest* bits of the "
            "page number, so that neighbours spread.",
            solve=lambda data, key: _astray(data, key, cut=_top_bits),
        ),
        Mistake(
            name="entries for sets",
            message="You cut off enough bits to tell all *entries* apart. Only the set is chosen "
            "by index; the ways within it are all compared. Sets = entries / ways.",
            solve=lambda data, key: _astray(data, key, sets=lambda data: data["entries"]),
        ),
        Mistake(
            name="ways for sets",
            message="You took the number of ways for the number of sets. Ways are the places "
            "within one set; there are entries / ways sets.",
            solve=lambda data, key: _astray(data, key, sets=lambda data: data["ways"]),
        ),
        Mistake(
            name="offset not cut off",
            message="You cut the index out of the whole address. The offset never reaches the TLB: "
            "all bytes of a page share one entry. Cut off 12 bits first.",
            solve=lambda data, key: _astray(data, key, shift=0),
        ),
        Mistake(
            name="tag with the index in it",
            message="Your tag still has the index bits in it. Everything in a set has the same "
            "index: to compare it again would cost bits and tell nothing.",
            solve=lambda data, key: _astray(data, key, cut=_whole_tag),
        ),
        Mistake(
            name="tag before index",
            message="The right numbers in the wrong order: page number, then set index, then tag.",
            solve=lambda data, key: _astray(data, key, cut=_tag_first),
        ),
    ),
    start="Three hex digits are 12 bits: strike them from the address, and what is left is the "
    "page number. Then: how many sets are there?",
    right="The low bits spread neighbours over all sets. A stride that keeps them the same undoes "
    "it, as you saw in the picture.",
    untested="ASIDs, several page sizes in one TLB, and index functions that hash.",
    hints=(
        "0x12345678 with 4 KiB pages: the page number is 0x12345.",
        "64 entries in 4 ways are 16 sets: 4 bits, one hex digit. Page 0x12345 is in set 5, and "
        "its tag is 0x1234.",
        "With 8 sets it is `page % 8` and `page // 8`; numbers may be written in hex or decimal.",
    ),
)
