"""The 5×5 median, as a sorting network that runs on eight pixels at a time."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels import bands
from kernels._jit import core
from kernels.checks import as_image
from kernels.filters import result_array

Array = np.ndarray[Any, Any]


@core
def _sort2(a, b):
    return (a, b) if a < b else (b, a)


@core
def _sort5(a, b, c, d, e):
    """Sort five values by nine exchanges."""
    a, b = _sort2(a, b)
    d, e = _sort2(d, e)
    c, e = _sort2(c, e)
    c, d = _sort2(c, d)
    b, e = _sort2(b, e)
    a, d = _sort2(a, d)
    a, c = _sort2(a, c)
    b, d = _sort2(b, d)
    b, c = _sort2(b, c)
    return a, b, c, d, e


@core
def _median7(a, b, c, d, e, f, g):
    """Return the median of seven: forget a least and a greatest of five, of four, of three."""
    a, b = _sort2(a, b)
    c, d = _sort2(c, d)
    a, c = _sort2(a, c)
    b, d = _sort2(b, d)
    e = min(max(a, e), d)
    b, c = _sort2(b, c)
    e, f = _sort2(e, f)
    b, c = max(b, e), min(c, f)
    b, c = _sort2(b, c)
    return max(b, min(c, g))


@core
def _contained(value, limit):
    """Return a value cut to ±limit, and ``limit`` for NaN."""
    value = value if value < limit else limit
    return value if value > -limit else -limit


@core
def _sort_columns(image, y, limit, columns):
    """Write the five sorted values of every column around row y, cut to ±limit, edge pixels repeated."""
    height, width = image.shape
    r0, r1, r2 = image[max(y - 2, 0)], image[max(y - 1, 0)], image[y]
    r3, r4 = image[min(y + 1, height - 1)], image[min(y + 2, height - 1)]
    c0, c1, c2, c3, c4 = columns[0], columns[1], columns[2], columns[3], columns[4]
    for x in range(width):
        c0[x + 2], c1[x + 2], c2[x + 2], c3[x + 2], c4[x + 2] = _sort5(
            _contained(r0[x], limit), _contained(r1[x], limit), _contained(r2[x], limit),
            _contained(r3[x], limit), _contained(r4[x], limit),
        )  # fmt: skip
    for k in range(5):
        columns[k, :2] = columns[k, 2]
        columns[k, width + 2 :] = columns[k, width + 1]


@core
def _median_row(image, y, limit, columns, row):
    """Write the medians around row y; ``columns`` is scratch of shape (5, width + 4)."""
    c0, c1, c2, c3, c4 = columns[0], columns[1], columns[2], columns[3], columns[4]
    _sort_columns(image, y, limit, columns)
    for x in range(row.size):
        # Rows across the sorted columns; each keeps its columns sorted, so m[i][j] rises with i and j.
        _, _, _, m03, m04 = _sort5(c0[x], c0[x + 1], c0[x + 2], c0[x + 3], c0[x + 4])
        _, _, m12, m13, m14 = _sort5(c1[x], c1[x + 1], c1[x + 2], c1[x + 3], c1[x + 4])
        _, m21, m22, m23, _ = _sort5(c2[x], c2[x + 1], c2[x + 2], c2[x + 3], c2[x + 4])
        m30, m31, m32, _, _ = _sort5(c3[x], c3[x + 1], c3[x + 2], c3[x + 3], c3[x + 4])
        m40, m41, _, _, _ = _sort5(c4[x], c4[x + 1], c4[x + 2], c4[x + 3], c4[x + 4])
        below = max(max(m03, m12), max(m21, m30))
        above = min(min(m14, m23), min(m32, m41))
        row[x] = _median7(below, m04, m13, m22, m31, m40, above)


@core
def median5_core(planes, limit, out, y0, y1):
    """Write the 5×5 median of every plane, cut to ±limit; NaN counts as the limit.

    A descent with too large a step grows without bound and ends in infinity and NaN; cut to the length of the
    picture's longer side it stays visible, and harmless.
    """
    columns = np.empty((5, planes.shape[2] + 4), np.float32)
    for plane in range(len(planes)):
        for y in range(y0, y1):
            _median_row(planes[plane], y, limit, columns, out[plane, y])


def median5(image: Any, out: Array | None = None) -> Array:
    """Return the median of the 5×5 pixels around every pixel.

    Parameters
    ----------
    image
        (H, W) real, finite.
    out
        (H, W) float32, C-contiguous, apart from ``image``; allocated if None.

    Returns
    -------
    (H, W) float32: ``out`` if given.

    Raises
    ------
    TypeError, ValueError
        If ``image`` is no image, or ``out`` cannot be written safely.

    Notes
    -----
    Border: edge pixels are repeated. The 25 values are sorted down their columns, then along the rows. In such a
    table all that lies above the anti-diagonal's upper neighbour is too small to be the median and all below its
    lower neighbour too large; of the upper neighbour only the greatest can matter, of the lower one the least. A
    network of minima and maxima is right if it is right for zeros and ones, and of these there are only 252 tables.

    References
    ----------
    A. Wedel, T. Pock, C. Zach, H. Bischof, D. Cremers, "An improved algorithm for TV-L1 optical flow", 2009: the
    median of the field after every warp.

    Examples
    --------
    >>> print(median5([[0, 0, 9, 0, 0]]))
    [[0. 0. 0. 0. 0.]]
    """
    image = as_image(image)
    out = result_array(out, image.shape, image)
    height, width = image.shape
    bands.run(median5_core, image[None], np.float32(np.inf), out[None], height=height, width=width)
    return out
