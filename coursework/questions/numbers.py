"""The numbers of the questions: what is drawn, the right answer, and what each mistake gives.

A function here has the name of its idea. It draws a problem and works it out, with the simulator
where that can: `right`, and for each misunderstanding what comes out of it. The words that use
these names stand in `words`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from random import Random
from typing import Any

from pagesim.arch import SV39, TOY6, X86_64, PagingMode
from pagesim.costs import linear_table_bytes, table_bytes, tables_for_stride
from pagesim.kernel import Kernel
from pagesim.memory import PhysicalMemory
from pagesim.mmu import Mmu
from pagesim.replacement import simulate
from pagesim.tables import LinearTable, RadixTable
from pagesim.tlb import Tlb
from pagesim.units import binary, digits

Data = dict[str, Any]
_PAGE, _HUGE = 4096, 2 << 20
_FIVE_LEVELS = PagingMode("five levels", (9, 9, 9, 9, 9), 12, X86_64.pte)


def whose_page(rng: Random) -> Data:
    page, mine, theirs = rng.sample(range(3, 60), 3)
    memory = PhysicalMemory(frames=64)
    ours, others = RadixTable(X86_64, memory), RadixTable(X86_64, memory)
    ours.map(page * _PAGE, pfn=mine)
    others.map(page * _PAGE, pfn=theirs)
    first, second = (table.walk(page * _PAGE).pa for table in (ours, others))
    assert first is not None
    assert second is not None
    right, other = first // _PAGE, second // _PAGE
    both = " and ".join(map(str, sorted((right, other))))
    return {"page": page, "mine": mine, "theirs": theirs} | {
        "right": right, "other": other, "own": page, "both": both
    }  # fmt: skip


def byte_of_memory(rng: Random) -> Data:
    shift = rng.choice((5, 6, 7))
    size, page, frame = 1 << shift, *rng.sample(range(2, 12), 2)
    byte = rng.randrange(3, size - 1)
    mode = PagingMode("one level", (4,), shift, TOY6.pte)
    table = LinearTable(mode, PhysicalMemory(frames=16, frame_bytes=size))
    table.map(page * size, pfn=frame)
    va = page * size + byte
    return {"size": size, "va": va, "page": page, "frame": frame, "byte": byte} | {
        "right": table.walk(va).pa,
        "untranslated": va,
        "unscaled": frame + byte,
        "whole": frame * size + va,
    }


def promise(rng: Random) -> Data:
    gib, pages = rng.randrange(2, 30), rng.randrange(20, 60)
    process = Kernel(ram="1 MiB").spawn()
    before = process.counters
    area = process.mmap(gib << 30)
    for number in range(pages):
        process.write(area.start + number * _PAGE)
    touched = (process.counters - before).VmRSS  # KiB
    return {"gib": gib, "pages": pages} | {
        "right": f"{touched} KiB", "all": f"{gib} GiB", "none": "0 KiB", "bytes": f"{pages} bytes"
    }  # fmt: skip


def shared_code(rng: Random) -> Data:
    n, code, data = rng.randrange(3, 9), 10 * rng.randrange(5, 30), 10 * rng.randrange(3, 20)
    return {"n": n, "code": code, "data": data} | {
        "right": code + n * data, "copies": n * (code + data), "once": code + data, "free": n * data
    }  # fmt: skip


def disk_share(rng: Random) -> Data:
    n = rng.choice((10, 20, 25, 50))
    mean = ((n - 1) * 80 + 140_000) / n
    return {"n": n} | {
        "right": digits(mean / 80, 2), "share": digits(1 + 1 / n), "disk": 1750, "half": 875
    }  # fmt: skip


def table_weight(rng: Random) -> Data:
    bits, entry = rng.choice((24, 28, 32)), rng.choice((2, 4))
    ram = 1 << (bits + rng.choice((-2, -1, 3, 4)))
    used = min(ram, 1 << bits) >> rng.choice((2, 3, 4))
    return {"bits": bits, "entry": entry, "ram": binary(ram), "used": binary(used)} | {
        "right": binary(linear_table_bytes(bits, page_shift=0, pte_bytes=entry)),
        "by_ram": binary(ram * entry),
        "by_use": binary(used * entry),
        "by_byte": binary(1 << bits),
    }


def table_in_memory(rng: Random) -> Data:
    entry = rng.choice((2, 3, 4))
    memory = entry * (1 + entry) * 2 * rng.randrange(3, 30)
    return {"memory": memory, "entry": entry} | {
        "right": memory // (1 + entry),
        "outside": memory,
        "by_byte": memory // 2,
        "beside": memory // entry,
    }


def same_page(rng: Random) -> Data:
    vpn, pfn = rng.sample(range(0x100, 0x1000), 2)
    first, second = rng.sample(range(0x100, 0x1000), 2)
    table = RadixTable(X86_64, PhysicalMemory(frames=0x1000))
    table.map(vpn * _PAGE, pfn=pfn)
    one, two = vpn * _PAGE + first, vpn * _PAGE + second
    place = table.walk(one).pa
    return {"one": one, "two": two, "place": place, "vpn": vpn} | {
        "right": table.walk(two).pa,
        "anywhere": pfn * _PAGE + (second ^ rng.randrange(1, 0x100)),
        "untranslated": two,
        "same": place,
    }


def page_size(rng: Random) -> Data:
    power = rng.randrange(1, 5)
    tables = [linear_table_bytes(32, 12 + more, 4) for more in (0, power)]
    lengths = range(1, (_PAGE << power) + 1, 64)  # evenly over a page of the larger size
    small, large = (sum(-each % (_PAGE << more) for each in lengths) for more in (0, power))
    return {"factor": 1 << power, "table": tables[0] // tables[1], "waste": round(large / small)}


def lonely_pages(rng: Random) -> Data:
    n, stride = rng.randrange(5, 40), 1 << 30
    tables = tables_for_stride(X86_64, pages=n, stride=stride)
    return {"n": n, "stride": binary(stride)} | {
        "right": sum(tables),
        "bottom": tables[-1],
        "each": n * len(tables),
        "packed": sum(tables_for_stride(X86_64, pages=n, stride=_PAGE)),
    }


def walk_reads(rng: Random) -> Data:
    mode = rng.choice((SV39, X86_64, _FIVE_LEVELS))
    table = RadixTable(mode, PhysicalMemory(frames=16))
    table.map(0x5000, pfn=7)
    entries = len(table.walk(0x5678).steps)
    return {"levels": entries, "right": entries + 1, "free": 1, "entries": entries, "flat": 2}


def entry_holds(rng: Random) -> Data:
    pfn, va = rng.randrange(0x11, 0xFF), rng.randrange(0x10_0000, 0x7F_FFFF) << 12
    return {"va": va, "pfn": pfn} | {
        "right": SV39.pte.pointer(pfn),
        "virtual": va | 1,
        "address": pfn << 12 | 1,
        "unshifted": pfn | 1,
    }


def tree_larger(rng: Random) -> Data:
    mode = rng.choice((SV39, X86_64, _FIVE_LEVELS))
    levels, flat = len(mode.index_bits), linear_table_bytes(mode.va_bits)
    tree = table_bytes(mode, tables_for_stride(mode, 1 << (mode.va_bits - 12), _PAGE))
    assert flat < tree < 1.01 * flat
    return {"bits": mode.va_bits, "levels": levels, "flat": binary(flat)} | {
        "right": f"slightly more than {binary(flat)}",
        "smaller": f"far less than {binary(flat)}",
        "equal": f"exactly {binary(flat)}",
        "multiple": f"exactly {binary(levels * flat)}",
    }


def huge_reach(rng: Random) -> Data:
    entries = 512 * rng.choice((1, 2, 3))
    gib = entries // 512 * rng.choice((2, 4, 5, 10))
    share, small = (entries * page / (gib << 30) for page in (_HUGE, _PAGE))
    return {"entries": entries, "gib": gib, "reach": binary(entries * _HUGE)} | {
        "right": f"{digits(100 * share)} %", "all": "100 %",
        "small": f"{digits(100 * small, 1)} %", "none": "0 %",
    }  # fmt: skip


def alignment(rng: Random) -> Data:
    huge, off = rng.randrange(3, 20), 256 * rng.randrange(1, 8)
    start, length = off << 10, huge * _HUGE
    first, last = -(-start // _HUGE), (start + length) // _HUGE
    return {"mib": length >> 20, "off": off} | {
        "right": last - first, "anywhere": huge, "rounded": huge + 1, "none": 0
    }  # fmt: skip


def miss_not_fault(rng: Random) -> Data:
    misses, faults = 1000 * rng.randrange(200, 900), 100 * rng.randrange(11, 90)
    return {"misses": misses, "faults": faults} | {
        "right": faults, "every_miss": misses, "both": misses + faults, "neither": 0
    }  # fmt: skip


def set_index(rng: Random) -> Data:
    entries, ways = rng.choice(((64, 4), (128, 8), (256, 8)))
    page, sets = rng.randrange(0x10000, 0xFFFFF), entries // ways
    return {"entries": entries, "ways": ways, "page": page, "sets": sets} | {
        "right": Tlb(entries, ways).split(page)[1],
        "top": page >> (page.bit_length() - (sets.bit_length() - 1)),
        "by_ways": page % ways,
        "by_entries": page % entries,
    }


def walk_cost(rng: Random) -> Data:
    level, shift = rng.choice((("PMD", 21), ("PUD", 30)))
    table = RadixTable(X86_64, PhysicalMemory(frames=16))
    table.map(0x5000, pfn=7)
    mmu = Mmu(table, walk_caches=[Tlb(4, 4, page_shift=shift)])  # and no TLB: each access misses
    full, right = (mmu.translate(0x5000).reads for _ in range(2))
    return {"level": level, "right": right, "full": full, "nothing": 0, "one_less": full - 1}


def overflow(rng: Random) -> Data:
    depth, each = 10_000 * rng.randrange(5, 9), rng.choice((64, 96))
    few, mib = rng.choice(((3, 3), (4, 3), (5, 2), (6, 2), (7, 2)))
    local, block = rng.randrange(4, 7), 16 * rng.randrange(2, 9)
    on_stack = {
        f"{few} nested calls with {mib} MiB of locals each": few * mib << 20,
        f"{depth:,} nested calls with {each} bytes of locals each": depth * each,
        f"one call that takes {block} MiB from malloc": 8,  # a pointer
        f"one call with an array of {local} MiB among its locals": local << 20,
    }
    (right,) = (case for case, taken in on_stack.items() if taken > 8 << 20)
    return dict(zip(("right", "deepest", "malloc", "local"), on_stack, strict=True)) | {
        "right": right
    }


def bss_in_file(rng: Random) -> Data:
    text, data = 4 * rng.randrange(20, 90), 4 * rng.randrange(5, 20)
    bss, heap = 1024 * rng.randrange(2, 30), 1024 * rng.randrange(2, 30)
    return {"text": text, "data": data, "bss": bss, "heap": heap} | {
        "right": text + data,
        "with_bss": text + data + bss,
        "code_only": text,
        "with_heap": text + data + heap,
    }


def fork_copies(rng: Random) -> Data:
    pages, written = 10 * rng.randrange(4, 10), rng.randrange(7, 19)
    parent = Kernel(ram="1 MiB").spawn()
    area = parent.mmap(pages * _PAGE)
    parent.touch(area, "w")
    before = parent.smaps(area).Rss
    child = parent.fork()
    child.touch(area, "r")
    child.touch(area, "w", range(written))
    together = parent.smaps(area).Pss + child.smaps(area).Pss
    copied = (together - before) // 4
    return {"pages": pages, "written": written} | {
        "right": copied, "all": pages, "twice": pages + written, "none": 0
    }  # fmt: skip


def first_read(rng: Random) -> Data:
    pages = 16 * rng.randrange(3, 12)
    process = Kernel(ram="1 MiB").spawn()
    faults = process.touch(process.mmap(pages * _PAGE), "r")["minor"]
    return {"pages": pages, "right": faults, "none": 0, "one": 1, "around": pages // 16}


def fault_is_error(rng: Random) -> Data:
    minor, major = 10 * rng.randrange(2000, 9000), rng.randrange(20, 400)
    return {"minor": minor, "major": major} | {
        "right": 0, "every": minor + major, "majors": major, "minors": minor
    }  # fmt: skip


def more_frames(rng: Random) -> Data:
    (right,) = _rising()
    return {"right": right.upper()}


def eviction_writes(rng: Random) -> Data:
    clean, dirty, heap = rng.sample(range(12, 90), 3)
    return {"clean": clean, "dirty": dirty, "heap": heap} | {
        "right": dirty + heap, "everything": clean + dirty + heap, "swapped": heap, "files": dirty
    }  # fmt: skip


def tables_of_a_region(rng: Random) -> Data:
    n, gib = 10 * rng.randrange(5, 40), rng.choice((4, 8, 16))
    last = tables_for_stride(X86_64, gib << 18, _PAGE)[-1] * _PAGE >> 20
    return {"n": n, "gib": gib} | {
        "right": n * last, "once": last, "region": n * gib << 10, "few": digits(n * 4 / 1024)
    }  # fmt: skip


@cache
def _rising() -> list[str]:
    """List the policies under which a string takes more faults with a frame more."""
    rng = Random(1969)
    strings = [[1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5]]  # Belady's
    strings += [rng.choices(range(5), k=12) for _ in range(60)]

    def faults(string: list[int], frames: int, policy: str) -> int:
        return simulate(string, frames, policy).faults

    return [
        policy
        for policy in ("fifo", "lru", "opt")
        if any(faults(one, 4, policy) > faults(one, 3, policy) for one in strings)
    ]


NUMBERS: Mapping[str, Callable[[Random], Data]] = {
    draw.__name__.replace("_", "-"): draw
    for draw in (
        whose_page, byte_of_memory, promise, shared_code, disk_share, table_weight,
        table_in_memory, same_page, page_size, lonely_pages, walk_reads, entry_holds, tree_larger,
        huge_reach, alignment, miss_not_fault, set_index, walk_cost, overflow, bss_in_file,
        fork_copies, first_read, fault_is_error, more_frames, eviction_writes, tables_of_a_region,
    )
}  # fmt: skip
"""What draws the numbers of a question, by its idea; ideas without numbers are not among them."""
