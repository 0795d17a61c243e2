"""What is only for eyes, and what measures a machine, does nothing in the box."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

_SHOWN = ("bet", "explore", "predict_first", "reveal", "seen")
MODULES = ("scenes", "host", "explorer", "evidence")  # of pagesim: not in the box at all


class Hollow:
    """Takes every call and attribute, and is nothing.

    >>> Hollow().series(live=False).data, list(Hollow())
    (Hollow(), [])
    """

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Hollow()

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        return Hollow()

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __repr__(self) -> str:
        return "Hollow()"


class _HollowModule(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Hollow()


def hollow_out(name: str) -> None:
    """Put hollow things in the place of a package's pictures, bets and labs."""
    package = sys.modules[name]
    for name in _SHOWN:
        setattr(package, name, Hollow())
    for name in MODULES:
        module = _HollowModule(f"{package.__name__}.{name}")
        sys.modules[module.__name__] = module
        setattr(package, name, module)
