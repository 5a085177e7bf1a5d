"""Max pooling of batches, and its gradient, on float32.

Windows 2 × 2 have loops of their own, which SIMD runs through eight at a time; none branches on values, since where the
largest stands cannot be foretold.
"""

from __future__ import annotations

import numpy as np

from kernels._jit import core, inline_core
from kernels.checks import Array, plain
from kernels.workspace import empty


@inline_core
def _larger(a, b):
    """Return the larger of two values, NaN if either is: what has diverged stays visible."""
    return a if a > b or a != a else b


@core
def _pool_pairs(upper, lower, row):
    for i in range(len(row)):
        row[i] = _larger(_larger(upper[2 * i], upper[2 * i + 1]), _larger(lower[2 * i], lower[2 * i + 1]))


@core
def _pool_windows(rows, size, row):
    for i in range(len(row)):
        best = rows[0, size * i]
        for k in range(size):
            for j in range(size * i, size * i + size):
                best = _larger(best, rows[k, j])
        row[i] = best


@core
def pool_core(x, size, out, b0, b1):
    for b in range(b0, b1):
        for c in range(out.shape[1]):
            for y in range(out.shape[2]):
                if size == 2:
                    _pool_pairs(x[b, c, 2 * y], x[b, c, 2 * y + 1], out[b, c, y])
                else:
                    _pool_windows(x[b, c, size * y : size * y + size], size, out[b, c, y])


def pool(x: Array, size: int) -> Array:
    """Return the largest value of every ``size`` × ``size`` window; what fills no window is left out.

    (B, C, H, W) float32 becomes (B, C, H // size, W // size). A window that holds a NaN gives NaN.
    """
    out = empty((*x.shape[:2], x.shape[2] // size, x.shape[3] // size))
    pool_core(plain(x), size, out, 0, len(x))
    return out


@core
def _choose_pairs(upper, lower, width, places):
    """Write where the first largest of each window stands: 0 or 1 above, width or width + 1 below."""
    for i in range(len(places)):
        a, b, c, d = upper[2 * i], upper[2 * i + 1], lower[2 * i], lower[2 * i + 1]
        above = np.int32(1) if b > a else np.int32(0)
        below = width + np.int32(1) if d > c else width
        places[i] = below if _larger(c, d) > _larger(a, b) else above


@core
def _choose_windows(rows, size, places):
    """Write where the first largest of each window stands, counted from the window's first value."""
    width = rows.shape[1]
    for i in range(len(places)):
        best, place = rows[0, size * i], 0
        for k in range(size):
            for j in range(size):
                value = rows[k, size * i + j]
                if value > best:
                    best, place = value, k * width + j
        places[i] = place


@core
def unpool_core(x, dy, size, dx, b0, b1):
    places = np.empty(dy.shape[3], np.int32)
    for b in range(b0, b1):
        dx[b] = np.float32(0)
        for c in range(dy.shape[1]):
            for y in range(dy.shape[2]):
                rows = x[b, c, size * y : size * y + size]
                if size == 2:
                    _choose_pairs(x[b, c, 2 * y], x[b, c, 2 * y + 1], np.int32(x.shape[3]), places)
                else:
                    _choose_windows(rows, size, places)
                flat, d = dx[b, c, size * y : size * y + size].reshape(-1), dy[b, c, y]
                for i in range(len(d)):
                    flat[size * i + places[i]] = d[i]


def unpool(x: Array, dy: Array, size: int) -> Array:
    """Return the gradient of :func:`pool`: each window's goes to the first of its largest values, row by row.

    ``x`` (B, C, H, W), ``dy`` (B, C, H // size, W // size), both float32; returns ``dx`` of the shape of ``x``.
    """
    dx = empty(x.shape)
    unpool_core(plain(x), plain(dy), size, dx, 0, len(x))
    return dx
