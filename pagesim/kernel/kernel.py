"""The kernel: a machine on which processes can be started."""

from __future__ import annotations

from ..checks import bounded
from . import collapse, truncation
from .loader import load_program
from .machine import Machine
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

    def spawn(self) -> Process:
        """Start a process: text, data, bss, heap, a library, stack and vdso, nothing touched yet.

        Raises
        ------
        OutOfMemory
            If there is no frame for the root of its page table.
        """
        process = Process(self)
        load_program(process)
        return process

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
            /proc/meminfo, /proc/vmstat, /proc/buddyinfo, and of each process /proc/PID/maps, smaps,
            smaps_rollup and status.

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
