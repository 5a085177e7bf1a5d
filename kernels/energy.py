"""The motion functional: its constraints, its value term by term, its gradient, its quadratic bound.

A point keeps its grey value and its grey-value gradient while it moves, and motion is smooth in space and time:

    E(w) = Σ_p ψ_d(r₀²) + γ ψ_d(r₁² + r₂²)  +  α Σ_(p,q) ψ_s(|w_p − w_q|²)  +  β Σ_p ψ_t(|w_p − ŵ_p|²)

Sums run over pixels p and edges (p, q) between neighbours; ŵ is the field expected from the past. Linearised at a
field w⁰, each constancy is a line in the (u, v) plane, and ``r = n·w + d`` is the distance of ``w`` from it in px,
shortened where the picture is flat: ``n = ∇I/√(|∇I|² + ζ²)``. So r₀ asks for constant brightness, r₁ and r₂ for a
constant gradient (I_x and I_y). Every term is a distance in px, and α, β and γ are plain numbers.

ψ is Charbonnier's penalty ``ψ(s²) = √(s² + ε²) − ε``, or ``ψ(s²) = s²``, which makes E the functional of Horn and
Schunck. Both are concave in s², so with the weights ``2ψ'`` held fixed E is bounded from above by a quadratic that
touches it: a step that lowers the bound lowers E.

References
----------
B. Horn, B. Schunck, "Determining optical flow", Artificial Intelligence 17, 1981.
T. Brox, A. Bruhn, N. Papenberg, J. Weickert, "High accuracy optical flow estimation based on a theory for warping",
ECCV 2004, section 2.
H. Zimmer, A. Bruhn, J. Weickert, "Optic flow in harmony", IJCV 93, 2011, section 3.1 (normalised constraints).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from kernels import bands
from kernels._jit import core
from kernels.checks import as_flow, as_image, same_shape
from kernels.filters import derivative, derivative_row
from kernels.warp import warp

Array = np.ndarray[Any, Any]

#: Names of the terms, in the order of every trace.
TERMS = ("data", "smoothness", "temporal")

#: ζ: gradients weaker than this (grey levels in [0, 1] per px) hardly constrain the motion.
ZETA = 1.5 / 255.0

#: ε of the penalties of data, smoothness and temporal terms, in px.
EPSILON = (0.05, 0.03, 0.1)


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights of the terms: smoothness α, temporal β, gradient constancy γ; ``robust`` chooses Charbonnier's ψ."""

    alpha: float
    beta: float = 0.0
    gamma: float = 1.0
    robust: bool = True

    def as_array(self) -> Array:
        """Return ``(7,)`` float32: α, β, γ, ε_d², ε_s², ε_t², robust."""
        squares = [epsilon**2 for epsilon in EPSILON]
        return np.array([self.alpha, self.beta, self.gamma, *squares, self.robust], dtype=np.float32)


@core
def _mean_and_change_core(image0, warped, mean, change, y0, y1):
    half = np.float32(0.5)
    for y in range(y0, y1):
        i0, i1, m, t = image0[y], warped[y], mean[y], change[y]
        for x in range(i0.size):
            m[x] = half * (i0[x] + i1[x])
            t[x] = i1[x] - i0[x]


@core
def _constraints_core(gradient, change, flow, zeta, out, y0, y1):
    height, width = change.shape
    across, down = np.int64(1), np.int64(0)
    line = np.empty(width + 4, np.float32)
    rows = np.empty((5, width), np.float32)
    xx, xy, yy, xt, yt = rows[0], rows[1], rows[2], rows[3], rows[4]
    z2 = zeta * zeta
    for y in range(y0, y1):
        derivative_row(gradient[0], across, y, line, xx)
        derivative_row(gradient[0], down, y, line, xy)
        derivative_row(gradient[1], down, y, line, yy)
        derivative_row(change, across, y, line, xt)
        derivative_row(change, down, y, line, yt)
        u, v = flow[0, y], flow[1, y]
        _write_constraint(gradient[0, y], gradient[1, y], change[y], u, v, z2, out[0:3, y])
        _write_constraint(xx, xy, xt, u, v, z2, out[3:6, y])
        _write_constraint(xy, yy, yt, u, v, z2, out[6:9, y])
        for x in range(width):
            to_x, to_y = np.float32(x) + u[x], np.float32(y) + v[x]
            if to_x < 0 or to_x > width - 1 or to_y < 0 or to_y > height - 1:
                for plane in range(9):  # what left the view constrains nothing
                    out[plane, y, x] = np.float32(0)


@core
def _write_constraint(fx, fy, ft, u, v, z2, out):
    """Write the line fx·u' + fy·v' + ft = 0 (u', v' from the field on) as n·w + d."""
    nx, ny, d = out[0], out[1], out[2]
    for x in range(fx.size):
        scale = np.float32(1) / np.sqrt(fx[x] * fx[x] + fy[x] * fy[x] + z2)
        nx[x] = scale * fx[x]
        ny[x] = scale * fy[x]
        d[x] = scale * (ft[x] - fx[x] * u[x] - fy[x] * v[x])


