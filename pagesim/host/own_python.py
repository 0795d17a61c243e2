"""What the learner's own Python copies after a fork: a collection, with and without `gc.freeze`.

A collection of garbage writes into the header of every object that it looks at; `gc.freeze` puts
all objects where it does not look. Reference counts are written by whoever uses an object at all.

Sources: Instagram Engineering, "Dismissing Python garbage collection" (2017), bpo-31558; whether it
helps is disputed, so it is measured.
"""

from __future__ import annotations

import gc
import platform
from collections.abc import Mapping, Sequence

from .areas import parse
from .forked import Channel, Child
from .helper import in_helper
from .lab import Row, Value
from .linux import Unavailable, proc
from .plotted import TimedLab

_OBJECTS, _TIMES = 50_000, 2
_LEAST = 4 << 10  # KiB: a collection that copied less has not gone through the objects
_COLLECT, _FROZEN = "a collection (KiB)", "a collection after gc.freeze (KiB)"
_LOOP = "a loop over all objects after gc.freeze (KiB)"
_MUCH = "a collection in the child copies over 4 MiB"
_LITTLE = "after gc.freeze it copies under a tenth of that"
_COUNTS = "after gc.freeze a loop over the objects copies over a quarter"


class OwnPython(TimedLab):
    """Fork a Python with 50,000 lists, and measure what a collection in the child copies.

    Its `series` gives the KiB that became the child's own (Private_Dirty), run by run: they are
    measurements, and differ between versions of Python.

    Examples
    --------
    >>> OwnPython().prediction.predicted["after gc.freeze it copies under a tenth of that"]
    'yes'
    """

    key = "own_python"
    notebook = "10"
    title = f"Your own Python with {_OBJECTS:,} lists, forked"
    headings = ("what is measured",)
    basis = (
        "predicted: a collection writes to each object that it looks at, and to none that is "
        "frozen; using an object writes its reference count, frozen or not"
    )
    asked = (_LITTLE, _COUNTS)

    def rows(self) -> Sequence[Row]:
        """State what copies much, and what does not."""
        return tuple(Row((name,), "yes") for name in (_MUCH, _LITTLE, _COUNTS))

    def check(self) -> None:
        """Need a Python that counts references and can freeze, and the sum of smaps."""
        if platform.python_implementation() != "CPython":
            raise Unavailable(f"its Python is {platform.python_implementation()}, not CPython")
        proc("self/smaps_rollup")

    def judge(self, trace: Mapping[str, Sequence[float]]) -> Mapping[str, Value]:
        """Take the least of each: what else the child writes is added to all of them."""
        least = {name: min(found) for name, found in trace.items()}
        answers = (
            least[_COLLECT] > _LEAST,
            10 * least[_FROZEN] < least[_COLLECT],
            4 * least[_LOOP] > least[_COLLECT],
        )
        return {
            row.name: "yes" if answer else "no"
            for row, answer in zip(self.rows(), answers, strict=True)
        }

    def trace(self) -> Mapping[str, Sequence[float]]:
        """Fork in helper processes: one that does not freeze, and one that does."""
        plain: dict[str, Sequence[float]] = in_helper(_copied, False)
        frozen: dict[str, Sequence[float]] = in_helper(_copied, True)
        return plain | frozen


def _copied(freeze: bool) -> dict[str, list[float]]:
    """Make objects, fork, and let children collect or loop."""
    things = [[number] for number in range(_OBJECTS)]
    gc.collect()
    if freeze:
        gc.freeze()

    def loop() -> None:
        for _ in things:
            pass

    def collect() -> None:
        gc.collect()

    works = {_FROZEN: collect, _LOOP: loop} if freeze else {_COLLECT: collect}
    found: dict[str, list[float]] = {}
    for name, work in works.items():
        found[name] = []
        for _ in range(_TIMES):

            def child(line: Channel) -> None:
                gc.disable()  # that no other collection runs than the one that is meant
                _own()
                before = _own()
                work()  # noqa: B023
                line.send(_own() - before)

            one = Child(child)
            found[name].append(float(one.receive()))
            one.wait()
    return found


def _own() -> int:
    """Read how much this process has written for itself, in KiB."""
    (whole,) = parse(proc("self/smaps_rollup"))
    return whole.kib["Private_Dirty"]
