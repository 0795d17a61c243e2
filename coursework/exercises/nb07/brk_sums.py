"""The arithmetic of brk: bytes for the program, pages for the kernel."""

from __future__ import annotations

from random import Random

from ...kinds import Data, Numbers, bug, own

_PAGE = 4096


def draw(rng: Random) -> Data:
    """Draw a heap's start and moves of its end; the third one ends at a page's own end."""
    start = rng.randrange(0x555555555, 0x565555555) * _PAGE
    first, second, last = (
        rng.randrange(low, high) * _PAGE + rng.randrange(1, _PAGE)
        for low, high in ((140, 400), (140, 400), (1, 3))
    )
    down = (first + second) % _PAGE + rng.randrange(3, 8) * _PAGE
    return {"start": start, "moves": [first, second, -down, last]}


def text(data: Data) -> str:
    """Tell the story."""
    moves = data["moves"]
    return (
        f"A heap starts at {data['start']:#x} and is empty. The program moves its end by "
        f"+{moves[0]:,}, then by +{moves[1]:,} bytes, and writes to every byte of it. Then it "
        f"moves the end by {moves[2]:,} and by +{moves[3]:,}, and touches nothing more. Pages are "
        "4 KiB.\n\n"
        '"brk": what `sbrk(0)` returns now, that is the end in bytes;\n\n'
        '"end": where the heap\'s VMA ends;\n\n'
        '"size": the size of that VMA in KiB;\n\n'
        '"resident": how many KiB of it are in memory.'
    )


def solve(
    data: Data, *, up: str = "once", keep: bool = False, touched: bool = True
) -> dict[str, int]:
    """Move the end, and keep the pages that were written while it stays above them."""
    start = brk = data["start"]
    resident: range | list[int] = []
    for number, move in enumerate(data["moves"]):
        brk += move
        if up == "each time":
            brk += -brk % _PAGE
        if number == 1:
            resident = range(start, brk, _PAGE)
        elif not keep:
            resident = [page for page in resident if page < brk]
    end = brk if up == "never" else brk - brk % _PAGE if up == "down" else brk + -brk % _PAGE
    size = (end - start) // 1024
    return {
        "brk": brk,
        "end": end,
        "size": size,
        "resident": len(resident) * 4 if touched else size,
    }


EXERCISE = Numbers(
    **own(globals()),
    title="Where does the heap end?",
    look={
        "brk": "The start and all four moves, added up to the byte.",
        "end": "The first address behind the last page that brk reaches into.",
        "size": "From the heap's start to the end of its VMA, in KiB.",
        "resident": "Which of its pages were written, and never given back since?",
    },
    units={"brk": "bytes", "end": "bytes", "size": "KiB", "resident": "KiB"},
    mistakes={
        bug(touched=False): "all that is mapped is resident. What the last move added was never "
        "touched.",
        bug(up="each time"): "every move is rounded up. The kernel remembers brk to the byte; only "
        "the VMA is rounded, and each time anew from there.",
        bug(up="never"): "the VMA ends in the middle of a page. Round its end up to whole pages.",
        bug(up="down"): "the VMA ends a page too early: bytes before brk would lie outside.",
        bug(keep=True): "what the program gave back stays in memory. When brk goes down, the pages "
        "above it are unmapped and freed; going up again brings new ones, not yet touched.",
    },
    start="Add the moves to the start, in bytes. Where does the page end that this falls into?",
    right="So `free` at the top of the heap gives memory back, and a small block left there by "
    "somebody else keeps everything below it: a reason why a heap does not shrink.",
    untested="randomised starts, RLIMIT_DATA, and what malloc makes of it.",
    hints=(
        "`brk` is start + all moves.",
        "Round up to a page: `-(-x // 4096) * 4096`. An address that is a multiple already stays.",
        "In memory: the pages up to the lowest end since everything was written, rounded up.",
    ),
)
