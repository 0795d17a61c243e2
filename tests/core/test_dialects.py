"""Every dialect against its manual's algorithm, and what real machines made of real entries.

The entries are written as numbers, so that these tests share no bit position with the simulator.
"""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagesim import (
    ARM64_4K,
    ARM64_16K,
    SV32,
    SV39,
    SV48,
    TOY15,
    X86_32,
    X86_64,
    X86_64_LA57,
    X86_PAE,
    GeneralProtection,
    Mmu,
    PageFault,
    PhysicalMemory,
    RadixTable,
)
from pagesim.tables import NOT_CANONICAL, NOT_PRESENT, RESERVED
from pagesim.tlb import Tlb

P, W, U, RSVD, I = 1, 2, 4, 8, 16  # noqa: E741 (page-fault error code, SDM vol. 3A sec. 5.7)


def load(dump, at, size):
    if at + size > len(dump):
        raise IndexError("this table is not in memory")
    return int.from_bytes(dump[at : at + size], "little")


def bits(high, low):
    return (2 << high) - (1 << low)


# -- the manuals' walks ----------------------------------------------------------------------------


def x86_64_walk(dump, va, m=52, levels=4):
    """SDM vol. 3A sec. 5.5.4 and tables 5-14 to 5-20: the physical address, or why there is none.

    `m` is MAXPHYADDR.
    """
    top = 12 + 9 * levels - 1
    if va >> top not in (0, (1 << 64 - top) - 1):
        return NOT_CANONICAL
    table = 0
    for shift in range(top - 8, 11, -9):
        entry = load(dump, table + (va >> shift & 511) * 8, 8)
        address, inside = entry & bits(51, 12), (1 << shift) - 1
        if not entry & 1:
            return NOT_PRESENT
        if address >> m:
            return RESERVED
        if shift == 12:
            return address | va & inside
        if entry & 1 << 7:
            if shift > 30 or address & inside & ~(1 << 12):  # bit 12 is PAT
                return RESERVED
            return address & ~inside | va & inside
        table = address
    raise AssertionError


def x86_32_walk(dump, va):
    """SDM vol. 3A sec. 5.3 and tables 5-4 to 5-6, with CR4.PSE = 1 and without PSE-36."""
    entry = load(dump, (va >> 22) * 4, 4)
    if not entry & 1:
        return NOT_PRESENT
    if entry & 1 << 7:
        return RESERVED if entry & bits(21, 13) else entry & bits(31, 22) | va & bits(21, 0)
    entry = load(dump, (entry & bits(31, 12)) + (va >> 12 & 1023) * 4, 4)
    return entry & bits(31, 12) | va & 4095 if entry & 1 else NOT_PRESENT


def pae_walk(dump, va, m=52):
    """SDM vol. 3A sec. 5.4 and tables 5-8 to 5-11."""
    entry = load(dump, (va >> 30) * 8, 8)
    if not entry & 1:
        return NOT_PRESENT
    if entry & (bits(2, 1) | bits(8, 5) | bits(63, m)):
        return RESERVED
    entry = load(dump, (entry & bits(51, 12)) + (va >> 21 & 511) * 8, 8)
    if not entry & 1:
        return NOT_PRESENT
    if entry & bits(62, m):
        return RESERVED
    if entry & 1 << 7:
        return RESERVED if entry & bits(20, 13) else entry & bits(51, 21) | va & bits(20, 0)
    entry = load(dump, (entry & bits(51, 12)) + (va >> 12 & 511) * 8, 8)
    if not entry & 1:
        return NOT_PRESENT
    return RESERVED if entry & bits(62, m) else entry & bits(51, 12) | va & 4095


def riscv_walk(dump, va, levels, size, vpn, ppn):
    """RISC-V privileged spec sec. 4.3.2, steps 1 to 8, but for permissions.

    LEVELS, PTESIZE, and the bits of a VPN piece and of the PPN.
    """
    top = 12 + vpn * levels - 1
    if size == 8 and va >> top not in (0, (1 << 64 - top) - 1):
        return NOT_CANONICAL
    a, i = 0, levels - 1
    while True:
        pte = load(dump, a + (va >> 12 + vpn * i & (1 << vpn) - 1) * size, size)
        v, r, w, x, u, _, accessed, d = (pte >> bit & 1 for bit in range(8))
        if not v:
            return NOT_PRESENT
        if (w and not r) or (size == 8 and pte >> 54):
            return RESERVED
        number = pte >> 10 & (1 << ppn) - 1
        if r or x:
            low = (1 << vpn * i) - 1
            return RESERVED if number & low else (number | va >> 12 & low) << 12 | va & 4095
        i -= 1
        if i < 0 or u or accessed or d:
            return RESERVED
        a = number * 4096


