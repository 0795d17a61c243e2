"""All frames that hold pages: who has which, and what is given back when its last user goes."""

from __future__ import annotations

from collections import Counter, OrderedDict

from ..memory import OutOfMemory, PhysicalMemory
from .hugetlb_pool import HugePool
from .numa import Placement
from .pages import File, Frame, Group, Mapper, Slot
from .swap import Swap


class FramePool:
    """All frames that hold pages.

    Parameters
    ----------
    memory : PhysicalMemory
        The machine's RAM.
    swap : Swap
        Where private pages go when they have to leave.
    huge_frames : int
        Frames in a huge page.

    Attributes
    ----------
    frames : OrderedDict of int to Frame
        By PFN, in the order in which they were filled.
    zero : int
        PFN of the zero page: what every page is that was read and never written.
    lazy : dict of int to Frame
        Those that were given back with MADV_FREE, and go first unless they were written since.
    charging : Group or None
        The memory cgroup of the process that pages are brought in for at the moment.
    placement : Placement
        Where the next page is to come from.
    numa : list of Counter
        Where pages came from and were wanted, node by node.
    hugetlb : HugePool
        Huge pages that were set aside.
    events : Counter
        What happened since boot, by the names of /proc/vmstat.
    """

    def __init__(self, memory: PhysicalMemory, swap: Swap, huge_frames: int = 1) -> None:
        self.memory, self.swap = memory, swap
        self.frames: OrderedDict[int, Frame] = OrderedDict()
        self.zero = memory.alloc()
        self.huge_zero: int | None = None
        self._huge_zero_users = 0
        self.lazy: dict[int, Frame] = {}
        self.charging: Group | None = None
        self.placement = Placement()
        self.numa: list[Counter[str]] = [Counter() for _ in range(memory.nodes)]
        self.hugetlb = HugePool(memory, huge_frames)
        self.events: Counter[str] = Counter()

    def alloc(self, order: int = 0, place: Placement | None = None) -> int:
        """Hand out a free block from where it is wanted, and count whether it came from there.

        Raises
        ------
        OutOfMemory
            If the nodes that may be used have none.
        """
        place = place or self.placement
        pfn = self.memory.alloc(order, place.node, place.allowed)
        there, wanted = self.memory.node_of(pfn), place.first(self.memory.nodes)
        if there == wanted:
            self.numa[there]["numa_hit"] += 1
            self.numa[there]["interleave_hit"] += place.interleaved
        else:
            self.numa[there]["numa_miss"] += 1
            self.numa[wanted]["numa_foreign"] += 1
        self.numa[there]["local_node" if there == place.local else "other_node"] += 1
        return pfn

    def take_block(self, frames: int) -> int | None:
        """Hand out an aligned block for a huge page, None if no block is large enough."""
        try:
            return self.alloc(frames.bit_length() - 1)
        except OutOfMemory:
            return None

    def add(self, frame: Frame) -> Frame:
        """Keep track of a frame that was filled just now, and charge it to whose it is."""
        self.frames[frame.pfn] = frame
        if frame.kind != "hugetlb":
            frame.group = frame.group or self.charging
        if frame.group:
            frame.group.charged[frame.kind] += frame.pages
        if frame.file:
            frame.file.cache[frame.index] = frame
        return frame

    def holder(self, pfn: int) -> Frame | None:
        """Find what holds a frame, be it a small or a huge page; None if it is not a page."""
        frame = self.frames.get(pfn)
        block = pfn
        while frame is None and block & (block - 1):
            block &= block - 1  # the next larger aligned block that it may be a part of
            head = self.frames.get(block)
            if head and pfn < block + head.pages:
                frame = head
        return frame

    def drop(self, frame: Frame) -> None:
        """Free a frame that nobody maps, and that the page cache gives up too."""
        if frame.file:
            del frame.file.cache[frame.index]
        if frame.slot:
            frame.slot.cached = None
            if not frame.slot.users:
                self.swap.give(frame.slot)
        del self.frames[frame.pfn]
        if frame.group:
            frame.group.charged[frame.kind] -= frame.pages
        self.lazy.pop(frame.pfn, None)
        if frame.kind == "hugetlb":
            self.hugetlb.put(frame.pfn)
        else:
            self.memory.free(frame.pfn)

    def forget(self, frame: Frame, space: Mapper, va: int, dirty: bool) -> None:
        """Take one entry off a frame; free it if that was the last, unless a file caches it."""
        del frame.mappers[space, va]
        frame.dirty |= dirty
        cached = frame.file is not None or (frame.slot is not None and frame.slot.users > 0)
        if not frame.mappers and not cached:
            self.drop(frame)

    def forget_slot(self, slot: Slot) -> None:
        """Take one user off a swap slot, and free what then has no use any more."""
        slot.users -= 1
        if slot.users:
            return
        if slot.cached is None:
            self.swap.give(slot)
        elif not slot.cached.mappers:
            self.drop(slot.cached)

    def release_slot(self, frame: Frame) -> None:
        """Give up the copy in swap, which nobody else needs."""
        assert frame.slot is not None  # only asked of pages that have one
        self.swap.give(frame.slot)
        frame.slot = None

    def huge_zero_page(self, frames: int) -> int | None:
        """Return the PFN of the huge zero page, making it for its first user; None if it cannot."""
        if self.huge_zero is None:
            self.huge_zero = self.take_block(frames)
        return self.huge_zero

    def share_huge_zero(self) -> None:
        """Count one more entry that leads to the huge zero page."""
        self._huge_zero_users += 1

    def leave_huge_zero(self) -> None:
        """Take one entry off the huge zero page; free it if that was the last."""
        self._huge_zero_users -= 1
        if not self._huge_zero_users and self.huge_zero is not None:
            self.memory.free(self.huge_zero)
            self.huge_zero = None

    def unmap_file(self, file: File, pages: int) -> None:
        """Take mapped pages off a file's count; free it if it has no name and this was the last."""
        file.mapped -= pages
        if file.unlinked and not file.mapped:
            self.forget_file(file)

    def forget_file(self, file: File) -> None:
        """Free all that a file has in memory and in swap; nobody maps it."""
        file.give_back(len(file.cache) + len(file.swapped))
        for frame in tuple(file.cache.values()):
            self.drop(frame)
        for slot in file.swapped.values():
            self.forget_slot(slot)
        file.swapped.clear()
        self.hugetlb.release(len(file.promised))
        file.promised.clear()

    def is_locked(self, frame: Frame) -> bool:
        """Tell whether an area that is locked in memory (mlock) maps a page."""
        return any(space.is_locked(va) for space, va in frame.mappers)

    def can_leave(self, frame: Frame) -> bool:
        """Tell whether a page could leave its frame now."""
        if frame.kind == "hugetlb" or (frame.file and frame.file.locked) or self.is_locked(frame):
            return False
        return frame.kind == "file" or frame.slot is not None or self.swap.free > 0

    def is_dirty(self, frame: Frame) -> bool:
        """Tell whether a page was changed since it was read or written, through whichever entry."""
        return frame.dirty or any(space.is_dirty(va) for space, va in frame.mappers)

    def content(self, frame: Frame) -> bytes:
        """Read a page out of its frame, a huge one out of all of them."""
        size = self.memory.frame_bytes
        start = frame.pfn * size
        return self.memory.bytes[start : start + size * frame.pages].tobytes()

    def fill(self, pfn: int, content: bytes) -> None:
        """Write a page into a frame."""
        start = pfn * self.memory.frame_bytes
        self.memory.bytes[start : start + len(content)] = memoryview(content)

    def break_up(self, frame: Frame) -> list[Frame]:
        """Turn a huge page into small ones, each with its own count of entries."""
        self.memory.split(frame.pfn)
        del self.frames[frame.pfn]
        if frame.group:
            frame.group.charged[frame.kind] -= frame.pages
        size = self.memory.frame_bytes
        parts = [
            self.add(
                Frame(
                    frame.pfn + i,
                    frame.kind,
                    dirty=frame.dirty,
                    exclusive=frame.exclusive,
                    age=frame.age,
                    group=frame.group,
                    mappers={(space, va + i * size): None for space, va in frame.mappers},
                )
            )
            for i in range(frame.pages)
        ]
        if self.lazy.pop(frame.pfn, None):
            self.lazy |= {part.pfn: part for part in parts}
        return parts
