"""A learner's own pager: scored between FIFO and OPT, drawn, and run on a real process."""

import time

import pytest

from coursework import pager
from coursework.own_pager import Pager
from pagesim import explore, host, scenes
from pagesim.explorer import pick_victims
from pagesim.replacement import simulate
from pagesim.replacement.contest import programs, scale
from pagesim.replacement.own import NotResident, decide, timeline


def fifo(resident, history):
    return resident[0]


def lru(resident, history):
    return min(resident, key=lambda page: len(history) - history[::-1].index(page))


def told_the_future(string):
    """OPT, which a function of these two arguments cannot be: it knows the string."""

    def evict(resident, history):
        rest = [*string[len(history) + 1 :], *resident]
        return max(resident, key=rest.index)

    return evict


@pytest.mark.parametrize(("evict", "policy"), [(fifo, "fifo"), (lru, "lru")])
def test_a_function_and_the_policy_of_the_same_rule_decide_the_same(evict, policy):
    for seed in range(4):
        for program in programs(seed):
            known = simulate(program.pages, program.frames, policy)
            decided = decide(evict, program.pages, program.frames)
            assert decided.faults == known.faults
            assert decided.victims == known.victims.tolist()
            line = timeline(program.pages, program.frames, decided.victims)
            assert (line.resident == known.timeline.resident).all()


def test_the_scale_goes_from_fifo_to_opt():
    for program in programs(7):
        ends = [simulate(*program[1:], policy).faults for policy in ("fifo", "opt")]
        best = decide(told_the_future(program.pages), *program[1:]).faults
        assert [scale(each, *ends) for each in (*ends, best)] == [0, 100, 100]
    assert pager(fifo).seen == pager(fifo).held_back == 0


def test_what_is_held_back_is_each_learners_own(monkeypatch):
    scores = []
    for name in ("ada", "grace", "ada"):
        monkeypatch.setenv("PAGESIM_LEARNER", name)
        monkeypatch.delenv("JUPYTERHUB_USER", raising=False)
        mine = pager(lru)
        scores.append((mine.seen, mine.held_back))
    assert scores[0] == scores[2]
    assert scores[0][0] == scores[1][0]
    assert scores[0][1] != scores[1][1]


def test_the_card_shows_the_policy_among_those_of_the_course():
    mine = pager(lru)
    lines = mine.card.text.splitlines()
    (own,) = (line for line in lines if "▶ yours" in line)
    (known,) = (line for line in lines if line.lstrip().startswith("lru "))
    assert own.split()[2:] == known.split()[1:]
    assert [line.split()[-1] for line in lines if line.startswith("    a few pages mostly ")]


def endless(resident, history):
    while True:
        pass


@pytest.mark.long
@pytest.mark.parametrize(
    ("evict", "sentence"),
    [
        (lambda resident, history: 99, "evict returned 99; in memory are"),
        (lambda resident, history: None, "evict returned None; in memory are"),
        (lambda resident, history: True, "evict returned True; in memory are"),
        (lambda resident, history: 1 // 0, "Your function raised `ZeroDivisionError`"),
        (lambda resident: resident[0], "takes 1 positional argument but 2 were given"),
        (lambda resident, history: quit(), "SystemExit"),
        (endless, "Which loop never stops?"),
        (7, "needs your function itself"),
    ],
)
def test_a_function_that_cannot_be_used_gets_a_sentence(monkeypatch, evict, sentence):
    monkeypatch.setattr("coursework.own_pager.SECONDS", 0.5 if evict is endless else 60)
    mine = pager(evict)
    assert sentence in mine.trouble
    assert sentence in repr(mine)
    assert mine.seen is None
    assert mine.played == {}
    assert explore(scenes.WhoLeaves(mine.played)).controls["policy"].options == (
        scenes.WhoLeaves().controls["policy"].options
    )


def test_what_a_function_does_to_its_arguments_changes_nothing():
    def careless(resident, history):
        history.clear()
        return resident.pop(0)

    string = programs(0)[0].pages
    assert decide(careless, string, 6).victims == decide(fifo, string, 6).victims
    with pytest.raises(NotResident, match=r"at access 4, evict returned 4; in memory are \[1, 2"):
        decide(lambda resident, history: 4, [1, 2, 3, 4], 3)


@pytest.mark.long
def test_who_leaves_shows_what_the_function_would_do_next():
    shown = explore(scenes.WhoLeaves(pager(lru).played))
    own, known = [], []
    for step in range(1, 21):
        shown.move(policy="yours", step=step)
        own.append(shown.readout.partition(" with ")[2])
        shown.move(policy="LRU")
        known.append(shown.readout.partition(" with ")[2])
    assert own == known


@pytest.mark.parametrize("heard", ["uses", "faults"])
def test_who_hears_of_faults_alone_cannot_run_lru(heard):
    program = programs(0)[-1]
    decided = decide(lru, *program[1:], heard)
    assert decided.faults == simulate(*program[1:], "lru" if heard == "uses" else "fifo").faults


@pytest.mark.long
def test_a_real_process_faults_as_often_as_the_simulator_says():
    real = pager(lru).real()
    if real.run is None:
        pytest.skip(repr(real))
    assert real.run.faults == real.simulated
    assert real.run.intact
    assert "as many as in the simulator" in repr(real)


def test_no_process_waits_for_a_function_that_never_answers(monkeypatch):
    monkeypatch.setattr("coursework.own_pager.SECONDS", 0.3)
    assert "Which loop" in repr(Pager(endless).real())


# By hand.


def until(desk, ready):
    end = time.monotonic() + 100
    while not ready():
        assert time.monotonic() < end, desk.reply.words
        time.sleep(0.01)


@pytest.mark.long
def test_the_page_that_is_clicked_leaves_a_real_process():
    desk = pick_victims(host.BELADY, 3)
    desk.begin.click()
    asked = 0
    while desk.faults is None:
        until(desk, lambda: desk.pages.children or desk.faults is not None or not desk.running)
        if not desk.running and desk.faults is None:
            pytest.skip(desk.reply.words)
        if desk.pages.children:
            asked, words = asked + 1, desk.reply.words
            desk.choose(77)  # is not there, and is passed over
            button = desk.pages.children[0]
            button.click()
            button.click()  # twice is once: page 1 is wanted again, and has just come
            until(desk, lambda words=words: desk.reply.words != words)
    assert (desk.faults, asked) == (9, 6)
    assert "9 real page faults. In the simulator: fifo 9, lru 10, opt 7" in desk.reply.words
    desk.begin.click()
    until(desk, lambda: desk.pages.children)
    desk.stop.click()
    desk.wait(100)
    assert desk.reply.words == "Stopped."


def test_pages_that_cannot_be_served_are_refused():
    with pytest.raises(ValueError, match=r"page 300 is outside 0\.\.255"):
        pick_victims([300], 2)
    with pytest.raises(ValueError, match="frames 0"):
        pick_victims([1], 0)
