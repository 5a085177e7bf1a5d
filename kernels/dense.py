"""Dense layers and rectifiers, by cores for float32.

Dot products run in :data:`LANES` partial sums side by side, which are added up at the end: SIMD without fast-math, and
the same bits on every machine. Other dtypes go through NumPy.
"""

from __future__ import annotations

import numpy as np

from kernels._jit import core
from kernels.checks import Array, plain
from kernels.workspace import empty

#: Partial sums of a dot product.
LANES = 32


@core
def _dot(a, b, sums):
    """Return Σ a·b by partial sums, one for each lane."""
    whole = len(a) // LANES * LANES
    sums[:] = np.float32(0)
    start = 0
    while start + 4 * LANES <= whole:
        p, q = a[start:], b[start:]
        for i in range(LANES):
            sums[i] += (p[i] * q[i] + p[i + LANES] * q[i + LANES]) + (
                p[i + 2 * LANES] * q[i + 2 * LANES] + p[i + 3 * LANES] * q[i + 3 * LANES]
            )
        start += 4 * LANES
    while start < whole:
        p, q = a[start:], b[start:]
        for i in range(LANES):
            sums[i] += p[i] * q[i]
        start += LANES
    for i in range(whole, len(a)):
        sums[i - whole] += a[i] * b[i]
    width = LANES // 2
    while width:
        for i in range(width):
            sums[i] += sums[i + width]
        width //= 2
    return sums[0]


@core
def dense_core(x, weights, bias, out, b0, b1):
    sums = np.empty(LANES, np.float32)
    for b in range(b0, b1):
        for u in range(weights.shape[0]):
            out[b, u] = bias[u] + _dot(x[b], weights[u], sums)


def dense(x: Array, weights: Array, bias: Array) -> Array:
    """Return ``y = x Wᵀ + bias``: (B, N), (U, N) and (U,) of one dtype make (B, U)."""
    if x.dtype != np.float32:
        return x @ weights.T + bias
    out = empty((len(x), len(weights)))
    dense_core(plain(x), plain(weights), plain(bias), out, 0, len(x))
    return out


@core
def dense_gradient_core(x, weights, dy, dx, dweights, dbias, b0, b1):
    units, size = weights.shape
    dweights[:] = np.float32(0)
    dbias[:] = np.float32(0)
    for b in range(b0, b1):
        a, da = x[b], dx[b]
        da[:] = np.float32(0)
        for u in range(units):
            d, w, dw = dy[b, u], weights[u], dweights[u]
            dbias[u] += d
            for i in range(size):
                dw[i] += d * a[i]
            for i in range(size):
                da[i] += d * w[i]


def dense_gradient(x: Array, weights: Array, dy: Array) -> tuple[Array, Array, Array]:
    """Return ``dx = dy W``, ``dW = dyᵀ x`` and ``dbias = Σ_b dy`` of :func:`dense`."""
    if x.dtype != np.float32:
        return dy @ weights, dy.T @ x, dy.sum(axis=0)
    dx, dweights, dbias = empty(x.shape), empty(weights.shape), empty(dy.shape[1:])
    dense_gradient_core(plain(x), plain(weights), plain(dy), dx, dweights, dbias, 0, len(x))
    return dx, dweights, dbias


@core
def rectify_core(x, slope, out, i0, i1):
    a, b = x[i0:i1], out[i0:i1]
    for i in range(len(b)):
        value = a[i]
        b[i] = value if value > np.float32(0) else slope * value


def rectify(x: Array, slope: float) -> Array:
    """Return ``x`` where it is positive and ``slope · x`` elsewhere, of the dtype and shape of ``x``."""
    if x.dtype != np.float32:
        return np.where(x > 0, x, slope * x)
    out = empty(x.shape)
    rectify_core(plain(x).reshape(-1), np.float32(slope), out.reshape(-1), 0, x.size)
    return out


@core
def rectify_gradient_core(y, dy, slope, out, i0, i1):
    a, d, b = y[i0:i1], dy[i0:i1], out[i0:i1]
    for i in range(len(b)):
        value = d[i]
        b[i] = value if a[i] > np.float32(0) else slope * value


def rectify_gradient(y: Array, dy: Array, slope: float) -> Array:
    """Return ``dy`` where ``y``, the result of :func:`rectify`, is positive and ``slope · dy`` elsewhere."""
    if y.dtype != np.float32:
        return np.where(y > 0, dy, slope * dy)
    out = empty(y.shape)
    rectify_gradient_core(plain(y).reshape(-1), plain(dy).reshape(-1), np.float32(slope), out.reshape(-1), 0, y.size)
    return out
