import doctest

import numpy as np
import pytest

from kernels import exposure, pyramid


def picture(seed=0):
    return 0.2 + 0.5 * np.random.default_rng(seed).random((60, 80), dtype=np.float32)


def test_examples_in_the_docstrings_run():
    assert doctest.testmod(exposure) == (0, 2)


@pytest.mark.parametrize("factor", [0.7, 1.2, 1.35])
def test_a_factor_is_found_and_taken_out_although_a_third_of_the_picture_moves(factor):
    first = picture()
    second = factor * first
    second[:, :26] = factor * picture(1)[:, :26]
    levels = pyramid.gaussian(first, 3), pyramid.gaussian(second, 3)
    found = exposure.matched(*levels)
    for level, expected in zip(found, levels[1], strict=True):
        np.testing.assert_allclose(level, expected / factor, rtol=0.01)


def test_where_most_stands_still_nothing_is_changed():
    first = picture()
    second = first.copy()
    second[:, :30] += 0.2
    assert exposure.gain(first, second) == 1.0
    levels = pyramid.gaussian(first, 2), pyramid.gaussian(second, 2)
    assert exposure.matched(*levels) is levels[1]


@pytest.mark.parametrize("level", [0.0, 0.05, 1.0])
def test_darkness_and_glare_tell_nothing(level):
    flat = np.full((8, 9), level, np.float32)
    assert exposure.gain(flat, picture()[:8, :9]) == 1.0
    assert exposure.gain(picture()[:8, :9], flat) == 1.0
