"""Refuse system calls that no answer needs, for this process and all that it starts (seccomp).

What is refused: new namespaces and mounts, sockets, other processes' memory, kernel interfaces with
a history of holes (bpf, io_uring, userfaultfd, keys, perf), memory that no limit counts (memfd,
System V), and leave to disturb other processes. The filter is a short program for the kernel:

    architecture is ours, or the call is refused
    number is a 32-bit one (x86 only), or the call is refused
    number is one of those below: refused
    clone with a CLONE_NEW flag, prlimit64 of another process, a shared mapping: refused
    anything else: allowed

Where Landlock alone keeps files apart, what it does not look at is refused here: modes, owners,
times, attributes and flags of files, watches, letters to named sockets, and signals by fcntl.

Source: Linux, Documentation/userspace-api/seccomp_filter.rst and landlock.rst ("Current
limitations"), and its syscall tables.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform

# name: number on x86-64, on 64-bit Arm
_REFUSED = {
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39),
    "pivot_root": (155, 41), "chroot": (161, 51), "open_tree": (428, 428),
    "move_mount": (429, 429), "fsopen": (430, 430), "fsconfig": (431, 431),
    "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442),
    "socket": (41, 198),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "process_madvise": (440, 440), "kcmp": (312, 272), "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438), "pidfd_send_signal": (424, 424),
    "move_pages": (279, 239), "migrate_pages": (256, 238), "setpriority": (141, 140),
    "ioprio_set": (251, 30), "sched_setaffinity": (203, 122), "sched_setscheduler": (144, 119),
    "sched_setparam": (142, 118), "sched_setattr": (314, 274),
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282),
    "keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "memfd_create": (319, 279), "memfd_secret": (447, 447), "shmget": (29, 194),
    "shmat": (30, 196), "shmctl": (31, 195), "semget": (64, 190), "semctl": (66, 191),
    "semop": (65, 193), "semtimedop": (220, 192), "msgget": (68, 186), "msgctl": (71, 187),
    "msgsnd": (69, 189), "msgrcv": (70, 188), "mq_open": (240, 180), "mq_unlink": (241, 181),
    "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265),
    "fanotify_init": (300, 262), "personality": (135, 92), "syslog": (103, 116),
    "kexec_load": (246, 104), "kexec_file_load": (320, 294), "init_module": (175, 105),
    "finit_module": (313, 273), "delete_module": (176, 106), "swapon": (167, 224),
    "swapoff": (168, 225), "reboot": (169, 142), "acct": (163, 89), "quotactl": (179, 60),
}  # fmt: skip
# Where nothing else keeps processes apart: none may send a signal, or leave its group.
_SIGNALS = {
    "kill": (62, 129), "tkill": (200, 130), "tgkill": (234, 131),
    "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240),
}  # fmt: skip
_GROUPS = {"setsid": (112, 157), "setpgid": (109, 154)}
_NONE = -1  # this machine has no such call
_FILES = {
    "chmod": (90, _NONE), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452),
    "chown": (92, _NONE), "fchown": (93, 55), "lchown": (94, _NONE), "fchownat": (260, 54),
    "utime": (132, _NONE), "utimes": (235, _NONE), "futimesat": (261, _NONE),
    "utimensat": (280, 88), "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7),
    "setxattrat": (463, 463), "removexattr": (197, 14), "lremovexattr": (198, 15),
    "fremovexattr": (199, 16), "removexattrat": (466, 466), "file_setattr": (469, 469),
    "truncate": (76, 45), "inotify_init": (253, _NONE), "inotify_init1": (294, 26),
    "connect": (42, 203), "bind": (49, 200),
}  # fmt: skip
# Refused if an argument, counted from 0, has this value under this mask.
_ARGUMENTS = (((9, 222), 3, 1, 1),)  # mmap, MAP_SHARED: kept without being resident, so not counted
_FILE_ARGUMENTS = (
    ((72, 25), 1, 0xFFFFFFFF, 8),  # fcntl, F_SETOWN: its signals go to any process of the user
    ((72, 25), 1, 0xFFFFFFFF, 15),  # fcntl, F_SETOWN_EX
    ((16, 29), 1, 0xFF00, 0x8900),  # ioctl of a socket: FIOSETOWN does the same
    ((16, 29), 1, 0xFF00, 0x6600),  # ioctl of a file: flags, encryption, verity
    ((16, 29), 1, 0xFF00, 0x5800),  # ioctl of a file system
    ((53, 199), 1, 0xF, 2),  # socketpair of datagrams, which may be sent to any name
    ((53, 199), 1, 0xF, 3),  # and its other name, SOCK_RAW
    ((157, 167), 0, 0xFFFFFFFF, 36),  # prctl, PR_SET_CHILD_SUBREAPER: see `confine`
)
_CLONE, _CLONE3, _PRLIMIT = (56, 220), (435, 435), (302, 261)
_NAMESPACES = 0x7E020080  # all CLONE_NEW flags
_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # column, AUDIT_ARCH
_X32 = 0x40000000  # set in the numbers of x86's third set of calls

_LOAD, _EQUAL, _AT_LEAST, _ANY_OF, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_AND = 0x54
_NUMBER, _ARCHITECTURE, _FIRST, _EACH = 0, 4, 16, 8  # in struct seccomp_data
_ALLOW = 0x7FFF0000
_NO_NEW_PRIVS, _SECCOMP, _FILTER = 38, 22, 2  # of prctl


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_uint16),
        ("jt", ctypes.c_uint8),
        ("jf", ctypes.c_uint8),
        ("k", ctypes.c_uint32),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.POINTER(_Instruction)))


def instructions(machine: str, apart: bool, quiet: bool) -> list[tuple[int, int, int, int]]:
    """Write the filter: for each instruction its code, jumps and operand.

    Parameters
    ----------
    machine : str
        As `platform.machine` names it.
    apart : bool
        Whether the box has files and process numbers of its own, so that these may be changed and
        processes may form groups.
    quiet : bool
        Whether signals are refused too.

    Raises
    ------
    OSError
        If the machine is none of those whose calls are known.

    Examples
    --------
    >>> instructions("x86_64", True, False)[-1] == (6, 0, 0, 0x7fff0000)
    True
    >>> instructions("vax", True, False)
    Traceback (most recent call last):
    OSError: no table of system calls for a 'vax'; there are some for x86_64, aarch64
    """
    if machine not in _ARCHITECTURES:
        known = ", ".join(_ARCHITECTURES)
        raise OSError(f"no table of system calls for a {machine!r}; there are some for {known}")
    column, architecture = _ARCHITECTURES[machine]
    refused = [*_REFUSED.values()]
    refused += [] if apart else [*_GROUPS.values(), *_FILES.values()]
    refused += _SIGNALS.values() if quiet else []
    no, missing = 0x50000 | errno.EPERM, 0x50000 | errno.ENOSYS
    lines = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, no),
        (_LOAD, 0, 0, _NUMBER),
    ]
    if machine == "x86_64":
        lines += [(_AT_LEAST, 0, 1, _X32), (_RETURN, 0, 0, no)]
    # its flags lie in memory, which a filter cannot read; the C library then takes clone
    lines += [(_EQUAL, 0, 1, _CLONE3[column]), (_RETURN, 0, 0, missing)]
    for numbers in refused:
        if numbers[column] != _NONE:
            lines += [(_EQUAL, 0, 1, numbers[column]), (_RETURN, 0, 0, no)]
    for numbers, at, mask, value in _ARGUMENTS + (() if apart else _FILE_ARGUMENTS):
        lines += [
            (_EQUAL, 0, 5, numbers[column]),
            (_LOAD, 0, 0, _FIRST + _EACH * at),
            (_AND, 0, 0, mask),
            (_EQUAL, 0, 1, value),
            (_RETURN, 0, 0, no),
            (_LOAD, 0, 0, _NUMBER),
        ]
    return [
        *lines,
        (_EQUAL, 0, 4, _CLONE[column]),
        (_LOAD, 0, 0, _FIRST),
        (_ANY_OF, 0, 1, _NAMESPACES),
        (_RETURN, 0, 0, no),
        (_RETURN, 0, 0, _ALLOW),
        (_EQUAL, 0, 4, _PRLIMIT[column]),
        (_LOAD, 0, 0, _FIRST),
        (_EQUAL, 1, 0, 0),
        (_RETURN, 0, 0, no),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _ALLOW),
    ]


def refuse(*, apart: bool, quiet: bool) -> None:
    """Refuse the calls from now on, for this thread and all that comes of it.

    Parameters
    ----------
    apart, quiet : bool
        As for `instructions`.

    Raises
    ------
    OSError
        If the kernel takes no filter.
    """
    lines = instructions(platform.machine(), apart, quiet)
    program = (_Instruction * len(lines))(*(_Instruction(*each) for each in lines))
    library = ctypes.CDLL(None, use_errno=True)
    handed = _Program(len(lines), program)
    if library.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0) or library.prctl(
        _SECCOMP, _FILTER, ctypes.byref(handed), 0, 0
    ):
        number = ctypes.get_errno()
        raise OSError(number, f"seccomp: {os.strerror(number)}")
