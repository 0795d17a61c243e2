"""Notebooks 07 and 08 tell of one kernel: what both can show ends the same in both pictures."""

from __future__ import annotations

import itertools

import pytest

from pagesim import scenes
from pagesim.kernel import Why
from pagesim.kernel.cases import Mapping, Mode, State, Verb, no_such, outcome
from pagesim.scenes.space.small_program import STOPS

from .seen import Told

pytestmark = pytest.mark.long  # two pictures and the kernel at every position

STRIP = {stop.name: stop for stop in STOPS}
STACK = STRIP["stack"]

# An address of the strip in notebook 07, and the case in notebook 08 that is the same.
BOTH = {
    "text": (STRIP["text"].start, Mapping.CODE, State.CACHED),
    "heap": (STRIP["heap"].start, Mapping.PRIVATE, State.EMPTY),
    "stack": (STACK.start, Mapping.STACK, State.EMPTY),
    "hole": (0x1000_0000_0000, Mapping.NOTHING, State.EMPTY),
    "NULL": (0, Mapping.NOTHING, State.EMPTY),
    "below the stack": (STACK.start - 10 * 4096, Mapping.BELOW_STACK, State.EMPTY),
    "below its limit": (STACK.end - (8 << 20) - 4096, Mapping.BELOW_LIMIT, State.EMPTY),
    "last page": (STRIP["last page"].start, Mapping.KERNEL, State.EMPTY),
    "kernel": (0xFFFF_FFFF_8100_0000, Mapping.KERNEL, State.EMPTY),
    "no canonical address": (1 << 63, Mapping.NOT_CANONICAL, State.EMPTY),
}


@pytest.mark.parametrize("place", BOTH)
def test_both_pictures_say_what_the_kernel_says(place: str) -> None:
    strip, decision = Told(scenes.AddressStrip()), Told(scenes.FaultDecision())
    va, mapping, state = BOTH[place]
    for verb, mode in itertools.product(Verb, Mode):
        in_07 = strip.move(va=va, access=str(verb), mode=mode.removesuffix(" mode"))
        in_08 = decision.move(mapping=mapping, state=state, access=verb, mode=mode)
        if no_such(mapping, state, verb, mode):  # the kernel's own jumps: 08 has no such case
            assert Why.KERNEL_FETCH.value in in_08
            assert ": oops. " in in_07
            assert Why.KERNEL_FETCH.value in in_07 or place == "no canonical address"
            continue
        end = outcome(mapping, state, verb, mode)
        assert f": {end.verdict}. " in in_07
        if end.error_code is None:
            assert "no page fault" in in_07 or "does not even try" in in_07
            assert "Error code none." in in_08
        else:
            code = f"rror code {end.error_code:#x} ({end.flags or 'no'}"
            assert code.replace("(no", "(no bit set)") in in_07
            assert code.replace("(no", "(none)") in in_08
        told = {"minor": "Minor fault", "major": "Major fault", "hit": "No fault"}
        assert in_08.startswith(told.get(end.kind, end.kind))
        why = end.reason.replace(", with its neighbours", "")  # the strip's file has more of them
        assert why in in_07


def test_every_mapping_that_the_strip_has_is_compared() -> None:
    assert {mapping for _, mapping, _ in BOTH.values()} >= {
        Mapping.CODE,
        Mapping.PRIVATE,
        Mapping.STACK,
        Mapping.NOTHING,
        Mapping.KERNEL,
        Mapping.NOT_CANONICAL,
        Mapping.BELOW_STACK,
        Mapping.BELOW_LIMIT,
    }
