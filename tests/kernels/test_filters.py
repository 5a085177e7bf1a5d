import doctest
import math

import hypothesis
import hypothesis.strategies as st
import numpy as np
import pytest
import scipy.ndimage

from kernels import filters
from kernels._jit import CORES
from tests.kernels import naive

SHAPES = [(1, 1), (1, 2), (2, 2), (1, 9), (9, 1), (3, 5), (16, 33)]
KERNELS = [(1, 1), (3, 3), (1, 5), (5, 1), (2, 2), (4, 3), (15, 15)]
ANGLES = np.linspace(0, 2 * math.pi, 37)
FUNCTIONS = [
    filters.convolve,
    filters.correlate,
    lambda image, kernel: filters.separable(image, kernel[0], kernel[:, 0]),
    lambda image, kernel: filters.gaussian(image, 1.2),
    lambda image, kernel: filters.derivative_of_gaussian(image, 1.2, 0.7),
]


def picture(shape, seed=0):
    return np.random.default_rng(seed).random(shape, dtype=np.float32)


def mirrored_kernel_result(function, image, kernel):
    return function(image.astype(float), kernel.astype(float), mode="mirror")


def test_examples_in_the_docstrings_run():
    failed, attempted = doctest.testmod(filters)
    assert attempted >= 7
    assert failed == 0


@pytest.mark.parametrize("kernel_shape", KERNELS)
@pytest.mark.parametrize("shape", [(1, 1), (2, 2), (1, 9), (7, 1), (5, 8)])
def test_convolve_and_correlate_equal_the_slow_oracle(shape, kernel_shape):
    image, kernel = picture(shape), picture(kernel_shape, 1) - 0.5
    np.testing.assert_allclose(filters.correlate(image, kernel), naive.correlate(image, kernel), atol=1e-5)
    np.testing.assert_allclose(filters.convolve(image, kernel), naive.convolve(image, kernel), atol=1e-5)


@pytest.mark.parametrize(
    ("border", "mode"), [("mirror", "mirror"), ("zero", "constant"), ("repeat", "nearest"), ("wrap", "wrap")]
)
@pytest.mark.parametrize("kernel_shape", KERNELS)
@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (61, 47)])
def test_convolve_and_correlate_equal_scipy_for_every_border(shape, kernel_shape, border, mode):
    image, kernel = picture(shape), picture(kernel_shape, 1) - 0.5
    for fast, peer in ((filters.convolve, scipy.ndimage.convolve), (filters.correlate, scipy.ndimage.correlate)):
        expected = peer(image.astype(float), kernel.astype(float), mode=mode)
        np.testing.assert_allclose(fast(image, kernel, border=border), expected, atol=1e-5)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("columns", "rows"), [(3, 3), (5, 2), (4, 15), (1, 1)])
def test_separable_is_convolution_with_the_outer_product(shape, columns, rows):
    image, row, column = picture(shape), picture(columns, 1) - 0.5, picture(rows, 2) - 0.5
    expected = mirrored_kernel_result(scipy.ndimage.convolve, image, np.outer(column, row))
    np.testing.assert_allclose(filters.separable(image, row, column), expected, atol=3e-6)


def test_worked_example_of_the_lecture_has_opposite_signs_in_its_two_routes():
    image, kernel = [[8, 5, 2], [7, 5, 3], [9, 4, 1]], [[-1, 0, 1]] * 3
    assert filters.convolve(image, kernel)[1, 1] == naive.convolve(image, kernel)[1, 1] == 18
    assert filters.correlate(image, kernel)[1, 1] == naive.correlate(image, kernel)[1, 1] == -18
    assert filters.separable(image, [-1, 0, 1], [1, 1, 1])[1, 1] == 18


def test_identity_shift_box_and_impulse_do_what_their_names_say():
    image = picture((6, 7))
    np.testing.assert_array_equal(filters.convolve(image, [[0, 0, 0], [0, 1, 0], [0, 0, 0]]), image)
    shifted = filters.convolve(image, [[0, 0, 0], [0, 0, 1], [0, 0, 0]])
    np.testing.assert_array_equal(shifted[:, 1:], image[:, :-1])
    box = filters.convolve(image, np.full((3, 3), 1 / 9))
    np.testing.assert_allclose(box[2, 3], image[1:4, 2:5].mean(), rtol=1e-6)
    impulse, kernel = np.zeros((5, 5)), picture((3, 3))
    impulse[2, 2] = 1
    np.testing.assert_array_equal(filters.convolve(impulse, kernel)[1:4, 1:4], kernel)
    np.testing.assert_array_equal(filters.correlate(impulse, kernel)[1:4, 1:4], kernel[::-1, ::-1])


