"""What n processes of one program have, what they take, and how many of them fit."""

from __future__ import annotations

from random import Random

from ...kinds import Data, Numbers, bug, instead, own


def draw(rng: Random) -> Data:
    """Draw a program: common code, data of its own, and what it asked for and never touched."""
    while True:
        code, data, gib = rng.randrange(60, 240, 5), rng.randrange(15, 55), rng.choice((4, 8, 16))
        if (1024 * gib - code) % data > data // 2:  # the last worker nearly fits
            break
    return {
        "processes": rng.randrange(12, 60),
        "code": code,
        "data": data,
        "untouched": rng.randrange(100, 900, 50),
        "ram": 1024 * gib,
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


def solve(data: Data, *, once: int = 1, each: int = 0, untouched: int = 0) -> Data:
    """Count the code `once` for all and in `each` worker, besides the data of every worker."""
    workers, code = data["processes"], data["code"]
    own = data["data"] + each * code + untouched * data["untouched"]
    return {
        "virtual": workers * (code + data["data"] + data["untouched"]),
        "ram": once * code + workers * own,
        "most": (data["ram"] - once * code) // own,
    }


EXERCISE = Numbers(
    **own(globals()),
    title="What do the workers weigh?",
    units={"virtual": "MiB", "ram": "MiB"},
    look={
        "virtual": "Address space is what a process has mapped, touched or not.",
        "ram": "Which of the three lines needs frames, and how often?",
        "most": "Take away what is there once; how often does the rest fit as a whole?",
    },
    mistakes={
        bug(once=0, each=1): "every worker has a copy of the code. Nobody writes to it, so one set "
        "of frames serves them all: their page tables name the same ones.",
        bug(untouched=1): "the untouched buffers are counted as RAM. `malloc` and `mmap` hand out "
        "addresses; a frame comes with the first touch, and nobody has touched them.",
        bug(once=0): "the code takes no RAM. Shared does not mean free: it lies there once.",
        bug(once=0, each=1, untouched=1): "address space is taken for RAM. Two of the three lines "
        "of each worker are cheaper than they look: one is there once for all, one not at all.",
        instead(
            most=lambda right, data: (data["ram"] // 1024 * 1000 - data["code"]) // data["data"]
        ): "a GiB has 1000 MiB. It has 1024.",
        instead(
            virtual=lambda right, data: right["virtual"] - (data["processes"] - 1) * data["code"]
        ): "the code is counted once in the address space as well. Frames are shared, addresses "
        "are not: in each worker's own space the code takes its full size.",
    },
    start="Begin with the address space: add up the three lines of one worker. Then ask of each "
    "line: does it take frames at all, and once, or once for each worker?",
    right="`ps` prints the first of these as VSZ. Its RSS counts the code again in every worker: "
    "the sum of RSS says too much, and that is why the kernel also counts PSS, its fair share.",
    untested="page tables, pages shared only until one process writes, and RAM for anybody else.",
    hints=(
        "Address space is per worker and does not ask what was touched: one worker's three lines, "
        "times the number of workers.",
        "RAM. Code: once. Data: once for each worker. Buffers: not at all.",
        "For the last one: RAM minus the code is left for data. `//` drops the worker that would "
        "fit only in part.",
    ),
)
