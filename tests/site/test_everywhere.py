"""TLBs over the recorded programs: sentence and picture are the scene's own at every position."""

from __future__ import annotations

import json
import random
import shutil
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import numpy as np
import pytest
from PIL import Image

from coursework.site import build
from coursework.site.build import POSITIONS
from coursework.site.forms import explorer_html
from coursework.site.letters import letters_css
from coursework.site.moving import EVERYWHERE, words_of, write_explorer
from coursework.site.positions import every_position, moved
from coursework.site.still import Still
from pagesim import scenes

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.long

# each with fewer options than it has: what is left is all that there is
FEWER: tuple[tuple[type[scenes.Scene], dict[str, Any], int], ...] = (
    (scenes.MissCurve, {"program": ["gzip"], "page": ["4 KiB", "2 MiB"]}, 98),
    (scenes.Switching, {"processes": (1, 2), "cores": (1, 5)}, 120),
    (scenes.Bill, {"work": ["gzip"], "read": (0, 6)}, 28),
)
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Three</title>
<link rel="stylesheet" href="../_static/site.css"><link rel="stylesheet"
href="../_static/letters.css"><script defer src="../_static/site.js"></script></head>
<body>{}</body></html>"""


def test_it_is_these_three() -> None:
    assert {scene for scene, _, _ in FEWER} == set(EVERYWHERE)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Still]]:
    """A page of three explorers."""
    folder = tmp_path_factory.mktemp("everywhere")
    shutil.copytree(Path(build.__file__).parent / "static", folder / "_static")
    (folder / "_static/letters.css").write_text(letters_css())
    (folder / "_static/explorers").mkdir()
    (folder / "notebooks").mkdir()
    stills = [Still(scene(), **options) for scene, options, _ in FEWER]
    boxes = [explorer_html(still, f"x-{k}", k) for k, still in enumerate(stills, 1)]
    (folder / "notebooks/three.html").write_text(PAGE.format("\n".join(boxes)))
    for k, still in enumerate(stills, 1):
        write_explorer(still, f"x-{k}", folder / "_static/explorers", most=POSITIONS)
    return folder, stills


def data_of(folder: Path, number: int) -> dict[str, Any]:
    text = (folder / f"_static/explorers/x-{number}.js").read_text()
    data: dict[str, Any] = json.loads(text[text.index("] = {") + 4 :].rstrip(";\n"))
    return data


@pytest.mark.parametrize("number", [1, 2, 3])
def test_every_position_says_what_the_scene_says(
    number: int, written: tuple[Path, list[Still]]
) -> None:
    """And has its title in the picture; moves and clicks lead where the scene says."""
    folder, stills = written
    data, still = data_of(folder, number), stills[number - 1]
    names = list(still.controls)
    positions = every_position(still)
    assert len(positions) == len(data["frames"]) == FEWER[number - 1][2]
    numbers = {tuple(frame["at"]): k for k, frame in enumerate(data["frames"])}
    assert len(numbers) == len(positions)

    def indices(values: dict[str, Any]) -> tuple[int, ...]:
        return tuple(
            control["words"].index(words_of(still.controls[control["name"]], values[name]))
            for name, control in zip(names, data["controls"], strict=True)
        )

    rng = random.Random(6)
    for frame, values in rng.sample(list(zip(data["frames"], positions, strict=True)), 20):
        finding = still.scene.update(**values)
        assert tuple(frame["at"]) == indices(values)
        assert ". ".join(data["sentences"][k] for k in frame["says"]) == finding.readout
        texts = [data["parts"][k][0] for k in frame["shows"]]
        assert finding.title in texts
        if not still.scene.clickable:
            continue
        width, height = still.scene.size
        columns, rows = data["grid"]
        for _ in range(20):
            column, row = rng.randrange(columns), rng.randrange(rows)
            x, y = width * (column + 0.5) / columns, height * (1 - (row + 0.5) / rows)
            change = still.scene.hit(x, y, **values)
            if not all(
                words_of(still.controls[name], value)
                in data["controls"][names.index(name)]["words"]
                for name, value in change.items()
            ):
                continue  # to where these fewer options do not reach
            there = indices(moved(still, values, change))
            assert follow(data, frame, row * columns + column) == there


def follow(data: dict[str, Any], frame: dict[str, Any], cell: int) -> tuple[int, ...]:
    """Find out where a click leads, as `site.js` does."""
    runs = data["clicks"][frame["grid"]]
    ends = np.cumsum(runs[::2])
    change = runs[1::2][int(np.searchsorted(ends, cell, "right"))]
    if change < 0:
        return tuple(frame["at"])
    leads = dict(zip(frame["leads"][::2], frame["leads"][1::2], strict=True))
    if change in leads:
        return tuple(data["frames"][leads[change]]["at"])
    at, moves = list(frame["at"]), data["changes"][change]
    for control, index in zip(moves[::2], moves[1::2], strict=True):
        at[control] = index
    return tuple(at)


def test_a_browser_draws_the_picture_of_the_scene(
    written: tuple[Path, list[Still]], chromium: Browser
) -> None:
    """At sampled positions: only the edges of letters and lines differ from matplotlib's."""
    from .open import Opened

    folder, stills = written
    window = Opened(folder, chromium)
    window.open("notebooks/three.html")
    rng = random.Random(7)
    for explorer, still, number in zip(window.explorers, stills, (1, 2, 3), strict=True):
        positions = every_position(still)
        for k in rng.sample(range(1, len(positions)), 5):
            words = {
                name: words_of(control, positions[k][name])
                for name, control in still.controls.items()
            }
            window.page.evaluate(
                "to => { location.hash = to; }", urlencode({"explorer": number, **words})
            )
            window.page.wait_for_function(
                "([number, at]) => document.querySelector(`#explorer-${number}`).dataset.position"
                " === at",
                arg=[number, str(k)],
            )
            shown = explorer.shown()
            assert shown.readout == still.stage.show(**positions[k])
            drawn = Image.open(BytesIO(explorer.pixels())).convert("RGB")
            own = Image.fromarray(np.asarray(still.stage.canvas.buffer_rgba())[..., :3])
            # squares of eight pixels: edges of letters and lines hardly count in them
            few = drawn.width // 8, drawn.height // 8
            one, other = (
                np.asarray(each.resize(few, Image.Resampling.BOX), float) for each in (drawn, own)
            )
            assert np.abs(one - other).max() < 75, (number, positions[k])
    assert window.wrong == []
    window.close()
