"""Public examples: each is recognised, and what is known of it is said."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from pagesim import evidence

EXAMPLES = [
    example
    for path in sorted((Path(__file__).parent / "examples").glob("*.toml"))
    for example in tomllib.loads(path.read_text("utf-8"))["example"]
]
each_example = pytest.mark.parametrize(
    "example", EXAMPLES, ids=[example["source"].split()[0] for example in EXAMPLES]
)


def words_of(found: evidence.Evidence) -> str:
    """All that is said, the notes beside the lines included."""
    return "\n".join([repr(found), *(line.note for line in found.lines)])


def test_there_are_enough_and_each_has_its_source() -> None:
    assert len(EXAMPLES) >= 40
    assert len({example["source"] for example in EXAMPLES}) == len(EXAMPLES)


@each_example
def test_it_is_recognised_and_says_what_is_known(example: dict[str, object]) -> None:
    found = evidence.read(example["text"])
    assert found.kind == example["kind"], found
    for words in example["says"]:  # type: ignore[attr-defined]
        assert words in words_of(found)
    assert found.proves_not


@each_example
def test_quoted_with_other_line_ends_it_says_the_same(example: dict[str, str]) -> None:
    found = evidence.read(example["text"])
    lines = example["text"].split("\n")
    quoted = "\r\n".join(f"> {line}" for line in lines)
    again = evidence.read(quoted.encode())
    assert repr(again) == repr(found)
    assert [line.note for line in again.lines] == [line.note for line in found.lines]
