"""The TLBs of a named machine, ready to be asked."""

from __future__ import annotations

from pagesim.arch import PagingMode
from pagesim.machines import Machine, TlbShape
from pagesim.tlb import Tlb


def tlbs_of(
    machine: Machine, mode: PagingMode, policy: str = "lru"
) -> tuple[list[list[Tlb]], list[Tlb]]:
    """Build the TLBs and walk caches of a machine, as far as the mode has their page sizes.

    Parameters
    ----------
    machine : Machine
        One of `pagesim.machines.MACHINES`.
    mode : PagingMode
        How addresses are cut.
    policy : str
        Who leaves a full set; vendors rarely tell.

    Returns
    -------
    levels, walk_caches : list of list of Tlb, list of Tlb
        What `Mmu` takes.

    Raises
    ------
    ValueError
        If the machine's source does not tell how many ways it has.

    Examples
    --------
    >>> from pagesim import X86_64
    >>> from pagesim.machines import MACHINES
    >>> levels, walk_caches = tlbs_of(MACHINES["ChampSim"], X86_64)
    >>> [[tlb.name for tlb in level] for level in levels], [tlb.name for tlb in walk_caches]
    ([['ITLB', 'DTLB'], ['STLB']], ['PSCL2', 'PSCL3', 'PSCL4'])
    """
    if machine.unknown:
        raise ValueError(
            f"{machine.name}: no source tells the ways of {', '.join(machine.unknown)}"
        )
    pages = {size.bit_length() - 1 for size in mode.page_sizes}
    upper = {mode.shift(level) for level in range(mode.levels - 1)}

    def build(shapes: tuple[TlbShape, ...], sizes: set[int]) -> list[Tlb]:
        made = []
        for shape in shapes:
            shifts = sizes.intersection(shape.page_shifts)
            if shifts and shape.ways:
                tlb = Tlb(
                    shape.entries, shape.ways, shifts, policy, serves=shape.serves, name=shape.name
                )
                made.append(tlb)
        return made

    return [build(level, pages) for level in machine.levels], build(machine.walk_caches, upper)
