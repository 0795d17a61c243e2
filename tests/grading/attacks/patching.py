"""Patching the judge: there is none in the box, and what is there is theirs anyway."""

from . import answer, before, behind

ATTACKS = [
    before(
        "check returns full marks",
        """import coursework
coursework.check = lambda *a: 3.0""",
    ),
    before(
        "check returns nothing",
        """import coursework
coursework.check = lambda *a: None""",
    ),
    before(
        "check returns nan",
        """import coursework
coursework.check = lambda *a: float('nan')""",
    ),
    behind(
        "checks again, better",
        """check = lambda *a: 3.0
check('fits-beside', most_mapped)""",
    ),
    before(
        "puts a judge in its place",
        """import sys, types
judge = types.ModuleType("coursework.judge")
judge.judge = lambda *a, **k: 3.0
judge.taken = judge.same = lambda *a, **k: (None, "")
sys.modules["coursework.judge"] = judge""",
    ),
    before(
        "patches how outcomes are packed",
        """import coursework.outcome as o
o._packed = lambda value, room, depth: "full"
o.call = lambda function, arguments, tell: tell(b'{"value": "full"}')""",
    ),
    before(
        "patches the runner itself",
        """import gc
for thing in gc.get_objects():
    if type(thing).__name__ == "Runner":
        type(thing)._answer = lambda self, request: self.say(
            id=request["id"], score=3.0, ended=0)""",
    ),
    before(
        "rewrites check cells before they run",
        """get_ipython().input_transformers_cleanup.append(
    lambda lines: ["3.0\\n"] if any("check(" in line for line in lines) else lines)""",
    ),
    before(
        "rewrites their syntax tree",
        """import ast
class Full(ast.NodeTransformer):
    def visit_Call(self, node):
        return ast.Constant(3.0) if getattr(node.func, "id", "") == "check" else node
get_ipython().ast_transformers.append(Full())""",
    ),
    answer(
        "replaces builtins while it is called",
        """import builtins
def entry_bytes(memory, flags):
    builtins.all = builtins.any = lambda it: True
    builtins.sum = lambda *a: 99
    builtins.isinstance = lambda *a: True
    return -1""",
    ),
    answer(
        "patches json while it is called",
        """import json
def entry_bytes(memory, flags):
    json.dumps = json.JSONEncoder.encode = lambda *a, **k: '{"value": -1, "points": 3}'
    return -1""",
    ),
]
