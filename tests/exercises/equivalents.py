"""Mutants that are right, or as right as the card asks: what is changed, and why it is no slip."""


def _exact(top: str, by: str) -> dict[str, str]:
    """List what rounding can make of a division that leaves nothing over."""
    minus = f"-({top})" if " * " in top else f"-{top}"
    ways = (f"{top} / {by}", f"-({minus} // {by})")
    return dict.fromkeys((f"{top} // {by} -> {way}" for way in ways), "nothing is left over")


_REQUESTS = "1000000 / (given['touches'] * machine['share'] / 100 * given['disk_us'])"
_NEEDS = "{'reads': 0, 'writes': 2, 'fetches code at': 0}"
_USER = "4 if access['who'] == 'user' else 0"
_COST = "pages * entry + pages * page"
_TAIL = "page for page in pages if page >= border"
_ZERO = "(page for page, held in entries.items() if held == 'zero')"

_WITHIN: dict[str, dict[str, str]] = {
    "page-walk": dict.fromkeys(
        (
            f"{_USER} -> 5 if access['who'] == 'user' else 0",
            f"{_USER} -> 4 if access['who'] == 'user' else 1",
            f"{_NEEDS} -> {{'reads': 1, 'writes': 2, 'fetches code at': 0}}",
            f"{_NEEDS} -> {{'reads': 0, 'writes': 3, 'fetches code at': 0}}",
            f"{_NEEDS} -> {{'reads': 0, 'writes': 2, 'fetches code at': 1}}",
        ),
        "P is asked for once more, after it was found to be set",
    ),
    "best-page": dict.fromkeys(
        (
            f"{_COST} - sum(segments) -> {_COST}",
            f"{_COST} - sum(segments) -> {_COST} + sum(segments)",
        ),
        "the same sum for every size moves no minimum",
    ),
    "table-bill": _exact("machine['used'] * 2 ** 20", "page") | _exact("bill['all']", "2"),
    "place-64": _exact("(window['high'] - border)", "2 ** 39")
    | dict.fromkeys(
        (
            "i // rooms -> i",
            "i // rooms -> i / rooms",
            "i // rooms -> -(-i // rooms)",
            "i // rooms -> i // rooms + 1",
            "2 ** 30 -> 2 ** 31",
        ),
        "other 1 GiB regions, and as many of them",
    ),
    "cover-huge": _exact("length", "2 ** 12"),
    "sparse-rss": {
        f"{{{_TAIL}}} -> [{_TAIL}]": "it comes of a set already",
        "page // 2 ** 9 -> page // 2 ** 9 + 1": "other numbers, and as many of them",
        "pages -> list(pages)[:-1]": "the last page lies behind the border, and is not asked for",
        "pages -> list(pages)[1:] (2)": "the first page lies below the border: nobody asks",
        "range(0, length, stride) -> range(1, length, stride)": "a byte further is the same page",
    },
    "mixed-walk": {
        "shift == small or entry >> 7 & 1 -> entry >> 7 & 1": "the loop ends there by itself",
    },
    "buddy-order": _exact("frames", "size")
    | {"pfn // size -> pfn // size + 1": "other numbers, and as many of them"},
    "pick-page": _exact("mib * load['touched']", "2")
    | _exact("mib", "size")
    | {f"{slip} (2)": why for slip, why in _exact("mib", "size").items()}
    | {
        "load['ram_gib'] * 1024 -> load['ram_gib'] * 1025": "what does not fit is short of a GiB",
    },
    "set-and-tag": _exact("given['entries']", "given['ways']"),
    "reach": _exact("given['entries']", "given['ways']"),
    "read-maps": _exact("(high - low)", "1024"),
    "brk-sums": _exact("(page_up[4] - start)", "1024")
    | _exact("(page_up[3] - start)", "1024")
    | {"range(5) -> range(6)": "a slice ends where its list does"},
    "access-verdict": {
        "without start, end, perms = areas[-1]": "the loop has left them at the last area",
        "va >= start -> va > start": "the loop has found the first address of the stack",
        "256 * 4096 -> 256 * 4095": "areas and grown stacks end at pages",
    },
    "first-touch": {f"sorted({_ZERO}) -> list({_ZERO})": "any order will do"},
    "copy-on-write": dict.fromkeys(
        ("more[0] -> more[-1]", "more[0] -> more[-1] (2)"), "there is one item"
    ),
    "grow-stack": {"page < low -> page <= low": "the lowest page of the stack changes nothing"},
    "working-set": dict.fromkeys(
        (
            "range(len(trace) + 1) -> list(range(len(trace) + 1))[:-1]",
            "len(trace) + 1 -> len(trace)",
            "len(trace) + 1 -> len(trace) - 1",
            "len(trace) + 1 -> len(trace) + 0",
            "len(trace) + 1 -> len(trace) + 2",
            "sets -> list(sets)[1:]",
            "sets -> list(sets)[:-1]",
        ),
        "the largest set stands in the middle, where the phases change",
    ),
    "fifo-and-clock": dict.fromkeys(
        ("1 -> 2 (2)", "(page, 1) -> (page, 2)", "bits.append(1) -> bits.append(2)"),
        "a bit is set or not",
    ),
    "how-many-fit": dict.fromkeys(
        (
            f"{_REQUESTS} -> {_REQUESTS.replace(' /', ' //', 1)}",
            f"{_REQUESTS} -> {_REQUESTS.replace('1000000', '1000001')}",
            f"{_REQUESTS} -> {_REQUESTS.replace('1000000', '999999')}",
        ),
        "three digits are compared",
    ),
}

_NOT_ASKED = "what stands there is looked at if P is 1, and only then"
_MOVED: dict[str, dict[str, str]] = {
    "decode-pte": {
        "bits = {'writable': 1, 'user': 2, 'accessed': 5, 'dirty': 6, 'nx': 63} before "
        "if not entry & 1:": "a list of bits that is not used yet",
    },
    "hand-walk": {"table = entry >> 8 before if entry & 1 == 0:": _NOT_ASKED},
    "count-tables": {"tables[level] = len(lived_in) in the loop": "the last round has counted all"},
    "radix-walk": {"frame = entry >> mode['pfn_shift'] before if entry & 1 == 0:": _NOT_ASKED},
    "mixed-walk": {"frame = entry >> mode['pfn_shift'] before if entry & 1 == 0:": _NOT_ASKED},
    "unmap": {
        "freed = [] before for bits in mode['index_bits']:": "the walk frees nothing",
        "freed = [] in the loop": "the walk frees nothing",
        "path.append((frame, index)) before if memory[frame][index] & 1 == 0:": (
            "where P is 0 nobody asks for the path"
        ),
    },
    "read-maps": {
        "name = words[2] if len(words) > 2 else '' before "
        "low, high = (int(word, 16) for word in words[0].split('-'))": "neither needs the other",
    },
    "access-verdict": dict.fromkeys(
        (
            "start, end, perms = areas[-1] before for start, end, perms in areas:",
            "start, end, perms = areas[-1] in the loop",
            "floor = max(areas[-2][1] + 256 * 4096, end - limit) before "
            "start, end, perms = areas[-1]",
        ),
        "the loop leaves them at the last area",
    ),
    "mprotect": {"merged = [] in the loop": "the loop merges nothing"},
    "copy-on-write": {
        "frames[who][page] = len(owners) before owners[frame] -= 1": "the list stays as long",
    },
}

EQUIVALENT = {name: _WITHIN.get(name, {}) | _MOVED.get(name, {}) for name in {**_WITHIN, **_MOVED}}
