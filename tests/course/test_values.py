"""Plain values: strict comparison, forms, and sentences that never ask the value itself."""

import json
import re
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursework.outcome import plain
from coursework.values import Misfit, blank, describe, expected, fit, same
from pagesim.units import count

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(PLAIN)
def test_a_value_survives_json_and_is_still_the_same(value):
    assert same(value, json.loads(json.dumps(value)))


@given(PLAIN, PLAIN)
def test_same_is_never_looser_than_json_equality(left, right):
    if same(left, right) and not _has_float(left):
        assert json.dumps(left, sort_keys=True) == json.dumps(right, sort_keys=True)
    assert same(left, right) == same(right, left)


def _has_float(value):
    if isinstance(value, dict):
        value = list(value.values())
    return isinstance(value, float) or (isinstance(value, list) and any(map(_has_float, value)))


@pytest.mark.parametrize(
    ("left", "right"),
    [(1, True), (0, False), (1, "1"), (0, None), ([1], [True]), ({"a": 0}, {"a": False}), ("", [])],
)
def test_types_are_compared_strictly(left, right):
    assert not same(left, right)


def test_a_tuple_is_a_list_because_json_knows_no_tuples():
    assert same((1, (2, 3)), [1, [2, 3]])


@pytest.mark.parametrize(
    ("left", "right", "digits"),
    [
        (100, 100.00001, 6),
        (7.57, 7.56884, 3),
        (2.24, 2.2395, 3),
        (1000.0, 1004.9, 3),
        (0.0, 0, 3),
        (0.00757, 0.0075651, 3),
        (-7.57, -7.56884, 3),
    ],
)
def test_decimals_are_the_same_when_rounded(left, right, digits):
    assert same(left, right, digits)
    assert same(right, left, digits)


@pytest.mark.parametrize(
    ("left", "right", "digits"),
    [
        (100.0, 100.001, 6),
        (7.56, 7.56884, 3),
        (7.6, 7.56884, 3),
        (2.23, 2.2395, 3),
        (0.0, 1e-9, 3),
        (1000.0, 1006.0, 3),
        (7, 8, 1),
        (-7.57, 7.57, 3),
        (1 << 70, 1 + (1 << 70), 3),
    ],
)
def test_decimals_that_round_otherwise_are_not_the_same_nor_are_whole_numbers(left, right, digits):
    assert not same(left, right, digits)
    assert not same(right, left, digits)


class Liar:
    """Equal to everything, and with a name that raises."""

    def __eq__(self, other):
        return True

    def __hash__(self):
        return hash("PGD")

    def __repr__(self):
        raise RuntimeError("never ask me")


class Meta(type):
    @property
    def __name__(cls):
        raise RuntimeError("nor my class")


class Masked(metaclass=Meta):
    pass


@pytest.mark.parametrize(
    ("value", "form", "sentence"),
    [
        ("0x10", int, "`hex()` gives text; a number in hex is written 0x17, without quotes"),
        ("5700", int, "`x` is '5700', a str; an int is expected (no quotes needed)"),
        (
            "segfault",
            (int, "fault"),
            "'fault' is expected (the word in quotes, spelled as here)",
        ),
        (2.5, int, "`x` is 2.5, a float; an int is expected"),
        (2.0**54, int, "a float counts exactly up to 2**53 only"),
        (float("nan"), float, "`x` is nan, a float; a number is expected"),
        (float("inf"), int, "`x` is inf, a float; a number is expected"),
        (Decimal("NaN"), float, "`x` is nan, a float; a number is expected"),
        (10**400, float, "a number of 1329 bits, far too large"),
        ([1, 2], [int, int, int], "`x` has 2 items; 3 are expected"),
        ([1, "a"], [int], "item 2 of `x` is 'a', a str"),
        ({1, 2}, [int], "a set has no order, and the order counts here"),
        (2, str, "`x` is 2, an int; a str is expected"),
        (2.0, bool, "`x` is 2.0, a float; a bool is expected"),
        ({"a": 1}, {"b": int}, "`x` has other keys than 'b'"),
        ({"a": [1, None]}, {"a": [int]}, "item 2 of `x`['a'] is None; an int is expected"),
        ("lost", (int, "fault"), "an int or 'fault' is expected"),
        ("7", (int, "fault"), "(no quotes needed)"),
        ("55cb6a93d652", int, "(a number in hex is written 0x17, without quotes)"),
        ("132 KiB", int, "(the number alone, without quotes)"),
        ("7.4 %", float, "a float is expected (the number alone, without quotes)"),
        ([1], (int, None), "`x` is a list; an int or None is expected"),
        ([], ("hit", "minor"), "`x` is a list; 'hit' or 'minor' is expected"),
        ((each for each in "12"), {int}, "(each item an int) is expected (`list(...)` of it is"),
        (..., int, "still `...`"),
        (Liar(), int, "`x` is a Liar"),
        (Masked(), int, "`x` is a Masked"),
        (type("", (), {})(), int, "`x` is a nameless"),
        ({Liar(): 1}, {"PGD": int}, "a key of `x` is a Liar"),
    ],
)
def test_a_misfit_is_named_with_what_was_expected(value, form, sentence):
    with pytest.raises(Misfit, match=re.escape(sentence)):
        fit(plain(value), form, "`x`", exact=True)


