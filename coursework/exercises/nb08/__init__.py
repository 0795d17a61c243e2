"""Exercises of notebook 08, page faults."""

from .classify_fault import CLASSIFY_FAULT
from .copy_on_write import COPY_ON_WRITE
from .fault_counters import FAULT_COUNTERS
from .first_touch import FIRST_TOUCH
from .grow_stack import GROW_STACK

EXERCISES = (CLASSIFY_FAULT, FAULT_COUNTERS, FIRST_TOUCH, COPY_ON_WRITE, GROW_STACK)
