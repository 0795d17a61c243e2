"""Plain values: strict comparison, forms, and sentences that never ask the value itself."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coursework.values import blank, count, describe, expected, misfit, same

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@settings(max_examples=50)
@given(PLAIN)
def test_a_value_survives_json_and_is_still_the_same(value):
    assert same(value, json.loads(json.dumps(value)))


@settings(max_examples=50)
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


def test_floats_are_the_same_to_a_millionth():
    assert same(100, 100.00001)
    assert not same(100.0, 100.001)


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
        (True, int, "`x` is True, a bool; an int is expected"),
        ("0x10", int, "`x` is '0x10', a str; an int is expected (a number needs no quotes"),
        (2.0, int, "`//` divides into whole numbers"),
        (float("nan"), float, "`x` is nan, a float; a float is expected"),
        (10**400, float, "a number of 1329 bits"),
        ([1, 2], [int, int, int], "`x` has 2 items; 3 are expected"),
        ([1, "a"], [int], "item 2 of `x` is 'a', a str"),
        ({"a": 1}, {"b": int}, "`x` has other keys than 'b'"),
        ({"a": [1, None]}, {"a": [int]}, "item 2 of `x`['a'] is None; an int is expected"),
        ("lost", (int, "fault"), "an int or 'fault' is expected"),
        (..., int, "still `...`"),
        (Liar(), int, "`x` is a Liar"),
        (Masked(), int, "`x` is a Masked"),
        ({Liar(): 1}, {"PGD": int}, "a key of `x` is a Liar"),
    ],
)
def test_a_misfit_is_named_with_what_was_expected(value, form, sentence):
    assert sentence in misfit(value, form, "`x`")


def test_numpy_numbers_are_told_to_become_ints():
    numpy = pytest.importorskip("numpy")
    assert "an int64; an int is expected (wrap it in `int(...)`)" in misfit(
        numpy.int64(3), int, "x"
    )
    assert "wrap it" in misfit(numpy.float64(3), (int, None), "x")


@pytest.mark.parametrize(
    ("value", "form"),
    [
        (3, int), (3, float), (0.5, float), ("fault", (int, "fault")), (None, (int, None)),
        ((None, [[1, 2], (3, 4)]), [(int, None), [[int, int]]]), ([], [int]),
        ({"most": [1]}, {"most": [int]}),
    ],
)  # fmt: skip
def test_what_has_the_form_fits(value, form):
    assert misfit(value, form, "x") is None


def test_a_list_that_holds_itself_comes_to_an_end():
    endless = [...]
    endless.append(endless)
    assert not blank(endless)
    assert misfit(endless, [[[int]]], "x")


def test_huge_numbers_are_described_by_their_size():
    assert describe(1 << 100_000) == "a number of 100001 bits"  # repr() would raise here
    assert describe("a" * 100) == "'" + "a" * 35 + " ..., a str"


def test_words():
    assert expected([int, [int]]) == "a list or tuple of 2 (an int, a list (each item an int))"
    assert (count(1, "entry"), count(2, "entry")) == ("1 entry", "2 entries")
