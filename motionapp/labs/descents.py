"""Two descents: the energy of the motion that is playing and the loss of a network, by one rule with one step size.

Both move their unknowns z by the rows (μ, a, b) of :func:`kernels.descent.coefficients`, ``z ← z + a m − b d`` and
``m ← μ m − d`` with ``d = η P⁻¹∇E(z)`` for the field and ``d = η ∇C(z)`` for the network. Both count η in the same
parts: 1 is the largest step that is sure not to diverge where the cost is a parabola. For the field the preconditioner
P knows how steep that is, for the network the largest curvature of its loss at the start, found by power iteration;
further on the loss can be steeper.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from kernels import points
from kernels.descent import LARGEST_STEP, DescentTrace, coefficients
from kernels.losses import euclidean
from kernels.network import Network, mlp
from motionapp.labs import descent, field
from motionapp.labs.field import Moment
from motionapp.settings import Method, Penalty, choice, number
from motionapp.types import Array

CurveName = Literal["x²", "sin x", "|x|", "step"]

#: Pictures are reduced to this side, so that a whole descent fits between two of them.
LONGEST_PX = 128
#: Rounds of power iteration, and how far from the start curvature is felt for.
_ROUNDS, _FAR = 30, 1e-4
#: A loss that is so many times the first one has left every valley; nothing more is computed.
_LOST = 1e4


@dataclass(frozen=True, slots=True)
class Parameters:
    """The rule and the step size of both, and what each is to find."""

    method: Method = choice("momentum", Method, "Rule", "Rule of descent, of both")
    step: float = number(
        0.4, 0.05, 3.0, "Step size η", "Of both, as part of the largest that is sure where they start", 0.05
    )
    alpha: float = number(1.0, 0.0, 10.0, "Smoothness α", "Of the motion field", 0.1)
    penalty: Penalty = choice("charbonnier", Penalty, "Penalty", "ψ of the motion: robust, or quadratic")
    curve: CurveName = choice("sin x", CurveName, "Curve", "What the network is to fit")
    units: int = number(3, 1, 8, "Hidden units", "Tanh neurons of the network", 1)
    seed: int = number(5, 0, 999, "Seed", "Of the network's weights to begin with")


@dataclass(frozen=True, slots=True)
class Fitting:
    """A whole descent of a network: the parameters (N + 1, P) before every step and at the end.

    ``trace`` has the loss after every step, ``rate`` is η itself, ``curvature`` the largest at the start.
    """

    network: Network
    thetas: Array
    trace: DescentTrace
    rate: float
    curvature: float


@dataclass(frozen=True, slots=True)
class Both:
    """Both descents after ``step`` of ``steps`` steps: the field's moment, and the network's curve over ``x``."""

    step: int
    steps: int
    moment: Moment
    x: Array
    target: Array
    output: Array
    trace: DescentTrace
    rate: float
    curvature: float


def of_field(parameters: Parameters) -> descent.Parameters:
    """Return the same rule, step size and smoothness for the descent of the motion field."""
    return descent.Parameters(
        method=parameters.method, field_step=parameters.step, alpha=parameters.alpha, penalty=parameters.penalty
    )


def curvature(network: Network, theta: Array, x: Array, target: Array) -> float:
    """Return the largest curvature of the loss at ``theta``, (P,) float64: |H v| after power iteration with

    ``H v ≈ (∇C(θ + ε v) − ∇C(θ − ε v)) / 2ε``.
    """
    direction = np.random.default_rng(0).standard_normal(theta.size)
    size = 0.0
    for _ in range(_ROUNDS):
        direction = direction / (np.linalg.norm(direction) or 1.0)
        above, below = (
            network.gradient(theta + sign * _FAR * direction, x, target, euclidean)[1] for sign in (1.0, -1.0)
        )
        direction = (above - below) / (2.0 * _FAR)
        size = float(np.linalg.norm(direction))
    return size


def fitting(parameters: Parameters, steps: int) -> Fitting:
    """Descend with a network to its curve, ``steps`` steps with all points at once."""
    x, target = points.curve_points(points.CURVES[parameters.curve])
    network = mlp(1, parameters.units, 1)
    theta = points.start(network, x, parameters.seed)
    steep = curvature(network, theta, x, target)
    rate = parameters.step * LARGEST_STEP[parameters.method] * 2.0 / steep
    velocity, thetas = np.zeros_like(theta), [theta]
    cost, slope, _ = network.gradient(theta, x, target, euclidean)
    losses, first = [], cost
    with np.errstate(over="ignore", invalid="ignore"):
        for mu, a, b in coefficients(parameters.method, steps).astype(np.float64):
            if cost <= _LOST * first:
                down = rate * slope
                theta = theta + a * velocity - b * down
                velocity = mu * velocity - down
                cost, slope, _ = network.gradient(theta, x, target, euclidean)
            else:
                cost = np.inf
            thetas.append(theta)
            losses.append(cost)
    stage = np.full(steps, parameters.seed, np.int32)
    trace = DescentTrace(("loss",), np.array(losses)[:, None], stage, np.zeros(steps, np.int32))
    return Fitting(network, np.array(thetas), trace, rate, steep)


def both(run: field.Run, fitted: Fitting, parameters: Parameters, step: int | None) -> Both:
    """Return both descents after ``step`` steps, None for all of them."""
    steps = len(run)
    step = steps if step is None else min(max(step, 0), steps)
    curve = points.CURVES[parameters.curve]
    x, target = points.curve_points(curve, 201)
    with np.errstate(over="ignore", invalid="ignore"):
        output = fitted.network.forward(fitted.thetas[step], x)
    trace = fitted.trace
    return Both(
        step=step,
        steps=steps,
        moment=field.moment(run, step),
        x=x[:, 0],
        target=target[:, 0],
        output=output[:, 0],
        trace=DescentTrace(trace.terms, trace.values[:step], trace.stage[:step], trace.round[:step]),
        rate=fitted.rate,
        curvature=fitted.curvature,
    )
