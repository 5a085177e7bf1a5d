"""Derivatives of a picture by five points: what the estimation of motion works on. Border reflect-101."""

from typing import Any

import numpy as np

from kernels import bands
from kernels._jit import core
from kernels.borders import mirror, reflect
from kernels.checks import Array, as_image
from kernels.filters import result_array


@core
def five_point(a, b, c, d, out):
    """Write a row of derivatives from the rows of samples at −2, −1, 1 and 2."""
    eight, twelfth = np.float32(8), np.float32(1 / 12)
    for x in range(out.size):
        out[x] = (eight * (c[x] - b[x]) - (d[x] - a[x])) * twelfth


@core
def derivative_line(row, line, out):
    """Write the x-derivative of a row; ``line`` is scratch of its width plus 4."""
    line[2 : row.size + 2] = row
    mirror(line, np.int64(2), row.size)
    five_point(line[0:], line[1:], line[3:], line[4:], out)


@core
def _derivative_core(image, axis, out, y0, y1):
    height, width = image.shape
    line = np.empty(width + 4, np.float32)
    for y in range(y0, y1):
        if axis == 0:
            a, b = image[reflect(y - 2, height)], image[reflect(y - 1, height)]
            c, d = image[reflect(y + 1, height)], image[reflect(y + 2, height)]
            five_point(a, b, c, d, out[y])
        else:
            derivative_line(image[y], line, out[y])


def derivative(image: Any, axis: int, out: Array | None = None) -> Array:
    """Differentiate along an axis: ``(8 (I[n+1] − I[n−1]) − (I[n+2] − I[n−2])) / 12``, right up to degree 4.

    Border reflect-101. Exactly 0 where the image is constant and on the edge pixels, across the edge.

    Parameters
    ----------
    image, out
        As :func:`kernels.filters.separable`, which says too what is raised; in the unit of ``image`` per px.
    axis
        0 for ∂/∂y (down), 1 for ∂/∂x (to the right); ValueError for another.

    Examples
    --------
    >>> print(derivative([[0, 12, 48, 108, 192]], 1))
    [[ 0. 24. 48. 88.  0.]]
    """
    if axis not in (0, 1):
        raise ValueError(f"axis must be 0 (y) or 1 (x), got {axis}")
    image = as_image(image)
    out = result_array(out, image.shape, image)
    bands.run(_derivative_core, image, int(axis), out, height=out.shape[0], width=out.shape[1])
    return out
