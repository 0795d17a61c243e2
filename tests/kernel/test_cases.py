"""The fault handler's decisions, case by case, as Linux takes them."""

import pytest

from pagesim.kernel.cases import MAPPINGS, STATES, decide, states_of

EVERY = [
    (mapping, state, access, user)
    for mapping in MAPPINGS
    for state in states_of(mapping)
    for access in "rwx"
    for user in (True, False)
]


@pytest.mark.parametrize(("mapping", "state", "access", "user"), EVERY)
def test_every_combination_ends_in_one_of_linuxs_ways(mapping, state, access, user):
    outcome = decide(mapping, state, access, user)
    signals = {"SIGSEGV", "SIGBUS"} if user else {"EFAULT"}
    assert outcome.kind in {"hit", "minor", "major"} | signals
    assert outcome.reason
    if outcome.kind == "hit":
        assert outcome.error_code is None
        assert outcome.steps == ()
    else:
        assert ("U" in outcome.flags.split()) == user
        assert ("W" in outcome.flags.split()) == (access == "w")
        assert ("I" in outcome.flags.split()) == (access == "x")
        assert outcome.steps
    assert (outcome.translation is None) == (outcome.kind in signals)


def test_every_state_occurs():
    assert {state for mapping in MAPPINGS for state in states_of(mapping)} == set(STATES)
    assert len(EVERY) > 150


# mapping, state, access, kind, si_code, error code: what a real Linux was seen to do
SEEN = [
    ("private memory", "never touched", "r", "minor", "", "U"),
    ("private memory", "never touched", "w", "minor", "", "W U"),
    ("private memory", "read before", "w", "minor", "", "P W U"),
    ("private memory", "written before", "w", "hit", "", ""),
    ("private memory", "written before", "x", "SIGSEGV", "SEGV_ACCERR", "P U I"),
    ("private memory", "written, then forked", "r", "hit", "", ""),
    ("private memory", "written, then forked", "w", "minor", "", "P W U"),
    ("private memory", "written, then swapped out", "r", "major", "", "U"),
    ("read-only memory", "never touched", "w", "SIGSEGV", "SEGV_ACCERR", "W U"),
    ("read-only memory", "written before", "w", "SIGSEGV", "SEGV_ACCERR", "P W U"),
    ("read-only memory", "written before", "r", "hit", "", ""),
    ("memory without access", "written before", "r", "SIGSEGV", "SEGV_ACCERR", "U"),
    ("shared memory", "read before", "w", "hit", "", ""),
    ("private file", "never touched", "r", "major", "", "U"),
    ("private file", "in the page cache", "r", "minor", "", "U"),
    ("private file", "in the page cache", "w", "minor", "", "W U"),
    ("private file", "read before", "w", "minor", "", "P W U"),
    ("shared file", "read before", "w", "minor", "", "P W U"),
    ("program code", "read before", "w", "SIGSEGV", "SEGV_ACCERR", "P W U"),
    ("program code", "read before", "x", "hit", "", ""),
    ("below the stack", "never touched", "w", "minor", "", "W U"),
    ("behind the end of a file", "never touched", "r", "SIGBUS", "BUS_ADRERR", "U"),
    ("nothing", "never touched", "r", "SIGSEGV", "SEGV_MAPERR", "U"),
    ("nothing", "never touched", "w", "SIGSEGV", "SEGV_MAPERR", "W U"),
    ("the kernel", "never touched", "r", "SIGSEGV", "SEGV_MAPERR", "P U"),
    ("the kernel", "never touched", "w", "SIGSEGV", "SEGV_MAPERR", "P W U"),
]


@pytest.mark.parametrize(("mapping", "state", "access", "kind", "si_code", "flags"), SEEN)
def test_cases_that_a_real_linux_was_seen_to_decide(mapping, state, access, kind, si_code, flags):
    outcome = decide(mapping, state, access)
    assert (outcome.kind, outcome.si_code, outcome.flags) == (kind, si_code, flags)


def test_what_cannot_be_is_refused_with_what_can():
    with pytest.raises(ValueError, match="'written before' is not one of never touched, in the"):
        decide("program code", "written before", "r")
    with pytest.raises(ValueError, match="mapping 'tape' is not one of private memory, read-only"):
        states_of("tape")
