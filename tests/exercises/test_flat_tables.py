"""Exercises of the flat tables, notebooks 02 and 03, against facts from outside."""

from __future__ import annotations

import math

import pytest

from coursework.exercises import EXERCISES
from coursework.exercises.nb02 import byte_walk, fits_beside, smallest_entry, table_bytes
from coursework.exercises.nb03 import best_page, decode_pte, page_walk, split_join, table_bill
from coursework.judge import judge

LEARNERS = [f"learner {number}" for number in range(30)]


@pytest.mark.parametrize("name", LEARNERS)
def test_byte_walk_by_the_bits(name):
    """The card's own words, in strings of binary digits."""
    data = EXERCISES["byte-walk"].problem(name)
    stops = 0
    for key, va in data["addresses"].items():
        digits = f"{data['memory'][data['base'] + va]:08b}"
        end = int(digits[1:], 2) if digits[0] == "1" else "fault"
        stops += end == "fault"
        expected = [data["base"] + va, int(digits, 2), end]
        assert byte_walk.solve(data, key) == expected
    assert stops == 1
    assert len(data["memory"]) == 128
    assert data["base"] + 16 <= 128


def test_table_bytes_of_a_machine_everybody_knows():
    """4 GiB of addresses at 4 bytes an entry: 16 GiB; for 10 processes, 160 GiB."""
    data = {"va_bits": 32, "entry": 4, "processes": 10, "used": 100, "more": 3}
    found = [size >> 30 for size in table_bytes.solve(data).values()]
    assert found == [4, 16, 160, 128]


@pytest.mark.parametrize(
    ("memory", "flags", "entry"),
    [
        (256, 0, 1),
        (256, 1, 2),
        (257, 0, 2),
        (1 << 32, 0, 4),
        (1 << 32, 1, 8),
        (1 << 52, 12, 8),
        (1 << 52, 13, 16),
        (2, 7, 1),
        (2, 8, 2),
    ],
)
def test_the_smallest_entry_holds_the_last_address_and_the_flags(memory, flags, entry):
    """x86-64 has 52 bits of physical address, and 12 flags more fill 8 bytes to the last bit."""
    assert smallest_entry.solve(memory, flags) == entry


@pytest.mark.parametrize("memory", [3, 4, 5, 99, 100, 1000])
@pytest.mark.parametrize(("entry", "piece"), [(1, 1), (4, 1), (2, 16), (8, 64)])
def test_what_fits_beside_its_table_by_trying(memory, entry, piece):
    mapped = table = 0
    while mapped + piece + table + entry <= memory:
        mapped, table = mapped + piece, table + entry
    assert fits_beside.solve(memory, entry, piece) == mapped


@pytest.mark.parametrize(
    ("exercise", "wrong", "sentence"),
    [
        ("smallest-entry", lambda memory, flags: 12, "is none of 1, 2, 4, 8, 16"),
        ("smallest-entry", lambda memory, flags: 16, "A smaller entry will do"),
        ("smallest-entry", lambda memory, flags: 1, "cannot hold the last address"),
        ("fits-beside", lambda memory, entry, piece: -piece, "no whole number of pieces"),
        ("fits-beside", lambda memory, entry, piece: memory * piece, "too many"),
        ("fits-beside", lambda memory, entry, piece: 0, "one more piece"),
    ],
)
def test_the_first_wrong_step_is_named(exercise, wrong, sentence):
    known = EXERCISES[exercise]
    score = judge(known, known.problem("ada"), wrong)
    assert score.state == "not yet"
    assert sentence in score.text


@pytest.mark.parametrize("name", LEARNERS)
def test_split_and_join_by_the_digits(name):
    """Cut the string of 32 binary digits, and put the pieces together as strings."""
    data = EXERCISES["split-join"].problem(name)
    assert data["a"]["shift"] == 12
    assert len({each["shift"] for each in data.values()}) == 3
    for key, each in data.items():
        digits = f"{each['va']:032b}"
        page, offset = digits[: 32 - each["shift"]], digits[32 - each["shift"] :]
        expected = [int(page, 2), int(offset, 2), int(f"{each['pfn']:b}{offset}", 2)]
        assert split_join.solve(data, key) == expected


