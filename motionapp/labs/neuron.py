"""One neuron, y = f(w·x + b), and the four functions f with their gradients; computed by the layers themselves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kernels.layers import Layer
from kernels.network import ACTIVATIONS, Network, perceptron
from motionapp.labs.network import Parameters
from motionapp.labs.shades import signed_picture
from motionapp.types import Array

#: Inputs are shown from −REACH to REACH.
REACH = 3.0
#: Pixels along a side of the plane.
SIDE = 121
#: Sums are shown from −SPAN to SPAN.
SPAN = 10.0
#: Where the functions are written down as numbers.
PLACES = (-10.0, 0.0, 10.0)


@dataclass(frozen=True, slots=True)
class Response:
    """A neuron at a place: ``x`` (2,), the sum ``z``, the output ``y``, and the gradient dy/dz there.

    ``picture`` (SIDE, SIDE, 3) uint8 is its output over the plane, x₁ to the right and x₂ up, blue from ``-limit`` to
    red at ``limit``; ``sums`` and ``curve`` (N,) are f over z.
    """

    x: tuple[float, float]
    z: float
    y: float
    slope: float
    picture: Array
    limit: float
    sums: Array
    curve: Array


@dataclass(frozen=True, slots=True)
class Activation:
    """One f on ``x`` (N,) with its ``values`` and ``gradients`` (N,); ``table`` has those at PLACES, (2, 3).

    ``zero_centred`` is whether opposite inputs have opposite outputs, so that those of centred inputs are centred.
    """

    name: str
    x: Array
    values: Array
    gradients: Array
    table: Array
    zero_centred: bool


def plane(side: int, reach: float) -> Array:
    """Return the places of a square picture's pixels, (side·side, 2) float64, its first row on top."""
    along = np.linspace(-reach, reach, side)
    x1, x2 = np.meshgrid(along, along[::-1])
    return np.stack((x1.ravel(), x2.ravel()), axis=1)


def value_and_gradient(layer: Layer, x: Array) -> tuple[Array, Array]:
    """Return y = f(x) and dy/dx of a layer without parameters, for (N,) float64."""
    y, kept = layer.forward((), x[:, None])
    slope = layer.backward((), kept, np.ones((len(x), 1)))[0]
    assert slope is not None
    return y[:, 0], slope[:, 0]


def response(parameters: Parameters, x: tuple[float, float]) -> Response:
    """Return what a neuron makes of the plane, and of one place on it."""
    layer = ACTIVATIONS[parameters.activation]
    network = Network((*perceptron(2, 1).layers, layer), (2,))
    weights = np.array([parameters.w1, parameters.w2, parameters.b])
    outputs = network.forward(weights, plane(SIDE, REACH)).reshape(SIDE, SIDE)
    limit = 1.0 if parameters.activation in ("sigmoid", "tanh") else max(1.0, float(np.ceil(np.abs(outputs).max())))
    (z,), (y,) = (array[0] for array in network.activations(weights, np.array([x])))
    slope = value_and_gradient(layer, np.array([z]))[1]
    sums = np.linspace(-SPAN, SPAN, 401)
    curve = value_and_gradient(layer, sums)[0]
    return Response(x, float(z), float(y), float(slope[0]), signed_picture(outputs, limit), limit, sums, curve)


def activations() -> tuple[Activation, ...]:
    """Return all four functions with their gradients."""
    x = np.linspace(-SPAN, SPAN, 401)
    found = []
    for name in ("sigmoid", "tanh", "relu", "leaky"):
        layer = ACTIVATIONS[name]
        values, gradients = value_and_gradient(layer, x)
        table = np.stack(value_and_gradient(layer, np.array(PLACES)))
        found.append(Activation(name, x, values, gradients, table, bool(np.allclose(values, -values[::-1]))))
    return tuple(found)


def read_at(name: str, x: float) -> tuple[float, float]:
    """Return value and gradient of one function at one place."""
    values, gradients = value_and_gradient(ACTIVATIONS[name], np.array([x]))
    return float(values[0]), float(gradients[0])
