"""Prices of tables and accesses: the textbooks' numbers, and Linux's."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagesim import ARM64_16K, SV39, X86_32, X86_64, X86_64_LA57, binary
from pagesim.costs import (
    LATENCIES,
    best_page_size,
    effective_access_time,
    linear_table_bytes,
    table_bytes,
    tables_for_regions,
    tables_for_stride,
)

KIB, MIB, GIB, TIB = 1 << 10, 1 << 20, 1 << 30, 1 << 40


# -- flat tables -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("va_bits", "page_shift", "pte_bytes", "size"),
    [
        (32, 12, 4, 4 * MIB),  # OSTEP ch. 18: a process's linear table
        (48, 12, 8, 512 * GIB),
        (57, 12, 8, 256 * TIB),
        (64, 12, 8, 32 << 50),
        (32, 0, 4, 16 * GIB),  # an entry for every byte of 4 GiB
        (32, 14, 4, MIB),  # OSTEP ch. 20: 16 KiB pages
        (6, 0, 1, 64),
        (12, 12, 8, 8),
    ],
)
def test_a_linear_table_pays_for_every_page(va_bits, page_shift, pte_bytes, size):
    assert linear_table_bytes(va_bits, page_shift, pte_bytes) == size


# -- trees -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pages", "stride", "counts"),
    [
        (1, 4 * KIB, (1, 1, 1, 1)),
        (512, 4 * KIB, (1, 1, 1, 1)),
        (513, 4 * KIB, (1, 1, 1, 2)),
        (1 << 18, 4 * KIB, (1, 1, 1, 512)),  # 1 GiB in one piece: 515
        (256, 512 * GIB, (1, 256, 256, 256)),  # a page in each 512 GiB: 769
        (512, GIB, (1, 1, 512, 512)),
        (1 << 36, 4 * KIB, (1, 512, 512**2, 512**3)),  # everything
    ],
)
def test_tables_of_a_stride(pages, stride, counts):
    assert tables_for_stride(X86_64, pages, stride) == counts


def test_one_page_costs_16_kib_and_the_lonely_256_more_than_the_gibibyte():
    assert table_bytes(X86_64, tables_for_stride(X86_64, 1, 4096)) == 16 * KIB
    assert sum(tables_for_stride(X86_64, 1 << 18, 4 * KIB)) == 515
    assert sum(tables_for_stride(X86_64, 256, 512 * GIB)) == 769


def test_two_pages_2_mib_apart_share_three_tables():
    one, two = ([(start, 4096) for start in starts] for starts in ([0], [0, 2 * MIB]))
    both = sum(tables_for_regions(X86_64, two))
    assert 2 * sum(tables_for_regions(X86_64, one)) - both == 3


def test_a_full_tree_is_the_flat_table_and_the_levels_above_it():
    everything = table_bytes(X86_64, tables_for_stride(X86_64, 1 << 36, 4096))
    assert everything - linear_table_bytes(48) == 4096 * (1 + 512 + 512**2)


# Growth of VmPTE in kB, counted on Linux 6.18 for mappings at this address; the root was there.
@pytest.mark.parametrize(
    ("pages", "stride", "kb"),
    [
        (1, 4 * KIB, 12),
        (512, 4 * KIB, 12),
        (512, 2 * MIB, 2056),
        (512, GIB, 4100),
        (64, 512 * GIB, 768),
        (1 << 18, 4 * KIB, 2056),
    ],
)
def test_tables_weigh_what_linux_counted(pages, stride, kb):
    start = 0x1000_0000_0000
    touched = [(start + i * stride, 4096) for i in range(pages)]
    counts = tables_for_regions(X86_64, touched)
    assert table_bytes(X86_64, counts) - 4096 == kb * KIB
    assert counts == tables_for_stride(X86_64, pages, stride)


def test_five_hundred_connections_to_16_gib_of_shared_buffers():
    each = tables_for_regions(X86_64, [(0x7F00_0000_0000, 16 * GIB)])
    assert each[3] * 4 * KIB == 32 * MIB
    assert 500 * each[3] * 4 * KIB > 15 * GIB


def test_regions_may_touch_overlap_and_come_in_any_order():
    apart = [(0, 3 * MIB), (GIB, 4096), (3 * MIB, 5 * MIB)]
    nested = [(GIB + 100, 1), (0, 8 * MIB), (MIB, 4096), (GIB, 4096)]
    assert tables_for_regions(X86_64, apart) == (1, 1, 2, 5)
    assert tables_for_regions(X86_64, nested) == (1, 1, 2, 5)
    assert tables_for_regions(X86_64, []) == (1, 0, 0, 0)


def test_the_last_byte_decides_and_the_upper_half_may_be_written_in_64_bits():
    assert tables_for_regions(X86_64, [(2 * MIB - 1, 1)]) == (1, 1, 1, 1)
    assert tables_for_regions(X86_64, [(2 * MIB - 1, 2)]) == (1, 1, 1, 2)
    top = [((1 << 64) - 4096, 4096), (0x0000_7FFF_FFFF_F000, 4096)]
    assert tables_for_regions(X86_64, top) == (1, 2, 2, 2)


def test_other_machines():
    assert tables_for_stride(X86_64_LA57, 1, 4096) == (1,) * 5
    assert tables_for_stride(X86_32, 1024, 4 * MIB) == (1, 1024)
    assert table_bytes(X86_32, (1, 1024)) == 4 * MIB + 4 * KIB
    assert tables_for_stride(SV39, 512, GIB) == (1, 512, 512)
    assert tables_for_stride(ARM64_16K, 2, 128 * TIB) == (1, 2, 2, 2)


# -- page size -------------------------------------------------------------------------------------


def test_tanenbaums_page_size():
    # Modern Operating Systems, "Page Size": 1 MiB and 8 bytes an entry give 4 KiB
    assert best_page_size(MIB, 8) == 4 * KIB
    assert best_page_size(128 * KIB, 8) == pytest.approx(1448, abs=0.5)


@given(st.floats(1, 1e15), st.integers(1, 64), st.floats(0.01, 100))
def test_no_other_page_size_costs_less(size, pte_bytes, factor):
    def overhead(page):
        return size / page * pte_bytes + page / 2

    best = best_page_size(size, pte_bytes)
    assert overhead(best) <= overhead(best * factor) * (1 + 1e-12)


# -- time ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "ns"),
    [
        # Silberschatz, 10th ed. sec. 9.3.2.1: 10 ns memory, hit ratios 80 % and 99 %
        ({"hit_ratio": 0.80, "memory_ns": 10}, 12),
        ({"hit_ratio": 0.99, "memory_ns": 10}, 10.1),
        # the same, 7th to 9th ed.: 20 ns lookup, 100 ns memory, 80 % and 98 %
        ({"hit_ratio": 0.80, "memory_ns": 100, "lookup_ns": 20}, 140),
        ({"hit_ratio": 0.98, "memory_ns": 100, "lookup_ns": 20}, 122),
        # no TLB: four reads before each read are five reads
        ({"hit_ratio": 0, "memory_ns": 100, "levels": 4}, 500),
        ({"hit_ratio": 1, "memory_ns": 100, "levels": 4}, 100),
        # TLB 96 %, cache 90 %, 1, 1 and 10 ns, two levels: 1 + 0.04 · 20 + 1 + 0.1 · 10
        (
            {"hit_ratio": 0.96, "memory_ns": 10, "lookup_ns": 1, "levels": 2}
            | {"cache_hit_ratio": 0.9, "cache_ns": 1},
            3.8,
        ),
    ],
)
def test_textbook_access_times(arguments, ns):
    assert effective_access_time(**arguments) == pytest.approx(ns)


def test_every_latency_says_whose_it_is():
    for name, latency in LATENCIES.items():
        assert latency.ns > 0, name
        assert latency.grade in ("A", "B", "C"), name
        assert latency.source, name
        assert latency.machine, name
    far, near = LATENCIES["remote memory"], LATENCIES["local memory"]
    assert LATENCIES["major fault"].ns > LATENCIES["minor fault"].ns > far.ns > near.ns


# -- sizes in words --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (1, "1 B"),
        (1023, "1023 B"),
        (1024, "1 KiB"),
        (1536, "1.5 KiB"),
        (2056 * KIB, "2.008 MiB"),
        (4 * MIB, "4 MiB"),
        (512 * GIB, "512 GiB"),
        (256 * TIB, "256 TiB"),
        (1 << 64, "16 EiB"),
        (1 << 70, "1024 EiB"),
    ],
)
def test_binary_units(size, text):
    assert binary(size) == text


# -- what is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: binary(-1), "size -1 is not a number of 0 or more bytes"),
        (lambda: binary(math.nan), "size nan is not a number of 0 or more bytes"),
        (lambda: linear_table_bytes(70), r"va_bits 70 is outside 1\.\.64"),
        (lambda: linear_table_bytes(-1), r"va_bits -1 is outside 1\.\.64"),
        (lambda: linear_table_bytes(32, 33), r"page_shift 33 is outside 0\.\.32 \(address of 32"),
        (lambda: linear_table_bytes(32, -1), r"page_shift -1 is outside 0\.\.32"),
        (lambda: linear_table_bytes(32, 12, 0), r"pte_bytes 0 is outside 1\.\.64"),
        (lambda: linear_table_bytes("32"), "va_bits '32' is not a whole number"),
        (lambda: tables_for_stride(X86_64, 0, 4096), r"pages 0 is outside 1\.\."),
        (lambda: tables_for_stride(X86_64, -5, 4096), r"pages -5 is outside 1\.\."),
        (lambda: tables_for_stride(X86_64, 1, 2048), r"stride 2048 is outside 4096\.\."),
        (lambda: tables_for_stride(X86_64, 1, 12288), "stride 12288 is not a power of two"),
        (lambda: tables_for_stride(X86_64, 513, 512 * GIB), r"pages 513 is outside 1\.\.512"),
        (lambda: tables_for_regions(X86_64, [(0, 0)]), "region of 0 bytes at 0x0"),
        (lambda: tables_for_regions(X86_64, [(4096, -1)]), "region of -1 bytes at 0x1000"),
        (lambda: tables_for_regions(X86_64, [(0, 1.5)]), r"length 1\.5 is not a whole number"),
        (lambda: tables_for_regions(X86_64, [("0", 1)]), "start '0' is not a whole number"),
        (
            lambda: tables_for_regions(X86_64, [(0, 1 << 64)]),  # across the hole
            "region of 18446744073709551616 bytes at 0x0 is no piece of X86_64",
        ),
        (lambda: tables_for_regions(X86_64, [(1 << 70, 1)]), "va 0x4000.* does not fit in 48 bits"),
        (lambda: table_bytes(X86_64, (1, 1)), r"2 counts for 4 levels \(X86_64\)"),
        (lambda: table_bytes(X86_64, (1, 1, 1, -1)), r"count -1 is outside 0\.\."),
        (lambda: best_page_size(0), "size 0 and entry of 8 bytes must both be above 0"),
        (lambda: best_page_size(MIB, -8), "entry of -8 bytes"),
        (lambda: best_page_size(math.nan), "size nan"),
        (lambda: effective_access_time(1.5, 10), r"hit ratio 1\.5 is outside 0\.\.1"),
        (lambda: effective_access_time(-0.1, 10), r"hit ratio -0\.1 is outside 0\.\.1"),
        (lambda: effective_access_time(math.nan, 10), r"hit ratio nan is outside 0\.\.1"),
        (
            lambda: effective_access_time(0.5, 10, cache_hit_ratio=2),
            r"cache hit ratio 2 is outside",
        ),
        (lambda: effective_access_time(0.5, -10), "times -10, 0.0 and 0.0 ns must not be negative"),
        (lambda: effective_access_time(0.5, math.nan), "times nan"),
        (lambda: effective_access_time(0.5, 10, levels=0), r"levels 0 is outside 1\.\.8"),
    ],
)
def test_a_bad_number_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
