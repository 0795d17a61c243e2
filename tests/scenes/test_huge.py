"""What the pictures of notebook 05 say, against facts worked out here."""

import re

import numpy as np
import pytest

from pagesim import scenes
from pagesim.scenes.huge.worn_memory import FOUND, FRAMES, FREE, PINNED, worn

from .seen import Told, words

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30


@pytest.mark.parametrize(
    ("page", "reads", "bits", "offset"),
    [
        ("4 KiB", "Four", 12, 0xE48),
        ("2 MiB", "Three", 21, 0xD5E48),
        ("1 GiB", "Two", 30, 0x1C6D5E48),
    ],
)
def test_where_the_walk_stops(page, reads, bits, offset):
    picture = Told(scenes.StopEarly())
    readout = picture.move(page=page)
    assert f"{reads} reads, then a byte of the {page} page" in readout
    assert f"{bits} bits of offset" in readout
    assert f"byte {offset:#x}" in words(picture.stage)
    assert picture.values["step"] == {"Two": 3, "Three": 4, "Four": 5}[reads]


def test_a_bit_of_a_huge_offset_does_not_change_the_walk():
    picture = Told(scenes.StopEarly())
    way = re.search(r"Read PGD.*?\.", picture.readout)[0]
    assert way in picture.move(va=picture.values["va"] ^ 1 << 20)
    assert way not in picture.move(page="4 KiB")


@pytest.mark.parametrize("touched", range(10))
def test_what_huge_pages_waste_and_save_makes_512(touched):
    picture = Told(scenes.HugeTrade())
    readout = picture.move(touched=touched, size=26)  # 64 MiB
    found = re.findall(r"([\d,]+)(?: faults|\. The)", readout)
    faults = [int(each.replace(",", "")) for each in found]
    assert faults == [32 << touched, 32]
    small = 32 * (4 << touched)  # KiB
    assert f"4 KiB pages: {small if small < 1024 else small // 1024} " in readout
    assert "2 MiB pages: 64 MiB" in readout


def test_a_tlb_of_1536_entries_reaches_6_mib_or_3_gib():
    picture = Told(scenes.HugeTrade())
    readout = picture.move(touched=9, size=31)  # 2 GiB
    assert readout.endswith("reach 0.29 % of it, or all.")
    assert picture.move(touched=9, size=32).endswith("or 75 %.")  # 3 of 4 GiB


@pytest.mark.parametrize("seed", range(1, 13))
def test_chance_leaves_no_2_mib_until_nearly_all_is_free(seed):
    """Look for 512 free frames from a multiple of 512 on, in the picture itself."""
    for percent in (50, 75, 90, 97, 98, 99):
        state = worn(seed, percent, 0, False, 9)
        rows = (state.kinds.reshape(-1, 512) == FREE).all(axis=1)
        rows |= (state.kinds.reshape(-1, 512) == FOUND).all(axis=1)
        assert rows.any() == (state.found is not None)
        assert percent >= 98 or state.found is None
        assert abs(state.free / FRAMES - percent / 100) < 0.005


@pytest.mark.parametrize("percent", [10, 75, 99])
def test_free_blocks_are_counted_as_linux_does_up_to_4_mib(percent):
    """Order 10 is the last that Linux keeps (MAX_PAGE_ORDER); no free frame is lost by that."""
    for compacted in (False, True):
        state = worn(1, percent, 0, compacted, 10)
        assert max(state.blocks) <= 10
        assert sum(many << order for order, many in state.blocks.items()) == state.free
        rows = (state.kinds.reshape(-1, 1024) == FREE).all(axis=1).sum()
        assert state.blocks.get(10, 0) == rows + (state.found is not None)


@pytest.mark.parametrize("seed", range(1, 13))
def test_compaction_makes_room_unless_too_much_is_pinned(seed):
    assert worn(seed, 75, 0, True, 9).found is not None
    assert worn(seed, 75, 100, True, 9).found is None
    before, after = worn(seed, 75, 50, False, 0), worn(seed, 75, 50, True, 0)
    assert before.free == after.free
    assert (np.flatnonzero(before.kinds == PINNED) == np.flatnonzero(after.kinds == PINNED)).all()


@pytest.mark.parametrize(("rate", "small", "huge"), [(1, 4.828, 1954), (10, 1.394, 196.3)])
def test_a_copy_is_a_fault_and_its_bytes(rate, small, huge):
    """1013 ns, and 4096 or 2097152 bytes at so many GiB/s; in µs."""
    assert 1.013 + 4 * KIB / (rate * GIB) * 1e6 == pytest.approx(small, rel=1e-3)
    assert 1.013 + 2 * MIB / (rate * GIB) * 1e6 == pytest.approx(huge, rel=1e-3)
    readout = Told(scenes.LargeCopy()).move(rate=rate)
    assert f"1 fault, {small} µs" in readout
    assert f"waits {huge / small:,.0f} times as long" in readout


def test_from_some_number_of_pages_on_the_large_copy_waits_less():
    picture = Told(scenes.LargeCopy())
    assert "140 pages written: 4 KiB pages wait least" in picture.move(pages=140)
    assert "141 pages written: 2 MiB pages wait least" in picture.move(pages=141)
