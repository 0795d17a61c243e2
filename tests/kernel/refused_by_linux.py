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
from pathlib import Path

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


def mremap(old, length, new, flags=0, to=None):
    """Call mremap, lengths in pages: its errno's name, or nothing."""
    library = linux.libc()
    library.mremap.restype = ctypes.c_void_p
    pointer, size = ctypes.c_void_p, ctypes.c_size_t
    library.mremap.argtypes = [pointer, size, size, ctypes.c_int, pointer]
    result = library.mremap(old, length * PAGE, new * PAGE, flags, to)
    return name_of(result == ctypes.c_void_p(-1).value)


def grow_into_a_neighbour():
    address = area(8)
    area(1, prot=0, at=address + 8 * PAGE)
    return mremap(address, 8, 9)


def touch(address):
    ctypes.string_at(address, 1)


def truncated(pages_kept, page, shared):
    """Touch a page of a file that was mapped whole, written to, and then made shorter."""
    file = os.memfd_create("file")
    os.ftruncate(file, 8 * PAGE)
    address = area(8, flags=linux.MAP_SHARED if shared else linux.MAP_PRIVATE, fd=file)
    for number in range(8):
        ctypes.memset(address + number * PAGE, 1, 1)
    os.ftruncate(file, pages_kept * PAGE)
    touch(address + page * PAGE)


def full_file_system():
    """Touch more pages of a file than its file system has, in name spaces of one's own."""
    library, user, group = linux.libc(), os.getuid(), os.getgid()
    if library.unshare(0x10000000 | 0x20000):  # CLONE_NEWUSER, CLONE_NEWNS
        return "unavailable"
    library.prctl(4, 1)  # PR_SET_DUMPABLE: who was root has no /proc of its own otherwise
    maps = {"setgroups": "deny", "uid_map": f"0 {user} 1", "gid_map": f"0 {group} 1"}
    for name, text in maps.items():
        Path(f"/proc/self/{name}").write_text(text)
    if library.mount(b"tmpfs", b"/mnt", b"tmpfs", 0, b"size=64k"):
        return "unavailable"
    file = os.open("/mnt/file", os.O_RDWR | os.O_CREAT)
    os.ftruncate(file, 32 * PAGE)
    address = area(32, flags=linux.MAP_SHARED, fd=file)
    for number in range(17):
        ctypes.memset(address + number * PAGE, 1, 1)


def pool(noreserve):
    """Map a huge page of an empty pool, and touch it if that went well."""
    if "HugePages_Total:       0" not in linux.proc("meminfo"):
        return "unavailable"
    flags = PRIVATE | 0x40000 | (linux.MAP_NORESERVE if noreserve else 0)  # MAP_HUGETLB
    address = area(HUGE // PAGE, flags=flags)
    if isinstance(address, str):
        return address
    ctypes.memset(address, 1, 1)


def overcommit(pages, noreserve=False):
    """Map more than RAM and swap, where that is what decides."""
    if linux.proc("sys/vm/overcommit_memory").strip() != "0":
        return "unavailable"
    return area(pages, flags=PRIVATE | (linux.MAP_NORESERVE if noreserve else 0))


def ram_and_swap():
    found = {line.split(":")[0]: line.split()[1] for line in linux.proc("meminfo").splitlines()}
    return (int(found["MemTotal"]) + int(found["SwapTotal"])) * 1024 // PAGE


def too_many_areas():
    """Protect every other page of an area, until it cannot be cut any more; each makes two more."""
    if linux.proc("sys/vm/max_map_count").strip() != "65530":
        return "unavailable"
    pages = 140_000
    address = area(pages, flags=PRIVATE | linux.MAP_NORESERVE)
    library = linux.libc()
    there = len(linux.proc("self/maps").splitlines()) - 1  # [vsyscall] is none
    for page in range(1, pages, 2):
        if library.mprotect(ctypes.c_void_p(address + page * PAGE), PAGE, 1):
            break
        there += 2
    # a few of the interpreter's own come and go meanwhile
    return f"{name_of(1)}, {'at' if 65530 - 20 < there <= 65530 else there} the limit"


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
    "grow into a neighbour": grow_into_a_neighbour,
    "remap what is not mapped": lambda: mremap(HOME, 8, 16, 1),
    "grow more than one area": lambda: mremap(area(8), 9, 16, 1),
    "remap to nothing": lambda: mremap(area(8), 8, 0, 1),
    "remap onto itself": lambda: mremap(area(8), 8, 8, 3, HOME + 4 * PAGE),
    "touch what a file has kept": lambda: truncated(4, 3, shared=True),
    "touch what a file has lost": lambda: truncated(4, 4, shared=True),
    "touch one's own copy of what a file has lost": lambda: truncated(4, 4, shared=False),
    "fill a file system in memory": full_file_system,
    "map a huge page of an empty pool": lambda: pool(noreserve=False),
    "touch a huge page of an empty pool": lambda: pool(noreserve=True),
    "map more than RAM and swap": lambda: overcommit(ram_and_swap() + 1),
    "map as much as RAM and swap": lambda: overcommit(ram_and_swap()),
    "map more than RAM and swap, unpromised": lambda: overcommit(ram_and_swap() + 1, True),
    "cut an area into too many": too_many_areas,
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
    return "" if said == "None" or said.isdigit() else said


def run_all():
    """Run all cases, whatever comes of each."""
    sys.stdout.flush()
    return {case: run(case) for case in CASES}