def arm_walk(dump, va, granule):
    """Arm ARM D8.3: bits 1:0 are 3 for a table or page, 1 for a block, where there are any."""
    shifts, blocks = {12: ((39, 30, 21, 12), (30, 21)), 14: ((47, 36, 25, 14), (25,))}[granule]
    table = 0
    for shift in shifts:
        index = va >> shift & (1 << granule - 3) - 1
        entry, inside = load(dump, table + index * 8, 8), (1 << shift) - 1
        if not entry & 1:
            return NOT_PRESENT
        table = entry & bits(47, granule)
        if shift == granule:
            return table | va & inside if entry & 2 else RESERVED
        if not entry & 2:
            legal = shift in blocks and not table & inside
            return table & ~inside | va & inside if legal else RESERVED
    raise AssertionError


# What a mode's manual says; the bits of an entry that are no address and may well be 1; and of an
# entry that leads to a table, the bits that must be 0.
MANUALS = {
    X86_64: (x86_64_walk, bits(63, 52) | 0xFFF, 0x80),
    replace(X86_64, name="46 bits", pa_bits=46): (
        lambda dump, va: x86_64_walk(dump, va, m=46),
        bits(63, 52) | 0xFFF,
        0x80,
    ),
    X86_64_LA57: (
        lambda dump, va: x86_64_walk(dump, va, levels=5),
        bits(63, 52) | 0xFFF,
        0x80,
    ),
    X86_32: (x86_32_walk, 0xFFF, 0x80),
    X86_PAE: (pae_walk, 1 << 63 | 0xFFF, 1 << 63 | 0x1E6),
    replace(X86_PAE, name="PAE, 36 bits", pa_bits=36): (
        lambda dump, va: pae_walk(dump, va, m=36),
        1 << 63 | 0xFFF,
        1 << 63 | 0x1E6,
    ),
    SV32: (lambda dump, va: riscv_walk(dump, va, 2, 4, 10, 22), 0x3FF, 0xDE),
    SV39: (lambda dump, va: riscv_walk(dump, va, 3, 8, 9, 44), 0x3FF, 0xDE),
    SV48: (lambda dump, va: riscv_walk(dump, va, 4, 8, 9, 44), 0x3FF, 0xDE),
    ARM64_4K: (lambda dump, va: arm_walk(dump, va, 12), bits(63, 50) | 0xFFF, 0),
    ARM64_16K: (lambda dump, va: arm_walk(dump, va, 14), bits(63, 50) | 0xFFF, 0),
}


def random_words(mode, frames, rng):
    """Fill frames with entries that name each other: tables, pages, some with a bit turned."""
    fmt = mode.pte
    _, free, zeros = MANUALS[mode]
    wild = rng.integers(0, 256, frames * mode.page_bytes, np.uint8).view(f"<u{fmt.bytes}")
    kind = wild.dtype.type
    words = wild & kind(free)
    words[rng.random(words.size) < 0.5] &= kind(~zeros % (1 << 8 * fmt.bytes))
    pfn = rng.integers(0, frames, words.size).astype(wild.dtype)
    # some pages are huge: the last bits of their number are 0, the lowest now and then 1 (PAT)
    pfn[rng.random(words.size) < 0.3] &= kind(1)
    words |= pfn << kind(fmt.pfn_shift)
    words[rng.random(words.size) < 0.8] |= kind(1)
    astray = rng.random(words.size) < 0.1  # one bit anywhere
    turned = kind(1) << rng.integers(0, 8 * fmt.bytes, words.size).astype(wild.dtype)
    words[astray] ^= turned[astray]
    return words


