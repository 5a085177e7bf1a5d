"""The numbers of a motion field against plain numpy, and what they mean."""

import numpy as np
import pytest

from motionapp.measures import endpoint_error, measure
from motionapp.settings import Settings
from motionapp.types import Frame, Measures, Motion, Truth


def _motion(flow, confidence=None, dt_s=0.04, truth=None):
    flow = np.ascontiguousarray(flow, np.float32)
    shape = flow.shape[1:]
    if confidence is None:
        confidence = np.ones(shape, np.float32)
    known = None if truth is None else Truth(np.ascontiguousarray(truth, np.float32), np.ones(shape, bool))
    frame = Frame(3, 0.12, np.zeros((*shape, 3), np.uint8), 0.0, known)
    return Motion(frame, flow, np.ascontiguousarray(confidence, np.float32), dt_s, Settings())


def _random(shape=(48, 64), seed=0):
    generator = np.random.default_rng(seed)
    return generator.normal(0, 2, (2, *shape)), generator.uniform(0, 1, shape).astype(np.float32)


def test_measures_are_the_plain_numpy_ones():
    flow, confidence = _random()
    got = measure(_motion(flow, confidence))
    speed = np.hypot(*flow)[confidence >= 0.5]
    assert got.mean_px_s == pytest.approx(speed.mean() / 0.04, rel=1e-5)
    assert got.median_px_s == pytest.approx(np.median(speed) / 0.04, rel=1e-5)
    assert got.p95_px_s == pytest.approx(np.percentile(speed, 95) / 0.04, rel=1e-5)
    assert got.max_px_s == pytest.approx(speed.max() / 0.04, rel=1e-5)
    assert got.moving_fraction == pytest.approx((speed > 0.5).mean())
    assert got.measured_fraction == pytest.approx((confidence >= 0.5).mean())
    assert got.endpoint_error_px is None


def test_sampled_quantiles_stay_within_a_hundredth_of_the_spread():
    flow, confidence = _random((480, 640), seed=1)
    got = measure(_motion(flow, confidence, dt_s=1.0))
    speed = np.hypot(*flow)[confidence >= 0.5]
    assert got.median_px_s == pytest.approx(np.median(speed), abs=0.03 * speed.std())
    assert got.p95_px_s == pytest.approx(np.percentile(speed, 95), abs=0.04 * speed.std())


def test_speed_uses_the_real_interval():
    flow = np.full((2, 5, 7), [[[3.0]], [[4.0]]])
    for dt_s in (0.01, 0.033, 0.5):
        got = measure(_motion(flow, dt_s=dt_s))
        assert got.mean_px_s == pytest.approx(5.0 / dt_s, rel=1e-5)
        assert got.max_px_s == got.mean_px_s == pytest.approx(got.p95_px_s)


def test_unmeasured_pixels_do_not_count_but_their_error_does():
    flow = np.zeros((2, 4, 6))
    flow[0, :, 3:] = 9.0
    confidence = np.ones((4, 6))
    confidence[:, 3:] = 0.49
    got = measure(_motion(flow, confidence, truth=np.zeros((2, 4, 6))))
    assert (got.max_px_s, got.moving_fraction, got.measured_fraction) == (0.0, 0.0, 0.5)
    assert got.endpoint_error_px == pytest.approx(4.5)


def test_no_motion_yet_and_nothing_measured_are_zeros():
    flow, _ = _random()
    assert measure(_motion(flow, dt_s=0.0)) == Measures(0, 0, 0, 0, 0, 0, None)
    assert measure(_motion(flow, np.zeros((48, 64)), truth=flow)) == Measures(0, 0, 0, 0, 0, 0, 0.0)


def test_endpoint_error_is_the_distance_of_the_tips():
    (flow, _), (truth, _) = _random(seed=4), _random(seed=5)
    got = endpoint_error(flow.astype(np.float32), truth.astype(np.float32))
    np.testing.assert_allclose(got, np.hypot(*(flow - truth)), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("shape", [(1, 1), (1, 5), (5, 1)])
def test_tiny_fields(shape):
    flow, _ = _random(shape)
    assert measure(_motion(flow)).max_px_s == pytest.approx(np.hypot(*flow).max() / 0.04, rel=1e-5)
