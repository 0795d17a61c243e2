"""Four accesses through a flat table by hand, with valid and permission bits.

The machine, bit by bit:

    address  | VPN 7..4 | offset 3..0 |
    entry    | PFN 15..8 | … | NX 4 | … | U 2 | W 1 | P 0 |
"""

from __future__ import annotations

from functools import partial
from random import Random
from typing import Any

from pagesim import TOY10, LinearTable, Mmu, PageFault, PagingMode, PhysicalMemory

from ...legacy import Data, Exercise, Mistake

_MODE = PagingMode("card", (4,), page_shift=4, pte=TOY10.pte)
_FRAMES, _WORDS = 16, 8  # of 16 bytes each: eight entries
_P, _W, _U, _NX = 1, 2, 4, 16
_STEPS = ("VPN", "entry", "end")
_LETTER = {"reads": "r", "writes": "w", "fetches code at": "x"}
ABSENT, FORBIDDEN = "not there", "not allowed"


def draw(rng: Random) -> Data:
    """Draw a table in two frames and five accesses: two arrive, one by the kernel; three fail."""
    root = rng.randrange(1, _FRAMES - 2)
    free = [pfn for pfn in range(_FRAMES) if pfn not in (root, root + 1)]
    pages = rng.sample(range(16), 5)
    # flags of the five pages, and who does what to them
    plans = (
        (_P | _U | _W | _NX, "user", "writes"),
        ((_U | _W) | rng.choice((0, _NX)), "user", "reads"),
        (_P | _W | rng.choice((0, _NX)), *rng.choice((("user", "reads"), ("user", "writes")))),
        (_P | rng.choice((0, _U)) | _W | _NX, "kernel", "writes"),
        rng.choice(
            (
                (_P | _U, "user", "writes"),
                (_P | _U | _W | _NX, "user", "fetches code at"),
                (_P | _U, "kernel", "writes"),
            )
        ),
    )
    entries = [rng.choice(free) << 8 | rng.choice((0, _U | _W, _NX)) for _ in range(16)]
    asked = {}
    order = [0, *rng.sample(range(1, 5), 4)]  # the first one arrives
    for key, plan in zip("abcde", order, strict=True):
        flags, who, access = plans[plan]
        entries[pages[plan]] = rng.choice(free) << 8 | flags | rng.choice((0, 0x20))
        asked[key] = {"va": pages[plan] << 4 | rng.randrange(1, 16), "who": who, "access": access}
    memory = [[rng.randrange(1 << 16) for _ in range(_WORDS)] for _ in range(_FRAMES)]
    memory[root], memory[root + 1] = entries[:8], entries[8:]
    return {"memory": memory, "root": root, "accesses": asked}


def text(data: Data) -> str:
    """Show the dump, a frame per row, and the accesses."""
    head = "frame " + "".join(f"{column:>6}" for column in range(_WORDS))
    rows = [
        f"  {pfn:#04x}" + "".join(f"  {entry:04x}" for entry in frame)
        for pfn, frame in enumerate(data["memory"])
    ]
    asked = [
        f"{key}: {each['who']} {each['access']} {each['va']:#04x}"
        for key, each in data["accesses"].items()
    ]
    return (
        "The whole memory of a machine: 16 frames of 16 bytes, shown as eight 2-byte words each, "
        "in hex. Virtual addresses have 8 bits, four of them offset. The flat table of 16 entries "
        f"fills frame {data['root']:#x} (entries 0 to 7) and the one behind it (8 to 15). An entry "
        "has its PFN in bits 15..8; P is bit 0, W bit 1, U bit 2, NX bit 4."
        "\n\n" + "\n".join("    " + row for row in (head, *rows)) + "\n\n"
        "Five accesses:\n\n" + "\n".join("    " + line for line in asked) + "\n\n"
        "For each write the VPN, the entry, and where it ends: a physical address, "
        f'"{ABSENT}" (P = 0), or "{FORBIDDEN}" (P = 1, but this access may not be). The kernel may '
        "use pages without U; W and NX bind it too."
    )


