"""NUMA: who touched a page first decides how far everybody else has to reach for it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from ...costs import LATENCIES
from ...draw import FRAME, INK, MUTED, PAPER, RULE, Boxes, Label, Labels, paper, title
from ...memory import PhysicalMemory
from ...memory.numa import NumaSpace
from ...units import duration
from ..base import Choice, Hidden, Scene, Slider

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


class NumaNodes(Scene):
    """Let one thread initialise everything, or each thread its own part: who waits how long?"""

    size = (9, 4.16)
    clickable = True

    def __init__(self) -> None:
        super().__init__(
            {
                "nodes": Slider("nodes", 1, _MOST, _MOST),
                "first": Choice("touched first by", (_ONE, _EACH), _ONE),
                "own": Slider("stays in own part", 0, 10, 10,
                              words=lambda n: f"{10 * n} %"),
                "data": Slider("pages of data", 8, _MOST * _FRAMES, _FRAMES),
                "at": Hidden(0),
            }
        )  # fmt: skip

    def build(self, figure: Figure) -> None:
        """Make room for the nodes, and draw the line of latencies below them."""
        sheet = paper(figure)
        self.title = title(sheet)
        self.boards = Boxes(sheet, line=1.4, edge=INK, face=PAPER, zorder=1)
        self.cores = Boxes(sheet, line=1.4, edge=INK, face=PAPER, zorder=2)
        self.frames = Boxes(sheet, line=1.0, zorder=2)
        self.arcs = LineCollection([], colors=MUTED, animated=True, zorder=3)
        sheet.add_collection(self.arcs, autolim=False)
        (self.heads,) = sheet.plot([], [], ls="", marker="v", ms=9, color=MUTED, animated=True)
        self.names = Labels(sheet, 3 * _MOST, align="center", size=10)
        self.users = Labels(sheet, _MOST * _FRAMES, align="center", size=9)
        sheet.plot([_FROM, _TO], [_SCALE, _SCALE], color=RULE, lw=2, zorder=1)
        look: dict[str, Any] = {"size": 9, "color": MUTED, "moving": False}
        for ns, words, aside in ((_LOCAL, "its own node", -0.12), (_REMOTE, "another node", 0.12)):
            x = _at(ns)
            sheet.plot([x, x], [_SCALE - 0.08, _SCALE + 0.08], color=INK, lw=1.2)
            look["align"] = "right" if aside < 0 else "left"
            Label(sheet, x + aside, _SCALE + 0.09, words, **look)
            Label(sheet, x + aside, _SCALE - 0.1, duration(ns), **look)
        (self.means,) = sheet.plot(
            [], [], ls="", marker="|", ms=13, mew=2, color=INK, animated=True, zorder=4
        )
        (self.mean,) = sheet.plot(
            [], [], "o", ms=11, mfc=FRAME.fill, mec=INK, mew=2, animated=True, zorder=5
        )
        self.uses = Label(sheet, 4.5, 0.86, size=9, color=MUTED, align="center")
        self.said = Label(sheet, 0, _SCALE - 0.28, size=10, weight="bold", align="center")

    def settle(self, changed: str, values: dict[str, Any]) -> dict[str, Any]:
        """Keep the data within memory, and the first thread on a node that there is."""
        data = min(values["data"], values["nodes"] * _FRAMES)
        at = values["at"] if values["at"] < values["nodes"] and values["first"] == _ONE else 0
        return {**values, "data": data, "at": at}

    def limits(self, values: Any) -> dict[str, tuple[int, int]]:
        """As many pages as memory has."""
        return {"data": (8, values["nodes"] * _FRAMES)}

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Let the thread of the node that was clicked touch everything first."""
        for node in range(values["nodes"]):
            left, bottom, wide, high = _board(node, values["nodes"])
            if left <= x <= left + wide and bottom <= y <= bottom + high:
                return {"first": _ONE, "at": node}
        return {}

    def update(self, *, nodes: int, first: str, own: int, data: int, at: int) -> str:
        """Place the pages, and work out what every thread waits on average."""
        run = _run(nodes, first == _ONE, at, own, data)
        local = [run.reach[node][node] for node in range(nodes)]
        served = [sum(column) / nodes for column in zip(*run.reach, strict=True)]
        waits = [share * _LOCAL + (1 - share) * _REMOTE for share in local]
        mean = sum(waits) / nodes
        self._nodes(run, waits, served)
        self._arcs(run)
        self.means.set_data([_at(ns) for ns in waits], [_SCALE] * nodes)
        self.mean.set_data([_at(mean)], [_SCALE])
        self.said.x, self.said.text = _at(mean), f"mean {duration(mean)}"
        self.uses.text = (
            f"a letter is whose part it is; each thread goes there for {10 * own} % of its accesses"
        )
        remote = 100 * (1 - sum(local) / nodes)
        self.title.text = finding = (
            f"{remote:.3g} % of the accesses are remote: {duration(mean)} on average"
            if remote
            else f"Every access stays on its node: {duration(mean)}"
        )
        who = f"thread {_THREADS[at]} touched all" if first == _ONE else "each touched its own part"
        shares = ", ".join(f"{100 * share:.3g} %" for share in served)
        return (
            f"{finding}. {nodes} node{'s'[: nodes > 1]}, {data} pages of data; {who} first; "
            f"{10 * own} % of a thread's accesses go to its own part. The nodes serve {shares}."
        )

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
            middle = left + wide / 2
            self.names.put(middle, _TOP - 0.28, f"thread {_THREADS[node]}: {duration(waits[node])}")
            hot = served[node] > 1.5 / len(waits)
            serves = f"serves {100 * served[node]:.3g} %"
            self.names.put(middle, bottom + 0.15, serves, weight="bold" if hot else "normal")
            self.names.put(middle, bottom - 0.15, f"node {node}", MUTED)
            for number in range(_FRAMES):
                row, column = divmod(number, _ACROSS)
                x, y = left + 0.12 + column * _CELL, _TOP - 0.56 - (row + 1) * _CELL
                user = run.user.get(node * _FRAMES + number)
                boxes.append((x, y, _CELL, _CELL))
                faces.append(PAPER if user is None else FRAME.fill)
                edges.append(RULE if user is None else FRAME.line)
                if user is not None:
                    self.users.put(x + _CELL / 2, y + _CELL / 2, _THREADS[user])
        self.frames.put(boxes, faces, edges)

    def _arcs(self, run: _Run) -> None:
        """Draw what every thread fetches from other nodes, the wider the more."""
        nodes = len(run.reach)
        middles = [left + wide / 2 for left, _, wide, _ in (_board(n, nodes) for n in range(nodes))]
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
        self.arcs.set_segments(lines)
        self.arcs.set_linewidth(widths)
        self.heads.set_data(*zip(*tips, strict=True) if tips else ([], []))


