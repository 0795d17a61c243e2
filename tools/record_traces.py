"""Record every memory access of five programs, page by page, into pagesim/data/traces.

    python tools/record_traces.py               # all of them, a few minutes
    python tools/record_traces.py ls python

Needs Linux with valgrind, setarch, gcc, gzip and sqlite3. `setarch -R` switches address-space
randomisation off, so that a program on the same system gives the same trace again; another system
has other libraries and gives another trace. `pagesim/data/traces/README.md` tells the format.
"""

from __future__ import annotations

import os
import platform
import random
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Generator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

DATA = Path(__file__).parents[1] / "pagesim" / "data" / "traces"

PAGE_SHIFT = 12
LONGEST = 0xFFFF  # a longer run is written as several, so that lengths fit into 16 bits
MILLION = 1_000_000

Command = list[str]


@dataclass(frozen=True)
class Recording:
    """What to run, and which of its accesses to keep."""

    command: Callable[[Path], Command]
    skip: int
    keep: int


def gzip_numbers(folder: Path) -> Command:
    """Compress 20,000 shuffled numbers."""
    numbers = list(range(20_000))
    random.Random(0).shuffle(numbers)
    (folder / "numbers").write_text("".join(f"{number}\n" for number in numbers))
    return ["gzip", "-9", "-c", str(folder / "numbers")]


def sqlite_join(folder: Path) -> Command:
    """Group and join 3,000 rows."""
    (folder / "join.sql").write_text(
        "create table t(a integer, b integer);\n"
        "with recursive n(i) as (select 1 union all select i + 1 from n where i < 3000)\n"
        "insert into t select i, i * 7919 % 101 from n;\n"
        "select b, count(*), sum(a) from t group by b;\n"
        "select count(*) from t x join t y on x.a = y.b;\n"
    )
    return ["sqlite3", ":memory:", f".read {folder / 'join.sql'}"]


def cc1_hello(folder: Path) -> Command:
    """Compile a hello-world, without the driver around the compiler."""
    source = folder / "hello.c"
    source.write_text('#include <stdio.h>\nint main(void) { puts("hello, world"); return 0; }\n')
    cc1 = subprocess.run(
        ["gcc", "-print-prog-name=cc1"], check=True, capture_output=True, text=True
    ).stdout.strip()
    return [cc1, "-quiet", "-O1", str(source), "-o", str(folder / "hello.s")]


def python_sort(folder: Path) -> Command:
    """Start Python, sort a list, fill a dictionary."""
    program = "x = sorted(range(2000), key=lambda i: i * 7919 % 2003); d = {i: str(i) for i in x}"
    return ["/usr/bin/python3", "-S", "-E", "-c", program]


RECORDINGS = {
    "ls": Recording(lambda folder: ["ls", "-lR", "/usr/share/doc"], 0, 6 * MILLION),
    "gzip": Recording(gzip_numbers, 4 * MILLION, 6 * MILLION),
    "sqlite": Recording(sqlite_join, 0, 8 * MILLION),
    "cc1": Recording(cc1_hello, 2 * MILLION, 8 * MILLION),
    "python": Recording(python_sort, 0, 5 * MILLION),
}


def accesses(command: Command, folder: Path) -> Generator[int, None, None]:
    """Run a program under lackey and yield each access as ``vpn * 4 + kind``.

    Lackey writes ``I  04001000,3`` for a fetch, `` L``, `` S`` and `` M`` for a load, a store and
    both (which counts as a store); the number after the comma is the size. An access that crosses
    into the next page counts at its first page.
    """
    kinds = {b"I ": 0, b" L": 1, b" S": 2, b" M": 2}
    log = folder / "log"
    os.mkfifo(log)
    lackey = ["valgrind", "--tool=lackey", "--trace-mem=yes", f"--log-file={log}"]
    program = subprocess.Popen(
        ["setarch", platform.machine(), "-R", *lackey, *command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with log.open("rb", buffering=1 << 20) as lines:
            for line in lines:
                kind = kinds.get(line[:2])
                if kind is not None:
                    address = int(line[3 : line.index(b",")], 16)
                    yield address >> PAGE_SHIFT << 2 | kind
    finally:  # what the program would still do is not wanted
        program.kill()
        program.wait()


def runs(pages: NDArray[np.integer]) -> tuple[NDArray[np.integer], NDArray[np.uint16]]:
    """Tell a stream as runs of one page, none longer than `LONGEST`."""
    start = np.flatnonzero(np.diff(pages, prepend=-1))
    length = np.diff(start, append=pages.size)
    parts = -(-length // LONGEST)
    lengths = np.full(parts.sum(), LONGEST)
    lengths[np.cumsum(parts) - 1] = length - (parts - 1) * LONGEST
    return np.repeat(pages[start], parts), lengths.astype(np.uint16)


def pack(packed: NDArray[np.int64]) -> dict[str, NDArray[np.generic]]:
    """Turn accesses into the arrays of a trace file."""
    kind = packed & 3
    vpn, index = np.unique(packed >> 2, return_inverse=True)
    small = np.min_scalar_type(vpn.size - 1)
    iid, ilen = runs(index[kind == 0])
    did, dlen = runs(index[kind > 0])
    return {
        "vpn": vpn.astype(np.uint64),
        "n": np.array(packed.size),
        "isdata": np.packbits(kind > 0),
        "iid": iid.astype(small),
        "ilen": ilen,
        "did": did.astype(small),
        "dlen": dlen,
        "store": np.packbits(kind[kind > 0] == 2),
    }


def save(path: Path, arrays: dict[str, NDArray[np.generic]]) -> None:
    """Write an .npz file whose members are compressed with LZMA, a third smaller than deflate."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        for name, array in arrays.items():
            info = zipfile.ZipInfo(f"{name}.npy")  # dated 1980: the same accesses, the same file
            info.compress_type = zipfile.ZIP_LZMA
            with archive.open(info, "w") as member:
                npy.write_array(member, array, allow_pickle=False)


def main(wanted: list[str]) -> None:
    """Record the programs named, or all of them."""
    for name in wanted or RECORDINGS:
        if name not in RECORDINGS:
            sys.exit(f"no recording is called {name!r}; there are {', '.join(RECORDINGS)}")
        recording = RECORDINGS[name]
        with tempfile.TemporaryDirectory() as folder:
            stream = accesses(recording.command(Path(folder)), Path(folder))
            kept = islice(stream, recording.skip, recording.skip + recording.keep)
            packed = np.fromiter(kept, np.int64)
            stream.close()
        if packed.size < recording.keep:
            sys.exit(f"{name} made only {packed.size} of {recording.keep} accesses")
        arrays = pack(packed)
        save(DATA / f"{name}.npz", arrays)
        print(f"{name}: {packed.size} accesses to {arrays['vpn'].size} pages")


if __name__ == "__main__":
    main(sys.argv[1:])