@pytest.mark.parametrize(
    ("value", "form", "holds"),
    [
        (3, int, 3),
        (3, float, 3.0),
        (0.5, float, 0.5),
        ("fault", (int, "fault"), "fault"),
        (None, (int, None), None),
        ([], [int], []),
        ({"most": [1]}, {"most": [int]}, {"most": [1]}),
        ((None, [[1, 2], (3, 4)]), [(int, None), [[int, int]]], [None, [[1, 2], [3, 4]]]),
        # what Python treats alike
        (True, int, 1),
        (4.0, int, 4),
        ([2.0], {int}, [2]),
        (1, bool, True),
        (0b10 & 2, bool, True),
        (0, bool, False),
        (Fraction(1, 2), float, 0.5),
        (Decimal("0.5"), float, 0.5),
        (numpy.int64(3), int, 3),
        (numpy.uint64(1 << 63), int, 1 << 63),
        (numpy.bool_(1), bool, True),
        (numpy.float64(0.5), float, 0.5),
        (numpy.array([1, 2]), [int], [1, 2]),
        (numpy.arange(4).reshape(2, 2), [[int]], [[0, 1], [2, 3]]),
        (range(3), [int], [0, 1, 2]),
        ({3, 1, 2}, {int}, [1, 2, 3]),
        ((2, 1), {int}, [1, 2]),
        (frozenset(), {int}, []),
        (defaultdict(int, a=1), {"a": int}, {"a": 1}),
        (" Fault", (int, "fault"), "fault"),
        ("Not_Allowed", (int, "not allowed"), "not allowed"),
        ("2MiB", ("4 KiB", "2 MiB"), "2 MiB"),
        (None, (int, "fault"), "fault"),
    ],
)
def test_what_has_the_form_fits(value, form, holds):
    found = fit(plain(value), form, "x", exact=True)
    assert found == holds
    assert type(found) is type(holds)


@pytest.mark.parametrize(
    ("text", "form", "holds"),
    [
        ("12", int, 12),
        (" 0x17", (int, "fault"), 23),
        ("0X1F", int, 31),
        ("0b101", int, 5),
        ("-1", int, -1),
        ("4.", int, 4),
        ("7.57", float, 7.57),
        ("12", float, 12.0),
    ],
)
def test_a_number_written_by_hand_may_stand_in_quotes(text, form, holds):
    found = fit(text, form, "x")
    assert (found, type(found)) == (holds, type(holds))
    with pytest.raises(Misfit):  # a function's: others reckon on with it
        fit(text, form, "x", exact=True)


@pytest.mark.parametrize("text", ["017", "1f", "1e3", "1,024", "1_024", "4.5", "", "0x", "nan"])
def test_what_can_be_read_in_two_ways_stays_text(text):
    with pytest.raises(Misfit):
        fit(text, int, "x")


def test_a_list_that_holds_itself_comes_to_an_end():
    endless = [...]
    endless.append(endless)
    assert not blank(endless)
    with pytest.raises(Misfit, match="item 2 of item 2 of x is a list"):
        fit([[1], [1, endless]], [[int]], "x")


def test_huge_numbers_fit_nowhere():
    with pytest.raises(Misfit, match="is a number of 100001 bits, far too large"):
        fit(1 << 100_000, int, "`x`")  # pytest itself trips over it as a parameter


def test_huge_numbers_are_described_by_their_size():
    assert describe(1 << 100_000) == "a number of 100001 bits"  # repr() would raise here
    assert describe("a" * 100) == "'" + "a" * 35 + " ..., a str"


def test_words():
    assert expected([int, [int]]) == "a list or tuple of 2 (an int, a list (each item an int))"
    assert (count(1, "entry"), count(2, "entry")) == ("1 entry", "2 entries")
    assert (count(2, "way"), count(0, "day")) == ("2 ways", "0 days")
