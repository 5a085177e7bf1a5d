"""Preprocessing: learned from one part, applied to any, the same to the bit in whatever batch."""

import numpy as np
import pytest

from motionapp.learning.preprocessing import Preprocessing

from .motions import maps_of


def test_what_it_was_learned_from_gets_mean_0_and_deviation_1():
    x = np.random.default_rng(0).gamma(0.3, 1.0, (50, 3, 8, 8)).astype(np.float32)
    x[:, 1:] -= 0.5
    found = Preprocessing.of(x)
    assert len(found.mean) == len(found.gain) == 3
    done = found.apply(x)
    np.testing.assert_allclose(done.mean(axis=(0, 2, 3)), 0, atol=1e-4)
    np.testing.assert_allclose(done.std(axis=(0, 2, 3)), 1, atol=1e-3)


def test_wild_speeds_are_cut_off():
    x = maps_of("right", 50)
    wild = x.copy()
    wild[0, 0, 0, 0] = 1e6
    assert Preprocessing.of(wild).clip == pytest.approx(Preprocessing.of(x).clip, rel=0.1)
    assert np.abs(Preprocessing.of(x).apply(wild)).max() < 20


def test_channels_of_windows_are_those_of_maps_repeated():
    x = np.random.default_rng(1).random((6, 3, 4, 5), np.float32)
    found = Preprocessing.of(x)
    np.testing.assert_array_equal(found.apply(x.reshape(2, 9, 4, 5)), found.apply(x).reshape(2, 9, 4, 5))


def test_input_is_unchanged_and_no_motion_at_all_is_no_division_by_zero():
    x = np.zeros((4, 1, 8, 8), np.float32)
    found = Preprocessing.of(x)
    done = found.apply(x)
    assert not done.any()
    assert done is not x
    assert done.dtype == np.float32
