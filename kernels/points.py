"""Four curves for a small network to fit, and where its descent is to start.

Three tanh units, shifted, scaled and added, come close to any of them.

C. M. Bishop, "Pattern Recognition and Machine Learning", 2006, figure 5.3.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kernels.checks import Array
from kernels.network import Network


@dataclass(frozen=True, slots=True)
class Curve:
    """A function to fit on ``low`` ≤ x ≤ ``high``."""

    name: str
    values: Callable[[Array], Array]
    low: float
    high: float


#: The four curves of Bishop's figure.
CURVES = {
    curve.name: curve
    for curve in (
        Curve("x²", np.square, -1.0, 1.0),
        Curve("sin x", np.sin, -math.pi, math.pi),
        Curve("|x|", np.abs, -1.0, 1.0),
        Curve("step", lambda x: (x > 0).astype(x.dtype), -1.0, 1.0),
    )
}


def curve_points(curve: Curve, count: int = 50) -> tuple[Array, Array]:
    """Return ``count`` places at equal distances and the curve there, both (count, 1) float64."""
    x = np.linspace(curve.low, curve.high, count)[:, None]
    return x, curve.values(x)


def start(network: Network, x: Array, seed: int) -> Array:
    """Draw parameters as :meth:`Network.initial`, but spread the bends of the first layer's units over the points.

    With all biases 0 a tanh net is odd in x, and an even curve leaves it where it is. So each of the H units gets
    weights of length ``0.7 H^(1/D)``, for points in −1 … 1, and bends at one of the points (D. Nguyen, B. Widrow,
    "Improving the learning speed of 2-layer neural networks", IJCNN 1990).
    """
    if x.shape[1:] != network.input_shape:
        raise ValueError(f"x must have shape (N, {network.input_shape[0]}), got {x.shape}")
    parameters, rng = network.initial(seed, np.float64), np.random.default_rng(seed)
    weights, bias = network.views(parameters)[0]
    units, inputs = weights.shape
    lengths = np.linalg.norm(weights, axis=1, keepdims=True)
    weights *= 0.7 * units ** (1 / inputs) / (lengths * np.abs(x).max())
    bias[:] = -(weights * x[rng.integers(len(x), size=units)]).sum(axis=1)
    return parameters
