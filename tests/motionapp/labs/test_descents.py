"""Two descents: one rule and one step size, counted in the same parts."""

from dataclasses import replace

import numpy as np
import pytest

from kernels import points
from kernels.descent import METHODS
from kernels.losses import euclidean
from motionapp.labs import descents, field
from motionapp.labs.descents import Parameters

from .views import moved


def run_of(view, parameters):
    return field.run(view, descents.of_field(parameters), descents.LONGEST_PX)


@pytest.fixture(scope="module")
def view():
    return moved(2.0, -1.0)


def test_curvature_is_the_largest_eigenvalue_of_the_hessian():
    parameters = Parameters()
    fitted = descents.fitting(parameters, 1)
    x, target = points.curve_points(points.CURVES[parameters.curve])
    theta, network = fitted.thetas[0], fitted.network
    hessian = np.zeros((network.size, network.size))
    for at in range(network.size):
        step = np.zeros(network.size)
        step[at] = 1e-5
        above, below = (network.gradient(theta + sign * step, x, target, euclidean)[1] for sign in (1, -1))
        hessian[at] = (above - below) / 2e-5
    assert fitted.curvature == pytest.approx(np.abs(np.linalg.eigvalsh(0.5 * (hessian + hessian.T))).max(), rel=1e-3)


def test_steepest_descent_moves_against_the_gradient_by_the_rate():
    parameters = Parameters(method="steepest", step=0.5)
    fitted = descents.fitting(parameters, 3)
    x, target = points.curve_points(points.CURVES[parameters.curve])
    assert fitted.rate == pytest.approx(0.5 * 2 / fitted.curvature)
    for before, after in zip(fitted.thetas, fitted.thetas[1:]):
        slope = fitted.network.gradient(before, x, target, euclidean)[1]
        np.testing.assert_allclose(after, before - fitted.rate * slope, atol=1e-14)
    costs = [euclidean(fitted.network.forward(theta, x), target)[0] for theta in fitted.thetas[1:]]
    np.testing.assert_allclose(fitted.trace.values[:, 0], costs)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("curve", points.CURVES)
def test_a_small_part_of_the_sure_step_leads_down_and_twice_the_sure_step_out(method, curve):
    small, large = (
        descents.fitting(Parameters(method=method, curve=curve, step=step), 60).trace.total for step in (0.2, 2.0)
    )
    assert small[-1] < 0.5 * small[0]
    assert not np.isfinite(large[-1])


def test_the_field_diverges_and_converges_by_the_same_step(view):
    for step, goes_out in ((0.5, False), (1.5, True)):
        run = run_of(view, Parameters(method="steepest", step=step, penalty="quadratic"))
        last = run.trace.stage == run.trace.stage[-1]
        total = run.trace.total[last]
        assert bool(total[11] > total[0]) is goes_out


def test_both_are_shown_after_as_many_steps(view):
    parameters = Parameters()
    run = run_of(view, parameters)
    fitted = descents.fitting(parameters, len(run))
    for step, expected in ((None, len(run)), (0, 0), (7, 7), (10**6, len(run))):
        shown = descents.both(run, fitted, parameters, step)
        assert shown.step == shown.moment.step == len(shown.trace.values) == expected
        np.testing.assert_array_equal(
            shown.output, fitted.network.forward(fitted.thetas[expected], shown.x[:, None])[:, 0]
        )


def test_seeds_begin_elsewhere():
    one, other = (descents.fitting(replace(Parameters(), seed=seed), 1).thetas[0] for seed in (0, 1))
    assert not np.array_equal(one, other)
