"""Physical memory: frames, the buddy allocator that hands them out, compaction, NUMA nodes."""

from .buddy import MAX_ORDER, BuddyAllocator, OutOfMemory
from .numa import NumaSpace
from .physical import PhysicalMemory

__all__ = ["MAX_ORDER", "BuddyAllocator", "NumaSpace", "OutOfMemory", "PhysicalMemory"]
