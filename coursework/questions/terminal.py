"""Questions on the command line."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.prompt import Prompt

from ..exercise import learner
from .answers import Place, note
from .asking import HEADS, result, to_inventory, to_review
from .bank import Asked
from .inventory import When


def ask_review(folder: Path, console: Console) -> None:
    """Ask what is to be reviewed, and reply to each answer.

    Parameters
    ----------
    folder : Path
        Where the notebooks are, and what has been answered is kept.
    console : Console
    """
    asked, head = to_review(folder)
    console.print(head)
    right = _ask(folder, console, "review", asked, replies=True)
    if asked:
        console.print(f"\n{right} of {len(asked)} right.")


def ask_inventory(folder: Path, console: Console, when: When) -> None:
    """Ask the inventory before or after the course, and say how it went.

    Parameters
    ----------
    folder : Path
        Where the notebooks are, and what has been answered is kept.
    console : Console
    when : {"before", "after"}
    """
    console.print(HEADS[when])
    asked, known = to_inventory(folder, when)
    right = _ask(folder, console, when, asked, replies=when == "after")
    console.print(f"\n{plain(result(folder, when, known + right))}")


def _ask(
    folder: Path, console: Console, place: Place, asked: list[tuple[Asked, str]], replies: bool
) -> int:
    """Ask one question after the other, and return how many answers were right."""
    right = 0
    for number, (one, seed) in enumerate(asked, 1):
        console.print(f"\n[bold]{number} of {len(asked)}.[/] {plain(one.text)}")
        letters = "abcd"[: len(one.answers)]
        for letter, words in zip(letters, one.options, strict=True):
            console.print(f"  {letter}  {escape(words)}")
        chosen = letters.index(Prompt.ask("Your answer", console=console, choices=[*letters]))
        note(folder, learner(), place, one, seed, chosen)
        right += chosen == one.key
        if not replies:
            continue
        verdict = "[green]✓ Right.[/]" if chosen == one.key else "[red]✗ Not so.[/]"
        console.print(f"{verdict} {plain(one.answers[chosen].reply)}")
        if chosen != one.key:
            console.print(f"Right would have been: {escape(one.options[one.key])}.")
    return right


def plain(text: str) -> str:
    """Write *stress* and `code` as rich does, which would read square brackets as its own.

    >>> plain("*all* of `a[0]`")
    'all of a[0]'
    """
    return escape(text.replace("`", "").replace("*", ""))
