"""The TLBs of named machines, as their sources tell them.

What a source leaves open stays None here; what the model cannot follow is said in `caution`. The
grade says how good the source is: A a vendor's document (for a simulator: its own code), B a named
measurement, C secondary.
"""

from __future__ import annotations

from dataclasses import dataclass

_4K, _2M, _1G = 12, 21, 30
_ALL = (_4K, _2M, _1G)


@dataclass(frozen=True, slots=True)
class TlbShape:
    """The geometry of one TLB or walk cache.

    Attributes
    ----------
    name : str
        What it is called.
    entries : int
        How many translations it holds.
    ways : int or None
        How many share a set, None where the source does not say.
    page_shifts : tuple of int
        Base-2 logarithms of the page sizes it holds; of a walk cache, of what an entry covers.
    serves : str
        Accesses it is there for: reads "r", writes "w", instruction fetches "x".
    """

    name: str
    entries: int
    ways: int | None
    page_shifts: tuple[int, ...] = (_4K,)
    serves: str = "rwx"


@dataclass(frozen=True, slots=True)
class Machine:
    """The TLBs of one processor, or of a simulator's standard machine.

    Attributes
    ----------
    name : str
        Which machine.
    levels : tuple of tuple of TlbShape
        The TLBs of each level, the level that is asked first at the front.
    source, grade : str
        Where the numbers come from, and how good that is.
    walk_caches : tuple of TlbShape
        What lets a walk start in the middle, where the source tells.
    lookup_cycles : tuple of int or None
        Cycles that each level adds to an access that has to ask it, where the source tells.
    walkers : int or None
        How many walks can run at once.
    caution : str
        What is doubtful, or more complicated than the model.

    Examples
    --------
    >>> MACHINES["ChampSim"].levels[1][0].entries, MACHINES["ChampSim"].lookup_cycles
    (1536, (1, 8))
    """

    name: str
    levels: tuple[tuple[TlbShape, ...], ...]
    source: str
    grade: str
    walk_caches: tuple[TlbShape, ...] = ()
    lookup_cycles: tuple[int, ...] | None = None
    walkers: int | None = None
    caution: str = ""

    @property
    def unknown(self) -> tuple[str, ...]:
        """Names of the TLBs whose ways no source tells: without them nothing can be built."""
        shapes = (*(shape for level in self.levels for shape in level), *self.walk_caches)
        return tuple(shape.name for shape in shapes if shape.ways is None)


