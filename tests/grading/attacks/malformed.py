"""Malformed notebooks: what is no notebook earns nothing, and what is clumsy earns what it can."""

import json
from typing import Any

from . import ALL, CHECKS, EXERCISES, IMPORT, RIGHT, Attack, answered, cell, notebook

_right = json.loads(answered(RIGHT))["cells"]
_answers = [cell(RIGHT[name], f"{name}-answer") for name in EXERCISES]
_checks = [cell(each) for each in CHECKS.values()]
_no_cells = b'{"cells": [1, null, "x", [], {}, {"cell_type": "code", "source": {}}]}'


def _with(name: str, *cells: dict[str, Any], large: bool = False) -> Attack:
    return Attack(name, notebook(*cells), ALL, large=large)


ATTACKS = [
    Attack("empty", b""),
    Attack("no JSON", b"walks = {}"),
    Attack("no UTF-8", b'{"cells": [\xff\xfe]}'),
    Attack("JSON, but no notebook", b"[1, 2, 3]"),
    Attack("no cells", b'{"nbformat": 4, "metadata": {}}'),
    Attack("cells that are none", _no_cells),
    Attack("nested without end", b'{"cells": ' + b"[" * 1_000_000 + b"]" * 1_000_000 + b"}"),
    Attack("a number without end", b'{"cells": [], "nbformat": ' + b"9" * 1_000_000 + b"}"),
    _with("10,000 cells", *(cell("pass") for _ in range(10_000)), *_right, large=True),
    _with(
        "100 MB of outputs",
        cell("1", outputs=[{"text": "x" * 100_000_000}]),
        *_right,
        large=True,
    ),
    _with("a line of a million characters", cell("x = '" + "y" * 1_000_000 + "'"), *_right),
    _with("brackets without end in a cell", cell("(" * 100_000), *_right),
    _with("a null in a cell", cell("x = 1\0"), *_right),
    _with("half a character in a cell", cell("x = '\ud800'"), *_right),
    _with("checks deleted", cell(IMPORT), *_answers),
    _with("checks first", cell(IMPORT), *_checks, *_answers),
    _with("all cells twice", *_right, *_right),
    _with("forged ids", *({**each, "id": "000-" + "0" * 8, "metadata": []} for each in _right)),
    _with("metadata that is none", *({**c, "metadata": {"nbgrader": [c]}} for c in _right)),
    Attack("a path for a name", answered(RIGHT), ALL, student="../../../etc/passwd"),
    Attack("no UTF-8 in a name", answered(RIGHT), ALL, student="\udcff\udcfe"),
    Attack("a very long name", answered(RIGHT), ALL, student="x" * 5000),
]
