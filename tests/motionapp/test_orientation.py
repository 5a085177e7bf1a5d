"""Mirroring and turning: pictures as numpy turns them, true motion as the turned motion."""

import itertools

import numpy as np
import pytest

from motionapp.orientation import orient
from motionapp.types import Frame, Truth

WAYS = list(itertools.product((False, True), range(4)))


def _frame(height=7, width=11):
    """A thing that moved by an affine field: u = 1 + 0.1 x - 0.2 y, v = -2 + 0.3 x + 0.05 y."""
    y, x = np.mgrid[:height, :width].astype(np.float32)
    flow = np.stack([1 + 0.1 * x - 0.2 * y, -2 + 0.3 * x + 0.05 * y])
    image = np.random.default_rng(3).integers(0, 256, (height, width, 3), np.uint8)
    return Frame(5, 0.2, image, 1.5, Truth(flow, x > 4))


def _moved(points, mirror, turns, width, height):
    """Where picture points (x, y) lie after the mirror and the turns: a quarter turn takes (x, y) to (H-1-y, x)."""
    x, y = points
    if mirror:
        x = width - 1 - x
    for _ in range(turns):
        x, y = height - 1 - y, x
        width, height = height, width
    return np.stack([x, y])


@pytest.mark.parametrize(("mirror", "turns"), WAYS)
def test_picture_and_mask_turn_as_numpy_turns_them(mirror, turns):
    frame = _frame()
    turned = orient(frame, mirror, turns)
    for got, was in ((turned.image, frame.image), (turned.truth.moving, frame.truth.moving)):
        np.testing.assert_array_equal(got, np.rot90(was[:, ::-1] if mirror else was, -turns))
        assert got.flags.c_contiguous
        assert got.dtype == was.dtype
    assert (turned.index, turned.pts_s, turned.captured_s) == (5, 0.2, 1.5)


@pytest.mark.parametrize(("mirror", "turns"), WAYS)
def test_truth_joins_the_same_two_points_after_turning(mirror, turns):
    frame = _frame()
    height, width = frame.image.shape[:2]
    now = np.mgrid[:height, :width][::-1].reshape(2, -1).astype(np.float64)
    before = now - frame.truth.flow.reshape(2, -1)
    new_now, new_before = (_moved(points, mirror, turns, width, height) for points in (now, before))
    turned = orient(frame, mirror, turns).truth.flow
    assert turned.flags.c_contiguous
    x, y = np.rint(new_now).astype(int)
    np.testing.assert_allclose(turned[:, y, x], new_now - new_before, atol=1e-5)


def test_nothing_to_do_returns_the_frame_itself():
    frame = _frame()
    assert orient(frame, False, 0) is frame
    assert orient(frame, False, -4) is frame


def test_four_turns_and_two_mirrors_come_back():
    frame = turned = _frame()
    for _ in range(4):
        turned = orient(turned, False, 1)
    for _ in range(2):
        turned = orient(turned, True, 0)
    np.testing.assert_array_equal(turned.image, frame.image)
    np.testing.assert_array_equal(turned.truth.flow, frame.truth.flow)


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1)])
def test_tiny_frames_without_truth(size):
    image = np.arange(3 * size[0] * size[1], dtype=np.uint8).reshape(*size, 3)
    turned = orient(Frame(0, 0.0, image), True, 3)
    np.testing.assert_array_equal(turned.image, np.rot90(image[:, ::-1], -3))
    assert turned.truth is None


def test_input_is_left_as_it_was():
    frame = _frame()
    image, flow = frame.image.copy(), frame.truth.flow.copy()
    orient(frame, True, 3)
    np.testing.assert_array_equal(frame.image, image)
    np.testing.assert_array_equal(frame.truth.flow, flow)
