"""The same question to pycachesim and libcachesim: one size each, against every size here.

The data accesses of each recorded trace, every access. pycachesim (C, set-associative) runs a DTLB
of 64 entries in 4 ways over an STLB of 1536 in 12; libcachesim (C, fully associative) an LRU of 64
entries, read from a binary file. `first` and `move` are ours for pycachesim's geometry, `curve` is
ours for all sizes at once. Milliseconds of processor time; making their input isn't counted.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from pagesim.reuse import Counts, Hierarchy, Stack, miss_ratio_curve
from pagesim.traces import RECORDED, Runs, recorded

from .measure import Row, seconds, table

ENTRIES = 64
REQUEST = np.dtype([("time", "<u4"), ("id", "<u8"), ("size", "<u4"), ("next", "<i8")])


def installed(name: str, package: str) -> ModuleType | None:
    """Import a peer, or say why its column stays empty."""
    try:
        return import_module(name)
    except ImportError as error:
        print(f"{name} is left out: {error} (.venv-bench/bin/python -m pip install {package})")
        return None


def with_pycachesim(cachesim: Any, data: Runs) -> Callable[[], tuple[int, int]]:
    """Misses of both levels."""
    addresses = (data.expand() << 12).tolist()

    def run() -> tuple[int, int]:
        memory = cachesim.MainMemory()
        second = cachesim.Cache("STLB", 128, 12, 4096)
        first = cachesim.Cache("DTLB", 16, 4, 4096, load_from=second, store_to=second)
        memory.load_to(second)
        memory.store_from(second)
        cachesim.CacheSimulator(first, memory).load(addresses)
        return first.MISS_count, second.MISS_count

    return run


def with_libcachesim(libcachesim: Any, data: Runs, folder: Path) -> Callable[[], int]:
    """Misses of a fully associative LRU."""
    requests = np.zeros(data.accesses, REQUEST)
    requests["time"], requests["id"] = np.arange(data.accesses), data.expand()
    requests["size"], requests["next"] = 1, -2
    path = folder / "requests"
    requests.tofile(path)

    def run() -> int:
        reader = libcachesim.TraceReader(
            str(path),
            libcachesim.TraceType.ORACLE_GENERAL_TRACE,
            libcachesim.ReaderInitParam(ignore_obj_size=True),
        )
        ratio, _ = libcachesim.LRU(ENTRIES, hashpower=12).process_trace(reader)
        return round(float(ratio) * data.accesses)

    return run


def first_answer(data: Runs) -> Counts:
    """Answer with nothing known but the trace."""
    return Hierarchy(data).simulate()


def there_and_back(hierarchy: Hierarchy) -> list[Counts]:
    """Two moves, each to another geometry."""
    return [hierarchy.simulate(dtlb=dtlb) for dtlb in ((48, 3), (64, 4))]


def main() -> list[Row]:
    """Time one geometry there and all of them here; the misses are compared."""
    cachesim = installed("cachesim", "pycachesim")
    # it would bring what the tests' matplotlib does not go with
    libcachesim = installed("libcachesim", "--no-deps libcachesim")
    rows: list[Row] = []
    for name in RECORDED:
        data = recorded(name).data
        string = data.expand()
        known = Hierarchy(data)
        counts = known.simulate()
        missed = {"pycachesim": float("nan"), "libcachesim": float("nan")}
        if cachesim is not None:
            run = with_pycachesim(cachesim, data)
            missed["pycachesim"] = seconds(run, repeats=1) * 1e3
            if run() != (counts.dtlb_misses, counts.walks):
                raise RuntimeError(f"{name}: pycachesim counts {run()}, we {counts}")
        if libcachesim is not None:
            with tempfile.TemporaryDirectory() as folder:
                other = with_libcachesim(libcachesim, data, Path(folder))
                missed["libcachesim"] = seconds(other, repeats=2) * 1e3
                if other() != Stack(data.vpn).misses(1, ENTRIES).size:
                    raise RuntimeError(f"{name}: libcachesim counts {other()} misses")
        rows.append(
            {
                "trace": name,
                "data accesses": data.accesses,
                **missed,
                "first": seconds(first_answer, data) * 1e3,
                "move": seconds(there_and_back, known, repeats=25) / 2 * 1e3,
                "curve": seconds(miss_ratio_curve, string) * 1e3,
            }
        )
    return table(rows)


if __name__ == "__main__":
    main()
