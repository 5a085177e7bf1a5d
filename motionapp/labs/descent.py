"""The descent lab: how the motion of one point is found between two frames, number by number.

The whole field is :mod:`motionapp.labs.field`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from kernels.derivatives import derivative
from kernels.descent import Descent
from kernels.linearise import ZETA
from kernels.warp import sample
from motionapp.labs.view import LabView
from motionapp.settings import Method, Penalty, choice, number, odd
from motionapp.types import Array

Page = Literal["point", "field"]
Cost = Literal["linearised", "exact"]
Unit = Literal["iteration", "warp", "level"]
METHODS: tuple[Method, ...] = ("steepest", "momentum", "nesterov")

#: The (u, v) plane is drawn with so many samples a side.
SIDE = 81
#: At most so many steps are taken at a point.
MOST_STEPS = 200
#: An edge is where the weaker eigenvalue is less than this part of the stronger one.
EDGE = 0.08


@dataclass(frozen=True, slots=True)
class Parameters:
    """What is shown, and how it descends. Step sizes count in parts of the method's largest sure one."""

    page: Page = choice("point", Page, "Show", "One point and the cost of its motion, or the whole field")
    patch: int = odd(11, 3, 31, "Patch", "Side of the patch whose motion is sought, in px")
    reach: int = number(4, 1, 16, "Reach", "How far the (u, v) plane reaches, in px per frame")
    cost: Cost = choice("linearised", Cost, "Cost", "Linearised at rest, or the differences of the pictures themselves")
    step: float = number(
        0.15,
        0.01,
        4.0,
        "Step size",
        "In parts of 1/L, L the largest curvature: steepest descent diverges from 2 on",
        0.01,
    )
    momentum: float = number(0.8, 0.0, 0.98, "Momentum μ", "How much of the last step goes on", 0.02)
    unit: Unit = choice("iteration", Unit, "A step is", "What one step of the field goes on by")
    method: Method = choice("momentum", Method, "Method", "Rule of descent of the field")
    field_step: float = number(
        0.8, 0.05, 3.0, "Step size", "Part of the largest sure step; from 1 on it can diverge", 0.05
    )
    alpha: float = number(1.0, 0.0, 10.0, "Smoothness α", "Weight of spatial smoothness", 0.1)
    penalty: Penalty = choice("charbonnier", Penalty, "Penalty", "ψ: robust, or quadratic = Horn–Schunck")


@dataclass(frozen=True, slots=True)
class Point:
    """What two frames say about the motion at the pixel (x, y).

    ``ix``, ``iy``, ``it`` are the derivatives of the grey value there, per px and per frame. ``eigenvalues`` are those
    of the structure tensor of the patch, the larger first, per pixel of the patch; ``along`` is the direction of the
    larger one, (2,), along which the motion is seen best. ``kind`` is "flat", "edge" or "corner".
    ``estimate`` is where the linearised cost is least, None where that is no single place; ``truth`` the motion that a
    synthetic scene knows, None elsewhere.
    """

    x: int
    y: int
    ix: float
    iy: float
    it: float
    eigenvalues: tuple[float, float]
    along: Array
    kind: Literal["flat", "edge", "corner"]
    estimate: tuple[float, float] | None
    truth: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Path:
    """A descent in the (u, v) plane: ``points`` (n + 1, 2) float64 from its start on, the ``costs`` (n + 1,) there.

    ``diverges`` says that it ends higher than it began.
    """

    method: Method
    points: Array
    costs: Array
    diverges: bool


class Patch:
    """The cost E(u, v) of moving a patch: mean squared difference of grey values, in (1/255)².

    Exact, ``E = mean (I₁(x + u, y + v) − I₀(x, y))²``, or linearised at rest, ``E = mean (Ix u + Iy v + It)²`` with the
    derivatives of the mean of both pictures.
    """

    def __init__(self, view: LabView, x: int, y: int, side: int, cost: Cost) -> None:
        first, second = _pair(view)
        self.cost = cost
        half = side // 2
        y0, x0 = np.mgrid[y - half : y + half + 1, x - half : x + half + 1].astype(np.float32)
        height, width = first.shape
        self._x, self._y = np.clip(x0, 0, width - 1), np.clip(y0, 0, height - 1)
        self._second = second
        # Derivatives of a window around the patch: those of the whole picture would be thrown away.
        self._window, self._corner = _window(first, second, x, y, side)
        mean = 0.5 * (self._window[0] + self._window[1])
        self.ix, self.iy = (self._seen(derivative(mean, axis)) for axis in (1, 0))
        self._first = self._seen(self._window[0])
        self.it = self._seen(self._window[1]) - self._first
        j11, j12, j22 = (float((a * b).mean()) for a, b in ((self.ix, self.ix), (self.ix, self.iy), (self.iy, self.iy)))
        self.tensor = np.array([[j11, j12], [j12, j22]])
        self.pull = np.array([float((self.ix * self.it).mean()), float((self.iy * self.it).mean())])
        self._rest = float((self.it * self.it).mean())

    def _seen(self, plane: Array) -> Array:
        """Return the values of a plane of the window at the pixels of the patch."""
        rows, columns = self._y - self._corner[1], self._x - self._corner[0]
        return plane[rows.astype(int), columns.astype(int)]

    def costs(self, u: Array, v: Array) -> Array:
        """Return E at the motions ``(u, v)``, arrays of one shape, float64."""
        if self.cost == "linearised":
            w = np.stack([np.asarray(u, np.float64), np.asarray(v, np.float64)])
            square = np.einsum("i...,ij,j...->...", w, self.tensor, w)
            return (square + 2.0 * np.einsum("i,i...->...", self.pull, w) + self._rest) * 255.0**2
        u, v = np.asarray(u, np.float32), np.asarray(v, np.float32)
        apart = self._moved(u.reshape(-1, 1), v.reshape(-1, 1)) - self._first.reshape(1, -1)
        return (apart.astype(np.float64) ** 2).mean(axis=1).reshape(u.shape) * 255.0**2

    def gradient(self, w: Array) -> Array:
        """Return ∂E/∂(u, v) at ``w``, (2,) float64: of the exact cost by central differences of a hundredth of a px."""
        if self.cost == "linearised":
            return 2.0 * (self.tensor @ w + self.pull) * 255.0**2
        h = 0.01
        u, v = w[0] + np.array([h, -h, 0.0, 0.0]), w[1] + np.array([0.0, 0.0, h, -h])
        right, left, below, above = self.costs(u, v)
        return np.array([right - left, below - above]) / (2.0 * h)

    @property
    def curvature(self) -> float:
        """L, the largest curvature of the linearised cost: steps under 2/L do not diverge by steepest descent."""
        return max(2.0 * float(np.linalg.eigvalsh(self.tensor)[1]) * 255.0**2, 1e-9)

    def _moved(self, u: Array, v: Array) -> Array:
        return sample(self._second, self._x.reshape(1, -1) + u, self._y.reshape(1, -1) + v, order="cubic")


