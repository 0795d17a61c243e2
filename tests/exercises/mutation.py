"""Small changes of a piece of code, such as a slip makes them: each gives one mutant.

Comparisons are strict or not, or turned round; whole numbers are one more or one less; divisions
round down, up or not at all; operators take each other's place; operands, conditions and statements
are missing, stand in each other's place, or have slipped out of a loop or into it; loops begin a
step late, end a step early, or are left after the first round.
"""

import ast
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from types import CodeType

_SWAPS: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt), ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,), ast.And: (ast.Or,), ast.Or: (ast.And,), ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,), ast.Mult: (ast.FloorDiv,), ast.Div: (ast.FloorDiv, ast.Mult),
    ast.FloorDiv: (ast.Div, ast.Mod), ast.Mod: (ast.FloorDiv,), ast.LShift: (ast.RShift,),
    ast.RShift: (ast.LShift,), ast.BitAnd: (ast.BitOr,), ast.BitOr: (ast.BitAnd,),
}  # fmt: skip
_NAMES = {
    "min": "max", "max": "min", "any": "all", "all": "any", "sorted": "list", "reversed": "list",
    "set": "list", "bisect_right": "bisect_left",
}  # fmt: skip
_TESTED = (ast.If, ast.While, ast.IfExp, ast.comprehension)


class TooLong(BaseException):
    """The loops of a mutant have gone round too often; no ``except Exception`` catches it."""


