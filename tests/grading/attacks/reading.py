"""Reading what is hidden: if it can be read, the answer gives it away and the test fails."""

from . import Attack, answer, before, cell, notebook

# Right, if what is looked for could be read; else as a stub.
_REFERENCE = """try:
    {how}
except BaseException:
    entry_bytes = lambda memory, flags: -1
"""


def _file(name: str, path: str) -> Attack:
    return Attack(
        name,
        notebook(
            cell("from coursework import check"),
            cell(f"check('table-bytes', eval(open({path!r}).read()))"),
        ),
    )


def _reference(name: str, how: str) -> Attack:
    return answer(name, _REFERENCE.format(how=how))


ATTACKS = [
    _file("the answers of the class", "OUTSIDE/answers.txt"),
    _file("the secret", "OUTSIDE/secret"),
    _file("what another handed in", "OUTSIDE/submitted/ada/02/answers.txt"),
    _file("through the root of another process", "/proc/1/root/OUTSIDE/answers.txt"),
    _file("through an open descriptor", "/dev/fd/0"),
    _reference(
        "the reference",
        "from coursework.exercises import find; entry_bytes = find('smallest-entry').solve",
    ),
    _reference(
        "the reference, by its file",
        "import importlib.util as u; "
        "s = u.spec_from_file_location('x', 'COURSE/coursework/exercises/nb02/smallest_entry.py'); "
        "m = u.module_from_spec(s); s.loader.exec_module(m); entry_bytes = m.solve",
    ),
    _reference(
        "the lesson with its solutions",
        "text = open('COURSE/lessons/02-byte-addressed-table.md').read(); "
        "exec(text.split('### BEGIN SOLUTION')[3])",
    ),
    _reference(
        "the judge's stack",
        "import sys\n    def entry_bytes(memory, flags):\n        f = sys._getframe()\n"
        "        while f and 'exercise' not in f.f_locals: f = f.f_back\n"
        "        return f.f_locals['exercise'].solve(memory, flags) if f else -1",
    ),
    _reference(
        "the garbage collector",
        "import gc\n    entry_bytes = next(o.solve for o in gc.get_objects() "
        "if getattr(o, 'id', '') == 'smallest-entry')",
    ),
    before(
        "the grader's environment",
        """import os, glob
seen = dict(os.environ)
for path in glob.glob("/proc/*/environ"):
    try: seen[path] = open(path, "rb").read().decode()
    except OSError: pass
if any("WORD" in each for each in seen.values()):
    open("OUTSIDE/harmed", "w")
    raise SystemExit""",
    ),
    before(
        "the memory of the grader",
        """import ctypes
libc = ctypes.CDLL(None)
for pid in (VICTIM, 1, 2):
    if libc.ptrace(16, pid, 0, 0) == 0:
        libc.kill(VICTIM, 9)""",
    ),
    before(
        "hidden inputs, told in an error",
        "def most_mapped(*case): raise type(repr(case), (Exception,), {})(repr(case))",
    ),
    answer(
        "hidden inputs, told in an error's name",
        "def entry_bytes(*case): raise type('LEAK' + repr(case), (Exception,), {})(repr(case))",
    ),
]
