"""The commands about questions: `review`, `inventory` and, for teachers, `misunderstandings`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from pagesim.units import count

from . import terminal
from .classwide import collect, write_csv
from .misunderstandings import misunderstandings as listed

Folder = Annotated[
    Path, typer.Option(help="Where your notebooks are; what you answer is kept there.")
]
_NOTEBOOKS = Path("notebooks")


class When(StrEnum):
    """Which of the two inventories."""

    before = "before"
    after = "after"


def review(folder: Folder = _NOTEBOOKS) -> None:
    """Ask what was wrong, what was long ago and what was never asked, of the notebooks begun."""
    terminal.ask_review(_there(folder), Console(highlight=False))


def inventory(
    when: Annotated[When, typer.Argument(help="The one before the course, or the one after it.")],
    folder: Folder = _NOTEBOOKS,
) -> None:
    """Ask twenty questions before the course or after it. They never count for points."""
    terminal.ask_inventory(_there(folder), Console(highlight=False), when.value)


def misunderstandings(
    folder: Annotated[
        Path, typer.Argument(help="Where the files .answers.jsonl of a class are, in any depth.")
    ],
    out: Annotated[
        Path | None, typer.Option("--csv", help="A table to write, for a spreadsheet.")
    ] = None,
) -> None:
    """Show what a class misunderstands before the course and after it."""
    console = Console(highlight=False)
    found = collect(_there(folder))
    table = Table("notebook", "what was chosen", "before", "after", box=None)
    for name, shares in sorted(found.shares.items(), key=lambda each: -each[1]["before"].chosen):
        known = listed()[name]
        table.add_row(known.notebook, known.says, str(shares["before"]), str(shares["after"]))
    if found.shares:
        console.print(table)
    console.print(
        f"{count(found.learners, 'learner')}; both inventories complete: {found.matched}."
    )
    if found.before is not None and found.after is not None:
        said = f"Right on average: {found.before:.0%} before, {found.after:.0%} after"
        gained = found.gain
        console.print(said + ("." if gained is None else f"; normalised gain {gained:.2f}."))
    if out:
        write_csv(found, out)
        console.print(f"Written: {out}", soft_wrap=True)


def _there(folder: Path) -> Path:
    if not folder.is_dir():
        raise typer.BadParameter(f"there is no folder {folder}; name it with its path")
    return folder
