"""One neuron and four activations against their closed forms."""

import math

import numpy as np
import pytest

from motionapp.labs import neuron
from motionapp.labs.network import Parameters

CLOSED = {
    "sigmoid": (lambda x: 1 / (1 + np.exp(-x)), lambda x: np.exp(-x) / (1 + np.exp(-x)) ** 2),
    "tanh": (np.tanh, lambda x: 1 / np.cosh(x) ** 2),
    "relu": (lambda x: np.maximum(x, 0), lambda x: (x > 0).astype(float)),
    "leaky": (lambda x: np.where(x > 0, x, 0.01 * x), lambda x: np.where(x > 0, 1, 0.01)),
}


@pytest.mark.parametrize("name", CLOSED)
def test_values_and_gradients_are_those_of_the_formula(name):
    found = next(one for one in neuron.activations() if one.name == name)
    value, gradient = CLOSED[name]
    np.testing.assert_allclose(found.values, value(found.x), atol=1e-12)
    np.testing.assert_allclose(found.gradients, gradient(found.x), atol=1e-12)


def test_the_sigmoid_has_the_numbers_that_lectures_name():
    (sigmoid,) = (one for one in neuron.activations() if one.name == "sigmoid")
    values, gradients = sigmoid.table
    assert values.tolist() == pytest.approx([0, 0.5, 1], abs=5e-5)
    assert gradients.tolist() == pytest.approx([0, 0.25, 0], abs=5e-5)
    assert not sigmoid.zero_centred


def test_only_what_answers_the_opposite_to_the_opposite_is_zero_centred():
    assert {one.name for one in neuron.activations() if one.zero_centred} == {"tanh"}


@pytest.mark.parametrize("name", CLOSED)
def test_a_neuron_weighs_adds_and_bends(name):
    parameters = Parameters(w1=1.5, w2=-1.0, b=0.3, activation=name)
    found = neuron.response(parameters, (0.4, -0.7))
    assert found.z == pytest.approx(1.5 * 0.4 + 0.7 + 0.3)
    value, gradient = CLOSED[name]
    assert found.y == pytest.approx(float(value(np.array(found.z))))
    assert found.slope == pytest.approx(float(gradient(np.array(found.z))))
    assert neuron.read_at(name, found.z) == pytest.approx((found.y, found.slope))


def test_the_plane_has_x1_to_the_right_and_x2_up():
    right = neuron.response(Parameters(w1=1.0, w2=0.0, b=0.0), (0, 0)).picture
    up = neuron.response(Parameters(w1=0.0, w2=1.0, b=0.0), (0, 0)).picture
    blue, red = slice(2, None), slice(0, 1)
    assert right[5, -1, red] > right[5, -1, blue]
    assert right[5, 0, blue] > right[5, 0, red]
    assert up[0, 5, red] > up[0, 5, blue]


def test_places_of_the_plane_are_those_of_its_pixels():
    places = neuron.plane(3, 1.0).reshape(3, 3, 2)
    assert places[0, 0].tolist() == [-1, 1]
    assert places[2, 2].tolist() == [1, -1]
    assert math.isclose(places[1, 1].sum(), 0)
