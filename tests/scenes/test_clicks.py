"""Where a click lands: edges belong to what they bound; on a curve it is a place in the data."""

from __future__ import annotations

import itertools

import pytest

from pagesim import scenes
from pagesim.draw import Grid, Stage, hit_box, middle

CORNERS = list(itertools.product((1.5, 6.3), (3.36, 3.66)))


@pytest.mark.parametrize(("x", "y"), CORNERS)
def test_each_corner_of_a_box_is_in_it(x: float, y: float) -> None:
    box = (1.5, 3.36, 6.3 - 1.5, 3.66 - 3.36)
    assert hit_box([box], x, y) == 0
    assert hit_box([box], x + 0.01 * (1 if x > 2 else -1), y) is None


def test_of_two_boxes_side_by_side_the_first_has_the_edge_between_them() -> None:
    assert hit_box([(0, 0, 1, 1), (1, 0, 1, 1)], 1, 0.5) == 0


def test_a_grid_has_a_cell_at_each_of_its_four_corners() -> None:
    grid = Grid(0.34, 3.34, 0.108, 0.248, columns=25, rows=12)
    left, bottom, wide, high = grid.outline
    found = [grid.at(x, y) for y in (bottom + high, bottom) for x in (left, left + wide)]
    assert found == [0, 24, 11 * 25, 12 * 25 - 1]
    assert all(grid.at(*middle(grid.box(cell))) == cell for cell in range(len(grid)))
    assert grid.at(left + wide + 0.01, bottom) is None
    assert grid.at(left, bottom - 0.01) is None


def test_a_click_on_a_curve_is_a_place_in_its_data() -> None:
    """The middle of the axes is the middle of their ranges; outside them there is nothing."""
    scene = scenes.Thrashing()
    stage = Stage(scene)
    stage.show(**{name: control.value for name, control in scene.controls.items()})
    width, height = scene.size
    x0, y0, x1, y1 = scene.axes.get_position().extents
    low, high = scene.axes.get_xlim()
    assert scene.hit((x0 + x1) / 2 * width, (y0 + y1) / 2 * height) == {
        "processes": round((low + high) / 2)
    }
    assert scene.hit(0.1, 0.1) == {}
