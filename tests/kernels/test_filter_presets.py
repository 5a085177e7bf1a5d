import doctest

import numpy as np
import pytest
import scipy.ndimage

from kernels import filter_presets
from kernels.filter_presets import EXAMPLE_IMAGE, EXAMPLE_KERNEL, PRESETS, impulse
from kernels.filters import convolve, correlate


def picture(shape=(24, 31)):
    return np.random.default_rng(0).random(shape, dtype=np.float32)


def test_examples_in_the_docstrings_run():
    failed, attempted = doctest.testmod(filter_presets)
    assert attempted >= 1
    assert failed == 0


@pytest.mark.parametrize("name", PRESETS)
def test_an_impulse_becomes_every_preset_and_a_turned_one_by_correlation(name):
    kernel = PRESETS[name].kernel
    assert kernel.dtype == np.float64
    assert max(kernel.shape) <= 15
    dot, (rows, columns) = impulse((31, 31)), kernel.shape
    window = np.s_[15 - rows // 2 : 16 + rows // 2, 15 - columns // 2 : 16 + columns // 2]
    np.testing.assert_allclose(convolve(dot, kernel)[window], kernel, atol=1e-7)
    np.testing.assert_allclose(correlate(dot, kernel)[window], kernel[::-1, ::-1], atol=1e-7)


@pytest.mark.parametrize(
    ("name", "peer"),
    [
        ("box", lambda image: scipy.ndimage.uniform_filter(image, 3, mode="mirror")),
        ("wide box", lambda image: scipy.ndimage.uniform_filter(image, 9, mode="mirror")),
        ("Sobel x", lambda image: scipy.ndimage.sobel(image, 1, mode="mirror")),
        ("Sobel y", lambda image: scipy.ndimage.sobel(image, 0, mode="mirror")),
        ("Laplacian", lambda image: scipy.ndimage.laplace(image, mode="mirror")),
    ],
)
def test_presets_are_the_filters_of_their_names(name, peer):
    image = picture()
    np.testing.assert_allclose(correlate(image, PRESETS[name].kernel), peer(image.astype(float)), atol=2e-6)


def test_what_blurs_or_moves_keeps_a_constant_and_what_differentiates_makes_it_zero():
    for name, preset in PRESETS.items():
        differentiates = name in ("derivative", "Sobel x", "Sobel y", "Laplacian", "example")
        assert preset.kernel.sum() == pytest.approx(0 if differentiates else 1, abs=1e-12), name


def test_identity_and_both_shifts_move_as_far_as_they_say():
    image = picture()
    np.testing.assert_array_equal(convolve(image, PRESETS["identity"].kernel), image)
    np.testing.assert_array_equal(convolve(image, PRESETS["shift"].kernel)[:, 1:], image[:, :-1])
    np.testing.assert_array_equal(correlate(image, PRESETS["shift"].kernel)[:, :-1], image[:, 1:])
    np.testing.assert_array_equal(convolve(image, PRESETS["impulse"].kernel)[:-4, :-4], image[4:, 4:])


def test_the_worked_example_gives_its_number_by_both_routes():
    image, kernel = np.array(EXAMPLE_IMAGE, float), np.array(EXAMPLE_KERNEL, float)
    by_hand = (2 - 8) + (3 - 7) + (1 - 9)
    assert correlate(image, kernel)[1, 1] == np.sum(image * kernel) == by_hand == -18
    assert convolve(image, kernel)[1, 1] == np.sum(image * kernel[::-1, ::-1]) == -by_hand
