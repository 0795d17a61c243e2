"""The mean latency of a program on a NUMA machine, where the first touch decides."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from random import Random

from pagesim import PhysicalMemory
from pagesim.memory.numa import NumaSpace

from ...exercise import Data, Exercise, Mistake

Accesses = list[list[int]]
Near = Callable[[Accesses], list[bool]]


def draw(rng: Random) -> Data:
    """Draw programs: first somebody touches the pages, then several nodes use them."""
    cases: list[list[object]] = []
    for nodes, pages, uses in (
        (2, 3, 4),
        (2, 4, 8),
        (3, 5, 10),
        (4, 6, 14),
        (4, 8, 24),
        (8, 9, 30),
    ):
        numbers = rng.sample(range(100), pages)
        owners = [rng.randrange(nodes) for _ in numbers]
        owners[:2] = [1, 0]  # not all on one node
        accesses = [[owner, page] for owner, page in zip(owners, numbers, strict=True)]
        accesses += [[rng.randrange(nodes), rng.choice(numbers)] for _ in range(uses)]
        far = rng.randrange(110, 170, 2)
        cases.append([accesses, rng.choice((70, 80, 90)), far])
    return {"cases": cases}


def text(data: Data) -> str:
    """Show the first program."""
    accesses, local, remote = data["cases"][0]
    return (
        "Write `numa_mean(accesses, local_ns, remote_ns)`. `accesses` lists `[node, page]` in the "
        "order in which they happen: a thread on this node uses this page. The first access to a "
        "page puts it on the node of that thread, and there it stays. An access to a page on the "
        "thread's own node takes `local_ns`, any other `remote_ns`; the first access counts too. "
        "Return the mean."
        f"\n\n{len(data['cases'])} calls are made. The first one is:"
        f"\n\n    accesses = {accesses}\n    local_ns, remote_ns = {local}, {remote}"
    )


def reference(accesses: Accesses, local_ns: int, remote_ns: int) -> float:
    """Ask the simulator."""
    nodes = 1 + max(node for node, _ in accesses)
    space = NumaSpace(PhysicalMemory(128 * nodes, frame_bytes=1, nodes=nodes))
    for node, page in accesses:
        space.access(page, node)
    return space.mean_ns(local_ns, remote_ns)


def _by(accesses: Accesses, local_ns: int, remote_ns: int, *, near: Near) -> float:
    times = [local_ns if is_near else remote_ns for is_near in near(accesses)]
    return sum(times) / len(times)


def _follows(accesses: Accesses) -> list[bool]:
    """The page moves to whoever used it last."""
    home: dict[int, int] = {}
    near = []
    for node, page in accesses:
        near.append(home.get(page, node) == node)
        home[page] = node
    return near


def _last_toucher(accesses: Accesses) -> list[bool]:
    home = {page: node for node, page in accesses}  # the last one wins
    return [home[page] == node for node, page in accesses]


def _node_zero(accesses: Accesses) -> list[bool]:
    return [node == 0 for node, _ in accesses]


def _first(accesses: Accesses) -> list[bool]:
    home: dict[int, int] = {}
    return [home.setdefault(page, node) == node for node, page in accesses]


def _swapped(accesses: Accesses, local_ns: int, remote_ns: int) -> float:
    return _by(accesses, remote_ns, local_ns, near=_first)


def _first_uncounted(accesses: Accesses, local_ns: int, remote_ns: int) -> float:
    pages = len({page for _, page in accesses})
    total = _by(accesses, local_ns, remote_ns, near=_first) * len(accesses) - pages * local_ns
    return total / (len(accesses) - pages)


def _plain_average(accesses: Accesses, local_ns: int, remote_ns: int) -> float:
    return (local_ns + remote_ns) / 2


def locate(
    accesses: Accesses, local_ns: int, remote_ns: int, expected: float, got: float
) -> str:  # fmt: skip
    """Say in terms of local accesses what a mean amounts to."""
    if not min(local_ns, remote_ns) <= got <= max(local_ns, remote_ns):
        return f"A mean of {got:g} ns lies outside of {local_ns} to {remote_ns} ns."
    side = "more" if got < expected else "fewer"
    return f"Your mean says that {side} accesses are local than there are. Whose is each page?"


NUMA_MEAN = Exercise(
    id="numa-mean",
    notebook="01",
    title="First touch, mean latency",
    points=2,
    kind="code",
    draw=draw,
    text=text,
    form=float,
    reference=reference,
    describe=lambda accesses, local_ns, remote_ns: f"{len(accesses)} accesses",
    locate=locate,
    mistakes=(
        Mistake(
            name="pages follow",
            message="You let a page move to the thread that used it last. It stays where it was "
            "first touched, however often others come.",
            solve=partial(_by, near=_follows),
        ),
        Mistake(
            name="last touch",
            message="Your pages lie where they were touched *last*. A dict comprehension over all "
            "accesses does that: each later pair overwrites the one before.",
            solve=partial(_by, near=_last_toucher),
        ),
        Mistake(
            name="all on node 0",
            message="You put every page on node 0. That would be so if one thread there had "
            "touched everything first; here different nodes did.",
            solve=partial(_by, near=_node_zero),
        ),
        Mistake(
            name="near and far swapped",
            message="You have the two times the wrong way round: an access to the thread's own "
            "node takes `local_ns`.",
            solve=_swapped,
        ),
        Mistake(
            name="first touch not counted",
            message="You left the first accesses out of the mean. They are accesses too, and by "
            "definition local ones.",
            solve=_first_uncounted,
        ),
        Mistake(
            name="plain average",
            message="You took the average of the two times. How many accesses pay which?",
            solve=_plain_average,
        ),
    ),
    start="Keep a dict from page to node. Go through the accesses in order: if the page is not in "
    "it yet, put it there; then compare.",
    right="The first loop over an array, often the one that only fills it with zeros, has decided "
    "how fast all later ones will be.",
    untested="nodes that are full, pages that the kernel moves later, more than two distances.",
    hints=(
        "`home = {}` before the loop; in the loop, `if page not in home: home[page] = node`.",
        "`home.setdefault(page, node)` returns the page's node, and puts it there first if it has "
        "none.",
        "Add up `local_ns` or `remote_ns` for each access, and divide by `len(accesses)`.",
    ),
)
