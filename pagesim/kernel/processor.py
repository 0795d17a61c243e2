"""The processor: it lets a process access memory, and enters the kernel when that faults.

Under page-table isolation user mode runs on a root of its own, in which the kernel's half is empty;
then every way into the kernel and back is two more writes to CR3.

The kernel reads and writes memory on a program's behalf (read(2), write(2)) and keeps to the rules
of the program; it executes its own code only, and to jump anywhere else is a bug of its own.

Source: Linux arch/x86/entry/entry_64.S, Documentation/arch/x86/pti.rst; arch/x86/mm/fault.c
(`do_user_addr_fault`, `set_signal_archinfo`), include/asm-generic/access_ok.h.
"""

from __future__ import annotations

from ..checks import bounded
from ..mmu import Access, Mmu, P, PageFault
from . import faults
from .decision import Why
from .fault import Fault, Refused
from .numa import Placement
from .outcome import AccessError, BadAddress, BusError, Oops, Outcome, SegmentationFault
from .reclaim import Reclaim
from .task import Task

_SIGNALS: dict[str, type[AccessError]] = {
    "SIGSEGV": SegmentationFault,
    "SIGBUS": BusError,
    "EFAULT": BadAddress,
}


class Processor:
    """One processor, shared by all processes.

    Parameters
    ----------
    reclaim : Reclaim
        Is told of accesses, and tells who had to leave.

    Attributes
    ----------
    running : Task or None
        Who has run last.
    cr3_writes : int
        How often it was given another table.
    """

    def __init__(self, reclaim: Reclaim) -> None:
        self._reclaim, self._pool = reclaim, reclaim.pool
        self._mmu: Mmu | None = None
        self.running: Task | None = None
        self.cr3_writes = 0

    def access(
        self, task: Task, va: int, access: Access, user: bool = True, value: int | None = None
    ) -> Outcome:
        """Access a byte: translate; if that faults, let the kernel serve the fault and try again.

        Parameters
        ----------
        task : Task
            Whose memory it is.
        va, access, user
            As in `Outcome`.
        value : int, optional
            The byte to write.
        """
        space = task.space
        mode = space.table.mode
        va = bounded("va", va, 0, (1 << (64 if mode.canonical else mode.va_bits)) - 1, mode.name)
        self._reclaim.evicted.clear()
        self._reclaim.serve(task.cgroup)
        self.running = task
        if not user and access != "x" and not va < space.layout.top:  # access_ok() refuses it
            why = Why.OF_KERNEL if mode.is_canonical(va) else Why.NOT_CANONICAL
            raise BadAddress(Outcome(va, access, user, "EFAULT", (why,), None))
        if not mode.is_canonical(va) and mode.pte.dialect.outside == "general protection":
            ends = (Why.NOT_CANONICAL, Why.GENERAL_PROTECTION)
            if not user:
                raise Oops(Outcome(va, access, user, "oops", ends, None))
            raise SegmentationFault(
                Outcome(va, access, user, "SIGSEGV", ends, None, None, "SI_KERNEL")
            )
        fault, code = Fault(space, va & -space.page, access, kind="hit", pages=0), None
        try:
            found = self._run(task, user).translate(va, access, user)
        except PageFault as page_fault:
            code, fault.kind = page_fault.error_code, "minor"
            if not user and access == "x":
                area = space.areas.find(va)
                raise Oops(
                    Outcome(va, access, user, "oops", (Why.KERNEL_FETCH,), area, code)
                ) from None
            self._handle(task, fault, va, code, user)
            found = self._run(task, user).translate(va, access, user)
        memory = self._pool.memory.bytes
        if value is not None:
            memory[found.pa] = value
        self._reclaim.used(found.pa >> mode.page_shift)
        return Outcome(
            va,
            access,
            user,
            fault.kind,
            why=fault.why or (Why.ENTRY_ALLOWS,),
            vma=fault.area or space.areas.find(va),
            error_code=code,
            steps=tuple(fault.steps),
            pages=fault.pages,
            evicted=tuple(self._reclaim.evicted),
            translation=found,
            value=int(memory[found.pa]),
        )

    def leave(self, task: Task) -> None:
        """Forget a process that ends."""
        table = task.space.table
        if self._mmu and self._mmu.table in (table, table.user_view):
            self._mmu = None

    def _handle(self, task: Task, fault: Fault, va: int, code: int, user: bool) -> None:
        """Enter the kernel, serve a fault and count it."""
        self._run(task, user=False)
        local = task.space.node  # it may be killed meanwhile
        try:
            try:
                faults.handle(self._reclaim, fault)
            finally:
                self._pool.placement = Placement(local, None, local)
        except Refused as refused:
            kind, si_code = (refused.kind, refused.si_code) if user else ("EFAULT", "")
            if user and va >= task.space.layout.top:
                code |= P  # Linux does not tell programs what the kernel has mapped
            raise _SIGNALS[kind](
                Outcome(
                    va,
                    fault.access,
                    user,
                    kind,
                    (refused.why,),
                    fault.area,
                    code,
                    si_code,
                    tuple(fault.steps),
                    evicted=tuple(self._reclaim.evicted),
                )
            ) from None
        if fault.kind == "major":
            task.majflt += 1
            self._count(task, "pgmajfault")
            self._pool.events["pgmajfault"] += 1
        else:
            task.minflt += 1
        self._count(task, "pgfault")

    @staticmethod
    def _count(task: Task, event: str) -> None:
        if task.cgroup:
            task.cgroup.events[event] += 1

    def _run(self, task: Task, user: bool) -> Mmu:
        """Put a process's table into CR3: the one that its mode of the moment may see."""
        table = task.space.table
        view = table.user_view if user else table
        if self._mmu is None or self._mmu.table is not view:
            self._mmu = Mmu(view, smep=True)
            self.cr3_writes += 1
        return self._mmu
