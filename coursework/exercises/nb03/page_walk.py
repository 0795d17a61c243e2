"""Seven accesses through a flat table by hand, with valid and permission bits.

The machine, bit by bit:

    address  | VPN 7..4 | offset 3..0 |
    entry    | PFN 15..8 | … | NX 4 | … | U 2 | W 1 | P 0 |
"""

from __future__ import annotations

from random import Random

from ...kinds import Data, Steps, bug, own

_LETTERS = "abcdefg"
_FRAMES, _WORDS = 16, 8  # of 16 bytes each: eight entries
_P, _W, _U, _NX = 1, 2, 4, 16
ABSENT, FORBIDDEN = "not there", "not allowed"


def draw(rng: Random) -> Data:
    """Draw a table and seven accesses: one of each sort arrives; P, U, W and NX stop one each."""
    root = rng.randrange(1, _FRAMES - 2)
    free = [pfn for pfn in range(1, _FRAMES) if pfn not in (root, root + 1)]
    pages = [*rng.sample(range(8), 3), *rng.sample(range(8, 16), 4)]
    rng.shuffle(pages)
    # flags of the pages, and who does what to them
    plans = (
        (_P | _U | _W | _NX, "user", "writes"),
        (_U | _W | rng.choice((0, _NX)), "user", "reads"),
        (_P | _W | rng.choice((0, _NX)), "user", rng.choice(("reads", "writes"))),
        (_P | rng.choice((0, _W)), "kernel", "fetches code at"),
        (_P | _U | rng.choice((0, _NX)), "user", "reads"),
        (_P | _U, rng.choice(("user", "kernel")), "writes"),
        (_P | _U | _W | _NX, "user", "fetches code at"),
    )
    entries = [rng.choice(free) << 8 | rng.choice((0, _U | _W, _NX)) for _ in range(16)]
    asked = {}
    order = [0, *rng.sample(range(1, 7), 6)]  # the first one arrives
    frames = rng.sample(free, 7)
    for key, plan in zip(_LETTERS, order, strict=True):
        flags, who, access = plans[plan]
        entries[pages[plan]] = frames[plan] << 8 | flags | rng.choice((0, 0x20))
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
    asked = [f"{key}: {_told(each)}" for key, each in data["accesses"].items()]
    return (
        "The whole memory of a machine: 16 frames of 16 bytes, shown as eight 2-byte words each, "
        "in hex. Virtual addresses have 8 bits, four of them offset. The flat table of 16 entries "
        f"fills frame {data['root']:#x} (entries 0 to 7) and the one behind it (8 to 15). An entry "
        "has its PFN in bits 15..8; P is bit 0, W bit 1, U bit 2, NX bit 4."
        "\n\n" + "\n".join("    " + row for row in (head, *rows)) + "\n\n"
        "Seven accesses:\n\n" + "\n".join("    " + line for line in asked) + "\n\n"
        "For each write the VPN, the entry, and where it ends: a physical address, "
        f'"{ABSENT}" (P = 0), or "{FORBIDDEN}" (P = 1, but this access may not be). The kernel may '
        "use pages without U; W and NX bind it too."
    )


def _told(each: Data) -> str:
    return f"{each['who']} {each['access']} {each['va']:#04x}"


def solve(
    data: Data, key: str, *, looks: bool = True, asks: bool = True, kernel_bound: bool = False,
    told_apart: bool = True, offset: int = 1, second_frame: int = 1,
) -> list[int | str]:  # fmt: skip
    """Find the entry, ask P, ask the others."""
    each = data["accesses"][key]
    vpn = each["va"] >> 4
    entry = data["memory"][data["root"] + second_frame * (vpn // _WORDS)][vpn % _WORDS]
    allowed = (
        (entry & _U or (each["who"] == "kernel" and not kernel_bound))
        and (entry & _W or each["access"] != "writes")
        and not (entry & _NX and each["access"] == "fetches code at")
    )
    if looks and not entry & _P:
        return [vpn, entry, ABSENT]
    if asks and not allowed:
        return [vpn, entry, FORBIDDEN if told_apart else ABSENT]
    return [vpn, entry, entry >> 8 << 4 | each["va"] % 16 * offset]


def locate(data: Data, key: str, expected: list[int | str], got: list[int | str]) -> str:
    """Say which question about the entry was answered wrongly, once that is right."""
    if got[:2] != expected[:2]:
        return ""
    asked = "the frame and the offset, side by side"
    if ABSENT in (expected[2], got[2]):
        asked = "is the page there? For that, P alone counts"
    elif FORBIDDEN in (expected[2], got[2]):
        asked = "may this access be? U counts for the user's, W for writes, NX for fetches"
    return f"The outcome is the first wrong step: {asked}."


EXERCISE = Steps(
    **own(globals()),
    title="Seven accesses by hand",
    letters=_LETTERS,
    form=[int, int, (int, ABSENT, FORBIDDEN)],
    describe=lambda data, key: f"`{key}`, {_told(data['accesses'][key])}",
    look={
        "VPN": "It is the left one of the two hex digits.",
        "entry": "Which of the two frames of the table, and which column?",
        "outcome": "",
    },
    mistakes={
        bug(asks=False): "every access goes on wherever P is set. P says that the page is there; "
        "whether *this* access may have it is for U, W and NX to say.",
        bug(looks=False): "an entry whose P bit is 0 is asked for permissions, or followed. With P "
        "= 0 the hardware looks at nothing else.",
        bug(told_apart=False): '"not there" is written where the page is there and the access is '
        "not allowed. The kernel must tell the two apart: the first it may mend by bringing the "
        "page, the second is usually the program's mistake. Hardware tells it, by a bit of its "
        "own.",
        bug(kernel_bound=True): "the kernel is stopped at a page without U. That bit keeps *user "
        "mode* out, so that the kernel's own pages can stand in the same table.",
        bug(offset=0): "each address is the first of its frame. The last digit of the virtual "
        "address goes on, as it is.",
        bug(second_frame=0): "all entries are looked up in the first of the table's two frames. "
        "Entries 8 to 15 stand in the next one.",
    },
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
