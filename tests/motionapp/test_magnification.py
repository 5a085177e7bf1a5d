from dataclasses import replace

import numpy as np
import pytest

from motionapp.magnification import Magnifier
from motionapp.settings import MagnifySettings
from motionapp.types import Frame

METHODS = ["riesz", "steerable"]
SETTINGS = MagnifySettings(low_hz=0.5, high_hz=8.0, alpha=10.0, order=1)


def picture(moved_px, colour=(1.0, 0.7, 0.4)):
    """Stripes 8 px wide, (48, 64, 3) uint8."""
    x = np.arange(64) - moved_px
    grey = np.tile(128 + 80 * np.cos(2 * np.pi * x / 8), (48, 1))
    return np.round(grey[:, :, None] * np.array(colour)).astype(np.uint8)


def frame(number, moved_px=0.0, pts_s=None):
    return Frame(number, number / 25 if pts_s is None else pts_s, picture(moved_px))


def moved_px(image):
    """How far the stripes have moved in the middle."""
    wave = np.exp(-2j * np.pi * np.arange(16, 48) / 8)
    return -np.angle((image[12:36, 16:48, 0] @ wave).sum()) * 8 / (2 * np.pi)


@pytest.mark.parametrize("method", METHODS)
def test_a_motion_grows_and_the_first_frame_stays(method):
    magnifier = Magnifier(replace(SETTINGS, method=method))
    first = magnifier.step(frame(0))
    np.testing.assert_array_equal(first, picture(0))
    second = magnifier.step(frame(1, 0.1))
    assert second.shape == (48, 64, 3)
    assert second.dtype == np.uint8
    assert 0.4 < moved_px(second) < 1.0


@pytest.mark.parametrize("method", METHODS)
def test_a_still_picture_keeps_every_byte(method):
    magnifier = Magnifier(replace(SETTINGS, method=method, alpha=100.0))
    for number in range(4):
        np.testing.assert_array_equal(magnifier.step(frame(number)), picture(0))


def test_differences_of_colour_are_carried_over_and_nothing_wraps_around():
    magnifier = Magnifier(replace(SETTINGS, alpha=30.0))
    magnifier.step(frame(0))
    given = frame(1, 0.2)
    found = magnifier.step(given).astype(int)
    change = found - given.image
    assert np.abs(change).max() > 40
    clipped = (found == 0) | (found == 255)
    differs = change != change[:, :, :1]
    assert not (differs & ~clipped & ~clipped[:, :, :1]).any()


@pytest.mark.parametrize("pts_s", [0.0, -1.0, 1.5])
def test_a_frame_that_does_not_follow_is_a_first_one(pts_s):
    magnifier = Magnifier(SETTINGS)
    magnifier.step(frame(0))
    np.testing.assert_array_equal(magnifier.step(frame(1, 0.3, pts_s)), picture(0.3))


def test_after_a_gap_nothing_of_the_past_is_left():
    fresh, used = Magnifier(SETTINGS), Magnifier(SETTINGS)
    for number in range(5):
        used.step(frame(number, 0.1 * number))
    fresh.step(frame(100))
    used.step(frame(100))
    np.testing.assert_array_equal(used.step(frame(101, 0.1)), fresh.step(frame(101, 0.1)))


def test_alpha_and_band_change_at_once_and_the_past_is_kept():
    magnifier = Magnifier(SETTINGS)
    for number in range(6):
        magnifier.step(frame(number, 0.1 * (number % 2)))
    magnifier.apply(replace(SETTINGS, alpha=0.0))
    assert magnifier.settings.alpha == 0.0
    np.testing.assert_array_equal(magnifier.step(frame(6)), picture(0))
    magnifier.apply(replace(SETTINGS, low_hz=0.6))
    assert (magnifier.step(frame(7, 0.1)) != picture(0.1)).any()


@pytest.mark.parametrize("changes", [{"method": "steerable"}, {"levels": 1}, {"order": 2}])
def test_another_method_or_another_size_begins_anew(changes):
    magnifier = Magnifier(SETTINGS)
    magnifier.step(frame(0))
    magnifier.apply(replace(SETTINGS, **changes))
    np.testing.assert_array_equal(magnifier.step(frame(1, 0.1)), picture(0.1))
    smaller = Frame(2, 2 / 25, np.ascontiguousarray(picture(0.2)[:30]))
    np.testing.assert_array_equal(magnifier.step(smaller), smaller.image)


def test_reset_forgets():
    magnifier = Magnifier(SETTINGS)
    magnifier.step(frame(0))
    magnifier.reset()
    np.testing.assert_array_equal(magnifier.step(frame(1, 0.3)), picture(0.3))
