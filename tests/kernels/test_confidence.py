import doctest

import numpy as np
import pytest

from kernels import confidence


def test_examples_in_the_docstrings_run():
    assert doctest.testmod(confidence) == (0, 1)


def test_flat_ground_is_not_measured_and_texture_is():
    rng = np.random.default_rng(0)
    picture = np.full((60, 80), 0.5, np.float32)
    picture[:, 40:] += rng.normal(0, 0.1, (60, 40)).astype(np.float32)
    found = confidence.texture(picture)
    assert found[:, :30].max() < 0.01
    assert found[:, 50:].min() > 0.9
    assert found.min() >= 0.0
    assert found.max() <= 1.0


def test_half_of_the_motion_is_believed_at_the_stated_contrast():
    ramp = np.tile(np.arange(64, dtype=np.float32) * confidence.HALF_CONTRAST, (40, 1))
    assert confidence.texture(ramp)[20, 32] == pytest.approx(0.5, abs=1e-3)


def test_noise_of_a_webcam_alone_is_not_enough():
    noise = 0.5 + np.random.default_rng(1).normal(0, 1.0 / 255, (120, 160)).astype(np.float32)
    assert np.mean(confidence.texture(noise) < 0.5) > 0.99


@pytest.mark.parametrize("shape", [(1, 1), (1, 5), (3, 1)])
def test_tiny_pictures_work(shape):
    assert confidence.texture(np.ones(shape)).shape == shape
