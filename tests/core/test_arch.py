"""Cuts of an address and layouts of an entry, held to the manuals and kernels they come from."""

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
    TOY6,
    TOY10,
    TOY15,
    X86_32,
    X86_64,
    X86_64_LA57,
    X86_PAE,
    PagingMode,
    Pte,
    PteFormat,
)
from pagesim.arch import ARM, MODES, RISCV, Kind, NotCanonical

KIB, MIB, GIB, TIB = 1 << 10, 1 << 20, 1 << 30, 1 << 40

# No deadline: a machine shared with others is now and then slow.
every_mode = pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)


# -- how addresses are cut -------------------------------------------------------------------------

# Intel SDM vol. 3A ch. 5 (4-level, 5-level, 32-bit with PSE, PAE), RISC-V privileged spec 4.3-4.5,
# Arm ARM D8 (4 and 16 KiB): index bits, offset bits, bytes below one entry of each level, pages.
GEOMETRY = {
    X86_64: ((9, 9, 9, 9), 12, (512 * GIB, GIB, 2 * MIB, 4 * KIB), (4 * KIB, 2 * MIB, GIB)),
    X86_64_LA57: (
        (9, 9, 9, 9, 9),
        12,
        (256 * TIB, 512 * GIB, GIB, 2 * MIB, 4 * KIB),
        (4 * KIB, 2 * MIB, GIB),
    ),
    X86_32: ((10, 10), 12, (4 * MIB, 4 * KIB), (4 * KIB, 4 * MIB)),
    X86_PAE: ((2, 9, 9), 12, (GIB, 2 * MIB, 4 * KIB), (4 * KIB, 2 * MIB)),
    SV32: ((10, 10), 12, (4 * MIB, 4 * KIB), (4 * KIB, 4 * MIB)),
    SV39: ((9, 9, 9), 12, (GIB, 2 * MIB, 4 * KIB), (4 * KIB, 2 * MIB, GIB)),
    SV48: (
        (9, 9, 9, 9),
        12,
        (512 * GIB, GIB, 2 * MIB, 4 * KIB),
        (4 * KIB, 2 * MIB, GIB, 512 * GIB),
    ),
    ARM64_4K: (
        (9, 9, 9, 9),
        12,
        (512 * GIB, GIB, 2 * MIB, 4 * KIB),
        (4 * KIB, 2 * MIB, GIB),
    ),
    ARM64_16K: (
        (1, 11, 11, 11),
        14,
        (128 * TIB, 64 * GIB, 32 * MIB, 16 * KIB),
        (16 * KIB, 32 * MIB),
    ),
}


@pytest.mark.parametrize("mode", GEOMETRY, ids=lambda mode: mode.name)
def test_geometry_is_the_manuals(mode):
    index_bits, page_shift, spans, pages = GEOMETRY[mode]
    assert (mode.index_bits, mode.page_shift) == (index_bits, page_shift)
    assert tuple(mode.span(level) for level in range(mode.levels)) == spans
    assert mode.page_sizes == pages


def test_address_widths():
    widths = {mode: mode.va_bits for mode in MODES}
    assert widths == {
        X86_64: 48,
        X86_64_LA57: 57,
        X86_32: 32,
        X86_PAE: 32,
        SV32: 32,
        SV39: 39,
        SV48: 48,
        ARM64_4K: 48,
        ARM64_16K: 48,
        TOY6: 6,
        TOY10: 10,
        TOY15: 15,
    }
    # SDM vol. 3A 5.1.1 (table 5-1; 32-bit without PSE-36), privileged spec 4.3-4.5, Arm ARM D8.1
    assert {mode: mode.pa_bits for mode in MODES} == {
        X86_64: 52,
        X86_64_LA57: 52,
        X86_32: 32,
        X86_PAE: 52,
        SV32: 34,
        SV39: 56,
        SV48: 56,
        ARM64_4K: 48,
        ARM64_16K: 48,
        TOY6: 7,
        TOY10: 12,
        TOY15: 12,
    }


