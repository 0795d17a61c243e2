"""Whatever a learner's function does, its check ends, prints nothing and changes nothing."""

import asyncio
import builtins
import contextlib
import ctypes
import enum
import inspect
import itertools
import json
import logging
import os
import random
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections import Counter, OrderedDict, deque, namedtuple

import nbformat
import numpy as np
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbclient import NotebookClient

from coursework import attempt, child
from coursework.attempt import Raised
from coursework.child import FORKS
from coursework.exercises import EXERCISES
from coursework.outcome import plain, read

WALK = EXERCISES["radix-walk"]
forks = pytest.mark.skipif(not FORKS, reason="this system copies no processes")


def state():
    """Collect what a function might have changed in this process."""
    return {
        "cwd": os.getcwd(),
        "environment": dict(os.environ),
        "handlers": {each: signal.getsignal(each) for each in signal.valid_signals()},
        "timer": signal.getitimer(signal.ITIMER_REAL),
        "streams": [sys.stdin, sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__],
        "functions": [builtins.print, builtins.input, os.kill, os.killpg],
        "depth": sys.getrecursionlimit(),
        "random": random.getstate(),
        "threads": threading.enumerate(),
        "warnings": warnings.filters[:],
        "logging": (logging.root.handlers[:], logging.root.manager.disable),
        "descriptors": sorted(os.listdir("/dev/fd")),
    }


# Seconds for a call that answers and one that never does: others may need the machine meanwhile.
ENOUGH = 4


def guarded(function, inputs, seconds):
    """Call the function as a check does, and hold that this process stays as it was."""
    before, others = state(), children()
    outcomes = attempt.guarded(function, inputs, seconds)
    after = state()
    for each in ("threads", "descriptors"):  # those of other tests may end meanwhile
        assert {*after.pop(each)} <= {*before.pop(each)}
    assert after == before
    assert children() <= others  # none is left, not even a dead one
    return outcomes


def children():
    """Number the processes that this one has started: other tests' too."""
    return {each.pid for each in psutil.Process().children()}


def once(function, seconds=60.0):
    """Call a function once."""
    (outcome,) = guarded(function, [[]], seconds)
    return outcome


@pytest.fixture
def silent(capfd):
    """Hold that nothing was printed."""
    yield
    assert capfd.readouterr() == ("", "")


# -- what comes through ---------------------------------------------------------------------------

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.just(...)
    | st.text(st.characters(), max_size=20)
    | st.text(st.sampled_from("\ud83d\ude00\n\0é"))
    | st.frozensets(st.integers() | st.text()),
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(tuple)
        | st.sets(st.integers())
        | st.dictionaries(st.text() | st.integers() | st.tuples(st.integers(), st.none()), inner)
    ),
    max_leaves=20,
)


def typed(value):
    """Write down a value with the types of all that it holds."""
    if type(value) is dict:
        return dict, [(typed(key), typed(each)) for key, each in value.items()]
    if type(value) in (list, tuple):
        return type(value), [typed(each) for each in value]
    return type(value), value


@pytest.mark.long
@given(PLAIN)
def test_plain_values_come_through_with_their_types(value):
    assert typed(plain(value)) == typed(value)


def test_not_a_number_and_infinities_come_through():
    nan, up, down, zero = plain([float("nan"), float("inf"), float("-inf"), -0.0])
    assert nan != nan
    assert (up, down, str(zero)) == (float("inf"), float("-inf"), "-0.0")


def test_an_int_of_any_size_comes_through():
    assert plain(-(1 << 100_000)) == -(1 << 100_000)


class Size(enum.IntEnum):
    HUGE = 9


class Shouting(str):
    def __str__(self):
        raise RuntimeError("never ask me")

    __repr__ = __len__ = __iter__ = __eq__ = __getitem__ = __str__
    __hash__ = str.__hash__


class Wrong(list):
    def __iter__(self):
        raise RuntimeError("nor me")

    __len__ = __getitem__ = __eq__ = __iter__


