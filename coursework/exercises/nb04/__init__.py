"""Exercises of notebook 04, multi-level paging."""

from .count_tables import COUNT_TABLES
from .hand_walk import HAND_WALK
from .place_64 import PLACE_64
from .radix_walk import RADIX_WALK
from .unmap import UNMAP

EXERCISES = (HAND_WALK, COUNT_TABLES, RADIX_WALK, UNMAP, PLACE_64)
