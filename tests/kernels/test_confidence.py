import doctest

import numpy as np
import pytest

from kernels import confidence as room
from kernels.confidence import LEAST_NOISE, confidence
from motionapp._cv2 import cv2


def pair(shift, noise=0.0, shape=(60, 80)):
    """Random texture moved ``shift`` whole px to the right, both pictures with noise of their own."""
    rng = np.random.default_rng(0)
    wide = cv2.GaussianBlur(rng.normal(size=(shape[0], shape[1] + 2 * shift)).astype(np.float32), None, 1.5)
    wide = 0.5 + 0.15 * wide / wide.std()
    pictures = [wide[:, shift : shift + shape[1]], wide[:, : shape[1]]]
    return [(picture + rng.normal(0, noise, shape)).astype(np.float32) for picture in pictures]


def field(u, shape=(60, 80)):
    return np.stack((np.full(shape, u, np.float32), np.zeros(shape, np.float32)))


def test_examples_in_the_docstrings_run():
    assert doctest.testmod(room).failed == 0


def test_flat_ground_is_not_measured_and_texture_is():
    picture, _ = pair(0)
    picture[:, :40] = 0.5
    found = confidence(picture, picture, field(0))
    assert found[:, :30].max() < 0.01
    assert found[:, 50:].min() > 0.9


def test_half_is_believed_where_contrast_is_just_above_noise():
    slope = np.sqrt(2) * LEAST_NOISE
    ramp = np.tile(np.arange(64, dtype=np.float32) * slope, (40, 1))
    assert confidence(ramp, ramp, field(0, (40, 64)))[20, 32] == pytest.approx(0.5, abs=1e-3)


@pytest.mark.parametrize("noise", [0.5, 2.0, 8.0])
def test_noise_of_any_strength_is_not_taken_for_texture(noise):
    pictures = 0.5 + np.random.default_rng(1).normal(0, noise / 255, (2, 60, 80)).astype(np.float32)
    assert np.mean(confidence(*pictures, field(0)) < 0.5) > 0.97


def test_a_motion_that_explains_the_change_is_believed_even_in_noise():
    first, second = pair(3, noise=5 / 255)
    assert np.mean(confidence(first, second, field(3))[4:-4, 4:-8] > 0.5) > 0.97


def test_a_motion_that_explains_nothing_is_not():
    first, second = pair(0, noise=5 / 255)
    assert np.mean(confidence(first, second, field(3))[4:-4, 4:-8] < 0.5) > 0.97


def test_a_motion_that_leaves_the_view_is_not_measured():
    first, second = pair(3)
    assert (confidence(first, second, field(3))[:, -3:] == 0).all()


@pytest.mark.parametrize("shape", [(1, 1), (1, 5), (3, 1)])
def test_tiny_pictures_work(shape):
    assert confidence(np.ones(shape), np.ones(shape), field(0, shape)).shape == shape


def test_other_sizes_are_refused_by_name():
    with pytest.raises(ValueError, match="image1"):
        confidence(np.ones((4, 5)), np.ones((4, 6)), field(0, (4, 5)))