def linearise(image0: Any, image1: Any, flow: Any) -> Array:
    """Linearise brightness and gradient constancy at a field, as three normalised lines per pixel.

    With ``M = ½ (I₀ + I₁(x + w⁰))`` and ``T = I₁(x + w⁰) − I₀`` the lines are ``∇M·δ + T = 0``,
    ``∇M_x·δ + T_x = 0`` and ``∇M_y·δ + T_y = 0`` for ``δ = w − w⁰``, each divided by ``√(|∇·|² + ζ²)``.

    Parameters
    ----------
    image0, image1
        (H, W) real, finite, grey values in [0, 1].
    flow
        (2, H, W) real, finite: w⁰ in px from ``image0`` to ``image1``.

    Returns
    -------
    (9, H, W) float32: ``n_x, n_y, d`` of each line, so that ``n_x u + n_y v + d`` is a distance in px. All zero where
    ``x + w⁰`` lies outside the picture.

    Raises
    ------
    TypeError, ValueError
        If an argument is no image or flow, or sizes differ.

    Notes
    -----
    Cubic warping; derivatives by [1 −8 0 8 −1]/12, mirrored at the border.
    """
    image0, image1, flow = as_image(image0, "image0"), as_image(image1, "image1"), as_flow(flow)
    same_shape(image0=image0, image1=image1, flow=flow)
    return Linearisation(image0.shape).at(image0, image1, flow)


class Linearisation:
    """Buffers for :func:`linearise` at one size, reused from warp to warp."""

    def __init__(self, shape: tuple[int, int]) -> None:
        self.constraints = np.empty((9, *shape), np.float32)
        self._warped, self._mean, self._change = np.empty((3, *shape), np.float32)
        self._gradient = np.empty((2, *shape), np.float32)

    def at(self, image0: Array, image1: Array, flow: Array) -> Array:
        """Return the constraints linearised at ``flow``, in a buffer that the next call overwrites."""
        height, width = image0.shape
        size = {"height": height, "width": width}
        warp(image1, flow, self._warped, order="cubic")
        bands.run(_mean_and_change_core, image0, self._warped, self._mean, self._change, **size)
        derivative(self._mean, 1, self._gradient[0])
        derivative(self._mean, 0, self._gradient[1])
        bands.run(_constraints_core, self._gradient, self._change, flow, np.float32(ZETA), self.constraints, **size)
        return self.constraints


@core
def _penalty(s2, epsilon2, robust):
    """Return ψ(s²)."""
    return np.sqrt(s2 + epsilon2) - np.sqrt(epsilon2) if robust else s2


@core
def _double_slope(s2, epsilon2, robust):
    """Return 2ψ'(s²)."""
    return np.float32(1) / np.sqrt(s2 + epsilon2) if robust else np.float32(2)


@core
def _weigh_data_row(c, u, v, u_prior, v_prior, weights, out):
    """Write A and b of one row: the normals' outer products under the data weights, plus the temporal pull."""
    beta, gamma, e_data, e_time = weights[1], weights[2], weights[3], weights[5]
    robust = weights[6] > 0
    for x in range(u.size):
        r0 = c[0, x] * u[x] + c[1, x] * v[x] + c[2, x]
        r1 = c[3, x] * u[x] + c[4, x] * v[x] + c[5, x]
        r2 = c[6, x] * u[x] + c[7, x] * v[x] + c[8, x]
        p = _double_slope(r0 * r0, e_data, robust)
        q = gamma * _double_slope(r1 * r1 + r2 * r2, e_data, robust)
        du, dv = u[x] - u_prior[x], v[x] - v_prior[x]
        s = beta * _double_slope(du * du + dv * dv, e_time, robust)
        out[0, x] = p * c[0, x] * c[0, x] + q * (c[3, x] * c[3, x] + c[6, x] * c[6, x]) + s
        out[1, x] = p * c[0, x] * c[1, x] + q * (c[3, x] * c[4, x] + c[6, x] * c[7, x])
        out[2, x] = p * c[1, x] * c[1, x] + q * (c[4, x] * c[4, x] + c[7, x] * c[7, x]) + s
        out[3, x] = p * c[0, x] * c[2, x] + q * (c[3, x] * c[5, x] + c[6, x] * c[8, x]) - s * u_prior[x]
        out[4, x] = p * c[1, x] * c[2, x] + q * (c[4, x] * c[5, x] + c[7, x] * c[8, x]) - s * v_prior[x]


@core
def _weigh_core(constraints, flow, prior, weights, system, y0, y1):
    height, width = flow.shape[1], flow.shape[2]
    alpha, e_smooth, robust = weights[0], weights[4], weights[6] > 0
    for y in range(y0, y1):
        u, v = flow[0, y], flow[1, y]
        _weigh_data_row(constraints[:, y], u, v, prior[0, y], prior[1, y], weights, system[:, y])
        right, below = system[5, y], system[6, y]
        below_y = min(y + 1, height - 1)
        ud, vd = flow[0, below_y], flow[1, below_y]
        for x in range(width - 1):
            du, dv = u[x + 1] - u[x], v[x + 1] - v[x]
            right[x] = alpha * _double_slope(du * du + dv * dv, e_smooth, robust)
        right[width - 1] = np.float32(0)
        for x in range(width):
            du, dv = ud[x] - u[x], vd[x] - v[x]
            below[x] = alpha * _double_slope(du * du + dv * dv, e_smooth, robust)
        if y == height - 1:
            below[:] = np.float32(0)


