"""Exercises of notebook 05, huge pages."""

from .buddy_order import BUDDY_ORDER
from .cover_huge import COVER_HUGE
from .mixed_walk import MIXED_WALK
from .pick_page import PICK_PAGE
from .sparse_rss import SPARSE_RSS

EXERCISES = (COVER_HUGE, SPARSE_RSS, MIXED_WALK, BUDDY_ORDER, PICK_PAGE)
