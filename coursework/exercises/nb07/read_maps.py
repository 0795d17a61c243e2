"""Read four lines of /proc/PID/maps by hand: what is each, and how large?"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from ...legacy import Data, Exercise, Mistake

_PAGE = 4096
_KEYS = "abcd"
_KINDS = ("text", "data", "bss", "heap", "stack")


def draw(rng: Random) -> Data:
    """Draw a program's text and BSS, a heap and a stack, in the order of their addresses."""
    text = rng.randrange(0x5555555, 0x5655555) << 20
    sizes = [rng.randrange(17, 90), rng.randrange(20, 99), rng.randrange(33, 300), 33]
    gaps = [rng.randrange(3, 9) * _PAGE, rng.randrange(1000, 9000) * _PAGE]
    starts = [text, text + sizes[0] * _PAGE + gaps[0]]
    starts.append(starts[1] + sizes[1] * _PAGE + gaps[1])
    starts.append(0x7FFC_0000_0000 + rng.randrange(1 << 18) * _PAGE)
    perms = ("r-xp", "rw-p", "rw-p", "rw-p")
    names = ("/bin/program", "", "[heap]", "[stack]")
    lines = [
        f"{start:x}-{start + pages * _PAGE:x} {perm} {name}".rstrip()
        for start, pages, perm, name in zip(starts, sizes, perms, names, strict=True)
    ]
    # the line that ends where the BSS begins: without it nobody could tell a BSS
    before = f"{starts[1] - gaps[0]:x}-{starts[1]:x} rw-p /bin/program"
    order = list(range(4))
    rng.shuffle(order)
    return {
        "maps": [lines[0], before, *lines[1:]],
        "asked": {key: lines[which] for key, which in zip(_KEYS, order, strict=True)},
    }


def text(data: Data) -> str:
    """Show the lines."""
    listing = "\n".join(f"    {line}" for line in data["maps"])
    asked = "\n\n".join(f'"{key}": `{line}`' for key, line in data["asked"].items())
    return (
        f"This is part of a process's maps (less the columns for files):\n\n{listing}\n\n"
        "For each of the lines below, write `[kind, KiB]`: the kind as one of `text`, `data`, "
        f"`bss`, `heap`, `stack`, and how much address space it covers.\n\n{asked}"
    )


def _span(line: str) -> tuple[str, str]:
    low, high = line.split()[0].split("-")
    return low, high


def _bytes(line: str) -> int:
    low, high = _span(line)
    return int(high, 16) - int(low, 16)


def _kind(line: str, data: Data) -> str:
    words = line.split()
    name = words[2] if len(words) > 2 else ""
    if name.startswith("["):
        return name[1:-1]
    if name:
        return "data" if "w" in words[1] else "text"
    return "bss"


def reference(data: Data, key: str) -> list[str | int]:
    """Subtract, divide, and look at name and permissions."""
    line = data["asked"][key]
    return [_kind(line, data), _bytes(line) // 1024]


def _astray(
    data: Data,
    key: str,
    *,
    kind: Callable[[str, Data], str] = _kind,
    size: Callable[[str], int] = lambda line: _bytes(line) // 1024,
) -> list[str | int]:
    """Read as the mistakes do."""
    line = data["asked"][key]
    return [kind(line, data), size(line)]


def _nameless_is_heap(line: str, data: Data) -> str:
    return "heap" if _kind(line, data) == "bss" else _kind(line, data)


def _writable_is_data(line: str, data: Data) -> str:
    return "data" if _kind(line, data) == "bss" else _kind(line, data)


def locate(data: Data, key: str, expected: list[str | int], got: list[str | int]) -> str:
    """Name the part that is wrong."""
    if got[0] not in _KINDS:
        return f"{got[0]!r} is none of the five kinds: write {', '.join(_KINDS)}."
    if expected[0] != got[0]:
        return "The kind is the first wrong part. Look at the name, then at r, w and x."
    side = "small" if got[1] < expected[1] else "large"  # type: ignore[operator]
    return f"The kind is right, the size too {side}."


EXERCISE = Exercise(
    id="read-maps",
    notebook="07",
    title="Read your maps",
    points=2,
    kind="hand",
    draw=draw,
    text=text,
    form={key: [str, int] for key in _KEYS},
    reference=reference,
    describe=lambda data, key: f"`{key}`, the line {data['asked'][key]}",
    locate=locate,
    mistakes=(
        Mistake(
            name="bytes",
            message="Your sizes are bytes. Divide by 1024 for KiB: drop the last two hex digits, "
            "then divide what is left by 4.",
            solve=lambda data, key: _astray(data, key, size=_bytes),
        ),
        Mistake(
            name="pages",
            message="Your sizes are pages of 4 KiB, that is three hex digits dropped. KiB are four "
            "times as many.",
            solve=lambda data, key: _astray(data, key, size=lambda line: _bytes(line) // _PAGE),
        ),
        Mistake(
            name="last address inside",
            message="Your sizes are one page too large. The second address is the first one "
            "*behind* the area: end − start is all there is.",
            solve=lambda data, key: _astray(
                data, key, size=lambda line: (_bytes(line) + _PAGE) // 1024
            ),
        ),
        Mistake(
            name="nameless is heap",
            message="You called the nameless area a heap. The heap has a name, [heap]; memory "
            "without a name that begins where the program's data ends is its BSS.",
            solve=lambda data, key: _astray(data, key, kind=_nameless_is_heap),
        ),
        Mistake(
            name="bss is data",
            message="You called the BSS data. Data comes from the file, and the line then names "
            "it. A BSS has no bytes in the file: the kernel maps zeros, and the line has no name.",
            solve=lambda data, key: _astray(data, key, kind=_writable_is_data),
        ),
    ),
    start="Subtract the first number from the second, in hex. Then look at the last column.",
    right="With that you can read any process you may look at: `less /proc/PID/maps`.",
    untested="the columns left out here: offset, device and inode of the file.",
    hints=(
        "0x55f0021000 − 0x55f0000000 = 0x21000: 0x21 pages of 4 KiB, 33 × 4 = 132 KiB.",
        "A file's line that may execute is text; one that may write is data.",
        "A nameless rw-p that touches the program's data is its BSS.",
    ),
)
