"""NUMA: who touched a page first decides how far everybody else has to reach for it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from ...costs import LATENCIES
from ...draw import Boxes, Grid, Label, Labels, Links, Marks, hit_box, middle, note
from ...draw.style import FRAME, INK, MUTED, PAPER, RULE
from ...memory import PhysicalMemory
from ...memory.numa import NumaSpace
from ...units import count, duration, percent
from ..base import Choice, Controls, Finding, Hidden, Scene, Sheet, Slider, Table

_MOST, _FRAMES, _ACROSS = 4, 32, 8  # nodes, frames of each, and in a row of the picture
_THREADS = "ABCD"
_ONE, _EACH = "one thread, all of it", "each thread, its own part"
_LOCAL, _REMOTE = (LATENCIES[f"{kind} memory"].ns for kind in ("local", "remote"))
_TOP, _CELL, _NODE, _PITCH = 2.98, 0.21, 1.92, 2.24
_SCALE, _FROM, _TO = 0.5, 1.7, 7.4  # the line of latencies: height, left and right end


@dataclass(frozen=True)
class _Run:
    """What came of one placement."""

    user: dict[int, int]  # frame -> the thread whose part lies there
    reach: tuple[tuple[float, ...], ...]  # of each thread's accesses, the share to each node
    spilled: int  # pages that found the node of whoever touched them first full


class NumaNodes(Scene):
    """Let one thread initialise everything, or each thread its own part: who waits how long?"""

    size = (9, 4.16)
    clickable = True
    controls = Controls(
        nodes=Slider("nodes", 1, _MOST, _MOST),
        first=Choice("touched first by", (_ONE, _EACH), _ONE),
        own=Slider("stays in own part", 0, 10, 10, words=lambda n: f"{10 * n} %"),
        data=Slider("pages of data", 8, _MOST * _FRAMES, _FRAMES),
        at=Hidden(0),
    )

    def draw(self, sheet: Sheet) -> None:
        """Make room for the nodes, and draw the line of latencies below them."""
        self.boards = Boxes(sheet, line=1.4, edge=INK, zorder=1)
        self.cores = Boxes(sheet, line=1.4, edge=INK, zorder=2)
        self.frames = Boxes(sheet, line=1.0, zorder=2)
        self.arcs = Links(sheet, color=MUTED)
        self.heads = Marks(sheet, "v", 9, MUTED)
        self.names = Labels(sheet, 3 * _MOST, align="center", size=10)
        self.users = Labels(sheet, _MOST * _FRAMES, align="center", size=9)
        sheet.plot([_FROM, _TO], [_SCALE, _SCALE], color=RULE, lw=2, zorder=1)
        for ns, words, side in (
            (_LOCAL, "its own node", "right"),
            (_REMOTE, "another node", "left"),
        ):
            x, aside = _at(ns), -0.12 if side == "right" else 0.12
            sheet.plot([x, x], [_SCALE - 0.08, _SCALE + 0.08], color=INK, lw=1.2)
            note(sheet, x + aside, _SCALE + 0.09, words, align=side)
            note(sheet, x + aside, _SCALE - 0.1, duration(ns), align=side)
        self.means = Marks(sheet, "|", 13, mew=2, zorder=4)
        self.mean = Marks(sheet, "o", 11, mfc=FRAME.fill, mew=2, zorder=5)
        self.uses = Label(sheet, 4.5, 0.86, size=9, color=MUTED, align="center")
        self.said = Label(sheet, 0, _SCALE - 0.28, size=10, weight="bold", align="center")

    def settle(self, changed: str, values: dict[str, Any]) -> dict[str, Any]:
        """Keep the data within memory, and the first thread on a node that there is."""
        data = min(values["data"], values["nodes"] * _FRAMES)
        at = values["at"] if values["at"] < values["nodes"] and values["first"] == _ONE else 0
        return {**values, "data": data, "at": at}

    def limits(self, values: Any) -> dict[str, tuple[int, int]]:
        """Give the range of the data: up to all of memory."""
        return {"data": (8, values["nodes"] * _FRAMES)}

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Let the thread of the node that was clicked touch everything first."""
        node = hit_box([_board(n, values["nodes"]) for n in range(values["nodes"])], x, y)
        return {} if node is None else {"first": _ONE, "at": node}

    def update(self, *, nodes: int, first: str, own: int, data: int, at: int) -> Finding:
        """Place the pages, and work out what every thread waits on average."""
        run = _run(nodes, first == _ONE, at, own, data)
        local = [run.reach[node][node] for node in range(nodes)]
        served = [sum(column) / nodes for column in zip(*run.reach, strict=True)]
        waits = [share * _LOCAL + (1 - share) * _REMOTE for share in local]
        mean = sum(waits) / nodes
        self._nodes(run, waits, served)
        self._arcs(run)
        self.means.put(*((_at(ns), _SCALE) for ns in waits))
        self.mean.put((_at(mean), _SCALE))
        self.said.x, self.said.text = _at(mean), f"mean {duration(mean)}"
        self.uses.text = (
            f"a letter is whose part it is; each thread goes there for {10 * own} % of its accesses"
        )
        remote = 1 - sum(local) / nodes
        who = f"thread {_THREADS[at]} touched all" if first == _ONE else "each touched its own part"
        title = f"Every access stays on its node: {duration(mean)}"
        if remote:
            title = f"{percent(remote)} of the accesses are remote: {duration(mean)} on average"
        spill = ""
        if run.spilled:  # only where one thread touches all: a part never fills its node
            pages = count(run.spilled, "page")
            spill = (
                f" Its node is full: {pages} spilled over to the next ones, as they were touched."
            )
            there = f"{percent(remote)} of accesses remote" if remote else "all accesses local"
            title = f"Node {at} is full, {pages} spilled over: {there}, {duration(mean)}"
        return Finding(
            title,
            f"{count(nodes, 'node')}, {data} pages of data; {who} first; {10 * own} % of a "
            f"thread's accesses go to its own part.{spill} The nodes serve "
            f"{', '.join(percent(share) for share in served)}.",
        )

    def tabulate(self, *, nodes: int, first: str, own: int, data: int, at: int) -> list[Table]:
        """List for each thread what it waits and which nodes serve it."""
        run = _run(nodes, first == _ONE, at, own, data)
        rows = []
        for node, reach in enumerate(run.reach):
            waits = reach[node] * _LOCAL + (1 - reach[node]) * _REMOTE
            name = f"thread {_THREADS[node]}, on node {node}"
            rows.append((name, duration(waits), *(percent(share) for share in reach)))
        served = [sum(column) / nodes for column in zip(*run.reach, strict=True)]
        rows.append(("all threads", "", *(percent(share) for share in served)))
        filled = [sum(pfn // _FRAMES == node for pfn in run.user) for node in range(nodes)]
        rows.append(("pages that lie there", "", *map(str, filled)))
        places = (f"served by node {node}" for node in range(nodes))
        return [Table("Who waits, and for which node", ("who", "an access takes", *places), rows)]

    def _nodes(self, run: _Run, waits: list[float], served: list[float]) -> None:
        """Draw each node: its thread and what that waits, its frames, what they serve."""
        self.names.clear()
        self.users.clear()
        boards = [_board(node, len(waits)) for node in range(len(waits))]
        self.boards.put(boards)
        self.cores.put(
            [(left + 0.12, _TOP - 0.44, wide - 0.24, 0.32) for left, _, wide, _ in boards]
        )
        boxes, faces, edges = [], [], []
        for node, (left, bottom, wide, _) in enumerate(boards):
            x = left + wide / 2
            self.names.put(x, _TOP - 0.28, f"thread {_THREADS[node]}: {duration(waits[node])}")
            hot = served[node] > 1.5 / len(waits)
            serves = f"serves {percent(served[node])}"
            self.names.put(x, bottom + 0.15, serves, weight="bold" if hot else "normal")
            self.names.put(x, bottom - 0.15, f"node {node}", MUTED)
            grid = Grid(left + 0.12, _TOP - 0.56, _CELL, _CELL, _ACROSS, _FRAMES // _ACROSS)
            for number, box in enumerate(grid.boxes()):
                user = run.user.get(node * _FRAMES + number)
                boxes.append(box)
                faces.append(PAPER if user is None else FRAME.fill)
                edges.append(RULE if user is None else FRAME.line)
                if user is not None:
                    self.users.put(*middle(box), _THREADS[user])
        self.frames.put(boxes, faces, edges)

    def _arcs(self, run: _Run) -> None:
        """Draw what every thread fetches from other nodes, the wider the more."""
        nodes = len(run.reach)
        middles = [middle(_board(node, nodes))[0] for node in range(nodes)]
        turn = np.linspace(0, np.pi, 25)
        lines, widths, tips = [], [], []
        for thread, reach in enumerate(run.reach):
            for node, share in enumerate(reach):
                if node == thread or not share:
                    continue
                # both ways side by side: to the left inside, to the right outside
                aside = 0.5 if thread < node else -0.25
                start, end = middles[thread] + aside, middles[node] - aside
                height = 0.16 + 0.13 * abs(node - thread)
                x = (start + end) / 2 + (start - end) / 2 * np.cos(turn)
                lines.append(np.column_stack([x, _TOP + 0.05 + height * np.sin(turn)]))
                widths.append(0.8 + 4 * share)
                tips.append((end, _TOP + 0.07))
        self.arcs.put(lines, width=widths)
        self.heads.put(*tips)


@lru_cache(maxsize=1024)
def _run(nodes: int, alone: bool, at: int, own: int, data: int) -> _Run:
    """Touch all pages, then let every thread use its own part and the others'."""
    space = NumaSpace(PhysicalMemory(nodes * _FRAMES, frame_bytes=8, nodes=nodes))
    part = [page * nodes // data for page in range(data)]  # whose part a page belongs to
    spilled = 0
    for page in range(data):
        toucher = at if alone else part[page]
        space.touch(page, toucher)
        spilled += space.node_of(page) != toucher
    reach = []
    for thread in range(nodes):
        mine = part.count(thread)
        to_mine = own / 10 if nodes > 1 else 1.0  # alone, everything is one's own
        shares = [0.0] * nodes
        for page in range(data):
            each = to_mine / mine if part[page] == thread else (1 - to_mine) / (data - mine)
            shares[space.node_of(page) or 0] += each
        reach.append(tuple(round(share, 9) for share in shares))
    return _Run({space.frame[page]: part[page] for page in range(data)}, tuple(reach), spilled)


def _board(node: int, nodes: int) -> tuple[float, float, float, float]:
    """Give the outline of a node; the nodes stand in the middle of the sheet."""
    left = (9 - (nodes * _PITCH - (_PITCH - _NODE))) / 2
    high = 0.56 + _FRAMES // _ACROSS * _CELL + 0.32
    return left + node * _PITCH, _TOP - high, _NODE, high


def _at(ns: float) -> float:
    return _FROM + (_TO - _FROM) * (ns - _LOCAL) / (_REMOTE - _LOCAL)
