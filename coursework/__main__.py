"""The course's command line: ``python -m coursework build``, ``grade``, ``doctor``."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pagesim import binary

try:
    import typer
    from rich.console import Console
    from rich.markup import escape
except ModuleNotFoundError as missing:
    raise SystemExit(f"{missing.name} is missing: pip install -e '.[grading]' brings it") from None

if TYPE_CHECKING:
    from .grading.assignments import Assignment
    from .grading.grade import Result
    from .grading.layouts import Submission

app = typer.Typer(add_completion=False, no_args_is_help=True)
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
    out: Annotated[Path, typer.Option(help="Where tables and pages go.")],
    notebook: Annotated[
        str | None,
        typer.Option(help="Two digits: what a file is whose name does not say it."),
    ] = None,
    lessons: Annotated[Path, typer.Option(help="Where the lessons stand.")] = Path("lessons"),
    gradebook: Annotated[
        Path | None, typer.Option(help="nbgrader's gradebook.db, to write the scores into as well.")
    ] = None,
) -> None:
    """Grade what was handed in, each in a box that it cannot get out of."""
    from rich.progress import track

    from .grading.box import NoBox
    from .grading.classroom import grade_class
    from .grading.doctor import find_box
    from .grading.hidden import check_secret
    from .grading.kit import kit
    from .grading.layouts import find_submissions
    from .grading.outputs import read_assignments
    from .grading.report import plain_text, write

    console = Console(highlight=False, soft_wrap=True, stderr=True)
    try:
        secret = check_secret(secret_file.read_bytes())
        found, refused = find_submissions(submissions, notebook)
        assignments = read_assignments(lessons, (each.notebook for each in found))
    except (OSError, ValueError) as problem:
        console.print(f"[red]✗[/] {escape(str(problem))}")
        raise typer.Exit(2) from None
    for path, reason in refused:
        console.print(f"[yellow]![/] {escape(repr(str(path)))} is left out: {reason}")
    with kit() as folder:
        try:
            box = find_box(folder)
            results = []
            graded = grade_class(found, secret, box, folder)
            for result in track(graded, "Grading", len(found), console=console):
                results.append(result)
        except NoBox as problem:
            console.print(f"[red]✗[/] nothing is graded without a box. {escape(str(problem))}")
            console.print("`python -m coursework doctor` says how to get one.")
            raise typer.Exit(3) from None
    write(results, out)
    _publish(console, found, results, assignments, out, gradebook)
    if box.kind == "reduced":
        console.print(f"[yellow]![/] The box was {box.label}. See `python -m coursework doctor`.")
    for result in results:
        if result.note:
            name = escape(ascii(plain_text(result.student)))
            console.print(f"[yellow]![/] {name}, {result.notebook}: {escape(result.note)}")
    console.print(f"[green]✓[/] {len(results)} graded: {escape(str(out / 'class.html'))}")


def _publish(
    console: Console,
    found: list[Submission],
    results: list[Result],
    assignments: dict[str, Assignment],
    out: Path,
    gradebook: Path | None,
) -> None:
    """Write tables and pages, and into a grade book, all that was graded."""
    from rich.progress import track

    from .grading.box import NoBox
    from .grading.doctor import find_box
    from .grading.kit import kit
    from .grading.outputs import look_at, write_pages, write_tables

    write_tables(results, assignments, out)
    with kit() as folder:
        try:
            looked = look_at(found, results, find_box(folder), folder)
            pages = list(track(looked, "Looking", len(results), console=console))
        except NoBox as problem:
            why = escape(str(problem))
            console.print(f"[red]✗[/] all are graded, but there are no pages. {why}")
            raise typer.Exit(3) from None
    with console.status("Writing pages ..."):
        write_pages(pages, assignments, out)
    if gradebook is not None:
        from .grading.gradebook import write_gradebook

        for line in write_gradebook(pages, assignments, gradebook):
            console.print(f"[yellow]![/] {escape(line)}")


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
