"""The camera's motion is found beside things that move, and nothing else is taken out."""

import math

import numpy as np
import pytest
from scipy.optimize import minimize

from motionapp.analysis.camera import fit_affine, steadied
from motionapp.analysis.measuring import Measurer
from motionapp.analysis.recipe import Recipe

from .flows import affine_flow, motion_of, random_flow

PAN = np.reshape([2.0, -1.0], (2, 1, 1))
SWAY = [[2.0, 0.01, -0.02], [-1.0, 0.02, 0.005]]


def with_thing(flow, by=(6.0, 3.0)):
    """Return the flow with a thing over a fifth of the picture that moves on its own."""
    flow = np.array(flow, np.float64)
    flow[:, 20:60, 30:80] += np.reshape(by, (2, 1, 1))
    return flow


def test_off_is_the_motion_itself():
    motion = motion_of(random_flow()[0])
    found = steadied(motion, "off")
    assert found.motion is motion
    assert math.isnan(found.u_px_s)
    assert math.isnan(found.v_px_s)


@pytest.mark.parametrize("camera", ["median", "affine"])
def test_a_pan_is_taken_out_and_told(camera):
    noise = np.random.default_rng(0).normal(0, 0.05, (2, 100, 120))
    found = steadied(motion_of(with_thing(np.broadcast_to(PAN, (2, 100, 120)) + noise)), camera)
    assert (found.u_px_s, found.v_px_s) == pytest.approx((50, -25), abs=1)
    rest = found.motion.flow
    assert np.abs(rest[:, 65:] - noise[:, 65:]).max() < 0.1
    assert rest[:, 30:50, 40:70].mean(axis=(1, 2)) == pytest.approx((6, 3), abs=0.1)


def test_an_affine_motion_is_taken_out_whole():
    found = steadied(motion_of(with_thing(affine_flow((100, 120), SWAY))), "affine")
    outside = found.motion.flow[:, 65:]
    assert np.abs(outside).max() < 0.1
    assert (found.u_px_s, found.v_px_s) == pytest.approx((50, -25), abs=2)
    exact = steadied(motion_of(affine_flow((100, 120), SWAY)), "affine")
    assert np.abs(exact.motion.flow).max() < 1e-4


def test_the_affine_fit_is_the_least_of_hubers_sum():
    generator = np.random.default_rng(3)
    places = generator.uniform(-1, 1, (2, 400))
    basis = np.stack([np.ones(400), *places])
    flow = np.array([[1.0, 0.5, -0.3], [-2.0, 0.1, 0.8]]) @ basis + generator.normal(0, 0.3, (2, 400))
    flow[:, :60] += 7.0
    found = fit_affine(places, flow, np.median(flow, axis=1)[:, np.newaxis] * [1.0, 0.0, 0.0])
    sigma = 1.4826 * np.median(np.hypot(*(flow - found @ basis)))

    def cost(model):
        away = np.hypot(*(flow - model.reshape(2, 3) @ basis))
        bend = 1.345 * sigma
        return np.where(away <= bend, 0.5 * away**2, bend * (away - 0.5 * bend)).sum()

    least = minimize(cost, found.ravel(), method="BFGS").x.reshape(2, 3)
    np.testing.assert_allclose(found, least, atol=2e-3)


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (2, 3), (5, 5)])
@pytest.mark.parametrize("camera", ["median", "affine"])
def test_tiny_and_thin_pictures(shape, camera):
    found = steadied(motion_of(np.broadcast_to(PAN, (2, *shape))), camera)
    np.testing.assert_allclose(found.motion.flow, 0, atol=1e-6)


@pytest.mark.parametrize("camera", ["median", "affine"])
def test_unmeasured_places_have_no_say(camera):
    flow = np.array(np.broadcast_to(PAN, (2, 60, 80)))
    flow[:, :, :50] = np.nan
    confidence = np.ones((60, 80))
    confidence[:, :50] = 0.1
    found = steadied(motion_of(flow, confidence), camera)
    assert (found.u_px_s, found.v_px_s) == pytest.approx((50, -25))
    np.testing.assert_allclose(found.motion.flow[:, :, 50:], 0, atol=1e-5)


@pytest.mark.parametrize("camera", ["median", "affine"])
def test_nothing_measured_leaves_everything(camera):
    for motion in (motion_of(random_flow()[0], np.zeros((18, 23))), motion_of(random_flow()[0], dt_s=0.0)):
        assert steadied(motion, camera).motion is motion


def test_rows_tell_the_camera_and_measure_against_it():
    motion = motion_of(with_thing(np.broadcast_to(PAN, (2, 100, 120))))
    measurer = Measurer(Recipe(camera="median"), 100, 120)
    (row,) = measurer.rows(motion, 5)
    assert (row.camera_u_px_s, row.camera_v_px_s) == (50, -25)
    assert row.moving_fraction == pytest.approx(40 * 50 / (100 * 120))
    assert row.max_px_s == pytest.approx(math.hypot(6, 3) / 0.04)
    assert measurer.steadied is not None
    assert np.abs(measurer.steadied.flow[:, 65:]).max() == 0
    assert np.abs(motion.flow[:, 65:]).max() == 2
