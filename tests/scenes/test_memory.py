"""What the pictures of notebooks 00 and 01 say, against facts worked out here."""

import re

import numpy as np
import pytest

from pagesim import scenes
from pagesim.scenes.memory import busy_day, motifs

from .seen import Told


def numbers(text):
    return [float(word.replace(",", "")) for word in re.findall(r"\d[\d,.]*\d|\d", text)]


# -- two programs ----------------------------------------------------------------------------------


def seen(picture):
    """What the two programs see, as it is drawn."""
    return [np.asarray(image.get_array()) for image in picture.scene.seen]


@pytest.mark.parametrize("shuffle", [0, 1, 7, 19, 30])
def test_programs_see_their_pictures_however_memory_is_shuffled(shuffle):
    picture = Told(scenes.TwoPrograms())
    picture.move(shuffle=shuffle)
    for drawn, motif in zip(seen(picture), (motifs.cat(), motifs.boat()), strict=True):
        assert (drawn == motif).all()


def test_without_page_tables_both_see_what_lies_at_the_address():
    picture = Told(scenes.TwoPrograms())
    picture.move(tables=False)
    one, other = seen(picture)
    assert (one == other).all()
    assert not (one == motifs.cat()).all()
    assert picture.readout.endswith("in frame 20, page 20 of the second in frame 20.")
    picture.move(shuffle=0)  # the cat was loaded first, from frame 0 on
    one, other = seen(picture)
    assert (one == motifs.cat()).all()
    assert (other == motifs.cat()).all()


@pytest.mark.parametrize("shuffle", [0, 7, 30])
def test_a_click_on_a_frame_follows_its_page(shuffle):
    picture = Told(scenes.TwoPrograms())
    picture.move(shuffle=shuffle, page=11)
    for pfn in numbers(picture.readout)[-3:][::2]:
        row, column = divmod(int(pfn), 10)
        x, y = 2.9 + (column + 0.5) * 0.32, 0.56 + (7.5 - row) * 0.32
        assert picture.scene.hit(x, y, **picture.values) == {"page": 11}


# -- before paging ---------------------------------------------------------------------------------


@pytest.mark.parametrize("fit", ["first fit", "best fit", "worst fit"])
def test_what_is_free_depends_on_who_is_there_not_on_where(fit):
    alive = 0
    for step, (name, size) in enumerate(busy_day.DAY, 1):
        alive += size or -next(kib for one, kib in busy_day.DAY if one == name)
        free, pieces, _ = busy_day.memory_after(step, fit, False)
        packed, _, copied = busy_day.memory_after(step, fit, True)
        assert free.free_bytes == packed.free_bytes == packed.largest_hole == 64 - alive
        assert sum(size for _, _, size in pieces) == alive
        assert (copied == 0) == (free.holes == packed.holes)


def test_the_day_ends_differently_under_each_fit():
    picture = Told(scenes.BeforePaging())
    assert "27 KiB are free, and there is no room for 12" in picture.readout
    assert "12 KiB fit: they go into a hole of 15 KiB" in picture.move(fit="best fit")
    assert "12 KiB fit: they go into a hole of 13 KiB" in picture.move(fit="worst fit")
    assert "after copying 21 KiB" in picture.move(fit="first fit", compact=True)


def test_an_address_is_compared_and_added():
    picture = Told(scenes.BeforePaging())
    assert "below 12,288, plus 0 is byte 12,287" in picture.move(running=1, va=12287)
    assert "A uses 12,288, not below its bounds 12,288: fault" in picture.move(va=12288)


# -- one RAM ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shared", "memory"),
    [(0, 2000), (4, 1280), (10, 200)],  # 10 × (200 − s) + s
)
def test_ten_times_two_hundred(shared, memory):
    picture = Told(scenes.OneRam())
    assert f"10 processes of 200 MiB take {memory} MiB" in picture.move(shared=shared)


@pytest.mark.parametrize("rows", [2, 5, 9, 16])
def test_what_is_not_in_ram_is_on_disk(rows):
    picture = Told(scenes.OneRam())
    picture.move(shared=4, processes=12, rows=rows)
    machine = picture.scene
    needs, ram = 12 * 120 + 80, rows * 128  # MiB; 4 tenths of 25 pages of 8 MiB are common
    out = max(0, needs - ram)
    notes = [label.text for label in machine.notes._all]
    assert notes[1:] == [f"{min(needs, ram)} MiB of {ram} MiB in use", f"{out} MiB out"]
    assert (f"{out} MiB have to wait on disk" in picture.readout) == (out > 0)


# -- the cliff -------------------------------------------------------------------------------------


def test_one_gib_too_many():
    """One access in seventeen goes to disk: (16 × 80 ns + 140 µs) / 17."""
    picture = Told(scenes.Cliff())
    assert "104 times slower" in picture.readout
    assert "the mean is 8.311 µs" in picture.readout
    assert "every access takes 80 ns" in picture.move(working=16)


def test_going_round_a_loop_that_is_too_long_never_hits():
    picture = Told(scenes.Cliff())
    assert "100 % of the accesses" in picture.move(use="round and round", working=17)
    assert "the mean is 7.5 ms" in picture.move(disk="hard disk")


def test_a_few_pages_mostly_by_zipfs_law():
    """Under LRU at half the pages, misses lie between the rarest half's share and all alike."""
    picture = Told(scenes.Cliff())
    said = picture.move(use="a few pages mostly", working=32)
    weight = 1 / np.arange(1, 1025)
    rarest = 100 * weight[512:].sum() / weight.sum()
    assert rarest < numbers(said.partition(":")[2])[1] < 50


# -- NUMA ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("nodes", "mean"), [(1, "80"), (2, "100"), (3, "106.7"), (4, "110")])
def test_one_thread_at_home_and_the_others_away(nodes, mean):
    """Of n threads one has its part near: 80 / n + 120 (n − 1) / n."""
    picture = Told(scenes.NumaNodes())
    assert f"{mean} ns" in picture.move(nodes=nodes).partition(".  ")[0]
    assert "Every access stays on its node: 80 ns" in picture.move(
        first="each thread, its own part"
    )


def test_own_parts_and_the_rest():
    """Six tenths near, four tenths away: 0.6 × 80 + 0.4 × 120 = 96."""
    picture = Told(scenes.NumaNodes())
    assert "40 % of the accesses are remote: 96 ns on average" in picture.move(
        first="each thread, its own part", own=6
    )


@pytest.mark.parametrize(("shared", "said"), [(0, False), (1, True), (10, True)])
def test_that_one_frame_serves_all_is_said_where_it_is_seen(shared: int, said: bool) -> None:
    """Lesson 01 bets on it above this picture, which then starts with nothing shared."""
    picture = Told(scenes.OneRam())
    picture.move(shared=shared)
    assert ("one frame for all" in picture.scene.ram.text) == said
