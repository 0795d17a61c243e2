"""Translate five addresses by hand, with two registers."""

from __future__ import annotations

from random import Random

from pagesim.segments import BaseBounds, OutOfBounds

from ...exercise import Data, Exercise, Mistake

Place = int | str  # a physical address, or "fault"


def draw(rng: Random) -> Data:
    """Draw two registers, and addresses on both sides of the bounds and at them."""
    bounds = rng.randrange(3000, 9000, 10)
    base = rng.randrange(bounds // 4, bounds // 2)
    inside = rng.randrange(100, bounds - base - 100)
    edges = [bounds, bounds - 1, rng.randrange(bounds + 1, bounds + base), bounds - base + 50]
    rng.shuffle(edges)
    return {
        "base": base,
        "bounds": bounds,
        "addresses": dict(zip("abcde", [inside, *edges], strict=True)),
    }


def text(data: Data) -> str:
    """State the registers and the addresses."""
    asked = ", ".join(f"{key} = {va}" for key, va in data["addresses"].items())
    return (
        f"A process runs with base = {data['base']} and bounds = {data['bounds']} (decimal, in "
        f"bytes). It uses the addresses {asked}."
        "\n\n"
        'Write the physical address of each; "fault" where the hardware refuses.'
    )


def reference(data: Data, key: str) -> Place:
    """Ask the simulator's registers."""
    try:
        return BaseBounds(data["base"], data["bounds"]).translate(data["addresses"][key])
    except OutOfBounds:
        return "fault"


def _one_too_far(data: Data, key: str) -> Place:
    va = data["addresses"][key]
    return data["base"] + va if va <= data["bounds"] else "fault"


def _not_moved(data: Data, key: str) -> Place:
    va: int = data["addresses"][key]
    return va if va < data["bounds"] else "fault"


def _unchecked(data: Data, key: str) -> Place:
    return int(data["base"] + data["addresses"][key])


def _checked_late(data: Data, key: str) -> Place:
    pa: int = data["base"] + data["addresses"][key]
    return pa if pa < data["bounds"] else "fault"


def locate(data: Data, key: str, expected: Place, got: Place) -> str:
    """Say which of the two registers was misread."""
    if expected == "fault":
        return "First wrong step: the comparison. Is this address below the bounds register?"
    if got == "fault":
        return "First wrong step: the comparison. The address itself is compared, nothing else."
    return "The comparison is right; first wrong step: the addition. What does base hold?"


BASE_BOUNDS = Exercise(
    id="base-bounds",
    notebook="01",
    title="Two registers, by hand",
    points=2,
    kind="hand",
    draw=draw,
    text=text,
    form=dict.fromkeys("abcde", (int, "fault")),
    reference=reference,
    describe=lambda data, key: f"`{key}`, the address {data['addresses'][key]}",
    locate=locate,
    mistakes=(
        Mistake(
            name="one too far",
            message="You let the address through that *equals* the bounds register. A process of "
            "10 bytes has the addresses 0 to 9: the tenth byte is the last, and 10 is not its own.",
            solve=_one_too_far,
        ),
        Mistake(
            name="base forgotten",
            message="You checked the address and then used it as it is. Below the bounds it is the "
            "process's own byte, but that byte does not lie there: the process starts at `base`.",
            solve=_not_moved,
        ),
        Mistake(
            name="nothing checked",
            message="You added the base everywhere. Behind the end of this process lies somebody "
            "else's memory; who stops the process from reading it?",
            solve=_unchecked,
        ),
        Mistake(
            name="checked after adding",
            message="You compared the *sum* with bounds. Here bounds is the size of the process, "
            "not the place where it ends, so the address is compared as the program wrote it.",
            solve=_checked_late,
        ),
    ),
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
