"""Shadowed modules: nothing is imported from where a submission can write, or lies."""

from . import among, before

_PLANT = """import os, sys
for name in {names}:
    for at in ("", "/tmp/", os.path.dirname(__import__("coursework").__file__) + "/../"):
        try: open(at + name + ".py", "w").write("raise SystemExit('planted')")
        except OSError: pass
"""

ATTACKS = [
    among(
        "numpy, json and pagesim beside the notebook",
        _PLANT.format(names=["numpy", "json", "pagesim", "coursework", "IPython"]),
    ),
    among(
        "start-up modules beside the notebook",
        _PLANT.format(names=["sitecustomize", "usercustomize", "conftest", "__main__"]),
    ),
    before(
        "a coursework of its own",
        """import os, sys
os.makedirs('/tmp/m/coursework', exist_ok=True)
open('/tmp/m/coursework/__init__.py', 'w').write('check = lambda *a: 3.0\\nproblem = None')
sys.path.insert(0, '/tmp/m'); sys.modules.pop('coursework')""",
    ),
    before(
        "modules that say what is right",
        """import sys, types
for name in ('coursework.exercises', 'coursework.judge', 'coursework.values'):
    sys.modules[name] = types.SimpleNamespace(find=lambda *a: 1, same=lambda *a: True)""",
    ),
    before(
        "finders and hooks",
        """import sys
class F:
    def find_spec(self, *a): raise SystemExit
sys.meta_path.insert(0, F())
sys.path_hooks.insert(0, lambda p: 1 / 0)
sys.addaudithook(lambda *a: None)
sys.settrace(lambda *a: None)""",
    ),
]
