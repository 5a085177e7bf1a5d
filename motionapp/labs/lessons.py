"""Points and curves learned step by step, and what is to be seen of it after any number of steps."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from kernels import points
from kernels.losses import cross_entropy, euclidean, softmax
from kernels.network import Network, mlp, perceptron
from motionapp.labs.clouds import Cloud, Scaling, measured, parted_by_a_line, scaling
from motionapp.labs.learner import Learner, Rule, Task
from motionapp.labs.network import Parameters
from motionapp.labs.neuron import plane
from motionapp.labs.shades import signed_picture
from motionapp.types import Array

#: Pixels along a side of the decision map, and every so-manyth of them in the pictures of single neurons.
SIDE, EVERY = 72, 3
#: Decisions are shown paler than values are, so that points stand out.
PALE = 1.8
#: The output of class 1 is shown with its sign turned, so that both are the more of their class's colour, the higher.
_OWN_COLOURS = np.array([-1.0, 1.0])
#: Places a curve is drawn at.
DRAWN = 201


@dataclass(frozen=True, slots=True)
class PointsShown:
    """A network after ``steps`` steps on points.

    ``picture`` (SIDE, SIDE, 3) uint8: how sure it is of class 2 (red) or class 1 (blue) over the plane. ``neurons``:
    for the inputs and every layer of neurons the picture of each, red where it is positive, and the output of class 1
    where it is negative; ``weights`` the (outputs, inputs) between them.
    ``history`` (3, N): steps, loss of the batch and of the test. ``right`` is the part of the training points it tells
    apart, ``tested_right`` that of the test, NaN without one; ``by_a_line`` is whether a straight line can part them.
    """

    steps: int
    epoch: float
    cloud: Cloud
    picture: Array
    neurons: tuple[tuple[Array, ...], ...]
    weights: tuple[Array, ...]
    history: Array
    loss: float
    test_loss: float
    right: float
    tested_right: float
    by_a_line: bool
    diverged: bool


@dataclass(frozen=True, slots=True)
class CurveShown:
    """A network after ``steps`` steps on a curve: ``x``, ``target``, ``output`` (N,), and what each unit adds, (H, N).

    ``history`` is as in :class:`PointsShown`, the test being of places between those learned; ``bias`` is what is added
    to the units' sum; ``rms`` is the root mean square error.
    """

    steps: int
    x: Array
    target: Array
    output: Array
    units: Array
    bias: float
    history: Array
    rms: float
    diverged: bool


class PointLesson:
    """Learns points as parameters say, as far as it is asked to; for one thread."""

    def __init__(self) -> None:
        self._learner: Learner | None = None
        self._key: Any = None
        self._cloud: Cloud | None = None
        self._judged: tuple[Cloud, bool] | None = None
        self._scaling: Scaling = scaling(np.zeros((0, 2)), "none")

    def shown(self, parameters: Parameters, cloud: Cloud, steps: int, budget_s: float = math.inf) -> PointsShown:
        """Return the network after ``steps`` steps, or fewer where the time is up.

        Other parameters or points, or fewer steps than were taken, begin anew; painted points join a descent that goes
        on.
        """
        learner = self._prepared(parameters, cloud, steps)
        learner.advance(steps, budget_s)
        network, found = learner.network, learner.parameters
        inputs = self._scaling.apply(measured(plane(SIDE, 1.0)))
        layers = network.activations(found, inputs)
        with np.errstate(invalid="ignore"):
            sure = softmax(layers[-1])[:, 1].reshape(SIDE, SIDE)
        neurons = [inputs, *(layers[at] for at in range(1, len(layers) - 1, 2)), layers[-1] * _OWN_COLOURS]
        x = self._scaling.apply(measured(cloud.places))
        apart = cloud.tested
        return PointsShown(
            steps=learner.steps,
            epoch=learner.epoch,
            cloud=cloud,
            picture=signed_picture(2.0 * sure - 1.0, PALE),
            neurons=tuple(_pictures(values) for values in neurons),
            weights=tuple(own[0].copy() for own in network.views(found) if own),
            history=learner.history(),
            loss=learner.judge(x[~apart], cloud.labels[~apart]),
            test_loss=learner.judge(x[apart], cloud.labels[apart]),
            right=_right(network, found, x[~apart], cloud.labels[~apart]),
            tested_right=_right(network, found, x[apart], cloud.labels[apart]),
            by_a_line=self._parted(cloud),
            diverged=learner.diverged,
        )

    def _parted(self, cloud: Cloud) -> bool:
        """Return whether a line parts the training points: looked at once for each cloud."""
        if self._judged is None or self._judged[0] is not cloud:
            self._judged = cloud, parted_by_a_line(cloud.places[~cloud.tested], cloud.labels[~cloud.tested])
        return self._judged[1]

    def _prepared(self, parameters: Parameters, cloud: Cloud, steps: int) -> Learner:
        names = ("hidden", "units", "activation", "preprocessing", "method", "rate", "batch", "seed")
        key = tuple(getattr(parameters, name) for name in names)
        painted = parameters.data == "painted"
        learner = self._learner
        if learner is None or key != self._key or steps < learner.steps or (cloud is not self._cloud and not painted):
            hidden = [parameters.units] * parameters.hidden
            network = mlp(2, hidden, 2, parameters.activation) if hidden else perceptron(2, 2)
            rule = Rule(parameters.method, float(parameters.rate), parameters.batch, parameters.seed)
            task = self._task(parameters, cloud)
            learner = Learner(network, task, rule, lambda: network.initial(parameters.seed, np.float64))
        elif cloud is not self._cloud:
            learner.teach(self._task(parameters, cloud))
        self._learner, self._key, self._cloud = learner, key, cloud
        return learner

    def _task(self, parameters: Parameters, cloud: Cloud) -> Task:
        x, apart = measured(cloud.places), cloud.tested
        self._scaling = scaling(x[~apart], parameters.preprocessing)
        x, labels = self._scaling.apply(x), cloud.labels
        return Task(x[~apart], labels[~apart], x[apart], labels[apart], cross_entropy)


class CurveLesson:
    """Fits a curve as parameters say, as far as it is asked to; for one thread."""

    def __init__(self) -> None:
        self._learner: Learner | None = None
        self._key: Any = None

    def shown(self, parameters: Parameters, steps: int, budget_s: float = math.inf) -> CurveShown:
        """Return the network after ``steps`` steps, or fewer where the time is up."""
        curve = points.CURVES[parameters.curve]
        learner = self._prepared(parameters, steps)
        learner.advance(steps, budget_s)
        x, target = points.curve_points(curve, DRAWN)
        _, hidden, output = learner.network.activations(learner.parameters, x)
        weights, bias = learner.network.views(learner.parameters)[-1]
        with np.errstate(invalid="ignore", over="ignore"):
            units = hidden.T * weights[0][:, None]
            rms = math.sqrt(2.0 * learner.judge(*points.curve_points(curve)))
        return CurveShown(
            learner.steps, x[:, 0], target[:, 0], output[:, 0], units, float(bias[0]), learner.history(), rms,
            learner.diverged,
        )  # fmt: skip

    def _prepared(self, parameters: Parameters, steps: int) -> Learner:
        names = ("curve", "curve_units", "activation", "method", "rate", "seed")
        key = tuple(getattr(parameters, name) for name in names)
        if self._learner is None or key != self._key or steps < self._learner.steps:
            curve = points.CURVES[parameters.curve]
            x, target = points.curve_points(curve)
            between = 0.5 * (x[1:] + x[:-1])
            task = Task(x, target, between, curve.values(between), euclidean)
            network = mlp(1, parameters.curve_units, 1, parameters.activation)
            rule = Rule(parameters.method, float(parameters.rate), len(x), parameters.seed)
            self._learner = Learner(network, task, rule, lambda: points.start(network, x, parameters.seed))
        self._key = key
        return self._learner


def _right(network: Network, parameters: Array, x: Array, labels: Array) -> float:
    return float((network.forward(parameters, x).argmax(axis=1) == labels).mean()) if len(x) else math.nan


def _pictures(values: Array) -> tuple[Array, ...]:
    """Return the output of each neuron of a layer over the plane; those of one layer share their colours."""
    few = values.reshape(SIDE, SIDE, -1)[::EVERY, ::EVERY]
    known = np.abs(few[np.isfinite(few)])
    limit = float(known.max()) if known.size and known.max() > 0 else 1.0
    return tuple(signed_picture(np.ascontiguousarray(few[..., at]), limit) for at in range(few.shape[2]))
