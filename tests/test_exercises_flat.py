"""Exercises of the flat tables, notebooks 02 and 03, against facts from outside."""

from __future__ import annotations

import pytest

from coursework.exercises import EXERCISES
from coursework.exercises.nb02 import byte_walk, fits_beside, smallest_entry, table_bytes
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
        assert byte_walk.reference(data, key) == expected
    assert stops == 1
    assert len(data["memory"]) == 128
    assert data["base"] + 16 <= 128


def test_table_bytes_of_a_machine_everybody_knows():
    """4 GiB of addresses at 4 bytes an entry: 16 GiB; for 10 processes, 160 GiB."""
    data = {"va_bits": 32, "entry": 4, "processes": 10, "used": 100, "more": 3}
    found = [table_bytes.reference(data, key) >> 30 for key in ("entries", "table", "all", "wider")]
    assert found == [4, 16, 160, 128]


@pytest.mark.parametrize(
    ("memory", "flags", "entry"),
    [(256, 0, 1), (256, 1, 2), (257, 0, 2), (1 << 32, 0, 4), (1 << 32, 1, 8), (1 << 52, 12, 8),
     (1 << 52, 13, 16), (2, 7, 1), (2, 8, 2)],
)  # fmt: skip
def test_the_smallest_entry_holds_the_last_address_and_the_flags(memory, flags, entry):
    """x86-64 has 52 bits of physical address, and 12 flags more fill 8 bytes to the last bit."""
    assert smallest_entry.reference(memory, flags) == entry


@pytest.mark.parametrize("memory", [3, 4, 5, 99, 100, 1000])
@pytest.mark.parametrize(("entry", "piece"), [(1, 1), (4, 1), (2, 16), (8, 64)])
def test_what_fits_beside_its_table_by_trying(memory, entry, piece):
    mapped = table = 0
    while mapped + piece + table + entry <= memory:
        mapped, table = mapped + piece, table + entry
    assert fits_beside.reference(memory, entry, piece) == mapped


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
