"""Every incident: its evidence adds up, one mechanism fits all of it, and its cure cures."""

import re

import pytest

from pagesim.incidents import FAMILIES, INCIDENTS, MECHANISMS, Case, draw, of_family, reopen

from .derived import Shown, check
from .other_machines import OTHERS
from .perturbed import NOT_DERIVED, loose

SUSPECTS = ("VmSize", "Committed_AS", "CommitLimit", "fork took", "numa_hit")
"""Lines that dashboards and forums blame: they are large on most healthy machines, too."""
each_incident = pytest.mark.parametrize("name", INCIDENTS)
few = pytest.param(range(2), id="2 seeds")
some = pytest.param(range(2, 5), id="3 more", marks=pytest.mark.long)
rest = pytest.param(range(5, 50), id="45 more", marks=pytest.mark.exhaustive)
seeds = pytest.mark.parametrize("seeds", [few, some, rest])


def family_of(incident):
    (family,) = [name for name in FAMILIES if incident in of_family(name)]
    return FAMILIES[family]


def numbers_in(text):
    return {int(found.replace(",", "")) for found in re.findall(r"\d[\d,]*", text)}


@each_incident
@seeds
def test_an_incident(name, seeds):
    """One machine for each seed is built once, and everything is asked of it."""
    for seed in seeds:
        case = draw(name, seed)
        adds_up(case)
        one_mechanism_fits(case)
        red_herrings_pull(case)
        cure = case.rerun(case.incident.cure)
        assert cure.score < case.rerun("").score, seed
        assert cure.evidence.files != case.evidence.files


def adds_up(case):
    """Derive what can be derived: `derived` says from what."""
    wrong = check(Shown(*shown(case)))
    assert not wrong, wrong[:9]


def shown(case):
    """Return what a learner sees: texts by their names, and the points of the graph."""
    seen, words = case.evidence, case.incident.replica(case.facts)
    texts = {"log": seen.log, "configuration": seen.config, "the replica": words}
    return {**seen.files, **texts}, list(seen.series.points)


@each_incident
@pytest.mark.parametrize(
    ("every", "most", "seeds"),
    [
        pytest.param(7, 1, range(1), id="some numbers"),
        pytest.param(1, 4, range(1, 4), id="all numbers", marks=pytest.mark.exhaustive),
    ],
)
def test_a_number_that_is_off_is_noticed(name, every, most, seeds):
    """Nine of ten at the very least; what is not derived is named, with its reason."""
    for seed in seeds:
        free, many = loose(*shown(draw(name, seed)), every, most)
        for place in free:
            assert any(re.search(words, place) for words in NOT_DERIVED), place
        assert len(free) <= many / (10 if every == 1 else 5), free


def one_mechanism_fits(case):
    """The others are contradicted, each by a line that is shown, and by a counter of its own."""
    candidates = family_of(case.incident)
    against = {each: case.against(each) for each in candidates}
    assert [each for each, said in against.items() if not said] == [case.incident.mechanism]
    said = [each for each in against.values() if each]
    for each in said:
        assert each.line in map(str.strip, case.cat(each.path).splitlines()), each
        assert each.line in repr(case), each
    assert len({(each.path, name_in(each.line)) for each in said}) == len(said) == 4


def name_in(line):
    return re.sub(r"[\d,:=]+| kB", " ", line).strip()


def red_herrings_pull(case):
    """Each is out of the ordinary, or a well-known suspect; and what is shown refutes it."""
    healthy = case.rerun(case.incident.cure).evidence
    shown = healthy.files | {"log": healthy.log, "configuration": healthy.config}
    first, second = case.herrings
    assert first.words != second.words
    assert first.towards != second.towards
    for each in case.herrings:
        lines = {"log": case.evidence.log, **case.evidence.files}[each.path].splitlines()
        assert each.line in map(str.strip, lines), each
        out_of_the_ordinary = each.line not in map(str.strip, shown.get(each.path, "").splitlines())
        assert out_of_the_ordinary or any(word in each.line for word in SUSPECTS), each
        assert each.towards in family_of(case.incident)
        assert case.against(each.towards), each
        numbers = numbers_in(each.words)
        assert numbers <= numbers_in(repr(case)), each
    assert any(each.line not in shown.get(each.path, "") for each in case.herrings)


