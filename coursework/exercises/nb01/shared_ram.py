"""What n processes of one program have, what they take, and how many of them fit."""

from __future__ import annotations

from random import Random

from ...exercise import Data, Exercise, Mistake


def draw(rng: Random) -> Data:
    """Draw a program: common code, data of its own, and what it asked for and never touched."""
    return {
        "processes": rng.randrange(12, 60),
        "code": rng.randrange(60, 240, 5),
        "data": rng.randrange(15, 55),
        "untouched": rng.randrange(100, 900, 50),
        "ram": 1024 * rng.choice((4, 8, 16)),
    }


def text(data: Data) -> str:
    """Describe the processes and the machine."""
    return (
        f"A web server starts {data['processes']} worker processes. Each has mapped"
        f"\n\n    {data['code']:>4} MiB of code and libraries, the same file for all, all of it "
        f"read\n    {data['data']:>4} MiB of data of its own, all of it written"
        f"\n    {data['untouched']:>4} MiB of buffers that it asked for and has not touched yet\n\n"
        "In MiB, without counting page tables: how much address space do all the workers have "
        '("virtual"), and how much RAM do they take ("ram")? And how many such workers can '
        f'{data["ram"] // 1024} GiB of RAM hold at most ("most")?'
    )


def reference(data: Data, key: str) -> int:
    """Count frames: one copy of the code, and everybody's own data."""
    return _answer(data, key, common=data["code"], own=data["data"])


def _answer(data: Data, key: str, *, common: int, own: int) -> int:
    if key == "virtual":
        return int(data["processes"] * (data["code"] + data["data"] + data["untouched"]))
    if key == "ram":
        return int(common + data["processes"] * own)
    return int((data["ram"] - common) // own)


def _nothing_shared(data: Data, key: str) -> int:
    return _answer(data, key, common=0, own=data["code"] + data["data"])


def _asked_is_taken(data: Data, key: str) -> int:
    return _answer(data, key, common=data["code"], own=data["data"] + data["untouched"])


def _code_for_nothing(data: Data, key: str) -> int:
    return _answer(data, key, common=0, own=data["data"])


def _virtual_is_ram(data: Data, key: str) -> int:
    return _answer(data, key, common=0, own=data["code"] + data["data"] + data["untouched"])


def _shared_addresses(data: Data, key: str) -> int:
    if key == "virtual":
        return int(data["code"] + data["processes"] * (data["data"] + data["untouched"]))
    return reference(data, key)


def locate(data: Data, key: str, expected: int, got: int) -> str:
    """Say on which side of the truth a number lies, and what to look at."""
    side = "too little" if got < expected else "too much"
    if key == "virtual":
        return f"That is {side}. Address space is what a process has mapped, touched or not."
    if key == "ram":
        return f"That is {side}. Which of the three lines needs frames, and how often?"
    side = "too few" if got < expected else "too many"
    return f"That is {side}. Take away what is there once; how often does the rest fit?"


SHARED_RAM = Exercise(
    id="shared-ram",
    notebook="01",
    title="What do the workers weigh?",
    points=2,
    kind="number",
    draw=draw,
    text=text,
    form={"virtual": int, "ram": int, "most": int},
    reference=reference,
    describe=lambda data, key: f"`{key}`",
    locate=locate,
    mistakes=(
        Mistake(
            name="nothing shared",
            message="You gave every worker a copy of the code. Nobody writes to it, so one set of "
            "frames serves them all: their page tables name the same ones.",
            solve=_nothing_shared,
        ),
        Mistake(
            name="asked for is taken",
            message="You counted the untouched buffers as RAM. `malloc` and `mmap` hand out "
            "addresses; a frame comes with the first touch, and nobody has touched them.",
            solve=_asked_is_taken,
        ),
        Mistake(
            name="shared is free",
            message="You left the code out of RAM. Shared does not mean free: it lies there once.",
            solve=_code_for_nothing,
        ),
        Mistake(
            name="address space is RAM",
            message="You took address space for RAM. Two of the three lines of each worker are "
            "cheaper than they look: one is there once for all, one not at all.",
            solve=_virtual_is_ram,
        ),
        Mistake(
            name="addresses are shared",
            message="You counted the code once in the address space as well. Frames are shared, "
            "addresses are not: in each worker's own space the code takes its full size.",
            solve=_shared_addresses,
        ),
    ),
    start="Begin with the address space: add up the three lines of one worker. Then ask of each "
    "line: does it take frames at all, and once, or once for each worker?",
    right="`ps` prints the first of these as VSZ. Its RSS counts the code again in every worker: "
    "the sum of RSS says too much, and that is why the kernel also counts PSS, its fair share.",
    untested="page tables, pages written after a fork, and RAM for anybody else.",
    hints=(
        "Address space is per worker and does not ask what was touched: one worker's three lines, "
        "times the number of workers.",
        "RAM. Code: once. Data: once for each worker. Buffers: not at all.",
        "For the last one: RAM minus the code is left for data. `//` drops the worker that would "
        "fit only in part.",
    ),
)
