"""Let this process, and all that it starts, read a few paths and write none (Landlock).

Source: Linux, Documentation/userspace-api/landlock.rst and include/uapi/linux/landlock.h.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # on every architecture
_VERSION, _PATH_BENEATH = 1, 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR, _TRUNCATE = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 14
# How many kinds of access to files each version of the interface can refuse.
_KINDS = {1: 13, 2: 14, 3: 15, 4: 15}
_KINDS_LATER = 16
_TCP_SINCE, _ALL_TCP = 4, 0b11  # bind, connect
_SCOPES_SINCE, _ALL_SCOPES = 6, 0b11  # abstract Unix sockets, signals
_NO_NEW_PRIVS = 38


class _Ruleset(ctypes.Structure):
    _fields_ = (
        ("files", ctypes.c_uint64),
        ("tcp", ctypes.c_uint64),
        ("scopes", ctypes.c_uint64),
    )


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def version() -> int:
    """Return the version of the kernel's interface, or 0 if it has none."""
    return max(int(_library().syscall(_CREATE_RULESET, None, 0, _VERSION)), 0)


def scopes_signals() -> bool:
    """Tell whether the kernel keeps signals to processes outside from being sent."""
    return version() >= _SCOPES_SINCE


def restrict(trees: Iterable[str], folders: Iterable[str], devices: Iterable[str]) -> None:
    """Allow what is named, and nothing else, from now on.

    Parameters
    ----------
    trees : iterable of str
        May be read and executed, with all that is in them.
    folders : iterable of str
        May be listed, with all that is in them.
    devices : iterable of str
        May be read and written.

    Raises
    ------
    OSError
        If the kernel has no Landlock, or a path is not there.
    """
    number = version()
    if not number:
        raise OSError("this kernel has no Landlock")
    kinds = (1 << _KINDS.get(number, _KINDS_LATER)) - 1
    rules = _Ruleset(
        kinds,
        _ALL_TCP if number >= _TCP_SINCE else 0,
        _ALL_SCOPES if number >= _SCOPES_SINCE else 0,
    )
    size = 8 if number < _TCP_SINCE else 16 if number < _SCOPES_SINCE else 24
    library = _library()
    ruleset = _checked(library.syscall(_CREATE_RULESET, ctypes.byref(rules), size, 0))
    for paths, allowed in (
        (trees, _EXECUTE | _READ_FILE | _READ_DIR),
        (folders, _READ_DIR),
        (devices, _READ_FILE | _WRITE_FILE | (_TRUNCATE & kinds)),
    ):
        for path in paths:
            _allow(ruleset, path, allowed)
    _checked(library.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0))
    _checked(library.syscall(_RESTRICT_SELF, ruleset, 0))
    os.close(ruleset)


def _allow(ruleset: int, path: str, allowed: int) -> None:
    folder = os.path.isdir(path)
    parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = _Beneath(allowed if folder else allowed & ~_READ_DIR, parent)
        _checked(_library().syscall(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(rule), 0))
    finally:
        os.close(parent)


def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"Landlock: {os.strerror(number)}")
    return result