@pytest.mark.parametrize("mode", MANUALS, ids=lambda mode: mode.name)
@given(seed=st.integers(0, 1 << 32))
def test_walks_of_random_memory_end_where_the_manual_says(mode, seed):
    rng, frames = np.random.default_rng(seed), 4
    dump = random_words(mode, frames, rng).tobytes()
    table = RadixTable(mode, PhysicalMemory.from_dump(dump, mode.page_bytes), root=0)
    low = rng.integers(0, 1 << mode.va_bits, 100, np.uint64).tolist()
    vas = [mode.extend(va) for va in low[:80]] + low[80:]
    inside, found = [], []
    for va in vas:
        try:
            wanted = MANUALS[mode][0](dump, va)
        except IndexError:  # the bit that was turned led out of these frames
            with pytest.raises(ValueError, match="names a table in frame"):
                table.walk(va)
            continue
        walk = table.walk(va)
        assert (walk.fault.reason if walk.fault else walk.pa) == wanted, hex(va)
        inside.append(va)
        found.append(-1 if walk.fault else walk.pa)
    assert table.translate(np.array(inside, np.uint64)).tolist() == found


# -- one entry at a time ---------------------------------------------------------------------------


def chain(mode, words, va, frames=64):
    """Lay tables into the frames from 1 on, so that a walk of `va` meets these entries."""
    memory = PhysicalMemory(frames, mode.page_bytes)
    for level, (word, index) in enumerate(zip(words, mode.split(va)[0], strict=False)):
        size = mode.pte.bytes
        memory.store((level + 1) * mode.page_bytes + index * size, word, size)
    return RadixTable(mode, memory, root=1)


def code_of(mmu, va, access="r", user=True):
    """Translate, and give the error code of the page fault, None if there is none."""
    try:
        mmu.translate(va, access, user)
    except PageFault as caught:
        fault = caught
    else:
        return None
    assert fault.va == va
    return fault.error_code


def arrive(table, va):
    """Walk in both ways, which must agree, and give the physical address or None."""
    found = table.walk(va).pa
    assert table.translate(np.array([va], np.uint64)).tolist() == [-1 if found is None else found]
    return found


# A published oops of Linux: the kernel wrote to its own page, whose entry had the frame number
# turned over (all bits up to 51 are 1), and the processor found reserved bits. Any with 51 or fewer
# bits of physical address does; one with 52 would have gone on.
OOPS = 0xFFFF_8880_58A6_7000


@pytest.mark.parametrize(("pa_bits", "code"), [(39, 0xB), (46, 0xB), (51, 0xB), (52, None)])
def test_an_address_above_the_physical_width_is_reserved(pa_bits, code):
    memory = PhysicalMemory(frames=0x58A31)
    tables = (1, 0x2E01, 0x2E04, 0x58A30)
    words = (0x2E01067, 0x2E04067, 0x58A30063, 0x800F_FFFF_A759_8063)
    for frame, index, word in zip(tables, X86_64.split(OOPS)[0], words, strict=True):
        memory.store(frame * 4096 + index * 8, word)
    table = RadixTable(replace(X86_64, pa_bits=pa_bits), memory, root=1)
    assert code_of(Mmu(table), OOPS, "w", user=False) == code
    assert arrive(table, OOPS) == (None if code else 0xF_FFFF_A759_8000)


@pytest.mark.parametrize(
    ("level", "bit", "code"),
    [(level, bit, P | U | RSVD) for level in range(4) for bit in (46, 51)]
    + [(3, 39, None), (3, 45, None)],
)
def test_the_width_counts_on_every_level(level, bit, code):
    words = [(k + 2) << 12 | 7 for k in range(4)]
    words[level] |= 1 << bit
    table = chain(replace(X86_64, pa_bits=46), words, va=0)
    assert code_of(Mmu(table), 0) == code
    assert arrive(table, 0) == (None if code else 5 << 12 | 1 << bit)


def test_memory_must_fit_the_physical_addresses():
    narrow = replace(X86_64, pa_bits=13)
    with pytest.raises(ValueError, match=r"memory has 4 frames, but the 1 PFN bits .* only 2"):
        RadixTable(narrow, PhysicalMemory(frames=4))
    table = RadixTable(replace(X86_64, pa_bits=20), PhysicalMemory(frames=8))
    table.map(0, pfn=255)
    for call in (lambda: table.map(0x1000, pfn=256), lambda: table.change(0, pfn=256)):
        with pytest.raises(ValueError, match="pfn 0x100 does not fit in 8 bits"):
            call()


# RISC-V: V R W X U G A D are bits 0 to 7
V, READ, USER, A, D = 1, 2, 16, 64, 128


