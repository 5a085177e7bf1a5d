"""A weighted median of the motion field: what most of the alike-looking neighbourhood agrees on.

The smoothness term draws straight lines through corners and lets a wrong island stand. A median after every warp
removes such islands; weighed by likeness in the picture, it takes the edges of the motion to the edges of the picture.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels import bands
from kernels._jit import core, inline_core
from kernels.checks import as_flow, as_image, same_shape

Array = np.ndarray[Any, Any]

#: The neighbours (dx, dy) in px that are asked: thirteen on three rings, spread far for their number.
TAPS = (
    (0, 0),
    (2, 0), (0, 2), (-2, 0), (0, -2),
    (3, 3), (-3, 3), (-3, -3), (3, -3),
    (5, 0), (0, 5), (-5, 0), (0, -5),
)  # fmt: skip

#: A neighbour that differs by this much, in grey levels (picture in [0, 1]), counts half.
HALF_ALIKE = 14.0 / 255.0

_MOST = 63  # weights are whole numbers up to this, kept in the last six bits of the value they belong to
_BITS, _HALF_STEP = np.int32(_MOST), np.int32((_MOST + 1) // 2)
_MAGNITUDE, _SIGN = np.int32(0x7FFFFFFF), np.int32(31)
_REACH = max(max(abs(dx), abs(dy)) for dx, dy in TAPS)
_RING = 2 * _REACH + 1  # rows kept
_OFFSETS = np.array(TAPS, np.int64)
_COUNT = len(TAPS)


@inline_core
def _order(a, b):
    return min(a, b), max(a, b)


@inline_core
def _sort13(a, b, c, d, e, f, g, h, i, j, k, m, n):
    """Sort thirteen values by Batcher's merge exchange, layer by layer."""
    (a, b), (c, d), (e, f) = _order(a, b), _order(c, d), _order(e, f)
    (g, h), (i, j), (k, m) = _order(g, h), _order(i, j), _order(k, m)
    (a, c), (b, d), (e, g) = _order(a, c), _order(b, d), _order(e, g)
    (f, h), (i, k), (j, m) = _order(f, h), _order(i, k), _order(j, m)
    (b, c), (f, g), (j, k) = _order(b, c), _order(f, g), _order(j, k)
    (a, e), (d, h), (i, n) = _order(a, e), _order(d, h), _order(i, n)
    (b, f), (c, g), (k, n), (a, i) = _order(b, f), _order(c, g), _order(k, n), _order(a, i)
    (c, e), (d, f), (j, k), (m, n) = _order(c, e), _order(d, f), _order(j, k), _order(m, n)
    (b, c), (d, e), (f, g) = _order(b, c), _order(d, e), _order(f, g)
    (b, j), (c, k), (d, m), (e, n) = _order(b, j), _order(c, k), _order(d, m), _order(e, n)
    (e, i), (f, j), (g, k), (h, m) = _order(e, i), _order(f, j), _order(g, k), _order(h, m)
    (c, e), (d, f), (g, i), (h, j), (k, n) = _order(c, e), _order(d, f), _order(g, i), _order(h, j), _order(k, n)
    (b, c), (d, e), (f, g) = _order(b, c), _order(d, e), _order(f, g)
    (h, i), (j, k), (m, n) = _order(h, i), _order(j, k), _order(m, n)
    return a, b, c, d, e, f, g, h, i, j, k, m, n


@core
def _pad_row(row, out):
    """Copy a row, its edge pixels repeated as far as the taps reach."""
    inside = out[_REACH : _REACH + row.size]
    for x in range(row.size):
        inside[x] = row[x]
    for x in range(_REACH):
        out[x] = row[0]
        out[_REACH + row.size + x] = row[row.size - 1]


@core
def _key_row(bits, highest):
    """Turn the bits of floats, in place, into whole numbers that are ordered like them, cut to ±highest.

    Without its sign a float, read as a whole number, rises with its magnitude. The last bits are cleared by rounding.
    """
    for x in range(bits.size):
        sign = bits[x] >> _SIGN  # −1 or 0
        magnitude = (min(bits[x] & _MAGNITUDE, highest) + _HALF_STEP) & ~_BITS
        bits[x] = (magnitude ^ sign) - sign


