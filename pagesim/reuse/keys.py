"""Address spaces and flushes as other page numbers.

A TLB entry that belongs to another address space, or that was there before a flush, can match
nothing. So give the page another number in each address space and after each flush, and every
function here answers for a TLB with ASIDs and flushes. Entries from before a flush stay on the
stack but below all new ones: they are the first to be replaced, just as free entries would be.
(That holds for a flush of everything. Dropping one page or one address space frees entries in the
middle of the stack; simulate that one access at a time.)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..traces import page_numbers

SET_BITS = 16
"""The low bits of a page number that its key keeps: enough for 65536 sets."""


def keys(
    pages: ArrayLike, asids: ArrayLike | None = None, flushes: ArrayLike = ()
) -> NDArray[np.int64]:
    """Renumber pages so that each address space, and each time between flushes, has its own.

    Parameters
    ----------
    pages : sequence or array of int, shape (n,)
        A page number for each access, 0 <= page < 2**63.
    asids : sequence or array of int, shape (n,), optional
        The address space of each access, 0 or above; none: all the same.
    flushes : sequence or array of int
        Indices of accesses before which the whole TLB is flushed, 0..n.

    Returns
    -------
    array of int64, shape (n,)
        Use it in place of `pages`. The low `SET_BITS` bits are the page's, so pages fall into the
        same sets as before.

    Raises
    ------
    ValueError
        If `pages` is no reference string, `asids` doesn't match it, or a flush lies outside.

    Examples
    --------
    Two processes take turns on the same two pages. With ASIDs 4 entries hold both; without, each
    switch is a flush.

    >>> from pagesim.reuse import lru_hits
    >>> pages, asids = [5, 6] * 4, [1, 1, 2, 2, 1, 1, 2, 2]
    >>> int(lru_hits(keys(pages, asids), sets=1, max_ways=4).sum())
    4
    >>> int(lru_hits(keys(pages, flushes=[2, 4, 6]), sets=1, max_ways=4).sum())
    0
    """
    string = page_numbers(pages)
    owner = np.zeros_like(string) if asids is None else _asids(asids, string.size)
    epoch = np.zeros(string.size + 1, np.int64)
    np.add.at(epoch, _flushes(flushes, string.size), 1)
    epoch = np.cumsum(epoch[:-1])
    number = np.unique(string, return_inverse=True)[1]
    for tag in (owner, epoch):
        known, small = np.unique(tag, return_inverse=True)
        if known.size > 1:
            number = np.unique(number * known.size + small, return_inverse=True)[1]
    renumbered: NDArray[np.int64] = number << SET_BITS | string & ((1 << SET_BITS) - 1)
    return renumbered


def _asids(asids: ArrayLike, size: int) -> NDArray[np.int64]:
    tags = page_numbers(asids)
    if tags.size != size:
        raise ValueError(f"asids has {tags.size} entries for {size} accesses")
    return tags


def _flushes(flushes: ArrayLike, size: int) -> NDArray[np.int64]:
    at = np.asarray(flushes)
    if at.size == 0:
        return np.zeros(0, np.int64)
    if at.ndim != 1 or at.dtype.kind not in "iu":
        raise ValueError(f"flushes is an array of {at.dtype} with shape {at.shape}: not indices")
    for worst in (at.min(), at.max()):
        if not 0 <= worst <= size:
            raise ValueError(f"flush at {worst} is outside 0..{size}")
    return at.astype(np.int64)