@pytest.mark.parametrize("mode", [SV32, SV39, SV48], ids=lambda mode: mode.name)
@pytest.mark.parametrize("bit", [USER, A, D])
def test_u_a_and_d_are_reserved_in_a_pointer(mode, bit):
    words = [(k + 2) << 10 | V for k in range(mode.levels)]
    words[-1] = 7 << 10 | V | READ | USER | A | D
    va = mode.join((1,) * mode.levels)
    assert arrive(chain(mode, words, va), va) == 7 << 12
    for level in range(mode.levels - 1):
        bad = list(words)
        bad[level] |= bit
        table = chain(mode, bad, va)
        assert arrive(table, va) is None
        assert code_of(Mmu(table), va) == P | U | RSVD


@pytest.mark.parametrize("level", range(3))
@pytest.mark.parametrize("bit", range(54, 64))
def test_bits_54_to_63_of_sv39_are_reserved_on_every_level(level, bit):
    words = [2 << 10 | V, 3 << 10 | V, 7 << 10 | V | READ | USER]
    words[level] |= 1 << bit
    table = chain(SV39, words, va=0)
    assert arrive(table, 0) is None
    assert table.walk(0).fault.level == level
    assert code_of(Mmu(table), 0) == P | U | RSVD


def test_bit_12_of_a_huge_page_is_pat_and_no_address():
    words = [2 << 12 | 7, 3 << 12 | 7, 0x2010E7]
    table = chain(X86_64, words, va=0)
    assert arrive(table, 0x12345) == 0x212345
    assert Mmu(table).translate(0x12345).pa == 0x212345
    assert table.walk(0x12345).steps[-1].pte.pfn == 0x200
    changed = table.change(0, pfn=0x400, writable=False)  # PAT stays
    assert (changed.pfn, table.memory.load(3 * 4096)) == (0x400, 0x4010E5)
    gigabyte = chain(X86_64, [2 << 12 | 7, 0x4000_10E7], va=0)
    assert arrive(gigabyte, 0x12345) == 0x4001_2345
    # SDM tables 5-4 and 5-9: also of 4 MiB pages, and of PAE's 2 MiB pages
    assert arrive(chain(X86_32, [0x80_10E7], va=0), 0x12345) == 0x81_2345
    assert arrive(chain(X86_PAE, [2 << 12 | 1, 0x2010E7], va=0), 0x12345) == 0x212345


@pytest.mark.parametrize("bit", range(13, 21))
def test_bits_13_to_20_of_a_2_mib_page_are_reserved(bit):
    for mode, above in ((X86_64, [2 << 12 | 7, 3 << 12 | 7]), (X86_PAE, [2 << 12 | 1])):
        table = chain(mode, [*above, 0x20_00E7 | 1 << bit], va=0)
        assert arrive(table, 0x12345) is None
        assert code_of(Mmu(table), 0x12345) == P | U | RSVD


# -- addresses that are none -----------------------------------------------------------------------


def test_sv39_faults_where_x86_64_protects():
    sv39 = Mmu(RadixTable(SV39, PhysicalMemory(frames=4)))
    assert code_of(sv39, 0x40_0000_0000) == U
    assert code_of(sv39, 0xFFFF_FFBF_FFFF_FFFF, "w", user=False) == W
    x86 = Mmu(RadixTable(X86_64, PhysicalMemory(frames=4)), [Tlb(4, 4)])
    for va in (0x8000_0000_0000, 0xFFFF_7FFF_FFFF_FFFF, 1 << 63):
        with pytest.raises(GeneralProtection, match=f"^general protection at {va:#x}: ") as caught:
            x86.translate(va)
        assert caught.value.va == va
        assert arrive(x86.table, va) is None
        x86.invlpg(va)  # does nothing, as the instruction does
    assert code_of(x86, 0x7FFF_FFFF_FFFF) == U
    assert code_of(x86, 0xFFFF_8000_0000_0000) == U
    la57 = Mmu(RadixTable(X86_64_LA57, PhysicalMemory(frames=4)))
    assert code_of(la57, 0x8000_0000_0000) == U
    with pytest.raises(GeneralProtection):
        la57.translate(1 << 56)


# -- levels of their own ---------------------------------------------------------------------------


@pytest.mark.parametrize("above", [1, 1 | 1 << 3 | 1 << 4 | 7 << 9])
def test_paes_top_entries_give_and_take_no_rights(above):
    """SDM table 5-8: they have no W, U, A and XD; PWT, PCD and bits 9 to 11 are free."""
    words = [2 << 12 | above, 3 << 12 | 7, 9 << 12 | 7]
    table = chain(X86_PAE, words, va=0)
    for access in "rwx":
        assert Mmu(table).translate(0, access).pa == 9 << 12
    assert table.memory.load(0x1000) == words[0]  # no accessed bit is set there
    assert table.memory.load(0x2000) == words[1] | 1 << 5
    assert table.memory.load(0x3000) == words[2] | 1 << 5 | 1 << 6
    top = table.walk(0).steps[0].pte
    assert (top.flags, top.pfn) == ("P W U", 2)  # they stand for what is allowed
    assert code_of(Mmu(chain(X86_PAE, [2 << 12 | 1, 3 << 12 | 5, 9 << 12 | 7], 0)), 0, "w") == 7


