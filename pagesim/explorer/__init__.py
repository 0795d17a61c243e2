"""Live pictures, bets and labs for notebooks, with something to read behind each."""

from .bets import Bet, bet, placed
from .explorer import Explorer, explore
from .pager_desk import PagerDesk, pick_victims
from .predictions import Prediction, predict_first
from .questions import Question, questions
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