@pytest.mark.parametrize(
    ("value", "same"),  # pytest itself trips over some of them: they are made within the test
    [
        (lambda: Size.HUGE, 9),
        (lambda: namedtuple("Pair", "a b")(1, 2), (1, 2)),
        (lambda: OrderedDict(a=1), {"a": 1}),
        (lambda: Counter("aab"), {"a": 2, "b": 1}),
        (lambda: Shouting("x"), "x"),
        (lambda: {Shouting("x"): Wrong([1])}, {"x": [1]}),
        (lambda: np.int64(7), 7),
        (lambda: np.uint64(2**64 - 1), 2**64 - 1),
        (lambda: np.float64(0.1), 0.1),
        (lambda: np.float32(0.5), 0.5),
        (lambda: np.bool_(True), True),
        (lambda: np.str_("x"), "x"),
        (lambda: np.arange(6).reshape(2, 3), [[0, 1, 2], [3, 4, 5]]),
        (lambda: range(3), [0, 1, 2]),
        (lambda: np.array(3), 3),
        (lambda: [np.array([1.5, 2])], [[1.5, 2.0]]),
    ],
)
def test_what_is_more_than_plain_comes_through_as_what_it_holds(value, same):
    assert typed(plain(value())) == typed(same)


class Meta(type):
    @property
    def __name__(cls):
        raise RuntimeError("nor my class")

    def __subclasscheck__(cls, other):
        raise RuntimeError("nor that")

    __instancecheck__ = __subclasscheck__
    mro = type.mro


class Pte(metaclass=Meta):
    def __getattribute__(self, name):
        raise RuntimeError("never ask me")


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (lambda: Pte(), "Pte"),
        (lambda: Pte, "Meta"),
        (lambda: object(), "object"),
        (lambda: len, "builtin_function_or_method"),
        (lambda: deque([1]), "deque"),
        (lambda: b"x", "bytes"),
        (lambda: 1j, "complex"),
        (lambda: (each for each in ()), "generator"),
        (lambda: np.longdouble(1), "longdouble"),
        (lambda: np.datetime64("2024-01-01"), "date"),
        (lambda: type("x" * 500, (), {})(), "x" * 80),
        (lambda: type("", (), {})(), "nameless"),
    ],
)
def test_of_anything_else_the_class_is_left(value, name):
    assert type(plain(value())).__name__ == name


def endless():
    items = []
    items.append(items)
    return items


def deep():
    items = []
    for _ in range(100_000):
        items = [items]
    return items


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (endless, "nested more than 50 deep"),
        (deep, "nested more than 50 deep"),
        (lambda: [[0] * 200] * 1000, "too large"),
        (lambda: [0] * 1_000_000, "too large"),
        (lambda: dict.fromkeys(range(100000), 0), "too large"),
        (lambda: "x" * 1_000_000, "too large"),
        (lambda: 1 << 4_000_000, "too large"),
        (lambda: np.broadcast_to(np.int8(0), (1 << 40,)), "too large"),
    ],
)
def test_deep_and_huge_values_are_cut_with_a_sentence(value, sentence):
    outcome = plain(value())
    assert outcome.kind == "TooLarge"
    assert sentence in outcome.sentence


@pytest.mark.long
@given(
    st.binary()
    | st.recursive(
        st.none() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["value", "raised", "int", "set", "dict", "object", "..."]),
                inner,
                max_size=2,
            )
        ),
    ).map(lambda tree: json.dumps(tree).encode())
)
def test_no_line_trips_the_reader(line):
    read(line)


@pytest.mark.parametrize(
    "line",
    [
        b"[" * 100_000,
        b'{"value": ' + b"9" * 10_000 + b"}",
        b'{"value": {"set": [[]]}}',
        b'{"value": {"object": "a\\u0000\\ud800"}}',
        b'{"raised": ["\\ud800", "\\ud800"]}',
    ],
)
def test_neither_does_one_that_means_to(line):
    outcome = read(line)
    name = outcome.kind if isinstance(outcome, Raised) else type(outcome).__name__
    assert name.encode()


# -- what functions do ----------------------------------------------------------------------------


def catches_everything():
    while True:
        with contextlib.suppress(BaseException):
            time.sleep(0.01)


def counts_in_c():
    return sum(itertools.count())


