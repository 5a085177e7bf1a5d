"""The motion functional: its constraints, its value term by term, its gradient, its quadratic bound.

A point keeps its grey value and its grey-value gradient while it moves, and motion is smooth in space and time:

    E(w) = Σ_p λ ψ_d(r₀²) + γ ψ_d(r₁² + r₂²) + δ ψ_d(r₃² + r₄²)
           + Σ_(p,q) α_pq ψ_s(|w_p − w_q|²)  +  β Σ_p ψ_t(|w_p − ŵ_p|²)

Sums run over pixels p and edges (p, q) between neighbours; ŵ is the field expected from the past. Motion may break
where the picture does: ``α_pq = α / (1 + κ |I_p − I_q|)``. Linearised at a field w⁰, each constancy is a line in the
(u, v) plane, and ``r = n·w + d`` is the distance of ``w`` from it in px, shortened where the picture is flat:
``n = ∇I/√(|∇I|² + ζ²)``. So r₀ asks for constant brightness, r₁ and r₂ for a constant gradient (I_x and I_y), r₃ and r₄
for constant colour, where the pictures have any. Every term is a distance in px, and the weights are plain numbers; κ
counts per grey value.

ψ is Charbonnier's penalty ``ψ(s²) = √(s² + ε²) − ε``, or ``ψ(s²) = s²``, which makes E the functional of Horn and
Schunck. Both are concave in s², so with the weights ``2ψ'`` held fixed E is bounded from above by a quadratic that
touches it: a step that lowers the bound lowers E.

References
----------
B. Horn, B. Schunck, "Determining optical flow", Artificial Intelligence 17, 1981.
T. Brox, A. Bruhn, N. Papenberg, J. Weickert, "High accuracy optical flow estimation based on a theory for warping",
ECCV 2004, section 2.
H. Zimmer, A. Bruhn, J. Weickert, "Optic flow in harmony", IJCV 93, 2011, section 3.1 (normalised constraints).
L. Alvarez, J. Weickert, J. Sánchez, "Reliable estimation of dense optical flow fields with large displacements", IJCV
39, 2000, section 2 (smoothness that gives way at edges of the picture; there across them only).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from kernels import bands
from kernels._jit import core
from kernels.linearise import GREY_PLANES, constraint_row, rings

Array = np.ndarray[Any, Any]

#: Names of the terms, in the order of every trace.
TERMS = ("data", "smoothness", "temporal")

#: ε of the penalties of data, smoothness and temporal terms, in px.
EPSILON = (0.05, 0.03, 0.1)


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights of the terms: smoothness α, edges κ, temporal β; constancy of gradient γ, colour δ and brightness λ.

    ``robust`` is Charbonnier's ψ.
    """

    alpha: float
    beta: float = 0.0
    gamma: float = 1.0
    kappa: float = 0.0
    robust: bool = True
    delta: float = 1.0
    brightness: float = 0.5

    def as_array(self) -> Array:
        """Return ``(10,)`` float32: α, β, γ, ε_d², ε_s², ε_t², robust, κ, δ, λ."""
        squares = [epsilon**2 for epsilon in EPSILON]
        return np.array(
            [
                self.alpha, self.beta, self.gamma, *squares, self.robust, self.kappa, self.delta, self.brightness,
            ],
            dtype=np.float32,
        )  # fmt: skip


@core
def _penalty(s2, epsilon2, robust):
    """Return ψ(s²)."""
    return np.sqrt(s2 + epsilon2) - np.sqrt(epsilon2) if robust else s2


@core
def _double_slope(s2, epsilon2, robust):
    """Return 2ψ'(s²)."""
    return np.float32(1) / np.sqrt(s2 + epsilon2) if robust else np.float32(2)


@core
def _weigh_data(c, k, flow, prior, weights, system, y):
    """Write A and b of row y: the normals' outer products under the data weights, plus the temporal pull."""
    beta, gamma, e_data, e_time, brightness = weights[1], weights[2], weights[3], weights[5], weights[9]
    robust = weights[6] > 0
    for x in range(flow.shape[2]):
        u, v = flow[0, y, x], flow[1, y, x]
        r0 = c[0, k, x] * u + c[1, k, x] * v + c[2, k, x]
        r1 = c[3, k, x] * u + c[4, k, x] * v + c[5, k, x]
        r2 = c[6, k, x] * u + c[7, k, x] * v + c[8, k, x]
        p = brightness * _double_slope(r0 * r0, e_data, robust)
        q = gamma * _double_slope(r1 * r1 + r2 * r2, e_data, robust)
        u_prior, v_prior = prior[0, y, x], prior[1, y, x]
        s = beta * _double_slope((u - u_prior) ** 2 + (v - v_prior) ** 2, e_time, robust)
        system[0, y, x] = p * c[0, k, x] * c[0, k, x] + q * (c[3, k, x] * c[3, k, x] + c[6, k, x] * c[6, k, x]) + s
        system[1, y, x] = p * c[0, k, x] * c[1, k, x] + q * (c[3, k, x] * c[4, k, x] + c[6, k, x] * c[7, k, x])
        system[2, y, x] = p * c[1, k, x] * c[1, k, x] + q * (c[4, k, x] * c[4, k, x] + c[7, k, x] * c[7, k, x]) + s
        b1 = p * c[0, k, x] * c[2, k, x] + q * (c[3, k, x] * c[5, k, x] + c[6, k, x] * c[8, k, x])
        b2 = p * c[1, k, x] * c[2, k, x] + q * (c[4, k, x] * c[5, k, x] + c[7, k, x] * c[8, k, x])
        system[3, y, x] = b1 - s * u_prior
        system[4, y, x] = b2 - s * v_prior
    if c.shape[0] > GREY_PLANES:
        _weigh_colour(c[GREY_PLANES:], k, flow, weights, system, y)


