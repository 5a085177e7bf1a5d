"""The descent of one point: its cost against closed forms, its gradient against differences, its rules at work."""

from dataclasses import replace

import numpy as np
import pytest

from motionapp.labs import descent
from motionapp.labs.descent import Parameters, Patch
from motionapp.labs.view import LabView
from motionapp.scenes import SceneSource

from .views import moved, still


def grating(angle):
    """Waves of 12 px whose grey value changes along ``angle`` only."""
    return lambda x, y: 0.5 + 0.3 * np.sin(2 * np.pi / 12 * (np.cos(angle) * x + np.sin(angle) * y))


@pytest.mark.parametrize("cost", ["linearised", "exact"])
def test_the_gradient_is_that_of_the_cost(cost):
    patch = Patch(moved(1.2, -0.7), 60, 40, 13, cost)
    for w in np.array([[0.0, 0.0], [0.8, -0.4], [-1.5, 2.0]]):
        h = 0.05
        around = np.array([[h, 0], [-h, 0], [0, h], [0, -h]]) + w
        right, left, below, above = patch.costs(around[:, 0], around[:, 1])
        expected = np.array([right - left, below - above]) / (2 * h)
        assert np.abs(patch.gradient(w) - expected).max() < 0.02 * np.abs(expected).max()


@pytest.mark.parametrize("motion", [(0.0, 0.0), (2.0, -1.0), (-3.0, 2.0)])
def test_the_exact_cost_is_least_at_the_motion(motion):
    patch = Patch(moved(*motion), 60, 40, 15, "exact")
    surface = descent.surface(patch, 4.0)
    row, column = np.unravel_index(np.argmin(surface), surface.shape)
    axis = np.linspace(-4, 4, descent.SIDE)
    assert np.hypot(axis[column] - motion[0], axis[row] - motion[1]) < 0.15
    assert surface.min() < 1.0  # squared grey levels: rounding to 256 of them


def test_the_linearised_cost_is_the_sum_of_squared_constraints():
    view = moved(0.4, 0.2)
    patch = Patch(view, 60, 40, 9, "linearised")
    for u, v in ((0.0, 0.0), (0.7, -0.3)):
        expected = ((patch.ix * u + patch.iy * v + patch.it) ** 2).mean() * 255**2
        assert patch.costs(np.array(u), np.array(v)) == pytest.approx(expected, rel=1e-4)


def test_a_small_motion_is_found_in_closed_form():
    for motion in ((0.3, -0.2), (-0.5, 0.4)):
        point = descent.look_at(moved(*motion), 60, 40, 21)
        assert point.kind == "corner"
        assert np.hypot(*np.subtract(point.estimate, motion)) < 0.06


@pytest.mark.parametrize("angle", [0.0, 0.6, 2.2])
def test_an_edge_is_known_by_its_tensor_and_seen_across_only(angle):
    point = descent.look_at(moved(1.0, 0.5, picture=grating(angle)), 60, 40, 15)
    assert point.kind == "edge"
    assert point.estimate is None
    assert abs(abs(point.along @ [np.cos(angle), np.sin(angle)]) - 1) < 0.01
    assert "aperture" in descent.sentence(point)


def test_where_nothing_changes_nothing_is_known():
    flat = moved(1.0, 0.0, picture=lambda x, y: np.full(np.shape(x), 0.5))
    point = descent.look_at(flat, 60, 40, 11)
    assert point.kind == "flat"
    assert point.estimate is None
    assert "nothing" in descent.sentence(point)


def test_a_frame_without_a_past_stands_still():
    point = descent.look_at(still(), 30, 20, 11)
    assert point.it == 0
    assert np.allclose(point.estimate, 0)


@pytest.mark.parametrize(("step", "diverges"), [(0.5, False), (1.9, False), (2.1, True), (3.0, True)])
def test_steepest_descent_diverges_from_two_parts_of_the_sure_step_on(step, diverges):
    patch = Patch(moved(1.0, -1.0), 60, 40, 15, "linearised")
    path = descent.descend(patch, (0.0, 0.0), 200, replace(Parameters(), step=step))[0]
    assert path.diverges == diverges
    assert np.isfinite(path.points).all()


@pytest.mark.parametrize("momentum", [0.5, 0.8])
@pytest.mark.parametrize("part", [0.97, 1.03])
def test_momentum_and_nesterov_diverge_where_the_page_says(momentum, part):
    patch = Patch(moved(1.0, -1.0), 60, 40, 15, "linearised")
    bounds = {"momentum": 2 * (1 + momentum), "nesterov": (2 + 2 * momentum) / (1 + 2 * momentum)}
    for method, bound in bounds.items():
        parameters = replace(Parameters(), step=part * bound, momentum=momentum)
        paths = {path.method: path for path in descent.descend(patch, (0.0, 0.0), 200, parameters)}
        assert paths[method].diverges == (part > 1), method


def test_all_rules_reach_the_least_cost_and_the_first_step_is_the_same():
    view = moved(0.5, -0.3)
    patch, point = Patch(view, 60, 40, 15, "linearised"), descent.look_at(view, 60, 40, 15)
    paths = descent.descend(patch, (1.0, 1.0), 200, Parameters())
    assert [path.method for path in paths] == ["steepest", "momentum", "nesterov"]
    for path in paths:
        assert np.abs(path.points[-1] - point.estimate).max() < 1e-3
        assert not path.diverges
    assert np.array_equal(paths[0].points[1], paths[1].points[1])
    assert np.array_equal(paths[0].points[0], [1.0, 1.0])


def test_steepest_descent_never_climbs_with_a_sure_step():
    patch = Patch(moved(0.5, -0.3), 60, 40, 15, "linearised")
    costs = descent.descend(patch, (2.0, -1.0), 60, replace(Parameters(), step=1.0))[0].costs
    assert np.all(np.diff(costs) <= 1e-9)


def test_the_true_motion_of_a_scene_is_known_and_is_where_the_exact_cost_is_least():
    source = SceneSource("translation")
    view = LabView(source.frame(11), (source.frame(10),))
    truth = descent.true_motion(view, 300, 200)
    assert np.hypot(*truth) == pytest.approx(3.0, abs=0.1)
    patch = Patch(view, 300, 200, 21, "exact")
    at_truth, at_rest = patch.costs(np.array([truth[0], 0.0]), np.array([truth[1], 0.0]))
    assert at_truth < 0.2 * at_rest
    assert descent.true_motion(moved(1, 1), 5, 5) is None


@pytest.mark.parametrize("place", [(0, 0), (127, 95), (3, 50)])
def test_points_at_the_edge_of_the_picture_are_looked_at_too(place):
    for cost in ("linearised", "exact"):
        patch = Patch(moved(0.5, 0.5), *place, 31, cost)
        assert np.isfinite(descent.surface(patch, 4.0)).all()
    assert descent.look_at(moved(0.5, 0.5), *place, 31).kind in ("edge", "corner")
