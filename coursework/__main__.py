"""The course's command line: ``python -m coursework build``, ``grade``, ``doctor``."""

from __future__ import annotations

import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

from pagesim import binary

try:
    import typer
    from rich.console import Console
    from rich.markup import escape
except ModuleNotFoundError as missing:
    raise SystemExit(f"{missing.name} is missing: pip install -e '.[grading]' brings it") from None

from .questions import commands

if TYPE_CHECKING:
    from distributed import Client

    from .grading.assignments import Assignment
    from .grading.grade import Result
    from .grading.layouts import Submission

app = typer.Typer(add_completion=False, no_args_is_help=True)
for command in (commands.review, commands.inventory, commands.misunderstandings):
    app.command()(command)
MOST_BYTES = 1 << 20  # of a saved notebook


@app.callback()
def main() -> None:
    """Tools for those who write and teach the course."""


@app.command()
def build(
    names: Annotated[
        list[str] | None, typer.Argument(help="How a lesson's name starts: 04. All, if left out.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail if a notebook is stale.")
    ] = False,
    lessons: Annotated[Path, typer.Option(help="Where the lessons stand.")] = Path("lessons"),
    notebooks: Annotated[Path, typer.Option(help="Where notebooks go.")] = Path("notebooks"),
) -> None:
    """Build notebooks from lessons: strip solutions, execute, save."""
    from .builder import GLOSSARY, Lesson, LessonError, build_glossary
    from .builder import build as build_one

    console = Console(highlight=False, soft_wrap=True)
    there = sorted(lessons.glob("[0-9][0-9]-*.md"))
    chosen = [path for path in there if not names or path.name.startswith(tuple(names))]
    for name in names or []:
        if not any(path.name.startswith(name) for path in there):
            known = ", ".join(path.stem for path in there) or "none"
            console.print(
                f"[red]✗[/] no lesson in {lessons} starts with {name!r}; there are: {known}"
            )
            raise typer.Exit(2)
    failed = 0
    for path in chosen:
        start = time.monotonic()
        try:
            built = build_one(Lesson.read(path), notebooks, check)
        except LessonError as error:
            failed += 1
            console.print(f"[red]✗[/] {escape(str(error))}")
            continue
        seconds = time.monotonic() - start
        size = built.path.stat().st_size if built.path.exists() else 0
        failed += built.state == "stale" or size > MOST_BYTES
        sign = "[red]✗[/]" if built.state == "stale" else "[green]✓[/]"
        why = f" ({built.reason})" if built.reason else ""
        console.print(
            f"{sign} {built.path.name}  {built.state}{why}  {seconds:.1f} s  {size >> 10} KiB"
        )
        if size > MOST_BYTES:
            console.print(f"[red]✗[/] {built.path.name} is larger than {binary(MOST_BYTES)}")
    if (lessons / GLOSSARY).exists():
        state = build_glossary(lessons, notebooks, check)
        failed += state == "stale"
        console.print(f"{'[red]✗[/]' if state == 'stale' else '[green]✓[/]'} glossary.md  {state}")
    if failed:
        raise typer.Exit(1)


@app.command()
def site(
    folder: Annotated[Path, typer.Argument(help="Where it goes, in place of what is there.")] = (
        Path("site")
    ),
) -> None:
    """Write the course as a site that moves without a server; run it where the README is."""
    from .site import build_site

    console = Console(highlight=False, soft_wrap=True)
    start = time.monotonic()
    build_site(Path(), folder)
    files = [path for path in folder.rglob("*") if path.is_file()]
    size = binary(sum(path.stat().st_size for path in files))
    seconds = time.monotonic() - start
    console.print(f"[green]✓[/] {folder}/index.html  {len(files)} files  {size}  {seconds:.0f} s")


