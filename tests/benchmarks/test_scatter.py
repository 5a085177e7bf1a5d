"""The plot: labels clear of each other and of the points, a white picture with blue and grey points."""

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.chart import HEIGHT, SCALE, WIDTH
from benchmarks.scatter import Point, Rect, _error_ticks, draw, place
from motionapp.images import read_image
from motionapp.types import MotionError

AREA = Rect(50.0, 60.0, 700.0, 380.0)
POINTS = st.lists(st.tuples(st.floats(60.0, 740.0), st.floats(70.0, 430.0)), min_size=1, max_size=12)


@settings(max_examples=60)
@given(points=POINTS)
def test_labels_are_in_the_area_and_overlap_nothing(points):
    labels = place(points, [(90.0, 18.0)] * len(points), AREA)
    assert all(label.within(AREA) for label in labels)
    assert not any(one.meets(other) for one, other in combinations(labels, 2))
    assert not any(label.meets(Rect(x - 5.0, y - 5.0, 10.0, 10.0)) for label in labels for x, y in points)


def test_a_label_alone_stands_to_the_right_and_gives_way_to_a_line():
    [free] = place([(300.0, 200.0)], [(90.0, 18.0)], AREA)
    assert free.x > 300.0
    assert free.y + 9.0 == pytest.approx(200.0)
    [aside] = place([(300.0, 200.0)], [(90.0, 18.0)], AREA, [Rect(300.0, 195.0, 200.0, 10.0)])
    assert aside.x + aside.width < 300.0


def test_an_area_without_room_is_refused():
    with pytest.raises(ValueError, match="no room"):
        place([(5.0, 5.0)], [(90.0, 18.0)], Rect(0.0, 0.0, 50.0, 50.0))


@pytest.mark.parametrize("largest", [0.0, 0.004, 0.03, 0.11, 0.5, 0.926, 0.98, 1.05, 3.9, 70.0])
def test_ticks_are_few_and_distinct(largest):
    top, ticks = _error_ticks(largest)
    values, texts = zip(*ticks, strict=True)
    assert largest < top
    assert 2 <= len(ticks) <= 9
    assert len(set(texts)) == len(texts)
    assert all(math.isclose(value, float(text), abs_tol=1e-9) for value, text in ticks)
    assert values[-1] <= top


@pytest.mark.usefixtures("qapp")
def test_the_picture_is_white_with_points_in_blue_and_grey(tmp_path):
    points = [Point("live", 7.0, 0.4, True), Point("accurate", 300.0, 0.2, True), Point("DIS fast", 7.0, 0.6, False)]
    draw(points, "a test <of> text", tmp_path / "plot.png")
    picture = read_image(tmp_path / "plot.png")
    assert picture.shape == (SCALE * HEIGHT, SCALE * WIDTH, 3)
    assert (picture == 255).all(axis=2).mean() > 0.8
    for colour in ((0x2A, 0x6D, 0xF4), (0x8B, 0x94, 0xA3)):
        assert np.count_nonzero((picture == colour).all(axis=2)) > 200


@pytest.mark.usefixtures("qapp")
def test_a_place_where_nothing_can_be_written_is_named(tmp_path):
    with pytest.raises(MotionError, match="cannot be written"):
        draw([Point("live", 7.0, 0.4, True)], "", tmp_path / "none" / "plot.png")
