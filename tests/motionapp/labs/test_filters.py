"""The filters lab against scipy, and its numbers against each other."""

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
from scipy import ndimage

from motionapp.labs import filters
from motionapp.labs.filters import Parameters

from .views import still

#: scipy's name of each border.
MODES = {"mirror": "mirror", "zero": "constant", "repeat": "nearest", "wrap": "wrap"}
KERNEL = np.array([[1.0, -2.0, 0.5], [0.0, 3.0, 0.25], [-1.0, 0.0, 0.75]])


@pytest.mark.parametrize("border", MODES)
@pytest.mark.parametrize("operation", ["convolution", "correlation"])
def test_a_typed_kernel_acts_as_scipy_says(operation, border):
    view, parameters = still(), Parameters(operation=operation, border=border)
    scipys = ndimage.convolve if operation == "convolution" else ndimage.correlate
    expected = scipys(view.grey.astype(np.float64), KERNEL, mode=MODES[border])
    assert np.abs(filters.filtered(view, KERNEL, parameters).values - expected).max() < 1e-5


@pytest.mark.parametrize("border", MODES)
@pytest.mark.parametrize("operation", ["convolution", "correlation"])
@pytest.mark.parametrize("place", [(0, 0), (63, 47), (30, 20)])
def test_the_products_at_a_pixel_sum_to_the_result_there(operation, border, place):
    view, parameters = still(), Parameters(operation=operation, border=border)
    x, y = place
    products = filters.around(view.grey, x, y, 3, border) * filters.laid(KERNEL, operation)
    assert products.sum() == pytest.approx(filters.filtered(view, KERNEL, parameters).values[y, x], abs=1e-5)


def test_an_impulse_becomes_the_kernel_by_convolution_and_the_turned_kernel_by_correlation():
    for operation, expected in (("convolution", KERNEL), ("correlation", KERNEL[::-1, ::-1])):
        impulse, response = filters.impulse_response(KERNEL, Parameters(operation=operation))
        assert impulse.sum() == 1
        assert np.array_equal(response[1:-1, 1:-1], expected.astype(np.float32))
        assert not response[0].any()


def test_the_worked_example_gives_its_number_by_both_routes_after_nine_products():
    correlation, convolution = filters.worked_example(9)
    assert (correlation.total, convolution.total) == (-18, 18)
    assert np.array_equal(convolution.kernel, -correlation.kernel)
    begun = filters.worked_example(0)[0]
    assert begun.total == 0
    assert np.isnan(begun.products).all()
    half = filters.worked_example(4)[0]
    assert np.count_nonzero(np.isfinite(half.products)) == 4
    assert half.total == -8 + 0 + 2 - 7


def test_the_laws_of_linearity_hold_for_every_filter():
    parameters = Parameters(a=1.7, b=-0.6)
    for preset in get_args(filters.Preset)[:-1]:
        laws = filters.check_linearity(still(), filters.kernel_of(preset, 5), parameters)
        assert all(law.holds for law in laws), preset
        assert [law.name for law in laws] == ["Homogeneity", "Additivity", "Superposition"]


def test_the_laws_are_broken_by_what_is_not_linear():
    kernel = filters.kernel_of("Laplacian", 3)
    rectified = filters.check_linearity(still(), kernel, Parameters(a=-2.0, after="absolute value"))
    assert [law.holds for law in rectified] == [False, False, False]
    clipped = filters.check_linearity(still(), kernel, Parameters(a=2.0, after="clipped to 0 … 1"))
    assert not clipped[2].holds
    assert clipped[2].difference > 1e-3


@pytest.mark.parametrize("preset", get_args(filters.Preset)[:-1])
def test_every_preset_has_a_sentence_and_a_square_kernel_of_any_odd_size(preset):
    assert filters.does(preset)
    for size in (1, 3, 9, 15):
        kernel = filters.kernel_of(preset, size)
        assert kernel.shape[0] == kernel.shape[1] >= size


def test_blurs_keep_the_mean_whatever_their_size():
    for preset in ("box", "Gaussian"):
        for size in (1, 3, 7, 15):
            assert filters.kernel_of(preset, size).sum() == pytest.approx(1.0)
    assert np.allclose(filters.kernel_of("Gaussian", 5)[2] * 16 * 16 / 6, [1, 4, 6, 4, 1])


def test_a_kernel_keeps_its_middle_when_it_grows_or_shrinks():
    grown = filters.resized(KERNEL, 7)
    assert np.array_equal(grown[2:5, 2:5], KERNEL)
    assert grown.sum() == KERNEL.sum()
    assert np.array_equal(filters.resized(grown, 3), KERNEL)


def test_impossible_kernels_are_refused():
    for preset, size in (("box", 4), ("box", 17), ("nonsense", 3)):
        with pytest.raises(ValueError):
            filters.kernel_of(preset, size)


def test_results_with_a_sign_are_shown_in_colour_and_others_in_grey():
    parameters = Parameters()
    grey = filters.filtered(still(), filters.kernel_of("sharpen", 3), parameters)
    signed = filters.filtered(still(), filters.kernel_of("Sobel x", 3), replace(parameters, operation="correlation"))
    assert grey.limit is None
    assert np.array_equal(grey.after[..., 0], grey.after[..., 2])
    assert signed.limit is not None
    assert not np.array_equal(signed.after[..., 0], signed.after[..., 2])
