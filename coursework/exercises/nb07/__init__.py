"""Exercises of notebook 07, the address space."""

from .access_verdict import ACCESS_VERDICT
from .brk_sums import BRK_SUMS
from .find_vma import FIND_VMA
from .mprotect import MPROTECT
from .read_maps import READ_MAPS

EXERCISES = (READ_MAPS, BRK_SUMS, FIND_VMA, ACCESS_VERDICT, MPROTECT)
