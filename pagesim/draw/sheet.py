"""Paper to draw on, measured in inches, and the finding that stands at its top."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .label import Label
from .style import TITLE


@dataclass(frozen=True, slots=True)
class Finding:
    """What a picture shows: its title, and the sentences for those who cannot see it.

    Attributes
    ----------
    title : str
        One clause without a full stop.
    rest : str
        What the readout says after the title; a comma, colon, semicolon or space at its beginning
        goes on with the title's sentence.
    whole : str
        The readout, where it does not begin with the title.

    Examples
    --------
    >>> Finding("Five reads", "Address 0x1000.").readout
    'Five reads. Address 0x1000.'
    >>> Finding("Five reads", "; two of them hit.").readout
    'Five reads; two of them hit.'
    """

    title: str
    rest: str = ""
    whole: str = ""

    @property
    def readout(self) -> str:
        """All that is to be said: the title and the rest, or the whole."""
        if self.whole or not self.rest:
            return self.whole or f"{self.title}."
        return self.title + ("" if self.rest[0] in ",:; " else ". ") + self.rest


class Sheet(Axes):
    """A whole figure, measured in inches from the lower left, with room for a title."""

    heading: Label


def paper(figure: Figure) -> Sheet:
    """Give a whole figure as one sheet of paper; the title stands in its upper left corner."""
    width, height = (float(side) for side in figure.get_size_inches())
    sheet = figure.add_axes((0, 0, 1, 1), axes_class=Sheet)
    assert isinstance(sheet, Sheet)
    sheet.set(xlim=(0, width), ylim=(0, height))
    sheet.axis("off")
    sheet.heading = Label(sheet, 0.12, height - 0.22, size=TITLE, weight="bold")
    return sheet
