"""What a service may run into, in production: all memory, a node, its group's limit, its areas.

All of them are asked about with the same facts, so that the question does not tell which it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

AREAS = 65530  # vm.max_map_count, Linux's default
ALERT = (
    "Since last night's change a service does only a part of its work. When it is started anew, "
    "all is well for a while."
)


def production(rng: Random) -> dict[str, int]:
    """Draw a machine, a limit, and the size of what the service maps: no bound is met exactly."""
    gib = rng.randrange(16, 90, 2)
    most = gib - rng.randrange(1, gib // 2)
    bounds = (2 * gib << 20, gib << 20, most << 20)
    sizes = [
        kib
        for kib in range(20, 200, 4)
        if all(bound // kib * kib % 1024 for bound in (*bounds, AREAS * kib))
    ]
    return {"gib": gib, "max": most, "kib": rng.choice(sizes)}


def question(facts: Mapping[str, int]) -> str:
    """Ask how much fits below the bound that was met."""
    gib, kib = facts["gib"], facts["kib"]
    return (
        f"In production the machine has {2 * gib} GiB, half of it on each of two nodes; memory.max "
        f"of the service is {facts['max']} GiB, vm.max_map_count {AREAS:,}. What it needs comes in "
        f"pieces of {kib} KiB, each an area by itself, and all in use. If only what you diagnosed "
        "counted, and nothing else took room: how many MiB of whole pieces could it have, rounded "
        "down?"
    )


def below(bound_kib: int, facts: Mapping[str, int]) -> tuple[int, int, int]:
    """Return pieces that stay below a bound, KiB of each, and KiB of a MiB."""
    return bound_kib // facts["kib"], facts["kib"], 1024


def slips(numbers: tuple[int, int, int]) -> dict[str, int]:
    """Return what comes out of known slips."""
    many, each, by = numbers
    return {"kib": many * each, "twice": 2 * many * each // by, "pieces": many}
