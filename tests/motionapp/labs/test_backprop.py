"""Every number that is shown on the way back equals a finite difference."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from motionapp.labs import backprop
from motionapp.labs.network import Parameters

CASES = [Parameters(net=net, activation=name) for net in ("2-2-1", "2-3-1") for name in ("tanh", "sigmoid", "leaky")]
each = pytest.mark.parametrize("parameters", CASES, ids=lambda one: f"{one.net} {one.activation}")
BEND = {
    "tanh": np.tanh,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "leaky": lambda x: np.where(x > 0, x, 0.01 * x),
}


def cost_of(parameters, found, **changed):
    """The cost by a net written down once more, in NumPy; ``changed`` replaces what it is made of."""
    of = {
        "w1": found.weights[0], "w2": found.weights[1], "b1": found.biases[0], "b2": found.biases[1],
        "x": found.values[0], **changed,
    }  # fmt: skip
    sums = changed.get("sums", of["w1"] @ of["x"] + of["b1"])
    hidden = changed.get("hidden", BEND[parameters.activation](sums))
    output = changed.get("output", of["w2"] @ hidden + of["b2"])
    return 0.5 * float(np.sum((output - parameters.target) ** 2))


def slopes(parameters, found, name, at, step=1e-6):
    result = np.zeros(at.shape)
    for place in np.ndindex(at.shape):
        above, below = at.copy(), at.copy()
        above[place] += step
        below[place] -= step
        result[place] = cost_of(parameters, found, **{name: above}) - cost_of(parameters, found, **{name: below})
    return result / (2 * step)


@each
def test_the_way_forward_is_the_network(parameters):
    found = backprop.rounds(parameters, 0)
    assert found.cost == pytest.approx(cost_of(parameters, found))
    np.testing.assert_allclose(found.values[2], BEND[parameters.activation](found.values[1]))


@each
def test_gradients_of_all_values_equal_finite_differences(parameters):
    found = backprop.rounds(parameters, 0)
    for name, value, gradient in zip(("x", "sums", "hidden", "output"), found.values, found.gradients, strict=True):
        np.testing.assert_allclose(gradient, slopes(parameters, found, name, value), atol=1e-8)


@each
def test_gradients_of_all_weights_equal_finite_differences(parameters):
    found = backprop.rounds(parameters, 0)
    for layer in (0, 1):
        for name, at, gradient in (
            (f"w{layer + 1}", found.weights[layer], found.weight_gradients[layer]),
            (f"b{layer + 1}", found.biases[layer], found.bias_gradients[layer]),
        ):
            np.testing.assert_allclose(gradient, slopes(parameters, found, name, at), atol=1e-8)


@each
def test_each_gradient_is_the_next_one_times_the_layers_own(parameters):
    found = backprop.rounds(parameters, 0)
    x0, x1, x2, x3 = found.gradients
    np.testing.assert_allclose(x3, found.values[3] - parameters.target)
    np.testing.assert_allclose(x2, found.weights[1].T @ x3)
    np.testing.assert_allclose(x1, x2 * found.slopes)
    np.testing.assert_allclose(x0, found.weights[0].T @ x1)


def test_rounds_are_steps_of_descent_that_lead_down():
    parameters = replace(CASES[0], rate="0.1")
    costs = [backprop.rounds(parameters, count) for count in range(6)]
    for before, after in pairwise(costs):
        assert after.cost == pytest.approx(before.cost_after)
        np.testing.assert_allclose(after.weights[0], before.weights[0] - 0.1 * before.weight_gradients[0])
    assert costs[-1].cost < 0.5 * costs[0].cost


def test_weights_can_be_copied_down_from_the_screen():
    found = backprop.rounds(CASES[0], 0)
    for weights in found.weights:
        np.testing.assert_array_equal(weights, np.round(weights, 2))
