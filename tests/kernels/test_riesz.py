import doctest

import numpy as np
import pytest
import scipy.signal

from benchmarks.waves import RATE_HZ, grating, grating_moved_px, magnified, shifted, texture_gain, texture_spectrum
from kernels import bands, riesz
from kernels.riesz import RieszMagnifier, odd_taps

from . import naive_magnification

ANGLES = np.deg2rad([0, 15, 22.5, 30, 45, 60, 75, 90, 120, 135, 165])


def test_examples_in_the_docstrings_run():
    failed, attempted = doctest.testmod(riesz)
    assert failed == 0
    assert attempted == 6


def test_the_filter_is_close_to_a_derivative_wherever_a_band_has_power():
    k = np.linspace(0.7, 2.5, 50)
    response = 2 * np.sin(np.outer(k, [1, 2, 3])) @ odd_taps()
    assert np.abs(response / k - 1).max() < 0.25


@pytest.mark.parametrize("alpha", [6.0, 30.0, 100.0])
@pytest.mark.parametrize(("shape", "levels"), [((48, 64), 3), ((37, 51), 2), ((24, 19), 1)])
def test_it_does_what_the_naive_version_does(shape, levels, alpha):
    rng = np.random.default_rng(0)
    first = rng.random(shape)
    second = 0.9 * first + 0.1 * rng.random(shape)
    found = magnified(RieszMagnifier(shape, levels), first, second, alpha) - second
    expected = naive_magnification.magnified(
        first, second, alpha, levels, odd_taps().astype(np.float32), riesz._SLACK, 0.001
    )
    np.testing.assert_allclose(found, expected, atol=2e-4)


@pytest.mark.parametrize("wavelength_px", [4.0, 5.3, 8.0, 11.0, 16.0])
def test_gratings_move_by_what_was_asked_for_at_every_angle(wavelength_px):
    for angle in ANGLES:
        first, second = (grating(wavelength_px, angle, moved) for moved in (0.0, 0.05))
        moved_px = grating_moved_px(magnified(RieszMagnifier(first.shape), first, second, 9.0), wavelength_px, angle)
        assert 0.9 < moved_px / 0.5 < 1.1


@pytest.mark.parametrize("alpha", [-1.0, -0.5, 3.0, 19.0])
def test_motions_can_be_taken_away_as_well(alpha):
    first, second = (grating(9.0, 0.5, moved) for moved in (0.0, 0.05))
    moved_px = grating_moved_px(magnified(RieszMagnifier(first.shape), first, second, alpha), 9.0, 0.5)
    assert moved_px == pytest.approx(0.05 * (1 + alpha), abs=0.05 * 0.05 * abs(alpha))


@pytest.mark.parametrize(("right_px", "down_px"), [(0.05, 0.0), (0.03, 0.04), (0.0, -0.05)])
def test_mixed_texture_keeps_nine_tenths_of_its_motion_and_eight_counting_the_finest_waves(right_px, down_px):
    spectrum = texture_spectrum()
    first, second = shifted(spectrum, 0, 0), shifted(spectrum, right_px, down_px)
    moved = magnified(RieszMagnifier(first.shape), first, second, 9.0)
    assert 0.88 < texture_gain(moved, spectrum, right_px, down_px, shortest_px=4.0) / 10 < 1.05
    assert 0.8 < texture_gain(moved, spectrum, right_px, down_px, shortest_px=1.0) / 10 < 1.05


@pytest.mark.parametrize("order", [1, 2])
def test_over_time_a_motion_is_magnified_by_what_the_filter_lets_through(order):
    frequency_hz, band, alpha = 2.0, (1.0, 4.0), 5.0
    magnifier, moved = RieszMagnifier((64, 64), order=order), []
    times_s = np.arange(75) / RATE_HZ
    for time_s in times_s:
        picture = grating(8.0, 0.4, 0.05 * np.sin(2 * np.pi * frequency_hz * time_s), 64)
        change = magnifier.step(picture, 1 / RATE_HZ, alpha=alpha, low_hz=band[0], high_hz=band[1])
        moved.append(grating_moved_px(picture + change, 8.0, 0.4))
    whole = slice(25, None)  # 50 frames: 4 periods
    wave = np.exp(-2j * np.pi * frequency_hz * times_s[whole])
    found = 2j * np.mean(np.array(moved)[whole] * wave) / 0.05
    sections = scipy.signal.butter(order, band, "bandpass", fs=RATE_HZ, output="sos")
    passed = scipy.signal.sosfreqz(sections, [frequency_hz], fs=RATE_HZ)[1][0]
    assert abs(found - (1 + alpha * passed)) < 0.05 * (1 + alpha)


def test_turned_and_mirrored_pictures_give_turned_and_mirrored_results():
    first, second = np.random.default_rng(0).random((2, 41, 41), dtype=np.float32)
    expected = magnified(RieszMagnifier((41, 41)), first, second, 3.0)
    for turn in (np.rot90, np.fliplr, np.transpose):
        found = magnified(RieszMagnifier((41, 41)), turn(first), turn(second), 3.0)
        np.testing.assert_allclose(found, turn(expected), atol=1e-4)


def test_the_number_of_threads_does_not_matter():
    before = bands.workers()
    first, second = np.random.default_rng(0).random((2, 300, 320), dtype=np.float32)
    results = []
    try:
        for count in (1, 3):
            bands.set_workers(count)
            results.append(magnified(RieszMagnifier(first.shape), first, second, 5.0))
    finally:
        bands.set_workers(before)
    np.testing.assert_array_equal(*results)
