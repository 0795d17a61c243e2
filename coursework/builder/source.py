"""What stands in a cell: solutions and mark schemes between markers, the check on the last line."""

from __future__ import annotations

import ast
import re

from pagesim.host.probe import LABS

# nbgrader's own
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
BEGIN_SCHEME, END_SCHEME = "### BEGIN MARK SCHEME", "### END MARK SCHEME"


def has_marker(source: str) -> bool:
    """Tell whether a cell holds a solution, or half of one."""
    return any(line.strip() in (BEGIN, END) for line in source.splitlines())


def strip(source: str) -> str:
    """Take the solutions out of an answer cell.

    An indented solution leaves ``...`` in its place: that is where the learner writes. One at the
    left margin leaves nothing; there the cell must give its names a value of its own.

    Parameters
    ----------
    source : str
        The cell, with markers on lines of their own.

    Raises
    ------
    ValueError
        If the markers do not pair up, or what is left is not Python.

    Examples
    --------
    >>> print(strip('''def twice(x):
    ...     # double it
    ...     ### BEGIN SOLUTION
    ...     return 2 * x
    ...     ### END SOLUTION'''))
    def twice(x):
        # double it
        ...
    """
    kept: list[str] = []
    begun = 0  # the line of the open marker
    for number, line in enumerate(source.splitlines(), 1):
        marker = line.strip()
        if marker == BEGIN:
            if begun:
                raise ValueError(f"{BEGIN} in line {number} of the cell, inside of another")
            begun = number
            indent = line[: line.index("#")]
            if indent:
                kept.append(indent + "...")
        elif marker == END:
            if not begun:
                raise ValueError(f"{END} in line {number} of the cell without {BEGIN}")
            begun = 0
        elif not begun:
            kept.append(line.rstrip())
    if begun:
        raise ValueError(f"{BEGIN} in line {begun} of the cell without {END}")
    stub = "\n".join(kept).strip("\n")
    try:
        if not ast.parse(stub).body:
            raise ValueError("nothing is left of the cell without its solution")
    except SyntaxError as error:
        raise ValueError(
            f"without its solution the cell is not Python: {error.msg}, line {error.lineno}"
        ) from None
    return stub


def scheme_of(source: str) -> str:
    """Return how the answer to a question in prose is marked, or nothing.

    Parameters
    ----------
    source : str
        A Markdown cell.

    Examples
    --------
    >>> scheme_of("Why?\\n\\n### BEGIN MARK SCHEME\\n2 points: because.\\n### END MARK SCHEME")
    '2 points: because.'
    """
    return "".join(_parted(source)[1:2]).strip()


def without_scheme(source: str) -> str:
    """Take out of a question in prose how its answer is marked.

    Parameters
    ----------
    source : str
        A Markdown cell.

    Examples
    --------
    >>> without_scheme("Why?\\n\\n### BEGIN MARK SCHEME\\n2: because.\\n### END MARK SCHEME")
    'Why?'
    """
    return "".join(_parted(source)[::2]).rstrip()


def _parted(source: str) -> list[str]:
    """Part a cell at its mark scheme."""
    return re.split(f"^{BEGIN_SCHEME}$|^{END_SCHEME}$", source, flags=re.MULTILINE)


def check_of(source: str) -> str | None:
    """Find the exercise that a cell checks.

    Parameters
    ----------
    source : str
        A code cell.

    Returns
    -------
    str or None
        The exercise's id; None if the cell checks nothing.

    Raises
    ------
    ValueError
        If it checks, but not as nbgrader needs it: the score must be the cell's one result.

    Examples
    --------
    >>> check_of('check("radix-walk", walk_any)')
    'radix-walk'
    """
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a magic, or the author's slip: then the kernel will say so
        return None
    calls = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "check"
    ]
    if not calls:
        return None
    last = tree.body[-1]
    alone = len(calls) == 1 and isinstance(last, ast.Expr) and last.value is calls[0]
    match calls[0]:
        case ast.Call(args=[ast.Constant(value=str(name)), _], keywords=[]) if (
            alone and not source.rstrip().endswith(";")
        ):
            return name
    raise ValueError('a check cell ends with check("exercise-id", answer), once and without `;`')


def bet_of(source: str) -> str | None:
    """Find the bet that a cell places.

    Parameters
    ----------
    source : str
        A code cell.

    Examples
    --------
    >>> bet_of('bet("one-page")')
    'one-page'
    >>> bet_of("1 + 1")
    """
    return next(iter(_named("bet", source)), None)


def reveals_of(source: str) -> list[str]:
    """Find the bets that a cell's result answers.

    Parameters
    ----------
    source : str
        A code cell.

    Examples
    --------
    >>> reveals_of('reveal("one-page", table.table_bytes)')
    ['one-page']
    """
    return _named("reveal", source)


def labs_of(source: str) -> list[str]:
    """Find the labs that a cell makes, by the names of what they fold away.

    Parameters
    ----------
    source : str
        A code cell.

    Examples
    --------
    >>> labs_of("predict_first(host.OwnBytes())")
    ['own-bytes']
    """
    kinds = {lab.__name__: lab.fold() for lab in LABS}
    return [kinds[name] for name in re.findall(r"host\.(\w+)\(", source) if name in kinds]


def _named(function: str, source: str) -> list[str]:
    """List the first arguments of all calls of a function, where they are text."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # as in `check_of`: the kernel will say so
        return []
    found = []
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=called), args=[ast.Constant(value=str(name)), *_]):
                found += [name] * (called == function)
    return found
