"""What comes out of a box becomes plain data within bounds, or nothing."""

import time

import pytest

from coursework.attempt import Raised
from coursework.grading.crossing import Unreadable, message, outcome


@pytest.mark.parametrize(
    "line",
    [
        b"", b"[]", b"3", b"null", b"{", b"\xff", b'{"a": 1} x', b"[" * 10**6, b'{"a":' * 10**5,
        b'{"a": ' + b"9" * 5000 + b"}", b"\0", b'{"a": "\n"}',
    ],
)  # fmt: skip
def test_what_is_no_small_object_is_refused(line):
    with pytest.raises(Unreadable):
        message(line)


@pytest.mark.parametrize(
    "tree",
    [
        None, 7, [], {}, {"value": 1, "raised": 2}, {"raised": 3}, {"raised": ["a"]}, {"points": 3},
        {"value": {"set": [[1]]}}, {"value": {"int": "x"}}, {"value": {"what": 1}},
        {"value": {"dict": [1]}}, {"value": {"dict": [[1, 2, 3]]}}, {"value": {"object": 3}},
    ],
)  # fmt: skip
def test_what_tells_of_no_value_is_no_value(tree):
    assert type(outcome(tree)) is Raised


def test_keys_that_hash_alike_take_no_time():
    alike, others = (
        [{"int": hex(n * factor)} for n in range(1, 20_000)] for factor in (2**61 - 1, 2**61 + 1)
    )
    times = []
    for keys in (others, alike):
        start = time.process_time()
        assert outcome({"value": {"set": keys}}).kind == "TooLarge"
        assert outcome({"value": {"dict": [[each, 0] for each in keys]}}).kind == "TooLarge"
        times.append(time.process_time() - start)
    # over a thousand times as much, if they were hashed; some ten times, if garbage is looked for
    assert times[1] < 100 * times[0]


def test_an_object_is_only_its_name():
    found = outcome({"value": {"object": "<script>"}})
    assert (type(found).__name__, vars(type(found)).get("__reduce__")) == ("<script>", None)
