"""What is drawn ahead is what the move shows, in every scene and for every control."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from benchmarks.explorer import every_scene
from pagesim.explorer import Explorer
from pagesim.explorer.ahead import state_of

from ..samples import some

LONGEST = 20.0  # s
DRAWN = some(sorted(every_scene.SCENES), least=6)


async def sent_ahead(explorer: Explorer, control: int, typed: str | None) -> list[Any]:
    """What comes of a control that gets the focus, or in which something is typed."""
    sent: list[Any] = []
    explorer.picture.send = lambda content, buffers: sent.append((content, *buffers))
    explorer._told(None, {"control": control, "typed": typed}, [])
    waited = 0.0
    while explorer._idle.busy and waited < LONGEST:
        await asyncio.sleep(0.02)
        waited += 0.02
    return sent


@pytest.mark.sampled
@pytest.mark.parametrize("name", DRAWN)
def test_it_is_what_the_move_shows(name: str) -> None:
    explorer, moved = Explorer(every_scene.SCENES[name]()), Explorer(every_scene.SCENES[name]())
    for control, (of, widget) in enumerate(explorer.inputs.items()):
        text = isinstance(widget.value, str) and not widget.has_trait("index")
        told = sent_ahead(explorer, control, "0x2a" if text else None)
        with ThreadPoolExecutor(1) as thread:  # in this one, the browser's tests may have a loop
            sent = thread.submit(asyncio.run, told).result()
        for content, png in sent:
            moved.reset()
            hand = moved.inputs[of]
            state = content["controls"][control]
            if hand.has_trait("index"):
                hand.index = state
            else:
                hand.value = state
            assert [state_of(each) for each in explorer.inputs.values()][control] != state
            assert (moved.readout, moved.picture.png) == (content["alt"], png), (of, state)
