"""Pick the page size for four workloads, by what it would cost and buy."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from pagesim import X86_64, binary

from ...legacy import Data, Exercise, Mistake

_MIB, _GIB = 1 << 20, 1 << 30
_SIZES = {binary(size): size for size in X86_64.page_sizes}  # smallest first
_KEYS = ("a", "b", "c", "d")


def draw(rng: Random) -> Data:
    """Draw a TLB and four workloads, each with another thing that decides."""
    tlb = {"4 KiB": rng.choice((1024, 1536, 2048)), "1 GiB": rng.choice((32, 48))}
    tlb["2 MiB"] = tlb["4 KiB"]
    reach = tlb["2 MiB"] * 2  # MiB
    table = {"pieces": 1, "piece_mib": rng.randrange(200, reach - 200, 2), "touched": 512,
             "ram_gib": 16}  # fmt: skip
    heap = {"pieces": 1, "piece_mib": rng.randrange(18, 32) * 1024,
            "touched": rng.choice((1, 2, 4)), "ram_gib": rng.choice((4, 8))}  # fmt: skip
    scraps = {"pieces": rng.randrange(300, 900), "piece_mib": 1, "touched": 512, "ram_gib": 16}
    store = {"pieces": 1, "piece_mib": rng.randrange(8, 15) * 1024, "touched": 512, "ram_gib": 64}
    loads = [store, table, heap, scraps]
    rng.shuffle(loads)
    return {"tlb": tlb, "loads": dict(zip(_KEYS, loads, strict=True))}


def text(data: Data) -> str:
    """Describe the machine and the workloads."""
    rows = []
    for key, load in data["loads"].items():
        mib = load["piece_mib"]
        piece = f"{mib} MiB" if mib % 1024 else binary(mib * _MIB)
        what = f"{load['pieces']} pieces of {piece}" if load["pieces"] > 1 else piece
        touched = "all" if load["touched"] == 512 else f"{load['touched']} of every 512 pages"
        rows.append(f"    {key}:  {what}, {touched} touched, {load['ram_gib']} GiB of RAM")
    sizes = ", ".join(f"{data['tlb'][size]} for {size}" for size in _SIZES)
    return (
        f"A machine's TLB has these entries: {sizes} pages. Four workloads read and write all that "
        "they touch over and over, in random order:\n\n" + "\n".join(rows) + "\n\n"
        "Every piece starts at a multiple of 1 GiB, and no page holds parts of two. Pick a page "
        "size for each workload: the *smallest* with which the TLB reaches all that is touched and "
        "the pages fit into RAM. If none does both, 4 KiB: then at least nothing is wasted. A page "
        "must lie wholly within its piece, and a workload's pages all have one size; where it "
        "would leave a part of a piece over, that size is out."
    )


def _pages(load: dict[str, int], size: int, whole: bool = True) -> int | None:
    """Count the pages of a size that a workload touches; None if its pieces are not whole pages."""
    piece = load["piece_mib"] * _MIB
    if whole and piece % size:
        return None
    pieces: int = load["pieces"]
    if size == X86_64.page_bytes:
        return pieces * load["piece_mib"] * load["touched"] // 2
    return pieces * -(-piece // size)


def _pick(data: Data, key: str, *, ram: bool = True, whole: bool = True) -> str:
    load = data["loads"][key]
    for name, size in _SIZES.items():
        pages = _pages(load, size, whole)
        if pages is None or pages > data["tlb"][name]:
            continue
        if not ram or pages * size <= load["ram_gib"] * _GIB:
            return name
    return "4 KiB"


def reference(data: Data, key: str) -> str:
    """Try the sizes in turn."""
    return _pick(data, key)


def _always(size: str) -> Callable[[Data, str], str]:
    return lambda data, key: size


def locate(data: Data, key: str, expected: str, got: str) -> str:
    """Say what the chosen size fails in, if in anything."""
    if got not in _SIZES:
        return f"{got!r} is none of the three sizes."
    load, size = data["loads"][key], _SIZES[got]
    pages = _pages(load, size)
    if pages is None:
        return f"A piece is no whole number of pages of {got}."
    if pages * size > load["ram_gib"] * _GIB:
        return f"With {got} pages it needs {binary(pages * size)} of RAM, more than there is."
    if pages > data["tlb"][got]:
        return (
            f"With {got} pages it touches {pages:,} of them; the TLB has {data['tlb'][got]:,} "
            "entries. Does another size do better?"
        )
    return f"{got} pages work. Is there a smaller size that works as well?"


EXERCISE = Exercise(
    id="pick-page",
    notebook="05",
    title="Pick the page size",
    points=2,
    kind="number",
    draw=draw,
    text=text,
    form=dict.fromkeys(_KEYS, str),
    reference=reference,
    describe=lambda data, key: f"workload `{key}`",
    locate=locate,
    mistakes=(
        Mistake(
            name="RAM forgotten",
            message="You looked at the TLB only. A page that is touched once takes its whole size "
            "in RAM: multiply.",
            solve=lambda data, key: _pick(data, key, ram=False),
        ),
        Mistake(
            name="alignment does not matter",
            message="You let huge pages reach beyond their piece. A piece of 1 MiB has no room for "
            "a page of 2 MiB, however many such pieces there are.",
            solve=lambda data, key: _pick(data, key, whole=False),
        ),
        Mistake(
            name="huge is always faster",
            message="You took 2 MiB for all of them. Where memory is touched sparsely they cost "
            "RAM, in small pieces they do not fit, and the TLB does not reach everything either.",
            solve=_always("2 MiB"),
        ),
        Mistake(
            name="the largest there is",
            message="You took the largest size everywhere. It also needs the largest pieces, and "
            "the TLB has very few entries for it.",
            solve=_always("1 GiB"),
        ),
        Mistake(
            name="never huge",
            message="You took 4 KiB for all of them. How much memory do the TLB's entries reach "
            "at 4 KiB each?",
            solve=_always("4 KiB"),
        ),
    ),
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
        "that need too many entries, and take the smallest that is left.",
    ),
)
