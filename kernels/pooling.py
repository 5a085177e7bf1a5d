"""Max pooling of batches, and its gradient, on float32."""

from __future__ import annotations

import numpy as np

from kernels._jit import core
from kernels.checks import Array, plain


@core
def pool_core(x, size, out, b0, b1):
    channels, height, width = out.shape[1:]
    for b in range(b0, b1):
        for c in range(channels):
            for y in range(height):
                row = out[b, c, y]
                if size == 2:
                    upper, lower = x[b, c, 2 * y], x[b, c, 2 * y + 1]
                    for i in range(width):
                        left, right = upper[2 * i], upper[2 * i + 1]
                        best = right if right > left else left
                        left, right = lower[2 * i], lower[2 * i + 1]
                        best = left if left > best else best
                        row[i] = right if right > best else best
                    continue
                for i in range(width):
                    best = x[b, c, size * y, size * i]
                    for k in range(size):
                        for j in range(size):
                            value = x[b, c, size * y + k, size * i + j]
                            best = value if value > best else best
                    row[i] = best


def pool(x: Array, size: int) -> Array:
    """Return the largest value of every ``size`` × ``size`` window; what fills no window is left out.

    (B, C, H, W) float32 becomes (B, C, H // size, W // size).
    """
    out = np.empty((*x.shape[:2], x.shape[2] // size, x.shape[3] // size), np.float32)
    pool_core(plain(x), size, out, 0, len(x))
    return out


@core
def unpool_core(x, y, dy, size, dx, b0, b1):
    channels, height, width = y.shape[1:]
    for b in range(b0, b1):
        dx[b] = np.float32(0)
        for c in range(channels):
            for t in range(height):
                for i in range(width):
                    best, k, j = y[b, c, t, i], 0, 0
                    while k < size and x[b, c, size * t + k, size * i + j] != best:
                        j += 1
                        if j == size:
                            j = 0
                            k += 1
                    if k < size:
                        dx[b, c, size * t + k, size * i + j] = dy[b, c, t, i]


def unpool(x: Array, y: Array, dy: Array, size: int) -> Array:
    """Return the gradient of :func:`pool`: each window's goes to the first of its largest values.

    ``x`` (B, C, H, W), ``y`` the result of :func:`pool`, ``dy`` of its shape, all float32; returns ``dx`` as ``x``.
    """
    dx = np.empty(x.shape, np.float32)
    unpool_core(plain(x), plain(y), plain(dy), size, dx, 0, len(x))
    return dx