@pytest.mark.parametrize("mode", [X86_64, X86_64_LA57, X86_32, SV32, SV39, SV48, ARM64_4K])
def test_every_table_of_these_machines_fills_one_page_exactly(mode):
    assert {mode.table_bytes(level) for level in range(mode.levels)} == {mode.page_bytes}


def test_arms_root_has_two_entries_and_paes_has_four():
    sizes = [ARM64_16K.table_bytes(level) for level in range(4)]
    assert sizes == [16, 16 * KIB, 16 * KIB, 16 * KIB]
    assert [X86_PAE.table_bytes(level) for level in range(3)] == [32, 4 * KIB, 4 * KIB]


@pytest.mark.parametrize(
    ("mode", "va", "indices"),
    [
        # Linux, Documentation/arch/x86/x86_64/mm.rst: direct map, vmemmap, kernel text
        (X86_64, 0xFFFF_8880_0000_0000, (273, 0, 0, 0)),
        (X86_64, 0xFFFF_EA00_0000_0000, (468, 0, 0, 0)),
        (X86_64, 0xFFFF_FFFF_8000_0000, (511, 510, 0, 0)),
        (X86_64, 0xFFFF_FFFF_FFFF_F000, (511, 511, 511, 511)),
        (X86_64, 0x0000_7FFF_FFFF_F000, (255, 511, 511, 511)),
        (X86_64_LA57, 0xFF11_0000_0000_0000, (273, 0, 0, 0, 0)),
        # the kernel's 3 GiB line on 32-bit x86: entry 768 of the page directory
        (X86_32, 0xC000_0000, (768, 0)),
        # and the last of the four entries of PAE's
        (X86_PAE, 0xC000_0000, (3, 0, 0)),
        # xv6-riscv's book, ch. 3: the trampoline is the last page below MAXVA; KERNBASE
        (SV39, (1 << 38) - 4096, (255, 511, 511)),
        (SV39, 0x8000_0000, (2, 0, 0)),
        # OSTEP ch. 20's homework
        (TOY15, 0x611C, (24, 8)),
    ],
)
def test_known_addresses_fall_into_known_entries(mode, va, indices):
    assert mode.split(va)[0] == indices


widths = st.lists(st.integers(1, 12), min_size=1, max_size=5)


@given(widths, st.integers(0, 20), st.data())
def test_split_cuts_the_address_as_written_in_binary_and_join_puts_it_together(bits, shift, data):
    mode = PagingMode("any", tuple(bits), page_shift=min(shift, 64 - sum(bits)))
    va = data.draw(st.integers(0, (1 << mode.va_bits) - 1))
    text, pieces = f"{va:0{mode.va_bits}b}", []
    for width in bits:
        pieces.append(int(text[:width], 2))
        text = text[width:]
    assert mode.split(va) == (tuple(pieces), int(text or "0", 2))
    assert mode.join(*mode.split(va)) == va


# -- the upper half --------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [X86_64, X86_64_LA57, SV39, SV48], ids=lambda mode: mode.name)
def test_a_64_bit_address_repeats_its_top_bit_or_is_refused(mode):
    half = 1 << (mode.va_bits - 1)
    assert mode.low_bits(half - 1) == half - 1
    assert mode.low_bits((1 << 64) - half) == half
    assert mode.low_bits((1 << 64) - 1) == 2 * half - 1
    for hole in (2 * half, (1 << 64) - half - 1, 1 << 63):
        with pytest.raises(ValueError, match=f"va {hole:#x} does not fit in {mode.va_bits} bits"):
            mode.split(hole)
    for whole in (0, half - 1, (1 << 64) - half, (1 << 64) - 1):
        assert mode.is_canonical(whole)
        assert mode.join(*mode.split(whole)) == whole
        assert mode.extend(mode.translated_bits(whole)) == whole
    for hole in (half, 2 * half - 1, 2 * half, (1 << 64) - half - 1):
        assert not mode.is_canonical(hole)
        with pytest.raises(NotCanonical, match=rf"^va {hole:#x} is not canonical: bits 63 to "):
            mode.translated_bits(hole)


def test_a_32_bit_machine_has_no_upper_half_of_64_bits():
    with pytest.raises(ValueError, match=r"va 0xffffffffc0000000 does not fit in 32 bits"):
        X86_32.split(0xFFFF_FFFF_C000_0000)


