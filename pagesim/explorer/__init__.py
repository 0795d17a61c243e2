"""Live pictures and bets for notebooks, with a static picture and a sentence behind each."""

from .bets import Bet, bet, placed
from .explorer import Explorer, explore

__all__ = ["Bet", "Explorer", "bet", "explore", "placed"]
