"""The picture of a machine that is run again, for every incident and every setting."""

import pytest

from pagesim.draw import Stage
from pagesim.incidents import INCIDENTS, draw
from pagesim.scenes import Rerun

from ..scenes.seen import labels
from ..scenes.test_every_scene import first_overlap

pytestmark = pytest.mark.long  # every machine runs again with every setting


@pytest.mark.parametrize("name", INCIDENTS)
def test_no_setting_breaks_the_picture_and_the_cure_shows(name):
    case = draw(name, seed=8)
    stage = Stage(Rerun(case))
    for setting in ("as it was", *case.fixes):
        said = stage.show(setting=setting)
        boxes = [label.box() for label in labels(stage)]
        assert first_overlap(boxes) is None, (setting, [label.text for label in labels(stage)])
        width, height = stage.scene.size
        assert all(0 <= left < right <= width for left, _, right, _ in boxes)
        assert all(0 <= low < high <= height for _, low, _, high in boxes)
        assert setting == "as it was" or f"With {setting}," in str(said)


def test_letters_are_those_of_the_learner():
    case = draw("limit", 2)
    case.fixes = {"p": "ram", "q": "score", "r": "overcommit", "s": "limit"}
    said = str(Stage(Rerun(case)).show(setting="s"))
    assert "memory.max" in said
    assert "now" in said
