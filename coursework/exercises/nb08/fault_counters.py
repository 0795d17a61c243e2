"""Predict the counters of a short program: reads, writes, a fork, a file."""

from __future__ import annotations

from random import Random

from ...legacy import Data, Exercise, Mistake

_KEYS = ("read", "write", "child", "parent", "file", "rss")
_AROUND = 16


def draw(rng: Random) -> Data:
    """Draw sizes that no two counts share."""
    pages = rng.randrange(60, 200, 2)
    return {
        "pages": pages,
        "written": rng.randrange(30, pages - 10),
        "child": rng.randrange(5, 20),
        "file": _AROUND * rng.randrange(3, 12),
    }


def text(data: Data) -> str:
    """Tell the program."""
    return (
        f"A program maps {data['pages']} pages of private memory and reads every page; then it "
        f"writes to the first {data['written']} of them. It forks. The child reads all "
        f"{data['pages']} pages, then writes to the first {data['child']}, and exits. Then the "
        f"parent writes to the first {data['written']} pages again. At last it maps a file "
        f"of {data['file']} pages, all of them in the page cache (the mapping starts on a 64 KiB "
        "boundary), and reads every page.\n\n"
        'How many faults does each step take: "read", "write", "child" (both its reads and its '
        'writes), "parent", "file"? And what is the "rss" of the parent\'s private memory at the '
        "end, in kB?"
    )


def reference(data: Data, key: str) -> int:
    """Count what each step finds; the tests let the kernel count."""
    counts: dict[str, int] = {
        "read": data["pages"],  # an empty entry each
        "write": data["written"],  # the zero page, read-only
        "child": data["child"],  # the child's reads are free
        "parent": data["written"],  # read-only since the fork
        "file": data["file"] // _AROUND,
        "rss": data["written"] * 4,
    }
    return counts[key]


def _but(data: Data, key: str, **instead: int) -> int:
    return instead[key] if key in instead else reference(data, key)


def locate(data: Data, key: str, expected: int, got: int) -> str:
    """Say on which side it lies, and where to look."""
    side = "few" if got < expected else "many"
    look = {
        "read": "What does a first read get, and does that take a fault?",
        "write": "What does the entry of a page that was read say about writing?",
        "child": "Which of its accesses does the copied entry forbid?",
        "parent": "The child is gone. Are the parent's entries writable again by themselves?",
        "file": "One fault maps how many pages of a cached file?",
        "rss": "Does a page that was read, and never written, take memory?",
    }
    return f"Too {side}. {look[key]}"


EXERCISE = Exercise(
    id="fault-counters",
    notebook="08",
    title="Counters of a short program",
    points=2,
    kind="number",
    draw=draw,
    text=text,
    form=dict.fromkeys(_KEYS, int),
    reference=reference,
    describe=lambda data, key: f'"{key}"',
    locate=locate,
    mistakes=(
        Mistake(
            name="reading is free",
            message="You let the first reads cost nothing. They take no memory, but each of them "
            "finds an empty entry, and the kernel has to put the zero page there.",
            solve=lambda data, key: _but(data, key, read=0),
        ),
        Mistake(
            name="read pages are there",
            message="You let pages that were read be written without a fault. What they have is "
            "the zero page, read-only; the first write needs a page of its own.",
            solve=lambda data, key: _but(data, key, write=0),
        ),
        Mistake(
            name="fork copies memory",
            message="You let the child pay for each page that the parent has. Fork copies entries, "
            "not pages; only the child's writes fault.",
            solve=lambda data, key: _but(data, key, child=data["written"]),
        ),
        Mistake(
            name="the parent pays nothing",
            message="You let the parent write for nothing after the child's end. Fork made *both* "
            "sides read-only, and nobody has changed the parent's entries since. It takes the "
            "pages over without a copy, but it faults for each.",
            solve=lambda data, key: _but(data, key, parent=0),
        ),
        Mistake(
            name="a fault for each file page",
            message="You count a fault for each page of the file. A read fault on a cached file "
            "maps the 64 KiB around it: see fault-around.",
            solve=lambda data, key: _but(data, key, file=data["file"]),
        ),
        Mistake(
            name="zero pages take memory",
            message="You count pages that were only read into the resident memory. They all are "
            "one and the same zero page, which belongs to nobody's RSS.",
            solve=lambda data, key: _but(data, key, rss=data["pages"] * 4),
        ),
    ),
    start="Write down, for one page, what its entry holds after each step: nothing, the zero page, "
    "a page of its own (writable), the same (read-only).",
    right="That is what `minflt` in /proc/PID/stat counts, and the simulator was held to Linux on "
    "programs like this one.",
    untested="major faults, huge pages, and memory that runs out.",
    hints=(
        "Reads: a fault for each page. Then a fault for each first write.",
        "The child: none for its reads, one for each page it writes. The parent: one for each page "
        "it writes again.",
        'The file: pages / 16. "rss": 4 kB for each page that was written.',
    ),
)
