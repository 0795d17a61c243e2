"""What the pictures of notebook 09 say, against textbooks and models worked out here."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from pagesim import host, scenes
from pagesim.replacement import POLICIES, simulate
from pagesim.scenes.base import Choice
from pagesim.scenes.replacement.crowd import TOUCHES, work
from pagesim.scenes.replacement.eviction_cost import fate_of
from pagesim.scenes.replacement.pager_replay import steps
from pagesim.scenes.replacement.reference_strings import NAMES, memory_of, run_of, string_of

from .seen import Told, pixels


@pytest.mark.long
@pytest.mark.parametrize(
    "scene",
    [
        scenes.BeladyCurve,
        scenes.EvictionCost,
        scenes.PagerReplay,
        scenes.Thrashing,
        scenes.WhoLeaves,
        scenes.CowShares,
        scenes.FaultDecision,
        scenes.FaultPrice,
    ],
)
def test_no_two_choices_draw_the_same_picture(scene: Callable[[], scenes.Scene]) -> None:
    """Whoever changes a choice sees that it is another one."""
    picture = Told(scene())
    start = picture.values
    for name, control in picture.controls.items():
        if isinstance(control, Choice):
            drawn = set()
            for option in control.options:
                picture.values = start
                picture.move(**{name: option})
                picture.stage.paint()
                drawn.add(pixels(picture.stage).tobytes())
            assert len(drawn) == len(control.options), name


@pytest.mark.parametrize("policy", [name for name in POLICIES if name != "random"])
@pytest.mark.parametrize("string", NAMES)
def test_whoever_is_said_to_be_next_does_leave_next(policy: str, string: str) -> None:
    """What the ring points at is the next victim, if the next access faults."""
    pages = string_of(string, 6)
    for frames in (2, 3, 4):
        line = run_of(string, 6, frames, policy).timeline
        for now in range(len(pages) - 1):
            memory = memory_of(string, 6, frames, policy, now + 1)
            assert memory.pages == [page for page in line.resident[now] if page >= 0]
            if line.victim[now + 1] >= 0:
                told = memory.would_leave()
                assert told is not None
                assert memory.pages[told] == line.victim[now + 1]


def test_the_textbook_string() -> None:
    """Silberschatz, Galvin, Gagne, sec. 10.4, three frames: 15 faults, 12 and 9."""
    picture = Told(scenes.WhoLeaves(), string="a textbook's", frames=3)
    for policy, faults in (("FIFO", 15), ("LRU", 12), ("OPT", 9)):
        assert f"{faults} of 20 in the whole string" in picture.move(policy=policy)


def test_a_click_on_an_access_goes_there() -> None:
    picture = Told(scenes.WhoLeaves())
    assert picture.scene.hit(0.95 + 4.5 * 0.285, 3.4, **picture.values) == {"step": 5}


def test_belady_goes_up_and_lru_never() -> None:
    picture = Told(scenes.BeladyCurve())
    assert picture.readout.startswith("FIFO: 3 frames fault 9 times, 4 frames 10.")
    for policy in ("LRU", "OPT"):
        for string in NAMES:
            assert "never" not in picture.move(policy="FIFO", string="Belady's")
            assert "one more frame never costs a fault" in picture.move(
                policy=policy, string=string, frames=8
            )


def test_a_rise_by_chance_is_no_anomaly() -> None:
    """Belady's anomaly belongs to a rule that is followed; where chance decides, it is luck."""
    picture = Told(scenes.BeladyCurve())
    said = {policy: set() for policy in ("random", "FIFO")}
    for policy, words in said.items():
        for string in NAMES:
            for seed in range(10):
                # a seed picks a program
                picture.move(policy=policy, frames=8, seed=seed, string=string)
                words.add(picture.scene.warns.text)
    assert said["random"] == {"", "thick orange: bad luck"}
    assert said["FIFO"] == {"", "thick orange: Belady's anomaly"}


def test_the_share_that_faults_is_the_share_that_is_out() -> None:
    """Twelve processes interleaved, each on its own pages at random, under true LRU and FIFO."""
    rng = np.random.default_rng(1)
    pages = rng.integers(0, 50, 120_000) + 50 * rng.integers(0, 12, 120_000)
    expected = work(processes=12, pages=50, ram=400, fault_ms=0.1).faults / TOUCHES
    for policy in ("lru", "fifo"):
        late = simulate(pages, 400, policy).fault_at >= 20_000
        assert late.sum() / 100_000 == pytest.approx(expected, abs=0.02)


def test_no_more_is_done_than_the_devices_allow() -> None:
    """The asymptotes: n requests in 10 ms, one in 1 ms, and what the disk lets through."""
    for processes in range(1, 25):
        for ram in (400, 1200, 2400):
            done = work(processes, 100, ram, 0.14)
            limits: list[float] = [processes * 100, 1000]
            if done.faults:
                limits.append(1000 / (done.faults * 0.14))
            assert done.rate <= min(limits) + 1e-9
            assert max(done.cpu, done.disk) <= 1 + 1e-9
            assert done.rate > 0.45 * min(limits)


def test_one_queue_as_on_paper() -> None:
    """Two processes: the second finds a queue of 0.1 at the processor: 2 / (9 + 1.1) a ms."""
    assert work(2, 10, 1000, 0.14).rate == pytest.approx(2000 / 10.1)


@pytest.mark.parametrize(
    ("kind", "life", "writes", "reads"),
    [
        ("shared", "r", "", "file"),
        ("shared", "w", "file", "file"),
        ("shared", "wor", "", "file"),
        ("private", "r", "", "file"),
        ("private", "w", "swap", "swap"),
        ("", "r", "", ""),
        ("", "w", "swap", "swap"),
        ("", "wor", "", "swap"),
        ("", "wow", "swap", "swap"),
    ],
)
def test_what_leaving_costs(kind: str, life: str, writes: str, reads: str) -> None:
    fate = fate_of(kind, life, 16)
    assert (fate.to_file, fate.to_swap) == (16 * (writes == "file"), 16 * (writes == "swap"))
    assert (fate.from_file, fate.from_swap) == (16 * (reads == "file"), 16 * (reads == "swap"))


def test_the_replay_is_what_the_real_pager_does() -> None:
    for frames in (3, 4):
        try:
            run = host.be_the_pager(host.BELADY, frames)
        except (host.Unavailable, OSError) as why:
            pytest.skip(str(why))
        told = steps("FIFO", frames)
        brought = [host.BELADY[step.access] for step in told if step.at == "in"]
        assert tuple(brought) == run.brought_in
        assert tuple(step.victim for step in told if step.at == "out") == run.sent_out
