import doctest

import hypothesis
import hypothesis.strategies as st
import numpy as np
import pytest

from kernels import matrix_pyramid, pyramid
from motionapp._cv2 import cv2
from tests.kernels import naive

sizes = st.integers(1, 40)


def picture(shape, seed=0):
    return np.random.default_rng(seed).random(shape)


def test_examples_in_the_docstrings_run():
    failed, attempted = doctest.testmod(matrix_pyramid)
    assert attempted >= 3
    assert failed == 0


@hypothesis.given(sizes, sizes, st.integers(1, 6))
@hypothesis.settings(max_examples=60)
def test_vector_5_any_size_is_rebuilt_to_1e_15_in_float64_and_1e_6_in_float32(height, width, levels):
    image = picture((height, width), levels)
    rebuilt = matrix_pyramid.collapse(matrix_pyramid.laplacian(image, levels))
    np.testing.assert_allclose(rebuilt, image, atol=1e-15, rtol=0)
    in_float32 = pyramid.collapse(pyramid.laplacian(image, levels))
    np.testing.assert_allclose(in_float32, image.astype(np.float32), atol=1e-6, rtol=0)


@pytest.mark.parametrize("shape", [(1, 17), (3, 5), (101, 77), (479, 639)])
def test_the_shapes_of_vector_5_too(shape):
    image = picture(shape)
    rebuilt = matrix_pyramid.collapse(matrix_pyramid.laplacian(image, 5))
    np.testing.assert_allclose(rebuilt, image, atol=1e-15, rtol=0)


def test_levels_equal_the_slow_oracle():
    image = picture((13, 10))
    for ours, slow in zip(matrix_pyramid.laplacian(image, 4), naive.laplacian(image, 4), strict=True):
        np.testing.assert_allclose(ours, slow, atol=1e-15)


@pytest.mark.parametrize("shape", [(48, 64), (33, 21)])
def test_reduce_equals_opencv_in_float64(shape):
    image = picture(shape)
    np.testing.assert_allclose(matrix_pyramid.reduce(image), cv2.pyrDown(image), atol=1e-15)


def test_inputs_stay_unchanged_and_results_are_new():
    image = picture((9, 12))
    kept = image.copy()
    bands = matrix_pyramid.laplacian(image, 3)
    copies = [band.copy() for band in bands]
    matrix_pyramid.collapse(bands)
    np.testing.assert_array_equal(image, kept)
    assert not any(np.shares_memory(image, level) for level in [*bands, *matrix_pyramid.gaussian(image, 2)])
    for band, copy in zip(bands, copies, strict=True):
        np.testing.assert_array_equal(band, copy)


def test_what_cannot_be_meant_is_refused_by_name():
    hole = picture((4, 4))
    hole[1, 2] = np.nan
    with pytest.raises(ValueError, match="image holds 1 NaN"):
        matrix_pyramid.laplacian(hole, 2)
    with pytest.raises(ValueError, match="levels must be 1 or more, got 0"):
        matrix_pyramid.gaussian(picture((4, 4)), 0)
    with pytest.raises(ValueError, match=r"\(9, 8\) does not reduce to the shape of image, \(4, 4\)"):
        matrix_pyramid.expand(picture((4, 4)), (9, 8))
    with pytest.raises(ValueError, match="at least one"):
        matrix_pyramid.collapse([])
