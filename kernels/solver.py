"""Preconditioned descent of the motion field on the quadratic bound of its functional.

With the penalties' weights held fixed, the functional is the quadratic

    Q(w) = ½ Σ_p (w_pᵀ A_p w_p + 2 b_pᵀ w_p) + ½ Σ_(p,q) g_pq |w_p − w_q|²      (edges pq to the 4 neighbours)

whose gradient at pixel p is ``A w + b + Σ_q g_pq (w_p − w_q)``. The preconditioner is the 2×2 block of the
Hessian at that pixel, ``P_p = A_p + Σ_q g_pq·1``. All eigenvalues of ``P⁻¹∇²Q`` lie in [0, 2], so that steepest
descent never rises for step sizes η < 1, and η = ½ suits Nesterov's rule.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels import bands
from kernels._jit import core

Array = np.ndarray[Any, Any]

#: Planes of a quadratic system: A11, A12, A22, b1, b2, weight of the edge to the right, and to the pixel below.
SYSTEM_PLANES = 7


@core
def _invert_row(system, y, no_edge, padded, inverse):
    """Write row y of P⁻¹ to ``inverse`` (3, W), and the weights of its edges to left, right, up and down to ``padded``.

    ``padded`` is (3, W + 1): the weight of the edge on the left of pixel x stands at ``padded[0, x]``, that on its
    right at ``padded[0, x + 1]``, those above and below at ``padded[1, x]`` and ``padded[2, x]``.
    """
    width = system.shape[2]
    a11, a12, a22, right, below = system[0, y], system[1, y], system[2, y], system[5, y], system[6, y]
    above = system[6, y - 1] if y > 0 else no_edge
    across, up, down = padded[0], padded[1], padded[2]
    q11, q12, q22 = inverse[0], inverse[1], inverse[2]
    across[0] = np.float32(0)
    for x in range(width):
        across[x + 1] = right[x]
        up[x] = above[x]
        down[x] = below[x]
    for x in range(width):
        g = across[x] + across[x + 1] + up[x] + down[x] + np.float32(1e-9)
        p11, p22 = a11[x] + g, a22[x] + g
        scale = np.float32(1) / (p11 * p22 - a12[x] * a12[x])
        q11[x] = scale * p22
        q12[x] = -scale * a12[x]
        q22[x] = scale * p11


@core
def _step_row(inverse, b1, b2, edges, z_up, z, z_down, m, z_next, step, mu, a, b):
    """Move one row; rows of ``z`` have one column of padding on either side."""
    q11, q12, q22, across, up, down = inverse[0], inverse[1], inverse[2], edges[0], edges[1], edges[2]
    u, v, uu, vu, ud, vd = z[0], z[1], z_up[0], z_up[1], z_down[0], z_down[1]
    mu_row, mv_row, u_next, v_next = m[0], m[1], z_next[0], z_next[1]
    for x in range(b1.size):
        gl, gr, gu, gd = across[x], across[x + 1], up[x], down[x]
        s1 = gl * u[x] + gr * u[x + 2] + gu * uu[x + 1] + gd * ud[x + 1] - b1[x]
        s2 = gl * v[x] + gr * v[x + 2] + gu * vu[x + 1] + gd * vd[x + 1] - b2[x]
        d1 = step * (u[x + 1] - (q11[x] * s1 + q12[x] * s2))
        d2 = step * (v[x + 1] - (q12[x] * s1 + q22[x] * s2))
        u_next[x + 1] = u[x + 1] + a * mu_row[x] - b * d1
        v_next[x + 1] = v[x + 1] + a * mv_row[x] - b * d2
        mu_row[x] = mu * mu_row[x] - d1
        mv_row[x] = mu * mv_row[x] - d2


@core
def descend_core(system, flow, velocity, rule, step, flow_out, velocity_out, y0, y1):
    """Run all steps of ``rule`` on rows y0…y1 plus a halo as deep as the number of steps.

    The rows of all steps advance as one wave down the band: step k works on row t − k while it is in cache.
    """
    height, width = flow.shape[1], flow.shape[2]
    steps = rule.shape[0]
    top = max(0, y0 - steps)
    bottom = min(height, y1 + steps)
    z = np.zeros((2, bottom - top, 2, width + 2), np.float32)
    m = np.empty((bottom - top, 2, width), np.float32)
    inverse = np.empty((bottom - top, 3, width), np.float32)
    edges = np.empty((bottom - top, 3, width + 1), np.float32)
    no_edge = np.zeros(width, np.float32)
    for y in range(top, bottom):
        for c in range(2):
            z[0, y - top, c, 1 : width + 1] = flow[c, y]
            m[y - top, c] = velocity[c, y]
    for t in range(top, bottom + steps):
        if t < bottom:
            _invert_row(system, t, no_edge, edges[t - top], inverse[t - top])
        for k in range(steps):
            y = t - k
            reach = steps - 1 - k
            if y < max(0, y0 - reach) or y >= min(height, y1 + reach):
                continue
            now, after = k % 2, 1 - k % 2
            row = y - top
            _step_row(
                inverse[row], system[3, y], system[4, y], edges[row],
                z[now, max(row - 1, 0)], z[now, row], z[now, min(row + 1, bottom - top - 1)],
                m[row], z[after, row], step, rule[k, 0], rule[k, 1], rule[k, 2],
            )  # fmt: skip
    last = steps % 2
    for y in range(y0, y1):
        for c in range(2):
            flow_out[c, y] = z[last, y - top, c, 1 : width + 1]
            velocity_out[c, y] = m[y - top, c]


def descend(
    system: Array,
    flow: Array,
    velocity: Array,
    rule: Array,
    step: float,
    *,
    flow_out: Array | None = None,
    velocity_out: Array | None = None,
) -> tuple[Array, Array]:
    """Descend on a quadratic system by the steps of ``rule``; return the new flow and velocity.

    Parameters
    ----------
    system : ndarray
        ``(7, H, W)`` float32 planes A11, A12, A22, b1, b2 and the weights of the edges to the right and below
        (0 in the last column and row); see :func:`kernels.energy.weigh`.
    flow, velocity : ndarray
        ``(2, H, W)`` float32; position and velocity to start from.
    rule : ndarray
        ``(N, 3)`` float32 from :func:`kernels.descent.coefficients`.
    step : float
        η. Steepest descent on the bound is monotone for η < 1.
    flow_out, velocity_out : ndarray, optional
        Buffers for the result, other than the inputs.

    Returns
    -------
    tuple of ndarray
        Flow and velocity, each ``(2, H, W)`` float32. N steps at once equal N calls of one step to the bit.
    """
    flow_out = np.empty_like(flow) if flow_out is None else flow_out
    velocity_out = np.empty_like(velocity) if velocity_out is None else velocity_out
    height, width = flow.shape[1:]
    bands.run(
        descend_core, system, flow, velocity, rule, np.float32(step), flow_out, velocity_out,
        height=height, width=width,
    )  # fmt: skip
    return flow_out, velocity_out
