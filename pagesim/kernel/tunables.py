"""What an administrator can set under /proc/sys/vm while the machine runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Tunables:
    """Settings, by Linux's names and with its defaults, but for the first.

    Attributes
    ----------
    overcommit_memory : {0, 1, 2}
        What may be promised: all but single mappings that could never fit (0, Linux's default);
        anything (1, the default here: small machines, large areas); no more than `CommitLimit` (2).
    overcommit_ratio : int
        Per cent of RAM in `CommitLimit`; swap comes on top.
    max_map_count : int
        How many areas a process may have.
    zone_reclaim_mode : int
        What may leave a node before another node is asked: 1 unmapped clean pages of files, 2
        dirty ones too, 4 what is mapped, also to swap; bits that add up. 0: nothing.
    """

    overcommit_memory: int = 1
    overcommit_ratio: int = 50
    max_map_count: int = 65530
    zone_reclaim_mode: int = 0
