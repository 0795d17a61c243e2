"""Read four lines of /proc/PID/maps by hand: what is each, and how large?"""

from __future__ import annotations

from random import Random

from ...kinds import Data, Steps, bug, own

_PAGE = 4096
_KINDS = ("text", "data", "bss", "heap", "stack")


def draw(rng: Random) -> Data:
    """Draw a program's text, data, BSS, heap and stack; ask for the first three and one more."""
    at = rng.randrange(0x5555555, 0x5655555) << 20
    rows = (
        (0, rng.randrange(260, 900), "r-xp", "/bin/program"),
        (rng.randrange(3, 9), rng.randrange(3, 40), "rw-p", "/bin/program"),
        (0, rng.randrange(20, 99), "rw-p", ""),  # it begins where the program's data ends
        (rng.randrange(1000, 9000), rng.randrange(33, 300), "rw-p", "[heap]"),
        (0x7FFC_0000_0000 // _PAGE, 33, "rw-p", "[stack]"),
    )
    maps = []
    for gap, pages, perms, name in rows:
        at = gap * _PAGE + (rng.randrange(1 << 18) * _PAGE if name == "[stack]" else at)
        maps.append(f"{at:x}-{at + pages * _PAGE:x} {perms} {name}".rstrip())
        at += pages * _PAGE
    asked = [*maps[:3], rng.choice(maps[3:])]
    rng.shuffle(asked)
    return {"maps": maps, "asked": dict(zip("abcd", asked, strict=True))}


def text(data: Data) -> str:
    """Show the lines."""
    listing = "\n".join(f"    {line}" for line in data["maps"])
    asked = "\n\n".join(f'"{key}": `{line}`' for key, line in data["asked"].items())
    return (
        f"This is part of a process's maps (less the columns for files):\n\n{listing}\n\n"
        "For each of the lines below, write `[kind, KiB]`: the kind as one of `text`, `data`, "
        f"`bss`, `heap`, `stack`, and how much address space it covers.\n\n{asked}"
    )


def solve(data: Data, key: str, *, nameless: str = "bss", more: int = 0) -> list[int | str]:
    """Take the line apart."""
    span, perms, *name = data["asked"][key].split()
    start, end = (int(each, 16) for each in span.split("-"))
    kind = name[0].strip("[]") if name else nameless
    if kind not in _KINDS:  # a file
        kind = "data" if "w" in perms else "text"
    return [kind, (end - start + more) // 1024]


EXERCISE = Steps(
    **own(globals()),
    title="Read your maps",
    letters="abcd",
    form=[_KINDS, int],
    describe=lambda data, key: f"`{key}`, the line {data['asked'][key]}",
    look={
        "kind": "Look at the name, then at r, w and x.",
        "size": "Subtract the first address from the second: that is bytes, in hex.",
    },
    units={"size": "KiB"},
    mistakes={
        bug(more=_PAGE): "the sizes are one page larger. The second address is the first one "
        "*behind* the area: end − start is all there is.",
        bug(nameless="heap"): "the nameless area is called a heap. The heap has a name, [heap]; "
        "memory without a name that begins where the program's data ends is its BSS.",
        bug(nameless="data"): "the BSS is called data. Data comes from the file, and the line "
        "names it. A BSS has no bytes in the file: the kernel maps zeros, and the line has no "
        "name.",
    },
    start="Subtract the first number from the second, in hex. Then look at the last column.",
    right="With that you can read any process you may look at: `less /proc/PID/maps`.",
    untested="the columns left out here: offset, device and inode of the file.",
    hints=(
        "0x55f0021000 − 0x55f0000000 = 0x21000: 0x21 pages of 4 KiB, 33 × 4 = 132 KiB.",
        "A file's line that may execute is text; one that may write is data.",
        "A nameless rw-p that touches the program's data is its BSS.",
    ),
)
