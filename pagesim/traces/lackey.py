"""Read what Valgrind's lackey writes: every fetch, load and store of a program, in order.

    I  04001000,3       an instruction fetch: address in hex, bytes in decimal
     L 1ffeffe7e0,8     a load
     S 1ffeffe7e0,8     a store
     M 0421c7cc,4       a load and a store of one instruction ("modify"); here it is a store

Everything else is passed over: lines of valgrind itself begin with ``==``, and what the program
wrote may stand between. Source: valgrind-3.19, lackey/lk_main.c; the manual's chapter on lackey.
"""

from __future__ import annotations

import re
from array import array

import numpy as np
from numpy.typing import NDArray

from ..units import count
from .recorded import Trace
from .runs import Runs, collapse
from .text import MOST, USER_BITS, Source, lines_of, title_of, where

_LINE = re.compile(r"(I | L| S| M) ([0-9a-fA-F]+),(\d+)\s*$")
_KINDS = {"I ": 0, " L": 1, " S": 2, " M": 2}


def read_lackey(source: Source, name: str = "") -> Trace:
    """Read the output of ``valgrind --tool=lackey --trace-mem=yes --log-file=... program``.

    Parameters
    ----------
    source : path, str or iterable of str
        A file's path, or its lines.
    name : str
        What to call it; the file's name if left out.

    Returns
    -------
    Trace
        Fetches and data accesses apart, pages of 4 KiB. An access that crosses into the next page
        counts at its first one.

    Raises
    ------
    ValueError
        If no load or store is found, an address is too long, or there are too many lines.
    OSError
        If the file cannot be read.

    Examples
    --------
    >>> trace = read_lackey(["==7== Lackey", "I  00401000,4", " L 00403008,8", " M 00403010,8"])
    >>> trace.data.vpn.tolist(), trace.stores.tolist(), trace.instructions.vpn.tolist()
    ([1027], [False, True], [1025])
    """
    pages, kinds = array("q"), bytearray()
    others = 0
    with lines_of(source) as lines:
        for number, line in enumerate(lines, 1):
            found = _LINE.match(line)
            if found is None:
                others += 1
                continue
            kind, address, _ = found.groups()
            at = int(address, 16)
            if at >> USER_BITS:
                raise ValueError(
                    f"{where(source)}, line {number}: address {address} has more than {USER_BITS} "
                    "bits"
                )
            pages.append(at >> 12)
            kinds.append(_KINDS[kind])
            if len(kinds) > MOST:
                raise ValueError(
                    f"{where(source)} has more than {MOST:,} accesses: read a part of it"
                )
    vpn, kind_of = np.frombuffer(pages, np.int64), np.frombuffer(kinds, np.uint8)
    isdata = kind_of > 0
    if not isdata.any():
        raise ValueError(
            f"{where(source)} has no load or store as lackey writes them (' L 1ffeffe7e0,8') in "
            f"{count(others, 'line')}: was it run with --trace-mem=yes?"
        )
    return Trace(
        name=title_of(source, name, "lackey"),
        program="read from lackey's output",
        accesses=vpn.size,
        pages=np.unique(vpn),
        instructions=_stream(vpn, ~isdata),
        data=_stream(vpn, isdata),
        _isdata=np.packbits(isdata),
        _store=np.packbits(kind_of[isdata] == 2),
    )


def _stream(vpn: NDArray[np.int64], mine: NDArray[np.bool_]) -> Runs:
    """Collapse one of the two streams; its times are those of the whole trace."""
    at = np.flatnonzero(mine)
    if not at.size:
        return Runs(at, at, at)
    runs = collapse(vpn[at])
    return Runs(runs.vpn, runs.length, at[runs.time])