@each_incident
def test_nothing_but_the_cure_brings_it_down(name):
    case = draw(name, seed=11)
    before = case.rerun("").score
    for setting in case.incident.settings:
        after = case.rerun(setting).score
        assert (after < before) == (setting == case.incident.cure), setting


@each_incident
def test_the_same_seed_gives_the_same_machine(name):
    one = draw(name, 21)
    other = Case(name, {**one.facts})
    run = INCIDENTS[name].run(one.facts, "")  # not the one that is kept
    assert run == other.rerun("")
    assert repr(one) == repr(other)
    assert one.facts != draw(name, 22).facts


@each_incident
def test_the_slips_and_the_answer_differ(name):
    for seed in range(50):
        case = draw(name, seed)
        slips = case.incident.slips(case.facts)
        assert len(slips) == 3
        assert len({case.incident.number(case.facts), *slips.values()}) == 4


@pytest.mark.parametrize("mechanism", OTHERS)
def test_a_machine_that_has_it_does_not_contradict_it(mechanism):
    """Those that an incident has are tried on every seed above; the others, on other machines."""
    assert MECHANISMS[mechanism].against(OTHERS[mechanism]()) is None


def test_no_mechanism_is_left_out():
    assert {*OTHERS} | {each.mechanism for each in INCIDENTS.values()} == {*MECHANISMS}


def test_five_families_of_two_incidents_at_least():
    found = {family: of_family(family) for family in FAMILIES}
    assert len(found) == 5
    assert all(len(incidents) >= 2 for incidents in found.values())
    assert sum(map(len, found.values())) == len(INCIDENTS) >= 12
    assert all(len({each.mechanism for each in found[family]}) >= 2 for family in found)


def test_a_family_offers_five_candidates_and_the_true_one_among_them():
    for family, candidates in FAMILIES.items():
        assert len(set(candidates)) == 5
        assert {each.mechanism for each in of_family(family)} <= set(candidates)
        assert len({MECHANISMS[key].words for key in candidates}) == 5


def test_the_page_does_not_tell_which_incident_of_a_family_it_is():
    """Neither what is said first nor how the number is asked for; the evidence has to."""
    for family in FAMILIES:
        incidents = of_family(family)
        assert len({each.alert(draw(each.name, 1).facts) for each in incidents}) == 1
        asked = {re.sub(r"[\d,]+", "N", _question(each)) for each in incidents}
        assert len(asked) == 1, asked


def _question(incident):
    return incident.question(draw(incident.name, 1).facts)


def test_html_and_text_show_the_same_files():
    case = draw("limit", 3)
    assert all(f"<code>{path}</code>" in case._repr_html_() for path in case.files)
    assert all(f"==> {path} <==" in repr(case) for path in case.files)


def test_a_problem_is_reopened_with_its_letters():
    facts = draw("areas", 5).facts
    case = reopen({"incident": "areas", "facts": facts, "fixes": {"ram": "q", "areas": "p"}})
    assert (case.fixes, case.facts) == ({"q": "ram", "p": "areas"}, facts)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: draw("flood", 1), "incident 'flood' is none of buffers, "),
        (lambda: Case("flood", {}), "incident 'flood' is none of buffers, "),
        (lambda: of_family("fire"), "family 'fire' is none of memory, "),
        (lambda: draw("areas", 1).cat("/proc/kmsg"), "path '/proc/kmsg' is none of /proc/mem"),
        (lambda: draw("areas", 1).rerun("hope"), "setting 'hope' is none of areas, "),
    ],
)
def test_a_callers_mistake_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()
