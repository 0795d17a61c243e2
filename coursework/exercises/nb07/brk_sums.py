"""The arithmetic of brk: bytes for the program, pages for the kernel."""

from __future__ import annotations

from random import Random

from ...legacy import Data, Exercise, Mistake

_PAGE = 4096
_KEYS = ("brk", "end", "size", "resident")


def draw(rng: Random) -> Data:
    """Draw a heap's start and moves of its end; the last but one goes down by whole pages."""
    start = rng.randrange(0x555555555, 0x565555555) * _PAGE
    moves = [rng.randrange(9, 40) * _PAGE + rng.randrange(1, _PAGE) for _ in range(2)]
    moves.append(-(rng.randrange(3, 8) * _PAGE + rng.randrange(1, _PAGE)))
    moves.append(rng.randrange(1, 3) * _PAGE + rng.randrange(1, _PAGE))
    return {"start": start, "moves": moves}


def text(data: Data) -> str:
    """Tell the story."""
    moves = data["moves"]
    return (
        f"A heap starts at {data['start']:#x} and is empty. The program moves its end by "
        f"+{moves[0]}, then by +{moves[1]} bytes, and writes to every byte of it. Then it moves "
        f"the end by {moves[2]} and by +{moves[3]}, and touches nothing more. Pages are 4 KiB.\n\n"
        '"brk": what `sbrk(0)` returns now, that is the end in bytes;\n\n'
        '"end": where the heap\'s VMA ends;\n\n'
        '"size": the size of that VMA in KiB;\n\n'
        '"resident": how many KiB of it are in memory.'
    )


def _up(at: int) -> int:
    return -(-at // _PAGE) * _PAGE


def _parts(data: Data, *, round_each: bool = False, keep: bool = False) -> dict[str, int]:
    """Work it out, as the mistakes do if told so."""
    end, touched = data["start"], data["start"]
    for number, move in enumerate(data["moves"]):
        end += move
        if round_each:
            end = _up(end)
        if number == 1:
            touched = _up(end)
        elif number > 1 and not keep:
            touched = min(touched, _up(end))
    top = _up(end)
    return {
        "brk": end,
        "end": top,
        "size": (top - data["start"]) // 1024,
        "resident": (touched - data["start"]) // 1024,
    }


def reference(data: Data, key: str) -> int:
    """Add up, and round up once."""
    return _parts(data)[key]


def _no_rounding(data: Data, key: str) -> int:
    right = _parts(data)
    if key == "end":
        return right["brk"]
    return (right["brk"] - data["start"]) // 1024 if key == "size" else right[key]


def _down(data: Data, key: str) -> int:
    right = _parts(data)
    shift = {"end": _PAGE, "size": 4}.get(key, 0)
    return right[key] - shift


def _all_resident(data: Data, key: str) -> int:
    right = _parts(data)
    return right["size" if key == "resident" else key]


def locate(data: Data, key: str, expected: int, got: int) -> str:
    """Say on which side it lies, and what to look at."""
    look = {
        "brk": "The start and all four moves, added up to the byte.",
        "end": "The first address behind the last page that brk reaches into.",
        "size": "From the heap's start to the end of its VMA, in KiB.",
        "resident": "Which of its pages were written, and never given back since?",
    }
    return f"`{key}` is too {'small' if got < expected else 'large'}. {look[key]}"


EXERCISE = Exercise(
    id="brk-sums",
    notebook="07",
    title="Where does the heap end?",
    points=2,
    kind="number",
    draw=draw,
    text=text,
    form=dict.fromkeys(_KEYS, int),
    reference=reference,
    describe=lambda data, key: f"`{key}`",
    locate=locate,
    mistakes=(
        Mistake(
            name="mapped is resident",
            message="You counted all that is mapped as resident. What the last move added was "
            "never touched.",
            solve=_all_resident,
        ),
        Mistake(
            name="rounds each move",
            message="You rounded up at every move. The kernel remembers brk to the byte; only the "
            "VMA is rounded, and each time anew from there.",
            solve=lambda data, key: _parts(data, round_each=True)[key],
        ),
        Mistake(
            name="no rounding",
            message="Your VMA ends in the middle of a page. A VMA is made of whole pages: round "
            "the end up.",
            solve=_no_rounding,
        ),
        Mistake(
            name="rounds down",
            message="Your VMA ends a page too early: the last bytes before brk would lie outside. "
            "Round up.",
            solve=_down,
        ),
        Mistake(
            name="nothing given back",
            message="You kept in memory what the program gave back. When brk goes down, the pages "
            "above it are unmapped and freed; going up again brings new ones, not yet touched.",
            solve=lambda data, key: _parts(data, keep=True)[key],
        ),
    ),
    start="Add the moves to the start, in bytes. Where does the page end that this falls into?",
    right="So `free` at the top of the heap gives memory back, and a small block left there by "
    "somebody else keeps everything below it: a reason why a heap does not shrink.",
    untested="randomised starts, RLIMIT_DATA, and what malloc makes of it.",
    hints=(
        "`brk` is start + all moves.",
        "Round up to a page: `-(-x // 4096) * 4096`.",
        "In memory: the pages up to the lowest end since everything was written, rounded up.",
    ),
)