# -- what the bits of an entry mean ----------------------------------------------------------------

# Where each flag stands. x86-64: SDM table "Format of a Page-Table Entry that Maps a 4-KByte Page",
# Linux pgtable_types.h; RISC-V: privileged spec fig. "Sv39 page table entry", xv6 riscv.h;
# Arm: Linux pgtable-hwdef.h and pgtable-prot.h (PTE_USER, PTE_AF, PTE_UXN, PTE_DIRTY).
BITS = {
    X86_64: {
        "present": 0,
        "writable": 1,
        "user": 2,
        "accessed": 5,
        "dirty": 6,
        "huge": 7,
        "global_": 8,
        "nx": 63,
    },
    X86_32: {
        "present": 0,
        "writable": 1,
        "user": 2,
        "accessed": 5,
        "dirty": 6,
        "huge": 7,
        "global_": 8,
    },
    SV39: {
        "present": 0,
        "readable": 1,
        "writable": 2,
        "user": 4,
        "global_": 5,
        "accessed": 6,
        "dirty": 7,
    },
    ARM64_16K: {"present": 0, "user": 6, "accessed": 10, "nx": 54, "dirty": 55},
}
BITS |= {X86_PAE: BITS[X86_64], SV32: BITS[SV39], ARM64_4K: BITS[ARM64_16K]}
# Bits that are 1 where the flag is *not* set: X of RISC-V; table/page, read-only, nG of Arm.
OPPOSITES = {SV39: {"nx": 3}, ARM64_16K: {"huge": 1, "writable": 7, "global_": 11}}
OPPOSITES |= {SV32: OPPOSITES[SV39], ARM64_4K: OPPOSITES[ARM64_16K]}


@pytest.mark.parametrize("mode", BITS, ids=lambda mode: mode.name)
def test_every_flag_stands_where_the_manual_puts_it(mode):
    empty = mode.pte.pack()
    for name, bit in (BITS[mode] | OPPOSITES.get(mode, {})).items():
        assert mode.pte.pack(**{name: True}) ^ empty == 1 << bit, name
    assert empty == sum(1 << bit for bit in OPPOSITES.get(mode, {}).values())


@pytest.mark.parametrize(
    ("mode", "shift", "bits"),
    [
        (X86_64, 12, 40),
        (X86_32, 12, 20),
        (X86_PAE, 12, 40),
        (SV32, 10, 22),
        (SV39, 10, 44),
        (SV48, 10, 44),
        (ARM64_4K, 12, 36),
        (ARM64_16K, 14, 34),
    ],
)
def test_the_frame_number_fills_its_field(mode, shift, bits):
    ones = (1 << bits) - 1
    assert mode.pte.pack(pfn=ones) ^ mode.pte.pack() == ones << shift
    assert mode.pte.unpack(mode.pte.pack(pfn=ones)).pfn == ones


def test_entries_as_kernels_write_them():
    # Linux pgtable_types.h: __PAGE_KERNEL is P RW A D G NX = 0x8000000000000163
    page = X86_64.pte.unpack(0x8000_0000_0000_0163)
    assert page == Pte(
        present=True, readable=True, writable=True, accessed=True, dirty=True, global_=True, nx=True
    )
    assert page.flags == "P W A D G NX"
    # xv6-riscv: a user page is PTE_V|PTE_R|PTE_W|PTE_X|PTE_U = 0x1f
    leaf = SV39.pte.pack(present=True, readable=True, writable=True, user=True)
    assert leaf == 0x1F
    assert SV39.pte.unpack(leaf).flags == "V R W X U"
    assert SV39.rules[0].read(leaf)[0] is Kind.PAGE
    # OSTEP's homework: the valid bit on top, seven bits of PFN
    assert TOY15.pte.unpack(0xA1) == Pte(
        present=True, pfn=0x21, readable=True, writable=True, user=True
    )
    assert not TOY15.pte.unpack(0x7F).present


