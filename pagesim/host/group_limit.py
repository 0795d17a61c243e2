"""A limit reached: a process in a memory cgroup writes to more pages than the group may have."""

from __future__ import annotations

import ctypes
import errno
import re
import signal
from collections.abc import Mapping, Sequence

from . import linux
from .cgroups import may_have_one, own_group
from .forked import Channel, Child
from .helper import in_helper
from .lab import Lab, Row, Value
from .linux import PAGE, Unavailable, proc
from .region import Region

_MIB = 16
_LIMIT = _MIB << 20
_MMAP, _END = "mmap of four times the limit", "what ends it while it writes page after page"
_PAGES = "pages written by then are within a tenth of the limit"
_KILLS, _FREE = "kills that the group has counted", "the machine has memory free at that moment"
_ENDS = ("SIGKILL", "SIGSEGV", "SIGBUS", "nothing")


class GroupLimit(Lab):
    """Put a process into a memory cgroup of 16 MiB, and let it write to 64 MiB.

    Examples
    --------
    >>> GroupLimit().prediction.predicted["kills that the group has counted"]
    1
    """

    key = "group_limit"
    notebook = "10"
    title = f"A memory cgroup of {_MIB} MiB, and a process that writes to more"
    headings = ("what is asked",)
    basis = (
        "predicted: mmap is a promise, and no group counts promises; a page is charged when it is "
        "touched, and who touches one too many is killed"
    )
    asked = (_MMAP, _END)

    def rows(self) -> Sequence[Row]:
        """State what is refused, and when."""
        return (
            Row((_MMAP,), "fine", ("fine", "ENOMEM")),
            Row((_END,), "SIGKILL", _ENDS),
            Row((_PAGES,), "yes"),
            Row((_KILLS,), 1),
            Row((_FREE,), "yes"),
        )

    def check(self) -> None:
        """Need a memory cgroup of one's own, on a machine that survives a full one."""
        linux.libc()
        if int(proc("sys/vm/panic_on_oom")):
            raise Unavailable("it panics when memory runs out (vm.panic_on_oom)")
        may_have_one()

    def count(self) -> Mapping[str, Value]:
        """Reach the limit in a child of a helper process."""
        counts: dict[str, Value] = in_helper(_count)
        return counts


def _count() -> dict[str, Value]:
    with own_group() as group, Region(PAGE, shared=True) as tally:
        group.limit(_LIMIT)
        written = ctypes.c_uint32.from_address(tally.address)  # seen by both, also after the kill

        def work(line: Channel) -> None:
            group.join()
            try:
                region = Region(4 * _LIMIT)
            except OSError as why:
                line.send(errno.errorcode.get(why.errno or 0, "refused"))
                return
            line.send("fine")
            for page in range(region.pages):
                region.write((page,))
                written.value = page + 1

        child = Child(work)
        said = child.receive()
        code = child.wait()
        free = re.search(r"^MemAvailable: +(\d+) kB", proc("meminfo"), re.MULTILINE)
        return {
            _MMAP: said,
            _END: signal.Signals(-code).name if code < 0 else "nothing",
            _PAGES: "yes" if 0.9 * _LIMIT <= written.value * PAGE <= _LIMIT else "no",
            _KILLS: group.kills,
            _FREE: "yes" if free and int(free[1]) << 10 > _LIMIT else "no",
        }
