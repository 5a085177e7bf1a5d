"""What the steerable lab shows is what the formulas say, page by page."""

import math
from dataclasses import replace

import numpy as np
import pytest

from kernels import pyramid
from kernels.steerable import SteerablePyramid
from motionapp.labs import steerable
from motionapp.labs.shades import grey_picture
from motionapp.labs.steerable import (
    Parameters,
    bands_shown,
    coefficient_at,
    derivative_shown,
    part_of,
    transforms_shown,
)
from motionapp.types import MotionError

from .views import view_of

PARAMETERS = Parameters()


@pytest.fixture
def view():
    return view_of(np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8))


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_one_filter_more_than_the_order_is_shown_and_then_their_sum(view, order):
    bases, (steered, picture, response) = derivative_shown(view, replace(PARAMETERS, order=order)).rows
    assert len(bases) == order + 1
    assert bases[0].title == "g" + "x" * order
    assert steered.limit == bases[0].limit
    assert picture.picture.shape == response.picture.shape == (48, 64, 3)


def test_the_steered_filter_at_0_is_the_first_and_at_90_the_last(view):
    for angle, which in ((0.0, 0), (90.0, -1)):
        bases, (steered, *_) = derivative_shown(view, replace(PARAMETERS, order=3, angle=angle)).rows
        np.testing.assert_array_equal(steered.picture, bases[which].picture)


def test_all_bands_rebuild_the_picture_and_without_one_something_is_missing(view):
    shown = bands_shown(view, PARAMETERS)
    assert [len(row) for row in shown.rows] == [4, 4, 4]
    assert "only rounding" in shown.says
    less = bands_shown(view, PARAMETERS, {(0, 1), "low"})
    built = SteerablePyramid((48, 64), 2, 3)
    rebuilt = built.collapse(built.build(view.grey), ["high", (0, 0), (0, 2), (0, 3), 1])
    np.testing.assert_array_equal(less.rows[-1][2].picture, grey_picture(rebuilt))
    assert [panel.kept for panel in less.rows[0]] == [True, False, True, True]
    assert [panel.kept for panel in less.rows[-1]] == [True, False, True, True]


@pytest.mark.parametrize("show", ["real part", "imaginary part", "modulus"])
@pytest.mark.parametrize("directions", [1, 3, 8])
def test_every_kind_of_coefficient_and_number_of_directions_is_shown(view, show, directions):
    shown = bands_shown(view, replace(PARAMETERS, show=show, directions=directions))
    assert [len(row) for row in shown.rows] == [directions, directions, 4]
    assert (shown.rows[0][0].limit is None) == (show == "modulus")


def test_panels_know_which_part_they_show():
    assert part_of(1, 2, 2) == (1, 2)
    assert [part_of(2, column, 2) for column in range(4)] == ["high", "low", None, None]


@pytest.mark.parametrize("angle", [0.0, 37.0, 200.0])
@pytest.mark.parametrize("level", [0, 1, 2])
def test_the_weights_of_every_coefficient_give_that_coefficient(view, level, angle):
    image, parameters = view.grey, replace(PARAMETERS, level=level, angle=angle)
    at = coefficient_at(image.shape, parameters, (0.3, 0.7))
    wave, bump, laplacian, wavelet = (
        float(np.sum(weights * image)) for weights in steerable._weights(image.shape, at, 4, angle)
    )
    assert wave == pytest.approx(np.fft.fft2(image)[at.ky, at.kx].real, abs=1e-3)
    assert bump == pytest.approx(pyramid.gaussian(image, level + 1)[level][at.y, at.x], abs=1e-5)
    assert laplacian == pytest.approx(pyramid.laplacian(image, level + 2)[level][at.y, at.x], abs=1e-5)
    built = SteerablePyramid(image.shape, level + 1, 3)
    band = built.steer(built.build(image), level, math.radians(angle)) / 4**level
    assert wavelet == pytest.approx(band[at.y, at.x], abs=1e-5)


def test_the_same_coefficient_is_marked_in_all_four(view):
    above, below = transforms_shown(view, PARAMETERS, (0.5, 0.25)).rows
    assert [panel.marked for panel in above[1:]] == [(16, 6)] * 3
    assert above[0].marked == (32 + round(8 * math.cos(math.pi / 6)), 24 + round(6 * math.sin(math.pi / 6)))
    assert [panel.title for panel in below] == ["wave", "bump", "bump less its blur", "wavelet"]


@pytest.mark.parametrize("angle", [0.0, 90.0, 180.0, 270.0])
@pytest.mark.parametrize("level", [0, 1, 2])
def test_a_click_on_the_marked_frequency_changes_nothing(angle, level):
    parameters = replace(PARAMETERS, angle=angle, level=level)
    at = coefficient_at((256, 256), parameters, (0.5, 0.5))
    assert steerable.at_frequency(128 + at.kx, 128 + at.ky, (256, 256), parameters) == parameters


def test_a_click_on_frequency_0_changes_nothing():
    assert steerable.at_frequency(32, 24, (48, 64), PARAMETERS) == PARAMETERS


@pytest.mark.parametrize("shape", [(48, 64), (33, 35), (90, 160), (107, 61)])
def test_a_level_is_as_bright_as_the_picture_whatever_its_size(shape):
    view = view_of(np.full((*shape, 3), 204, np.uint8))
    low = bands_shown(view, replace(PARAMETERS, levels=3)).rows[-1][1].picture
    assert np.abs(low.astype(int) - 204).max() <= 1


@pytest.mark.parametrize("page", [bands_shown, lambda *given: transforms_shown(*given, (0.5, 0.5))])
def test_pictures_too_small_for_a_pyramid_are_refused_in_words(page):
    with pytest.raises(MotionError, match=r"needs 16 pixels on each side; this picture has 40 × 9"):
        page(view_of(np.zeros((9, 40, 3), np.uint8)), PARAMETERS)


def test_no_weight_is_written_as_less_than_nothing(view):
    shown = derivative_shown(view, replace(PARAMETERS, angle=270.0))
    assert [panel.note for panel in shown.rows[0]] == ["weight +0.00", "weight −1.00"]
    assert shown.says.endswith("= + 0.00 gx − 1.00 gy")
