"""How much is tried of what there is many of: names, seeds, positions, examples of a property.

Hypothesis' profile says it for all of them (`conftest.py` has the profiles): `make exhaustive`
takes everything, `make test` a tenth, `make check` a twentieth. What comes first is the
same each time. A test whose sample follows is marked `sampled`.
"""

from collections.abc import Sequence
from math import ceil
from typing import TypeVar

from hypothesis import settings

EVERYTHING = 200  # examples of a property
SHARE = settings().max_examples / EVERYTHING
T = TypeVar("T")


def some(things: Sequence[T], least: int = 1) -> Sequence[T]:
    """Take the first of many things, a few at least: all of them with `make exhaustive`."""
    return things[: max(least, ceil(len(things) * SHARE))]
