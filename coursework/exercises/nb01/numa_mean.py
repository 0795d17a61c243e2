"""The mean latency of a program on a NUMA machine, where the first touch decides."""

from __future__ import annotations

from random import Random

from ...kinds import Code, Data, bug, instead, own

Accesses = list[list[int]]


def draw(rng: Random) -> Data:
    """Draw programs: first somebody touches the pages, then several nodes use them."""
    cases: list[list[object]] = []
    shapes = ((2, 3, 4), (2, 4, 8), (3, 5, 10), (4, 6, 14), (4, 8, 24), (8, 9, 30))
    for nodes, pages, uses in shapes:
        numbers = rng.sample(range(100), pages)
        owners = [rng.randrange(nodes) for _ in numbers]
        owners[:2] = [1, 0]  # not all on one node
        accesses = [[owner, page] for owner, page in zip(owners, numbers, strict=True)]
        accesses += [[rng.randrange(nodes), rng.choice(numbers)] for _ in range(uses)]
        cases.append([accesses, rng.choice((70, 80, 90)), rng.randrange(110, 170, 2)])
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


def solve(
    accesses: Accesses, local_ns: int, remote_ns: int, *, first: bool = True, follows: bool = False,
    only: int | None = None, counted: bool = True,
) -> float:  # fmt: skip
    """Write down who touched each page first, and count the accesses that come from there."""
    homes = {page: node for node, page in (reversed(accesses) if first else accesses)}
    touched = set()
    near = []
    for node, page in accesses:
        if counted or page in touched:
            near.append(node == (homes[page] if only is None else only))
        touched.add(page)
        if follows:
            homes[page] = node
    return remote_ns - (remote_ns - local_ns) * sum(near) / len(near)


def locate(
    accesses: Accesses, local_ns: int, remote_ns: int, expected: float, got: float
) -> str:  # fmt: skip
    """Say in terms of local accesses what a mean amounts to."""
    if not min(local_ns, remote_ns) <= got <= max(local_ns, remote_ns):
        return f"A mean of {got:g} ns lies outside of {local_ns} to {remote_ns} ns."
    side = "more" if got < expected else "fewer"
    return f"Your mean says that {side} accesses are local than there are. Whose is each page?"


EXERCISE = Code(
    **own(globals()),
    title="First touch, mean latency",
    form=float,
    look={"mean": ""},
    mistakes={
        bug(follows=True): "a page moves to the thread that used it last. It stays where it was "
        "first touched, however often others come.",
        bug(first=False): "pages lie where they were touched *last*. A dict comprehension over all "
        "accesses does that: each later pair overwrites the one before.",
        bug(only=0): "every page lies on node 0. That would be so if one thread there had touched "
        "everything first; here different nodes did.",
        instead(
            mean=lambda right, accesses, local_ns, remote_ns: local_ns + remote_ns - right["mean"]
        ): "the two times are exchanged. An access to the thread's own node takes `local_ns`.",
        bug(counted=False): "the first access to each page is left out of the mean. It is an "
        "access too, and by definition a local one.",
        instead(
            mean=lambda right, accesses, local_ns, remote_ns: (local_ns + remote_ns) / 2
        ): "both times are taken to come equally often. How many accesses pay which?",
    },
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
