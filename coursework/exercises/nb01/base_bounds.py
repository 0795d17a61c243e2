"""Translate six addresses by hand, with two registers."""

from __future__ import annotations

from random import Random

from ...kinds import Data, Numbers, bug, own

_KEYS = "abcdef"


def draw(rng: Random) -> Data:
    """Draw two registers, and addresses on both sides of the bounds and at them."""
    bounds = rng.randrange(3000, 9000, 10)
    base = rng.randrange(bounds // 4, bounds // 2)
    beyond = rng.randrange(bounds + 1, bounds + base)
    others = [0, bounds - 1, bounds, beyond, bounds - base + 50]
    rng.shuffle(others)
    addresses = [rng.randrange(100, bounds - base - 100), *others]
    return {"base": base, "bounds": bounds, "addresses": dict(zip(_KEYS, addresses, strict=True))}


def text(data: Data) -> str:
    """State the registers and the addresses."""
    asked = ", ".join(f"{key} = {va}" for key, va in data["addresses"].items())
    return (
        f"A process runs with base = {data['base']} and bounds = {data['bounds']} (decimal, in "
        f"bytes). It uses the addresses {asked}."
        "\n\n"
        'Write the physical address of each; "fault" where the hardware refuses.'
    )


def solve(
    data: Data, *, moved: int = 1, beyond: int = 0, late: bool = False, checked: bool = True
) -> Data:
    """Compare, and then add."""
    base, bounds = data["base"], data["bounds"]
    answers = {}
    for key, va in data["addresses"].items():
        compared = base + va if late else va
        inside = compared in range(bounds + beyond) or not checked
        answers[key] = moved * base + va if inside else "fault"
    return answers


def locate(data: Data, key: str, expected: int | str, got: int | str) -> str:
    """Say which of the two registers was misread."""
    if expected == "fault":
        return "First wrong step: the comparison. Is this address below the bounds register?"
    if got == "fault":
        return "First wrong step: the comparison. The address itself is compared, nothing else."
    return "The comparison is right; first wrong step: the addition. What does base hold?"


EXERCISE = Numbers(
    **own(globals()),
    title="Two registers, by hand",
    kind="hand",
    form=dict.fromkeys(_KEYS, (int, "fault")),
    describe=lambda data, key: f"`{key}`, the address {data['addresses'][key]}",
    mistakes={
        bug(beyond=1): "the address that *equals* the bounds register is let through. A process of "
        "10 bytes has the addresses 0 to 9: the tenth byte is the last, and 10 is not its own.",
        bug(moved=0): "each address is checked and then used as it is. Below the bounds it is the "
        "process's own byte, but that byte does not lie there: the process starts at `base`.",
        bug(checked=False): "the base is added to every address. Behind the end of this process "
        "lies somebody else's memory; who stops the process from reading it?",
        bug(late=True): "the *sum* is compared with bounds. Here bounds is the size of the "
        "process, not the place where it ends, so the address is compared as the program wrote it.",
    },
    start="Begin with address `a`: is it below bounds? If so, add base.",
    right="One comparison and one addition, in hardware, at every single access. The kernel has "
    "only filled two registers.",
    untested="permissions, growth of the process, more than one piece.",
    hints=(
        "Two questions for each address, in this order: is it *below* bounds? Then what is base "
        "plus it?",
        "With base = 100 and bounds = 10, the address 9 is byte 109, and 10 is a fault.",
        "Compare what the program wrote, before anything is added. Only what passes gets the base.",
    ),
)
