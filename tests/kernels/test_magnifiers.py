"""What either magnifier promises, on a Riesz pyramid or a steerable one."""

import numpy as np
import pytest

from benchmarks.waves import RATE_HZ, grating, magnified
from kernels.phase import SteerableMagnifier
from kernels.riesz import RieszMagnifier

pytestmark = pytest.mark.parametrize("kind", [RieszMagnifier, SteerableMagnifier])


def test_a_still_clip_stays_as_it_is(kind):
    picture = np.random.default_rng(0).random((60, 81), dtype=np.float32)
    magnifier = kind(picture.shape)
    for _ in range(5):
        change = magnifier.step(picture, 0.04, alpha=100.0, low_hz=0.4, high_hz=3.0)
        assert np.abs(change).max() <= 1e-6


def test_eight_hundred_noisy_frames_stay_bounded(kind):
    rng = np.random.default_rng(0)
    picture = grating(8.0, 0.3, 0.0, 48)
    magnifier, sizes = kind(picture.shape), []
    for _ in range(800):
        noisy = (picture + rng.normal(0.0, 0.01, picture.shape)).astype(np.float32)
        change = magnifier.step(noisy, 1 / RATE_HZ, alpha=20.0, low_hz=0.4, high_hz=3.0)
        sizes.append(np.sqrt(np.mean(change * change)))
    assert max(sizes) < 0.3
    assert np.mean(sizes[-100:]) < 1.1 * np.mean(sizes[100:200])


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (5, 3), (240, 2), (3, 70), (33, 50)])
def test_any_size_will_do(kind, shape):
    first, second = np.random.default_rng(0).random((2, *shape), dtype=np.float32)
    assert np.isfinite(magnified(kind(shape), first, second, 5.0)).all()


def test_where_nothing_is_seen_nothing_moves_even_if_no_noise_is_expected(kind):
    pictures = np.random.default_rng(0).random((4, 96, 96), dtype=np.float32)
    pictures[:, 16:80, 16:80] = 0.5
    magnifier = kind((96, 96))
    for picture in pictures:
        change = magnifier.step(picture, 1 / RATE_HZ, alpha=9.0, low_hz=0.4, high_hz=3.0, noise=0.0)
        assert np.isfinite(change).all()
    quiet = np.full((96, 96), 0.5, np.float32)
    magnifier.reset()
    for _ in range(3):
        assert not magnifier.step(quiet, 1 / RATE_HZ, alpha=9.0, low_hz=0.4, high_hz=3.0, noise=0.0).any()


@pytest.mark.parametrize("moved_px", [1.5, 2.5])
def test_what_moves_too_far_is_held_before_it_becomes_its_negative(kind, moved_px):
    first, second = (grating(8.0, 0.3, moved, 128) for moved in (0.0, moved_px))
    held = magnified(kind(first.shape), first, second, 30.0)
    assert np.corrcoef(held.ravel(), second.ravel())[0, 1] > -0.1


def test_reset_makes_the_next_frame_the_first(kind):
    pictures = np.random.default_rng(0).random((2, 40, 50), dtype=np.float32)
    magnifier = kind((40, 50))
    expected = magnified(magnifier, *pictures, 5.0)
    magnifier.reset()
    np.testing.assert_array_equal(magnified(magnifier, *pictures, 5.0), expected)


def test_pictures_are_checked_and_left_alone(kind):
    magnifier = kind((20, 30))
    picture = np.random.default_rng(0).random((20, 30), dtype=np.float32)
    kept = picture.copy()
    magnified(magnifier, picture, picture[::-1].copy(), 5.0)
    np.testing.assert_array_equal(picture, kept)
    with pytest.raises(ValueError, match=r"shape \(20, 30\)"):
        magnifier.step(picture[:10], 0.04, alpha=1.0, low_hz=1.0, high_hz=2.0)
    with pytest.raises(ValueError, match="NaN"):
        magnifier.step(picture * np.nan, 0.04, alpha=1.0, low_hz=1.0, high_hz=2.0)
