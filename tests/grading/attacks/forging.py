"""Forging results, and what is said between box and grader."""

from . import RIGHT, STUBS, Attack, answer, answered, before, cell, notebook

_SAY = """import os
def say(line):
    for fd in range(3, 64):
        try:
            if not os.isatty(fd): os.write(fd, line + b"\\n")
        except OSError: pass
"""

ATTACKS = [
    before(
        "prints scores",
        """print('3.0')
import sys; sys.__stdout__.write('{"points": 10}\\n')""",
    ),
    before("says it is ready", _SAY + 'say(b\'{"ready": {"smallest-entry": "function"}}\')'),
    before("says it is full of points", _SAY + 'say(b\'{"points": 10, "passed": 15}\')'),
    before("greets as a box does", _SAY + "say(b'{\"hello\": 1}')"),
    before(
        "answers before it is asked",
        _SAY
        + """for n in range(9):
    say(b'{"id": %d, "part": 0, "outcome": {"value": 1}}' % n)
    say(b'{"id": %d, "ended": 0}' % n)""",
    ),
    answer(
        "answers for the inputs to come",
        _SAY
        + """def entry_bytes(memory, flags):
    for part in range(40):
        say(b'{"id": 3, "part": %d, "outcome": {"value": -2}}' % part)
    return -1""",
    ),
    answer(
        "answers for other exercises",
        _SAY
        + """def entry_bytes(memory, flags):
    for number in (1, 2, 4, 5):
        say(b'{"id": %d, "part": 0, "outcome": {"value": 1}}' % number)
    return -1""",
    ),
    answer(
        "says that it has ended",
        _SAY
        + """def entry_bytes(memory, flags):
    say(b'{"id": 3, "ended": 0}')
    return -1""",
    ),
    answer(
        "says what is no JSON",
        _SAY
        + """def entry_bytes(memory, flags):
    say(b'\\xff\\xfe{]')
    return -1""",
    ),
    answer(
        "numbers that are no numbers",
        _SAY
        + """def entry_bytes(memory, flags):
    say(b'{"id": NaN, "part": Infinity, "outcome": {"value": NaN}}')
    say(b'{"id": true, "part": 1e999, "ended": [3]}')
    return float("nan")""",
    ),
    answer(
        "keys that stand twice, and halves of characters",
        _SAY
        + """def entry_bytes(memory, flags):
    say(b'{"id": 9, "id": 3, "part": 7, "part": 0, "outcome": {"value": 1}, '
        b'"outcome": {"value": -0.0}}')
    say(b'{"id": 3, "part": 1, "outcome": {"value": "\\\\ud800", "value": 1e400}}')
    return -1""",
    ),
    answer(
        "a number of two million digits",
        _SAY
        + """def entry_bytes(memory, flags):
    say(b'{"id": 3, "part": 0, "outcome": {"value": 0.' + b'1' * 2000000 + b'e-9}}')
    return -1""",
    ),
    before(
        "hears what is meant for the runner, and answers in its place",
        _SAY
        + """import json, threading
def hear():
    while True:
        for fd in (3, 4, 5):
            try: asked = json.loads(os.read(fd, 1 << 20))
            except (OSError, ValueError): continue
            for part, case in enumerate(asked["inputs"]):
                words = {"id": asked["id"], "part": part, "outcome": {"value": -1}}
                say(json.dumps(words).encode())
            say(json.dumps({"id": asked["id"], "ended": 0}).encode())
threading.Thread(target=hear, daemon=True).start()""",
        waits=True,
    ),
    answer(
        "takes the word from its parent",
        _SAY
        + """import signal
def entry_bytes(memory, flags):
    os.kill(os.getppid(), signal.SIGSTOP)
    for part in range(1, 15):
        say(b'{"id": 3, "part": %d, "outcome": {"value": -1}}' % part)
    return -1""",
        waits=True,
    ),
    Attack(
        "saved outputs with full marks",
        notebook(
            *(
                cell(
                    source,
                    outputs=[{"output_type": "execute_result", "data": {"text/plain": "3.0"}}],
                )
                for source in ("from coursework import check", "check('fits-beside', ...)")
            )
        ),
    ),
    Attack(
        "metadata with points",
        notebook(
            cell("x = 3"),
            metadata={"nbgrader": {"points": 10}, "scores": {"fits-beside": 3.0}, "kernelspec": 7},
        ),
    ),
    Attack(
        "exercises of another notebook",
        notebook(
            cell("from coursework import check"),
            cell("""check('radix-walk', lambda *a: 1)
check('look-up', {'frame': 1})"""),
            cell("""check('../../secret', 1)
check(7, 1)
check('x' * 10**6, 1)"""),
        ),
    ),
    Attack("one right answer for all", answered({**STUBS, "byte-walk": RIGHT["byte-walk"]}), 2.0),
]
