"""A learner's own function, recorded: to which pages it goes is what arithmetic says."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from psutil import Process

from pagesim import host
from pagesim.host import NotRecorded, counters, record
from pagesim.host.example_programs import EXAMPLES, LAB, TRACE, keys_of, places_of
from pagesim.host.record import obstacle
from pagesim.machines import MACHINES
from pagesim.reuse import lru_hits
from pagesim.traces import example, named

pytestmark = pytest.mark.skipif(bool(obstacle()), reason=obstacle() or "it can record")
Ints = NDArray[np.int64]


def pages_of(places: list[int], bytes_each: int = 8) -> list[int]:
    """The page of each element, none twice in a row."""
    pages = [place * bytes_each // 4096 for place in places]
    return [pages[0], *(page for before, page in pairwise(pages) if page != before)]


def test_rows_and_columns() -> None:
    def rows(a: Ints) -> None:
        for row in a:
            row.sum()

    def columns(a: Ints) -> None:
        for column in range(0, 512, 64):
            a[:, column].sum()

    assert record(rows, (6, 512)).data.vpn.tolist() == list(range(6))
    trace = record(columns, (6, 512))
    assert trace.data.vpn.tolist() == list(range(6)) * 8
    assert (trace.name, trace.unit) == ("your columns", "page changes")
    assert named("your columns") is trace
    assert named("columns") is example("columns")  # an example's name stays the example's
    with pytest.raises(ValueError, match="name 'gzip' is that of a recorded trace"):
        record(columns, (6, 512), name="gzip")


@pytest.mark.parametrize("seed", range(3))
def test_loads_and_stores_one_by_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    places, stores = rng.integers(0, 9 * 512, 200).tolist(), (rng.random(200) < 0.4).tolist()

    def touch(a: Ints) -> None:
        for place, store in zip(places, stores, strict=True):
            if store:
                a[place] = 1
            else:
                a[place]

    trace = record(touch, 9 * 512, name="here and there")
    assert trace.data.vpn.tolist() == pages_of(places)
    wanted: list[bool] = []
    for number, (place, store) in enumerate(zip(places, stores, strict=True)):
        if number and place // 512 == places[number - 1] // 512:
            wanted[-1] |= store
        else:
            wanted.append(store)
    assert trace.written is not None
    assert trace.written.tolist() == wanted


@pytest.mark.parametrize(
    ("array", "element"),
    [
        (np.arange(4000, dtype=np.int32), 4),
        (np.zeros((40, 50), np.complex128), 16),
        (np.asfortranarray(np.ones((60, 70), np.float32)), 4),
        (np.arange(9000)[::3], 8),
        (np.array([b"x" * 100] * 90), 100),
    ],
)
def test_an_array_of_ones_own_is_copied_as_it_lies(array: NDArray[Any], element: int) -> None:
    def check(a: NDArray[Any]) -> None:
        assert (a == array).all()
        assert a.flags.f_contiguous == array.flags.f_contiguous or array.ndim == 1

    def each(a: NDArray[Any]) -> None:
        for number in range(a.size):
            a.ravel(order="K")[number : number + 1].copy()

    record(check, array)
    trace = record(each, array)
    last = (array.size - 1) * element
    assert trace.touched.tolist() == list(range((last + element - 1) // 4096 + 1))


def test_an_instruction_that_needs_two_pages_is_done() -> None:
    """Numbers that cross from one page into the next, copies from page to page, both at once."""

    def crossing(a: NDArray[np.uint8]) -> None:
        both = a[4092:4100].view(np.int64)
        both += 1  # not aligned: numpy copies it
        a[8190:12290] = a[20477:24577]
        assert a[4092] == 1

    trace = record(crossing, 8 * 4096, np.uint8)
    assert trace.data.vpn[:2].tolist() == [0, 1]
    assert {1, 2, 3, 4, 5, 6} - {4} <= set(trace.touched.tolist())


def test_a_binary_search_goes_where_arithmetic_says() -> None:
    keys = np.random.default_rng(3).integers(0, 1 << 15, 20).tolist()
    probes: list[int] = []

    def search(a: Ints, note: Callable[[int], None] = lambda at: None) -> None:
        for key in keys:
            low, high = 0, 1 << 15
            while low < high:
                middle = (low + high) // 2
                note(middle)
                low, high = (middle + 1, high) if a[middle] < key else (low, middle)

    search(np.arange(1 << 15), probes.append)
    assert record(search, np.arange(1 << 15)).data.vpn.tolist() == pages_of(probes)


def test_the_kernel_counts_as_many_faults_as_there_are_changes() -> None:
    places = (np.random.default_rng(4).integers(0, 64, 300) * 512).tolist()

    def touch(a: Ints) -> None:
        for place in places:
            a[place]

    def count(a: Ints) -> None:
        for _ in range(2):  # what runs for the first time has faults of its own
            before = counters.minor_faults()
            touch(a)
            found = counters.minor_faults() - before
        raise ValueError(found)

    twice = record(lambda a: (touch(a), touch(a)), 64 * 512).counted
    assert twice == len(pages_of(places * 2))
    told = []
    for _ in range(5):  # noise only ever adds
        with pytest.raises(NotRecorded, match="ValueError") as raised:
            record(count, 64 * 512)
        told.append(int(str(raised.value).split(": ")[1].split(",")[0]))
    assert min(told) == twice - len(pages_of(places))


def many(a: Ints) -> None:
    for _ in range(99):
        a[::512].sum()


def endless(a: Ints) -> None:
    while True:
        a[0] += 1


def ends(a: Ints) -> None:
    os._exit(3)


def forks(a: Ints) -> None:
    os.fork()


def astray(a: Ints) -> None:
    import ctypes

    ctypes.string_at(8)


def reads_a_file(a: Ints) -> None:
    with open("/dev/zero", "rb") as file:
        file.readinto(a)


def with_a_thread(a: Ints) -> None:
    from threading import Thread

    one = Thread(target=a.sum)
    one.start()
    one.join()


@pytest.mark.parametrize(
    ("function", "limits", "sentence"),
    [
        (lambda a: a[10**9], {}, "raised IndexError: index 1000000000 is .*, in line .* of <lamb"),
        (many, {"most": 50}, "changed pages more than 50 times. Give it a smaller array"),
        (endless, {"seconds": 0.5}, "After 0.5 seconds it had not come to an end"),
        (ends, {}, "ended, with exit code 3, before it returned"),
        (forks, {}, "starts a copy of its process"),
        (astray, {}, "touched memory that it may not touch"),
        (reads_a_file, {}, "Bad address .a system call was given the array"),
        (with_a_thread, {}, "second thread of it has touched the array"),
        (lambda a: a.shape, {}, "has not touched the array"),
        (lambda a: sys.exit(2), {}, "raised SystemExit: 2"),
    ],
)
def test_a_function_that_cannot_be_recorded_gets_a_sentence(
    function: Callable[[Any], object], limits: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(NotRecorded, match=sentence) as told:
        record(function, 8 * 512, **limits)
    assert told.value._render_traceback_() == [f"Not recorded. {told.value}"]


def test_what_a_function_does_stays_in_its_process(capfd: pytest.CaptureFixture[str]) -> None:
    seen, array = list[int](), np.zeros(600, np.int64)

    def change(a: Ints) -> None:
        print("printed")
        a[:] = 7
        seen.append(1)

    before, children = set(os.listdir("/proc/self/fd")), set(Process().children())
    assert record(change, array).written is not None
    assert (seen, array.any(), capfd.readouterr()) == ([], False, ("", ""))
    # what other tests left may go meanwhile
    assert set(os.listdir("/proc/self/fd")) <= before
    assert set(Process().children()) <= children


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((1 << 40,), "size 1099511627776 is outside"),
        ((0,), "size 0 is outside"),
        (((1 << 20, 1 << 20),), "outside 1 byte..256 MiB"),
        ((np.array([None]),), "dtype object has Python objects"),
        ((2.5,), "size 2.5 is not a whole number"),
    ],
)
def test_bad_orders_are_refused(arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        record(endless, *arguments)
    with pytest.raises(ValueError, match=r"most 0 is outside 1\.\.16777216"):
        record(endless, 8, most=0)


def test_where_nothing_can_be_recorded_a_recorded_trace_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def gather(a: Ints) -> None:
        a[:]

    monkeypatch.setattr("platform.machine", lambda: "aarch64")
    theirs = record(gather, 9)
    assert (theirs.name, theirs.counted) == ("gather", example("gather").counted)
    assert "this machine cannot: its processor is of the kind aarch64" in theirs.note
    other = record(many, 9)
    assert other.note.startswith("NOT many: this is the example 'columns' instead. recorded on Lin")
    assert "did not: it was not asked to" in record(gather, 9, live=False).note
    assert host.OwnProgram().measure().live is False


def test_elsewhere_than_on_linux_importing_is_safe() -> None:
    code = (
        "import sys; sys.platform = 'darwin'; from pagesim import host; "
        "print(host.record(len, 8).note)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "this machine cannot: it runs macOS, not Linux" in done.stdout


# -- the examples ----------------------------------------------------------------------------------


def test_recorded_examples_are_what_arithmetic_says() -> None:
    pages = list(range(TRACE.pages))
    assert example("rows").data.vpn.tolist() == pages
    assert example("columns").data.vpn.tolist() == pages * 512
    assert example("gather").data.vpn.tolist() == pages_of(places_of(TRACE).tolist())
    assert example("sorted-gather").data.vpn.tolist() == list(range(TRACE.wide))
    # of fan-out 512: the root's page, then a leaf's, for each key that is not under the first
    leaves = [key // 2 // 512 for key in keys_of(TRACE)]
    both = [page for leaf in leaves for page in (512, leaf)]
    assert example("b-tree-512").data.vpn.tolist() == both
    # of fan-out 16: five nodes, the two uppermost on one page
    levels = [(0, 1), (1 << 18, 16), ((1 << 18) + (1 << 14), 256)]
    starts = [
        [(start + key // 2 // by) // 512 for start, by in reversed(levels)]
        for key in keys_of(TRACE)
    ]
    found = example("b-tree-16").data.vpn
    root = (278528 + 1024) // 512
    whole = [page for pages in starts for page in (root, *pages)]
    assert found.tolist() == pages_of([page * 512 for page in whole])


def test_each_example_is_recorded_once_more_as_it_was_shipped() -> None:
    for name in ("eytzinger", "hash-table", "rows"):
        words, array, run, _ = EXAMPLES[name]
        few = TRACE._replace(searches=60)
        trace = record(lambda a, run=run, few=few: run(a, few), array(few), name="again")
        shipped = example(name).data.vpn
        # the same keys come first
        assert trace.data.vpn.tolist() == shipped[: trace.counted].tolist()
        assert example(name).program == words


def test_one_example_is_larger_than_every_second_level() -> None:
    trace = example("gather")
    second = {
        shape.entries
        for machine in MACHINES.values()
        for level in machine.levels[1:]
        for shape in level
        if 12 in shape.page_shifts
    }
    assert trace.touched.size > max(second) == 3072
    hits = lru_hits(trace.data.vpn, 1, max(second)).cumsum()
    # of places drawn alike, an LRU cache of n of N pages holds the share n/N, once it is full
    for entries in second:
        share = hits[entries - 1] / (trace.counted - trace.touched.size)
        assert share == pytest.approx(entries / trace.touched.size, abs=0.06)


def test_times_are_a_table_of_all_examples() -> None:
    rows = host.own_times(LAB).rows
    assert [row[0] for row in rows] == [each.words for each in EXAMPLES.values()]
    assert all(row[1] >= 0 for row in rows)  # type: ignore[operator]
