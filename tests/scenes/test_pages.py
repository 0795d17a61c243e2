"""What the pictures of flat tables say, against facts from outside."""

from __future__ import annotations

import pytest

from pagesim import scenes

from .seen import Told, words


def test_a_byte_map_of_32_bits_is_four_times_the_memory() -> None:
    picture = Told(scenes.MapTerritory())
    assert "16 GiB of map for 4 GiB of memory: 4 times as much" in picture.readout
    assert "2 times as much" in picture.move(entry=2, pa_bits=16, va_bits=16)
    assert "192 KiB of map for 4 MiB of memory: 4.7 % of it" in picture.move(
        entry=3, pa_bits=22, va_bits=16
    )


def test_an_entry_grows_until_it_can_name_all_of_memory_and_no_further() -> None:
    picture = Told(scenes.MapTerritory())
    picture.move(entry=1)
    assert picture.values["pa_bits"] == 8
    for bits, entry in ((8, 1), (9, 2), (16, 2), (17, 3), (33, 5), (52, 7)):
        picture.move(entry=1, pa_bits=bits)
        assert picture.values["entry"] == entry


def test_a_coarser_map_costs_less_and_wastes_more() -> None:
    """4 GiB at 4 bytes an entry: 16 GiB by the byte, 4 MiB by the 4 KiB page (OSTEP ch. 18)."""
    picture = Told(scenes.Granularity())
    assert "16 GiB of table, nothing wasted" in picture.move(piece=0)
    assert "4 MiB of table" in picture.move(piece=12)
    assert "3.805 KiB wasted" in picture.move(program="a note of 200 bytes")
    assert "too few pieces" in picture.move(program="a shell (8 regions)", piece=30)


@pytest.mark.parametrize("run", range(5))
def test_the_64_byte_machine_reads_its_sentence_wherever_the_bytes_lie(run: int) -> None:
    """Entries that say no more than the one before, plus one, are all but one in each run."""
    picture = Told(scenes.ByteMachine())
    said = picture.move(run=run, seed=5)
    assert f"64 entries, {64 >> run} pieces of news" in said or run == 0
    bytes_found = set()
    for address in (0, 1, 2, 4, 5):
        said = picture.move(address=address)
        assert f"is “{'the bytes'[address]}”" in said
        bytes_found.add(said.split("entry ")[1].split(" says ")[1].split(",")[0])
    assert len(bytes_found) == 5


def test_the_offset_is_the_same_in_front_of_the_table_and_behind_it() -> None:
    """Every bit below the page shift passes; all others go through the table."""
    picture = Told(scenes.PageBits())
    for shift in range(8, 23):
        said = picture.move(page_shift=shift, va=0xDEAD_BEEF)
        pa = int(said.split("physical address ")[1].rstrip("."), 16)
        assert (pa ^ 0xDEAD_BEEF) & ((1 << shift) - 1) == 0
        assert f"{32 - shift} bits are translated, {shift} pass" in said
        assert f"of {1 << (32 - shift):,} names frame {pa >> shift:#x}:" in said


@pytest.mark.long
@pytest.mark.parametrize("present", [False, True])
@pytest.mark.parametrize("writable", [False, True])
@pytest.mark.parametrize("user", [False, True])
@pytest.mark.parametrize("nx", [False, True])
def test_the_checks_of_the_decoder_end_as_the_hardware_does(
    present: bool, writable: bool, user: bool, nx: bool
) -> None:
    """Intel SDM vol. 3A sec. 5.6 and 5.7, with CR0.WP = 1 and without SMEP and SMAP."""
    picture = Told(scenes.PteDecoder())
    picture.move(present=present, writable=writable, user=user, nx=nx)
    for mode in ("user mode", "kernel mode"):
        for access in ("read", "write", "execute"):
            said = picture.move(access=access, mode=mode)
            by_user = mode == "user mode"
            right = {"read": True, "write": writable, "execute": not nx}[access]
            allowed = present and (user or not by_user) and right
            code = present + 2 * (access == "write") + 4 * by_user + 16 * (access == "execute")
            assert ("allowed" in said) == allowed
            assert allowed or f"error code {code:#x}" in said
            checks = words(picture.stage)
            assert any(check.startswith("✗") for check in checks) != allowed


def test_the_best_page_for_a_mebibyte_is_4_kib() -> None:
    """Tanenbaum's example: segments of 1 MiB, entries of 8 bytes."""
    picture = Told(scenes.UCurve())
    assert "2 KiB of table + 2 KiB of waste = 4 KiB" in picture.readout
    assert "the least there is" in picture.readout
    for page in (11, 13):
        assert "1.25 times the least" in picture.move(page=page)


def test_a_flat_table_is_almost_empty_wherever_one_looks() -> None:
    """2^36 entries for 48 bits, 2^20 for 32; zooming in never finds more than there was."""
    picture = Told(scenes.AlmostEmpty())
    assert "of 68,719,476,736 entries are in use" in picture.readout
    assert "takes 512 GiB" in picture.readout
    before = 1 << 36
    for zoom in range(6):
        said = picture.move(zoom=zoom).removeprefix("Here ").replace(",", "")
        used, total = int(said.split()[0]), int(said.split()[2])
        assert 0 < used <= before
        assert total == 1 << (36 - 5 * zoom)
        before = used
    said = picture.move(bits="32", zoom=0)
    assert "of 1,048,576 entries are in use" in said
    assert "takes 4 MiB" in said
    assert "of 2,048 entries are in use" in picture.move(zoom=5)


def test_small_pages_scatter_and_a_huge_page_does_not() -> None:
    own = {"a": [5, 6, 9, 8, 1], "b": [7, 3, 2, 0, 9, 9]}
    picture = Told(scenes.FrameScatter(own))
    assert "2 of 4 lie beside the next one" in picture.readout
    assert "it is 36 KiB" in picture.readout
    assert "Page 4 lies in frame 9," in picture.move(region="b")
    recorded = Told(scenes.FrameScatter())
    assert "256 neighbouring pages, in 256 neighbouring frames" in recorded.move(
        region="one huge page", page=255
    )
    for bad in ({"a": []}, {}):
        with pytest.raises(ValueError, match="at least a page"):
            scenes.FrameScatter(bad)