@lru_cache(maxsize=1024)
def _run(nodes: int, alone: bool, at: int, own: int, data: int) -> _Run:
    """Touch all pages, then let every thread use its own part and the others'."""
    space = NumaSpace(PhysicalMemory(nodes * _FRAMES, frame_bytes=8, nodes=nodes))
    part = [page * nodes // data for page in range(data)]  # whose part a page belongs to
    for page in range(data):
        space.touch(page, at if alone else part[page])
    reach = []
    for thread in range(nodes):
        mine = part.count(thread)
        to_mine = own / 10 if nodes > 1 else 1.0  # alone, everything is one's own
        shares = [0.0] * nodes
        for page in range(data):
            each = to_mine / mine if part[page] == thread else (1 - to_mine) / (data - mine)
            shares[space.node_of(page) or 0] += each
        reach.append(tuple(round(share, 9) for share in shares))
    return _Run({space.frame[page]: part[page] for page in range(data)}, tuple(reach))


def _board(node: int, nodes: int) -> tuple[float, float, float, float]:
    """Give the outline of a node; the nodes stand in the middle of the sheet."""
    left = (9 - (nodes * _PITCH - (_PITCH - _NODE))) / 2
    high = 0.56 + _FRAMES // _ACROSS * _CELL + 0.32
    return left + node * _PITCH, _TOP - high, _NODE, high


def _at(ns: float) -> float:
    return _FROM + (_TO - _FROM) * (ns - _LOCAL) / (_REMOTE - _LOCAL)