def test_pointers_to_the_table_at_0x2000():
    assert SV39.pte.pointer(2) == 0x801  # V, and R = W = X = 0 says pointer
    assert X86_64.pte.pointer(2) == 0x2007  # P, W and U: the levels below decide
    assert X86_32.pte.pointer(2) == 0x2007
    assert ARM64_16K.pte.pointer(2) == (2 << 14) | 0b11  # a table descriptor
    for mode in (SV39, X86_64, X86_32, ARM64_16K):
        assert mode.rules[0].read(mode.pte.pointer(2))[0] is Kind.TABLE


def test_a_flag_without_a_bit_reads_as_the_hardware_behaves():
    assert not X86_32.pte.unpack(0xFFFF_FFFF).nx
    assert TOY15.pte.unpack(0).writable
    assert X86_64.pte.unpack(0).readable


@every_mode
@given(data=st.data())
def test_pack_keeps_what_unpack_read_and_nothing_else(mode, data):
    fmt = mode.pte
    word = data.draw(st.integers(0, (1 << (8 * fmt.bytes)) - 1))
    named = fmt.pack(pfn=(1 << fmt.pfn_bits) - 1) ^ fmt.pack()
    for name in (
        "present",
        "readable",
        "writable",
        "user",
        "accessed",
        "dirty",
        "huge",
        "global_",
        "nx",
    ):
        named |= fmt.pack(**{name: True}) ^ fmt.pack(**{name: False})
    assert fmt.pack(fmt.unpack(word)) == word & named


@every_mode
@given(data=st.data())
def test_rewriting_a_field_leaves_every_other_bit_alone(mode, data):
    fmt = mode.pte
    word = data.draw(st.integers(0, (1 << (8 * fmt.bytes)) - 1))
    pfn = data.draw(st.integers(0, (1 << fmt.pfn_bits) - 1))
    field = ((1 << fmt.pfn_bits) - 1) << fmt.pfn_shift
    assert fmt.rewrite(word, pfn=pfn) == word & ~field | pfn << fmt.pfn_shift
    present = fmt.rewrite(word, present=True)
    assert (fmt.unpack(present).present, present | 1 << fmt.present) == (True, present)
    assert present ^ word in (0, 1 << fmt.present)


