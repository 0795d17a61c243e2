"""Exercises of notebooks 00 and 01 against facts worked out in another way."""

from collections import Counter
from fractions import Fraction

import pytest

from coursework.exercises import EXERCISES
from coursework.exercises.nb00 import look_up
from coursework.exercises.nb01 import base_bounds, disk_share, largest_fit, numa_mean, shared_ram
from coursework.judge import judge

LEARNERS = ["guest"] + [f"learner {number}" for number in range(100)]


def drawn(name, learner="ada"):
    return EXERCISES[name].problem(learner)


@pytest.mark.parametrize("learner", LEARNERS)
def test_looking_up_there_and_back(learner):
    data = drawn("look-up", learner)
    row = data["table"]
    assert row[data["page"]] == look_up.solve(data)["frame"]
    assert row[look_up.solve(data)["page"]] == data["frame"]
    # nor are the two questions each other's answer, or the two answers one number
    assert row[data["page"]] not in (data["frame"], row.index(data["frame"]))


@pytest.mark.parametrize("learner", LEARNERS)
def test_base_and_bounds_on_a_memory_of_bytes(learner):
    """Load a process whose byte n holds n; whatever an address gives must be its own number."""
    data = drawn("base-bounds", learner)
    memory = dict(enumerate(range(data["bounds"]), data["base"]))  # place -> the byte's number
    answers = base_bounds.solve(data)
    for key, va in data["addresses"].items():
        assert (answers[key] == "fault") == (va >= data["bounds"])
        if answers[key] != "fault":
            assert memory[answers[key]] == va
    assert list(answers.values()).count("fault") == 2
    assert answers["a"] != "fault"


@pytest.mark.parametrize("learner", LEARNERS)
def test_workers_counted_frame_by_frame(learner):
    """A frame for each (file, MiB) of code, and for each (worker, MiB) of data."""
    data = drawn("shared-ram", learner)

    def frames(workers):
        code = {("code", mib) for _ in range(min(workers, 2)) for mib in range(data["code"])}
        return len(code) + len(
            {(who, mib) for who in range(workers) for mib in range(data["data"])}
        )

    assert shared_ram.solve(data)["ram"] == frames(data["processes"])
    most = shared_ram.solve(data)["most"]
    assert frames(most) <= data["ram"] < frames(most + 1)
    each = data["code"] + data["data"] + data["untouched"]
    assert shared_ram.solve(data)["virtual"] == sum([each] * data["processes"])


@pytest.mark.parametrize("learner", LEARNERS)
def test_the_mean_is_what_the_accesses_take_together(learner):
    data = drawn("disk-share", learner)

    def mean(one_in):
        times = Counter({data["ram_ns"]: one_in - 1, data["disk_us"] * 1000: 1})
        return Fraction(sum(ns * count for ns, count in times.items()), one_in)

    said = disk_share.solve(data)
    assert said["mean"] == pytest.approx(float(mean(data["one_in"])), rel=1e-12)
    assert said["times"] * data["ram_ns"] == pytest.approx(said["mean"])
    for key, limit in (("twice", 2), ("limit", data["limit"])):
        least = said[key]
        assert mean(least) <= limit * data["ram_ns"] < mean(least - 1)
    assert mean(said["twice"]) == 2 * data["ram_ns"]  # one limit is met exactly, the other not
    assert mean(said["limit"]) < data["limit"] * data["ram_ns"]


@pytest.mark.parametrize("learner", LEARNERS[:20])
def test_the_largest_fit_fits_and_one_more_does_not(learner):
    """Try every place for a piece, address by address."""
    for size, blocks in drawn("largest-fit", learner)["cases"]:
        used = {at for start, length in blocks for at in range(start, start + length)}
        assert used <= set(range(size))
        assert len(used) == sum(length for _, length in blocks)  # nothing overlaps

        def fits(piece, size=size, used=used):
            starts = range(size - piece + 1)
            return any(used.isdisjoint(range(at, at + piece)) for at in starts)

        largest, free = largest_fit.solve(size, blocks)
        assert free == size - len(used)
        assert fits(largest)
        assert not fits(largest + 1)


def test_there_is_an_empty_and_a_full_memory():
    for learner in LEARNERS:
        *_, empty, full = drawn("largest-fit", learner)["cases"]
        assert largest_fit.solve(*empty) == [empty[0], empty[0]]
        assert largest_fit.solve(*full) == [0, 0]


@pytest.mark.parametrize("learner", LEARNERS[:20])
def test_first_touch_access_by_access(learner):
    for accesses, local, remote in drawn("numa-mean", learner)["cases"]:
        times = []
        for i, (node, page) in enumerate(accesses):
            toucher = next(who for who, what in accesses[: i + 1] if what == page)
            times.append(local if toucher == node else remote)
        mean = Fraction(sum(times), len(times))
        assert numa_mean.solve(accesses, local, remote) == pytest.approx(float(mean))


@pytest.mark.parametrize(
    ("name", "answer", "sentence"),
    [
        ("look-up", {"frame": 99, "page": 99}, "What stands below it?"),
        ("base-bounds", dict.fromkeys("abcdef", 7), "the addition. What does base hold?"),
        ("shared-ram", {"virtual": 2, "ram": 1, "most": 1}, "what a process has mapped"),
        (
            "disk-share",
            {"mean": 1.0, "times": 1.0, "twice": 1, "limit": 1},
            "That is too small. Of",
        ),
        ("largest-fit", lambda size, blocks: (0, 0), "`largest` is too small"),
        ("largest-fit", lambda size, blocks: (size, 0), "`largest` is too large"),
        ("numa-mean", lambda accesses, local, remote: 0.0, "lies outside of"),
        ("numa-mean", lambda accesses, local, remote: float(local), "more accesses are local"),
    ],
)
def test_the_first_wrong_step_is_named(name, answer, sentence):
    score = judge(EXERCISES[name], drawn(name), answer)
    assert score.state == "not yet"
    assert sentence.lower() in score.text.lower()


def test_a_fault_too_many_is_told():
    data = drawn("base-bounds")
    answer = base_bounds.solve(data) | {"a": "fault"}
    score = judge(EXERCISES["base-bounds"], data, answer)
    assert (float(score), score.state) == (1.66, "not yet")
    assert "The address itself is compared" in score.text


def numa_rounded(digits):
    def numa_mean(accesses, local, remote):
        mean = numa_mean_of(accesses, local, remote)
        return mean // 1 if digits is None else round(mean, digits)

    return numa_mean


def numa_mean_of(accesses, local, remote):
    return EXERCISES["numa-mean"].solve(accesses, local, remote)


@pytest.mark.parametrize("digits", [None, 0, 1, 2])
def test_a_rounded_mean_is_called_rounded(digits):
    text = judge(EXERCISES["numa-mean"], drawn("numa-mean"), numa_rounded(digits)).text
    assert "too far: 6 significant digits are asked for" in text
    assert "local than there are" not in text


def test_two_answers_in_each_others_place_are_told():
    data = drawn("disk-share")
    right = disk_share.solve(data)
    answer = right | {"mean": right["times"], "times": right["mean"]}
    text = judge(EXERCISES["disk-share"], data, answer).text
    assert "The answers to `mean` and `times` stand in each other's place." in text


def test_a_division_is_advised_only_where_it_is_right():
    data = drawn("disk-share")
    right = disk_share.solve(data)
    text = judge(EXERCISES["disk-share"], data, right | {"limit": right["limit"] - 0.5}).text
    assert "Rounded up, it is right: `math.ceil`." in text
    assert "`//`" not in text