def ignores_the_alarm():
    for number in signal.valid_signals():
        with contextlib.suppress(OSError, ValueError):
            signal.signal(number, signal.SIG_IGN)
    while True:
        pass


def has_an_endless_message():
    class Endless(Exception):
        def __str__(self):
            while True:
                pass

    raise Endless


def has_a_surrogate_message():
    raise ValueError("\ud800 \0")


def has_no_message():
    class Hostile(Exception):
        def __str__(self):
            raise RuntimeError("not even this")

    raise Hostile


def has_a_message_with_a_will():
    raise ValueError(Shouting("x"))


def takes_all_memory():
    items = []
    while True:
        items.append(bytearray(1 << 20))


def takes_a_list():
    return [0] * 10**9


def exits_at_once():
    os._exit(3)


def kills_itself():
    os.kill(os.getpid(), signal.SIGKILL)


def crashes():
    ctypes.string_at(0)


def kills_the_notebook():
    os.kill(os.getppid(), signal.SIGKILL)


def kills_everybody():
    os.kill(-1, signal.SIGTERM)


def kills_the_group():
    os.killpg(os.getpgid(os.getppid()), signal.SIGTERM)


def sets_a_timer():
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    while True:
        pass


def exits():
    sys.exit(3)


def interrupts():
    raise KeyboardInterrupt


def recurses():
    return recurses()


def closes_all():
    os.closerange(0, 10_000)
    return 7


def asks():
    return input("Your name? ")


def bombs():
    """Fork until the system, or a cap for this test, says no; half of them return a value."""
    for _ in range(5):
        os.fork()
    return 7


@pytest.mark.long
@forks
@pytest.mark.usefixtures("silent")
@pytest.mark.parametrize(
    ("function", "seconds", "kind", "words"),
    [
        (catches_everything, 0.5, "TooSlow", "After 0.5 seconds it had not come to an end"),
        (counts_in_c, 0.5, "TooSlow", "Which loop never stops?"),
        (ignores_the_alarm, 0.5, "TooSlow", ""),
        (has_an_endless_message, 0.5, "TooSlow", ""),
        (has_a_surrogate_message, 60, "ValueError", r"\ud800 \0"),
        (has_no_message, 60, "Hostile", "no message"),
        (has_a_message_with_a_will, 60, "ValueError", "no message"),
        (takes_all_memory, 60, "MemoryError", ""),
        (takes_a_list, 60, "MemoryError", ""),
        (exits_at_once, 60, "Died", "with exit code 3"),
        (kills_itself, 60, "Died", "SIGKILL"),
        (crashes, 60, "Died", "SIGSEGV"),
        (kills_the_notebook, 60, "PermissionError", "is no process of this check"),
        (kills_everybody, 60, "PermissionError", "-1 is no process of this check"),
        (kills_the_group, 60, "PermissionError", ""),
        (sets_a_timer, 60, "Died", "SIGALRM"),
        (exits, 60, "SystemExit", "3"),
        (exit, 60, "SystemExit", ""),
        (interrupts, 60, "KeyboardInterrupt", ""),
        (recurses, 60, "RecursionError", "maximum recursion depth"),
        (closes_all, 60, "Died", ""),
        (asks, 60, "EOFError", ""),
        (lambda: 1 + "", 60, "TypeError", "unsupported operand"),
        (lambda extra: 1, 60, "TypeError", "missing 1 required positional argument"),
    ],
)
def test_what_comes_to_no_value_says_so(function, seconds, kind, words, monkeypatch):
    monkeypatch.setattr(child, "_MEMORY", 64 << 20)  # what takes all shall take less
    outcome = once(function, seconds)
    assert outcome.kind == kind
    assert words in outcome.sentence
    assert outcome.sentence.encode()


def writes():
    for fd in (1, 2):
        for _ in range(10):
            os.write(fd, b"x" * (1 << 20))
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        print("out \ud800", file=stream, flush=True)
    os.system("echo out; echo err >&2")


def logs():
    logging.warning("careful")
    logging.getLogger("mine").critical("help")


def logs_in_its_own_way():
    logging.basicConfig(stream=sys.__stderr__, force=True)
    logging.error("again")