@core
def _weigh_colour(c, k, flow, weights, system, y):
    """Add to A and b of row y what the two lines of colour say."""
    delta, e_data, robust = weights[8], weights[3], weights[6] > 0
    for x in range(flow.shape[2]):
        u, v = flow[0, y, x], flow[1, y, x]
        r3 = c[0, k, x] * u + c[1, k, x] * v + c[2, k, x]
        r4 = c[3, k, x] * u + c[4, k, x] * v + c[5, k, x]
        q = delta * _double_slope(r3 * r3 + r4 * r4, e_data, robust)
        system[0, y, x] += q * (c[0, k, x] * c[0, k, x] + c[3, k, x] * c[3, k, x])
        system[1, y, x] += q * (c[0, k, x] * c[1, k, x] + c[3, k, x] * c[4, k, x])
        system[2, y, x] += q * (c[1, k, x] * c[1, k, x] + c[4, k, x] * c[4, k, x])
        system[3, y, x] += q * (c[0, k, x] * c[2, k, x] + c[3, k, x] * c[5, k, x])
        system[4, y, x] += q * (c[1, k, x] * c[2, k, x] + c[4, k, x] * c[5, k, x])


@core
def edges_core(image, weights, out, y0, y1):
    """Write α_pq of the edges to the right and down; edges that leave the picture have none."""
    height, width = image.shape
    alpha, kappa, one = weights[0], weights[7], np.float32(1)
    for y in range(y0, y1):
        here, under, right, below = image[y], image[min(y + 1, height - 1)], out[0, y], out[1, y]
        for x in range(width - 1):
            right[x] = alpha / (one + kappa * abs(here[x + 1] - here[x]))
        right[width - 1] = np.float32(0)
        for x in range(width):
            below[x] = alpha / (one + kappa * abs(under[x] - here[x]))
        if y == height - 1:
            below[:] = np.float32(0)


def edges(image: Array, weights: Weights) -> Array:
    """Return how much each pair of neighbours is to move alike: ``α / (1 + κ |I_p − I_q|)``.

    Parameters
    ----------
    image
        (H, W) float32, grey values in [0, 1].
    weights
        α and κ are read.

    Returns
    -------
    (2, H, W) float32: the edge to the right, and that to the pixel below (0 in the last column and row).
    """
    height, width = image.shape
    out = np.empty((2, height, width), np.float32)
    bands.run(edges_core, image, weights.as_array(), out, height=height, width=width)
    return out


@core
def _weigh_edges(flow, alphas, weights, system, y):
    """Write the weights of the edges from row y to the right and down."""
    height, width = flow.shape[1], flow.shape[2]
    e_smooth, robust = weights[4], weights[6] > 0
    u, v, right, below = flow[0, y], flow[1, y], system[5, y], system[6, y]
    to_right, to_below = alphas[0, y], alphas[1, y]
    for x in range(width - 1):
        du, dv = u[x + 1] - u[x], v[x + 1] - v[x]
        right[x] = to_right[x] * _double_slope(du * du + dv * dv, e_smooth, robust)
    right[width - 1] = np.float32(0)
    under = min(y + 1, height - 1)
    ud, vd = flow[0, under], flow[1, under]
    for x in range(width):
        du, dv = ud[x] - u[x], vd[x] - v[x]
        below[x] = to_below[x] * _double_slope(du * du + dv * dv, e_smooth, robust)


@core
def _weigh_core(constraints, flow, prior, alphas, weights, system, y0, y1):
    for y in range(y0, y1):
        _weigh_data(constraints, y, flow, prior, weights, system, y)
        _weigh_edges(flow, alphas, weights, system, y)


@core
def bound_core(image0, image1, flow, prior, alphas, weights, system, y0, y1):
    """Linearise and weigh row by row: the constraints of a row live no longer than it takes to weigh them."""
    channels, _, width = image0.shape
    planes, line, scratch = rings(channels, width)
    constraints = np.empty((GREY_PLANES + 3 * (channels - 1), 1, width), np.float32)
    only = np.int64(0)
    for t in range(max(0, y0 - 4), y1 + 4):
        y = t - 4
        constraint_row(image0, image1, flow, t, planes, line, scratch, constraints, only)
        if y >= y0:
            _weigh_data(constraints, only, flow, prior, weights, system, y)
            _weigh_edges(flow, alphas, weights, system, y)


