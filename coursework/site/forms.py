"""The parts of a page that `site.js` brings to life, as HTML that can be read without it."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from pagesim.explorer import Prediction, Question
from pagesim.host.table import shown
from pagesim.markup import inline

from .still import Still


def explorer_html(explorer: Still, name: str, number: int) -> str:
    """Write an explorer: the opening and its sentence; its data come in a file of its own.

    Parameters
    ----------
    explorer : Still
    name : str
        The name of its files (see `write_explorer`).
    number : int
        Which one of the page it is, from 1.
    """
    width, height = explorer.size
    readout = escape(explorer.readout)
    return (
        f'<div class="explorer" id="explorer-{number}" data-name="{name}" data-number="{number}" '
        f'style="max-width:{width}px">\n<div class="controls" role="group" '
        f'aria-label="What moves picture {number}"></div>\n'
        f'<figure aria-label="picture {number}">\n<div class="frame">'
        f'<div class="picture"><img src="../_static/explorers/{name}.webp" alt="{readout}" '
        f'aria-hidden="true" width="{width}" height="{height}" loading="lazy">'
        '<canvas aria-hidden="true" hidden></canvas></div></div>\n'
        f'<figcaption><p role="status" class="readout">{readout}</p></figcaption>\n</figure>\n'
        f"{_numbers(explorer, number)}"
        f'<script defer src="../_static/explorers/{name}.js"></script>\n</div>'
    )


def _numbers(explorer: Still, number: int) -> str:
    """Write the numbers of the opening as tables, folded; nothing if there are none."""
    tables = "".join(table.html() for table in explorer.scene.tabulate(**explorer.values))
    if not tables:
        return ""
    return (
        '<details class="numbers"><summary>As a table</summary><div class="tables" tabindex="0" '
        f'role="group" aria-label="Numbers of picture {number}">{tables}</div></details>\n'
    )


def bet_html(question: Question) -> str:
    """Write a bet: without a script, each answer unfolds its own reply."""
    folded = "".join(
        f"<details><summary>{escape(option)}</summary><p>{inline(reply)}</p></details>"
        for option, reply in question.replies.items()
    )
    data = {
        "name": question.name,
        "truth": question.truth,
        "replies": {option: inline(reply) for option, reply in question.replies.items()},
    }
    return (
        f'<div class="bet" data-bet="{_attribute(data)}"><p class="asked"><b>Your bet.</b> '
        f"{inline(question.text)}</p>{folded}</div>"
    )


def lab_html(lab: Prediction) -> str:
    """Write a lab: what is asked, and the recorded counts, folded until there is a prediction."""
    report = lab.report
    rows = [
        {
            "name": row.name,
            "asked": lab.questions[row.name],
            "choices": list(row.choices),
            "model": shown(report.predicted[row.name]),
            "kernel": shown(report.counted[row.name]),
        }
        for row in lab.lab.rows()
        if row.name in lab.questions
    ]
    asked = "".join(f"<li>{escape(question)}</li>" for question in lab.questions.values())
    return (
        f'<div class="lab" data-lab="{_attribute({"fold": lab.lab.fold(), "rows": rows})}">'
        f"<p><b>Predict, then look.</b> {escape(lab.lab.title)}</p>"
        "<p>This page shows recorded counts; in the notebook, your own kernel counts.</p>"
        f"<ul>{asked}</ul>"
        f"<details><summary>What was counted</summary>{report._repr_html_()}</details></div>"
    )


def _attribute(data: Any) -> str:
    return escape(json.dumps(data, ensure_ascii=False))