def warns():
    warnings.simplefilter("always")
    warnings.warn("careful", stacklevel=1)
    warnings.showwarning = print


def speaks_in_the_end():
    class Farewell:
        def __del__(self):
            print("goodbye", file=sys.__stderr__)
            os.write(2, b"goodbye")

    Farewell()
    asyncio.sleep(0)  # a coroutine that nobody waits for


def leaves_threads():
    for _ in range(10):
        threading.Thread(target=catches_everything).start()


def leaves_processes():
    for _ in range(5):
        subprocess.Popen(["sleep", "1000"])
        if os.fork() == 0:
            catches_everything()


def leaves_endless_rubbish():
    class Endless:
        def __del__(self):
            while True:
                pass

    builtins.kept = Endless()


def changes_the_world():
    os.chdir("/")
    os.environ["HOME"] = "elsewhere"
    os.environ.pop("PATH")
    for number in (signal.SIGINT, signal.SIGALRM, signal.SIGTERM, signal.SIGUSR1):
        signal.signal(number, lambda *_: None)
    sys.setrecursionlimit(len(inspect.stack(0)) + 30)  # little more than is in use
    random.seed(1)
    np.seterr(all="raise")
    sys.stdout = sys.stderr = None
    builtins.print = None
    os.umask(0)
    sys.path.clear()
    sys.modules.pop("random")
    signal.setitimer(signal.ITIMER_REAL, 1000)
    gone = threading.Thread(target=time.sleep, args=(1000,), daemon=True)
    gone.start()


def takes_its_own_loop():
    return asyncio.run(asyncio.sleep(0))


@forks
@pytest.mark.usefixtures("silent")
@pytest.mark.parametrize(
    "act",
    [
        writes,
        logs,
        logs_in_its_own_way,
        warns,
        speaks_in_the_end,
        leaves_threads,
        leaves_processes,
        leaves_endless_rubbish,
        changes_the_world,
        takes_its_own_loop,
    ],
    ids=lambda act: act.__name__,
)
def test_a_right_function_may_do_what_it_likes(act):
    def function():
        act()
        return 7

    assert once(function) == 7


@forks
@pytest.mark.usefixtures("silent")
def test_values_nobody_can_hold_are_only_named():
    class Endless:
        def __del__(self):
            while True:
                time.sleep(0.01)

        __str__ = __eq__ = __hash__ = __len__ = __iter__ = __repr__ = __class__ = __del__

    first, second = guarded(lambda _: Endless(), [[0], [1]], ENOUGH)
    assert type(first).__name__ == "Endless"
    assert second.kind == "TooSlow"  # the first one's last breath


@pytest.mark.long
@forks
@pytest.mark.usefixtures("silent")
def test_a_function_that_forks_answers_once():
    assert guarded(lambda number: bombs() + number, [[0], [1], [2]], 60) == [7, 8, 9]


@forks
def test_what_a_function_started_is_killed():
    def starts():
        started = subprocess.Popen(["sleep", "1000"])
        if (forked := os.fork()) == 0:
            catches_everything()
        return started.pid, forked

    for pid in once(starts):
        with contextlib.suppress(FileNotFoundError):
            for _ in range(1000):  # until whoever adopted it has noticed
                with open(f"/proc/{pid}/stat") as stat:
                    if stat.read().rpartition(")")[2].split()[0] in "ZX":
                        break
                time.sleep(0.01)
            else:
                pytest.fail(f"{pid} lives on")


@pytest.mark.long
@forks
@pytest.mark.usefixtures("silent")
def test_inputs_before_the_end_keep_their_results():
    def fails_at_2(number):
        if number == 2:
            os._exit(0)
        return number

    def hangs_at_1(number):
        while number == 1:
            time.sleep(0.01)
        return number

    results = guarded(fails_at_2, [[0], [1], [2], [3]], 60)
    assert results[:2] == [0, 1]
    assert [each.kind for each in results[2:]] == ["Died", "Died"]
    results = guarded(hangs_at_1, [[0], [1], [2]], ENOUGH)
    assert results[0] == 0
    assert [each.kind for each in results[1:]] == ["TooSlow", "TooSlow"]
    assert guarded(hangs_at_1, [], 1) == []


