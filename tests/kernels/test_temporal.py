import doctest

import numpy as np
import pytest
import scipy.signal

from kernels import temporal


def filtered(values, times_s, band, order=1):
    """Feed a filter with the changes of a series at given times; return what it lets through."""
    band_pass = temporal.BandPass((1, 1, 1), order)
    changes = np.diff(values, prepend=values[0]).astype(np.float32)
    steps = np.diff(times_s, prepend=times_s[0] - (times_s[1] - times_s[0]))
    return np.array([band_pass.step(c.reshape(1, 1, 1), dt, *band)[0, 0, 0] for c, dt in zip(changes, steps)])


def test_examples_in_the_docstrings_run():
    failed, attempted = doctest.testmod(temporal)
    assert failed == 0
    assert attempted > 4


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("band", [(0.8, 3.0), (0.4, 14.0), (0.05, 0.2)])
def test_at_a_steady_rate_it_is_the_butterworth_filter_of_scipy(order, band):
    values = np.cumsum(np.random.default_rng(0).standard_normal(600))
    values -= values[0]
    expected = scipy.signal.sosfilt(scipy.signal.butter(order, band, "bandpass", fs=30.0, output="sos"), values)
    float32 = 3e-6 * np.abs(expected).max()
    np.testing.assert_allclose(filtered(values, np.arange(600) / 30.0, band, order), expected, rtol=0, atol=float32)


@pytest.mark.parametrize("order", [1, 2])
def test_at_a_changing_rate_frequencies_stay_what_they_are(order):
    times_s = np.cumsum(np.random.default_rng(1).uniform(0.015, 0.06, 1500))
    within, above, below = (
        filtered(np.sin(2 * np.pi * f * times_s), times_s, (0.7, 1.5), order)[600:].std() * np.sqrt(2)
        for f in (1.0, 6.0, 0.1)
    )
    assert within == pytest.approx(1.0, abs=0.03)
    assert max(above, below) < 0.2


def test_a_motion_that_goes_on_and_on_leaves_the_filter_bounded():
    passed = filtered(np.arange(20_000) * 0.5, np.arange(20_000) / 30.0, (0.5, 2.0))
    assert np.ptp(passed[-1000:]) < 1e-4
    low, high = np.tan(np.pi * 0.5 / 30), np.tan(np.pi * 2.0 / 30)
    assert passed[-1] == pytest.approx((high - low) / (low * high) * 0.5 / 2, rel=1e-4)


def test_what_frames_cannot_show_is_cut_off():
    assert temporal.capped(1.0, 20.0, 0.1) == (1.0, pytest.approx(4.9))
    assert temporal.capped(6.0, 20.0, 0.1) is None
    assert not temporal.sections(6.0, 20.0, 0.1, order=2).any()
    assert not filtered(np.random.default_rng(0).random(50), np.arange(50) / 10.0, (6.0, 8.0)).any()
    assert np.isfinite(filtered(np.random.default_rng(0).random(50), np.arange(50) / 10.0, (0.5, 99.0))).all()


def test_reset_forgets():
    band_pass = temporal.BandPass((1, 2, 3), 2)
    change = np.ones((1, 2, 3), np.float32)
    first = band_pass.step(change.copy(), 0.04, 1.0, 3.0).copy()
    assert (band_pass.step(change.copy(), 0.04, 1.0, 3.0) != first).all()
    band_pass.reset()
    np.testing.assert_array_equal(band_pass.step(change.copy(), 0.04, 1.0, 3.0), first)


@pytest.mark.parametrize("band", [(0.0, 1.0), (2.0, 1.0), (1.0, 1.0), (1.0, np.inf), (np.nan, 1.0)])
def test_what_is_no_band_is_refused(band):
    with pytest.raises(ValueError, match="a band is"):
        temporal.sections(*band, 0.04)


@pytest.mark.parametrize("dt_s", [0.0, -1.0, np.inf, np.nan])
def test_what_is_no_interval_is_refused(dt_s):
    with pytest.raises(ValueError, match="dt_s must be"):
        temporal.sections(1.0, 2.0, dt_s)


def test_other_orders_are_refused():
    with pytest.raises(ValueError, match="order must be"):
        temporal.sections(1.0, 2.0, 0.04, order=3)