def bound(
    image0: Array,
    image1: Array,
    flow: Array,
    prior: Array,
    alphas: Array,
    weights: Weights,
    *,
    out: Array | None = None,
) -> Array:
    """Linearise at ``flow`` and return the quadratic bound there: ``weigh(linearise(…))`` in one pass.

    Parameters
    ----------
    image0, image1
        (1, H, W) or (3, H, W) float32: grey, or grey and two planes of colour.
    flow, prior, alphas, weights, out
        As for :func:`weigh`.

    Returns
    -------
    (7, H, W) float32, as :func:`weigh`.
    """
    height, width = image0.shape[1:]
    out = np.empty((7, height, width), np.float32) if out is None else out
    bands.run(bound_core, image0, image1, flow, prior, alphas, weights.as_array(), out, height=height, width=width)
    return out


def weigh(
    constraints: Array, flow: Array, prior: Array, alphas: Array, weights: Weights, *, out: Array | None = None
) -> Array:
    """Return the quadratic that bounds the functional from above and touches it at ``flow``.

    At every pixel ``A = Σ 2ψ'_k n nᵀ + β 2ψ'_t·1`` and ``b = Σ 2ψ'_k n d − β 2ψ'_t ŵ``; on every edge
    ``g = α_pq 2ψ'_s``, all at ``flow``. Its gradient ``A w + b + Σ g (w_p − w_q)`` at ``flow`` is that of E.

    Parameters
    ----------
    constraints
        (9, H, W) or (15, H, W) float32 from :func:`kernels.linearise.linearise`.
    flow, prior
        (2, H, W) float32 in px: where the bound touches, and ŵ.
    alphas
        (2, H, W) float32 from :func:`edges`.
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
    bands.run(_weigh_core, constraints, flow, prior, alphas, weights.as_array(), out, height=height, width=width)
    return out


@core
def energy_core(constraints, flow, prior, alphas, weights, sums, y0, y1):
    height, width = flow.shape[1], flow.shape[2]
    beta, gamma, e_data, e_smooth, e_time = weights[1:6]
    robust, delta, brightness = weights[6] > 0, weights[8], weights[9]
    colour = constraints[GREY_PLANES:]
    for y in range(y0, y1):
        u, v = flow[0, y], flow[1, y]
        below_y = min(y + 1, height - 1)
        ud, vd = flow[0, below_y], flow[1, below_y]
        data, smoothness, temporal = 0.0, 0.0, 0.0
        for x in range(width):
            r0 = constraints[0, y, x] * u[x] + constraints[1, y, x] * v[x] + constraints[2, y, x]
            r1 = constraints[3, y, x] * u[x] + constraints[4, y, x] * v[x] + constraints[5, y, x]
            r2 = constraints[6, y, x] * u[x] + constraints[7, y, x] * v[x] + constraints[8, y, x]
            data += brightness * _penalty(r0 * r0, e_data, robust)
            data += gamma * _penalty(r1 * r1 + r2 * r2, e_data, robust)
            du, dv = ud[x] - u[x], vd[x] - v[x]
            smoothness += alphas[1, y, x] * _penalty(du * du + dv * dv, e_smooth, robust)
            du, dv = u[x] - prior[0, y, x], v[x] - prior[1, y, x]
            temporal += beta * _penalty(du * du + dv * dv, e_time, robust)
        for x in range(width if len(colour) else 0):
            r3 = colour[0, y, x] * u[x] + colour[1, y, x] * v[x] + colour[2, y, x]
            r4 = colour[3, y, x] * u[x] + colour[4, y, x] * v[x] + colour[5, y, x]
            data += delta * _penalty(r3 * r3 + r4 * r4, e_data, robust)
        for x in range(width - 1):
            du, dv = u[x + 1] - u[x], v[x + 1] - v[x]
            smoothness += alphas[0, y, x] * _penalty(du * du + dv * dv, e_smooth, robust)
        sums[y, 0], sums[y, 1], sums[y, 2] = data, smoothness, temporal


def energy(
    constraints: Array, flow: Array, prior: Array, alphas: Array, weights: Weights
) -> tuple[float, float, float]:
    """Return the data, smoothness and temporal terms of the functional, each as a mean per pixel.

    Parameters as for :func:`weigh`. Sums are taken row by row, so they do not depend on the number of workers.
    """
    height, width = flow.shape[1:]
    sums = np.empty((height, len(TERMS)), np.float64)
    bands.run(energy_core, constraints, flow, prior, alphas, weights.as_array(), sums, height=height, width=width)
    data, smoothness, temporal = sums.sum(axis=0) / (height * width)
    return float(data), float(smoothness), float(temporal)


@core
def _gradient_core(system, flow, out, y0, y1):
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
    bands.run(_gradient_core, system, flow, out, height=height, width=width)
    return out