def weigh(constraints: Array, flow: Array, prior: Array, weights: Weights, *, out: Array | None = None) -> Array:
    """Return the quadratic that bounds the functional from above and touches it at ``flow``.

    At every pixel ``A = Σ 2ψ'_k n nᵀ + β 2ψ'_t·1`` and ``b = Σ 2ψ'_k n d − β 2ψ'_t ŵ``; on every edge
    ``g = α 2ψ'_s``, all at ``flow``. Its gradient ``A w + b + Σ g (w_p − w_q)`` at ``flow`` is that of E.

    Parameters
    ----------
    constraints
        (9, H, W) float32 from :func:`linearise`.
    flow, prior
        (2, H, W) float32 in px: where the bound touches, and ŵ.
    weights
        Weights of the terms.
    out
        (7, H, W) float32; allocated if None.

    Returns
    -------
    (7, H, W) float32: A11, A12, A22, b1, b2, edge to the right, edge to the pixel below (0 at the last column, row).
    """
    height, width = flow.shape[1:]
    out = np.empty((7, height, width), np.float32) if out is None else out
    bands.run(_weigh_core, constraints, flow, prior, weights.as_array(), out, height=height, width=width)
    return out


@core
def _energy_core(constraints, flow, prior, weights, sums, y0, y1):
    height, width = flow.shape[1], flow.shape[2]
    alpha, beta, gamma, e_data, e_smooth, e_time = weights[:6]
    robust = weights[6] > 0
    for y in range(y0, y1):
        u, v, c = flow[0, y], flow[1, y], constraints[:, y]
        below_y = min(y + 1, height - 1)
        ud, vd = flow[0, below_y], flow[1, below_y]
        data, smoothness, temporal = 0.0, 0.0, 0.0
        for x in range(width):
            r0 = c[0, x] * u[x] + c[1, x] * v[x] + c[2, x]
            r1 = c[3, x] * u[x] + c[4, x] * v[x] + c[5, x]
            r2 = c[6, x] * u[x] + c[7, x] * v[x] + c[8, x]
            data += _penalty(r0 * r0, e_data, robust) + gamma * _penalty(r1 * r1 + r2 * r2, e_data, robust)
            du, dv = ud[x] - u[x], vd[x] - v[x]
            smoothness += alpha * _penalty(du * du + dv * dv, e_smooth, robust)
            du, dv = u[x] - prior[0, y, x], v[x] - prior[1, y, x]
            temporal += beta * _penalty(du * du + dv * dv, e_time, robust)
        for x in range(width - 1):
            du, dv = u[x + 1] - u[x], v[x + 1] - v[x]
            smoothness += alpha * _penalty(du * du + dv * dv, e_smooth, robust)
        sums[y, 0], sums[y, 1], sums[y, 2] = data, smoothness, temporal


def energy(constraints: Array, flow: Array, prior: Array, weights: Weights) -> tuple[float, float, float]:
    """Return the data, smoothness and temporal terms of the functional, each as a mean per pixel.

    Parameters as for :func:`weigh`. Sums are taken row by row, so they do not depend on the number of workers.
    """
    height, width = flow.shape[1:]
    sums = np.empty((height, len(TERMS)), np.float64)
    bands.run(_energy_core, constraints, flow, prior, weights.as_array(), sums, height=height, width=width)
    data, smoothness, temporal = sums.sum(axis=0) / (height * width)
    return float(data), float(smoothness), float(temporal)


@core
def _gradient_of_energy_core(system, flow, out, y0, y1):
    height, width = flow.shape[1], flow.shape[2]
    for y in range(y0, y1):
        for c in range(2):
            w = flow[c]
            for x in range(width):
                total = system[c, y, x] * flow[0, y, x] + system[c + 1, y, x] * flow[1, y, x] + system[3 + c, y, x]
                if x > 0:
                    total += system[5, y, x - 1] * (w[y, x] - w[y, x - 1])
                if x < width - 1:
                    total += system[5, y, x] * (w[y, x] - w[y, x + 1])
                if y > 0:
                    total += system[6, y - 1, x] * (w[y, x] - w[y - 1, x])
                if y < height - 1:
                    total += system[6, y, x] * (w[y, x] - w[y + 1, x])
                out[c, y, x] = total


def gradient(system: Array, flow: Array) -> Array:
    """Return the gradient of the quadratic ``system`` at ``flow``: where the two touch, that of the functional.

    Parameters
    ----------
    system
        (7, H, W) float32 from :func:`weigh`.
    flow
        (2, H, W) float32 in px.

    Returns
    -------
    (2, H, W) float32: ∂E/∂u and ∂E/∂v of the sum over all pixels.
    """
    height, width = flow.shape[1:]
    out = np.empty((2, height, width), np.float32)
    bands.run(_gradient_of_energy_core, system, flow, out, height=height, width=width)
    return out
