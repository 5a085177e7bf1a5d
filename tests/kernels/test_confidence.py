import doctest

import numpy as np
import pytest

from kernels import confidence as room
from kernels import flow
from kernels.confidence import LEAST_NOISE, confidence, consistency
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


def test_fields_that_undo_each_other_are_consistent_and_others_by_how_far_they_miss():
    forth, back = field(3.0), field(-3.0)
    assert (consistency(forth, back) == 1).all()
    allowed = np.sqrt(0.01 * (3.0**2 + 3.0**2) + 0.5)
    off = back.copy()
    off[1] = allowed / np.sqrt(1 - 0.01)  # |w_b|² grows with it
    assert consistency(forth, off)[30, 40] == pytest.approx(0.5, abs=1e-5)
    assert consistency(forth, field(3.0)).max() < 0.05


def test_back_is_looked_up_where_the_motion_leads():
    forth, back = field(4.0), field(0.0)
    back[0, :, 20:] = -4.0
    found = consistency(forth, back)
    assert (found[:, 16:] == 1).all()
    assert (found[:, :16] < 0.1).all()


def test_fields_of_a_level_are_judged_in_px_of_the_picture():
    forth, back = field(2.0), field(-2.3)
    np.testing.assert_allclose(consistency(forth, back, scale=4), consistency(4 * forth, 4 * back), atol=1e-6)


def test_what_is_covered_has_no_motion_to_be_found():
    hidden = np.zeros((80, 120), bool)
    hidden[22:58, 71:77] = True  # ground of the first picture that the thing covers in the second
    far = cv2.dilate(hidden.view(np.uint8), None, iterations=12) == 0
    unsure = []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        ground, thing = (
            0.5 + 0.8 * cv2.GaussianBlur(rng.normal(size=(80, 120)).astype(np.float32), None, 1.5) for _ in range(2)
        )
        first, second = ground.copy(), ground.copy()
        first[20:60, 30:70] = second[20:60, 38:78] = thing[20:60, 30:70]
        parameters = flow.Parameters(finest=0)
        forth, back = flow.estimate(first, second, parameters), flow.estimate(second, first, parameters)
        unsure.append(consistency(forth, back) < 0.5)
    assert np.mean([map[hidden] for map in unsure]) > 0.7
    assert np.mean([map[far] for map in unsure]) < 0.05
