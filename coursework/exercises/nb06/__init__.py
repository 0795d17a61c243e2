"""Exercises of notebook 06, the TLB."""

from .access_time import ACCESS_TIME
from .loop_hits import LOOP_HITS
from .lru_tlb import LRU_TLB
from .reach import REACH
from .set_and_tag import SET_AND_TAG

EXERCISES = (SET_AND_TAG, REACH, LRU_TLB, ACCESS_TIME, LOOP_HITS)
