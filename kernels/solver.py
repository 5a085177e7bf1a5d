"""Preconditioned descent of the motion field on the quadratic bound of its functional.

With the penalties' weights held fixed, the functional is the quadratic

    Q(w) = ½ Σ_p (w_pᵀ A_p w_p + 2 b_pᵀ w_p) + ½ Σ_(p,q) g_pq |w_p − w_q|²      (edges pq to the 4 neighbours)

whose gradient at pixel p is ``A w + b + Σ_q g_pq (w_p − w_q)``. The preconditioner is the 2×2 block of the
Hessian at that pixel, ``P_p = A_p + Σ_q g_pq·1``, so that the preconditioned gradient is the way to where the pixel
would rest if its neighbours stood still: ``P⁻¹∇Q = w_p − P⁻¹(Σ_q g_pq w_q − b)``. All eigenvalues of ``P⁻¹∇²Q`` lie in
[0, 2]; :data:`kernels.descent.LARGEST_STEP` says what that means for step sizes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels import bands
from kernels._jit import core

Array = np.ndarray[Any, Any]

#: Planes of a quadratic system: A11, A12, A22, b1, b2, weight of the edge to the right, and to the pixel below.
SYSTEM_PLANES = 7


# Planes of a row in flight: P⁻¹ (three), the edges' weights, b, two states of the flow, and its velocity. A row of the
# flow has a column of padding on either side; the edge to the right of pixel x stands at x + 1, that to its left at x.
_Q, _ACROSS, _UP, _DOWN, _B, _EVEN, _ODD, _VELOCITY = 0, 3, 4, 5, 6, 8, 10, 12
_PLANES = 14


@core
def _load_row(system, flow, velocity, y, row):
    """Fill the planes of row y: its share of the system, and where it starts from."""
    width = flow.shape[2]
    a11, a12, a22, b1, b2, right, below = (
        system[0, y], system[1, y], system[2, y], system[3, y], system[4, y], system[5, y], system[6, y],
    )  # fmt: skip
    above = system[6, max(y - 1, 0)]
    there = np.float32(1 if y > 0 else 0)
    row[_ACROSS, 0] = np.float32(0)
    across, left = row[_ACROSS, 1:], row[_ACROSS]
    up, down, q11, q12, q22 = row[_UP], row[_DOWN], row[_Q], row[_Q + 1], row[_Q + 2]
    for x in range(width):
        across[x] = right[x]
        up[x] = there * above[x]
        down[x] = below[x]
    for x in range(width):
        g = left[x] + across[x] + up[x] + down[x] + np.float32(1e-9)
        p11, p22 = a11[x] + g, a22[x] + g
        scale = np.float32(1) / (p11 * p22 - a12[x] * a12[x])
        q11[x] = scale * p22
        q12[x] = -scale * a12[x]
        q22[x] = scale * p11
    for x in range(width):
        row[_B, x] = b1[x]
        row[_B + 1, x] = b2[x]
    for c in range(2):
        from_flow, from_velocity, z, m = flow[c, y], velocity[c, y], row[_EVEN + c, 1:], row[_VELOCITY + c]
        for x in range(width):
            z[x] = from_flow[x]
            m[x] = from_velocity[x]


@core
def _step_row(row, up, down, now, after, width, step, mu, a, b):
    """Move one row by one step of the rule, from state ``now`` to state ``after``."""
    for x in range(width):
        gl, gr, gu, gd = row[_ACROSS, x], row[_ACROSS, x + 1], row[_UP, x], row[_DOWN, x]
        u, v, m1, m2 = row[now, x + 1], row[now + 1, x + 1], row[_VELOCITY, x], row[_VELOCITY + 1, x]
        s1 = gl * row[now, x] + gr * row[now, x + 2] + gu * up[now, x + 1] + gd * down[now, x + 1] - row[_B, x]
        s2 = (
            gl * row[now + 1, x] + gr * row[now + 1, x + 2]
            + gu * up[now + 1, x + 1] + gd * down[now + 1, x + 1] - row[_B + 1, x]
        )  # fmt: skip
        d1 = step * (u - (row[_Q, x] * s1 + row[_Q + 1, x] * s2))
        d2 = step * (v - (row[_Q + 1, x] * s1 + row[_Q + 2, x] * s2))
        row[after, x + 1] = u + a * m1 - b * d1
        row[after + 1, x + 1] = v + a * m2 - b * d2
        row[_VELOCITY, x] = mu * m1 - d1
        row[_VELOCITY + 1, x] = mu * m2 - d2


@core
def descend_core(system, flow, velocity, rule, step, flow_out, velocity_out, y0, y1):
    """Run all steps of ``rule`` on rows y0…y1 plus a halo as deep as the number of steps.

    The rows of all steps advance as one wave down the band: step k works on row t − k while it is in cache. Only the
    rows the wave reaches over are kept, in a ring.
    """
    height, width = flow.shape[1], flow.shape[2]
    steps = rule.shape[0]
    top, bottom = max(0, y0 - steps), min(height, y1 + steps)
    size = steps + 3
    ring = np.zeros((size, _PLANES, width + 2), np.float32)
    _load_row(system, flow, velocity, top, ring[top % size])
    for t in range(top, y1 + steps):
        if t + 1 < bottom:
            _load_row(system, flow, velocity, t + 1, ring[(t + 1) % size])
        slot = t % size
        for k in range(steps):
            y, reach, here = t - k, steps - 1 - k, slot
            slot = here - 1 if here > 0 else size - 1  # that of row y − 1
            if y < max(0, y0 - reach) or y >= min(height, y1 + reach):
                continue
            up = slot if y > top else here
            down = (here + 1 if here + 1 < size else 0) if y + 1 < bottom else here
            now, after = (_EVEN, _ODD) if k % 2 == 0 else (_ODD, _EVEN)
            mu, a, b = rule[k, 0], rule[k, 1], rule[k, 2]
            _step_row(ring[here], ring[up], ring[down], now, after, width, step, mu, a, b)
        y = t - steps + 1
        if y0 <= y < y1:
            last, row = (_EVEN, _ODD)[steps % 2], ring[y % size]
            for c in range(2):
                flow_out[c, y] = row[last + c, 1 : width + 1]
                velocity_out[c, y] = row[_VELOCITY + c, :width]


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
