"""How many processes fit before a machine thrashes, and what happens one step further."""

from __future__ import annotations

from random import Random

from ...kinds import Data, Numbers, bug, instead, own


def draw(rng: Random) -> Data:
    """Draw a machine, its processes, and how many too many of them there are; sizes in MiB."""
    while True:
        working = rng.randrange(150, 420, 10)
        data = {
            "ram": 1024 * rng.choice((4, 6, 8, 12, 16)),
            "kernel": rng.randrange(300, 700, 50),
            "code": rng.randrange(40, 130, 10),
            "working": working,
            "virtual": working * rng.randrange(4, 9),
            "extra": rng.randrange(3, 8),
            "touches": rng.choice((50, 100, 200)),
            "disk_us": rng.choice((80, 100, 140, 200)),
        }
        right = solve(data)
        parts = [right["share"], data["touches"] * right["share"] / 100]
        parts += [(data["ram"] - data["kernel"] - data["code"]) / right["fit"]]
        # the code decides about one worker, and what is no whole number is not nearly one
        if right["fit"] < solve(data, code="nowhere")["fit"] and all(x % 1 > 0.4 for x in parts):
            return data


def text(data: Data) -> str:
    """State the machine."""
    return (
        f"A machine has {data['ram']:,} MiB of RAM; the kernel keeps {data['kernel']} of them. All "
        f"workers of a service share {data['code']} MiB of code, which is always in use; besides, "
        f"each worker has a private working set of {data['working']} MiB, and a virtual size of "
        f'{data["virtual"]:,} MiB. How many workers "fit" so that nothing in use has to leave? '
        f"Somebody starts {data['extra']} more than that. The code stays in memory; of the private "
        'pages, all used alike, a part is now out: what "share" of the touches to private pages '
        f"faults, in percent? Each request touches {data['touches']} private pages, and the disk "
        f"brings one page in {data['disk_us']} µs, one after the other: what is the highest "
        '"rate" it allows, in requests a second (worked out from the share as it is, not rounded)?'
    )


def solve(
    data: Data, *, kernel: bool = True, code: str = "once", size: str = "working", up: int = 0,
    of: str = "wanted", touches: str = "faulting",
) -> dict[str, float]:  # fmt: skip
    """Take away what is always there; what is left, divided by what each one needs."""
    room = data["ram"] - data["kernel"] * kernel - data["code"] * (code == "once")
    each = data[size] + data["code"] * (code == "each")
    fit = room // each + up
    wanted = (fit + data["extra"]) * each
    out = {"in": room, "extra": data["extra"] * each}.get(of, wanted - room)
    share = out / (room if of == "room" else wanted)
    faults = {"faulting": data["touches"] * share, "all": data["touches"], "one": share}[touches]
    return {"fit": fit, "share": 100 * share, "rate": 1_000_000 / (faults * data["disk_us"])}


EXERCISE = Numbers(
    **own(globals()),
    title="How many before it thrashes?",
    form={"fit": int, "share": float, "rate": float},
    look={
        "fit": "What is left of RAM for private pages, and how much of it does each one need?",
        "share": "How much private memory is wanted in all, and how much of that is out?",
        "rate": "How many faults has a request, and how long does the disk work for them?",
    },
    units={"share": "percent"},
    mistakes={
        bug(code="each"): "each worker has its own copy of the code. They share one.",
        bug(code="nowhere"): "the code takes no memory. It is there once, for all workers.",
        bug(kernel=False): "all of RAM is for the service. The kernel keeps its part.",
        bug(size="virtual"): "each worker needs its virtual size. What counts is the working set.",
        bug(up=1): "the number of workers is rounded up. The last one does not fit entirely.",
        bug(of="room"): "what is out is divided by the memory that there *is*. The share of "
        "touches that fault is what is out, out of what is *wanted*.",
        bug(of="in"): "the share that is *in* is given. The touches that fault are the others.",
        bug(of="extra"): "all that the extra workers want is out. Some room was left before.",
        instead(rate=lambda right, data: 1e6 / right["rate"]): "the rate is the µs that a request "
        "takes. How many of these fit into a second?",
        instead(rate=lambda right, data: right["rate"] / 100): "the share is 10 for 10 %, where "
        "the rate is worked out. There it is 0.1.",
        bug(touches="all"): "every touch goes to the disk, for the rate. Only the share does.",
        bug(touches="one"): "a request touches a single page, for the rate. Each touches many.",
    },
    start="First take from RAM what is always there, once. Then divide.",
    right="From fitting to waiting for the disk it takes a single worker. That is why a limit on "
    "workers belongs next to the limit on memory.",
    untested="working sets that change with the hour, and pages that several workers share.",
    hints=(
        '"fit": (RAM − kernel − code) // working set.',
        '"share": 100 × (1 − what is in / what is wanted), private pages only, with the extra '
        "workers; all frames that are left for them are in use.",
        '"rate": 1,000,000 µs / (touches × share × µs a page), with the share as 0.1 for 10 %.',
    ),
)
