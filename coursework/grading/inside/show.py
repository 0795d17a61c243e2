"""Execute a notebook for eyes: say what its cells are, run them, and say what they showed.

This is a start of its own, in which no hidden input is ever heard of. The cells are told before
the first of them runs, so that no cell can change what is said of it; what they show is their own.

    {"kind": "code", "text": "x = 1", "name": "x-answer", "runs": true}   a cell as it was handed in
    {"said": "2 of 3 bets placed: ..."}        what its `progress` had shown
    {"cell": 7}                                about to execute that one (of those in code)
    {"shown": 7, "outputs": [{"text": "1"}]}   what came out: text, error, html or png
    {"done": 1}
"""

from __future__ import annotations

import base64
import contextlib
import json
import sys
import traceback
from typing import Any

from .cells import needed, read

_CELLS = 1000  # that are told
_SOURCE = 50_000  # characters of one
_TEXT = 30_000  # characters that all outputs of a cell may have
_PICTURE = 300_000  # bytes of one
_PICTURES = 1_000_000  # bytes of all in a notebook
_BETS = " placed: "


class _Kept:
    """What a cell shows, within bounds; it takes the place of a stream as well."""

    encoding = "utf-8"

    def __init__(self) -> None:
        self.outputs: list[dict[str, str]] = []
        self.text = _TEXT
        self.pictures = _PICTURES

    def take(self) -> list[dict[str, str]]:
        """Return what was shown since the last time."""
        taken, self.outputs, self.text = self.outputs, [], _TEXT
        return taken

    def write(self, text: str) -> int:
        """Keep what is printed."""
        kept = str(text)[: self.text]
        self.text -= len(kept)
        if kept and self.outputs and self.outputs[-1].keys() == {"text"}:
            self.outputs[-1]["text"] += kept
        elif kept:
            self.outputs.append({"text": kept})
        return len(text)

    def flush(self) -> None:
        """Do nothing."""

    def isatty(self) -> bool:
        """Tell that nobody sits there."""
        return False

    def show(self, forms: dict[str, Any]) -> None:
        """Keep an object, in the richest form that a page can show."""
        picture = forms.get("image/png")
        if type(picture) is bytes and len(picture) <= min(_PICTURE, self.pictures):
            self.pictures -= len(picture)
            self.outputs.append({"png": base64.b64encode(picture).decode()})
            return
        for form, name in (("text/html", "html"), ("text/plain", "text")):
            text = forms.get(form)
            if type(text) is str and len(text) <= self.text:
                self.text -= len(text)
                self.outputs.append({name: text})
                return

    def fail(self, lines: list[str]) -> None:
        """Keep a traceback."""
        text = "\n".join(lines)[: self.text]
        self.text -= len(text)
        self.outputs.append({"error": text})


def show(runner: Any, notebook: bytes) -> None:
    """Do all of it.

    Parameters
    ----------
    runner : Runner
        Of `run`: with what is said and asked.
    notebook : bytes
        As it was handed in.
    """
    from .shell import shell as started

    shell = started(runner.orders["ipython"])
    try:
        cells = read(notebook, shell.transform_cell)
        listed = json.loads(notebook)["cells"]
    except (ValueError, RecursionError):
        runner.say(unreadable=1)
        return
    runs = set(needed(cells))
    _tell(runner, [each for each in listed if type(each) is dict], runs)
    kept = _Kept()
    _redirect(shell, kept)
    for i in sorted(runs - set(runner.orders["skip"])):
        runner.say(cell=i)
        with contextlib.suppress(BaseException):  # SystemExit, and what a hook raises
            shell.run_cell(cells[i].source, store_history=False)
        runner.say(shown=i, outputs=kept.take())
    runner.say(done=1)


def _tell(runner: Any, listed: list[dict[str, Any]], runs: set[int]) -> None:
    number = 0  # of the cells in code, as `read` counts them
    for each in listed[:_CELLS]:
        source, kind = each.get("source"), each.get("cell_type")
        if type(source) is list and all(type(line) is str for line in source):
            source = "".join(source)
        if type(source) is not str or kind not in ("code", "markdown"):
            continue
        mark = each.get("metadata")
        mark = mark.get("nbgrader") if type(mark) is dict else None
        name = mark.get("grade_id") if type(mark) is dict else None
        name = name if type(name) is str else ""
        code = kind == "code"
        runner.say(kind=kind, text=source[:_SOURCE], name=name[:100], runs=code and number in runs)
        number += code
        for said in _saved(each):
            if _BETS in said:
                runner.say(said=said[:_SOURCE])


def _saved(cell: dict[str, Any]) -> list[str]:
    """List the texts that a cell was handed in with."""
    outputs = cell.get("outputs")
    texts = []
    for output in outputs if type(outputs) is list else []:
        data = output.get("data") if type(output) is dict else None
        text = data.get("text/plain") if type(data) is dict else None
        if type(text) is list and all(type(line) is str for line in text):
            text = "".join(text)
        if type(text) is str:
            texts.append(text)
    return texts


def _redirect(shell: Any, kept: _Kept) -> None:
    """Have everything that a cell shows kept."""
    sys.stdout = sys.stderr = kept
    sys.__stdout__ = sys.__stderr__ = kept  # type: ignore[assignment, misc]

    def shown(value: object) -> None:
        if value is not None and type(value).__name__ != "Hollow":
            kept.show(shell.display_formatter.format(value)[0])

    def published(data: dict[str, Any], **more: Any) -> None:
        kept.show(data)

    def failed(kind: type[BaseException], value: BaseException, lines: list[str]) -> None:
        with contextlib.suppress(BaseException):  # an exception's own words
            lines = traceback.format_exception_only(kind, value)
        kept.fail([str(line) for line in lines])

    shell.display_trap.hook = shown
    shell.display_pub.publish = published
    shell._showtraceback = failed