@core
def _weigh_tap(there, here, likeness, weight, total):
    """Write one tap's weights and add them up: even numbers, so that with the odd one in the middle no tie can be."""
    even, one, two, half = np.float32(_MOST // 2), np.float32(1), np.int32(2), np.float32(0.5)
    for x in range(here.size):
        difference = there[x] - here[x]
        weight[x] = two * np.int32(even / (one + likeness * difference * difference) + half)
        total[x] += weight[x]


@inline_core
def _middle(left, middle, key):
    """Take the next key in order, unless half the weight lay below the one before.

    ``left`` is all the weight less twice that of the keys so far: below 0 from the middle on.
    """
    left = np.int32(left - np.int32(2) * (key & _BITS))
    reached = left >> _SIGN  # −1 or 0, which turns into the least whole number or the greatest
    return left, min(middle, max(key & ~_BITS, reached ^ _MAGNITUDE))


@core
def _mark_tap(keys, weights, marked):
    """Write keys with their weights in the last bits."""
    for x in range(marked.size):
        marked[x] = keys[x] | weights[x]


@core
def _median_row(marked, total, out):
    """Write the bits of the weighted medians of one row from the marked keys of all taps."""
    k0, k1, k2, k3, k4, k5, k6 = marked[0], marked[1], marked[2], marked[3], marked[4], marked[5], marked[6]
    k7, k8, k9, k10, k11, k12 = marked[7], marked[8], marked[9], marked[10], marked[11], marked[12]
    for x in range(out.size):
        a, b, c, d, e, f, g, h, i, j, k, m, n = _sort13(
            k0[x], k1[x], k2[x], k3[x], k4[x], k5[x], k6[x], k7[x], k8[x], k9[x], k10[x], k11[x], k12[x]
        )
        left, middle = _middle(total[x], _MAGNITUDE, a)
        left, middle = _middle(left, middle, b)
        left, middle = _middle(left, middle, c)
        left, middle = _middle(left, middle, d)
        left, middle = _middle(left, middle, e)
        left, middle = _middle(left, middle, f)
        left, middle = _middle(left, middle, g)
        left, middle = _middle(left, middle, h)
        left, middle = _middle(left, middle, i)
        left, middle = _middle(left, middle, j)
        left, middle = _middle(left, middle, k)
        left, middle = _middle(left, middle, m)
        left, middle = _middle(left, middle, n)
        sign = middle >> _SIGN
        out[x] = ((middle ^ sign) - sign) | (sign & ~_MAGNITUDE)


@core
def weighted_median_core(guide, planes, limit, out, y0, y1):
    """Write the weighted median of both planes, cut to ±limit; NaN counts as the limit.

    A descent with too large a step grows without bound and ends in infinity and NaN; cut to the length of the
    picture's longer side it stays visible, and harmless.
    """
    height, width = guide.shape
    likeness = np.float32(1.0 / HALF_ALIKE**2)
    highest = np.full(1, limit).view(np.int32)[0]
    padded = width + 2 * _REACH
    pictures, values = np.empty((_RING, padded), np.float32), np.empty((2, _RING, padded), np.float32)
    weights, marked = np.empty((_COUNT, width), np.int32), np.empty((_COUNT, width), np.int32)
    total, result = np.empty(width, np.int32), np.empty(width, np.int32)
    keys, medians = values.view(np.int32), result.view(np.float32)
    weights[0] = np.int32(_MOST)
    for t in range(y0 - _REACH, y1 + _REACH):
        row = min(max(t, 0), height - 1)
        _pad_row(guide[row], pictures[t % _RING])
        for plane in range(2):
            _pad_row(planes[plane, row], values[plane, t % _RING])
            _key_row(keys[plane, t % _RING], highest)
        y = t - _REACH
        if y < y0:
            continue
        here = pictures[y % _RING, _REACH : _REACH + width]
        total[:] = np.int32(_MOST)
        for tap in range(1, _COUNT):
            first, there = _REACH + _OFFSETS[tap, 0], (y + _OFFSETS[tap, 1]) % _RING
            _weigh_tap(pictures[there, first : first + width], here, likeness, weights[tap], total)
        for plane in range(2):
            for tap in range(_COUNT):
                first, there = _REACH + _OFFSETS[tap, 0], (y + _OFFSETS[tap, 1]) % _RING
                _mark_tap(keys[plane, there, first : first + width], weights[tap], marked[tap])
            _median_row(marked, total, result)
            out[plane, y] = medians


def weighted_median(flow: Any, guide: Any) -> Array:
    """Return, for both components, the value with half the weight of :data:`TAPS` on either side.

    A neighbour q of pixel p weighs ``1 / (1 + (I_q − I_p)² / h²)`` with h = :data:`HALF_ALIKE`, rounded to 31 steps,
    and p itself 1 and a 62nd part, so that there is always one value in the middle.

    Parameters
    ----------
    flow
        (2, H, W) real, finite, in px.
    guide
        (H, W) real, finite, grey values in [0, 1]: the picture that says who is alike.

    Returns
    -------
    (2, H, W) float32 in px, rounded to 18 bits of mantissa: to 2e-6 of each value.

    Raises
    ------
    TypeError, ValueError
        If an argument is no flow or image, or sizes differ.

    Notes
    -----
    Border: edge pixels are repeated. Values are sorted, as whole numbers with their weights in the last bits, by one
    network of minima and maxima, eight pixels at a time. On Middlebury's training pairs thirteen taps on three rings
    leave as low an error as all 81 of a 9×9 window.

    References
    ----------
    K. E. Batcher, "Sorting networks and their applications", AFIPS 1968.
    D. Sun, S. Roth, M. J. Black, "Secrets of optical flow estimation and their principles", CVPR 2010, sections 4 and
    5: why medians help, and why to weigh them.

    Examples
    --------
    >>> print(weighted_median([[[0, 0, 9, 0, 0]], [[1, 1, 1, 1, 1]]], [[0.5, 0.5, 0.5, 0.5, 0.5]])[:, 0, 2])
    [0. 1.]
    """
    flow, guide = as_flow(flow), as_image(guide, "guide")
    same_shape(flow=flow, guide=guide)
    height, width = guide.shape
    out = np.empty_like(flow)
    bands.run(weighted_median_core, guide, flow, np.float32(np.finfo(np.float32).max), out, height=height, width=width)
    return out
