"""The fault handler's decisions, case by case, as Linux takes them."""

import itertools

import pytest

from pagesim.kernel import Found, Question, Why
from pagesim.kernel.cases import Mapping, Mode, State, Verb, no_such, outcome

EVERY = [case for case in itertools.product(Mapping, State, Verb, Mode) if not no_such(*case)]


@pytest.mark.parametrize("case", EVERY, ids=lambda case: ", ".join(case))
def test_every_combination_ends_in_one_of_linuxs_ways(case):
    _, _, verb, mode = case
    end = outcome(*case)
    refused = {"SIGSEGV", "SIGBUS"} if mode is Mode.USER else {"EFAULT"}
    assert end.kind in {"hit", "minor", "major"} | refused
    assert end.reason
    if end.error_code is None:
        assert end.kind == "hit" or {Why.NOT_CANONICAL, Why.OF_KERNEL} & set(end.why)
        assert end.steps == ()
    else:
        assert ("U" in end.flags.split()) == (mode is Mode.USER)
        assert ("W" in end.flags.split()) == (verb is Verb.WRITE)
        assert ("I" in end.flags.split()) == (verb is Verb.EXECUTE)
        assert end.steps
    assert (end.translation is None) == (end.kind in refused)


def test_every_value_occurs():
    """No mapping, state, answer or reason is there for nothing; huge pages have their own."""
    assert {case[0] for case in EVERY} == set(Mapping)
    assert {case[1] for case in EVERY} == set(State)
    ends = [outcome(*case) for case in EVERY]
    asked = {step.question for end in ends for step in end.steps}
    assert asked == set(Question) - {Question.HUGE_PAGE, Question.POOL}
    kinds = {step.found for end in ends for step in end.steps}
    assert {Found.STACK_GROWS, Found.STACK_AT_LIMIT, Found.NO_AREA, Found.FORBIDDEN} < kinds


# mapping, state, access: kind, si_code, error code; what a real Linux was seen to do
SEEN = [
    (Mapping.PRIVATE, State.EMPTY, "read", "minor", "", "U"),
    (Mapping.PRIVATE, State.EMPTY, "write", "minor", "", "W U"),
    (Mapping.PRIVATE, State.ZERO, "write", "minor", "", "P W U"),
    (Mapping.PRIVATE, State.WRITABLE, "write", "hit", "", ""),
    (Mapping.PRIVATE, State.WRITABLE, "execute", "SIGSEGV", "SEGV_ACCERR", "P U I"),
    (Mapping.PRIVATE, State.READ_ONLY, "read", "hit", "", ""),
    (Mapping.PRIVATE, State.READ_ONLY, "write", "minor", "", "P W U"),
    (Mapping.PRIVATE, State.SWAPPED, "read", "major", "", "U"),
    (Mapping.READ_ONLY, State.EMPTY, "write", "SIGSEGV", "SEGV_ACCERR", "W U"),
    (Mapping.READ_ONLY, State.READ_ONLY, "write", "SIGSEGV", "SEGV_ACCERR", "P W U"),
    (Mapping.READ_ONLY, State.READ_ONLY, "read", "hit", "", ""),
    (Mapping.PROT_NONE, State.CLEARED, "read", "SIGSEGV", "SEGV_ACCERR", "U"),
    (Mapping.SHARED, State.WRITABLE, "write", "hit", "", ""),
    (Mapping.PRIVATE_FILE, State.EMPTY, "read", "major", "", "U"),
    (Mapping.PRIVATE_FILE, State.CACHED, "read", "minor", "", "U"),
    (Mapping.PRIVATE_FILE, State.CACHED, "write", "minor", "", "W U"),
    (Mapping.PRIVATE_FILE, State.READ_ONLY, "write", "minor", "", "P W U"),
    (Mapping.SHARED_FILE, State.READ_ONLY, "write", "minor", "", "P W U"),
    (Mapping.SHARED_FILE, State.PAST_END, "read", "SIGBUS", "BUS_ADRERR", "U"),
    (Mapping.CODE, State.READ_ONLY, "write", "SIGSEGV", "SEGV_ACCERR", "P W U"),
    (Mapping.CODE, State.READ_ONLY, "execute", "hit", "", ""),
    (Mapping.BELOW_STACK, State.EMPTY, "write", "minor", "", "W U"),
    (Mapping.BELOW_LIMIT, State.EMPTY, "write", "SIGSEGV", "SEGV_MAPERR", "W U"),
    (Mapping.NOTHING, State.EMPTY, "read", "SIGSEGV", "SEGV_MAPERR", "U"),
    (Mapping.NOTHING, State.EMPTY, "write", "SIGSEGV", "SEGV_MAPERR", "W U"),
    (Mapping.KERNEL, State.EMPTY, "read", "SIGSEGV", "SEGV_MAPERR", "P U"),
    (Mapping.KERNEL, State.EMPTY, "write", "SIGSEGV", "SEGV_MAPERR", "P W U"),
    (Mapping.NOT_CANONICAL, State.EMPTY, "read", "SIGSEGV", "SI_KERNEL", ""),
]


@pytest.mark.parametrize(("mapping", "state", "verb", "kind", "si_code", "flags"), SEEN)
def test_cases_that_a_real_linux_was_seen_to_decide(mapping, state, verb, kind, si_code, flags):
    end = outcome(mapping, state, Verb(verb), Mode.USER)
    assert (end.kind, end.si_code, end.flags) == (kind, si_code, flags)


def test_what_cannot_be_is_refused_with_the_reason():
    with pytest.raises(ValueError, match=r"code of a file, writable page, .*allows no writing"):
        outcome(Mapping.CODE, State.WRITABLE, Verb.READ, Mode.USER)
