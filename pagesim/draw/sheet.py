"""Paper to draw on, measured in inches, with the finding as its title."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .label import Label
from .style import TITLE


def paper(figure: Figure) -> Axes:
    """Give a whole figure as one sheet of paper, measured in inches from the lower left."""
    width, height = figure.get_size_inches()
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, width), ylim=(0, height))
    axes.axis("off")
    return axes


def title(axes: Axes, text: str = "") -> Label:
    """Put the finding at the top left of a sheet; change it with ``.text = ...``."""
    height = float(axes.get_ylim()[1])
    return Label(axes, 0.12, height - 0.22, text, size=TITLE, weight="bold")
