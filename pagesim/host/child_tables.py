"""Page tables of children that all map one region: the memory is shared, the tables are not."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping, Sequence
from statistics import mode

from ..arch import X86_64
from ..costs import tables_for_stride
from . import counters, linux
from .forked import Channel, Child
from .helper import in_helper
from .lab import Lab, Row, Value
from .linux import FREE, HUGE_PAGE, PAGE
from .page_tables import PageTableScale
from .region import Region

_STRETCHES, _CHILDREN = 32, 4  # of 2 MiB, one page of each is touched
_SIZE = _STRETCHES * HUGE_PAGE
_ONE, _ALL = "tables that one child needs for it", "tables of all children"
_MEMORY, _PSS = "memory of the file", "of the file in each child, shared out (Pss)"


class ChildTables(Lab):
    """Let four children touch a page in each 2 MiB of one file, and weigh their tables.

    Examples
    --------
    >>> ChildTables().prediction.predicted["tables of all children"]
    544
    """

    key = "child_tables"
    notebook = "10"
    title = f"{_CHILDREN} children, one file in memory, {_STRETCHES} of its pages"
    headings = ("what is weighed",)
    unit = "KiB"
    basis = "predicted: each child has its own tables; the file's pages are there once for all"
    asked = (_ALL, _MEMORY)

    def rows(self) -> Sequence[Row]:
        """Count the tables of one process, all levels but the root."""
        tables = sum(tables_for_stride(X86_64, _STRETCHES, HUGE_PAGE)[1:])
        memory = _STRETCHES * X86_64.page_bytes >> 10
        return (
            Row((_ONE,), 4 * tables),
            Row((_ALL,), 4 * tables * _CHILDREN),
            Row((_MEMORY,), memory),
            Row((_PSS,), memory // _CHILDREN),
        )

    def check(self) -> None:
        """Need what weighing tables needs."""
        PageTableScale().check()

    def count(self) -> Mapping[str, Value]:
        """Fork in a helper process, several times."""
        counts: dict[str, Value] = in_helper(_count)
        return counts


def _count() -> dict[str, int]:
    # VmPTE is the whole process's, which may need a table of its own meanwhile
    return counters.exactly_each(_fork_all, {_ONE: mode, _ALL: mode, _PSS: mode})


def _fork_all() -> dict[str, counters.Count]:
    file = os.memfd_create("child_tables")
    try:
        os.ftruncate(file, _SIZE)
        with Region(_SIZE, at=FREE[0], fd=file, shared=True) as region:
            with contextlib.suppress(OSError):  # a kernel without huge pages need not refuse them
                region.advise(linux.MADV_NOHUGEPAGE)

            def touch(line: Channel) -> None:
                before = counters.status("VmPTE")
                region.read(range(0, _SIZE // PAGE, HUGE_PAGE // PAGE))
                line.send(counters.status("VmPTE") - before)
                line.receive()  # stay until all have touched it
                line.send(region.kib("Pss"))
                line.receive()

            children = [Child(touch) for _ in range(_CHILDREN)]
            tables = [child.receive() for child in children]
            for child in children:
                child.send()
            shares = [child.receive() for child in children]
            memory = os.fstat(file).st_blocks * 512 >> 10
            for child in children:
                child.send()
                child.wait()
    finally:
        os.close(file)
    return {_ONE: mode(tables), _ALL: sum(tables), _MEMORY: memory, _PSS: mode(shares)}
