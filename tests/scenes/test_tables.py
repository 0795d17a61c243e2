"""What a picture shows in numbers stands in its tables, or in its sentence."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from pagesim.draw import Table

from .test_every_scene import SCENES, each_scene, sweep

pytestmark = pytest.mark.sampled

NUMBER = re.compile(r"0x[0-9a-f]+|\d[\d,.]*\d|\d")
# Numbers that are drawn and stand in no table, and why not.
LEFT_OUT = {
    "AddressBits": ("[01]", "the bits of the address"),
    "BeforePaging": (r"\+ base", "in bytes what the table has in KiB"),
    "Bill": ("Data accesses", "what is supposed of every machine"),
    "BuildTree": ("offset: 12", "of every address, in every step"),
    "InsideTlb": ("12 bits of offset", "of every address"),
    "PageBits": ("[0-9a-f]", "digits of numbers that the table has"),
    "ProgramLife": (r" ?\d+  ", "the lines of the program, which are the steps of the slider"),
    "PteDecoder": (r".*51\.\.46|[01]", "bits of the entry, and which of them must be 0"),
    "RadixWalk": ("[01]|1 of", "bits of the address; which of a level's tables is on the way"),
    "SharedTables": ("and .* more", "not drawn for want of room"),
    "StopEarly": ("[01]", "bits of the address"),
}


def all_of(tables: list[Table]) -> str:
    """Everything that tables say."""
    cells = [cell for table in tables for row in table.rows for cell in row]
    return " ".join([*cells, *(word for t in tables for word in (t.caption, *t.heads))])


@each_scene
def test_every_number_stands_in_a_table_or_in_the_sentence(name: str) -> None:
    scene = name.split(",")[0]
    pattern, why = LEFT_OUT.get(scene, ("$.", ""))
    for seen in sweep(name):
        assert seen.tables, seen.move
        told = set(NUMBER.findall(f"{seen.readout} {seen.title} {all_of(seen.tables)}"))
        for words in seen.moving:
            missing = set(NUMBER.findall(words)) - told
            assert not missing or re.match(pattern, words), (words, seen.move, why)


@each_scene
def test_tables_are_whole(name: str) -> None:
    """Each row has a cell for each head, and names that tell the rows apart."""
    for seen in sweep(name):
        for table in seen.tables:
            assert table.caption.strip()
            assert table.rows, seen.move
            assert {len(row) for row in table.rows} == {len(table.heads)}, seen.move
            assert all(head.strip() for head in table.heads)
            # a hole is told from another by where it begins
            names = [tuple(row[:2]) for row in table.rows]
            assert len(set(names)) == len(names), seen.move


def test_what_is_left_out_is_of_scenes_that_there_are() -> None:
    assert set(LEFT_OUT) <= set(SCENES)


def test_a_table_of_html_names_every_row_and_column() -> None:
    """And what is not HTML stays as it is: a policy called <b> is no bold one."""

    class Cells(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.found: list[tuple[str, str]] = []

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.found.append((tag, dict(attrs).get("scope") or ""))

    reader = Cells()
    reader.feed(Table("Faults", ("frames", "<b>"), [("3", "9")]).html())
    assert ("b", "") not in reader.found
    cells = [one for one in reader.found if one[0] in ("caption", "th", "td")]
    assert cells == [("caption", ""), ("th", "col"), ("th", "col"), ("th", "row"), ("td", "")]


@pytest.mark.parametrize("position", [{}, {"frames": 7}])
def test_the_table_of_a_curve_goes_as_far_as_the_curve(position: dict[str, int]) -> None:
    scene = SCENES["BeladyCurve"]()
    frames = position.get("frames", 4)
    (table,) = scene.tabulate(policy="FIFO", frames=frames, string="Belady's", seed=0)
    assert [row[0] for row in table.rows] == [str(n) for n in range(1, frames + 1)]
    fifo = [row[table.heads.index("FIFO")] for row in table.rows]
    assert fifo[2:4] == ["9", "10"]  # Belady, Nelson, Shedler, CACM 12(6), 1969
