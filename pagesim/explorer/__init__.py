"""Live pictures, bets and labs for notebooks, with something to read behind each."""

from __future__ import annotations

import gc

from IPython.core.interactiveshell import InteractiveShell

from ..draw import Stage
from ..questions import Question, questions
from ..scenes import CowShares
from .album import Album
from .bets import Bet, bet, placed
from .explorer import Explorer, explore
from .pager_desk import PagerDesk, pick_victims
from .predictions import Prediction, predict_first
from .reveal import Reveal, RevealedExplorer, reveal
from .seen import Seen, seen

__all__ = [
    "Bet",
    "Explorer",
    "PagerDesk",
    "Prediction",
    "Question",
    "Reveal",
    "RevealedExplorer",
    "Seen",
    "bet",
    "explore",
    "pick_victims",
    "placed",
    "predict_first",
    "questions",
    "reveal",
    "seen",
]


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Have at hand what draws, before anybody waits for it: ``%load_ext pagesim.explorer``.

    `make lab` and Binder have each notebook's Python do so when it starts, while its reader reads.
    The first picture finds the fonts; what has been loaded by then is not looked through for
    garbage again.

    Parameters
    ----------
    shell : InteractiveShell
        What loads it.
    """
    scene = CowShares()
    Album(Stage(scene)).at({name: control.value for name, control in scene.controls.items()})
    gc.freeze()
