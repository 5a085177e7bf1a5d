import doctest

import hypothesis
import hypothesis.strategies as st
import numpy as np
import pytest

from kernels import pyramid
from kernels._jit import CORES
from motionapp._cv2 import cv2
from tests.kernels import naive

SHAPES = [(1, 1), (1, 2), (2, 1), (2, 2), (1, 3), (1, 17), (17, 1), (3, 5), (4, 4), (5, 6), (16, 33)]
sizes = st.integers(1, 40)


def picture(shape, seed=0):
    return np.random.default_rng(seed).random(shape, dtype=np.float32)


def test_examples_in_the_docstrings_run():
    failed, attempted = doctest.testmod(pyramid)
    assert attempted >= 7
    assert failed == 0


@pytest.mark.parametrize("shape", SHAPES)
def test_reduce_equals_the_slow_oracle(shape):
    image = picture(shape)
    np.testing.assert_allclose(pyramid.reduce(image), naive.reduce(image), atol=3e-7)


@pytest.mark.parametrize("shape", SHAPES)
def test_expand_equals_the_slow_oracle(shape):
    image = picture(pyramid.reduced_shape(shape))
    np.testing.assert_allclose(pyramid.expand(image, shape), naive.expand(image, shape), atol=3e-7)


@hypothesis.given(sizes, sizes, st.integers(0, 99))
@hypothesis.settings(max_examples=40)
def test_reduce_and_expand_are_the_matrices_on_both_axes(height, width, seed):
    image = picture((height, width), seed)
    small = pyramid.reduce_matrix(height) @ image @ pyramid.reduce_matrix(width).T
    large = pyramid.expand_matrix(height) @ small @ pyramid.expand_matrix(width).T
    np.testing.assert_allclose(pyramid.reduce(image), small, atol=3e-7)
    np.testing.assert_allclose(pyramid.expand(small, (height, width)), large, atol=3e-7)


@pytest.mark.parametrize("shape", [(480, 640), (101, 77), (6, 9), (5, 8)])
def test_reduce_equals_opencv(shape):
    image = picture(shape)
    np.testing.assert_allclose(pyramid.reduce(image), cv2.pyrDown(image), atol=3e-7)


@pytest.mark.parametrize("shape", [(480, 640), (101, 77), (6, 8)])
def test_expand_equals_opencv_but_for_the_far_border_of_odd_sizes(shape):
    small = picture(pyramid.reduced_shape(shape))
    height, width = (size if size % 2 == 0 else size - 2 for size in shape)  # OpenCV repeats the last sample there
    peer = cv2.pyrUp(small, dstsize=shape[::-1])
    np.testing.assert_allclose(pyramid.expand(small, shape)[:height, :width], peer[:height, :width], atol=3e-7)


def test_vector_1_reduce_matrix_of_8_samples():
    rows = [[6, 8, 2, 0, 0, 0, 0, 0], [1, 4, 6, 4, 1, 0, 0, 0], [0, 0, 1, 4, 6, 4, 1, 0], [0, 0, 0, 0, 1, 4, 7, 4]]
    np.testing.assert_array_equal(16 * pyramid.reduce_matrix(8), rows)


def test_vector_2_expand_matrix_of_8_samples():
    rows = [
        [6, 2, 0, 0],
        [4, 4, 0, 0],
        [1, 6, 1, 0],
        [0, 4, 4, 0],
        [0, 1, 6, 1],
        [0, 0, 4, 4],
        [0, 0, 1, 7],
        [0, 0, 0, 8],
    ]
    np.testing.assert_array_equal(8 * pyramid.expand_matrix(8), rows)


@pytest.mark.parametrize("size", range(1, 20))
def test_vector_3_rows_of_both_matrices_sum_to_one(size):
    np.testing.assert_array_equal(pyramid.reduce_matrix(size).sum(axis=1), 1)
    np.testing.assert_array_equal(pyramid.expand_matrix(size).sum(axis=1), 1)


def test_vector_3_expand_is_twice_reduce_transposed_inside_but_not_at_the_border():
    expand, reduce = pyramid.expand_matrix(16), pyramid.reduce_matrix(16)
    np.testing.assert_array_equal(expand[3:-4], 2 * reduce.T[3:-4])
    assert (expand != 2 * reduce.T).any()


def test_vector_4_an_impulse_spreads_as_the_kernel_does():
    impulse = np.zeros((1, 33))
    impulse[0, 16] = 1
    first, second = pyramid.gaussian(impulse, 3)[1:]
    np.testing.assert_array_equal(16 * first[0, 7:10], [1, 6, 1])
    np.testing.assert_array_equal(256 * second[0, 3:6], [10, 44, 10])


@pytest.mark.parametrize("shape", [(1, 17), (3, 5), (101, 77), (479, 639)])
def test_vector_5_laplacian_and_expanded_rest_rebuild_the_image(shape):
    image = picture(shape)
    for levels in (1, 2, 5):
        np.testing.assert_allclose(pyramid.collapse(pyramid.laplacian(image, levels)), image, atol=1e-6)


def test_vector_5_the_oracle_rebuilds_to_float64_precision():
    image = picture((13, 10)).astype(float)
    band, rest = naive.laplacian(image, 2)
    np.testing.assert_allclose(band + naive.expand(rest, image.shape), image, atol=1e-15)


def test_laplacian_equals_the_slow_oracle_level_by_level():
    image = picture((13, 10))
    for fast, slow in zip(pyramid.laplacian(image, 4), naive.laplacian(image, 4), strict=True):
        np.testing.assert_allclose(fast, slow, atol=5e-7)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_constant_stays_exactly_that_constant_and_has_no_laplacian(shape):
    image = np.full(shape, 0.3, np.float32)
    *laplacian, rest = pyramid.laplacian(image, 4)
    assert all(np.ptp(level) == 0 for level in pyramid.gaussian(image, 4))
    np.testing.assert_allclose(rest, 0.3, rtol=3e-7)
    for band in laplacian:
        np.testing.assert_allclose(band, 0, atol=1e-7)


