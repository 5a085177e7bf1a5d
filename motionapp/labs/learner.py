"""A network that learns a little at a time: after n steps it is the same, whatever pieces they were taken in."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kernels.backpropagation import Loss
from kernels.descent import Descent
from kernels.network import Network
from motionapp.types import Array

#: No descent goes further; it stands then.
MOST_STEPS = 20_000
#: A loss so many times the first one, or 1, has left every valley.
_LOST = 1e6


@dataclass(frozen=True, slots=True)
class Task:
    """What is learned: samples ``x`` with ``target``, and others that are only tested on (none: no rows)."""

    x: Array
    target: Array
    test_x: Array
    test_target: Array
    loss: Loss


@dataclass(frozen=True, slots=True)
class Rule:
    """How: the ``method`` and ``rate`` of :class:`kernels.descent.Descent`, samples in a ``batch``, the ``seed``."""

    method: str
    rate: float
    batch: int
    seed: int


class Learner:
    """Descends in batches; for one thread.

    Attributes
    ----------
    parameters : ndarray
        (P,) float64, after :attr:`steps` steps.
    losses, test_losses : list of float
        Of the batch before each step; of the test before each step, NaN where nothing is tested.
    """

    def __init__(self, network: Network, task: Task, rule: Rule, begin: Callable[[], Array]) -> None:
        self.network, self.rule = network, rule
        self._task = task
        self.parameters: Array = begin().copy()
        self.losses: list[float] = []
        self.test_losses: list[float] = []
        self._descent = Descent(rule.method, rule.rate)
        self._rng = np.random.default_rng((rule.seed, 3))
        self._order = np.zeros(0, np.int64)

    @property
    def steps(self) -> int:
        """Steps taken."""
        return len(self.losses)

    @property
    def epoch(self) -> float:
        """How often each sample was seen."""
        size = max(1, len(self._task.x))
        return self.steps * min(self.rule.batch, size) / size

    @property
    def diverged(self) -> bool:
        """Whether a parameter is no number any more, or the loss has left every valley."""
        lost = bool(self.losses) and not self.losses[-1] <= _LOST * max(1.0, self.losses[0])
        return lost or not np.isfinite(self.parameters).all()

    @property
    def over(self) -> bool:
        """Whether no step can be taken."""
        return self.steps >= MOST_STEPS or not len(self._task.x) or self.diverged

    def teach(self, task: Task) -> None:
        """Go on from here with other samples."""
        self._task, self._order = task, np.zeros(0, np.int64)

    def advance(self, steps: int, budget_s: float = np.inf) -> None:
        """Take steps until there are ``steps`` of them, or the time is up."""
        end = time.monotonic() + budget_s
        while self.steps < min(steps, MOST_STEPS) and not self.over:
            self._step()
            if time.monotonic() > end:
                return

    def judge(self, x: Array, target: Array) -> float:
        """Return the loss of some samples, NaN of none."""
        if not len(x):
            return float("nan")
        return float(self._task.loss(self.network.forward(self.parameters, x), target)[0])

    def history(self, most: int = 400) -> Array:
        """Return (3, N) float64: steps, and the losses of batch and test before them, thinned to ``most`` or fewer."""
        every = max(1, -(-self.steps // most))
        steps = np.arange(0, self.steps, every)
        return np.stack((steps, self.losses[::every], self.test_losses[::every])).astype(np.float64)

    def _step(self) -> None:
        task, at = self._task, self._next()
        cost, gradient, _ = self.network.gradient(self.parameters, task.x[at], task.target[at], task.loss)
        self.losses.append(cost)
        self.test_losses.append(self.judge(task.test_x, task.test_target))
        self._descent.step(self.parameters, gradient)

    def _next(self) -> Array | slice:
        """Return the samples of the next batch; each is seen once before any is seen again."""
        count, size = len(self._task.x), self.rule.batch
        if size >= count:
            return slice(None)
        if not len(self._order):
            self._order = self._rng.permutation(count)
        chosen, self._order = self._order[:size], self._order[size:]
        return chosen
