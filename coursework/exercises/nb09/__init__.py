"""Exercises of notebook 09, swap and replacement."""

from .find_belady import FIND_BELADY
from .fits import FITS
from .opt import OPT
from .replace import REPLACE
from .window import WINDOW

EXERCISES = (WINDOW, REPLACE, OPT, FIND_BELADY, FITS)
