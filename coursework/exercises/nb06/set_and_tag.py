"""Cut three addresses into offset, set index and tag, by hand."""

from __future__ import annotations

from random import Random

from ...kinds import Data, Steps, bug, own

_BITS, _SHIFT = 32, 12  # of an address, and of its offset


def draw(rng: Random) -> Data:
    """Draw a small TLB, two pages of one set, and one of another; all digits differ in weight."""
    ways, sets = rng.choice((2, 4)), rng.choice((4, 8, 16))
    first = rng.randrange(1 << 18, 1 << 20)
    pages = [first, first + sets * (rng.randrange(3, 99) - 1024), first + rng.randrange(1, sets)]
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


def solve(
    data: Data, key: str, *, sets: str = "sets", shift: int = _SHIFT, top: bool = False,
    cut: bool = True, turned: bool = False,
) -> list[int]:  # fmt: skip
    """Mask the low bits of the page number off."""
    page = data["addresses"][key] >> shift
    entries, ways = data["entries"], data["ways"]
    mask = {"sets": entries // ways, "entries": entries, "ways": ways}[sets] - 1
    low = mask.bit_length()
    index, tag = page & mask, page >> low
    if top:
        below = _BITS - _SHIFT - low
        index, tag = page >> below, page & (1 << below) - 1
    if not cut:
        tag = page
    return [page, tag, index] if turned else [page, index, tag]


EXERCISE = Steps(
    **own(globals()),
    title="Set index and tag",
    describe=lambda data, key: f"`{key}`, the address {data['addresses'][key]:#010x}",
    look={
        "page number": "How many bits does the offset take?",
        "set index": "How many sets are there, and which bits of the page number do they take?",
        "tag": "The tag is what remains of the page number once the set index is cut off.",
    },
    mistakes={
        bug(top=True): "the set index is taken from the top bits. Then all pages of a program's "
        "heap, which share their top bits, would fight for one set. It is the *lowest* bits of the "
        "page number, so that neighbours spread.",
        bug(sets="entries"): "enough bits are cut off to tell all *entries* apart. Only the set is "
        "chosen by index; the ways within it are all compared. Sets = entries / ways.",
        bug(sets="ways"): "the number of ways is used as the number of sets. Ways are the places "
        "within one set; there are entries / ways sets.",
        bug(shift=0): "the whole address is cut up. The offset never reaches the TLB: all bytes of "
        "a page share one entry. Cut off 12 bits first.",
        bug(cut=False): "the tag still has the index bits in it. Everything in a set has the same "
        "index: to compare it again would cost bits and tell nothing.",
        bug(turned=True): "the right numbers are written in the wrong order: page number, then set "
        "index, then tag.",
    },
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
