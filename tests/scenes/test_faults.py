"""Scenes of notebook 08: every case of the decision, and what Linux makes of them."""

from __future__ import annotations

import itertools
import re

import pytest

from pagesim import scenes
from pagesim.kernel import Kernel
from pagesim.kernel.cases import Mapping, Mode, State, Verb, no_such, outcome
from pagesim.scenes.faults.fault_map import NODES, path
from pagesim.scenes.faults.short_life import life

from .seen import Told

PRIVATE, SHARED_FILE = "private memory", "shared file"
ALL = list(itertools.product(Mapping, State, Verb, Mode))
CASES = [case for case in ALL if not no_such(*case)]

# What a real Linux was seen to do (x86-64, Linux 6.18): signal, si_code, error code's letters.
SEEN = {
    ("read-only memory", "read-only page", "write"): ("SIGSEGV", "SEGV_ACCERR", "P W U"),
    ("read-only memory", "empty", "write"): ("SIGSEGV", "SEGV_ACCERR", "W U"),
    ("PROT_NONE", "page with P cleared", "read"): ("SIGSEGV", "SEGV_ACCERR", "U"),
    ("nothing", "empty", "read"): ("SIGSEGV", "SEGV_MAPERR", "U"),
    ("nothing", "empty", "write"): ("SIGSEGV", "SEGV_MAPERR", "W U"),
    ("code of a file", "read-only page", "write"): ("SIGSEGV", "SEGV_ACCERR", "P W U"),
    (PRIVATE, "writable page", "execute"): ("SIGSEGV", "SEGV_ACCERR", "P U I"),
    ("a kernel address", "empty", "read"): ("SIGSEGV", "SEGV_MAPERR", "P U"),
    ("a kernel address", "empty", "write"): ("SIGSEGV", "SEGV_MAPERR", "P W U"),
    ("no canonical address", "empty", "read"): ("SIGSEGV", "SI_KERNEL", ""),
    (SHARED_FILE, "empty; past the file's end", "read"): ("SIGBUS", "BUS_ADRERR", "U"),
    (PRIVATE, "empty", "write"): ("minor", "", "W U"),
    (PRIVATE, "empty", "read"): ("minor", "", "U"),
    (PRIVATE, "the zero page", "write"): ("minor", "", "P W U"),
    (PRIVATE, "read-only page", "read"): ("hit", "", ""),
    (PRIVATE, "read-only page", "write"): ("minor", "", "P W U"),
    (PRIVATE, "in swap", "read"): ("major", "", "U"),
    (SHARED_FILE, "empty", "read"): ("major", "", "U"),
    (SHARED_FILE, "empty; page in the cache", "read"): ("minor", "", "U"),
    ("private file", "read-only page", "write"): ("minor", "", "P W U"),
    ("just below the stack", "empty", "write"): ("minor", "", "W U"),
    ("below the stack's limit", "empty", "write"): ("SIGSEGV", "SEGV_MAPERR", "W U"),
}


@pytest.mark.parametrize(("case", "seen"), SEEN.items(), ids=lambda part: " ".join(part))
def test_the_decision_is_what_linux_was_seen_to_do(
    case: tuple[str, str, str], seen: tuple[str, str, str]
) -> None:
    end = outcome(*case, "user mode")
    assert (end.kind, end.si_code, end.flags) == seen


def rights(mapping: str) -> str:
    """What each mapping allows."""
    fixed = {"read-only memory": "r", "code of a file": "rx", "PROT_NONE": ""}
    return fixed.get(mapping, "rw")


@pytest.mark.parametrize("mapping", Mapping)
def test_every_case_ends_as_the_rules_say(mapping: str) -> None:
    """The rules, told once more from outside, over all that can be chosen."""
    cases = [case for case in CASES if case[0] == mapping]
    assert cases
    for case in cases:
        _, state, access, mode = case
        end = outcome(*case)
        user = mode == "user mode"
        nowhere = mapping in ("nothing", "a kernel address", "below the stack's limit")
        if mapping == "no canonical address" or (mapping == "a kernel address" and not user):
            assert (end.kind, end.error_code) == ("SIGSEGV" if user else "EFAULT", None)
            continue
        present = state in tuple(State)[3:7]
        allowed = not nowhere and access.access in rights(mapping)
        lacking = state == "empty; past the file's end"
        if nowhere or not allowed:
            assert end.kind == ("SIGSEGV" if user else "EFAULT")
            assert end.si_code == ("" if not user else "SEGV_MAPERR" if nowhere else "SEGV_ACCERR")
        elif lacking:
            assert end.kind == ("SIGBUS" if user else "EFAULT")
        elif present and (access != "write" or state == "writable page"):
            assert (end.kind, end.error_code) == ("hit", None)
            continue
        else:
            from_disk = state == "in swap" or (
                state == "empty" and mapping in ("private file", "shared file", "code of a file")
            )
            assert end.kind == ("major" if from_disk else "minor"), case
        assert end.error_code is not None
        hidden = user and mapping == "a kernel address"
        letters = [
            "P" * (present or hidden),
            "W" * (access == "write"),
            "U" * user,
            "I" * (access == "execute"),
        ]
        assert end.flags == " ".join(filter(None, letters)), case


