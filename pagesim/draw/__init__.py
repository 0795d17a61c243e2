"""The vocabulary of pictures: one thing has one colour and one shape in every notebook."""

from .bits import BitStrip
from .boxes import Boxes
from .curves import binary_axis, curve_axes, time_axis
from .cylinders import Cylinders
from .frames import Frames
from .label import Label, Labels
from .sheet import paper, title
from .stage import Stage
from .style import DISK, FAULT, FRAME, INK, MUTED, PAPER, RULE, TABLE, TLB, VIRTUAL, Hue

__all__ = [
    "DISK",
    "FAULT",
    "FRAME",
    "INK",
    "MUTED",
    "PAPER",
    "RULE",
    "TABLE",
    "TLB",
    "VIRTUAL",
    "BitStrip",
    "Boxes",
    "Cylinders",
    "Frames",
    "Hue",
    "Label",
    "Labels",
    "Stage",
    "binary_axis",
    "curve_axes",
    "paper",
    "time_axis",
    "title",
]
