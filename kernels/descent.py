"""Update rules of gradient descent, and the record a descent leaves behind.

Every rule moves a position ``z`` by its preconditioned gradient ``d = η P⁻¹ ∇E(z)`` and a velocity ``m``:

    z ← z + a·m − b·d
    m ← μ·m − d

so that one row of coefficients ``(μ, a, b)`` per iteration is all a kernel needs to know of a rule. The
motion field and the network descend by the same rows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

METHODS = ("steepest", "momentum", "nesterov")

#: Rules for a network: Adam divides each parameter's step by the size its gradient usually has.
NETWORK_METHODS = (*METHODS, "adam")

#: Heavy-ball momentum. On Middlebury's training pairs 0.9 leaves as low an error after 15 steps as Nesterov's rule
#: after 30; more overshoots where the field is short of iterations.
MOMENTUM = 0.9

#: Step sizes η below these never diverge on a quadratic whose preconditioned eigenvalues λ lie in [0, 2], as those of
#: :mod:`kernels.solver` do: ηλ < 2 for steepest descent, ηλ < 2 (1 + μ) for momentum, and ηλ < (2 + 2μ) / (1 + 2μ),
#: which is 4/3 as μ tends to 1, for Nesterov's rule.
LARGEST_STEP = {"steepest": 1.0, "momentum": 1.0 + MOMENTUM, "nesterov": 2.0 / 3.0}


def coefficients(method: str, iterations: int) -> Array:
    """Return the rule ``method`` as rows ``(μ, a, b)``, one for each of ``iterations`` steps.

    - steepest: ``z ← z − d``, that is ``a = 0, b = 1``.
    - momentum (Polyak's heavy ball): ``z ← z + μ m − d``, that is ``a = μ, b = 1``.
    - nesterov: the gradient is taken at the point looked ahead to; in terms of that point
      ``z ← z − d + μ' (μ m − d)``, that is ``a = μ' μ, b = 1 + μ'`` with μ' of the next step, and
      ``μ_k = k / (k + 3)``. The last row has ``μ' = 0``: the descent ends on the iterate itself.

    Parameters
    ----------
    method : str
        One of :data:`METHODS`.
    iterations : int
        Number of steps, 1 or more.

    Returns
    -------
    ndarray
        ``(iterations, 3)`` float32.

    Raises
    ------
    ValueError
        If the method is unknown or ``iterations`` is not positive.

    References
    ----------
    B. T. Polyak, "Some methods of speeding up the convergence of iteration methods", 1964, eq. 9.
    Y. Nesterov, "A method for solving the convex programming problem with convergence rate O(1/k²)", 1983.
    Y. Bengio et al., "Advances in optimizing recurrent networks", 2013, section 3.5 (the change of variables).

    Examples
    --------
    >>> coefficients("steepest", 1).tolist()
    [[0.0, 0.0, 1.0]]
    """
    if iterations < 1:
        raise ValueError(f"iterations must be 1 or more, got {iterations}")
    k = np.arange(iterations, dtype=np.float64)
    if method == "steepest":
        rows = np.stack((0 * k, 0 * k, 0 * k + 1))
    elif method == "momentum":
        rows = np.stack((0 * k + MOMENTUM, 0 * k + MOMENTUM, 0 * k + 1))
    elif method == "nesterov":
        mu = k / (k + 3)
        ahead = np.append(mu[1:], 0.0)
        rows = np.stack((mu, ahead * mu, 1 + ahead))
    else:
        raise ValueError(f"method must be one of {', '.join(METHODS)}, got {method!r}")
    return np.ascontiguousarray(rows.T, dtype=np.float32)


class Descent:
    """The descent of a network's parameters, step by step, by one of :data:`NETWORK_METHODS`.

    The rules are those of :func:`coefficients` with ``d = η g`` and one row ``(μ, a, b)`` for all steps: steepest
    ``(0, 0, 1)``, momentum ``(μ, μ, 1)`` and Nesterov's ``(μ, μ², 1 + μ)``, whose momentum stays the same since batches
    differ and no end is set. From m = 0 on these are the steps of PyTorch's SGD, ``v ← μ v + g`` and ``z ← z − η v`` or
    ``z ← z − η (g + μ v)``, with ``m = −η v``. Adam keeps running means of the gradient and of its square,

        m ← β₁ m + (1 − β₁) g,   s ← β₂ s + (1 − β₂) g²,   z ← z − η m̂ / (√ŝ + ε),

    where ``m̂ = m / (1 − β₁ᵗ)`` and ``ŝ = s / (1 − β₂ᵗ)`` make up for their start from 0.

    Parameters
    ----------
    method
        One of :data:`NETWORK_METHODS`.
    rate
        η, 0 or more. Adam's is about how far a parameter moves per step.
    momentum
        μ of momentum and Nesterov's rule, from 0 to below 1.

    Raises
    ------
    ValueError
        If the method is unknown or a number out of range.

    References
    ----------
    I. Sutskever, J. Martens, G. Dahl, G. Hinton, "On the importance of initialization and momentum in deep learning",
    ICML 2013, section 2.
    D. P. Kingma, J. Ba, "Adam: a method for stochastic optimization", ICLR 2015, algorithm 1.

    Examples
    --------
    >>> z = np.array([1.0])
    >>> Descent("steepest", 0.25).step(z, 2 * z)
    >>> z.tolist()
    [0.5]
    """

    BETAS, EPSILON = (0.9, 0.999), 1e-8

    def __init__(self, method: str, rate: float, momentum: float = MOMENTUM) -> None:
        if method not in NETWORK_METHODS:
            raise ValueError(f"method must be one of {', '.join(NETWORK_METHODS)}, got {method!r}")
        if not 0 <= rate < np.inf:
            raise ValueError(f"rate must be 0 or more and finite, got {rate}")
        if not 0 <= momentum < 1:
            raise ValueError(f"momentum must lie between 0 and below 1, got {momentum}")
        rows = {"momentum": (momentum, momentum, 1.0), "nesterov": (momentum, momentum**2, 1 + momentum)}
        self.method, self.rate = method, rate
        self._row = rows.get(method, (0.0, 0.0, 1.0))
        self._first: Array | None = None
        self._second: Array | None = None
        self._steps = 0

    def step(self, parameters: Array, gradient: Array) -> None:
        """Move ``parameters``, (P,) float32 or float64, by one step against ``gradient``, in place.

        Numbers that overflow become infinite or NaN without a warning.

        Raises
        ------
        ValueError
            If the shapes differ from each other or from those of the step before.
        """
        if self._first is None or self._second is None:
            self._first, self._second = np.zeros_like(parameters), np.zeros_like(parameters)
        if not parameters.shape == gradient.shape == self._first.shape:
            raise ValueError(
                f"parameters {parameters.shape} and gradient {gradient.shape} must both have shape {self._first.shape}"
            )
        self._steps += 1
        with np.errstate(over="ignore", invalid="ignore", under="ignore"):
            if self.method == "adam":
                parameters -= self._adam(gradient, self._first, self._second)
            else:
                (mu, a, b), m, d = self._row, self._first, self.rate * gradient
                parameters += a * m - b * d
                m *= mu
                m -= d

    def _adam(self, gradient: Array, mean: Array, square: Array) -> Array:
        """Renew the running means and return how far to go."""
        beta1, beta2 = self.BETAS
        mean += (1 - beta1) * (gradient - mean)
        square *= beta2
        square += (1 - beta2) * gradient * gradient
        root = np.sqrt(square) / math.sqrt(1 - beta2**self._steps)
        return self.rate / (1 - beta1**self._steps) * (mean / (root + self.EPSILON))


@dataclass(frozen=True, slots=True)
class DescentTrace:
    """Every term of a cost after every step of its descent.

    ``terms`` names the columns of ``values``, ``(N, len(terms))`` float64, cost per pixel (or sample).
    ``stage`` is ``(N,)`` int32: the pyramid level (large is coarse) or epoch a step belongs to;
    ``round`` is ``(N,)`` int32: the warp or batch within the stage.
    """

    terms: tuple[str, ...]
    values: Array
    stage: Array
    round: Array

    @property
    def total(self) -> Array:
        """Sum of all terms, ``(N,)`` float64."""
        return self.values.sum(axis=1)


class TraceRecorder:
    """Collect the rows of a :class:`DescentTrace` while a descent runs.

    With ``keeps_fields`` it collects what the descent moves, too: ``fields[n]`` is the motion field after step n,
    (2, h, w) float32 on the pyramid level of that step and in its px, before the median that ends a warp.
    """

    def __init__(self, *terms: str, keeps_fields: bool = False) -> None:
        self.keeps_fields = keeps_fields
        self.fields: list[Array] = []
        self._terms = terms
        self._rows: list[tuple[float, ...]] = []
        self._places: list[tuple[int, int]] = []

    def add(self, stage: int, round: int, values: tuple[float, ...]) -> None:
        """Record the ``values`` of all terms after one step."""
        self._rows.append(values)
        self._places.append((stage, round))

    def finish(self) -> DescentTrace:
        """Return what was recorded."""
        values = np.asarray(self._rows, dtype=np.float64).reshape(-1, len(self._terms))
        places = np.asarray(self._places, dtype=np.int32).reshape(-1, 2)
        return DescentTrace(self._terms, values, places[:, 0].copy(), places[:, 1].copy())