@app.command()
def export_nbgrader(
    folder: Annotated[Path, typer.Argument(help="The course's folder, empty or not there yet.")],
    lessons: Annotated[Path, typer.Option(help="Where the lessons stand.")] = Path("lessons"),
) -> None:
    """Write an nbgrader course: source notebooks with solutions, settings, a guide."""
    from .builder import LessonError
    from .nbgrader import export

    console = Console(highlight=False, soft_wrap=True)
    try:
        names = export(lessons, folder)
    except (ValueError, LessonError) as error:
        console.print(f"[red]✗[/] {escape(str(error))}")
        raise typer.Exit(2) from None
    console.print(f"[green]✓[/] {len(names)} assignments in {folder}; begin with its README.md")


@app.command()
def grade(
    submissions: Annotated[
        Path, typer.Argument(help="nbgrader's `submitted`, or a folder of STUDENT_04.ipynb.")
    ],
    secret_file: Annotated[
        Path,
        typer.Option(help="16 bytes or more, yours alone: hidden inputs come of them."),
    ],
    out: Annotated[
        Path,
        typer.Option(help="Where tables and pages go. What has been graded into it stays graded."),
    ],
    notebook: Annotated[
        str | None,
        typer.Option(help="Two digits: what a file is whose name does not say it."),
    ] = None,
    lessons: Annotated[Path, typer.Option(help="Where the lessons stand.")] = Path("lessons"),
    gradebook: Annotated[
        Path | None, typer.Option(help="nbgrader's gradebook.db, to write the scores into as well.")
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(help="Of Dask workers: tls://HOST:8786. This machine's cores, if left out."),
    ] = None,
    tls_ca_file: Annotated[
        Path | None, typer.Option(help="Who has signed its certificate.")
    ] = None,
    tls_cert: Annotated[Path | None, typer.Option(help="Your own certificate.")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="The key to it.")] = None,
) -> None:
    """Grade what was handed in, each in a box that it cannot get out of.

    Stopped, or changed submissions? The same command goes on where it was.
    """
    import sqlite3

    from rich.progress import track

    from .grading.box import Box, NoBox
    from .grading.classroom import grade_class
    from .grading.cluster import LostScheduler, certificates, workers
    from .grading.hidden import check_secret
    from .grading.layouts import find_submissions
    from .grading.outputs import read_assignments
    from .grading.report import plain_text, write
    from .grading.store import Store
    from .grading.worker import OtherCourse

    console = Console(highlight=False, soft_wrap=True, stderr=True)
    results: list[Result] = []

    def stop(why: str, status: int) -> NoReturn:
        console.print(f"[red]✗[/] {why}")
        if results:
            kept = f"{len(results)} of {len(found)} are graded"
            console.print(f"{kept}, and stay so: the same command goes on from there.")
        raise typer.Exit(status)

    try:
        secret = check_secret(secret_file.read_bytes())
        found, refused = find_submissions(submissions, notebook)
        assignments = read_assignments(lessons, (each.notebook for each in found))
        security = certificates(tls_ca_file, tls_cert, tls_key)
    except (OSError, ValueError) as problem:
        stop(escape(str(problem)), 2)
    for path, reason in refused:
        console.print(f"[yellow]![/] {escape(repr(str(path)))} is left out: {reason}")
    if scheduler and not scheduler.startswith("tls://"):
        console.print(
            f"[yellow]![/] {escape(scheduler)} is no tls://: others can read what is sent"
        )
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with Store(out) as store, workers(len(found), scheduler, security) as client:
            graded = grade_class(found, secret, client, store)
            for result in track(graded, "Grading", len(found), console=console):
                results.append(result)
            write(results, out)
            _publish(console, client, found, results, assignments, out, gradebook)
            _rank(console, client, found, secret, out)
    except NoBox as problem:
        say = "`python -m coursework doctor` says how to get one."
        stop(f"nothing is graded without a box. {escape(str(problem))}\n{say}", 3)
    except (LostScheduler, OtherCourse) as problem:
        stop(escape(str(problem)), 4)
    except (sqlite3.Error, OSError) as problem:
        stop(f"{escape(str(out))}: {escape(str(problem))}", 5)
    except KeyboardInterrupt:
        stop("stopped", 130)
    for result in results:
        if result.note:
            name = escape(ascii(plain_text(result.student)))
            console.print(f"[yellow]![/] {name}, {result.notebook}: {escape(result.note)}")
    if any(result.box == "reduced" for result in results):
        label = Box("reduced").label
        console.print(f"[yellow]![/] The box was {label}. See `python -m coursework doctor`.")
    done = sum(not result.note for result in results)
    rest = f", {len(results) - done} not (see above)" if done < len(results) else ""
    console.print(f"[green]✓[/] {done} graded{rest}: {escape(str(out / 'class.html'))}")


