"""Calls that Linux refuses, made for real; `test_refusals` makes the same in the simulator.

Each case runs in a child of its own, as an ordinary user: what kills it is told as well.
"""

import ctypes
import errno
import mmap
import os
import resource
import signal
import sys

from pagesim.host import linux

PAGE = mmap.PAGESIZE
HUGE = 2 << 20
PRIVATE = linux.MAP_PRIVATE | linux.MAP_ANONYMOUS
MAP_LOCKED = 0x2000
HOME = linux.FREE[0]


def name_of(result):
    """0, or the name of the errno that a call of libc's left."""
    return "" if not result else errno.errorcode[ctypes.get_errno()]


def area(pages, prot=3, flags=PRIVATE, fd=-1, at=HOME):
    """Map pages where nothing else is, or say why not."""
    try:
        return linux.map_memory(at, pages * PAGE, prot, flags | linux.MAP_FIXED, fd)
    except OSError as refused:
        return errno.errorcode[refused.errno]


def limit(pages):
    """Let this process lock so many pages."""
    resource.setrlimit(resource.RLIMIT_MEMLOCK, (pages * PAGE, pages * PAGE))


def mlock(address, pages):
    return name_of(linux.libc().mlock(ctypes.c_void_p(address), pages * PAGE))


def advise(address, pages, advice):
    return name_of(linux.libc().madvise(address, pages * PAGE, advice))


def lock_too_much():
    limit(16)
    return mlock(area(32), 17)


def lock_as_much_as_allowed():
    limit(16)
    return mlock(area(32), 16)


def lock_again_what_is_locked():
    limit(16)
    address = area(32)
    return mlock(address, 16) or mlock(address + 8 * PAGE, 8)


def lock_with_no_limit_left():
    limit(0)
    return mlock(area(1), 1)


def lock_a_hole():
    address = area(8)
    linux.unmap(address + 4 * PAGE, PAGE)
    return mlock(address, 8)


def lock_prot_none():
    return mlock(area(8, prot=0), 8)


def map_locked_too_much():
    limit(16)
    return area(17, flags=PRIVATE | MAP_LOCKED)


def map_when_all_is_to_be_locked():
    limit(16)
    if linux.libc().mlockall(2):  # MCL_FUTURE
        return name_of(1)
    return area(17)


def lock_all_of_too_much():
    limit(16)
    return name_of(linux.libc().mlockall(1))


def advise_locked(advice):
    address = area(8)
    return mlock(address, 8) or advise(address, 8, advice)


def free_a_file():
    file = os.memfd_create("file")
    os.ftruncate(file, 8 * PAGE)
    return advise(area(8, flags=linux.MAP_SHARED, fd=file), 8, linux.MADV_FREE)


def collapse(*advices):
    address = area(HUGE // PAGE)
    for advice in advices:
        advise(address, HUGE // PAGE, advice)
    return advise(address, HUGE // PAGE, linux.MADV_COLLAPSE)


CASES = {
    "lock more than the limit": lock_too_much,
    "lock as much as the limit": lock_as_much_as_allowed,
    "lock again what is locked": lock_again_what_is_locked,
    "lock where nothing may be locked": lock_with_no_limit_left,
    "lock a hole": lock_a_hole,
    "lock what nobody may touch": lock_prot_none,
    "map locked more than the limit": map_locked_too_much,
    "map more than the limit, all to be locked": map_when_all_is_to_be_locked,
    "lock all, which is more than the limit": lock_all_of_too_much,
    "forget what is locked": lambda: advise_locked(linux.MADV_DONTNEED),
    "free what is locked": lambda: advise_locked(linux.MADV_FREE),
    "cool what is locked": lambda: advise_locked(linux.MADV_COLD),
    "send out what is locked": lambda: advise_locked(linux.MADV_PAGEOUT),
    "free a file": free_a_file,
    "collapse what was never touched": lambda: collapse(linux.MADV_HUGEPAGE),
    "collapse where huge pages are refused": lambda: collapse(linux.MADV_NOHUGEPAGE),
}


def run(case):
    """Run a case in a child: the errno's name, or the signal's that ended it."""
    ours, childs = os.pipe()
    child = os.fork()
    if not child:
        try:
            if not os.geteuid():
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)
            os.write(childs, str(CASES[case]()).encode())
        except BaseException as why:
            os.write(childs, f"{type(why).__name__}: {why}".encode())
        os._exit(0)
    os.close(childs)
    said = os.read(ours, 4096).decode()
    os.close(ours)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return signal.Signals(os.WTERMSIG(status)).name
    return said if said in errno.errorcode.values() else "" if said.isdigit() else said


def run_all():
    """Run all cases, whatever comes of each."""
    sys.stdout.flush()
    return {case: run(case) for case in CASES}
