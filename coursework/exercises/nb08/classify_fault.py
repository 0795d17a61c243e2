"""Say of eight accesses what the kernel makes of them."""

from __future__ import annotations

from random import Random

from ...legacy import Data, Exercise, Mistake

KINDS = ("hit", "minor", "major", "SIGSEGV", "SIGBUS")

# What is accessed, in words, and what comes of it; the tests let the simulated kernel answer.
STORIES: dict[str, tuple[tuple[str, str], ...]] = {
    "fresh": (
        ("a read of private memory that nobody has touched yet", "minor"),
        ("a write to a page of a fresh private mapping", "minor"),
    ),
    "resident": (
        ("after a fork, the child reads a page that the parent had written", "hit"),
        ("a second write to a page that was written a moment ago", "hit"),
    ),
    "protected": (
        ("after a fork, the child writes to a page that the parent had written", "minor"),
        ("a write to a private page that was read before, and never written", "minor"),
    ),
    "disk": (
        ("a read of a mapped file of which nothing is in memory", "major"),
        ("a read of a private page that has been swapped out", "major"),
    ),
    "cached": (
        ("a read of a mapped file whose pages are all in the page cache, but not mapped", "minor"),
        ("a write to a private mapping of a file that is all in the page cache", "minor"),
    ),
    "forbidden": (
        ("a read of a written page, after mprotect(PROT_NONE)", "SIGSEGV"),
        ("a write to the code of the program", "SIGSEGV"),
        ("a read at an address that no mapping covers", "SIGSEGV"),
    ),
    "short": (
        ("a read of the second page of a mapping whose file has only one page", "SIGBUS"),
        ("a write to a shared mapping, to a page that lies wholly behind its file's end", "SIGBUS"),
    ),
    "stack": (
        ("a write 3 pages below the stack, far from its limit", "minor"),
        ("a write 40 pages below the stack, far from its limit", "minor"),
    ),
}
_ROLES = tuple(STORIES)
_KEYS = "abcdefgh"


def draw(rng: Random) -> Data:
    """Draw one story of each role, in any order."""
    roles = list(_ROLES)
    rng.shuffle(roles)
    picks = [rng.randrange(len(STORIES[role])) for role in roles]
    return {"accesses": {key: [r, p] for key, r, p in zip(_KEYS, roles, picks, strict=True)}}


def text(data: Data) -> str:
    """Tell the stories."""
    told = "\n\n".join(
        f"{key}: {STORIES[role][pick][0]}" for key, (role, pick) in data["accesses"].items()
    )
    return (
        'What comes of each of these accesses? Write "hit" (no fault), "minor", "major", '
        f'"SIGSEGV" or "SIGBUS".\n\n{told}'
    )


def reference(data: Data, key: str) -> str:
    """Look it up."""
    role, pick = data["accesses"][key]
    kind: str = STORIES[role][pick][1]
    return kind


def _but(data: Data, key: str, **instead: str) -> str:
    role: str = data["accesses"][key][0]
    return instead.get(role, reference(data, key))


def locate(data: Data, key: str, expected: str, got: str) -> str:
    """Ask the handler's next question."""
    if got not in KINDS:
        return "That is none of the five words, spelt as on the card."
    look = {
        "fresh": "The area allows it, and its entry is empty. What may the kernel do?",
        "resident": "Does the entry allow this access?",
        "protected": "What does the entry say about writing, and what does the area say?",
        "disk": "Where is the content now?",
        "cached": "Is the content in memory? Does the entry know?",
        "forbidden": "Which area holds the address, and does it allow this?",
        "short": "The mapping is fine. What stands behind the page?",
        "stack": "No area holds the address; which one is just above?",
    }
    role: str = data["accesses"][key][0]
    return look[role]


EXERCISE = Exercise(
    id="classify-fault",
    notebook="08",
    title="What comes of it?",
    points=2,
    kind="hand",
    draw=draw,
    text=text,
    form=dict.fromkeys(_KEYS, str),
    reference=reference,
    describe=lambda data, key: f"access {key}",
    locate=locate,
    mistakes=(
        Mistake(
            name="invalid is a crash",
            message="You let every empty entry end in SIGSEGV. P = 0 only says that the hardware "
            "cannot go on; whether the access is *allowed* stands in the area, not in the entry.",
            solve=lambda data, key: _but(
                data, key, fresh="SIGSEGV", disk="SIGSEGV", cached="SIGSEGV"
            ),
        ),
        Mistake(
            name="resident never faults",
            message="You count a page that is in memory as a hit, whatever is done to it. An entry "
            "may be there and still forbid writing: that fault is how copy-on-write works.",
            solve=lambda data, key: _but(data, key, protected="hit"),
        ),
        Mistake(
            name="fork copies",
            message="You let reads fault after a fork, too. The entries were copied along, "
            "readable; nothing is copied until somebody writes.",
            solve=lambda data, key: _but(data, key, resident="minor"),
        ),
        Mistake(
            name="a file means a disk",
            message="You count every first access to a file as major. Major means that somebody "
            "waited for a disk; a page in the page cache only has to be mapped.",
            solve=lambda data, key: _but(data, key, cached="major"),
        ),
        Mistake(
            name="SIGBUS is SIGSEGV",
            message="You call a mapping without anything behind it SIGSEGV. The area exists and "
            "allows the access; that there is no content is another error, with its own signal.",
            solve=lambda data, key: _but(data, key, short="SIGSEGV"),
        ),
        Mistake(
            name="a stack has a fixed size",
            message="You let a write below the stack end in SIGSEGV. Up to its limit the stack is "
            "grown by the very fault that finds it too short.",
            solve=lambda data, key: _but(data, key, stack="SIGSEGV"),
        ),
    ),
    start="Ask in the handler's order: is there an area (or a stack above)? does it allow this? "
    "what is in the entry? where is the content?",
    right="Three of the handler's questions can end in a signal: is there an area, does it "
    "allow this, is there anything behind it? Only the last of them can end at a disk.",
    untested="the error codes, huge pages, and accesses that the kernel makes for a program.",
    hints=(
        "No area: SIGSEGV, unless a stack may grow. An area that forbids it: SIGSEGV.",
        "An area that allows it, with an empty entry: minor, or major if a disk is read, or SIGBUS "
        "if its file has no such page.",
        "An entry that is there: a hit, unless it is written to and read-only for now: minor.",
    ),
)
