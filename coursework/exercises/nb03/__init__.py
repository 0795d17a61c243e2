"""Exercises of notebook 03, one entry for every page."""

from .best_page import BEST_PAGE
from .decode_pte import DECODE_PTE
from .page_walk import PAGE_WALK
from .split_join import SPLIT_JOIN
from .table_bill import TABLE_BILL

EXERCISES = (SPLIT_JOIN, PAGE_WALK, DECODE_PTE, BEST_PAGE, TABLE_BILL)
