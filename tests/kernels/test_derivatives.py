import doctest

import numpy as np
import pytest

from kernels import derivatives
from kernels._jit import CORES
from tests.kernels import naive

SHAPES = [(1, 1), (1, 2), (2, 2), (1, 9), (9, 1), (3, 5), (16, 33)]


def picture(shape, seed=0):
    return np.random.default_rng(seed).random(shape, dtype=np.float32)


def test_examples_in_the_docstrings_run():
    failed, attempted = doctest.testmod(derivatives)
    assert attempted >= 1
    assert failed == 0


def test_derivative_is_exact_for_polynomials_of_degree_four():
    n = np.arange(-4.0, 5)
    row = np.tile(n**4 - 2 * n**3 + n, (3, 1))
    slope = np.tile(4 * n**3 - 6 * n**2 + 1, (3, 1))
    np.testing.assert_allclose(derivatives.derivative(row, 1)[:, 2:-2], slope[:, 2:-2], rtol=2e-6)
    np.testing.assert_allclose(derivatives.derivative(row.T, 0)[2:-2], slope.T[2:-2], rtol=2e-6)


@pytest.mark.parametrize("shape", SHAPES)
def test_derivative_equals_the_slow_oracle(shape):
    image, taps = picture(shape), np.array([[1, -8, 0, 8, -1]]) / 12
    np.testing.assert_allclose(derivatives.derivative(image, 1), naive.correlate(image, taps), atol=5e-7)
    np.testing.assert_allclose(derivatives.derivative(image, 0), naive.correlate(image, taps.T), atol=5e-7)


@pytest.mark.parametrize("shape", SHAPES)
def test_derivative_is_exactly_zero_on_a_constant_and_across_the_border(shape):
    flat, image = np.full(shape, 0.3, np.float32), picture(shape)
    for axis in (0, 1):
        assert not derivatives.derivative(flat, axis).any()
        assert not derivatives.derivative(image, axis).take([0, -1], axis).any()


@pytest.mark.parametrize("shape", [(161, 203), (5, 9)])
def test_any_number_of_workers_gives_the_same_bits(shape, set_workers):
    image, results = picture(shape), []
    for count in (1, 2, 4):
        set_workers(count)
        results.append([derivatives.derivative(image, axis).tobytes() for axis in (0, 1)])
    assert results[0] == results[1] == results[2]


def test_derivative_is_linear():
    f, g = picture((7, 10)), picture((7, 10), 1)
    for axis in (0, 1):
        both = derivatives.derivative(3 * f - 2 * g, axis)
        apart = 3 * derivatives.derivative(f, axis) - 2 * derivatives.derivative(g, axis)
        np.testing.assert_allclose(both, apart, atol=5e-6)


def test_out_is_filled_and_returned_and_inputs_stay_unchanged():
    image = picture((6, 9))
    kept, out = image.copy(), np.empty((6, 9), np.float32)
    assert derivatives.derivative(image, 1, out) is out
    np.testing.assert_array_equal(image, kept)
    with pytest.raises(ValueError, match="share memory"):
        derivatives.derivative(image, 1, image)


def test_nan_and_other_axes_are_refused_by_name():
    hole = picture((4, 4))
    hole[1, 1] = np.nan
    with pytest.raises(ValueError, match="image holds 1 NaN"):
        derivatives.derivative(hole, 0)
    with pytest.raises(ValueError, match=r"axis must be 0 \(y\) or 1 \(x\), got 2"):
        derivatives.derivative(picture((3, 3)), 2)


def test_any_kind_of_picture_runs_the_same_machine_code():
    image = (255 * picture((8, 8))).astype(np.uint8)
    for variant in (image, image.astype(float), image.tolist(), np.asfortranarray(image), image[::-1]):
        derivatives.derivative(variant, 0)
    assert len(CORES["kernels.derivatives._derivative_core"].signatures) == 1
