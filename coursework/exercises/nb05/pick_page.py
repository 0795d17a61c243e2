"""Pick the page size for five workloads, by what it would cost and buy."""

from __future__ import annotations

from random import Random

from pagesim import X86_64, binary

from ...kinds import Data, Steps, bug, own

_MIB, _GIB = 1 << 20, 1 << 30
_SIZES = {binary(size): size for size in X86_64.page_sizes}  # smallest first
Row = list[int | str]


def draw(rng: Random) -> Data:
    """Draw a TLB and five workloads, each with another thing that decides, two of them barely."""
    entries = rng.choice((1024, 1536, 2048))
    touched = rng.choice((1, 2, 4))
    store = rng.randrange(8, 15)
    loads = [
        _load(1, 2 * entries // touched, touched, 16),  # 4 KiB pages just reach
        _load(1, 2 * entries, 512, 16),  # 2 MiB pages just reach
        _load(1, store << 10, 512, store),  # 1 GiB pages, which just fit
        _load(1, rng.randrange(18, 32) << 10, rng.choice((1, 2, 4)), rng.choice((4, 8))),
        _load(rng.randrange(300, 900), 1, 512, 16),
    ]
    rng.shuffle(loads)
    return {
        "tlb": {"4 KiB": entries, "2 MiB": entries, "1 GiB": rng.choice((32, 48))},
        "loads": dict(zip("abcde", loads, strict=True)),
    }


def _load(pieces: int, mib: int, touched: int, ram_gib: int) -> dict[str, int]:
    return {"pieces": pieces, "piece_mib": mib, "touched": touched, "ram_gib": ram_gib}


def text(data: Data) -> str:
    """Describe the machine and the workloads."""
    rows = []
    for key, load in data["loads"].items():
        what = binary(load["piece_mib"] * _MIB)
        what = f"{load['pieces']} pieces of {what}" if load["pieces"] > 1 else what
        touched = "all" if load["touched"] == 512 else f"{load['touched']} of every 512 pages"
        rows.append(f"    {key}:  {what}, {touched} touched, {load['ram_gib']} GiB of RAM")
    sizes = ", ".join(f"{data['tlb'][size]:,} for {size}" for size in _SIZES)
    return (
        f"A machine's TLB has these entries: {sizes} pages. Five workloads read and write all that "
        "they touch over and over, in random order:\n\n" + "\n".join(rows) + "\n\n"
        "Every piece starts at a multiple of 1 GiB, and no page holds parts of two. Pick a page "
        "size for each workload: the *smallest* with which the TLB reaches all that is touched and "
        "the pages fit into RAM. If none does both, 4 KiB: then at least nothing is wasted. A page "
        "must lie wholly within its piece, and a workload's pages all have one size; where it "
        "would leave a part of a piece over, that size is out. Write `[size, pages]`: the size, "
        "and how many pages of it are touched."
    )


def _pages(load: dict[str, int], name: str) -> int:
    """Count the pages of a size that a workload touches."""
    each = -(-load["piece_mib"] * _MIB // _SIZES[name])
    return load["pieces"] * (each * load["touched"] // 512 if name == "4 KiB" else each)


def solve(data: Data, key: str, *, ram: bool = True, whole: bool = True, only: str = "") -> Row:
    """Strike the sizes that fail in something."""
    load = data["loads"][key]
    left = [
        name
        for name, size in _SIZES.items()
        if _pages(load, name) <= data["tlb"][name]
        and (not whole or load["piece_mib"] * _MIB % size == 0)
        and (not ram or _pages(load, name) * size <= load["ram_gib"] * _GIB)
    ]
    picked = only or [*left, "4 KiB"][0]
    return [picked, _pages(load, picked)]


def locate(data: Data, key: str, expected: Row, got: Row) -> str:
    """Say what the chosen size fails in, if in anything."""
    load, name = data["loads"][key], str(got[0])
    pages = _pages(load, name)
    if expected[0] == name:
        return "The size is right, the number of pages is not."
    if load["piece_mib"] * _MIB % _SIZES[name]:
        return f"A piece is no whole number of pages of {name}."
    if pages * _SIZES[name] > load["ram_gib"] * _GIB:
        return (
            f"With {name} pages it needs {binary(pages * _SIZES[name])} of RAM, more than there is."
        )
    if pages > data["tlb"][name]:
        return (
            f"With {name} pages it touches {pages:,} of them; the TLB has {data['tlb'][name]:,} "
            "entries. Does another size do better?"
        )
    return f"{name} pages work. Is there a smaller size that works as well?"


EXERCISE = Steps(
    **own(globals()),
    title="Pick the page size",
    kind="number",
    letters="abcde",
    form=[tuple(_SIZES), int],
    describe=lambda data, key: f"workload `{key}`",
    mistakes={
        bug(ram=False): "nobody asks whether it fits into RAM. A page that is touched once takes "
        "its whole size: multiply.",
        bug(whole=False): "huge pages may reach beyond their piece. A piece of 1 MiB has no room "
        "for a page of 2 MiB, however many such pieces there are.",
        bug(only="2 MiB"): "2 MiB are taken for all. Where memory is touched sparsely they cost "
        "RAM, in small pieces they do not fit, and the TLB does not reach everything either.",
        bug(only="1 GiB"): "the largest size is taken for all. It also needs the largest pieces, "
        "and the TLB has very few entries for it.",
        bug(only="4 KiB"): "4 KiB are taken for all. How much memory do the TLB's entries reach "
        "at 4 KiB each?",
    },
    start="Take one workload and 4 KiB pages: how many pages does it touch, and has the TLB as "
    "many entries? Then the same for 2 MiB, and for 1 GiB.",
    right="Three questions decide: does it lie in whole pieces, does it fit, does the TLB reach "
    "it? Only then does a larger page buy anything.",
    untested="fork and copy-on-write, first-touch times, and whether the pages can be had at all.",
    hints=(
        "All touched means 256 pages of 4 KiB in each MiB. With 2 of every 512 pages it is one in "
        "each MiB.",
        "With 2 MiB pages a workload takes its whole size in RAM, however little of it is touched.",
        "Write the sizes in a row, strike those that are no whole pages, that need too much RAM, "
        "that need more entries than there are, and take the smallest that is left; or 4 KiB, if "
        "none is.",
    ),
)
