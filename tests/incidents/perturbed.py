"""Every number that an incident shows, one at a time, a little off."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .derived import Shown, check

_HEX = re.compile(r"(?<![0-9a-z])[0-9a-f]{10,16}(?![0-9a-z])")
_NUMBER = re.compile(r"(?<![\w.,\-])\d+(?:,\d{3})*(?:\.\d+)?(?=kB|Ki|Mi|GB|MB|gb|M\b|K\b|G\b|\W|$)")

NOT_DERIVED: dict[str, str] = {
    r"smaps_rollup:1:": "an address: where the first area was put is in no other file",
    r"VmHWM": "a peak, and pages have left since: no file has kept the moment",
    r"configuration:.*(GB|gb|G|MB|GiB|connections|processes=\d+)": "set for production",
    r"configuration:.*(save|snapshot_interval)": "seconds between snapshots, of which there is one",
    r"configuration:.*(hugetlb=|mark_cache)": "which way, or how much that nothing here uses",
    r"configuration:.*processor": "what the processor is",
    r"the replica:.*(for a minor fault, 140|1.013 µs for a minor)": "of what did not happen here",
    r"the replica:.*one in 64": "in words what smaps has: every so-manyth page",
    r"the replica:.*pages of 4 KiB": "the size of a page",
    r"vm.overcommit_ratio": "rounded away where there are few pages",
}


def places(shown: dict[str, str]) -> Iterator[tuple[str, int, int]]:
    """Find the numbers of all texts: which text, and from where to where."""
    for path, text in shown.items():
        hexes = [found.span() for found in _HEX.finditer(text)] if "maps" in path else []
        yield from ((path, *span) for span in hexes)
        for found in _NUMBER.finditer(text):
            if not any(start <= found.start() < end for start, end in hexes):
                yield path, *found.span()


def others(number: str, unit: str, is_address: bool) -> list[str]:
    """Write a number that is one more, or one less; or a page, if it is an address or in kB."""
    if is_address:
        return [f"{int(number, 16) + step:0{len(number)}x}" for step in (4096, -4096)]
    plain = number.replace(",", "")
    steps = (1, -1, 4, -4) if unit.lstrip().startswith("kB") else (1, -1)
    if "." in plain:
        return [f"{float(plain) + step:.{len(plain.partition('.')[2])}f}" for step in steps]
    comma = "," if "," in number else ""
    return [f"{int(plain) + step:{comma}}" for step in steps if int(plain) + step >= 0]


def loose(
    texts: dict[str, str], points: list[tuple[float, float]], every: int = 1, most: int = 9
) -> tuple[list[str], int]:
    """Return the numbers that may be off without being noticed, and how many there are.

    Parameters
    ----------
    every : int
        Only each so-manyth number is tried.
    most : int
        How many other values of each.
    """
    free: list[str] = []
    found = [*places(texts)][::every]
    for path, start, end in found:
        text = texts[path]
        is_address = "maps" in path and bool(_HEX.fullmatch(text[start:end]))
        for other in others(text[start:end], text[end : end + 3], is_address)[:most]:
            changed = {**texts, path: text[:start] + other + text[end:]}
            if not _fails(changed, points):
                number = text.count("\n", 0, start)
                free.append(f"{path}:{number + 1}: {text.splitlines()[number].strip()} → {other}")
                break
    graph = [(n, m) for n in range(len(points)) for m in (0, 1)][::every]
    for n, m in graph:
        moved = [list(point) for point in points]
        moved[n][m] += 1
        if not _fails(texts, [(x, y) for x, y in moved]):
            free.append(f"graph:{n + 1}: {points[n]}")
    return free, len(found) + len(graph)


def _fails(texts: dict[str, str], points: list[tuple[float, float]]) -> bool:
    try:
        return bool(check(Shown(texts, points)))
    except (ValueError, KeyError, IndexError, StopIteration, ZeroDivisionError, TypeError):
        return True  # it cannot even be read