_ICE_LAKE = Machine(
    "Intel Ice Lake",
    (
        (
            TlbShape("load DTLB 4K", 64, 4, serves="r"),
            TlbShape("load DTLB 2M", 32, 4, (_2M,), "r"),
            TlbShape("load DTLB 1G", 8, 8, (_1G,), "r"),
            TlbShape("store DTLB", 16, 16, _ALL, "w"),
        ),
        (TlbShape("STLB", 2048, 16, _ALL),),
    ),
    source="CPUID leaf 18H of an i7-1068NG7, urd00m/System-Projects cache_timer/i7_writeup.md",
    grade="B",
    caution="CPUID lists the STLB as two of 1024 entries and 8 ways, one for 4 KiB and 2 MiB, one "
    "for 4 KiB and 1 GiB pages. They are one of 16 ways here: right for 4 KiB pages, twice too "
    "roomy for huge ones. The 8 entries for 1 GiB are taken as fully associative.",
)
_GOLDEN_COVE = Machine(
    "Intel Golden Cove",
    (
        (
            TlbShape("ITLB 4K", 256, None, serves="x"),
            TlbShape("DTLB 4K", 96, None, serves="rw"),
            TlbShape("DTLB 2M", 32, None, (_2M,), "rw"),
            TlbShape("DTLB 1G", 8, None, (_1G,), "rw"),
        ),
        (TlbShape("STLB", 2048, 16, (_4K, _2M)),),
    ),
    source="reading notes of Hennessy and Patterson on the Core i9-12900; 96 also cpunews.net",
    grade="C",
    lookup_cycles=(0, 9),
    walkers=4,
    caution="An STLB lookup takes 8 cycles; 9 is what a miss in the first level adds.",
)
_SKYLAKE = Machine(
    "Intel Skylake",
    (
        (
            TlbShape("DTLB 4K", 64, 4, serves="rw"),
            TlbShape("DTLB 2M", 32, 4, (_2M,), "rw"),
            TlbShape("DTLB 1G", 4, 4, (_1G,), "rw"),
            TlbShape("ITLB 4K", 64, 8, serves="x"),
            TlbShape("ITLB 2M", 8, 8, (_2M,), "x"),
        ),
        (TlbShape("STLB", 1536, 12, (_4K, _2M)),),
    ),
    source="first level: CPUID leaf 2 of a Skylake server, community.intel.com 1371605; STLB: "
    "12 ways in an eviction-set header, 1536 entries in DynamoRIO issue 6232",
    grade="C",
    caution="The STLB picks its set by a hash (XOR) of the page number; the model takes the low "
    "bits. CPUID reports 6 ways for it, the eviction sets found 12.",
)
_HASWELL = Machine(
    "Intel Haswell",
    (
        (
            TlbShape("DTLB 4K", 64, 4, serves="rw"),
            TlbShape("DTLB 2M", 32, 4, (_2M,), "rw"),
            TlbShape("DTLB 1G", 4, 4, (_1G,), "rw"),
        ),
        (TlbShape("STLB", 1024, 8, (_4K, _2M)),),
    ),
    source="entries of the first level and 12 cycles: measured in 20130621-s_haswell2/015.html; "
    "ways and STLB: realworldtech.com/haswell-cpu/5",
    grade="B",
    lookup_cycles=(0, 12),
)
_ZEN_2 = Machine(
    "AMD Zen 2",
    (
        (
            TlbShape("DTLB", 64, 64, _ALL, "rw"),
            TlbShape("ITLB", 64, 64, _ALL, "x"),
        ),
        (
            TlbShape("L2 DTLB", 2048, None, (_4K, _2M), "rw"),
            TlbShape("L2 ITLB", 512, 8, (_4K, _2M), "x"),
        ),
    ),
    source="en.wikichip.org zen_2; 7-cpu.com/cpu/Zen2.html",
    grade="C",
    walkers=2,
    caution="Said to have 12 ways, but 2048 entries do not divide by 12: the ways are shared out "
    "among page sizes. The second level keeps 1 GiB pages in pieces of 2 MiB.",
)
_ZEN_4 = Machine(
    "AMD Zen 4",
    (
        (
            TlbShape("DTLB", 72, None, serves="rw"),
            TlbShape("ITLB", 64, None, serves="x"),
        ),
        (
            TlbShape("L2 DTLB", 3072, None, serves="rw"),
            TlbShape("L2 ITLB", 512, None, serves="x"),
        ),
    ),
    source="72: martinus/unordered_dense issue 231; 3072: secondary notes; instructions: "
    "jiegec/cpu docs/comparison.md",
    grade="C",
)
_ZEN_5 = Machine(
    "AMD Zen 5",
    ((TlbShape("ITLB", 64, None, serves="x"),), (TlbShape("L2 ITLB", 2048, None, serves="x"),)),
    source="jiegec/cpu docs/comparison.md",
    grade="C",
    caution="Only its instruction TLBs.",
)
_APPLE_M = Machine(
    "Apple M (performance core)",
    ((TlbShape("DTLB", 160, None, (14,), "rw"),),),
    source="a learner's own published measurement",
    grade="C",
    caution="Pages of 16 KiB. Which M is not said; its second level is not verified.",
)
_VIRTUOSO = Machine(
    "Virtuoso",
    (
        (
            TlbShape("DTLB 4K", 64, 4, serves="rw"),
            TlbShape("DTLB 2M", 64, 4, (_2M,), "rw"),
        ),
        (TlbShape("L2 TLB", 2048, 8, (_4K, _2M)),),
    ),
    source="CMU-SAFARI/Virtuoso config/mmu_configs/mmu_base.cfg at 8188baf",
    grade="A",
    walk_caches=(
        TlbShape("PWC PDE", 32, 4, (21,)),
        TlbShape("PWC PDPTE", 32, 4, (30,)),
        TlbShape("PWC PML4E", 32, 4, (39,)),
    ),
    lookup_cycles=(1, 12),
    walkers=4,
)
_CHAMPSIM = Machine(
    "ChampSim",
    (
        (TlbShape("ITLB", 64, 4, serves="x"), TlbShape("DTLB", 64, 4, serves="rw")),
        (TlbShape("STLB", 1536, 12),),
    ),
    source="ChampSim champsim_config.json at 2ff2501 and its default walk caches (pscl2 to pscl5)",
    grade="A",
    walk_caches=(
        TlbShape("PSCL2", 32, 8, (21,)),
        TlbShape("PSCL3", 8, 4, (30,)),
        TlbShape("PSCL4", 4, 4, (39,)),
        TlbShape("PSCL5", 2, 2, (48,)),
    ),
    lookup_cycles=(1, 8),
)

MACHINES = {
    machine.name: machine
    for machine in (
        _ICE_LAKE,
        _GOLDEN_COVE,
        _SKYLAKE,
        _HASWELL,
        _ZEN_2,
        _ZEN_4,
        _ZEN_5,
        _APPLE_M,
        _VIRTUOSO,
        _CHAMPSIM,
    )
}
"""Every machine by name."""