def _publish(
    console: Console,
    client: Client,
    found: list[Submission],
    results: list[Result],
    assignments: dict[str, Assignment],
    out: Path,
    gradebook: Path | None,
) -> None:
    """Write tables and pages, and into a grade book, all that was graded."""
    from rich.progress import track

    from .grading.box import NoBox
    from .grading.outputs import write_class, write_students, write_tables

    write_tables(results, assignments, out)
    try:
        written = write_students(found, results, client, assignments, out)
        pages = list(track(written, "Writing pages", len(results), console=console))
    except NoBox as problem:
        why = escape(str(problem))
        console.print(f"[red]✗[/] all are graded, but there are no pages. {why}")
        raise typer.Exit(3) from None
    pages.sort(key=lambda each: (each.result.student, each.result.notebook))
    write_class(pages, assignments, out)
    if gradebook is not None:
        from .grading.gradebook import write_gradebook

        for line in write_gradebook(pages, assignments, gradebook):
            console.print(f"[yellow]![/] {escape(line)}")


def _rank(
    console: Console, client: Client, found: list[Submission], secret: bytes, out: Path
) -> None:
    """Write the ranking of pagers, if anybody wants to be in it."""
    from .grading.box import NoBox
    from .grading.outputs import write_ranking

    try:
        many = write_ranking(found, secret, client, out)
    except NoBox as problem:
        console.print(f"[red]✗[/] all are graded, but no pager is ranked. {escape(str(problem))}")
        raise typer.Exit(3) from None
    if many:
        path = escape(str(out / "pagers.csv"))
        console.print(f"[green]✓[/] {many} of the class's pagers, under nicknames: {path}")


@app.command()
def doctor() -> None:
    """Try to get out of each kind of box, and say which one this machine has."""
    from .grading.box import KINDS, Box
    from .grading.doctor import advice, examine, memory_limit
    from .grading.kit import kit

    console = Console(highlight=False, soft_wrap=True)
    taken, why = None, ""
    with kit() as folder:
        for kind in KINDS:
            with console.status(f"Trying to get out of {kind} ..."):
                examined = examine(kind, folder)
            for what, escaped in examined.escaped.items():
                sign = "[red]✗ could[/]" if escaped else "[green]✓ could not[/]"
                console.print(f"{sign} {what}")
            if examined.holds:
                console.print(f"[green]✓[/] {kind}: holds")
                taken = taken or Box(kind)
                continue
            reason = examined.obstacle or "something gets out of it"
            console.print(f"[red]✗[/] {kind}: {escape(reason)}")
            if examined.obstacle:
                console.print(f"  {escape(advice(kind))}")
            why = why or f", because {kind} does not work here: {reason}"
    if taken is None:
        console.print("[red]✗[/] `grade` refuses: there is no box that holds.")
        raise typer.Exit(1)
    why = "" if taken.kind == KINDS[0] else why
    console.print(f"[green]✓[/] `grade` uses {taken.label}{escape(why)}")
    console.print(f"  {memory_limit()}")


if __name__ == "__main__":
    app(prog_name="python -m coursework")