@pytest.mark.parametrize("function", FUNCTIONS)
@hypothesis.given(a=st.floats(-4, 4, width=32), b=st.floats(-4, 4, width=32), seed=st.integers(0, 99))
@hypothesis.settings(max_examples=20)
def test_filters_are_linear(function, a, b, seed):
    f, g, kernel = picture((7, 10), seed), picture((7, 10), seed + 100), picture((3, 3), seed + 200) - 0.5
    of_f, of_g = function(f, kernel), function(g, kernel)
    np.testing.assert_allclose(function(a * f, kernel), a * of_f, atol=2e-5)  # homogeneity
    np.testing.assert_allclose(function(f + g, kernel), of_f + of_g, atol=2e-5)  # additivity
    np.testing.assert_allclose(function(a * f + b * g, kernel), a * of_f + b * of_g, atol=2e-5)  # superposition


@pytest.mark.parametrize("sigma", [0.1, 0.5, 1, 2.3, 7])
@pytest.mark.parametrize("shape", [(1, 1), (5, 4), (40, 61)])
def test_gaussian_equals_scipy(shape, sigma):
    image = picture(shape)
    expected = scipy.ndimage.gaussian_filter(image.astype(float), sigma, mode="mirror", truncate=5)
    np.testing.assert_allclose(filters.gaussian(image, sigma), expected, atol=5e-7)


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_derivatives_of_gaussians_equal_scipy(order):
    image = picture((40, 61))
    for axis, angle in ((1, 0.0), (0, math.pi / 2)):
        orders = (order, 0) if axis == 0 else (0, order)
        expected = scipy.ndimage.gaussian_filter(image.astype(float), 1.5, orders, mode="mirror", truncate=5)
        fast = filters.derivative_of_gaussian(image, 1.5, angle, order=order)
        np.testing.assert_allclose(fast, expected, atol=2e-6)


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_vector_6_the_steered_kernel_is_the_rotated_one(order):
    sigma, bases = 2.0, filters.derivative_bases(2.0, order)
    assert bases.shape[0] == order + 1
    assert bases.dtype == np.float64
    radius = bases.shape[1] // 2
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    bell = np.exp(-(x**2 + y**2) / (2 * sigma**2))
    bell /= bell.sum()
    for angle in ANGLES:
        steered = np.tensordot(filters.steering_weights(order, angle), bases, 1)
        along = (x * math.cos(angle) + y * math.sin(angle)) / sigma
        hermite = np.polynomial.hermite_e.hermeval(along, [0] * order + [1])
        np.testing.assert_allclose(steered, (-1 / sigma) ** order * hermite * bell, atol=1e-14)


@pytest.mark.parametrize("order", [1, 2])
def test_steering_a_picture_is_convolving_with_the_rotated_kernel(order):
    image = picture((19, 24))
    bases = filters.derivative_bases(1.1, order)
    for angle in ANGLES[::6]:
        kernel = np.tensordot(filters.steering_weights(order, angle), bases, 1)
        expected = scipy.ndimage.convolve(image.astype(float), kernel, mode="mirror")
        fast = filters.derivative_of_gaussian(image, 1.1, angle, order=order)
        np.testing.assert_allclose(fast, expected, atol=1e-6)


@pytest.mark.parametrize("sigma", [0.05, 0.5, 3])
def test_gaussian_keeps_constants_and_its_kernel_sums_to_one(sigma):
    np.testing.assert_allclose(filters.gaussian_kernel(sigma).sum(), 1, rtol=1e-15)
    np.testing.assert_allclose(filters.gaussian(np.full((5, 9), 0.3), sigma), 0.3, rtol=1e-6)


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_turned_picture_gives_a_turned_slope(turns):
    image = picture((12, 17))
    turned = np.rot90(image, turns)
    angle = 0.6
    seen = filters.derivative_of_gaussian(turned, 1.0, angle - turns * math.pi / 2)
    np.testing.assert_allclose(seen, np.rot90(filters.derivative_of_gaussian(image, 1.0, angle), turns), atol=1e-6)


