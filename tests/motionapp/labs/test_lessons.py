"""What the lab shows of networks that learn: what they can, what they cannot, and that it is the same every time."""

from dataclasses import replace

import numpy as np
import pytest

from motionapp.labs import clouds
from motionapp.labs.lessons import SIDE, CurveLesson, PointLesson
from motionapp.labs.network import Parameters

POINTS = Parameters(page="points")
#: Root mean square errors after 3000 steps that three units with the default seed stay under.
FITS = {"x²": 0.01, "sin x": 0.01, "|x|": 0.03, "step": 0.07}


def learned(parameters, steps):
    return PointLesson().shown(parameters, clouds.preset(parameters.data, parameters.seed), steps)


@pytest.mark.parametrize("seed", [0, 1, 5])
def test_a_perceptron_cannot_do_xor(seed):
    shown = learned(replace(POINTS, hidden=0, seed=seed), 500)
    assert shown.right < 0.8
    assert shown.loss > 0.5  # it is log 2 = 0.69 where nothing is known


@pytest.mark.parametrize("seed", [0, 1, 5])
def test_a_hidden_layer_of_four_can(seed):
    shown = learned(replace(POINTS, seed=seed), 500)
    assert shown.right >= 0.99
    assert shown.tested_right >= 0.96


def test_a_perceptron_parts_what_a_line_parts():
    shown = learned(replace(POINTS, hidden=0, data="two blobs"), 300)
    assert shown.right == shown.tested_right == 1.0


def test_two_layers_of_eight_unwind_a_spiral():
    shown = learned(replace(POINTS, data="spiral", hidden=2, units=8), 2000)
    assert min(shown.right, shown.tested_right) >= 0.98


@pytest.mark.parametrize("data", ["xor", "ring"])
def test_measurements_as_they_come_are_hard_to_learn_from(data):
    raw = learned(replace(POINTS, data=data, preprocessing="none"), 500)
    scaled = learned(replace(POINTS, data=data), 500)
    assert raw.right < 0.7
    assert scaled.right >= 0.99


def test_batches_may_be_one_point_or_all():
    one, all_of_them = (learned(replace(POINTS, batch=batch), 30) for batch in (1, 200))
    assert one.epoch == 30 / 150
    assert all_of_them.epoch == 30


def test_the_same_seed_and_steps_give_the_same_picture_in_any_pieces():
    lesson, cloud = PointLesson(), clouds.preset("xor", 5)
    for steps in (0, 7, 50, 100):
        shown = lesson.shown(POINTS, cloud, steps)
    again = learned(POINTS, 100)
    np.testing.assert_array_equal(shown.picture, again.picture)
    np.testing.assert_array_equal(shown.history, again.history)
    back = lesson.shown(POINTS, cloud, 7)
    assert (shown.steps, back.steps) == (100, 7)


def test_every_neuron_has_its_picture_and_every_weight_is_there():
    shown = learned(replace(POINTS, hidden=2, units=3), 0)
    assert [len(layer) for layer in shown.neurons] == [2, 3, 3, 2]
    assert [weights.shape for weights in shown.weights] == [(3, 2), (3, 3), (2, 3)]
    assert shown.picture.shape == (SIDE, SIDE, 3)
    left_input = shown.neurons[0][0]  # grows to the right: from blue to red
    assert left_input[5, 0].tolist() != left_input[5, -1].tolist() == left_input[0, -1].tolist()


def test_the_picture_shows_class_2_red_where_it_is():
    shown = learned(POINTS, 500)
    upper_right, upper_left = shown.picture[SIDE // 4, 3 * SIDE // 4], shown.picture[SIDE // 4, SIDE // 4]
    assert upper_right[2] > upper_right[0]  # XOR: class 1 where signs agree, blue
    assert upper_left[0] > upper_left[2]


def test_painted_points_join_and_presets_begin_anew():
    lesson, painted = PointLesson(), replace(POINTS, data="painted")
    cloud = clouds.preset("xor", 5)
    lesson.shown(painted, cloud, 50)
    more = clouds.cloud(np.append(cloud.places, [[0.1, 0.2]], axis=0), np.append(cloud.labels, 1))
    assert lesson.shown(painted, more, 51).steps == 51
    assert lesson.shown(POINTS, clouds.preset("ring", 5), 0).steps == 0


def test_no_points_at_all_are_shown_as_well():
    shown = PointLesson().shown(replace(POINTS, data="painted"), clouds.cloud(np.zeros((0, 2)), np.zeros(0, int)), 5)
    assert shown.steps == 0
    assert np.isnan([shown.right, shown.tested_right, shown.loss]).all()


def test_a_step_that_is_too_large_diverges_without_a_warning():
    curve = CurveLesson().shown(Parameters(curve="x²", method="steepest", rate="10"), 300)
    assert curve.diverged
    assert curve.steps < 300
    assert CurveLesson().shown(Parameters(curve="x²", method="steepest", rate="30"), 40).diverged
    points = learned(replace(POINTS, method="steepest", rate="30"), 300)
    assert points.loss > 1.0  # far above log 2, where nothing is known
    assert points.picture.shape == (SIDE, SIDE, 3)


@pytest.mark.parametrize(("curve", "bound"), FITS.items())
def test_three_tanh_units_fit_all_four_curves(curve, bound):
    shown = CurveLesson().shown(Parameters(page="curves", curve=curve), 3000)
    assert shown.rms <= bound
    assert shown.units.shape == (3, len(shown.x))
    np.testing.assert_allclose(shown.units.sum(axis=0) + shown.bias, shown.output, atol=1e-12)


def test_places_between_those_learned_are_fitted_as_well():
    history = CurveLesson().shown(Parameters(page="curves", curve="sin x"), 3000).history
    assert history[2, -1] < 2 * history[1, -1]
