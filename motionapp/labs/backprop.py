"""Backpropagation on a small network, layer by layer: forward, backward, one step of descent, and again.

With x_i = F_i(x_{i−1}, θ_i) the chain rule read backwards gives ∂C/∂x_{i−1} = ∂C/∂x_i · ∂F_i/∂x_{i−1} and
∂C/∂θ_i = ∂C/∂x_i · ∂F_i/∂θ_i. Every number comes from the layers themselves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kernels.descent import Descent
from kernels.losses import euclidean
from kernels.network import Network, mlp
from motionapp.labs.network import Parameters
from motionapp.labs.neuron import value_and_gradient
from motionapp.types import Array

#: What a round does, one after another: three layers and the cost forward, then back, then a step.
STAGES = (
    "begin", "sums", "hidden", "output", "cost", "back to output", "back to hidden", "back to sums", "back to inputs",
    "step",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Round:
    """Every number of one round on one sample, known or not yet.

    Attributes
    ----------
    weights, biases
        (H, 2) and (1, H); (H,) and (1,), as they are in this round.
    values
        x₀ … x₃: inputs (2,), sums (H,), hidden (H,), output (1,).
    gradients
        ∂C/∂x₀ … ∂C/∂x₃, shaped like the values.
    weight_gradients, bias_gradients
        ∂C/∂θ, shaped like weights and biases.
    slopes
        f′ at the sums, (H,).
    cost, cost_after
        C = ½ (y − t)², and that of the same sample after the step.
    """

    weights: tuple[Array, Array]
    biases: tuple[Array, Array]
    values: tuple[Array, ...]
    gradients: tuple[Array, ...]
    weight_gradients: tuple[Array, Array]
    bias_gradients: tuple[Array, Array]
    slopes: Array
    cost: float
    cost_after: float


def network_of(parameters: Parameters) -> Network:
    """Return the network that is shown: dense, activation, dense."""
    _, hidden, _ = parameters.net.split("-")
    return mlp(2, int(hidden), 1, parameters.activation)


def rounds(parameters: Parameters, count: int) -> Round:
    """Return the numbers of round ``count``, 0 for the first: after so many steps of steepest descent on the sample."""
    network = network_of(parameters)
    theta = network.initial(parameters.seed, np.float64)
    theta[:] = np.round(theta, 2)  # as they can be copied down from the screen
    x, target = np.array([[parameters.x1, parameters.x2]]), np.array([[parameters.target]])
    descent = Descent("steepest", float(parameters.rate))
    for _ in range(count):
        descent.step(theta, network.gradient(theta, x, target, euclidean)[1])
    now = _passed(network, theta, x, target)
    descent.step(theta, network.gradient(theta, x, target, euclidean)[1])
    after = float(euclidean(network.forward(theta, x), target)[0])
    return Round(*now, cost_after=after)


def _passed(network: Network, theta: Array, x: Array, target: Array) -> tuple[
    tuple[Array, Array], tuple[Array, Array], tuple[Array, ...], tuple[Array, ...],
    tuple[Array, Array], tuple[Array, Array], Array, float,
]:  # fmt: skip
    """Go forward and back through the layers, and keep everything on the way."""
    views, values, kept = network.views(theta.copy()), [x], []
    for layer, own in zip(network.layers, views, strict=True):
        y, keep = layer.forward(own, values[-1])
        values.append(y)
        kept.append(keep)
    cost, gradient = euclidean(values[-1], target)
    gradients = [gradient]
    found: list[tuple[Array, ...]] = []
    for at in range(len(network.layers) - 1, -1, -1):
        back, own = network.layers[at].backward(views[at], kept[at], gradients[0])
        assert back is not None
        gradients.insert(0, back)
        found.insert(0, own)
    (w1, b1), _, (w2, b2) = views
    (dw1, db1), _, (dw2, db2) = found
    return (
        (w1, w2), (b1, b2), tuple(one[0] for one in values), tuple(one[0] for one in gradients), (dw1, dw2), (db1, db2),
        value_and_gradient(network.layers[1], values[1][0])[1], cost,
    )  # fmt: skip
