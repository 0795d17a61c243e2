"""The cells of a notebook, and which of them an answer may need.

A lesson has many cells that only show something. Those that are still as the course wrote them,
and that no cell of the learner's needs, are left out: they would take most of the time.
"""

from __future__ import annotations

import hashlib
import json
import symtable
from collections.abc import Callable
from dataclasses import dataclass, field

# A cell that uses these may read any name; a magic is `get_ipython()`.
_HANDED_IN = {"check"}  # a cell that calls it is wanted in any case
_UNFORESEEN = {"exec", "eval", "globals", "locals", "vars", "get_ipython", "__import__"}


@dataclass
class Cell:
    """One cell of code.

    Parameters
    ----------
    source : str
    ours : bool
        Whether it is one of the lesson's, and as the course wrote it.
    binds, reads : set of str
        The notebook's names that it sets, and that it looks up.
    imports : set of str
        Those of `binds` that it only imports.
    parsed : bool
        Whether it is Python.
    """

    source: str
    ours: bool = False
    binds: set[str] = field(default_factory=set)
    reads: set[str] = field(default_factory=set)
    imports: set[str] = field(default_factory=set)
    parsed: bool = False


def read(text: bytes, python: Callable[[str], str] = str) -> list[Cell]:
    """Read the cells of code out of a notebook's file.

    Parameters
    ----------
    text : bytes
        The file.
    python : callable
        Turns a cell's source (with magics, perhaps) into Python.

    Raises
    ------
    ValueError
        If it is no notebook.

    Examples
    --------
    >>> read(b'{"cells": [{"cell_type": "code", "source": ["x = ", "y"]}]}')[0].binds
    {'x'}
    >>> read(b"[]")
    Traceback (most recent call last):
    ValueError: no list of cells
    """
    notebook = json.loads(text)
    listed = notebook.get("cells") if type(notebook) is dict else None
    if type(listed) is not list:
        raise ValueError("no list of cells")
    cells = [_cell(each) for each in listed if type(each) is dict]
    found = [cell for cell in cells if cell is not None]
    for cell in found:
        _names(cell, python)
    return found


def needed(cells: list[Cell]) -> list[int]:
    """Return which cells must be run: the learner's, checks, and those of ours these rest on.

    A cell of ours is needed if it sets a name that a needed cell reads, or if it reads a name (not
    an import) that a needed cell sets: it may change what it finds there.

    >>> ours = Cell("b = 1", ours=True, binds={"b"}, parsed=True)
    >>> other = Cell("c = 1", ours=True, binds={"c"}, parsed=True)
    >>> needed([ours, other, Cell("b", reads={"b"}, parsed=True)])
    [0, 2]
    """
    chosen = {
        i
        for i, cell in enumerate(cells)
        if not (cell.ours and cell.parsed) or cell.reads & _HANDED_IN
    }
    if any(cells[i].reads & _UNFORESEEN for i in chosen):
        return list(range(len(cells)))
    new = set(chosen)
    while new:
        reads = set().union(*(cells[i].reads for i in chosen))
        variables = set().union(*(cells[i].binds - cells[i].imports for i in chosen))
        new = {
            i
            for i, cell in enumerate(cells)
            if i not in chosen and (cell.binds & reads or cell.reads & variables)
        }
        chosen |= new
    return sorted(chosen)


def _cell(listed: dict[str, object]) -> Cell | None:
    source = listed.get("source")
    if type(source) is list and all(type(line) is str for line in source):
        source = "".join(source)
    if listed.get("cell_type") != "code" or type(source) is not str:
        return None
    digest = hashlib.sha256(f"code\0{source}".encode(errors="surrogatepass")).hexdigest()
    return Cell(source, ours=str(listed.get("id"))[4:] == digest[:8])


def _names(cell: Cell, python: Callable[[str], str]) -> None:
    try:
        table = symtable.symtable(python(cell.source), "cell", "exec")
    except Exception:  # no Python, or too deep
        return
    cell.parsed = True
    for symbol in table.get_symbols():
        if symbol.is_assigned() or symbol.is_imported():
            cell.binds.add(symbol.get_name())
        if symbol.is_imported() and not symbol.is_assigned():
            cell.imports.add(symbol.get_name())
        if symbol.is_referenced():
            cell.reads.add(symbol.get_name())
    inner = table.get_children()
    while inner:
        scope = inner.pop()
        inner += scope.get_children()
        for symbol in scope.get_symbols():
            if symbol.is_global():
                cell.reads.add(symbol.get_name())
                if symbol.is_assigned():
                    cell.binds.add(symbol.get_name())