def test_levels_past_one_pixel_repeat_it():
    levels = pyramid.gaussian([[3.0, 5.0]], 4)
    assert [level.shape for level in levels] == [(1, 2), (1, 1), (1, 1), (1, 1)]
    assert levels[1] == levels[3] == 4


@pytest.mark.parametrize("turn", [np.fliplr, np.flipud, np.rot90, np.transpose])
def test_odd_pictures_turned_give_levels_turned(turn):
    image = np.ascontiguousarray(picture((33, 17)))
    small = pyramid.reduce(image)
    np.testing.assert_allclose(pyramid.reduce(turn(image)), turn(small), atol=3e-7)
    np.testing.assert_allclose(
        pyramid.expand(turn(small), turn(image).shape), turn(pyramid.expand(small, image.shape)), atol=3e-7
    )


def test_shift_by_two_pixels_shifts_the_level_by_one():
    image = picture((40, 40))
    shifted = np.roll(image, (2, 4), axis=(0, 1))
    np.testing.assert_array_equal(pyramid.reduce(shifted)[4:-4, 4:-4], pyramid.reduce(image)[3:-5, 2:-6])


@pytest.mark.parametrize("shape", [(480, 640), (31, 45), (5, 9), (1, 300)])
def test_any_number_of_workers_gives_the_same_bits(shape, set_workers):
    image, results = picture(shape), []
    for count in (1, 2, 4):
        set_workers(count)
        small = pyramid.reduce(image)
        results.append((small.tobytes(), pyramid.expand(small, shape).tobytes()))
    assert results[0] == results[1] == results[2]


def test_inputs_stay_unchanged_and_results_are_new_arrays():
    image = picture((9, 12))
    kept = image.copy()
    levels = [*pyramid.gaussian(image, 3), *pyramid.laplacian(image, 1), pyramid.collapse([image])]
    assert not any(np.shares_memory(image, level) for level in levels)
    bands = pyramid.laplacian(image, 3)
    copies = [band.copy() for band in bands]
    pyramid.collapse(bands)
    for band, copy in zip(bands, copies, strict=True):
        np.testing.assert_array_equal(band, copy)
    np.testing.assert_array_equal(image, kept)


def test_out_is_filled_and_returned():
    image = picture((7, 8))
    small, large = np.empty((4, 4), np.float32), np.empty((7, 8), np.float32)
    assert pyramid.reduce(image, small) is small
    assert pyramid.expand(small, (7, 8), large) is large
    np.testing.assert_array_equal(small, pyramid.reduce(image))
    np.testing.assert_array_equal(large, pyramid.expand(small, (7, 8)))


@pytest.mark.parametrize(
    ("out", "error", "words"),
    [
        (np.empty((4, 4), np.float64), TypeError, "out must be a float32 array, got float64"),
        ([[0.0]], TypeError, "out must be a float32 array, got list"),
        (np.empty((3, 4), np.float32), ValueError, r"out must have shape \(4, 4\), got \(3, 4\)"),
        (np.empty((4, 4), np.float32).T, ValueError, "C-contiguous"),
    ],
)
def test_an_out_that_cannot_be_written_is_refused(out, error, words):
    with pytest.raises(error, match=words):
        pyramid.reduce(picture((7, 8)), out)


def test_a_read_only_or_overlapping_out_is_refused():
    image = picture((1, 1))
    with pytest.raises(ValueError, match="share memory"):
        pyramid.reduce(image, image)
    out = np.empty((4, 4), np.float32)
    out.flags.writeable = False
    with pytest.raises(ValueError, match="writable"):
        pyramid.reduce(picture((7, 8)), out)


def test_nan_is_refused_by_name():
    image = picture((4, 4))
    image[1, 2] = np.nan
    with pytest.raises(ValueError, match="image holds 1 NaN"):
        pyramid.reduce(image)
    with pytest.raises(ValueError, match="image holds 1 NaN"):
        pyramid.expand(image, (8, 8))
    with pytest.raises(ValueError, match=r"bands\[1\] holds 1 NaN"):
        pyramid.collapse([np.zeros((8, 8)), image])


@pytest.mark.parametrize("shape", [(8, 9), (6, 7), (9, 7), (3, 4)])
def test_expanding_to_a_shape_that_does_not_reduce_back_is_refused(shape):
    with pytest.raises(ValueError, match=r"does not reduce to the shape of image, \(4, 4\)"):
        pyramid.expand(picture((4, 4)), shape)


def test_numbers_of_levels_and_samples_must_be_positive():
    for call in (pyramid.gaussian, pyramid.laplacian):
        with pytest.raises(ValueError, match="levels must be 1 or more, got 0"):
            call(picture((4, 4)), 0)
    for call in (pyramid.reduce_matrix, pyramid.expand_matrix):
        with pytest.raises(ValueError, match="size must be 1 or more, got 0"):
            call(0)
    with pytest.raises(ValueError, match="at least one"):
        pyramid.collapse([])


def test_any_kind_of_picture_runs_the_same_machine_code():
    image = (255 * picture((8, 8))).astype(np.uint8)
    frozen = image.astype(np.float32)
    frozen.flags.writeable = False
    for variant in (image, image.astype(float), image.tolist(), frozen, np.asfortranarray(image), image[::-1]):
        pyramid.expand(pyramid.reduce(variant), (8, 8))
    for name in ("_reduce_core", "expand_core"):
        assert len(CORES[f"kernels.pyramid.{name}"].signatures) == 1
