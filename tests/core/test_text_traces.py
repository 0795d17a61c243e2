"""Traces of other tools: what lackey and perf wrote of one small program, and of anything else.

`samples/eight_pages.c` goes over eight pages twice, and loads once and stores once on each before
it changes a third word; the samples are what the tools said of it (valgrind 3.19, perf 6.1).
"""

from __future__ import annotations

import contextlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagesim.traces import load, read_lackey, read_perf, save

SAMPLES = Path(__file__).parent / "samples"
PAGES = [0x403 + page for page in range(8)]


def test_lackey_tells_each_access_of_a_real_program() -> None:
    trace = read_lackey(SAMPLES / "lackey.txt")
    assert trace.name == "lackey"
    assert trace.data.vpn.tolist() == PAGES * 2
    assert trace.data.length.tolist() == [4] * 16  # a load, a store, a load and a store
    # what lackey itself counted stands at its end: "guest instrs", and I64 loads and stores
    assert (trace.instructions.accesses, trace.accesses) == (156, 156 + 32 + 32)
    assert int(trace.stores.sum()) == 32
    vpn, kind = trace.per_access()
    assert vpn[kind > 0].tolist() == trace.data.expand().tolist()
    assert kind[trace.data.time].tolist() == [1] * 16


def test_perf_tells_each_fault_of_a_real_program() -> None:
    faults = read_perf(SAMPLES / "perf_page_faults.txt")
    # its code; then each page faults for the load (the zero page) and again for the store
    assert faults.data.expand().tolist() == [0x401, *np.repeat(PAGES, 2)]
    assert (faults.unit, faults.written) == ("page faults", None)
    told = read_perf(SAMPLES / "perf_exceptions.txt", name="eight pages")
    assert told.data.expand().tolist() == faults.data.expand().tolist()
    assert told.written is not None
    assert told.written.tolist() == [False] + [True] * 8
    assert repr(told).startswith("eight pages (read from the output of perf script): 17 page fau")


def test_lines_of_others_are_passed_over() -> None:
    lines = (SAMPLES / "lackey.txt").read_text().splitlines()
    noisy = [part for line in lines for part in ("hello from the program", line, "", " L nonsense")]
    assert read_lackey(noisy).data.vpn.tolist() == PAGES * 2
    noisy = ["# perf", "swapper 0 [000] 1.0: sched:sched_switch: prev=1", "x 1 2.0: page-faults: 0"]
    assert read_perf(noisy).data.vpn.tolist() == [0]


@pytest.mark.parametrize(
    ("line", "pages", "written"),
    [
        ("n 12/12 5.6: page-faults:u:  7f0000001000", [0x7F0000001], None),
        ("n 12 5.6:  1 major-faults:  7f0000001fff  401000 main+0x1 (/n)", [0x7F0000001], None),
        ("n 1 [001] 5.6: exceptions:page_fault_user: address=0x1000 ip=0x1", [1], None),
        ("n 1 5.6: exceptions:page_fault_kernel: address=0x2000 ip=f0x1 error_code=0x2", [2], [1]),
        ("n 1 5.6: cpu/mem-stores/P:  3000  401000 |OP STORE|LVL L1 hit|", [3], [1]),
        ("n 1 5.6:  cpu/mem-loads,ldlat=30/Pu:   4000 401000", [4], [0]),
    ],
)
def test_perf_writes_it_in_many_ways(line: str, pages: list[int], written: object) -> None:
    trace = read_perf([line])
    assert trace.data.vpn.tolist() == pages
    assert (None if trace.written is None else trace.written.tolist()) == written
    assert trace.unit == ("data accesses" if "mem-" in line else "page faults")
    assert ("Samples" in trace.note) == ("mem-" in line)


@pytest.mark.parametrize(
    ("reader", "source", "message"),
    [
        (read_lackey, [], "the text has no load or store as lackey writes them"),
        (read_lackey, ["I  00401000,3"], r"in 0 lines: was it run with --trace-mem=yes\?"),
        (read_lackey, SAMPLES / "perf_exceptions.txt", r"perf_exceptions.txt has no .* 17 lines"),
        (read_lackey, [" L 1", " L fff1fffffffffffff,8"], "line 2: address fff1.* than 56 bits"),
        (read_perf, SAMPLES / "lackey.txt", "lackey.txt has no page fault with an address"),
        (read_perf, SAMPLES / "perf_without_addresses.txt", "no addresses of data, .* perf record"),
        (read_perf, ["n 1 5: page-faults: ffffffff81000000 1000"], "address of user space"),
        (
            read_perf,
            ["n 1 5: page-faults: 1000 1000", "n 1 5: cpu/mem-loads/: 1000 1000"],
            "mixes page faults with sampled",
        ),
    ],
)
def test_what_cannot_be_read_is_named(reader, source: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        reader(source)
    with pytest.raises(FileNotFoundError):
        reader(SAMPLES / "nothing")


@given(st.lists(st.text(alphabet=" ILSM=0123456789abcdef,:\n-xpagefults"), max_size=9))
def test_any_text_is_read_or_refused_in_a_sentence(lines: list[str]) -> None:
    for reader in (read_lackey, read_perf):
        with contextlib.suppress(ValueError):  # and nothing else
            reader(lines)


def test_what_was_read_can_be_kept(tmp_path: Path) -> None:
    for trace in (read_lackey(SAMPLES / "lackey.txt"), read_perf(SAMPLES / "perf_exceptions.txt")):
        save(trace, tmp_path / "kept.npz")
        kept = load(tmp_path / "kept.npz")
        assert (kept.name, kept.unit, kept.counted) == (trace.name, trace.unit, trace.counted)
        assert kept.data.expand().tolist() == trace.data.expand().tolist()
    (tmp_path / "broken.npz").write_bytes(b"PK nonsense")
    for wrong in ("broken.npz", SAMPLES / "lackey.txt"):
        with pytest.raises(ValueError, match="is no stored trace"):
            load(tmp_path / wrong)
