"""Grading a class: submissions a minute, what box and Dask cost, and what a large class takes.

The submissions are notebook 02's exercises, solved. `alone` grades them in this process, one after
the other, without Dask; then one worker does, then two. To show one is to execute it again, for its
page. `box` is what a submission costs that is no notebook, so that the box is all there is; `Dask`
what a task costs that does nothing. Sizes are computed from what is measured in the same run.
"""

from __future__ import annotations

import resource
import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from math import ceil
from pathlib import Path

from distributed import Client

from coursework.builder import Lesson
from coursework.grading.box import Box
from coursework.grading.classroom import grade_class
from coursework.grading.cluster import own_workers
from coursework.grading.doctor import find_box
from coursework.grading.grade import grade_paper
from coursework.grading.kit import kit
from coursework.grading.layouts import find_submissions
from coursework.grading.limits import Limits
from coursework.grading.outputs import read_assignments, write_students
from coursework.grading.paper import Paper, read_paper
from coursework.grading.report import write
from coursework.grading.showing import show_paper
from coursework.grading.store import NAME, Store

from ..reuse.measure import Row, table

HERE = Path(__file__).parent
LESSON = next((HERE.parents[1] / "lessons").glob("02-*.md"))
SECRET = b"a secret of the benchmark's"
ALONE, CLASS, TASKS, RESULTS = 4, 12, 200, 1_000
SIZES = (100, 10_000, 1_000_000)
NIGHT = 8 * 3600  # seconds
MIB = 1 << 20


def hand_in(folder: Path, number: int) -> int:
    """Lay out a class; return the bytes of one submission."""
    import nbformat

    content = nbformat.writes(Lesson.read(LESSON).notebook(solutions=True)).encode()
    for i in range(number):
        (folder / f"s{i:04}_02.ipynb").write_bytes(content)
    return len(content)


def alone(folder: Path, box: Box, kit_folder: Path) -> tuple[float, float, float]:
    """Seconds of a submission graded in this process, of an empty one, and of a look at one."""
    found, _ = find_submissions(folder)
    limits = Limits()
    papers = [
        read_paper(each.path, each.student, each.notebook, SECRET, limits.submission)
        for each in found[:ALONE]
    ]
    times = []
    for content in (None, b'{"cells": []}'):
        start = time.perf_counter()
        for paper in papers:
            sent = paper if content is None else Paper("s", "02", content, paper.seeds)
            grade_paper(sent, box, kit_folder, limits)
        times.append((time.perf_counter() - start) / ALONE)
    start = time.perf_counter()
    for paper in papers:
        show_paper(paper, box, kit_folder, limits)
    return times[0], times[1], (time.perf_counter() - start) / ALONE


def row(way: str, graded: float, shown: float) -> Row:
    return {
        "way": way,
        "ms to grade": graded * 1e3,
        "ms to show": shown * 1e3,
        "graded a minute": 60 / graded,
        "with its page": 60 / (graded + shown),
    }


def with_workers(folder: Path, client: Client) -> tuple[float, float, float]:
    """Seconds of a submission in a class until it is graded, and of its page; bytes of the page."""
    found, _ = find_submissions(folder)
    assignments = read_assignments(LESSON.parent, ["02"])
    with tempfile.TemporaryDirectory() as out, Store(Path(out)) as store:
        grading = grade_class(found, SECRET, client, store)
        results = [next(grading)]  # by then workers know their boxes
        start = time.perf_counter()
        results += grading
        graded = (time.perf_counter() - start) / (len(found) - 1)
        start = time.perf_counter()
        pages = list(write_students(found, results, client, assignments, Path(out)))
        shown = (time.perf_counter() - start) / len(pages)
        size = sum(path.stat().st_size for path in Path(out).glob("students/*")) / len(pages)
        return graded, shown, size


def task(client: Client, content: bytes) -> float:
    """Seconds of a task that does nothing with what it is sent."""
    start = time.perf_counter()
    futures = [client.submit(len, content, pure=False) for _ in range(TASKS)]
    client.gather(futures)
    return (time.perf_counter() - start) / TASKS


def peak() -> int:
    """Return the most memory that this process has had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def kept(folder: Path, client: Client) -> tuple[float, float, float]:
    """Seconds to keep a result; bytes of one on disk; and in this process, until all is written."""
    found, _ = find_submissions(folder)
    with tempfile.TemporaryDirectory() as out, Store(Path(out)) as store:
        (result,) = grade_class(found[:1], SECRET, client, store)
        before, start = peak(), time.perf_counter()
        for i in range(RESULTS):
            store.put(f"{i:064}", replace(result, student=f"s{i}"))
        seconds = (time.perf_counter() - start) / RESULTS
        size = (Path(out) / NAME).stat().st_size / RESULTS
        results = [each for i in range(RESULTS) if (each := store.get(f"{i:064}"))]
        write(results, Path(out))
        return seconds, size, max(peak() - before, 0) / RESULTS


def main() -> list[Row]:
    """Print what one submission costs, and what a class of each size takes."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        size = hand_in(folder, CLASS)
        kit_folder = stack.enter_context(kit())
        box = find_box(kit_folder)
        one, empty, looked = alone(folder, box, kit_folder)
        rows = [row("alone", one, looked)]
        for number in (1, 2):
            with own_workers(number) as client:
                each, page, page_bytes = with_workers(folder, client)
                rows.append(row(f"{number} worker{'s' * (number > 1)}", each, page))
                if number == 1:
                    per_worker = each + page
                    nothing = task(client, bytes(size))
                    memory = max(client.run(peak).values())
                    keeping, on_disk, in_memory = kept(folder, client)
    table(rows)
    client_memory = peak()
    print(
        f"\n{box.kind}: {empty * 1e3:,.0f} ms of each; Dask: {nothing * 1e3:.1f} ms a task of "
        f"{size / 1024:,.0f} KiB; a result is kept in {keeping * 1e3:.1f} ms\n"
        f"at most {memory / MIB:,.0f} MiB in a worker, {client_memory / MIB:,.0f} MiB in the client"
        f" with {RESULTS:,} results\n"
    )
    # One process sends, keeps what comes back, and renders the pages: no number of workers is
    # faster than that. A second one makes pages no faster, so theirs is that process's time.
    fewest = nothing + keeping + page
    sizes: list[Row] = []
    for number in SIZES:
        sizes.append(
            {
                "submissions": number,
                "hours, 2 workers": number * (each + page) / 3600,
                "workers for a night": ceil(number * per_worker / NIGHT),
                "hours at least": number * fewest / 3600,
                "sent, MiB": number * size / MIB,
                "kept, MiB": number * on_disk / MIB,
                "pages, MiB": number * page_bytes / MIB,
                "client, MiB": (client_memory + number * in_memory) / MIB,
            }
        )
    return table(sizes)


if __name__ == "__main__":
    main()