@pytest.mark.parametrize("name", LEARNERS)
def test_page_walk_by_the_bits(name):
    """The card's rules, on strings of binary digits."""
    data = EXERCISES["page-walk"].problem(name)
    ends = []
    for key, each in data["accesses"].items():
        page, offset = f"{each['va']:02x}"
        table = data["memory"][data["root"]] + data["memory"][data["root"] + 1]
        entry = table[int(page, 16)]
        p, w, u, nx = (f"{entry:016b}"[-1 - bit] == "1" for bit in (0, 1, 2, 4))
        kept_out = each["who"] == "user" and not u
        kept_out |= each["access"] == "writes" and not w
        kept_out |= each["access"] == "fetches code at" and nx
        end = int(f"{entry >> 8:x}{offset}", 16)
        ends.append(page_walk.ABSENT if not p else page_walk.FORBIDDEN if kept_out else end)
        assert page_walk.solve(data, key) == [int(page, 16), entry, ends[-1]]
    assert isinstance(ends[0], int)
    assert ends.count(page_walk.ABSENT) == 1
    assert ends.count(page_walk.FORBIDDEN) == 3


@pytest.mark.parametrize(
    ("entry", "pfn", "flags"),
    [
        (0x8000_0000_0000_0063, 0, {"writable", "accessed", "dirty", "nx"}),
        (0x0000_0001_1C8D_0865, 0x11C8D0, {"user", "accessed", "dirty"}),
        (0xFFF0_0000_0000_0F99, 0, {"nx"}),
        (0x000F_FFFF_FFFF_F001, (1 << 40) - 1, set()),
    ],
)
def test_decode_pte_by_the_manuals_table(entry, pfn, flags):
    """Intel SDM vol. 3A, table 5-20: P 0, R/W 1, U/S 2, A 5, D 6, address 51..12, XD 63."""
    names = ("writable", "user", "accessed", "dirty", "nx")
    assert decode_pte.solve(entry) == {"pfn": pfn} | {name: name in flags for name in names}
    assert decode_pte.solve(entry & ~1) is None


@pytest.mark.parametrize("name", LEARNERS[:10])
def test_best_page_by_adding_up_whole_and_broken_pages(name):
    for segments, entry in EXERCISES["best-page"].problem(name)["cases"]:
        costs = {}
        for page in best_page.SIZES:
            cost = 0
            for length in segments:
                whole, left = divmod(length, page)
                cost += whole * entry
                if left:
                    cost += entry + page - left
            costs[page] = cost
        best = min(costs, key=lambda page: (costs[page], page))
        assert best_page.solve(segments, entry) == best


def test_table_bill_of_the_machine_in_the_textbook():
    """OSTEP ch. 18: 32 bits, 4 KiB, 4 bytes: 4 MiB a process, 400 MiB for a hundred."""
    data = {
        "va_bits": 32,
        "page_shift": 12,
        "entry": 4,
        "processes": 100,
        "used": 20,
        "memory": 1024,
    }
    assert table_bill.solve(data) == {
        "entries": 2**20,
        "all": 400 << 20,
        "in_use": 5120,
        "most": 256,
        "doubled": 200 << 20,
    }


def said(name, answer):
    return judge(EXERCISES[name], EXERCISES[name].problem("ada"), answer).text


def test_a_strict_comparison_and_a_logarithm_are_found():
    def strict(memory, flags):
        bits = (memory - 1).bit_length() + flags
        return next(size for size in (1, 2, 4, 8, 16, 32) if 8 * size > bits)

    def logarithm(memory, flags):
        bits = math.ceil(math.log2(memory)) + flags
        return next(size for size in (1, 2, 4, 8, 16) if 8 * size >= bits)

    assert "an entry whose bits are all taken is refused" in said("smallest-entry", strict)
    for name in LEARNERS:
        exercise = EXERCISES["smallest-entry"]
        assert judge(exercise, exercise.problem(name), logarithm) < exercise.points


def test_digits_written_without_0x_are_called_so():
    exercise = EXERCISES["split-join"]
    data = exercise.problem("ada")
    rows = {key: split_join.solve(data, key) for key in data}
    for key, row in rows.items():
        for number, right in enumerate(row):
            digits = f"{right:x}"
            if digits.isdigit() and right > 9:
                wrong = [*row[:number], int(digits), *row[number + 1 :]]
                text = judge(exercise, data, rows | {key: wrong}).text
                assert f"hexadecimal: then write `0x{digits}`" in text


def test_sizes_of_entries_are_shown_as_numbers():
    assert EXERCISES["fits-beside"].in_words([9000, 4, 1]) == "memory = 9000, entry = 4, piece = 1"
