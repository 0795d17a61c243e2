"""Predict the counters of a short program: reads, writes, a fork, a file."""

from __future__ import annotations

from random import Random

from ...kinds import Data, Numbers, instead, own

_AROUND = 16


def draw(rng: Random) -> Data:
    """Draw sizes that no two counts share; the file's last pages are not quite 64 KiB."""
    pages, rounds = rng.randrange(60, 200, 2), rng.randrange(8, 13)
    return {
        "pages": pages,
        "written": rng.randrange(30, pages - 10),
        "child": rng.randrange(5, 20),
        "file": _AROUND * rounds + rng.randrange(_AROUND - rounds, rounds + 1),
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


def solve(data: Data) -> dict[str, int]:
    """Serve page by page, with what its entry holds."""
    pages, written = range(data["pages"]), data["written"]
    parent = ["zero" for _ in pages]  # each of the reads found nothing
    writes = [page for page in pages if page < written and parent[page] == "zero"]
    copied = ["read-only" if page < written else "zero" for page in pages]  # at the fork, in both
    return {
        "read": len(parent),
        "write": len(writes),
        "child": copied[: data["child"]].count("read-only"),
        "parent": copied[:written].count("read-only"),
        "file": len({page // _AROUND for page in range(data["file"])}),
        "rss": copied.count("read-only") * 4,
    }


EXERCISE = Numbers(
    **own(globals()),
    title="Counters of a short program",
    look={
        "read": "What does a first read get, and does that take a fault?",
        "write": "Which pages are written, and what do their entries say about writing?",
        "child": "Which of its accesses does the copied entry forbid?",
        "parent": "Which pages does it write now, and is any of their entries writable?",
        "file": "One fault maps how many pages of a cached file?",
        "rss": "Whose pages count, private or of a file, and do those that were only read?",
    },
    units={"rss": "kB"},
    mistakes={
        instead(read=0): "the first reads cost nothing. Each of them finds an empty entry.",
        instead(write=0): "pages that were read are written without a fault. What they have is the "
        "zero page, read-only; the first write needs a page of its own.",
        instead(child=lambda right, data: data["written"]): "the child pays for each page that the "
        "parent has written. Only the child's own writes fault.",
        instead(parent=0): "the parent writes for nothing after the child's end. Fork made *both* "
        "sides read-only: it takes the pages over without a copy, but it faults for each.",
        instead(parent=lambda right, data: data["child"]): "the parent faults only for the pages "
        "that the child wrote. Fork made all of its pages read-only, and it writes to each.",
        instead(file=lambda right, data: data["file"]): "each page of the file is a fault. A read "
        "fault on a cached file maps the 64 KiB around it: see fault-around.",
        instead(rss=lambda right, data: (data["written"] + data["child"]) * 4): "what the child "
        "copied is counted. It was the child's, and went with it.",
        instead(rss=lambda right, data: (data["written"] + data["file"]) * 4): "the file's pages "
        "are counted along. They are resident too, but the card asks for *private* memory.",
        instead(rss=lambda right, data: data["pages"] * 4): "pages that were only read count into "
        "the resident memory. They all are one and the same zero page, which belongs to nobody's "
        "RSS.",
    },
    start="Write down, for one page, what its entry holds after each step: nothing, the zero page, "
    "a page of its own (writable), the same (read-only).",
    right="That is what `minflt` in /proc/PID/stat counts, and the simulator was held to Linux on "
    "programs like this one.",
    untested="major faults, huge pages, and memory that runs out.",
    hints=(
        "Reads: a fault for each page. Then a fault for each first write.",
        "The child: none for its reads, one for each page it writes. The parent: one for each page "
        "it writes again.",
        'The file: pages / 16, rounded up. "rss": 4 kB for each page that was written.',
    ),
)
