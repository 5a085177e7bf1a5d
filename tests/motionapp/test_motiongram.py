"""The motiongram that grows while a source plays: what a line is, what is kept, what its picture shows."""

import numpy as np
import pytest

from motionapp.motiongram import BINS, LINES, LiveMotiongram, motiongram_picture, speed_profile
from motionapp.settings import Settings
from motionapp.types import Frame, Motion

RATE_HZ = 25.0


def motion(index, flow, confidence=None, pts_s=None):
    height, width = flow.shape[1:]
    confidence = np.ones((height, width), np.float32) if confidence is None else confidence
    frame = Frame(index, index / RATE_HZ if pts_s is None else pts_s, np.zeros((height, width, 3), np.uint8))
    return Motion(frame, flow, confidence, 1.0 / RATE_HZ if index else 0.0, Settings())


def random_motion(index, height=30, width=40, seed=0):
    rng = np.random.default_rng(seed)
    confidence = rng.random((height, width)).astype(np.float32)
    return motion(index, rng.normal(size=(2, height, width)).astype(np.float32), confidence)


@pytest.mark.parametrize(("axis", "side"), [("x", 0), ("y", 1)])
def test_a_line_is_the_mean_speed_of_measured_pixels_along_one_side(axis, side):
    one = random_motion(1)
    speed = np.hypot(*one.flow.astype(np.float64)) * RATE_HZ
    measured = np.where(one.confidence >= 0.5, speed, np.nan)
    line = speed_profile(one, axis)
    assert line.dtype == np.float32
    assert np.allclose(line, np.nanmean(measured, axis=side), rtol=1e-5)


@pytest.mark.parametrize("size", [(1, 1), (1, 7), (7, 1), (33, 321), (700, 5)])
@pytest.mark.parametrize("axis", ["x", "y"])
def test_every_size_has_a_line_of_as_many_numbers_as_there_is_room_for(size, axis):
    line = speed_profile(random_motion(1, *size), axis)
    assert line.shape == (min(BINS, size[1] if axis == "x" else size[0]),)


def test_neighbours_are_taken_together_where_there_are_more_than_fit():
    flow = np.zeros((2, 2, 2 * BINS), np.float32)
    flow[0] = np.repeat(np.arange(BINS), 2)
    assert np.allclose(speed_profile(motion(1, flow), "x"), np.arange(BINS) * RATE_HZ)


def test_what_was_not_measured_is_no_standstill():
    one = motion(1, np.ones((2, 4, 4), np.float32), np.zeros((4, 4), np.float32))
    assert np.isnan(speed_profile(one, "x")).all()
    picture = motiongram_picture(np.array([[np.nan, 0.0, 5.0]], np.float32), 5.0)
    assert picture.shape == (3, 1, 3)
    assert picture[1, 0].max() < 10  # the dark end of the heat scale
    assert len({tuple(colour) for colour in picture[:, 0]}) == 3


def test_nothing_is_gathered_while_nobody_looks():
    gram = LiveMotiongram()
    gram.see(random_motion(1))
    assert gram.strip().added == 0
    gram.look("x")
    gram.see(random_motion(0))  # a first frame has no motion
    gram.see(random_motion(1))
    assert gram.strip().lines.shape == (1, 40)
    gram.look("y")
    assert gram.strip().added == 0


def test_the_newest_lines_stay_in_order():
    gram = LiveMotiongram()
    gram.look("x")
    for index in range(1, LINES + 51):
        gram.see(motion(index, np.full((2, 3, 4), index, np.float32)))
    strip = gram.strip()
    assert strip.lines.shape == (LINES, 4)
    assert strip.added == LINES + 50
    assert strip.span_s == pytest.approx(LINES / RATE_HZ)
    assert (np.diff(strip.lines[:, 0]) > 0).all()
    assert strip.lines[-1, 0] == pytest.approx(np.hypot(1, 1) * (LINES + 50) * RATE_HZ)


@pytest.mark.parametrize("next_s", [0.0, 10.0])
def test_a_seek_leaves_a_gap_and_no_time(next_s):
    gram = LiveMotiongram()
    gram.look("y")
    for index in (50, 51):
        gram.see(random_motion(index))
    gram.see(motion(7, np.ones((2, 30, 40), np.float32), pts_s=next_s))
    strip = gram.strip()
    assert np.isnan(strip.lines[2]).all()
    assert len(strip.lines) == 4
    assert strip.span_s == pytest.approx(1 / RATE_HZ)


def test_another_size_begins_anew():
    gram = LiveMotiongram()
    gram.look("x")
    gram.see(random_motion(1))
    gram.see(random_motion(2, 12, 16))
    assert gram.strip().lines.shape == (1, 16)