@pytest.mark.parametrize("bit", [1, 2, 5, 6, 7, 8, 52, 62, 63])
def test_the_other_bits_of_paes_top_entries_are_reserved(bit):
    table = chain(X86_PAE, [2 << 12 | 1 | 1 << bit, 3 << 12 | 7, 9 << 12 | 7], va=0)
    assert arrive(table, 0) is None
    assert code_of(Mmu(table), 0) == P | U | RSVD


@pytest.mark.parametrize("bit", [52, 58, 62])
def test_bits_that_pae_reserves_are_free_in_64_bit_mode(bit):
    pae = chain(X86_PAE, [2 << 12 | 1, 3 << 12 | 7, 9 << 12 | 7 | 1 << bit], va=0)
    assert code_of(Mmu(pae), 0) == P | U | RSVD
    words = [(k + 2) << 12 | 7 | 1 << bit for k in range(4)]
    assert arrive(chain(X86_64, words, va=0), 0) == 5 << 12


@pytest.mark.parametrize("mode", [X86_PAE, SV32, ARM64_4K], ids=lambda mode: mode.name)
def test_pages_of_every_size_are_mapped_and_found(mode):
    table = RadixTable(mode, PhysicalMemory(frames=64, frame_bytes=mode.page_bytes))
    for number, size in enumerate(mode.page_sizes, 1):
        va = number << 30
        table.map(va, pfn=2 * size >> mode.page_shift, page=size, writable=False)
        assert arrive(table, va + size - 1) == 3 * size - 1
        mmu = Mmu(table)
        assert (mmu.translate(va, "x").walk.page_bytes, code_of(mmu, va, "w")) == (size, P | W | U)


def test_riscv_entries_show_riscvs_letters():
    entry = SV39.pte.unpack(0x1 | 0x2 | 0x8 | 0x40)
    assert entry.flags == "V R X A"
    assert SV39.pte.unpack(0xFF).flags == "V R W X U G A D"
    assert SV39.pte.unpack(SV39.pte.pointer(5)).flags == "V"
    assert X86_64.pte.unpack(0x8000_0000_0000_0163).flags == "P W A D G NX"
    assert ARM64_4K.pte.unpack(0b11 | 1 << 10 | 1 << 6).flags == "V W U AF G"


# -- SMEP and SMAP ---------------------------------------------------------------------------------

STACK = 0x7FFF_E354_2F90  # of a program


def user_page(mode=X86_64, va=STACK):
    table = RadixTable(mode, PhysicalMemory(frames=16))
    table.map(va & -4096, pfn=9)
    return table


def test_the_kernel_is_kept_from_user_pages_where_it_is_told_so():
    """SDM vol. 3A sec. 5.6.1: data by SMAP, fetches by SMEP; user mode is not touched by them."""
    every = [(access, user) for access in "rwx" for user in (False, True)]

    def codes(**on):
        return [code_of(Mmu(user_page(), **on), STACK, access, user) for access, user in every]

    assert codes() == [None] * 6
    assert codes(smap=True) == [P, None, P | W, None, None, None]
    assert codes(smep=True) == [None, None, None, None, P | I, None]
    assert codes(smap=True, smep=True) == [0x1, None, 0x3, None, 0x11, None]


def test_smap_and_smep_look_at_what_a_tlb_kept():
    mmu = Mmu(user_page(), [Tlb(4, 4)], smap=True, smep=True)
    assert mmu.translate(STACK).level == 0
    assert mmu.translate(STACK).level == 1
    assert code_of(mmu, STACK, "r", user=False) == 0x1
    mmu.translate(STACK)
    assert code_of(mmu, STACK, "x", user=False) == 0x11