# -- what is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("va", "message"),
    [
        (1 << 70, r"va 0x400000000000000000 does not fit in 15 bits \(TOY15\)"),
        (0x8000, r"va 0x8000 does not fit in 15 bits \(TOY15\)"),
        (-1, r"va -0x1 does not fit in 15 bits \(TOY15\)"),
        (np.int64(-1), r"va -0x1 does not fit in 15 bits \(TOY15\)"),
        ("0x10", r"va '0x10' is not a whole number"),
        (16.0, r"va 16.0 is not a whole number"),
        (None, r"va None is not a whole number"),
        ([16], r"va \[16\] is not a whole number"),
        (np.bool_(True), r"va .*True.* is not a whole number"),
    ],
)
def test_a_bad_address_is_named(va, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        TOY15.split(va)


@pytest.mark.parametrize("kind", [int, np.int16, np.int64, np.uint64])
def test_an_address_may_be_any_kind_of_integer(kind):
    indices, offset = TOY15.split(kind(0x611C))
    assert (indices, offset) == ((24, 8), 28)
    assert {type(number) for number in (*indices, offset)} == {int}
    assert TOY15.split(True) == ((0, 0), 1)  # Python's bool is an int


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"index_bits": ()}, "at least one level"),
        ({"index_bits": (9, 0)}, r"index bits 0 is outside 1\.\."),
        ({"index_bits": (9, -9)}, r"index bits -9 is outside 1\.\."),
        ({"index_bits": (9.0,)}, r"index bits 9\.0 is not a whole number"),
        ({"index_bits": (9)}, "9 is not a row of numbers"),
        ({"index_bits": (9, 9), "page_shift": 70}, r"page_shift 70 is outside 0\.\.46"),
        ({"index_bits": (9, 9), "page_shift": -1}, r"page_shift -1 is outside 0\.\.46"),
        ({"index_bits": (40, 30)}, r"index bits 40 \+ 30 are more than the 64 of an address"),
        ({"index_bits": (40, 40)}, r"index bits 40 \+ 40 are more than the 64 of an address"),
        ({"index_bits": (9,), "huge_levels": (0,)}, r"huge levels \(0,\), but only the last level"),
        ({"index_bits": (9, 9), "pa_bits": 53}, r"pa_bits 53 is outside 13\.\.52"),
        ({"index_bits": (9, 9), "pa_bits": 12}, r"pa_bits 12 is outside 13\.\.52"),
        ({"index_bits": (9, 9), "upper": (PteFormat(),) * 2}, "2 upper formats for 2 levels"),
        (
            {"index_bits": (9, 9), "upper": (PteFormat(bytes=4, pfn_bits=20, nx=None),)},
            "entries of 4 and of 8 bytes",
        ),
        ({"index_bits": (9, 9), "huge_levels": (1,)}, r"huge level 1 is outside 0\.\.0"),
        ({"index_bits": (9, 9), "huge_levels": (-1,)}, r"huge level -1 is outside 0\.\.0"),
        ({"index_bits": (9, 9), "huge_levels": (0,), "pte": PteFormat(huge=None)}, "says huge"),
    ],
)
def test_a_bad_mode_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        PagingMode("bad", **arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"bytes": 3}, "entry size 3 is not 1, 2, 4 or 8 bytes"),
        ({"bytes": 4, "nx": None}, r"pfn_bits 40 is outside 1\.\.32 \(entry of 32 bits\)"),
        ({"pfn_bits": -1}, r"pfn_bits -1 is outside 1\.\.64"),
        ({"pfn_shift": 30}, r"pfn_shift 30 is outside 0\.\.24"),
        ({"nx": 64}, r"bit nx 64 is outside 0\.\.63"),
        ({"dirty": 5}, "bit 5 is both accessed and dirty"),
        ({"nx": ~12}, "bit 12 is both pfn and nx"),
        ({"reserved": 1 << 52 | 1 << 63}, "bit 63 is both nx and reserved"),
        ({"reserved": 1 << 64}, "reserved 18446744073709551616 is outside"),
        ({"dialect": RISCV}, "RISC-V knows a page by bit readable; there is none"),
        ({"dialect": ARM, "huge": None}, "Arm knows a page by bit huge; there is none"),
    ],
)
def test_a_bad_format_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        PteFormat(**arguments)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"pfn": 1 << 40}, "pfn 0x10000000000 does not fit in 40 bits"),
        ({"pfn": -1}, "pfn -0x1 does not fit in 40 bits"),
        ({"pfn": "7"}, "pfn '7' is not a whole number"),
        ({"pfn": 7.0}, r"pfn 7\.0 is not a whole number"),
        ({"execute": True}, "an entry has no field 'execute'"),
    ],
)
def test_a_bad_field_is_named(fields, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        X86_64.pte.pack(**fields)
    with pytest.raises(ValueError, match=f"^{message}$"):
        X86_64.pte.rewrite(1, **fields)


def test_a_frame_number_from_numpy_packs_like_any_other():
    assert X86_64.pte.pack(pfn=np.int64(7), nx=True) == 7 << 12 | 1 << 63


@pytest.mark.parametrize(
    ("word", "message"),
    [
        (1 << 64, "entry 0x10000000000000000 does not fit in 64 bits"),
        (-1, "entry -0x1 does not fit in 64 bits"),
        ("1", "entry '1' is not a whole number"),
        (1.5, r"entry 1\.5 is not a whole number"),
    ],
)
def test_a_bad_entry_is_named(word, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        X86_64.pte.unpack(word)


def test_bad_indices_are_named():
    with pytest.raises(ValueError, match="3 indices for 4 levels"):
        X86_64.join((1, 2, 3))
    with pytest.raises(ValueError, match=r"PTE index 512 is outside 0\.\.511"):
        X86_64.join((0, 0, 0, 512))
    with pytest.raises(ValueError, match=r"offset 4096 is outside 0\.\.4095"):
        X86_64.join((0, 0, 0, 0), 4096)
    for level in (-1, 4):
        for ask in (X86_64.shift, X86_64.span, X86_64.table_bytes):
            with pytest.raises(ValueError, match=rf"level {level} is outside 0\.\.3"):
                ask(level)
