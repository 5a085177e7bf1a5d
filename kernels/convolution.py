"""Correlation of batches with learned kernels, and its two gradients: what a convolution layer computes.

    y[b, f, i, j] = bias[f] + Σ_c Σ_kl w[f, c, k, l] x[b, c, i + k − top, j + l − left]        (0 beyond the border)

float32 goes through Numba. A sample's channels are laid out in rows of one fixed stride, padded with zeros, up to
:data:`LANES` columns at a time, so that SIMD needs no remainders and the compiler knows that rows do not overlap. Then
six rows of the output are advanced by three taps of a column of the kernel at once: eight loads of the input serve
eighteen products. Sums run in an order that the text fixes, sample by sample, so that the bits are the same on every
machine and for any number of threads. No matrix product goes to BLAS, whose threads would get in the way of the flow's.

Other dtypes go through NumPy: slow, obvious, for gradient checks in float64.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from kernels._jit import core, inline_core
from kernels.checks import Array, plain
from kernels.workspace import empty

#: Columns worked on at once, and the stride of a laid out row: room for kernels of up to 17 columns.
LANES, ROW = 64, 80
#: Rows of the output worked on at once, and floats in a SIMD register.
ROWS, SIMD = 6, 8

LARGEST_KERNEL = 15


@core
def _whole_registers(columns):
    """Return how many lanes so many columns take."""
    return (min(LANES, columns) + SIMD - 1) // SIMD * SIMD


@core
def _lay(plane, top, left, x0, tall, reach, rows):
    """Write the plane, moved down by top and right by left, from column x0 on, into ``tall`` rows of ``reach``."""
    height, width = plane.shape
    for t in range(tall):
        row, y = rows[t * ROW : t * ROW + reach], t - top
        if y < 0 or y >= height:
            row[:] = np.float32(0)
            continue
        first = max(0, left - x0)
        start = x0 + first - left
        count = max(0, min(reach - first, width - start))
        source = plane[y, start : start + count] if count else plane[y, :0]
        row[:first] = np.float32(0)
        for x in range(count):
            row[first + x] = source[x]
        row[first + count :] = np.float32(0)


@inline_core
def _add_three_taps(a, p, q, r, lanes, lines):
    """Add a column of three taps, laid on eight rows of a, to six lines."""
    for x in range(lanes):
        s0, s1, s2, s3 = a[x], a[x + ROW], a[x + 2 * ROW], a[x + 3 * ROW]
        s4, s5, s6, s7 = a[x + 4 * ROW], a[x + 5 * ROW], a[x + 6 * ROW], a[x + 7 * ROW]
        lines[x] += p * s0 + q * s1 + r * s2
        lines[x + ROW] += p * s1 + q * s2 + r * s3
        lines[x + 2 * ROW] += p * s2 + q * s3 + r * s4
        lines[x + 3 * ROW] += p * s3 + q * s4 + r * s5
        lines[x + 4 * ROW] += p * s4 + q * s5 + r * s6
        lines[x + 5 * ROW] += p * s5 + q * s6 + r * s7


@inline_core
def _add_tap(a, p, lanes, lines):
    """Add one tap, laid on six rows of a, to six lines."""
    for x in range(lanes):
        lines[x] += p * a[x]
        lines[x + ROW] += p * a[x + ROW]
        lines[x + 2 * ROW] += p * a[x + 2 * ROW]
        lines[x + 3 * ROW] += p * a[x + 3 * ROW]
        lines[x + 4 * ROW] += p * a[x + 4 * ROW]
        lines[x + 5 * ROW] += p * a[x + 5 * ROW]


@inline_core
def _add_kernel(a, kernel, lanes, lines):
    """Add the correlation of a with a kernel to six lines; 3 × 3, the usual size, has a loop of its own."""
    size = kernel.shape[0]
    if size == 3:
        for j in range(3):
            _add_three_taps(a[j:], kernel[0, j], kernel[1, j], kernel[2, j], lanes, lines)
        return
    for j in range(size):
        i = 0
        while i + 3 <= size:
            _add_three_taps(a[i * ROW + j :], kernel[i, j], kernel[i + 1, j], kernel[i + 2, j], lanes, lines)
            i += 3
        while i < size:
            _add_tap(a[i * ROW + j :], kernel[i, j], lanes, lines)
            i += 1


@core
def correlate_core(x, weights, bias, top, out, b0, b1):
    channels, filters, size = x.shape[1], weights.shape[0], weights.shape[2]
    height, width = out.shape[2], out.shape[3]
    blocks = (height + ROWS - 1) // ROWS
    tall = ROWS * blocks + size - 1
    laid = np.empty((channels, tall * ROW), np.float32)
    lines = np.empty(ROWS * ROW, np.float32)
    for b in range(b0, b1):
        for x0 in range(0, width, LANES):
            lanes = _whole_registers(width - x0)
            for c in range(channels):
                _lay(x[b, c], top, top, x0, tall, lanes + size - 1, laid[c])
            for k in range(blocks):
                for f in range(filters):
                    lines[:] = bias[f]
                    for c in range(channels):
                        _add_kernel(laid[c, ROWS * k * ROW :], weights[f, c], lanes, lines)
                    for r in range(min(ROWS, height - ROWS * k)):
                        row, line = out[b, f, ROWS * k + r, x0:], lines[r * ROW :]
                        for i in range(min(LANES, width - x0)):
                            row[i] = line[i]


def correlate(x: Array, weights: Array, bias: Array, top: int, shape: tuple[int, int]) -> Array:
    """Correlate every sample with every filter; the formula stands above, with ``left = top``.

    Parameters
    ----------
    x
        (B, C, H, W) float32 or float64.
    weights, bias
        (F, C, K, K) and (F,), of the same dtype; K up to :data:`LARGEST_KERNEL`.
    top
        Rows of zeros above and columns of zeros to the left.
    shape
        Height and width of the result; zeros are read beyond the border as far as needed.

    Returns
    -------
    (B, F, \\*shape) of the dtype of ``x``.
    """
    if x.dtype == np.float32:
        out = empty((len(x), len(weights), *shape))
        correlate_core(plain(x), plain(weights), plain(bias), top, out, 0, len(x))
        return out
    return np.einsum("bcyxkl,fckl->bfyx", _windows(x, weights.shape[2], top, shape), weights) + bias[:, None, None]


def _windows(x: Array, size: int, top: int, shape: tuple[int, int]) -> Array:
    """Return the part of x under the kernel for every output pixel, (B, C, \\*shape, size, size)."""
    ends = [(top, max(0, out + size - 1 - top - before)) for out, before in zip(shape, x.shape[2:], strict=True)]
    return sliding_window_view(np.pad(x, [(0, 0), (0, 0), *ends]), (size, size), axis=(2, 3))


@inline_core
def _add_three_products(d, a, lanes, sums):
    """Add the products of six rows of d with those of a, for a column of three taps."""
    for x in range(lanes):
        p, q, r = sums[x], sums[x + LANES], sums[x + 2 * LANES]
        d0, s0, s1, s2 = d[x], a[x], a[x + ROW], a[x + 2 * ROW]
        p, q, r = p + d0 * s0, q + d0 * s1, r + d0 * s2
        d1, s3 = d[x + ROW], a[x + 3 * ROW]
        p, q, r = p + d1 * s1, q + d1 * s2, r + d1 * s3
        d2, s4 = d[x + 2 * ROW], a[x + 4 * ROW]
        p, q, r = p + d2 * s2, q + d2 * s3, r + d2 * s4
        d3, s5 = d[x + 3 * ROW], a[x + 5 * ROW]
        p, q, r = p + d3 * s3, q + d3 * s4, r + d3 * s5
        d4, s6 = d[x + 4 * ROW], a[x + 6 * ROW]
        p, q, r = p + d4 * s4, q + d4 * s5, r + d4 * s6
        d5, s7 = d[x + 5 * ROW], a[x + 7 * ROW]
        sums[x], sums[x + LANES], sums[x + 2 * LANES] = p + d5 * s5, q + d5 * s6, r + d5 * s7


@inline_core
def _add_product(d, a, lanes, sums):
    """Add the products of six rows of d with those of a, for one tap."""
    for x in range(lanes):
        sums[x] += (
            (d[x] * a[x] + d[x + ROW] * a[x + ROW])
            + (d[x + 2 * ROW] * a[x + 2 * ROW] + d[x + 3 * ROW] * a[x + 3 * ROW])
            + (d[x + 4 * ROW] * a[x + 4 * ROW] + d[x + 5 * ROW] * a[x + 5 * ROW])
        )


@inline_core
def _add_products(d, a, size, blocks, lanes, sums):
    """Add to each tap's lanes, column by column of the kernel, the products of d with a under that tap."""
    for k in range(blocks):
        below, under = d[ROWS * k * ROW :], a[ROWS * k * ROW :]
        if size == 3:
            for j in range(3):
                _add_three_products(below, under[j:], lanes, sums[3 * j * LANES :])
            continue
        for j in range(size):
            i = 0
            while i + 3 <= size:
                _add_three_products(below, under[i * ROW + j :], lanes, sums[(j * size + i) * LANES :])
                i += 3
            while i < size:
                _add_product(below, under[i * ROW + j :], lanes, sums[(j * size + i) * LANES :])
                i += 1


