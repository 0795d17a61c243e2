"""Mechanisms: what may be behind a trouble, in families of five that look alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from . import contradictions as against
from .contradictions import Observation
from .evidence import Evidence


@dataclass(frozen=True, slots=True)
class Mechanism:
    """One thing that may be behind a trouble.

    Attributes
    ----------
    words : str
        In one sentence.
    against : callable
        From the evidence to the observation that contradicts it; None if none does.
    """

    words: str
    against: Callable[[Evidence], Observation | None]


MECHANISMS: dict[str, Mechanism] = {
    # memory that nobody has
    "tables": Mechanism(
        "Each process has page tables of its own for memory that all of them share.", against.tables
    ),
    "heap": Mechanism(
        "One of the processes keeps allocating, and never gives anything back.", against.heap
    ),
    "tmpfs": Mechanism(
        "Files in memory (tmpfs, shared memory) have grown until they fill it.", against.tmpfs
    ),
    "idle-pool": Mechanism(
        "Huge pages are set aside at boot, and no program asks for them.", against.idle_pool
    ),
    "lazy": Mechanism(
        "What was freed has not been taken back yet, as nothing was short (MADV_FREE).",
        against.lazy,
    ),
    # a stall at each snapshot
    "fork-tables": Mechanism(
        "The page tables are copied at fork, entry by entry, while everybody waits.",
        against.fork_tables,
    ),
    "unmeant": Mechanism(
        "Children that only read do write: counters and marks beside the objects.", against.unmeant
    ),
    "huge-copies": Mechanism(
        "After the fork, one byte written copies a page of 2 MiB.", against.huge_copies
    ),
    "swap-in": Mechanism(
        "Pages had been swapped out, and are fetched back one by one.", against.swap_in
    ),
    "write-back": Mechanism(
        "Dirty pages of a file are written back, and the program waits for that.",
        against.write_back,
    ),
    # slow at the start
    "first-touch": Mechanism(
        "Memory is touched for the first time: each page is a fault, and is zeroed.",
        against.first_touch,
    ),
    "cold-file": Mechanism(
        "A mapped file is not in the page cache: each page is a fault that reads it.",
        against.cold_file,
    ),
    "limit-met": Mechanism(
        "Its memory cgroup is full: each new page waits until another one has left.",
        against.limit_met,
    ),
    "remote": Mechanism(
        "Its pages lie on another node than the threads that use them.", against.remote
    ),
    # slower, and nothing waits
    "small-pages": Mechanism(
        "More pages in use than the TLB remembers; nobody has asked for larger ones.",
        against.small_pages,
    ),
    "no-block": Mechanism(
        "More pages in use than the TLB remembers; larger ones were asked for, and refused.",
        against.no_block,
    ),
    "faulting": Mechanism(
        "Its pages are given back and touched anew: each time another fault.", against.faulting
    ),
    # it broke down
    "too-many": Mechanism(
        "Together the programs use more pages than there are frames.", against.too_many
    ),
    "one-node": Mechanism(
        "One node is full, and pages leave it while another one is empty.", against.one_node
    ),
    "areas": Mechanism("The process has as many areas as a process may have.", against.areas),
    "killed": Mechanism(
        "Its memory cgroup has met its limit, whatever the machine has.", against.killed
    ),
    "overcommit": Mechanism(
        "The kernel refuses to promise more memory than it could ever give.", against.overcommit
    ),
}  # fmt: skip

FAMILIES: dict[str, tuple[str, ...]] = {
    "memory": ("tables", "heap", "tmpfs", "idle-pool", "lazy"),
    "snapshot": ("fork-tables", "unmeant", "huge-copies", "swap-in", "write-back"),
    "start": ("first-touch", "cold-file", "swap-in", "limit-met", "remote"),
    "slow": ("small-pages", "no-block", "faulting", "swap-in", "remote"),
    "broken": ("too-many", "one-node", "areas", "killed", "overcommit"),
}
