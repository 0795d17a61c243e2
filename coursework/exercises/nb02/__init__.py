"""Exercises of notebook 02, one entry for every byte."""

from .byte_walk import BYTE_WALK
from .fits_beside import FITS_BESIDE
from .smallest_entry import SMALLEST_ENTRY
from .table_bytes import TABLE_BYTES

EXERCISES = (BYTE_WALK, TABLE_BYTES, SMALLEST_ENTRY, FITS_BESIDE)
