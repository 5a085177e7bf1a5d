import doctest

import numpy as np
import pytest

from kernels import texture
from kernels.steerable import SteerablePyramid
from kernels.texture import match_histogram, synthesise


def bark(shape=(64, 48), seed=0):
    """Noise drawn out along y, with more dark than bright."""
    noise = np.random.default_rng(seed).standard_normal(shape)
    fy, fx = np.meshgrid(np.fft.fftfreq(shape[0]), np.fft.rfftfreq(shape[1]), indexing="ij")
    drawn = np.fft.irfft2(np.fft.rfft2(noise) * np.exp(-((fx - 0.15) ** 2 + (6 * fy) ** 2) / 0.01), shape)
    return np.exp(0.5 * drawn / drawn.std()).astype(np.float32)


def apart(made, sample):
    """How far the strengths of all bands, of every scale and direction, are from the sample's, relative to these."""
    of_made, of_sample = (
        [
            np.sqrt(np.mean(band**2))
            for level in SteerablePyramid(image.shape, 3, 3).build(image).oriented
            for band in level
        ]
        for image in (made, sample)
    )
    return np.linalg.norm(np.subtract(of_made, of_sample)) / np.linalg.norm(of_sample)


def test_examples_in_the_docstrings_run():
    failed, attempted = doctest.testmod(texture)
    assert attempted >= 2
    assert failed == 0


def test_matched_values_are_those_of_the_sample_in_the_order_of_the_others():
    rng = np.random.default_rng(0)
    values, sample = rng.random((7, 9)), rng.standard_normal((9, 7))
    matched = match_histogram(values, sample)
    np.testing.assert_array_equal(np.sort(matched, axis=None), np.sort(sample, axis=None))
    np.testing.assert_array_equal(np.argsort(matched, axis=None), np.argsort(values, axis=None))


def test_a_sample_of_another_size_gives_its_quantiles():
    values, sample = np.random.default_rng(0).random(4000), np.linspace(0, 1, 501) ** 2
    matched = match_histogram(values, sample)
    parts = np.linspace(0.05, 0.95, 19)
    np.testing.assert_allclose(np.quantile(matched, parts), parts**2, atol=2e-3)
    assert sample.min() <= matched.min() <= matched.max() <= sample.max()


def test_equal_values_are_spread_over_the_sample_all_the_same():
    np.testing.assert_array_equal(np.sort(match_histogram(np.zeros(5), np.arange(5.0))), np.arange(5.0))


def test_a_texture_has_the_pixels_of_its_sample_and_the_strength_of_its_bands():
    sample = bark()
    made = synthesise(sample, levels=3)
    np.testing.assert_allclose(np.sort(made, axis=None), np.sort(sample, axis=None), rtol=1e-5)
    noise = match_histogram(np.random.default_rng(0).random(sample.shape), sample)
    assert apart(made, sample) < apart(noise, sample) / 3


def test_it_is_as_large_as_asked_for():
    sample = bark()
    made = synthesise(sample, (80, 101), levels=3)
    assert made.shape == (80, 101)
    assert made.dtype == np.float32
    noise = match_histogram(np.random.default_rng(0).random(made.shape), sample)
    assert apart(made, sample) < apart(noise, sample) / 3


def test_every_round_comes_closer():
    sample = bark()
    distances = [apart(synthesise(sample, levels=3, iterations=rounds), sample) for rounds in (1, 2, 4, 8)]
    assert distances == sorted(set(distances), reverse=True)


def test_the_same_seed_gives_the_same_texture_and_another_seed_another_that_is_no_copy_either():
    sample = bark((128, 128))  # some hundred grains, of which those that agree by chance make up a tenth or so
    first, again, other = (synthesise(sample, levels=2, iterations=2, seed=seed) for seed in (3, 3, 4))
    assert first.tobytes() == again.tobytes()
    for one, another in ((first, other), (first, sample)):
        assert abs(np.corrcoef(one.ravel(), another.ravel())[0, 1]) < 0.4


def test_colours_keep_their_means_and_go_together_as_in_the_sample():
    grey, tint = bark(), bark(seed=1)
    sample = np.stack([grey, 0.5 * grey + 0.1 * tint, 0.2 * tint])
    made = synthesise(sample, (96, 96), levels=3)
    assert made.shape == (3, 96, 96)
    np.testing.assert_allclose(made.mean(axis=(1, 2)), sample.mean(axis=(1, 2)), rtol=0.02)
    wanted, found = (np.corrcoef(planes.reshape(3, -1)) for planes in (sample, made))
    np.testing.assert_allclose(found, wanted, atol=0.1)


def test_the_sample_stays_unchanged():
    sample = bark()
    kept = sample.copy()
    synthesise(sample, levels=2, iterations=1)
    np.testing.assert_array_equal(sample, kept)


def test_what_cannot_be_meant_is_refused_by_name():
    with pytest.raises(ValueError, match="sample holds 1 NaN"):
        synthesise(np.where(np.eye(20) * np.arange(20) == 7, np.nan, 1.0))
    with pytest.raises(ValueError, match="iterations must be 1 or more, got 0"):
        synthesise(bark(), iterations=0)
    with pytest.raises(ValueError, match="H, W ≥ 16"):
        synthesise(bark(), (15, 40))
