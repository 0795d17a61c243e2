"""A set-associative TLB that one can step through: every lookup says what it compared.

A page number is cut once more. The low bits say in which *set* the page may stand, the rest is the
*tag*, compared with every *way* of that set at once:

    64 entries, 4 ways    | tag                  | set 4 |  the low bits, so neighbours spread
    64 entries, 64 ways   | tag                          |  one set: fully associative
    64 entries, 1 way     | tag              | set 6     |  direct mapped

An entry also carries the address space it belongs to (ASID, Intel's PCID); a *global* entry
matches in all of them. One TLB may hold pages of several sizes: each lookup asks for one size, and
an entry of another does not match.

Sources: Hennessy and Patterson, Computer Architecture, app. B.1 and B.4; Intel SDM vol. 3A sec.
5.10 (PCIDs, global pages, INVLPG).
"""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from ..arch import Pte
from ..checks import bounded, whole
from .policies import POLICIES
from .values import Fill, Lookup, TlbEntry

MAX_ASID = 0xFFFF  # 16 bits on RISC-V and Arm, 12 on x86

_PRESENT = Pte(present=True)


class Tlb:
    """A set-associative TLB.

    Parameters
    ----------
    entries : int
        How many translations it holds.
    ways : int
        How many of them share a set; `entries / ways` must be a power of two.
    page_shift : int or tuple of int
        Base-2 logarithm of the page size in bytes, or of all sizes that share the entries.
    policy : {"lru", "fifo", "plru", "random"}
        Who leaves a full set; "plru" is the tree, for a power of two of ways.
    serves : str
        Accesses that it is there for: "x" for an instruction TLB, "rw" for a data TLB.
    name : str
        What lookups call it.
    seed : int
        Start of the random policy.

    Raises
    ------
    ValueError
        If the geometry is impossible, or a name is unknown.

    Examples
    --------
    >>> tlb = Tlb(entries=8, ways=2)
    >>> found = tlb.lookup(vpn=0x1D)
    >>> found.hit, found.set_index, found.tag, found.victim
    (False, 1, 7, 0)
    >>> tlb.insert(0x1D, Pte(present=True, pfn=0x2A)).way
    0
    >>> hex(tlb.lookup(0x1D).entry.pte.pfn)
    '0x2a'
    """

    def __init__(
        self,
        entries: int,
        ways: int,
        page_shift: int | Iterable[int] = 12,
        policy: str = "lru",
        *,
        serves: str = "rwx",
        name: str = "TLB",
        seed: int = 0,
    ) -> None:
        entries = bounded("entries", entries, 1, 1 << 20, name)
        ways = bounded("ways", ways, 1, entries, f"{name} of {entries} entries")
        if entries % ways:
            raise ValueError(f"ways {ways} do not divide {entries} entries ({name})")
        sets = entries // ways
        if sets & (sets - 1):
            raise ValueError(f"{entries} entries in {ways} ways make {sets} sets, no power of two")
        if policy not in tuple(POLICIES):
            raise ValueError(f"policy {policy!r} is not one of {', '.join(POLICIES)}")
        if policy == "plru" and ways & (ways - 1):
            raise ValueError(f"ways {ways} is not a power of two, as plru's tree needs ({name})")
        if not (isinstance(serves, str) and serves and set(serves) <= set("rwx")):
            raise ValueError(f"serves {serves!r} is not made of 'r', 'w' and 'x'")
        shifts = tuple(page_shift) if isinstance(page_shift, Iterable) else (page_shift,)
        self.page_shifts = tuple(sorted({bounded("page_shift", s, 0, 63, name) for s in shifts}))
        if not self.page_shifts:
            raise ValueError(f"page_shift {page_shift!r} names no page size ({name})")
        self.entries, self.ways, self.sets = entries, ways, sets
        self.policy, self.serves, self.name = policy, serves, name
        generator = Random(whole("seed", seed))
        self._rows: list[list[TlbEntry | None]] = [[None] * ways for _ in range(sets)]
        self._policies = [POLICIES[policy](ways, generator) for _ in range(sets)]

    @property
    def rows(self) -> tuple[tuple[TlbEntry | None, ...], ...]:
        """What stands in every way of every set."""
        return tuple(map(tuple, self._rows))

    def split(self, vpn: int) -> tuple[int, int]:
        """Cut a page number into its tag and its set.

        >>> Tlb(entries=64, ways=4).split(0x12345)
        (4660, 5)
        """
        return vpn // self.sets, vpn % self.sets

    def lookup(self, vpn: int, asid: int = 0, page_shift: int | None = None) -> Lookup:
        """Look for a page; a hit counts as a use of it.

        Parameters
        ----------
        vpn : int
            Page number, in pages of the size that is asked for.
        asid : int
            The address space.
        page_shift : int, optional
            Which of the TLB's page sizes; its smallest if left out.

        Raises
        ------
        ValueError
            If a number is out of range or the TLB holds no pages of that size.
        """
        vpn, asid, shift = self._checked(vpn, asid, page_shift)
        tag, index = self.split(vpn)
        row, victim = self._rows[index], None
        way = _find(row, vpn, shift, asid)
        if way is None:
            victim = self._victim(index)
        else:
            self._policies[index].hit(way)
        return Lookup(self.name, vpn, asid, shift, index, tag, tuple(row), way, victim)

    def insert(
        self, vpn: int, pte: Pte = _PRESENT, asid: int = 0, page_shift: int | None = None
    ) -> Fill:
        """Keep a translation, in the place of an older one of the same page if there is one.

        Parameters
        ----------
        vpn : int
            Page number, in pages of its size.
        pte : Pte
            Where it leads and what it allows; a global one serves every address space.
        asid : int
            The address space.
        page_shift : int, optional
            Which of the TLB's page sizes; its smallest if left out.

        Raises
        ------
        ValueError
            If a number is out of range, `pte` no Pte, or the TLB holds no pages of that size.
        """
        vpn, asid, shift = self._checked(vpn, asid, page_shift)
        if not isinstance(pte, Pte):
            raise ValueError(f"{pte!r} is not a Pte")
        new, index = TlbEntry(vpn, shift, asid, pte), vpn % self.sets
        row, policy = self._rows[index], self._policies[index]
        way = _find(row, vpn, shift, asid)
        if pte.global_:  # no lookup may ever match two ways: oust the entries of single spaces
            for other, entry in enumerate(row):
                if entry and entry.vpn == vpn and entry.page_shift == shift and other != way:
                    row[other] = None
        if way is not None:
            row[way] = new
            policy.hit(way)
            return Fill(index, way, None)
        way = self._victim(index)
        evicted, row[way] = row[way], new
        policy.fill(way)
        return Fill(index, way, evicted)

    def invlpg(self, va: int, asid: int = 0) -> int:
        """Drop the page of an address, of every size, and tell how many entries that were.

        Parameters
        ----------
        va : int
            Any address in the page.
        asid : int
            The address space; a global entry goes in any case.

        Raises
        ------
        ValueError
            If a number is out of range.
        """
        va = bounded("va", va, 0, (1 << 64) - 1)
        dropped = 0
        for shift in self.page_shifts:
            vpn, asid, _ = self._checked(va >> shift, asid, shift)
            row = self._rows[vpn % self.sets]
            way = _find(row, vpn, shift, asid)
            if way is not None:
                row[way] = None
                dropped += 1
        return dropped

    def flush(self, asid: int | None = None, global_: bool = False) -> int:
        """Drop all entries, or those of one address space, and tell how many they were.

        Parameters
        ----------
        asid : int, optional
            The only address space to forget; all of them if left out.
        global_ : bool
            Whether global entries go as well.
        """
        if asid is not None:
            asid = bounded("asid", asid, 0, MAX_ASID, self.name)
        dropped = 0
        for row in self._rows:
            for way, entry in enumerate(row):
                if entry is None or (entry.pte.global_ and not global_):
                    continue
                if asid is None or entry.asid == asid or entry.pte.global_:
                    row[way] = None
                    dropped += 1
        return dropped

    def _victim(self, index: int) -> int:
        """Name the first empty way of a set, or else the one that its policy gives up."""
        row = self._rows[index]
        return row.index(None) if None in row else self._policies[index].victim()

    def _checked(self, vpn: int, asid: int, page_shift: int | None) -> tuple[int, int, int]:
        shift = self.page_shifts[0] if page_shift is None else whole("page_shift", page_shift)
        if shift not in self.page_shifts:
            held = ", ".join(map(str, self.page_shifts))
            raise ValueError(f"page_shift {shift} is not held by {self.name}, which has {held}")
        vpn = bounded("vpn", vpn, 0, (1 << (64 - shift)) - 1, self.name)
        return vpn, bounded("asid", asid, 0, MAX_ASID, self.name), shift


def _find(row: list[TlbEntry | None], vpn: int, page_shift: int, asid: int) -> int | None:
    """Compare all ways of a set; within a set, equal page numbers are equal tags."""
    for way, entry in enumerate(row):
        if (
            entry is not None
            and entry.vpn == vpn
            and entry.page_shift == page_shift
            and (entry.asid == asid or entry.pte.global_)
        ):
            return way
    return None
