"""Pictures of numbers."""

import numpy as np
import pytest

from motionapp.labs.shades import NEGATIVE, POSITIVE, grey_picture, height_picture, round_limit, signed_picture


def test_grey_goes_from_black_to_white_and_no_further():
    picture = grey_picture(np.array([[-1.0, 0.0, 0.5, 1.0, 2.0, np.nan, np.inf]], np.float32))
    assert picture[0, :, 0].tolist()[:5] == [0, 0, 128, 255, 255]
    assert picture[0, 5, 0] == 0
    assert picture.flags.c_contiguous


def test_signs_have_colours_and_zero_is_white():
    picture = signed_picture(np.array([[-2.0, -9.0, 0.0, 2.0, np.nan]], np.float32), 2.0)
    assert picture[0, 0].tolist() == picture[0, 1].tolist() == list(NEGATIVE)
    assert picture[0, 2].tolist() == picture[0, 4].tolist() == [255, 255, 255]
    assert picture[0, 3].tolist() == list(POSITIVE)
    assert (signed_picture(np.ones((2, 2), np.float32), 0.0) == 255).all()


@pytest.mark.parametrize("scale", [1e-6, 0.02, 1.0, 40.0])
def test_limits_are_round_and_cover_all_but_a_few(scale):
    values = scale * np.linspace(-1, 1, 2001)
    limit = round_limit(values)
    assert np.mean(np.abs(values) > limit) <= 0.01
    assert limit <= 2 * scale
    assert round_limit(np.zeros(3)) == 1.0


def test_the_lowest_place_of_a_cost_is_the_darkest():
    y, x = np.mgrid[-10:11, -10:11]
    picture = height_picture(x**2 + (y - 2.0) ** 2).sum(axis=2)
    row, column = np.unravel_index(np.argmin(picture), picture.shape)
    assert abs(row / 5 - 12) < 2
    assert abs(column / 5 - 10) < 2
    assert picture.max() == picture[0, 0]