def test_filters_commute_with_translation():
    image, kernel = picture((30, 30)), picture((5, 5), 1)
    moved = filters.convolve(np.roll(image, (3, 2), axis=(0, 1)), kernel)
    np.testing.assert_array_equal(moved[8:-8, 8:-8], filters.convolve(image, kernel)[5:-11, 6:-10])


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("shape", [(161, 203), (5, 9)])
def test_any_number_of_workers_gives_the_same_bits(function, shape, set_workers):
    image, kernel, results = picture(shape), picture((5, 5), 1), []
    for count in (1, 2, 4):
        set_workers(count)
        results.append(function(image, kernel).tobytes())
    assert results[0] == results[1] == results[2]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_inputs_stay_unchanged(function):
    image, kernel = picture((9, 11)), picture((3, 3), 1)
    kept = image.copy(), kernel.copy()
    result = function(image, kernel)
    assert result.dtype == np.float32
    assert not np.shares_memory(result, image)
    np.testing.assert_array_equal(image, kept[0])
    np.testing.assert_array_equal(kernel, kept[1])


def test_out_is_filled_and_returned():
    image, kernel = picture((6, 9)), picture((3, 3), 1)
    for function in (filters.convolve, filters.correlate):
        out = np.empty((6, 9), np.float32)
        assert function(image, kernel, out) is out
        np.testing.assert_array_equal(out, function(image, kernel))
    out = np.empty((6, 9), np.float32)
    assert filters.gaussian(image, 1.0, out) is out
    with pytest.raises(ValueError, match="share memory"):
        filters.gaussian(image, 1.0, image)


def test_nan_and_wrong_shapes_are_refused_by_name():
    image, hole = picture((4, 4)), picture((3, 3))
    hole[1, 1] = np.nan
    with pytest.raises(ValueError, match="kernel holds 1 NaN"):
        filters.convolve(image, hole)
    with pytest.raises(ValueError, match="image holds 1 NaN"):
        filters.gaussian(hole, 1.0)
    with pytest.raises(ValueError, match="row_kernel holds 1 NaN"):
        filters.separable(image, hole[1], [1])
    with pytest.raises(ValueError, match=r"column_kernel must have shape \(K,\), got \(1, 1\)"):
        filters.separable(image, [1], [[1]])
    with pytest.raises(ValueError, match=r"kernel must have shape \(H, W\) with H, W ≥ 1, got \(3,\)"):
        filters.correlate(image, [1, 2, 1])


@pytest.mark.parametrize("sigma", [0, -1, math.nan, math.inf])
def test_sigma_must_be_positive_and_finite(sigma):
    with pytest.raises(ValueError, match="sigma must be positive and finite"):
        filters.gaussian(picture((3, 3)), sigma)


def test_order_and_angle_must_make_sense():
    image = picture((3, 3))
    with pytest.raises(ValueError, match="order must be 0 or more"):
        filters.gaussian_kernel(1.0, -1)
    with pytest.raises(ValueError, match="order must be 0 or more"):
        filters.derivative_of_gaussian(image, 1.0, 0.0, order=-1)
    with pytest.raises(ValueError, match="angle finite"):
        filters.derivative_of_gaussian(image, 1.0, math.nan)


def test_any_kind_of_picture_and_kernel_runs_the_same_machine_code():
    image = (255 * picture((8, 8))).astype(np.uint8)
    frozen = image.astype(np.float32)
    frozen.flags.writeable = False
    for variant in (image, image.astype(float), image.tolist(), frozen, np.asfortranarray(image), image[::-1]):
        for function in FUNCTIONS:
            function(variant, np.asarray(variant)[:3, :3])
    for name in ("_correlate_core", "_separable_core"):
        assert len(CORES[f"kernels.filters.{name}"].signatures) == 1


def test_an_unknown_border_is_refused_by_name():
    with pytest.raises(ValueError, match="border must be one of mirror, zero, repeat, wrap, got 'reflect'"):
        filters.convolve(picture((3, 3)), [[1]], border="reflect")
