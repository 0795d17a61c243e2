"""How many processes fit before a machine thrashes, and what happens one step further."""

from __future__ import annotations

from random import Random

from ...legacy import Data, Exercise, Mistake

_KEYS = ("fit", "share", "rate")


def draw(rng: Random) -> Data:
    """Draw a machine, its processes, and how many too many of them there are; sizes in MiB."""
    working = rng.randrange(150, 420, 10)
    return {
        "ram": 1024 * rng.choice((4, 6, 8, 12, 16)),
        "kernel": rng.randrange(300, 700, 50),
        "code": rng.randrange(40, 130, 10),
        "working": working,
        "virtual": working * rng.randrange(4, 9),
        "extra": rng.randrange(3, 8),
        "touches": rng.choice((50, 100, 200)),
        "disk_us": rng.choice((80, 100, 140, 200)),
    }


def text(data: Data) -> str:
    """State the machine."""
    return (
        f"A machine has {data['ram']} MiB of RAM, of which the kernel keeps {data['kernel']}. All "
        f"workers of a service share {data['code']} MiB of code, which is always in use; besides, "
        f"each worker has a private working set of {data['working']} MiB, and a virtual size of "
        f'{data["virtual"]} MiB. How many workers "fit" so that nothing in use has to leave? '
        f"Somebody starts {data['extra']} more than that. The code stays in memory; of the private "
        'pages, all used alike, a part is now out: what "share" of the touches to private pages '
        f"faults, in percent? Each request touches {data['touches']} private pages, and the disk "
        f"brings one page in {data['disk_us']} µs, one after the other: what is the highest "
        '"rate" it allows, in requests a second?'
    )


def _room(data: Data) -> int:
    return int(data["ram"] - data["kernel"] - data["code"])


def _worked(data: Data, key: str, room: int, each: int, up: int = 0) -> float:
    fit = room // each + up
    share = 1 - room / ((fit + data["extra"]) * each)
    if key == "fit":
        return fit
    if key == "share":
        return float(100 * share)
    return float(1e6 / (data["touches"] * share * data["disk_us"]))


def reference(data: Data, key: str) -> float:
    """Take away what is always there; what is left, divided by what each one needs."""
    return _worked(data, key, _room(data), data["working"])


def _code_each(data: Data, key: str) -> float:
    room, each = data["ram"] - data["kernel"], data["working"] + data["code"]
    return _worked(data, key, room, each)


def _no_kernel(data: Data, key: str) -> float:
    return _worked(data, key, data["ram"] - data["code"], data["working"])


def _by_virtual(data: Data, key: str) -> float:
    return _worked(data, key, _room(data), data["virtual"])


def _rounded_up(data: Data, key: str) -> float:
    return _worked(data, key, _room(data), data["working"], up=1)


def _of_ram(data: Data, key: str) -> float:
    fit, room = _room(data) // data["working"], _room(data)
    over = ((fit + data["extra"]) * data["working"] - room) / room
    wrong = {"share": 100 * over, "rate": 1e6 / (data["touches"] * over * data["disk_us"])}
    return float(wrong[key]) if key in wrong else reference(data, key)


def _all_touches(data: Data, key: str) -> float:
    if key != "rate":
        return reference(data, key)
    return float(1e6 / (data["touches"] * data["disk_us"]))


def _one_fault(data: Data, key: str) -> float:
    if key != "rate":
        return reference(data, key)
    return float(1e6 / (reference(data, "share") / 100 * data["disk_us"]))


def _fraction(data: Data, key: str) -> float:
    return reference(data, key) / 100 if key == "share" else reference(data, key)


def locate(data: Data, key: str, expected: float, got: float) -> str:
    """Say on which side it lies, and what to look at."""
    side = "too small" if got < expected else "too large"
    look = {
        "fit": "What is left of RAM for private pages, and how much of it does each one need?",
        "share": "How much private memory is wanted in all, and how much of it is in?",
        "rate": "How many faults has a request, and how long does the disk work for them?",
    }
    return f"That is {side}. {look[key]}"


EXERCISE = Exercise(
    id="how-many-fit",
    notebook="09",
    title="How many before it thrashes?",
    points=2,
    kind="number",
    draw=draw,
    text=text,
    form={"fit": int, "share": float, "rate": float},
    reference=reference,
    describe=lambda data, key: f'"{key}"',
    locate=locate,
    mistakes=(
        Mistake(
            name="code for each",
            message="You gave each worker its own copy of the code. They share one: the same "
            "frames, mapped many times.",
            solve=_code_each,
        ),
        Mistake(
            name="kernel forgotten",
            message="You gave all of RAM to the workers. The kernel keeps its part.",
            solve=_no_kernel,
        ),
        Mistake(
            name="virtual size",
            message="You reckoned with the virtual size. What is never touched needs no frame; "
            "what counts is the working set.",
            solve=_by_virtual,
        ),
        Mistake(
            name="rounded up",
            message="You rounded up. The last worker does not fit entirely, and from there on "
            "somebody always faults.",
            solve=_rounded_up,
        ),
        Mistake(
            name="share of RAM",
            message="You divided what is out by the memory there *is*. The share of touches that "
            "fault is what is out, out of what is *wanted*.",
            solve=_of_ram,
        ),
        Mistake(
            name="no percent",
            message="Your share is a fraction; the card asks for percent, which is a hundred times "
            "as much. (In the rate, the fraction is what you need.)",
            solve=_fraction,
        ),
        Mistake(
            name="every touch faults",
            message="For the rate you let every touch go to the disk. Only the share you have just "
            "worked out does.",
            solve=_all_touches,
        ),
        Mistake(
            name="one touch a request",
            message="For the rate you counted a single touch. Each request touches many pages, and "
            "each of them may fault.",
            solve=_one_fault,
        ),
    ),
    start="First take from RAM what is always there, once. Then divide.",
    right="From fitting to waiting for the disk it takes a single worker. That is why a limit on "
    "workers belongs next to the limit on memory.",
    untested="working sets that change with the hour, and pages that several workers share.",
    hints=(
        '"fit": (RAM − kernel − code) // working set.',
        '"share": 100 × (1 − what is in / what is wanted), private pages only; all frames that '
        "are left for them are in use.",
        '"rate": 1,000,000 µs / (touches × share × µs a page), with the share as 0.1 for 10 %.',
    ),
)