@pytest.mark.long
@forks
@pytest.mark.usefixtures("silent")
def test_a_flood_of_answers_is_cut():
    def floods(number):
        for fd in range(3, 100):
            with contextlib.suppress(OSError):
                left = memoryview(bytes(1 << 25))
                while left:  # one that is stopped meanwhile writes less
                    left = left[os.write(fd, left) :]
        return number

    assert once(lambda: floods(1)).kind == "TooLarge"
    outcomes = guarded(lambda number: "\1" * 400_000, [[n] for n in range(60)], 60)
    assert len(outcomes) == 60
    assert outcomes[0] == "\1" * 400_000
    assert outcomes[-1].kind == "TooLarge"


@forks
@pytest.mark.usefixtures("silent")
def test_arguments_and_what_it_remembers_are_the_copys():
    seen, memory = [], [[1, 2], [3]]

    def counts(cells):
        seen.append(len(seen))
        cells.clear()
        return len(seen)

    assert guarded(counts, [[memory], [memory]], 60) == [1, 2]
    assert (seen, memory) == ([], [[1, 2], [3]])


@pytest.mark.usefixtures("silent")
def test_a_check_within_a_check_says_so():
    def again():
        outcome = once(again)
        return outcome.kind, outcome.sentence

    assert once(again) == ("Nested", "A check cannot be made within a check.")


@forks
def test_an_interrupt_by_hand_ends_the_copy_too():
    # as in a notebook; a job in the background is started with the signal ignored
    before, others = signal.signal(signal.SIGINT, signal.default_int_handler), children()
    timer = threading.Timer(0.3, os.kill, [os.getpid(), signal.SIGINT])

    def interrupted():
        timer.start()
        attempt.guarded(time.sleep, [[1000]], 500)

    try:
        with pytest.raises(KeyboardInterrupt):
            interrupted()
    finally:
        timer.cancel()
        signal.signal(signal.SIGINT, before)
    assert children() <= others


@forks
def test_no_warning_of_threads_comes_out():
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert once(lambda: 7) == 7
    finally:
        stop.set()
        thread.join()


@forks
def test_outside_the_main_thread_the_time_limit_holds_as_well():
    found = []
    thread = threading.Thread(target=lambda: found.append(once(catches_everything, 0.3)))
    thread.start()
    thread.join()
    assert found[0].kind == "TooSlow"


@forks
def test_where_no_more_processes_may_be_a_thread_does_it(monkeypatch):
    def full():
        raise BlockingIOError("as many as there may be")

    monkeypatch.setattr(os, "fork", full)
    assert once(lambda: 7) == 7


# -- where there is no fork -----------------------------------------------------------------------


@pytest.fixture
def no_fork(monkeypatch):
    monkeypatch.setattr(child, "FORKS", False)


@pytest.mark.usefixtures("silent", "no_fork")
@pytest.mark.parametrize("act", [writes, logs, warnings.warn, speaks_in_the_end])
def test_without_fork_nothing_comes_out_either(act):
    def function():
        with contextlib.suppress(TypeError), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pytest collects them
            act()
        return 7

    assert once(function) == 7


@pytest.mark.usefixtures("silent", "no_fork")
@pytest.mark.parametrize(
    ("function", "seconds", "kind"),
    [
        (has_a_surrogate_message, 60, "ValueError"),
        (has_no_message, 60, "Hostile"),
        (has_an_endless_message, 0.5, "TooSlow"),
        (exits, 60, "SystemExit"),
        (interrupts, 60, "KeyboardInterrupt"),
        (recurses, 60, "RecursionError"),
    ],
)
def test_without_fork_what_comes_to_no_value_says_so(function, seconds, kind):
    assert once(function, seconds).kind == kind


@pytest.mark.usefixtures("silent", "no_fork")
def test_without_fork_a_loop_is_interrupted():
    def hangs_at_1(number):
        while number == 1:
            time.sleep(0.001)
        return number

    outcomes = guarded(hangs_at_1, [[0], [1], [2]], ENOUGH)
    assert outcomes[0] == 0
    assert [each.kind for each in outcomes[1:]] == ["TooSlow", "TooSlow"]
    assert "cannot be stopped" not in outcomes[1].sentence


