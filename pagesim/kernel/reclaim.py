"""Making room: who has to leave when no frame is free.

Who leaves is decided by the policies of `pagesim.replacement`. They see what hardware tells them;
one that is `told` of every access, like "lru", cheats: no kernel is. A hand goes round the frames
by number, and a page was used if its accessed bit is set in some entry.

Source: Linux mm/vmscan.c (`shrink_folio_list`), without its lists and watermarks: here nothing
leaves before the last frame is in use.
"""

from __future__ import annotations

from collections.abc import Callable

from ..memory import OutOfMemory
from ..replacement import POLICIES
from .candidates import Candidates
from .cgroup import MemoryCgroup
from .evictions import Evictions
from .frames import FramePool
from .numa import Placement, as_list
from .pages import Frame
from .swap import SwapFull
from .table import ProcessTable
from .tunables import Tunables


class Reclaim(Evictions):
    """Gets a free frame, and makes a page leave one when none is free.

    Parameters
    ----------
    pool : FramePool
        The frames.
    policy : str
        Who leaves: any policy of `pagesim.replacement` that does not ask for the future.
    seed : int
        Of "random".
    vm : Tunables, optional
        The machine's settings.

    Attributes
    ----------
    tick : int
        After how many accesses the clock ticks; at first, as many as there are frames.
    evicted : list of Eviction
        What left since the last access began.
    group : MemoryCgroup or None
        Whom pages are charged to: the group of the process that is served.
    out_of_memory : callable
        The OOM killer: it is given a group in which nothing can leave, and frees something.

    Raises
    ------
    ValueError
        If there is no such policy, or no kernel could run it.
    """

    POLICIES = tuple(name for name, rule in POLICIES.items() if not rule.future)

    def __init__(self, pool: FramePool, policy: str, seed: int, vm: Tunables | None = None) -> None:
        if policy not in self.POLICIES:
            raise ValueError(f"policy {policy!r} is not one of {', '.join(self.POLICIES)}")
        super().__init__(pool)
        self._policy = POLICIES[policy]
        self.vm = vm or Tunables()
        self.tick, self._accesses = pool.memory.frames, 0
        self._candidates = Candidates(pool, seed)
        self.group: MemoryCgroup | None = None
        self.out_of_memory: Callable[[MemoryCgroup], None] = _nobody

    def serve(self, group: MemoryCgroup | None) -> None:
        """Charge pages to a memory cgroup from now on."""
        self.group = self.pool.charging = group

    @property
    def hand(self) -> int:
        """The PFN that the hand of the clock looks at next."""
        return self._candidates.hand

    def used(self, pfn: int) -> None:
        """Note an access: the clock may tick, and some policies are told of it."""
        if self._policy.tick:
            self._accesses += 1
            if self._accesses % self.tick == 0:
                self._candidates.keep = None
                self._policy.tick(self._candidates)
        if self._policy.told:
            frame = self.pool.holder(pfn)
            if frame:
                self.pool.frames.move_to_end(frame.pfn)

    def take(self, keep: Frame | None = None, place: Placement | None = None) -> int:
        """Hand out a zeroed frame; if none is free, a page has to leave.

        Parameters
        ----------
        keep : Frame, optional
            A page that must not be the one to leave.
        place : Placement, optional
            Where it shall come from; where the process's pages do, if left out.

        Raises
        ------
        SwapFull
            If private pages could leave, but not to swap.
        OutOfMemory
            If nothing can leave.
        """
        self.charge(1, keep)
        place = place or self.pool.placement
        if self.vm.zone_reclaim_mode:
            self._stay_near(place, keep)
        while True:
            try:
                return self.pool.alloc(0, place)
            except OutOfMemory:
                self._make_room(keep, place)

    def _stay_near(self, place: Placement, keep: Frame | None) -> None:
        """See that the wanted node has a free frame, if a page may leave it for that."""
        memory, mode = self.pool.memory, self.vm.zone_reclaim_mode
        node = place.first(memory.nodes)
        if memory.free_on(node):
            return

        def may_leave(frame: Frame) -> bool:
            if memory.node_of(frame.pfn) != node:
                return False
            mapped, dirty = bool(frame.mappers), frame.kind != "file" or self.pool.is_dirty(frame)
            return (not mapped or bool(mode & 4)) and (not dirty or bool(mode & 6))

        self._candidates.only, self._candidates.keep = may_leave, keep
        try:
            if any(True for _ in self._candidates.queue()):
                self._evict_chosen()
        finally:
            self._candidates.only = None

    def charge(self, pages: int, keep: Frame | None = None) -> None:
        """Make room for pages in the memory cgroup that is charged; its own pages have to leave.

        Raises
        ------
        Exception
            What the OOM killer raises, if it has killed the process that the pages are for.
        """
        while not self.fits(pages, keep):
            assert self.group is not None  # else everything fits
            self.out_of_memory(self.group)

    def fits(self, pages: int, keep: Frame | None = None) -> bool:
        """Make room for pages in the memory cgroup that is charged, and tell whether there is."""
        group = self.group
        if group is None or not group.exceeds(pages):
            return True
        group.events["max"] += 1
        while group.exceeds(pages):
            if not self._make_room_in(group, keep):
                return False
        return True

    def _make_room_in(self, group: MemoryCgroup, keep: Frame | None) -> bool:
        """Let a page of a group leave, and tell whether one could."""
        candidates = self._candidates
        candidates.group, candidates.keep, candidates.scanned = group, keep, 0
        try:
            for frame in tuple(self.pool.lazy.values()):
                mine = frame.group is group and frame is not keep
                if mine and not self.pool.is_locked(frame) and self.discard(frame):
                    return True
            if not any(True for _ in candidates.queue()):
                return False
            candidates.scanned = 0
            self.evict(self.pool.frames[self._policy.choose(candidates)])
        finally:
            for name in ("pgscan", "pgscan_direct"):
                group.events[name] += candidates.scanned
            candidates.group = None
        for name in ("pgsteal", "pgsteal_direct"):
            group.events[name] += 1
        return True

    def grow(self, table: ProcessTable, va: int, level: int | None = None) -> None:
        """Make sure that the tables down to `level` (the last one, if left out) exist.

        Raises
        ------
        OutOfMemory
            If a table is needed and no frame can be had; the tables above it stay.
        """
        while (missing := table.missing(va, level)) is not None:
            local = self.pool.placement.local
            table.add(missing, va, self.take(place=Placement(local, None, local)))

    def _evict_chosen(self) -> None:
        """Evict the page that the policy chooses."""
        candidates = self._candidates
        candidates.scanned = 0
        victim = self.pool.frames[self._policy.choose(candidates)]
        self.pool.events["pgscan_direct"] += candidates.scanned
        for name in ("direct", "file" if victim.kind == "file" else "anon"):
            self.pool.events[f"pgsteal_{name}"] += 1  # shmem counts as anon: it goes to swap
        self.evict(victim)

    def _make_room(self, keep: Frame | None, place: Placement) -> None:
        """Evict one page, from a node that may be used."""
        allowed, memory = place.allowed, self.pool.memory
        if allowed is None and self._discard_lazy(keep):
            return
        candidates = self._candidates
        candidates.keep = keep
        if allowed is not None:
            candidates.only = lambda frame: memory.node_of(frame.pfn) in allowed
        try:
            if any(True for _ in candidates.queue()):
                self._evict_chosen()
                return
        finally:
            candidates.only = None
        if allowed is not None:
            nodes = as_list(tuple(sorted(allowed)))
            raise OutOfMemory(f"no frame of nodes {nodes} is free, and nothing there can leave")
        frames = self.pool.frames.values()
        swap, others = self.pool.swap, (frame for frame in frames if frame is not keep)
        stuck = sum(frame.pages for frame in others if not (frame.file and frame.file.locked))
        message = f"memory is full: no frame of {self.pool.memory.frames} is free, "
        if stuck and swap.slots:
            raise SwapFull(
                f"{message}and swap is full: {swap.slots} of {swap.slots} slots are used"
            )
        if stuck:
            raise OutOfMemory(f"{message}and there is no swap for the {stuck} that hold pages")
        raise OutOfMemory(f"{message}and none holds a page that could leave")

    def _discard_lazy(self, keep: Frame | None) -> bool:
        """Let one page go that was given back with MADV_FREE, and tell whether there was one."""
        for frame in tuple(self.pool.lazy.values()):
            if frame is not keep and not self.pool.is_locked(frame) and self.discard(frame):
                self.pool.events["pgsteal_direct"] += frame.pages
                self.pool.events["pgsteal_file"] += frame.pages  # Linux keeps them on that list
                return True
        return False


def _nobody(group: MemoryCgroup) -> None:
    raise OutOfMemory(f"{group} is full, and there is nobody to kill")
