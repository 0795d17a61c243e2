"""Exercises of notebook 01, virtual memory."""

from .base_bounds import BASE_BOUNDS
from .disk_share import DISK_SHARE
from .largest_fit import LARGEST_FIT
from .numa_mean import NUMA_MEAN
from .shared_ram import SHARED_RAM

EXERCISES = (BASE_BOUNDS, SHARED_RAM, DISK_SHARE, LARGEST_FIT, NUMA_MEAN)
