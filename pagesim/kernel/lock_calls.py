"""The system calls that keep memory from leaving: mlock, munlock, mlockall, munlockall."""

from __future__ import annotations

from . import locking
from .calls import MemoryCalls
from .vma import Vma


class LockCalls(MemoryCalls):
    """What a process can ask of the kernel about its memory, locks included.

    How much it may lock is its `memlock`, in bytes (ulimit -l): 8 MiB, unless it is set.
    """

    def mlock(self, where: Vma | int, length: int | None = None) -> None:
        """Bring an area or a range into memory, and keep it there.

        Raises
        ------
        SystemCallError
            ENOMEM if that is more than may be locked, if part of it is not mapped or may not be
            touched; EPERM if nothing may be locked; EAGAIN if memory ends.

        Examples
        --------
        >>> from pagesim.kernel import Kernel
        >>> process = Kernel().spawn()
        >>> area = process.mmap(8 * 4096)
        >>> process.mlock(area.start, 3 * 4096)
        >>> process.minflt, process.smaps(area).Locked, len(process.areas)
        (3, 12, 9)
        """
        locking.lock(self, *self._range(where, length, "mlock", holes=True))

    def munlock(self, where: Vma | int, length: int | None = None) -> None:
        """Let an area or a range leave memory again.

        Raises
        ------
        SystemCallError
            ENOMEM if part of it is not mapped.
        """
        locking.unlock(self, *self._range(where, length, "munlock", holes=True))

    def mlockall(self, current: bool = True, future: bool = False) -> None:
        """Lock all areas that there are (MCL_CURRENT), and all that there will be (MCL_FUTURE).

        Raises
        ------
        SystemCallError
            ENOMEM if all areas are more than may be locked; EPERM if nothing may be locked.
        """
        locking.lock_all(self, current, future)

    def munlockall(self) -> None:
        """Let everything leave memory again, and lock nothing in future."""
        locking.unlock_all(self)
