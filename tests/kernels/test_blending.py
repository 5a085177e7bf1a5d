import doctest

import numpy as np
import pytest

from kernels import blending
from kernels.blending import blend
from tests.kernels import naive


def picture(shape=(33, 46), seed=0):
    return np.random.default_rng(seed).random(shape, dtype=np.float32)


def half(shape=(33, 46)):
    mask = np.zeros(shape, np.float32)
    mask[:, : shape[1] // 2] = 1
    return mask


def test_examples_in_the_docstrings_run():
    failed, attempted = doctest.testmod(blending)
    assert attempted >= 2
    assert failed == 0


@pytest.mark.parametrize("levels", [1, 2, 4, None])
@pytest.mark.parametrize("shape", [(33, 46), (3, 33, 46), (1, 1), (2, 7)])
def test_a_picture_blended_with_itself_is_itself_through_any_mask(shape, levels):
    image = picture(shape)
    np.testing.assert_allclose(blend(image, image, picture(shape[-2:], 1), levels), image, atol=1e-6)


@pytest.mark.parametrize("levels", [1, 3, None])
def test_mask_1_gives_the_first_and_mask_0_the_second(levels):
    a, b = picture(), picture(seed=1)
    np.testing.assert_allclose(blend(a, b, np.ones(a.shape), levels), a, atol=1e-6)
    np.testing.assert_allclose(blend(a, b, np.zeros(a.shape), levels), b, atol=1e-6)


@pytest.mark.parametrize("levels", [1, 2, 5, None])
def test_constants_do_not_overshoot_and_fall_steadily_across_the_seam(levels):
    mixed = blend(np.full((33, 46), 0.8), np.full((33, 46), 0.2), half(), levels)
    assert mixed.max() <= 0.8 + 1e-6
    assert mixed.min() >= 0.2 - 1e-6
    assert (np.diff(mixed, axis=1) <= 1e-6).all()
    np.testing.assert_allclose(mixed, mixed[:1].repeat(33, axis=0), atol=1e-6)


def test_levels_are_mixed_as_the_formula_says():
    a, b, mask, levels = picture((13, 10)), picture((13, 10), 1), picture((13, 10), 2), 3
    of_a, of_b = naive.laplacian(a, levels), naive.laplacian(b, levels)
    weights = [mask.astype(float)]
    for _ in range(levels - 1):
        weights.append(naive.reduce(weights[-1]))
    mixed = [g * la + (1 - g) * lb for g, la, lb in zip(weights, of_a, of_b, strict=True)]
    expected = mixed.pop()
    for band in reversed(mixed):
        expected = band + naive.expand(expected, band.shape)
    np.testing.assert_allclose(blend(a, b, mask, levels), expected, atol=2e-6)


def test_one_level_mixes_pixels_and_more_levels_make_a_softer_seam():
    a, b = np.ones((64, 64)), np.zeros((64, 64))
    np.testing.assert_array_equal(blend(a, b, half((64, 64)), 1), half((64, 64)))
    widths = [np.sum(np.abs(blend(a, b, half((64, 64)), levels)[32] - 0.5) < 0.45) for levels in (1, 3, 5)]
    assert widths[0] == 0
    assert widths == sorted(set(widths))


def test_colours_are_blended_each_by_itself():
    a, b, mask = picture((3, 16, 20)), picture((3, 16, 20), 1), half((16, 20))
    together = blend(a, b, mask)
    for plane in range(3):
        np.testing.assert_array_equal(together[plane], blend(a[plane], b[plane], mask))


def test_what_cannot_be_meant_is_refused_by_name():
    a = picture()
    with pytest.raises(ValueError, match=r"mask must be from 0 to 1, got 0.0 to 2.0"):
        blend(a, a, 2 * half())
    with pytest.raises(ValueError, match="sizes differ"):
        blend(a, a, half((33, 40)))
    with pytest.raises(ValueError, match=r"must have one shape, got \(33, 46\) and \(3, 33, 46\)"):
        blend(a, picture((3, 33, 46)), half())
    with pytest.raises(ValueError, match="levels must be 1 or more, got 0"):
        blend(a, a, half(), 0)
    with pytest.raises(ValueError, match="b holds 1 NaN"):
        blend([[1.0]], [[np.nan]], [[1.0]])