@core
def _add_rows(d, rows, lanes, sums):
    """Add all rows of d to one line of sums."""
    for y in range(0, rows, 2):
        a = d[y * ROW :]
        for x in range(lanes):
            sums[x] += a[x] + a[x + ROW]


@core
def _total(sums, lanes, eight):
    """Return the sum of all lanes; ``eight`` is room for one register."""
    eight[:] = np.float32(0)
    for start in range(0, lanes, SIMD):
        for i in range(SIMD):
            eight[i] += sums[start + i]
    return ((eight[0] + eight[4]) + (eight[1] + eight[5])) + ((eight[2] + eight[6]) + (eight[3] + eight[7]))


@core
def kernel_gradient_core(x, dy, top, dweights, dbias, b0, b1):
    channels, size = x.shape[1], dweights.shape[2]
    filters, height, width = dy.shape[1], dy.shape[2], dy.shape[3]
    taps, blocks = size * size, (height + ROWS - 1) // ROWS
    rows, tall = ROWS * blocks, ROWS * blocks + size - 1
    laid = np.empty((channels, tall * ROW), np.float32)
    d, eight = np.empty(rows * ROW, np.float32), np.empty(SIMD, np.float32)
    sums, biases = np.zeros((filters, channels, taps * LANES), np.float32), np.zeros((filters, LANES), np.float32)
    for b in range(b0, b1):
        for x0 in range(0, width, LANES):
            lanes = _whole_registers(width - x0)
            for c in range(channels):
                _lay(x[b, c], top, top, x0, tall, lanes + size - 1, laid[c])
            for f in range(filters):
                _lay(dy[b, f], 0, 0, x0, rows, lanes, d)
                _add_rows(d, rows, lanes, biases[f])
                for c in range(channels):
                    _add_products(d, laid[c], size, blocks, lanes, sums[f, c])
    lanes = _whole_registers(width)
    for f in range(filters):
        dbias[f] = _total(biases[f], lanes, eight)
        for c in range(channels):
            for t in range(taps):
                dweights[f, c, t % size, t // size] = _total(sums[f, c, t * LANES :], lanes, eight)


def kernel_gradient(x: Array, dy: Array, top: int, size: int) -> tuple[Array, Array]:
    """Return the gradients of :func:`correlate` with respect to weights and bias, summed over the batch.

    ``dw[f, c, k, l] = Σ_b Σ_ij dy[b, f, i, j] x[b, c, i + k − top, j + l − left]`` and ``dbias[f] = Σ dy[b, f]``.

    Parameters
    ----------
    x, dy
        (B, C, H, W) and (B, F, H', W'), float32 or float64.
    top, size
        As for :func:`correlate`; ``size`` is K.

    Returns
    -------
    (F, C, K, K) and (F,) of the dtype of ``x``.
    """
    filters, channels = dy.shape[1], x.shape[1]
    if x.dtype == np.float32:
        dweights, dbias = np.empty((filters, channels, size, size), np.float32), np.empty(filters, np.float32)
        kernel_gradient_core(plain(x), plain(dy), top, dweights, dbias, 0, len(x))
        return dweights, dbias
    windows = _windows(x, size, top, dy.shape[2:])
    return np.einsum("bcyxkl,bfyx->fckl", windows, dy), dy.sum(axis=(0, 2, 3))


def input_gradient(dy: Array, weights: Array, top: int, shape: tuple[int, int]) -> Array:
    """Return the gradient of :func:`correlate` with respect to its input of height and width ``shape``.

    ``dx[b, c, i, j] = Σ_f Σ_kl w[f, c, k, l] dy[b, f, i − k + top, j − l + left]``: a correlation of ``dy`` with the
    kernels turned by 180°.
    """
    turned = weights.transpose(1, 0, 2, 3)[:, :, ::-1, ::-1]
    return correlate(dy, turned, np.zeros(len(turned), dy.dtype), weights.shape[2] - 1 - top, shape)
