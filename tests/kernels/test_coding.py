import doctest
import math

import numpy as np
import pytest
import scipy.stats

from kernels import coding
from kernels.coding import decode, encode, entropy, psnr


def picture(shape=(65, 90)):
    y, x = np.mgrid[: shape[0], : shape[1]] / 20
    noise = 0.02 * np.random.default_rng(0).standard_normal(shape)
    return (0.5 + 0.3 * np.sin(x) * np.cos(y) + noise).astype(np.float32)


def test_examples_in_the_docstrings_run():
    failed, attempted = doctest.testmod(coding)
    assert attempted >= 3
    assert failed == 0


def test_entropy_equals_scipy_and_its_closed_forms():
    symbols = np.random.default_rng(0).integers(-3, 9, 1000)
    expected = scipy.stats.entropy(np.unique(symbols, return_counts=True)[1], base=2)
    assert entropy(symbols) == pytest.approx(expected, rel=1e-12)
    assert entropy(np.arange(256)) == 8
    assert entropy(np.zeros((4, 4))) == 0


def test_psnr_of_a_known_error():
    image = picture()
    assert psnr(image, image + 0.01) == pytest.approx(40, abs=1e-3)
    assert psnr(255 * image, 255 * (image + 0.01), peak=255) == pytest.approx(40, abs=1e-3)
    assert psnr(image, image) == math.inf


@pytest.mark.parametrize("levels", [1, 3, 6])
@pytest.mark.parametrize("step", [0.001, 0.03, 0.2])
def test_no_pixel_is_off_by_more_than_half_the_bins_of_all_levels(step, levels):
    image = picture()
    assert np.abs(decode(encode(image, step, levels)) - image).max() <= step * (1 - 2.0**-levels) + 1e-6


def test_the_bits_are_the_entropies_of_the_levels_weighed_by_their_sizes():
    coded = encode(picture(), 0.03, 3)
    assert [level.shape for level in coded.symbols] == [(65, 90), (33, 45), (17, 23)]
    bits = sum(entropy(level) * level.size for level in coded.symbols)
    assert coded.bits_per_pixel == pytest.approx(bits / (65 * 90), rel=1e-12)


def test_larger_steps_take_fewer_bits_and_give_worse_pictures():
    image = picture()
    coded = [encode(image, step) for step in (0.005, 0.02, 0.08, 0.3)]
    bits, quality = [one.bits_per_pixel for one in coded], [psnr(image, decode(one)) for one in coded]
    assert bits == sorted(set(bits), reverse=True)
    assert quality == sorted(set(quality), reverse=True)


def test_the_pyramid_takes_fewer_bits_than_the_pixels_for_a_better_picture():
    image = picture((128, 128))
    of_pixels, of_pyramid = encode(image, 0.02, 1), encode(image, 0.018, 5)
    assert psnr(image, decode(of_pyramid)) > psnr(image, decode(of_pixels))
    assert of_pyramid.bits_per_pixel < 0.8 * of_pixels.bits_per_pixel


@pytest.mark.parametrize("step", [0, -1, math.nan, math.inf])
def test_steps_that_are_not_positive_and_finite_are_refused(step):
    with pytest.raises(ValueError, match="step must be positive and finite"):
        encode(picture(), step)


def test_nan_and_other_shapes_are_refused_by_name():
    with pytest.raises(ValueError, match="image holds 1 NaN"):
        encode([[math.nan]], 0.1)
    with pytest.raises(ValueError, match="sizes differ"):
        psnr(np.ones((2, 2)), np.ones((2, 3)))
