"""Small networks on points: what one layer of neurons cannot do, and what a hidden layer adds.

A perceptron draws straight lines, and no line separates the corners of a square that XOR pairs up; a hidden layer bends
the plane first. And three tanh units, shifted, scaled and added, come close to any of four simple curves.

M. Minsky, S. Papert, "Perceptrons", 1969 · C. M. Bishop, "Pattern Recognition and Machine Learning", 2006, figure 5.3.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kernels.checks import Array
from kernels.descent import Descent, DescentTrace, TraceRecorder
from kernels.losses import cross_entropy, euclidean
from kernels.network import Network, mlp, perceptron

#: Hidden units of the networks below.
XOR_UNITS, CURVE_UNITS = 4, 3


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


@dataclass(frozen=True, slots=True)
class Fit:
    """A network after its descent: ``parameters`` (P,) float64, ``outputs`` (N, K), and the loss before every step."""

    network: Network
    parameters: Array
    outputs: Array
    trace: DescentTrace


def xor_points() -> tuple[Array, Array]:
    """Return the corners of a square, (4, 2) float64 of −1 and 1, and (4,) labels: 1 where the signs differ."""
    x = np.array([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]])
    return x, (x[:, 0] != x[:, 1]).astype(np.int64)


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


def fit(
    network: Network,
    x: Array,
    target: Array,
    *,
    method: str = "adam",
    rate: float = 0.05,
    steps: int = 1000,
    seed: int = 0,
) -> Fit:
    """Descend with all points at once in every step.

    Parameters
    ----------
    network
        For points of the shape of ``x``.
    x
        (N, D) points.
    target
        (N,) whole numbers: labels, by :func:`kernels.losses.cross_entropy`; or (N, K) values, by
        :func:`kernels.losses.euclidean`.
    method, rate
        As for :class:`kernels.descent.Descent`.
    steps
        1 or more.
    seed
        Of the parameters to start from.

    Returns
    -------
    The fit; its trace has a row per step, the loss before that step, with the step as its stage.

    Raises
    ------
    ValueError
        If points and network do not fit, or a setting is out of range.
    """
    if steps < 1:
        raise ValueError(f"steps must be 1 or more, got {steps}")
    loss = cross_entropy if np.asarray(target).ndim == 1 else euclidean
    parameters = start(network, x, seed)
    descent, recorder = Descent(method, rate), TraceRecorder("loss")
    for step in range(steps):
        cost, gradient, _ = network.gradient(parameters, x, target, loss)
        recorder.add(step, 0, (cost,))
        descent.step(parameters, gradient)
    return Fit(network, parameters, network.forward(parameters, x), recorder.finish())


def learn_xor(hidden: int = XOR_UNITS, *, seed: int = 0, steps: int = 500) -> Fit:
    """Learn XOR with ``hidden`` tanh units, or with none: a perceptron, which must fail.

    A perceptron's loss cannot fall below log 2, where it knows nothing: it is convex, and flat at no weights at all.

    Returns
    -------
    The fit; ``outputs.argmax(axis=1)`` are the labels found.
    """
    x, labels = xor_points()
    return fit(mlp(2, hidden, 2) if hidden else perceptron(2, 2), x, labels, steps=steps, seed=seed)


def fit_curve(name: str, hidden: int = CURVE_UNITS, *, seed: int = 0, starts: int = 3, steps: int = 2000) -> Fit:
    """Fit one of :data:`CURVES` by ``hidden`` tanh units.

    A descent ends in the valley it starts in, and some are shallow: the best of ``starts`` descents is returned, from
    seed, seed + 1, … With 3 units and 50 points the root mean square error is at most 0.01 for x² and sin x,
    0.03 for |x| and 0.07 for the step, where values reach up to 1.

    Raises
    ------
    ValueError
        If no curve has that name.
    """
    if name not in CURVES:
        raise ValueError(f"curve must be one of {', '.join(CURVES)}, got {name!r}")
    points = curve_points(CURVES[name])
    fits = [fit(mlp(1, hidden, 1), *points, steps=steps, seed=seed + start) for start in range(starts)]
    return min(fits, key=lambda found: euclidean(found.outputs, points[1])[0])
