"""System calls that fail, as Linux lets them fail: with the number that errno(3) then has."""

from __future__ import annotations

import errno


class SystemCallError(OSError):
    """A system call that the kernel refuses.

    A mistake in a call (an odd address, letters that are no protection) is a `ValueError` here;
    this is for what a right call meets: limits, full pools, areas that cannot have what is asked.

    Parameters
    ----------
    name : str
        The error's name, as in errno(3).
    why : str
        Which bound was met, and by what.

    Attributes
    ----------
    name : str
        The error's name.
    errno : int
        Its number on the computer that this runs on.

    Examples
    --------
    >>> raise SystemCallError("ENOMEM", "mlock: 12288 bytes, RLIMIT_MEMLOCK is 8192")
    Traceback (most recent call last):
    pagesim.kernel.errors.SystemCallError: ENOMEM: mlock: 12288 bytes, RLIMIT_MEMLOCK is 8192
    """

    def __init__(self, name: str, why: str) -> None:
        super().__init__(getattr(errno, name), why)
        self.name = name

    def __str__(self) -> str:
        return f"{self.name}: {self.strerror}"
