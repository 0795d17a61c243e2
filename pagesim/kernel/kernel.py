"""The kernel: a machine on which processes can be started."""

from __future__ import annotations

from ..checks import bounded
from ..memory import OutOfMemory
from . import collapse, oom, truncation
from .cgroup import MemoryCgroup
from .loader import load_program
from .machine import Machine, in_bytes
from .pages import File
from .process import Process
from .procfs import paths


class Kernel(Machine):
    """A small Linux.

    Parameters
    ----------
    mode : PagingMode
        The machine's paging; its entries need the bits W, U, A and D.
    ram : str or int
        Memory for processes, their tables and the page cache; what the kernel needs for itself
        comes on top.
    swap : str or int
        Size of the swap disk.
    policy : str
        Who leaves when no frame is free: a policy of `pagesim.replacement`, except "opt".
    thp : {"madvise", "always", "never"}
        Which areas get huge pages.
    pti : bool
        Page-table isolation: whether user mode runs on a table without the kernel's half.
    seed : int
        Of the policy "random".
    hugepages : int
        Huge pages set aside for MAP_HUGETLB (vm.nr_hugepages); `pool.hugetlb.resize` changes that.
    nodes : int
        NUMA nodes, each with as much of the memory.

    Raises
    ------
    ValueError
        If an argument is out of range, or the mode's entries lack a bit.

    Attributes
    ----------
    memory : PhysicalMemory
        The RAM.
    pool : FramePool
        What its frames hold, and the swap disk.
    reclaim : Reclaim
        Who leaves: the hand of the clock, and who left during the last access.
    processor : Processor
        What runs the processes.
    vm : Tunables
        Settings that can be changed while it runs, as those in /proc/sys/vm.
    cgroups : dict of str to MemoryCgroup
        The memory cgroups, by name.
    dmesg : list of str
        The kernel's log, as `dmesg -t` prints it.
    processes : dict of int to Process
        Those that run, by their number.

    Examples
    --------
    >>> kernel = Kernel(ram="1 MiB")
    >>> process = kernel.spawn()
    >>> area = process.mmap(4096)
    >>> print(process.read(area.start).reason)
    first read: the zero page
    >>> print(process.write(area.start).reason)
    first write after a read: a zeroed page of its own
    """

    def spawn(self, name: str = "program", cgroup: MemoryCgroup | None = None) -> Process:
        """Start a process: text, data, bss, heap, a library, stack and vdso, nothing touched yet.

        Parameters
        ----------
        name : str
            What /proc/PID/comm calls it; Linux keeps 15 characters.
        cgroup : MemoryCgroup, optional
            The memory cgroup that it starts in.

        Raises
        ------
        OutOfMemory
            If there is no frame for the root of its page table.
        """
        self.reclaim.serve(cgroup)
        process = Process(self)
        process.comm = name[:15]
        process.join(cgroup)
        load_program(process)
        return process

    def cgroup(self, name: str, limit: str | int | None = None) -> MemoryCgroup:
        """Make a memory cgroup: a directory in /sys/fs/cgroup, with a memory.max.

        Where its processes need more, pages of its own have to leave; if none can, its OOM killer
        ends a process and writes its report to `dmesg`. A process that is killed while it waits
        for memory is told so by the exception `Killed`.

        Parameters
        ----------
        name : str
            Its name.
        limit : str or int, optional
            What its processes may have together, page tables included; no limit if left out.

        Examples
        --------
        >>> kernel = Kernel()
        >>> process = kernel.spawn("web", kernel.cgroup("web", limit="256 KiB"))
        >>> process.touch(process.mmap(1 << 20))
        Traceback (most recent call last):
        pagesim.kernel.oom.Killed: Process(1) was killed: its memory cgroup is out of memory
        >>> kernel.dmesg[0]
        'web invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0'
        """
        self.reclaim.out_of_memory = self._kill
        most = None if limit is None else in_bytes("limit", limit) // self.mode.page_bytes
        self.cgroups[name] = MemoryCgroup(name, most)
        return self.cgroups[name]

    def truncate(self, file: File, size: int) -> None:
        """Give a file another length: whoever maps what is gone gets SIGBUS.

        Examples
        --------
        >>> kernel = Kernel()
        >>> file, process = kernel.file("/data", bytes(8192)), kernel.spawn()
        >>> area = process.mmap(8192, kind="shared", file=file)
        >>> kernel.truncate(file, 4096)
        >>> process.touch(area, "r", range(1))
        Counter({'major': 1})
        >>> process.read(area.start + 4096)  # doctest: +IGNORE_EXCEPTION_DETAIL
        Traceback (most recent call last):
        BusError: SIGBUS BUS_ADRERR, past the end of /data
        """
        truncation.truncate(self, file, size)

    def khugepaged(self, max_ptes_none: int = collapse.MAX_NONE) -> int:
        """Go once through all memory that wants huge pages, and make some of small ones.

        Parameters
        ----------
        max_ptes_none : int
            How many of the 512 pages may be missing; they take memory afterwards.

        Returns
        -------
        int
            How many huge pages were made.

        Examples
        --------
        >>> kernel = Kernel()
        >>> process = kernel.spawn()
        >>> area = process.mmap(2 << 20)
        >>> _ = process.touch(area, "w", range(10))
        >>> process.madvise(area, "hugepage")
        >>> kernel.khugepaged(max_ptes_none=64), process.smaps(area).Rss
        (0, 40)
        >>> kernel.khugepaged(), process.smaps(area).Rss
        (1, 2048)
        """
        most = bounded("max_ptes_none", max_ptes_none, 0, collapse.MAX_NONE)
        spaces = [task.space for task in self.processes.values()]
        return collapse.khugepaged(self.reclaim, spaces, most)

    def cat(self, path: str) -> str:
        """Read a file in which Linux tells about the machine or a process.

        Parameters
        ----------
        path : str
            /proc/meminfo, /proc/vmstat, /proc/buddyinfo; of each process /proc/PID/maps, smaps,
            smaps_rollup, status, numa_maps and oom_score_adj; of each node
            /sys/devices/system/node/nodeN/numastat; of each memory cgroup
            /sys/fs/cgroup/NAME/memory.current, memory.max, memory.stat, memory.events and
            memory.swap.current.

        Raises
        ------
        ValueError
            If there is no such file.

        Examples
        --------
        >>> kernel = Kernel(ram="64 MiB")
        >>> process = kernel.spawn()
        >>> print(kernel.cat("/proc/meminfo").splitlines()[0])
        MemTotal:          65536 kB
        """
        return paths.read(self, path)

    def _kill(self, group: MemoryCgroup) -> None:
        """Let the OOM killer end a process of a group."""
        running = self.processor.running
        killed = oom.kill(self, group, running)
        if killed is None:
            raise OutOfMemory(f"{group} is full, and all of its processes are spared")
        if killed is running:
            raise oom.Killed(killed)
