"""The vocabulary of pictures: one thing has one colour and one shape in every notebook."""

from .bars import Bar, Bars, Pixels, keys
from .bits import Bits, BitStrip
from .boxes import Box, Boxes
from .chips import Chips
from .curves import (
    Curves,
    Point,
    binary_axis,
    count_axis,
    curve_axes,
    legend,
    log_axis,
    spread,
    time_axis,
)
from .cylinders import Cylinders
from .frames import Frames
from .grid import Accesses, Grid
from .hits import around, data_at, hit_box, inside, middle, nearest
from .label import Label, Labels, note
from .links import Arrows, Links
from .marks import Crosses, Curve, Marks
from .sheet import Finding, Sheet, paper
from .stage import Stage
from .style import DISK, FAULT, FRAME, INK, MUTED, PAPER, RULE, TABLE, TLB, VIRTUAL, Hue
from .table import Table
from .verdict import ERROR_BITS, ErrorCode, Verdict
from .walk import Column, Goal, TableWalk, Words

__all__ = [
    "DISK",
    "ERROR_BITS",
    "FAULT",
    "FRAME",
    "INK",
    "MUTED",
    "PAPER",
    "RULE",
    "TABLE",
    "TLB",
    "VIRTUAL",
    "Accesses",
    "Arrows",
    "Bar",
    "Bars",
    "BitStrip",
    "Bits",
    "Box",
    "Boxes",
    "Chips",
    "Column",
    "Crosses",
    "Curve",
    "Curves",
    "Cylinders",
    "ErrorCode",
    "Finding",
    "Frames",
    "Goal",
    "Grid",
    "Hue",
    "Label",
    "Labels",
    "Links",
    "Marks",
    "Pixels",
    "Point",
    "Sheet",
    "Stage",
    "Table",
    "TableWalk",
    "Verdict",
    "Words",
    "around",
    "binary_axis",
    "count_axis",
    "curve_axes",
    "data_at",
    "hit_box",
    "inside",
    "keys",
    "legend",
    "log_axis",
    "middle",
    "nearest",
    "note",
    "paper",
    "spread",
    "time_axis",
]
