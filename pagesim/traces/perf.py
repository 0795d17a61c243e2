"""Read what `perf script` writes of page faults and of sampled loads and stores.

Two kinds of lines hold addresses. Of hardware and software events, if addresses were recorded
(``-d``) and asked for (``-F``)::

    $ perf record -d -c 1 -e page-faults -- program
    $ perf script -F comm,pid,time,event,addr,ip
    sort  1234 56890.675957: page-faults:       403000       401018
                             event              addr         ip, may be left out

and of the tracepoints ``exceptions:page_fault_user`` and ``..._kernel``, with the hardware's error
code (bit 1: a write, bit 4: an instruction fetch)::

    sort  1234 [000] 56892.274542: exceptions:page_fault_user: address=0x403000 ip=0x401018 error_code=0x4

Source: Linux 6.1, tools/perf/builtin-script.c and Documentation/perf-script.txt; the tracepoints'
format in arch/x86/include/asm/trace/exceptions.h.
"""  # noqa: E501

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np

from ..units import count
from .runs import collapse
from .text import MOST, Source, lines_of, title_of, where
from .trace import PageTrace, Unit

_TRACEPOINT = re.compile(r"page_fault_(?:user|kernel): .*?address=(?:0x)?([0-9a-fA-F]+)")
_ERROR = re.compile(r"error_code=(?:0x)?([0-9a-fA-F]+)")
_EVENT = re.compile(
    r"(?:^|\s)\S*?(?P<event>page-faults|minor-faults|major-faults|faults|mem-loads|mem-stores)"
    r"(?P<rest>\S*):\s+(?P<first>[0-9a-fA-F]+)(?:\s+(?P<second>\S+)|\s*$)"
)
_HEX = re.compile(r"[0-9a-fA-F]{4,16}$")  # an address; "add" is a symbol
_HOW = "perf record -d -c 1 -e page-faults, then perf script -F comm,pid,time,event,addr,ip"


class _Access(NamedTuple):
    address: int
    written: bool | None  # None if the line does not tell
    sampled: bool


def read_perf(source: Source, name: str = "") -> PageTrace:
    """Read the output of ``perf script``: page faults, or sampled loads and stores.

    Parameters
    ----------
    source : path, str or iterable of str
        A file's path, or its lines.
    name : str
        What to call it; the file's name if left out.

    Returns
    -------
    PageTrace
        Of page faults: what the kernel heard of, which is not every access. Of ``mem-loads`` and
        ``mem-stores``: samples, one access of many; the note says so. Addresses of the kernel
        are left out.

    Raises
    ------
    ValueError
        If no address is found, page faults and samples are mixed, or there are too many.
    OSError
        If the file cannot be read.

    Examples
    --------
    >>> read_perf(["n 1234 5.6: page-faults:    403000    401018"]).touched.tolist()
    [1027]
    """
    pages, written, kinds = [], [], set()
    others, without = 0, ""
    with lines_of(source) as lines:
        for line in lines:
            found = _read(line)
            if found is None:
                others += 1
                without = without or (line.strip() if _EVENT.search(line) else "")
                continue
            kinds.add(found.sampled)
            if found.address >> 63:
                continue  # the kernel's own
            pages.append(found.address >> 12)
            written.append(found.written)
            if len(pages) > MOST:
                raise ValueError(f"{where(source)} has more than {MOST:,} lines: read a part of it")
    if len(kinds) > 1:
        raise ValueError(f"{where(source)} mixes page faults with sampled accesses: read one")
    if without and not pages:
        raise ValueError(
            f"{where(source)} has events but no addresses of data, as in {without!r}. Do: {_HOW}"
        )
    if not pages:
        raise ValueError(
            f"{where(source)} has no page fault with an address of user space in "
            f"{count(others, 'line')}. Do: {_HOW}"
        )
    sampled = kinds == {True}
    unit: Unit = "data accesses" if sampled else "page faults"
    runs = collapse(pages)
    told = None not in written
    return PageTrace(
        name=title_of(source, name, "perf"),
        program="read from the output of perf script",
        data=runs,
        unit=unit,
        written=np.logical_or.reduceat(np.array(written, bool), runs.time) if told else None,
        note="Samples: most accesses between them were not seen." if sampled else "",
    )


def _read(line: str) -> _Access | None:
    """Find the address that a line tells."""
    if tracepoint := _TRACEPOINT.search(line):
        code = _ERROR.search(line)
        wrote = None if code is None else bool(int(code[1], 16) & 2)
        return _Access(int(tracepoint[1], 16), wrote, False)
    event = _EVENT.search(line)
    # one number and a symbol behind it: the number is the instruction's
    if event is None or (event["second"] and not _HEX.match(event["second"])):
        return None
    sampled = event["event"].startswith("mem-")
    wrote = event["event"] == "mem-stores" if sampled else None
    return _Access(int(event["first"], 16), wrote, sampled)
