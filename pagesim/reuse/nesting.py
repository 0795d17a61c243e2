"""How deep a page lies in the stack, counted for many accesses at once: for those too deep to peel.

A page that is *pushed* at some step ``s`` and *wanted* again at a later step ``t`` lies below what
was pushed in between, except what was wanted, and so taken out, before ``t``. Those exceptions are
the intervals that lie inside ``(s, t)``::

    depth = (t - s - 1) - (intervals nested inside (s, t))

List the intervals by rising ``s``: the nested ones come later in the list and have a smaller ``t``.

*Piece by piece.* A piece of the string needs to know nothing of what came before but the stack, so
it begins with that: the pages in it are pushed again, the lowest first. What is not taken out by
the end of the piece is the stack for the next.

*Earlier and smaller.* Within a piece each step wants something: with the first accesses at its
head, the list of all ``t`` is a permutation, and of ``t`` smaller numbers those that do not come
earlier come later. To count the earlier ones, take the numbers digit by digit, the highest first.
At each digit, among the numbers that agree in the digits before:

1. cut the list into blocks and count the digits of each; running sums over the blocks and over the
   digits say how many numbers of *earlier blocks* have a smaller digit;
2. within a block, compare each number with each one before it, in all blocks at once;
3. sort the list by the digit, keeping the order of equals, and go on with the next digit.

The last digit has six bits, and no two numbers agree in all others: those before a number in its
block of 64 are bits of one word, and the smaller ones are its low bits.

Bennett and Kruskal (IBM J. Res. Dev. 19(4), 1975) count the same with a tree, access by access.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.signedinteger[Any]]
Indices = NDArray[np.int64]
Counts = NDArray[np.int32]

PIECE = 1 << 16  # steps taken at a time: with their numbers of 16 bits they stay in the cache
DEEP = 4  # a stack of more than so many pieces makes the pieces longer
DIGIT = 5  # bits of a digit but the last, at most
BLOCK = 32  # numbers compared with one another
WORD = 6  # bits of the last digit
NOBODY = np.int32(-(1 << 30))  # a count that stays negative


def depths(wanted: Ints, pushed: Ints) -> Iterator[tuple[Ints, Counts]]:
    """Find how deep the wanted pages lie below the levels that were peeled, piece by piece.

    Parameters
    ----------
    wanted, pushed : arrays of int, shape (n,)
        At step i page ``wanted[i]`` is looked up and taken out, then ``pushed[i]`` is put on top.

    Yields
    ------
    steps, depth : arrays of int
        The steps of the piece at which the page was there, in any order, and how many pages lay
        above it.

    Examples
    --------
    >>> string = np.array([7, 8, 9, 8, 7])
    >>> for steps, depth in depths(string, string):
    ...     print(sorted(zip(steps.tolist(), depth.tolist())))
    [(3, 1), (4, 2)]
    """
    size = wanted.size
    if int(wanted.max()) >> (60 - size.bit_length()):  # no room for the time in the same word
        number = np.unique(np.concatenate((wanted, pushed)), return_inverse=True)[1]
        wanted, pushed = number[:size], number[:size] if pushed is wanted else number[size:]
    stack = pushed[:0]
    first = 0
    while first < size:
        end = first + max(PIECE, 1 << (stack.size // DEEP).bit_length())
        pushes = np.concatenate((stack, pushed[first:end]))
        if pushed is wanted:
            start, step, new = _pairs(pushes)
            step -= stack.size
            new -= stack.size
            new = new[new >= 0]
        else:
            start, step, new = _intervals(stack, wanted[first:end], pushes)
        step_of = np.full(pushes.size, -1, np.int32)  # that wants each page again
        step_of[start] = step.astype(np.int32)
        steps, depth = _in_piece(step_of, new.astype(np.int32), stack.size)
        yield steps + np.int64(first), depth
        stack = pushes.take((step_of < 0).nonzero()[0])
        first = end


def _intervals(stack: Ints, wanted: Ints, pushes: Ints) -> tuple[Indices, Indices, Indices]:
    """Pair each push, those onto the stack first, with the next step that wants its page.

    Returns
    -------
    pushes, steps, others : arrays of int64
        The others are the steps that want a page that was not there.
    """
    events = np.empty(stack.size + 2 * wanted.size, wanted.dtype)
    events[: stack.size] = stack
    events[stack.size :: 2] = wanted
    events[stack.size + 1 :: 2] = pushes[stack.size :]
    place, next_place = (places - stack.size for places in _pairs(events)[:2])
    wants = ((next_place >= 0) & (next_place & 1 == 0)).nonzero()[0]
    place, step = place.take(wants), next_place.take(wants) >> 1
    others = np.ones(wanted.size, bool)
    others[step] = False
    return np.where(place < 0, place, place >> 1) + stack.size, step, others.nonzero()[0]


def _pairs(pages: Ints) -> tuple[Indices, Indices, Indices]:
    """Pair the place of each page with that of the next same page.

    Returns
    -------
    places, next_places, firsts : arrays of int64
        The first places of all pages are nobody's next.
    """
    if pages.dtype.itemsize == 2:
        place = pages.argsort(kind="stable")  # a radix sort
        pages = pages.take(place, mode="clip")
        same = pages[1:] == pages[:-1]
    else:
        # Page and place in one word: words are sorted much faster than places by their pages.
        bits = pages.size.bit_length()
        word = np.int64 if int(pages.max()) >> (31 - bits) else np.uint32
        key: NDArray[Any] = pages.astype(word)
        key <<= word(bits)
        key |= np.arange(pages.size, dtype=word)
        key.sort()
        same = (key[1:] ^ key[:-1]) >> word(bits) == 0
        key &= word((1 << bits) - 1)
        place = key.astype(np.int64)
    at, others = same.nonzero()[0], (~same).nonzero()[0]
    firsts = np.concatenate((place[:1], place[1:].take(others)))
    return place.take(at, mode="clip"), place[1:].take(at, mode="clip"), firsts


def _in_piece(step_of: Counts, new: Counts, known: int) -> tuple[Ints, Counts]:
    """Find the depths in a piece.

    Of the t that are smaller than a ``t = step_of[s]``, those that come later in the list are
    nested. There are t of them, with those of new pages, so t falls out of the depth, which is
    ``t - (s - known) - 1`` less the nested ones.

    Parameters
    ----------
    step_of : array of int32
        The step that wants each page again, or -1.
    new : array of int32
        The steps that want pages that were not there.
    known : int
        Pages that were on the stack before.
    """
    start = (step_of >= 0).nonzero()[0]
    steps = np.concatenate((new, step_of.take(start, mode="clip")))
    depth = np.empty(steps.size, np.int32)
    depth[: new.size] = NOBODY
    np.subtract(known - 1, start, out=depth[new.size :], casting="same_kind")
    steps, depth = add_earlier_smaller(steps, depth)
    if new.size or steps.size > step_of.size - known:
        there = (depth >= 0).nonzero()[0]
        steps, depth = steps.take(there), depth.take(there)
    return steps, depth


def add_earlier_smaller(numbers: Counts, count: Counts) -> tuple[Ints, Counts]:
    """Count, for each element of a permutation of 0..n-1, the smaller ones before it.

    Parameters
    ----------
    numbers : array of int32, shape (n,)
    count : array of int32, shape (n,)
        What to add the counts to, for each of `numbers`.

    Returns
    -------
    numbers, count : arrays of int
        In another order, with the sums; perhaps with more numbers, whose counts are negative.

    Examples
    --------
    >>> permutation = np.array([2, 0, 3, 1], np.int32)
    >>> numbers, count = add_earlier_smaller(permutation, np.zeros(4, np.int32))
    >>> sorted(pair for pair in zip(numbers.tolist(), count.tolist()) if pair[1] >= 0)
    [(0, 0), (1, 1), (2, 0), (3, 2)]
    """
    size = len(numbers)
    if bool((numbers[1:] > numbers[:-1]).all()):
        count += np.arange(size, dtype=np.int32)
        return numbers, count
    bits = max((size - 1).bit_length(), WORD)
    digits = -(-(bits - WORD) // DIGIT)
    lowest = [WORD + (bits - WORD) * digit // digits for digit in range(digits)]  # bit of each
    # Pad with large numbers at the end, so that all parts are full; nobody counts those.
    full = 1 << (lowest[-1] if lowest else bits)
    padded = -(-size // full) * full
    x: NDArray[Any] = np.arange(padded, dtype=np.uint16 if bits <= 16 else np.int32)
    x[:size] = numbers
    total = np.full(padded, NOBODY, np.int32)
    total[:size] = count
    part = padded  # numbers that agree in the digits before
    for shift in reversed(lowest):
        digit = x >> shift  # and those before it
        digits = part >> shift
        _add_within_blocks(digit.astype(np.uint8) & np.uint8((1 << DIGIT) - 1), total)
        _add_earlier_blocks(digit, part, digits, total)
        order = (digit.astype(np.uint16) if bits - shift <= 16 else digit).argsort(kind="stable")
        x, total = x.take(order, mode="clip"), total.take(order, mode="clip")
        part = 1 << shift
    _add_in_words(x, total)
    return x, total


def _add_earlier_blocks(digit: Ints, part: int, digits: int, count: Counts) -> None:
    """Add, for each part of the list, the elements of earlier blocks that have a smaller digit."""
    parts, blocks = digit.size // part, part // BLOCK
    # A table for each part: a row for each digit and one before them, a column for each block and
    # one before them. (Rows of a length that is no power of two don't fight for the same lines of
    # the processor's cache.)
    columns = blocks + 1
    cell = digit.astype(np.int64)
    cell *= columns
    of_block = np.arange(parts)[:, None] * columns + np.arange(blocks)
    cell.reshape(-1, BLOCK)[...] += of_block.reshape(-1, 1)
    rows = parts * (digits + 1)
    counts = np.bincount(cell, minlength=rows * columns).astype(np.int32).reshape(rows, columns)
    # One row and one column further on, so that a cell's sum is that of what lies before it.
    table = np.zeros((rows + 1, columns), np.int32)
    np.cumsum(counts[:, :-1], axis=1, dtype=np.int32, out=table[1:, 1:])
    by_part = table[:-1].reshape(parts, digits + 1, columns)
    by_part[:, 0] = 0
    for row in range(1, digits):
        by_part[:, row] += by_part[:, row - 1]
    count += table.reshape(-1).take(cell, mode="clip")


def _add_within_blocks(digit: NDArray[np.uint8], count: Counts) -> None:
    """Add the earlier elements of the same block that have a smaller digit."""
    # The k-th elements of all blocks side by side: one shift compares all with an earlier one.
    blocks = digit.size // BLOCK
    column = np.ascontiguousarray(digit.reshape(-1, BLOCK).T).reshape(-1)
    smaller = np.zeros_like(column)
    less = np.empty(column.size, bool)
    for k in range(blocks, column.size, blocks):
        np.less(column[:-k], column[k:], out=less[k:])
        smaller[k:] += less.view(np.uint8)[k:]
    count += np.ascontiguousarray(smaller.reshape(BLOCK, -1).T).reshape(-1).astype(np.int32)


def _add_in_words(numbers: Ints, count: Counts) -> None:
    """Add the earlier and smaller elements of the same word: they differ in the last digit only."""
    last = (numbers & ((1 << WORD) - 1)).astype(np.uint64)
    bit = np.left_shift(np.uint64(1), last)
    seen = np.cumsum(bit.reshape(-1, 1 << WORD), axis=1, dtype=np.uint64).reshape(-1)
    bit -= np.uint64(1)  # all lower ones
    seen &= bit
    count += np.bitwise_count(seen).astype(np.int32)