def _pair(view: LabView) -> tuple[Array, Array]:
    """Return the grey values of the two frames; one frame alone stands still."""
    return (view.grey if view.previous_grey is None else view.previous_grey), view.grey


def _window(first: Array, second: Array, x: int, y: int, side: int) -> tuple[tuple[Array, Array], tuple[int, int]]:
    """Return both pictures around a patch, with room for derivatives, and the corner of the window."""
    reach = side // 2 + 4
    height, width = first.shape
    rows = slice(max(0, y - reach), min(height, y + reach + 1))
    columns = slice(max(0, x - reach), min(width, x + reach + 1))
    both = np.ascontiguousarray(first[rows, columns]), np.ascontiguousarray(second[rows, columns])
    return both, (columns.start, rows.start)


def look_at(view: LabView, x: int, y: int, side: int) -> Point:
    """Return what the two frames say about the motion at (x, y), seen through a patch of ``side`` px."""
    patch = Patch(view, x, y, side, "linearised")
    middle = patch.ix.shape[0] // 2, patch.ix.shape[1] // 2
    (weak, strong), vectors = np.linalg.eigh(patch.tensor)
    flat, edge = strong < ZETA**2, weak < EDGE * strong
    estimate = None if flat or edge else tuple(np.linalg.solve(patch.tensor, -patch.pull).tolist())
    return Point(
        x=x,
        y=y,
        ix=float(patch.ix[middle]),
        iy=float(patch.iy[middle]),
        it=float(patch.it[middle]),
        eigenvalues=(float(strong), float(max(0.0, weak))),
        along=vectors[:, 1],
        kind="flat" if flat else "edge" if edge else "corner",
        estimate=estimate,
        truth=true_motion(view, x, y),
    )


def true_motion(view: LabView, x: int, y: int) -> tuple[float, float] | None:
    """Return the true motion of what was at (x, y) in the frame before; None where it is not known or not seen now.

    A scene knows for each pixel of the present frame where it came from.
    """
    truth = view.frame.truth
    if truth is None or view.previous is None:
        return None
    height, width = truth.flow.shape[1:]
    rows, columns = np.mgrid[:height, :width]
    away = np.hypot(columns - truth.flow[0] - x, rows - truth.flow[1] - y)
    nearest = np.unravel_index(np.argmin(away), away.shape)
    if away[nearest] > 0.75:
        return None
    return float(truth.flow[0][nearest]), float(truth.flow[1][nearest])


def surface(patch: Patch, reach: float) -> Array:
    """Return E on the (u, v) plane from −reach to reach, (SIDE, SIDE) float64; v grows downwards as in the picture."""
    axis = np.linspace(-reach, reach, SIDE)
    u, v = np.meshgrid(axis, axis)
    return patch.costs(u, v)


def descend(patch: Patch, start: tuple[float, float], steps: int, parameters: Parameters) -> tuple[Path, ...]:
    """Return the paths of steepest descent, momentum and Nesterov's rule after ``steps`` from ``start``."""
    return tuple(_descend(patch, method, start, steps, parameters) for method in METHODS)


def _descend(patch: Patch, method: Method, start: tuple[float, float], steps: int, parameters: Parameters) -> Path:
    rule = Descent(method, parameters.step / patch.curvature, parameters.momentum)
    w = np.array(start, np.float64)
    points = [w.copy()]
    for _ in range(steps):
        if np.abs(w).max() > 1e6:  # far beyond every picture: more steps tell nothing more
            break
        rule.step(w, patch.gradient(w))
        points.append(w.copy())
    line = np.array(points)
    costs = patch.costs(line[:, 0], line[:, 1])
    return Path(method, line, costs, bool(costs[-1] > 1.5 * costs[0] + 1e-9 or np.abs(line[-1]).max() > 1e6))


def sentence(point: Point) -> str:
    """Return in words what the structure tensor says."""
    strong, weak = (math.sqrt(max(0.0, value)) * 255.0 for value in point.eigenvalues)
    if point.kind == "flat":
        return "Flat: the grey value hardly changes here, so nothing is known about the motion."
    if point.kind == "edge":
        return (
            f"An edge: across it the picture changes by {strong:.1f} grey levels per px, along it by {weak:.1f}. "
            "Only the motion across it is seen: the aperture problem."
        )
    return f"A corner: the picture changes along every direction, by {strong:.1f} and {weak:.1f} grey levels per px."
