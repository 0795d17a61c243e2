"""Every scene there is, for those who time them and those who test them; new ones are found."""

from __future__ import annotations

from collections.abc import Callable

from pagesim import X86_64, host, incidents, scenes
from pagesim.scenes import Scene

_KNEE = host.TlbKnee().series(live=False).data  # recorded
_MAPS = host.own_maps(live=False)  # recorded

# Those that show something of the learner's need an example of it.
_EXAMPLES: dict[str, Callable[[], Scene]] = {
    "AddressBits": lambda: scenes.AddressBits(X86_64),
    "Rerun": lambda: scenes.Rerun(incidents.draw("cold-file", seed=0)),
    "Knee": lambda: scenes.Knee(_KNEE),
    "OwnSpace": lambda: scenes.OwnSpace(_MAPS),
}

SCENES: dict[str, Callable[[], Scene]] = {
    name: _EXAMPLES.get(name, kind)
    for name in scenes.__all__
    if isinstance(kind := getattr(scenes, name), type) and issubclass(kind, Scene)
    if kind is not Scene
}
