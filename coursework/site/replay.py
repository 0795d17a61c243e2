"""Run again what a page shows and a saved notebook cannot hold: explorers and recorded labs.

Of a notebook only those statements are run that the wanted cells need, and whatever can count on
this machine is asked for its recording instead: a page shows the same wherever it was built.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Collection, Iterator
from contextlib import redirect_stdout
from functools import partial
from io import StringIO
from typing import Any

from nbformat import NotebookNode

from pagesim.explorer import explore

from .still import Still

_RECORDED = "_recorded"


def replay(cells: list[NotebookNode], wanted: Collection[int]) -> dict[int, Any]:
    """Run the cells of a notebook that are wanted, and return their results.

    Parameters
    ----------
    cells : list of NotebookNode
    wanted : collection of int
        Indices of code cells that end with an expression.

    Returns
    -------
    dict of int to object
        The value of each cell's last expression.

    Examples
    --------
    >>> from nbformat.v4 import new_code_cell as cell
    >>> cells = [cell("a = [1]\\nprint(1 / 0)"), cell("b = 7"), cell("a.append(2)"), cell("len(a)")]
    >>> replay(cells, {3})
    {3: 2}
    """
    namespace: dict[str, Any] = {"__name__": "__main__", _RECORDED: recorded_by}
    found = {}
    with redirect_stdout(StringIO()):
        for index, statement in _needed(cells, wanted):
            tree = ast.fix_missing_locations(_Recorded().visit(statement))
            if index in wanted and isinstance(tree, ast.Expr):
                found[index] = eval(compile(ast.Expression(tree.value), "cell", "eval"), namespace)
            else:
                exec(compile(ast.Module([tree], []), "cell", "exec"), namespace)
    return found


def recorded_by(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let a function that can count on this machine show its recording, and `explore` a still.

    Examples
    --------
    >>> from pagesim import host
    >>> recorded_by(host.Belady().measure)().live
    False
    """
    if function is explore:
        return Still
    try:
        known = inspect.signature(function).parameters
    except (TypeError, ValueError):  # what is written in C says nothing of itself
        return function
    return partial(function, live=False) if "live" in known else function


class _Recorded(ast.NodeTransformer):
    """Put `recorded_by` around whatever is called."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if not any(keyword.arg == "live" for keyword in node.keywords):
            node.func = ast.Call(ast.Name(_RECORDED, ast.Load()), [node.func], [])
        return node


def _needed(cells: list[NotebookNode], wanted: Collection[int]) -> Iterator[tuple[int, ast.stmt]]:
    """Choose the statements that the wanted cells need, going up from the last of them."""
    statements = [each for index, cell in enumerate(cells) for each in _statements(index, cell)]
    imported = {name for _, each, _ in statements for name in _imports(each)}
    names: set[str] = set()
    chosen = []
    for index, statement, shown in reversed(statements):
        loads, binds = _names(statement, ast.Load), _binds(statement)
        # what a cell only shows changes nothing, unless it is a method that does something
        touches = bool(loads & names - imported) and not (shown and not _is_method(statement))
        if index in wanted or binds & names or touches:
            names |= loads
            chosen.append((index, statement))
    return reversed(chosen)


def _statements(index: int, cell: NotebookNode) -> list[tuple[int, ast.stmt, bool]]:
    """List a cell's statements, each with whether its value is shown and nothing else."""
    if cell.cell_type != "code" or "nbgrader" in cell.metadata:
        return []
    body = ast.parse(cell.source).body
    return [
        (index, each, number == len(body) and isinstance(each, ast.Expr))
        for number, each in enumerate(body, 1)
    ]


def _is_method(statement: ast.stmt) -> bool:
    match statement:
        case ast.Expr(ast.Call(ast.Attribute(ast.Name()))):
            return True
    return False


def _names(tree: ast.AST, context: type[ast.expr_context]) -> set[str]:
    return {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, context)
    }


def _binds(tree: ast.stmt) -> set[str]:
    own = {tree.name} if isinstance(tree, ast.FunctionDef | ast.ClassDef) else set()
    return own | _names(tree, ast.Store) | _imports(tree)


def _imports(tree: ast.stmt) -> set[str]:
    if not isinstance(tree, ast.Import | ast.ImportFrom):
        return set()
    return {alias.asname or alias.name.partition(".")[0] for alias in tree.names}