def reference(data: Data, key: str) -> list[int | str]:
    """Ask the simulator's MMU."""
    dump = b"".join(word.to_bytes(2, "little") for frame in data["memory"] for word in frame)
    table = LinearTable(_MODE, PhysicalMemory.from_dump(dump, 16), root=data["root"])
    each = data["accesses"][key]
    step = table.walk(each["va"]).steps[0]
    entry = data["memory"][data["root"] + step.index // _WORDS][step.index % _WORDS]
    end: int | str
    try:
        access: Any = _LETTER[each["access"]]
        end = Mmu(table).translate(each["va"], access, each["who"] == "user").pa
    except PageFault as fault:
        end = FORBIDDEN if fault.error_code & 1 else ABSENT
    return [step.index, entry, end]


def _astray(
    data: Data,
    key: str,
    *,
    looks: bool = True,
    asks: bool = True,
    kernel_bound: bool = False,
    told_apart: bool = True,
    lost: bool = False,
    second_frame: bool = True,
) -> list[int | str]:
    """Translate as the mistakes do."""
    each = data["accesses"][key]
    vpn, offset = each["va"] >> 4, each["va"] & 15
    entry = data["memory"][data["root"] + second_frame * (vpn // _WORDS)][vpn % _WORDS]
    kernel = each["who"] == "kernel"
    wanted = entry & _U or (kernel and not kernel_bound)
    wanted = wanted and not (each["access"] == "writes" and not entry & _W)
    wanted = wanted and not (each["access"] == "fetches code at" and entry & _NX)
    if looks and not entry & _P:
        return [vpn, entry, ABSENT]
    if asks and not wanted:
        return [vpn, entry, FORBIDDEN if told_apart else ABSENT]
    return [vpn, entry, entry >> 8 << 4 | (0 if lost else offset)]


def locate(data: Data, key: str, expected: list[Any], got: list[Any]) -> str:
    """Name the first of the three that is wrong."""
    step = next(i for i, (a, b) in enumerate(zip(expected, got, strict=True)) if a != b)
    look = (
        "It is the left one of the two hex digits.",
        "Which of the two frames of the table, and which column?",
        "First P; then U, if the access is the user's; then W or NX, if it is a write or a fetch. "
        "Only then the frame and the offset.",
    )[step]
    return f"The {_STEPS[step]} is the first wrong step. {look}"


EXERCISE = Exercise(
    id="page-walk",
    notebook="03",
    title="Five accesses by hand",
    points=2,
    kind="hand",
    draw=draw,
    text=text,
    form={key: [int, int, (int, ABSENT, FORBIDDEN)] for key in "abcde"},
    reference=reference,
    describe=lambda data, key: (
        f"`{key}`, {data['accesses'][key]['who']} {data['accesses'][key]['access']} "
        f"{data['accesses'][key]['va']:#04x}"
    ),
    locate=locate,
    mistakes=(
        Mistake(
            name="permissions not asked",
            message="You went on wherever P is set. P says that the page is there; whether *this* "
            "access may have it is for U, W and NX to say.",
            solve=partial(_astray, asks=False),
        ),
        Mistake(
            name="present bit forgotten",
            message="You asked the permissions of an entry whose P bit is 0, or followed it. With "
            "P = 0 the hardware looks at nothing else.",
            solve=partial(_astray, looks=False),
        ),
        Mistake(
            name="not valid, not allowed",
            message='You wrote "not there" where the page is there and the access is not allowed. '
            "The kernel must tell the two apart: the first it may mend by bringing the page, the "
            "second is usually the program's mistake. Hardware tells it, by a bit of its own.",
            solve=partial(_astray, told_apart=False),
        ),
        Mistake(
            name="kernel bound by U",
            message="You stopped the kernel at a page without U. That bit keeps *user mode* out, "
            "so that the kernel's own pages can stand in the same table.",
            solve=partial(_astray, kernel_bound=True),
        ),
        Mistake(
            name="the offset is lost",
            message="Your addresses end in 0: they are where frames begin. The last digit of the "
            "address goes on, as it is.",
            solve=partial(_astray, lost=True),
        ),
        Mistake(
            name="half a table",
            message="You looked all entries up in the first of the table's two frames. Entries 8 "
            "to 15 stand in the next one.",
            solve=partial(_astray, second_frame=False),
        ),
    ),
    start="Take access `a`. The left digit of its address is the VPN: find that entry, write it "
    "down, and look at its last digit.",
    right="One read of memory per access again, but now an entry says *who* may do *what*. That is "
    "why a stray pointer in your program cannot reach the program next door, or the kernel.",
    untested="accessed and dirty bits, larger tables.",
    hints=(
        "Entry 0x0937: PFN 0x09; 0x37 is 0011 0111, so P, W, U and NX are set. 0x34 is 0011 0100: "
        "U and NX, but P is 0, so nothing else matters.",
        "Entry 11 is number 11 - 8 = 3 of the table's second frame: column 3.",
        "PFN 0x9 and offset 0xc make 0x9c: frames have 16 bytes, so the two digits stand side by "
        "side.",
    ),
)
