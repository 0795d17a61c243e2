"""What the pictures of flat tables say, against facts from outside."""

from __future__ import annotations

import pytest

from pagesim import scenes
from pagesim.explorer import Explorer


def test_a_byte_map_of_32_bits_is_four_times_the_memory() -> None:
    explorer = Explorer(scenes.MapTerritory())
    assert "16 GiB of map for 4 GiB of memory: 4 times as much" in explorer.readout
    assert "2 times as much" in explorer.move(entry=2, pa_bits=16, va_bits=16)
    assert "192 KiB of map for 4 MiB of memory: 4.7 % of it" in explorer.move(
        entry=3, pa_bits=22, va_bits=16
    )


def test_an_entry_grows_until_it_can_name_all_of_memory_and_no_further() -> None:
    explorer = Explorer(scenes.MapTerritory())
    explorer.move(entry=1)
    assert explorer.values["pa_bits"] == 8
    for bits, entry in ((8, 1), (9, 2), (16, 2), (17, 3), (33, 5), (52, 7)):
        explorer.move(entry=1, pa_bits=bits)
        assert explorer.values["entry"] == entry


def test_a_coarser_map_costs_less_and_wastes_more() -> None:
    """4 GiB at 4 bytes an entry: 16 GiB by the byte, 4 MiB by the 4 KiB page (OSTEP ch. 18)."""
    explorer = Explorer(scenes.Granularity())
    assert "16 GiB of table, nothing wasted" in explorer.move(piece=0)
    assert "4 MiB of table" in explorer.move(piece=12)
    assert "3.805 KiB wasted" in explorer.move(program="a note of 200 bytes")
    assert "too few pieces" in explorer.move(program="a shell (8 regions)", piece=30)


@pytest.mark.parametrize("run", range(5))
def test_the_64_byte_machine_reads_its_sentence_wherever_the_bytes_lie(run: int) -> None:
    """Entries that say no more than the one before, plus one, are all but one in each run."""
    explorer = Explorer(scenes.ByteMachine())
    said = explorer.move(run=run, seed=5)
    assert f"64 entries, {64 >> run} pieces of news" in said or run == 0
    bytes_found = set()
    for address in (0, 1, 2, 4, 5):
        said = explorer.move(address=address)
        assert f"is “{'the bytes'[address]}”" in said
        bytes_found.add(said.split("entry ")[1].split(" says ")[1].split(",")[0])
    assert len(bytes_found) == 5
