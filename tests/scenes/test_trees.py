"""What the pictures of notebook 04 say, against tables that are really built."""

from __future__ import annotations

import re

import pytest

from pagesim import X86_64, PhysicalMemory, RadixTable, scenes
from pagesim.explorer import Explorer
from pagesim.scenes.pages import processes

from .seen import Told, words


@pytest.mark.parametrize("process", processes.names())
def test_cutting_and_listing_ends_in_the_tables_that_mapping_would_make(process: str) -> None:
    """The radix table maps the same pages one by one, and knows nothing of pieces."""
    table = RadixTable(X86_64, PhysicalMemory(frames=64))
    for page in processes.present(process, 48).tolist():
        table.map(page << 12, pfn=1)
    levels = [found.level for found in table.tables()]
    picture = Told(scenes.BuildTree())
    readout = picture.move(process=process, step=7)
    counts = [levels.count(level) for level in (3, 2, 1, 0)]
    assert f"{' + '.join(map(str, counts))} = {table.table_frames} frames" in readout
    assert "36 = 4 × 9" in readout


def test_each_list_is_512_times_shorter_than_what_it_lists() -> None:
    picture = Told(scenes.BuildTree())
    sizes = [
        ["68,719,476,736 entries", "512 GiB"],
        ["134,217,728 entries", "1 GiB"],
        ["262,144 entries", "2 MiB"],
    ]
    for step, said in zip((0, 3, 5), sizes, strict=True):
        picture.move(step=step)
        assert set(said) <= set(words(picture.stage))
    widths = []
    for step in range(8):
        picture.move(step=step)
        widths.append(sum(text == "9 bits" for text in words(picture.stage)))
    assert widths == [0, 1, 1, 1, 2, 2, 4, 4]


def test_an_entry_of_a_list_counts_a_piece_that_is_kept() -> None:
    """What is in use in the pieces of a level is what is kept of the level below."""
    picture = Told(scenes.BuildTree())
    picture.move(step=7, process="bash")
    used = [int(text.split()[0]) for text in words(picture.stage) if text.endswith("in use")]
    assert sum(used[:7]) == 789  # pages
    assert [sum(used[7:11]), sum(used[11:14]), used[14]] == [7, 4, 3]


def test_a_lower_tree_forgets_nothing_of_the_address() -> None:
    picture = Told(scenes.RadixWalk())
    before = picture.readout
    assert picture.move(levels=3) != before
    assert picture.move(levels=4) == before


@pytest.mark.parametrize("step", [(0, 5), (0, 6)])
def test_five_levels_take_six_steps(step: tuple[int, int]) -> None:
    explorer = Explorer(scenes.RadixWalk(), levels=(1, 5), step=step)
    assert "Five reads of memory before" in explorer.move(levels=5)
    assert explorer.inputs["step"].max == explorer.inputs["step"].value == 6
    explorer.inputs["step"].value = 5
    explorer.inputs["step"].value = 6
    assert re.match(r"Address 0x\w+, step 6: Five reads", explorer.readout)