def test_kernel_pages_and_pages_closed_above_are_the_kernels():
    table = user_page()
    table.map(0x5000, pfn=3, user=False)
    mmu = Mmu(table, smap=True, smep=True)
    for access in "rwx":
        assert mmu.translate(0x5000, access, user=False).pa == 0x3000
    top = table.walk(STACK).steps[0]
    where = table.entry_pa(0, top.table_pfn, top.index)
    table.memory.store(where, X86_64.pte.pack(top.pte, user=False))
    assert mmu.translate(STACK, "r", user=False).pa == 9 << 12 | 0xF90


def test_without_nx_smep_alone_brings_the_i_bit():
    """SDM vol. 3A sec. 5.7: I/D is set if CR4.SMEP = 1, or with PAE and EFER.NXE = 1."""
    table = user_page(X86_32, 0x1000)
    assert code_of(Mmu(table, smep=True), 0x1000, "x", user=False) == P | I
    assert code_of(Mmu(table), 0x2000, "x") == U
    assert code_of(Mmu(table, smep=True), 0x2000, "x") == U | I


def test_riscv_keeps_its_kernel_from_reading_by_sum():
    assert code_of(Mmu(user_page(SV39, 0x1000), smap=True), 0x1000, "r", user=False) == P
    assert code_of(Mmu(user_page(SV39, 0x1000)), 0x1000, "r", user=False) is None
    assert code_of(Mmu(user_page(SV39, 0x1000)), 0x1000, "x", user=False) == P | I


def test_a_mode_without_user_pages_has_nothing_to_keep_the_kernel_from():
    table = RadixTable(TOY15, PhysicalMemory(frames=16, frame_bytes=32))
    for on in ({"smap": True}, {"smep": True}):
        with pytest.raises(ValueError, match="TOY15 has no bit 'user' in its entries"):
            Mmu(table, **on)


# -- accesses of several bytes ---------------------------------------------------------------------


def test_an_access_at_the_end_of_a_page_is_two_translations():
    table = RadixTable(X86_64, PhysicalMemory(frames=16))
    table.map(0x1000, pfn=9)
    table.map(0x2000, pfn=3)
    mmu = Mmu(table)

    def parts(va, width):
        return [part.pa for part in mmu.access(va, width)]

    assert parts(0x1FF8, 8) == [0x9FF8]
    assert parts(0x1FF9, 8) == [0x9FF9, 0x3000]
    assert parts(0x1FFF, 8) == [0x9FFF, 0x3000]
    assert parts(0x1FFF, 1) == [0x9FFF]
    assert parts(0x1000, 4096) == [0x9000]
    table.change(0x2000, writable=False)
    with pytest.raises(PageFault) as caught:
        mmu.access(0x1FFF, 8, "w")
    assert (caught.value.va, caught.value.error_code) == (0x2000, P | W | U)
    table.unmap(0x1000)
    with pytest.raises(PageFault) as caught:
        mmu.access(0x1FFF, 8, "w")
    assert (caught.value.va, caught.value.error_code) == (0x1FFF, W | U)


def test_behind_the_last_page_comes_no_page_or_the_first():
    table = RadixTable(X86_64, PhysicalMemory(frames=16))
    table.map(0x7FFF_FFFF_F000, pfn=9)
    with pytest.raises(GeneralProtection, match="0x800000000000"):
        Mmu(table).access(0x7FFF_FFFF_FFFC, 8)
    small = RadixTable(X86_32, PhysicalMemory(frames=16))
    small.map(0xFFFF_F000, pfn=9)
    small.map(0, pfn=3)
    assert [part.pa for part in Mmu(small).access(0xFFFF_FFFC, 8)] == [0x9FFC, 0x3000]


@pytest.mark.parametrize("width", [0, -8, 4097, 8.0])
def test_a_width_is_a_byte_to_a_page(width):
    table = RadixTable(X86_64, PhysicalMemory(frames=16))
    table.map(0x1000, pfn=9)
    with pytest.raises(ValueError, match=r"^width "):
        Mmu(table).access(0x1000, width)


# -- messages --------------------------------------------------------------------------------------


def test_a_root_larger_than_memory_is_named():
    wide = replace(X86_32, name="wide", index_bits=(12, 8))
    with pytest.raises(ValueError, match=r"^the root of wide takes 4 frames, but memory has 2$"):
        RadixTable(wide, PhysicalMemory(frames=2), root=0)


def test_an_entry_with_a_reserved_bit_is_not_built_upon():
    table = chain(SV39, [2 << 10 | V | A], va=0)
    with pytest.raises(ValueError, match=r"PGD entry 0 is 0x841, with a reserved bit set"):
        table.map(0x1000, pfn=3)
