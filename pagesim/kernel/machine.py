"""The machine: memory, swap, a page cache, one processor; what all processes share."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..arch import X86_64, PagingMode
from ..checks import bounded, whole
from ..memory import OutOfMemory, PhysicalMemory
from ..units import binary
from . import boot, cached
from .census import census
from .cgroup import MemoryCgroup
from .errors import SystemCallError
from .frames import FramePool
from .layout import Layout
from .pages import File, Tmpfs
from .processor import Processor
from .reclaim import Reclaim
from .space import AddressSpace
from .swap import Swap
from .table import ProcessTable
from .task import Task
from .tunables import Tunables

_SIZE = re.compile(r"(\d+) ?(B|KiB|MiB|GiB|TiB)?")
_UNITS = {"B": 0, "KiB": 10, "MiB": 20, "GiB": 30, "TiB": 40}
_EVENTS = (
    "pgfault",
    "pgmajfault",
    "pswpin",
    "pswpout",
    "pgsteal",
    "thp_fault_alloc",
    "thp_fault_fallback",
    "thp_split_pmd",
)


class Machine:
    """What all processes share; see `Kernel`."""

    def __init__(
        self,
        mode: PagingMode = X86_64,
        ram: str | int = "64 MiB",
        swap: str | int = "0",
        policy: str = "clock",
        thp: str = "madvise",
        pti: bool = False,
        seed: int = 0,
        hugepages: int = 0,
        nodes: int = 1,
    ) -> None:
        self.mode, self._thp, self._pti = mode, thp, pti
        fmt = mode.pte
        for bit in ("writable", "user", "accessed", "dirty"):
            if getattr(fmt, bit) is None:
                raise ValueError(
                    f"{mode.name} has no bit {bit!r} in its entries; a kernel needs it"
                )
        if thp not in ("always", "madvise", "never"):
            raise ValueError(f"thp {thp!r} is not 'always', 'madvise' or 'never'")
        frames = bounded("ram", in_bytes("ram", ram) // mode.page_bytes, 1, 1 << 28, "pages")
        slots = bounded("swap", in_bytes("swap", swap) // mode.page_bytes, 0, 1 << 28, "pages")
        most = 1 << mode.pa_bits - mode.page_shift
        if max(frames, slots) > most - 16:  # some frames are the kernel's own
            raise ValueError(
                f"{max(frames, slots)} frames or swap slots, but an entry of {mode.name} names "
                f"{most}, and the kernel needs 16"
            )
        if mode.canonical and frames > 1 << mode.va_bits - 1 - mode.page_shift:
            half = binary(1 << mode.va_bits - 1)
            raise ValueError(f"ram {ram}: the kernel's half of {mode.name} maps {half}")
        own = 2 + boot.own_tables(mode, frames)  # the zero page, the vdso, the kernel's tables
        self.ram_frames, self.vm = frames, Tunables()
        nodes = bounded("nodes", nodes, 1, 1 << 10)
        total = -(-(frames + own) // nodes) * nodes
        self.memory = PhysicalMemory(total, mode.page_bytes, nodes)
        has_huge = mode.levels - 2 in mode.huge_levels
        huge = mode.span(mode.levels - 2) // mode.page_bytes if has_huge else 1
        self.pool = FramePool(self.memory, Swap(slots), huge)
        most = frames // huge if has_huge else 0
        hugepages = bounded("hugepages", hugepages, 0, most, f"{huge} frames each")
        self.reclaim = Reclaim(self.pool, policy, seed, self.vm)
        self.layout = Layout.of(mode)
        self._kernel_half = boot.map_kernel(mode, self.memory, frames)
        self.processor = Processor(self.reclaim)
        self.pool.hugetlb.resize(hugepages)
        page = mode.page_bytes
        self.vdso = File("[vdso]", bytes(page), on_disk=False, locked=True)
        cached.load(self.reclaim, self.vdso, 0)
        self._inode = 0
        self.program = File("/bin/program", bytes(5 * page), inode=self.next_inode())
        self.libc = File("/lib/libc.so", bytes(5 * page), inode=self.next_inode())
        self.processes: dict[int, Task] = {}
        self.cgroups: dict[str, MemoryCgroup] = {}
        self.dmesg: list[str] = []
        self._last_pid = 0

    # -- processes -----------------------------------------------------------------------------

    def new_space(self) -> tuple[int, AddressSpace]:
        """Give the next process its number, and an empty address space.

        Raises
        ------
        OutOfMemory
            If there is no frame for the root of its page table.
        """
        root, user_root = self.reclaim.take(), None
        try:
            user_root = self.reclaim.take() if self._pti else None
        except OutOfMemory:
            self.memory.free(root)
            raise
        table = ProcessTable(self.mode, self.memory, root, self._kernel_half, user_root)
        self._last_pid += 1
        return self._last_pid, AddressSpace(self.pool, table, self.layout, self._thp)

    def end(self, task: Task) -> None:
        """Free the page tables of a process whose memory is unmapped, and forget the process."""
        self.processor.leave(task)
        if task.cgroup:
            del task.cgroup.spaces[task.space]
        task.space.table.free_all()
        task.ended = True
        del self.processes[task.pid]

    # -- files ---------------------------------------------------------------------------------

    def file(
        self,
        name: str,
        content: bytes,
        on_disk: bool = True,
        cache: bool = False,
        size: int | None = None,
        tmpfs: Tmpfs | None = None,
    ) -> File:
        """Make a file.

        Parameters
        ----------
        name : str
            Its path.
        content : bytes
            What it holds.
        on_disk : bool
            False for a file in memory (memfd): no disk, all of it cached from the start.
        cache : bool
            Whether a file on disk is read into the page cache at once.
        size : int, optional
            Its length in bytes, if it is longer than its content: the rest is a hole.
        tmpfs : Tmpfs, optional
            The file system in memory that it is on.

        Raises
        ------
        OutOfMemory
            If the pages do not fit into memory; there is no file then.
        SystemCallError
            ENOSPC if they do not fit on their file system.
        """
        file = File(name, content, on_disk, size=size, inode=self.next_inode())
        file.tmpfs = tmpfs
        page = self.mode.page_bytes
        there = -(-len(content) // page) if not on_disk else file.pages(page) * cache
        try:
            for index in range(there):
                frame, _ = cached.load(self.reclaim, file, index)
                self.pool.fill(frame.pfn, file.page(index, page))
                frame.dirty = not on_disk  # written there by write(2)
        except (OutOfMemory, SystemCallError):
            self.pool.forget_file(file)
            raise
        return file

    def tmpfs(self, size: str | int) -> Tmpfs:
        """Make a file system in memory: mount -t tmpfs -o size=."""
        page = self.mode.page_bytes
        return Tmpfs(bounded("size", in_bytes("size", size) // page, 1, 1 << 40, "pages"))

    def shared_memory(self, size: int) -> File:
        """Make a file in memory that has no name and goes away with its last mapping."""
        inode = self.next_inode()
        file = File("/dev/zero (deleted)", b"", on_disk=False, size=size, inode=inode)
        file.unlinked = True
        return file

    def next_inode(self) -> int:
        """Number the next file."""
        self._inode += 1
        return self._inode

    def sync(self) -> None:
        """Write all dirty pages of files back to their disks."""
        for frame in tuple(self.pool.frames.values()):
            if frame.kind == "file" and self.pool.is_dirty(frame):
                self.reclaim.write_back(frame)

    def drop_caches(self) -> None:
        """Forget the clean pages of files on disk that nobody maps."""
        for frame in tuple(self.pool.frames.values()):
            if frame.kind == "file" and not frame.dirty and not frame.mappers:
                self.pool.drop(frame)

    # -- counters ------------------------------------------------------------------------------

    @property
    def counters(self) -> Mapping[str, int]:
        """The machine's counters: /proc/vmstat in pages (pgpg* in kB), /proc/meminfo in kB."""
        page, events, swap = self.mode.page_bytes, self.pool.events, self.pool.swap
        found = census(self.pool, [task.space for task in self.processes.values()])
        return {
            **{name: events[name] for name in _EVENTS},
            **{name: events[name] * page >> 10 for name in ("pgpgin", "pgpgout")},
            "MemTotal": self.ram_frames * page >> 10,
            "MemFree": found["nr_free_pages"] * page >> 10,
            "Cached": found["nr_file_pages"] * page >> 10,
            "AnonPages": found["nr_anon_pages"] * page >> 10,
            "Shmem": found["nr_shmem"] * page >> 10,
            "PageTables": found["nr_page_table_pages"] * page >> 10,
            "SwapTotal": swap.slots * page >> 10,
            "SwapFree": swap.free * page >> 10,
        }


def in_bytes(name: str, size: str | int) -> int:
    """Turn a size such as '64 MiB' into bytes.

    Raises
    ------
    ValueError
        If it is no size.
    """
    if not isinstance(size, str):
        return whole(name, size)
    found = _SIZE.fullmatch(size)
    if not found:
        raise ValueError(f"{name} {size!r} is not a size such as '64 MiB'")
    return int(found[1]) << _UNITS[found[2] or "B"]
