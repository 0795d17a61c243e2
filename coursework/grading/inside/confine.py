"""Give up what this process must not have, before any of the submission is looked at."""

from __future__ import annotations

import ctypes
import os
import resource
from typing import Any

from . import landlock, syscalls

_DROP_BOUND, _LAST_CAPABILITY = 24, 63  # of prctl
_CHILD_SUBREAPER = 36
_CAPABILITIES_VERSION = 0x20080522


def confine(orders: dict[str, Any]) -> None:
    """Set limits, become an ordinary user, and refuse system calls.

    Parameters
    ----------
    orders : dict
        What the outside says: "rlimits", by the resource's name; "user", a number or None to stay
        who one is; "apart", whether the box has process numbers of its own; "paths", what
        `landlock.restrict` is called with, or None if the box shows nothing else anyway.

    Raises
    ------
    OSError
        If the kernel cannot do one of these: then nothing may be run.
    """
    os.umask(0o022)
    library = ctypes.CDLL(None, use_errno=True)
    for capability in range(_LAST_CAPABILITY + 1):
        library.prctl(_DROP_BOUND, capability, 0, 0, 0)  # fails for those that there are not
    if orders["user"] is not None:
        _become(orders["user"])
    # the root of a container's own users stays who it is, with no more rights than others
    nothing = (ctypes.c_uint32 * 6)()
    if library.capset((ctypes.c_uint32 * 2)(_CAPABILITIES_VERSION, 0), nothing):
        raise OSError(ctypes.get_errno(), "capabilities cannot be given up")
    for name, most in orders["rlimits"].items():
        which = getattr(resource, name)
        hard = resource.getrlimit(which)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(which, (most, most))
    quiet = False
    if not orders["apart"]:  # so that nobody leaves the tree that is counted outside
        library.prctl(_CHILD_SUBREAPER, 1, 0, 0, 0)
    if orders["paths"] is not None:
        quiet = not landlock.scopes_signals()
        landlock.restrict(*orders["paths"])
    syscalls.refuse(apart=orders["apart"], quiet=quiet)


def _become(user: int) -> None:
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)  # and with it all capabilities go
