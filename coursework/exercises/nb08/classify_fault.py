"""Say of ten accesses what the kernel makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from ...kinds import Data, Numbers, bug, own

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
}
_LOOK = {
    "fresh": "The area allows it, and its entry is empty. What may the kernel do?",
    "resident": "Does the entry allow this access?",
    "protected": "What does the entry say about writing, and what does the area say?",
    "disk": "Where is the content now?",
    "cached": "Is the content in memory? Does the entry know?",
    "forbidden": "Which area holds the address, and does it allow this?",
    "short": "The mapping is fine. What stands behind the page?",
}
_KEYS = "abcdefghij"


def draw(rng: Random) -> Data:
    """Draw a story of each role, and two where one word would else be right too often."""
    told = [
        [role, pick]
        for role, stories in STORIES.items()
        for pick in rng.sample(range(len(stories)), 1 + (role in ("resident", "disk", "forbidden")))
    ]
    rng.shuffle(told)
    return {"accesses": dict(zip(_KEYS, told, strict=True))}


def text(data: Data) -> str:
    """Tell the stories."""
    told = "\n\n".join(
        f"{key}: {STORIES[role][pick][0]}" for key, (role, pick) in data["accesses"].items()
    )
    return (
        'What comes of each of these accesses? Write "hit" (no fault), "minor", "major", '
        f'"SIGSEGV" or "SIGBUS".\n\n{told}'
    )


def solve(data: Data, *, but: Mapping[str, str] | None = None) -> dict[str, str]:
    """Look the stories up, or take the word for a role, or for one story of it."""
    words = but or {}
    return {
        key: words.get(role, words.get(f"{role} {pick}", STORIES[role][pick][1]))
        for key, (role, pick) in data["accesses"].items()
    }


EXERCISE = Numbers(
    **own(globals()),
    title="What comes of it?",
    kind="hand",
    form=dict.fromkeys(_KEYS, KINDS),
    describe=lambda data, key: f"access {key}",
    locate=lambda data, key, expected, got: _LOOK[data["accesses"][key][0]],
    mistakes={
        bug(but=dict.fromkeys(("fresh", "disk", "cached"), "SIGSEGV")): "every empty entry ends in "
        "SIGSEGV. P = 0 only says that the hardware cannot go on; whether the access is *allowed* "
        "stands in the area, not in the entry.",
        bug(but={"protected": "hit"}): "a page that is in memory is a hit, whatever is done to it. "
        "An entry may be there and still forbid writing: that fault is how copy-on-write works.",
        bug(but={"resident 0": "minor"}): "reads fault after a fork, too. The entries were copied "
        "along, readable; nothing is copied until somebody writes.",
        bug(but={"cached": "major"}): "every first access to a file is major. Major means that "
        "somebody waited for a disk; a page in the page cache only has to be mapped.",
        bug(but={"short": "SIGSEGV"}): "a mapping without anything behind it is SIGSEGV. The area "
        "exists and allows the access; that there is no content has a signal of its own.",
    },
    start="Ask in the handler's order: is there an area? does it allow this? what is in the entry? "
    "where is the content?",
    right="Three of the handler's questions can end in a signal: is there an area, does it "
    "allow this, is there anything behind it? Only the last of them can end at a disk.",
    untested="stacks that grow, the error codes, huge pages, and accesses that the kernel makes "
    "for a program.",
    hints=(
        "No area: SIGSEGV. An area that forbids it: SIGSEGV.",
        "An area that allows it, with an empty entry: minor, or major if a disk is read, or SIGBUS "
        "if its file has no such page.",
        "An entry that is there: a hit, unless it is written to and read-only for now: minor.",
    ),
)