class Rounds:
    """Counts the rounds of all loops, and ends a mutant that makes too many."""

    def __init__(self, most: int) -> None:
        self.most = self.left = most

    def __call__(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise TooLong(f"more than {self.most} rounds")


def mutants(source: str, first: int, last: int) -> Iterator[tuple[str, CodeType]]:
    """Go through all mutants of a cell: what is changed, and the code.

    Parameters
    ----------
    source : str
        The cell.
    first, last : int
        The lines that may change.
    """
    tree = counting(source)
    seen: Counter[str] = Counter()
    for node in [*ast.walk(tree)]:
        for name, value in ast.iter_fields(node):
            fields = value if isinstance(value, list) else [value]
            for place, old in enumerate(fields):
                if not isinstance(old, ast.expr | ast.stmt) or not first <= old.lineno <= last:
                    continue
                # a number says nothing without what stands around it
                whole = isinstance(old, ast.Constant | ast.Name) and isinstance(node, ast.expr)
                was = ast.unparse(node if whole else old)
                for new in _others(old, node, name):
                    _put(node, name, place, ast.fix_missing_locations(new))
                    label = _label(was, ast.unparse(node if whole else new))
                    seen[label] += 1
                    yield label + f" ({seen[label]})" * (seen[label] > 1), compiled(tree)
                _put(node, name, place, old)
    for block in [*_blocks(tree)]:
        was = [*block]
        for label, now in _moved(was, first, last):
            block[:] = now
            seen[label] += 1
            yield label + f" ({seen[label]})" * (seen[label] > 1), compiled(tree)
        block[:] = was


def _blocks(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(tree):
        for _, value in ast.iter_fields(node):
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                yield value


def _moved(block: list[ast.stmt], first: int, last: int) -> Iterator[tuple[str, list[ast.stmt]]]:
    """Move each statement of a block behind the next one, and out of a loop or into it."""
    for place, (one, other) in enumerate(pairwise(block)):
        if first <= one.lineno and other.lineno <= last and _meet(one, other):
            yield (
                f"{_head(other)} before {_head(one)}",
                [*block[:place], other, one, *block[place + 2 :]],
            )
    for place, loop in enumerate(block):
        if not isinstance(loop, ast.For | ast.While) or not first <= loop.lineno <= last:
            continue
        for inner in range(2, len(loop.body)):  # the first counts the rounds, one must stay
            out = loop.body[inner]
            if any(isinstance(each, ast.Break | ast.Continue) for each in ast.walk(out)):
                continue
            rest = _with(loop, [*loop.body[:inner], *loop.body[inner + 1 :]])
            yield (
                f"{_head(out)} behind the loop",
                [*block[:place], rest, out, *block[place + 1 :]],
            )
        for after in block[place + 1 : place + 2]:
            if after.lineno > last:
                break
            yield (
                f"{_head(after)} in the loop",
                [*block[:place], _with(loop, [*loop.body, after]), *block[place + 2 :]],
            )


def _with(loop: ast.For | ast.While, body: list[ast.stmt]) -> ast.For | ast.While:
    fields = {**dict(ast.iter_fields(loop)), "body": body}
    return ast.copy_location(type(loop)(**fields), loop)


def _head(statement: ast.stmt) -> str:
    return ast.unparse(statement).split("\n")[0]


def _meet(one: ast.stmt, other: ast.stmt) -> bool:
    """Tell whether it may matter which of two statements comes first."""
    if isinstance(other, ast.FunctionDef) or isinstance(one, ast.FunctionDef | ast.Import):
        return False
    (reads, writes), (more, later) = _touched(one), _touched(other)
    return bool(writes & (more | later) or reads & later)


def _touched(statement: ast.stmt) -> tuple[set[str], set[str]]:
    """List what a statement reads and writes: names, and items of them by a constant key.

    One that leaves a block writes whatever others read.
    """
    reads, writes = {"what follows"}, set[str]()
    own = {
        target.id
        for loop in ast.walk(statement)
        if isinstance(loop, ast.comprehension)
        for target in ast.walk(loop.target)
        if isinstance(target, ast.Name)
    }
    keyed = set[int]()
    for node in ast.walk(statement):
        match node:
            case ast.Return() | ast.Break() | ast.Continue() | ast.Raise():
                writes.add("what follows")
            case ast.Subscript(value=ast.Name(id=name) as value, slice=ast.Constant(value=key)):
                keyed.add(id(value))
                (reads if isinstance(node.ctx, ast.Load) else writes).add(f"{name}[{key!r}]")
            case ast.Subscript(ctx=ast.Store() | ast.Del(), value=value):
                writes |= _root(value)
            case ast.Call(func=ast.Attribute(value=value)):  # which may change what it is called on
                writes |= _root(value)
            case ast.Name(id=name, ctx=ast.Store()) if name not in own:
                writes.add(name)
            case ast.Name(id=name) if name not in own and id(node) not in keyed:
                reads.add(name)
    return reads, writes


def _root(value: ast.expr) -> set[str]:
    while isinstance(value, ast.Subscript | ast.Attribute):
        value = value.value
    return {value.id} if isinstance(value, ast.Name) else set()


def counting(source: str) -> ast.Module:
    """Parse a cell, and have each round of a loop call ``_round()``."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.For | ast.While):
            node.body.insert(0, ast.Expr(_call("_round")))
            ast.fix_missing_locations(node.body[0])  # line 1: nothing that may change
    return tree


def compiled(tree: ast.Module) -> CodeType:
    """Compile a module with new nodes in it."""
    return compile(tree, "mutant", "exec")


def _put(node: ast.AST, name: str, place: int, new: ast.AST) -> None:
    field = getattr(node, name)
    if isinstance(field, list):
        field[place] = new
    else:
        setattr(node, name, new)


def _label(old: str, new: str) -> str:
    was = old.split("\n")[0]
    if new == "pass":
        return f"without {was}"
    return f"{was} once" if "\n" in new else f"{was} -> {new}"


def _others(old: ast.AST, parent: ast.AST, name: str) -> Iterator[ast.AST]:
    if isinstance(old, ast.stmt):
        yield from _statements(old)
    elif isinstance(old, ast.expr):
        yield from _expressions(old, parent, name)


def _statements(old: ast.stmt) -> Iterator[ast.stmt]:
    match old:
        case ast.If() | ast.Import() | ast.ImportFrom() | ast.FunctionDef() | ast.Pass():
            return  # an `if` without its condition is one of the expressions
        case ast.For() | ast.While():
            body = [*old.body, ast.Break()]
            yield type(old)(**{**dict(ast.iter_fields(old)), "body": body})
        case ast.Continue():
            yield ast.Break()
        case ast.Break():
            yield ast.Continue()
        case ast.AugAssign(target, op, value):
            yield ast.Assign([target], value)
            for swap in _SWAPS.get(type(op), ()):
                yield ast.AugAssign(target, swap(), value)
    yield ast.Pass()


def _expressions(old: ast.expr, parent: ast.AST, name: str) -> Iterator[ast.expr]:
    if isinstance(parent, _TESTED) and name in ("test", "ifs"):
        yield from (ast.UnaryOp(ast.Not(), old), ast.Constant(True), ast.Constant(False))
    if isinstance(parent, ast.For | ast.comprehension) and name == "iter":
        for bounds in (ast.Slice(ast.Constant(1)), ast.Slice(None, ast.Constant(-1))):
            yield ast.Subscript(_call("list", old), bounds, ast.Load())
    match old:
        case ast.Constant(value=bool()):
            yield ast.Constant(not old.value)
        case ast.Constant(value=int()):
            yield from (ast.Constant(old.value + 1), ast.Constant(old.value - 1))
        case ast.Name(id=str(word), ctx=ast.Load()) if word in _NAMES:
            yield ast.Name(_NAMES[word], ast.Load())
        case ast.UnaryOp(ast.USub(), ast.BinOp(ast.UnaryOp(ast.USub(), top), ast.FloorDiv(), by)):
            yield ast.BinOp(top, ast.FloorDiv(), by)  # rounded down, not up
        case ast.UnaryOp(op=ast.USub() | ast.Not()):
            yield old.operand
        case ast.BinOp(left, op, right):
            yield from (left, right)
            yield from (ast.BinOp(left, swap(), right) for swap in _SWAPS.get(type(op), ()))
            if isinstance(op, ast.FloorDiv):  # rounded up, and one more
                up = ast.BinOp(ast.UnaryOp(ast.USub(), left), op, right)
                yield ast.UnaryOp(ast.USub(), up)
                yield ast.BinOp(old, ast.Add(), ast.Constant(1))
        case ast.BoolOp(op, values):
            yield from (ast.BoolOp(swap(), values) for swap in _SWAPS[type(op)])
            for place in range(len(values)):
                rest = [*values[:place], *values[place + 1 :]]
                yield rest[0] if len(rest) == 1 else ast.BoolOp(op, rest)
        case ast.Compare(left, ops, others):
            for place, op in enumerate(ops):
                for swap in _SWAPS.get(type(op), ()):
                    yield ast.Compare(left, [*ops[:place], swap(), *ops[place + 1 :]], others)
            if len(ops) > 1:
                yield ast.Compare(left, ops[:-1], others[:-1])
                yield ast.Compare(others[0], ops[1:], others[1:])
        case ast.SetComp(item, loops):
            yield ast.ListComp(item, loops)
        case ast.Slice(lower, upper):
            yield from (ast.Slice(None, upper) for _ in [lower] if lower)
            yield from (ast.Slice(lower, None) for _ in [upper] if upper)


def _call(name: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), list(arguments), [])
