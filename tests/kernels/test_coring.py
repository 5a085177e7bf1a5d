import doctest

import numpy as np
import pytest

from kernels import coring
from kernels.coding import psnr
from kernels.coring import MODES, TRANSFORMS, denoise

WHITE = np.diag(np.full(9, 0.04))


def scene(shape=(96, 120)):
    """A disc and a bar with sharp edges on a ramp, in [0, 1]."""
    y, x = np.mgrid[: shape[0], : shape[1]]
    image = 0.3 + 0.2 * x / shape[1]
    image[(x - 40) ** 2 + (y - 50) ** 2 < 700] = 0.8
    image[(np.abs(x - y - 20) < 6) & (x > 60)] = 0.1
    return image


def noisy(image, sigma, seed=0):
    return image + np.random.default_rng(seed).normal(0, sigma, image.shape)


def test_examples_in_the_docstrings_run():
    failed, attempted = doctest.testmod(coring)
    assert attempted >= 2
    assert failed == 0


def test_the_hard_rule_keeps_what_is_above_three_deviations_as_it_is():
    band = np.array([[-0.7, -0.59, 0.0, 0.59, 0.61]])
    np.testing.assert_array_equal(coring.hard(band, WHITE), [[-0.7, 0, 0, 0, 0.61]])


def test_the_soft_rule_draws_by_noise_over_signal():
    band = np.array([[-0.9, -0.1, 0.3, 0.5]])
    threshold = 0.04 / np.sqrt(np.mean(band**2) - 0.04)
    expected = np.sign(band) * np.maximum(np.abs(band) - threshold, 0)
    np.testing.assert_allclose(coring.soft(band, WHITE), expected, rtol=1e-12)


def test_a_band_no_stronger_than_its_noise_is_put_to_zero():
    band = np.full((8, 8), 0.1)
    assert not coring.soft(band, WHITE).any()
    assert not coring.wiener(np.where(np.indices((8, 8)).sum(0) % 2, 0.001, -0.001), WHITE).any()


def test_the_local_rule_is_the_mean_over_contrasts_of_wieners_filter():
    rng = np.random.default_rng(0)
    band = rng.standard_normal((12, 10)) * np.linspace(0.2, 2, 10)
    mixing = np.eye(9) + 0.2 * rng.standard_normal((9, 9))
    of_noise = 0.1 * mixing @ mixing.T
    of_picture = coring._positive(coring._covariance(band) - of_noise)
    y, x = 5, 6
    around = np.array([band[y + dy, x + dx] for dy in (-1, 0, 1) for dx in (-1, 0, 1)])
    weights, estimates = [], []
    for z in np.exp(np.linspace(-20.5, 3.5, 13)):
        of_both = z * of_picture + of_noise
        explained = around @ np.linalg.solve(of_both, around)
        weights.append(np.exp(-0.5 * explained) / np.sqrt(np.linalg.det(of_both)))
        estimates.append((z * of_picture @ np.linalg.solve(of_both, around))[4])
    expected = np.dot(weights, estimates) / np.sum(weights)
    assert coring.wiener(band, of_noise)[y, x] == pytest.approx(expected, rel=1e-9)


def test_covariance_is_that_of_neighbours():
    band = np.random.default_rng(0).standard_normal((40, 30))
    found = coring._covariance(band)
    around = np.stack([np.roll(band, (-y, -x), (0, 1)).ravel() for y in (-1, 0, 1) for x in (-1, 0, 1)])
    np.testing.assert_allclose(found, around @ around.T / band.size, atol=1e-12)


def test_the_known_noise_of_each_band_is_that_of_many_noisy_pictures():
    shape = (64, 80)
    known = coring._noise(shape, "steerable", 2, 3)
    split, rng, sums = coring._split(shape, "steerable", 2, 3), np.random.default_rng(1), 0
    for _ in range(60):
        bands, _ = split(rng.standard_normal(shape).astype(np.float32))
        sums = sums + np.array([coring._covariance(band) for band in bands])
    scale = np.array([covariance[4, 4] for covariance in known])[:, None, None]
    np.testing.assert_allclose(sums / 60 / scale, np.array(known) / scale, atol=0.03)


@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.parametrize("mode", MODES)
def test_noise_goes_and_the_scene_stays(mode, transform):
    image = scene()
    for sigma in (0.04, 0.1, 0.2):
        given = noisy(image, sigma)
        assert psnr(denoise(given, sigma, mode=mode, transform=transform), image) > psnr(given, image) + 3


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_the_rules_that_know_more_do_better(transform):
    image = scene()
    given = noisy(image, 0.1)
    of = {mode: psnr(denoise(given, 0.1, mode=mode, transform=transform), image) for mode in MODES}
    assert of["wiener"] > of["soft"]
    assert of["wiener"] > of["hard"]


@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("shape", [(1, 1), (2, 9), (17, 16)])
def test_pictures_of_any_size_and_constants_come_through(shape, mode, transform):
    result = denoise(np.full(shape, 0.4), 0.1, mode=mode, transform=transform)
    assert result.shape == shape
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, 0.4, atol=1e-5)


def test_without_noise_nothing_changes_and_inputs_never_do():
    image = scene().astype(np.float32)
    kept = image.copy()
    np.testing.assert_array_equal(denoise(image, 0), image)
    assert not np.shares_memory(denoise(image, 0), image)
    denoise(image, 0.1)
    np.testing.assert_array_equal(image, kept)


def test_units_do_not_matter():
    image = noisy(scene(), 0.1)
    np.testing.assert_allclose(denoise(255 * image, 25.5), 255 * denoise(image, 0.1), rtol=1e-3, atol=0.02)


def test_what_cannot_be_meant_is_refused_by_name():
    image = scene((20, 20))
    with pytest.raises(ValueError, match="sigma must be 0 or more and finite, got -1"):
        denoise(image, -1)
    with pytest.raises(ValueError, match="mode must be one of hard, soft, wiener, got 'best'"):
        denoise(image, 0.1, mode="best")
    with pytest.raises(ValueError, match="transform must be one of steerable, laplacian, got 'haar'"):
        denoise(image, 0.1, transform="haar")
    with pytest.raises(ValueError, match="image holds 1 NaN"):
        denoise([[np.nan]], 0.1)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.parametrize("shape", [(1, 1), (5, 40), (48, 64)])
def test_more_levels_than_there_is_room_for_do_no_harm(shape, transform, mode):
    noisy = 0.5 + 0.1 * np.random.default_rng(0).standard_normal(shape)
    assert np.isfinite(denoise(noisy, 0.1, mode=mode, transform=transform, levels=9)).all()
