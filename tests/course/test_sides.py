"""What is said of a wrong number is true of it: the side, the unit, the rounding, the neighbour."""

import pytest

from coursework.sides import clue, compare, side


@pytest.mark.parametrize(
    ("expected", "got", "unit", "other"),
    [
        (132, 132 * 1024, "KiB", "bytes"),
        (132, 33, "KiB", "pages of 4 KiB"),
        (33, 132, "pages of 4 KiB", "KiB"),
        (3072, 3, "MiB", "GiB"),
        (4096, 32768, "bytes", "bits"),
        (339.0, 0.339, "ns", "µs"),
        (140, 0.14, "µs", "ms"),
        (7.56884, 0.0757, "percent", "a fraction"),
    ],
)
def test_the_right_number_in_another_unit_is_told(expected, got, unit, other):
    assert f"it is the right number in {other}, and {unit}" in side(expected, got, unit, 3)
    assert "right number" not in side(expected, got)  # without a unit there is nothing to confuse
    assert "right number" not in side(expected, got * 3, unit, 3)


@pytest.mark.parametrize(
    ("expected", "got", "phrase"),
    [
        (300, 299, "too small, by one. Is it rounded the other way, or"),
        (300, 301, "too large, by one. Is it rounded the other way, or"),
        (300, 302, "too large"),
        (3, 2, "too small"),  # saying by how much would be the answer
        (7.56884, 8, "rounded too far: 3 significant digits are asked for"),
        (7.56884, 7.6, "rounded too far"),
        (7.56884, 7.5, "rounded down too far"),
        (7.56884, 7.2, "too small"),
        (7.56884, 9.0, "too large"),
        (0.3, 0, "too small"),
    ],
)
def test_a_side_is_told_and_what_is_plain_besides(expected, got, phrase):
    said = side(expected, got, None, 3)
    assert said == phrase or (len(phrase) > 9 and said.startswith(phrase))


@pytest.mark.parametrize("got", [(400 * 100 + 70_000) / 401, 275.3])
def test_what_is_not_the_right_number_rounded_is_not_called_so(got):
    assert "rounded" not in side(274.75, got, "ns", 4)


@pytest.mark.parametrize(
    ("expected", "got", "unit", "said"),
    [
        (18094, 17.67, "MiB", "the right number in GiB"),
        (350, 349.5, None, "rounded up, it is right: `math.ceil`"),
        (349, 349.5, None, "rounded down, it is right: `//`"),
        (16 * 1024, 16_000, "MiB", "right but for 1000 in place of 1024"),
        (16 << 20, 16_000_000, "KiB", "right but for 1000 in place of 1024, twice"),
        (1464, 1499.136, "KiB", "right but for 1000 in place of 1024"),  # divided by it
        (0x182, 182, None, "if they are hexadecimal: then write `0x182`"),
        (1 << 30, 28, None, "it is what `2^30` gives; a power is written `2**30`"),
    ],
)
def test_where_a_number_comes_from_is_told_if_that_is_plain(expected, got, unit, said):
    assert said in clue(expected, got, unit, 4)


# 208 and 332 KiB, and a page or two more: 1000 for 1024 would give the same by chance
@pytest.mark.parametrize(
    ("expected", "got"), [(16, 10), (350, 348.5), (700, 69), (1.5, 4.0), (208, 212), (332, 340)]
)
def test_and_otherwise_it_is_not(expected, got):
    assert clue(expected, got, "MiB") == ""


def test_huge_and_tiny_numbers_are_compared_as_well():
    assert side(1 << 900, 1, "bytes") == "too small"
    assert side(1e-300, 1 << 999, "ns") == "too large"


@pytest.mark.parametrize(
    ("expected", "got", "sentence"),
    [
        ([1, 2], [1, 3], "Item 2 of it is the first wrong one. Look."),
        ([1, 2], [1], "it is right as far as it goes, but has too few items. Look."),
        ([1], [1, 2], "it is right at first, but has too many items. Look."),
        ([1, 2, 3], [1, 3, 2], "it has the right items in another order, from item 2 on. Look."),
        ("ok", "grows", "it is not right. Look."),
        (None, 3, "it is not right. Look."),
        (5, 3, "it is too small. Look."),
    ],
)
def test_the_first_wrong_thing_is_named(expected, got, sentence):
    assert compare("it", expected, got, "Look.") == sentence


@pytest.mark.parametrize(
    ("got", "sentence"),
    [
        ([2], "it lacks an item that belongs there. Look."),
        ([2, 7, 9], "it has an item that does not belong there. Look."),
        ([2, 2, 7], "An item stands in it more than once. Look."),
    ],
)
def test_of_a_set_no_item_is_called_the_first(got, sentence):
    assert compare("it", [2, 7], got, "Look.", ordered=False) == sentence