def test_every_combination_is_answered_by_the_map() -> None:
    """Each leads to a box, or to the reason why there is no such case; every box is reached."""
    ends = {path(outcome(*case))[-1] for case in CASES}
    leaves = {name for name, node in NODES.items() if node.case}
    assert ends == leaves
    assert len(CASES) + sum(bool(no_such(*case)) for case in ALL) == len(ALL)


def test_a_click_on_a_box_leads_to_a_case_that_ends_there() -> None:
    picture = Told(scenes.FaultDecision())
    for name, node in NODES.items():
        moved = picture.scene.hit(node.x + 0.1, node.y, **picture.values)
        if not node.case:
            assert moved == {}
            continue
        values = {**picture.values, **moved}
        case = values["mapping"], values["state"], values["access"], values["mode"]
        assert not no_such(*case)
        assert path(outcome(*case))[-1] == name


def test_where_mapping_and_entry_do_not_agree_the_other_one_gives_way() -> None:
    picture = Told(scenes.FaultDecision())
    for mapping in Mapping:
        picture.move(mapping=mapping)
        assert picture.values["mapping"] == mapping
        assert not no_such(mapping, picture.values["state"])
    for state in State:
        picture.move(state=state)
        assert picture.values["state"] == state
        assert not no_such(picture.values["mapping"], state)


# -- a program's life ------------------------------------------------------------------------------


def test_a_life_by_hand() -> None:
    """Read, write, write; a write after the fork; the file from disk; the stack; the last owner."""
    faults = [
        (m.counters["parent"]["minflt"], m.counters["parent"]["majflt"])
        for m in life(cached=False, shared=False)
    ]
    assert faults == [
        (0, 0),
        (1, 0),
        (2, 0),
        (3, 0),
        (3, 0),
        (3, 0),
        (3, 0),
        (4, 0),
        (4, 1),
        (4, 1),
        (5, 1),
        (5, 1),
        (6, 1),
    ]
    child = life(cached=False, shared=False)[9].counters["child"]
    assert (child["minflt"], child["majflt"]) == (2, 0)


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("cached", [False, True])
def test_frames_and_entries_of_a_life_are_those_of_the_moment(cached: bool, shared: bool) -> None:
    """The file takes its four frames when it is read, not when somebody maps its last page."""
    moments = life(cached=cached, shared=shared)
    taken = [sum(bool(owners) for owners in moment.frames.values()) for moment in moments]
    own = [0, shared, 1, 2, 2, 2, 2 + (not shared), 2 + (not shared)]  # frames of the memory
    assert taken[:8] == [frames + 4 * cached for frames in own]
    assert taken[8] == own[7] + 4
    child = moments[4].entries["child", "memory"]
    copied = [entry.frame for entry in child if entry.frame >= 0]
    assert len(copied) == (0 if shared else 2)
    assert ("not even the entries" in moments[4].result) == shared


def test_what_is_shared_is_never_copied() -> None:
    for moment in life(cached=True, shared=True):
        parent = moment.entries["parent", "memory"]
        for mine, theirs in zip(parent, moment.entries.get(("child", "memory"), ()), strict=False):
            assert theirs.frame in (mine.frame, -1)


# -- copy-on-write ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("children", "written"), [(1, 0), (1, 20), (3, 10), (8, 40)])
def test_frames_and_faults_after_forks(children: int, written: int) -> None:
    """One frame for each page that somebody wrote, and the faults of the children alone."""
    told = Told(scenes.CowShares(), children=children, written=written).readout
    assert f"{40 + children * written} frames" in told
    assert f"{children * written} faults in all" in told or "no fault" in told
    # every frame belongs to somebody: the Pss add up to all of them, but Linux cuts each off
    total = int(told.split("all together, uncut, ")[1].split(" kB")[0])
    printed = re.search(r"parent (\d+) kB, a child (\d+) kB", told)
    assert printed
    assert total == (40 + children * written) * 4
    assert 0 <= total - int(printed[1]) - children * int(printed[2]) <= children


# -- the price -------------------------------------------------------------------------------------


def test_the_price_by_hand() -> None:
    """140 µs for each 1000 accesses of 80 ns: 140000 / 80000 more."""
    assert "2.75 times as long" in Told(scenes.FaultPrice()).readout
    told = Told(scenes.FaultPrice())
    assert "One in 17,500 adds a tenth, one in 1,750 doubles the time." in told.readout
    assert told.move(rate=9).endswith("One in 17,500 adds a tenth.")  # one in 10,000
    assert told.move(rate=10).endswith("without one 80 ns.")  # one in 20,000


def test_a_bad_address_in_a_system_call_is_no_signal() -> None:
    from pagesim.kernel import BadAddress

    process = Kernel(ram="2 MiB").spawn()
    for va in (0, 0x8000_0000_0000_0000, 0xFFFF_FFFF_8100_0000):
        with pytest.raises(BadAddress):
            process.read(va, user=False)