@pytest.mark.usefixtures("no_fork")
def test_without_fork_a_loop_that_cannot_be_stopped_is_told():
    over = threading.Event()

    def catches_all_but_the_end():
        while not over.is_set():
            with contextlib.suppress(BaseException):
                over.wait(0.01)

    try:
        (outcome,) = attempt.guarded(catches_all_but_the_end, [[]], 0.2)
        assert "runs on until the notebook's Python is started again" in outcome.sentence
    finally:
        over.set()
        for thread in threading.enumerate():
            if thread.name == "check":
                thread.join()


@pytest.mark.usefixtures("silent", "no_fork")
def test_without_fork_a_check_within_a_check_says_so():
    assert once(lambda: once(lambda: 7).kind) == "Nested"
    assert once(lambda: 7) == 7


@pytest.mark.usefixtures("silent", "no_fork")
def test_without_threads_there_is_still_an_answer(monkeypatch):
    def fails(thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", fails)
    assert once(lambda: 7) == 7
    assert once(lambda: once(lambda: 7).kind) == "Nested"
    assert once(lambda: 7) == 7


# -- in a notebook --------------------------------------------------------------------------------

BEFORE = """
import inspect
import asyncio, builtins, logging, os, random, signal, sys, threading, time, warnings
from IPython.display import display
from coursework import check
from coursework.exercises import EXERCISES

saved, kept = sys.stdout, []
logging.basicConfig(stream=sys.stderr)
warnings.simplefilter("always")
signal.signal(signal.SIGUSR1, lambda *_: None)
random.seed(7)
print("kept back", end="")  # still in the buffer when the process is copied


def state():
    handlers = {number: signal.getsignal(number) for number in signal.valid_signals()}
    return (
        os.getcwd(), dict(os.environ), handlers, sys.getrecursionlimit(), random.getstate(),
        sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__, builtins.input, os.kill, kept[:],
        [each for each in threading.enumerate()], sorted(os.listdir("/dev/fd")),
        logging.root.handlers[:], warnings.filters[:],
    )


def speak():
    while True:
        print("thread"); time.sleep(0.1)


def speak_and_change():
    print("out"); print("err", file=sys.stderr); print("saved", file=saved, flush=True)
    print("under", file=sys.__stderr__); os.write(1, b"one"); os.write(2, b"two")
    os.system("echo shell; echo shell >&2")
    logging.error("logged"); warnings.warn("warned")
    display("shown"); get_ipython().run_cell("print('cell'); 1/0")
    os.chdir("/"); os.environ["HOME"] = "x"; random.random()
    sys.setrecursionlimit(len(inspect.stack(0)) + 30)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1):
        signal.signal(number, signal.SIG_IGN)
    try:
        input("Name? ")
    except EOFError:
        pass
    threading.Thread(target=speak).start()
    try:
        os.kill(os.getppid(), 9)
    except PermissionError:
        pass


def walk(*arguments):
    kept.append(arguments)
    if len(kept) == 1:  # once is enough, and fourteen times may take a busy machine too long
        speak_and_change()
    exit()
    return EXERCISES["radix-walk"].solve(*arguments)


before = state()
"""


@pytest.mark.long
@forks
def test_in_a_notebook_nothing_comes_out_but_the_score(tmp_path):
    cells = [
        BEFORE,
        'check("radix-walk", walk)',
        'check("radix-walk", lambda *arguments: os._exit(1))',
        "time.sleep(1)  # for what comes late",
        'assert state() == before; "as before"',
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(each) for each in cells])
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "PAGESIM_LEARNER": "guest"}
    env.pop("PYTEST_CURRENT_TEST")  # under which Jupyter leaves the descriptors 1 and 2 alone
    NotebookClient(notebook, kernel_name="python3", timeout=120).execute(cwd=str(tmp_path), env=env)
    shown = [
        [each.get("text") or each.data["text/plain"] for each in cell.outputs]
        for cell in notebook.cells
    ]
    assert shown == [["kept back"], ["2.0"], ["0.0"], [], ["'as before'"]]
