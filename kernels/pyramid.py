"""Gaussian and Laplacian pyramids, exact on any image size.

In one dimension reducing ``n`` samples is the matrix ``G`` (:func:`reduce_matrix`) and expanding back to ``n``
is ``F`` (:func:`expand_matrix`); images take them on both axes. Rows of both sum to 1, so a constant stays that
constant up to the border. Pixel ``k`` of a level lies on pixel ``2 k`` of the level below it.

P. J. Burt, E. H. Adelson, "The Laplacian pyramid as a compact image code", IEEE Trans. Communications 31(4), 1983.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from kernels import bands
from kernels._jit import core
from kernels.borders import mirror, reflect
from kernels.checks import Array, as_image
from kernels.filters import result_array

#: The binomial low-pass filter times 16: the generating kernel of Burt and Adelson with a = 3/8.
TAPS = (1, 4, 6, 4, 1)


def reduced_shape(shape: tuple[int, int]) -> tuple[int, int]:
    """Return the shape one level up, ``(⌈H/2⌉, ⌈W/2⌉)``."""
    return (shape[0] + 1) // 2, (shape[1] + 1) // 2


def reduce_matrix(size: int) -> Array:
    """Return ``G``, the matrix that blurs ``size`` samples with [1 4 6 4 1]/16 and keeps every second one.

    It is (⌈n/2⌉, n) float64 for n = ``size`` ≥ 1 samples, ValueError otherwise; every row sums to 1.

    Examples
    --------
    >>> print(16 * reduce_matrix(4))
    [[6. 8. 2. 0.]
     [1. 4. 7. 4.]]
    """
    if size < 1:
        raise ValueError(f"size must be 1 or more, got {size}")
    matrix = np.zeros(((size + 1) // 2, size))
    for row in range(len(matrix)):
        for offset, tap in enumerate(TAPS, start=-2):
            matrix[row, reflect(2 * row + offset, size)] += tap / 16
    return matrix


def expand_matrix(size: int) -> Array:
    """Return ``F``, the matrix that spreads ⌈size/2⌉ samples over ``size``: insert zeros, blur, double.

    It is (n, ⌈n/2⌉) float64 for n = ``size`` ≥ 1 samples, ValueError otherwise; every row sums to 1. F = 2 Gᵀ holds
    away from the border only.

    Examples
    --------
    >>> print(8 * expand_matrix(4))
    [[6. 2.]
     [4. 4.]
     [1. 7.]
     [0. 8.]]
    """
    if size < 1:
        raise ValueError(f"size must be 1 or more, got {size}")
    matrix = np.zeros((size, (size + 1) // 2))
    for row in range(size):
        for offset, tap in enumerate(TAPS, start=-2):
            if (row + offset) % 2 == 0:  # the other places hold the inserted zeros
                matrix[row, reflect(row + offset, size) // 2] += tap / 8
    return matrix


@core
def reduce_rows(a, b, c, d, e, scale, line, out):
    """Blur five rows to one, along x too, times ``scale``; ``line`` is scratch of their width plus 4, or 5 if odd."""
    four, six, width = np.float32(4), np.float32(6), c.size
    inner = line[2 : width + 2]  # two mirrored pixels on either side
    l0, l1, l2, l3, l4 = line[0:], line[1:], line[2:], line[3:], line[4:]
    for x in range(width):
        inner[x] = (a[x] + e[x]) + four * (b[x] + d[x]) + six * c[x]
    mirror(line, np.int64(2), width)
    for x in range(out.size):
        out[x] = ((l0[2 * x] + l4[2 * x]) + four * (l1[2 * x] + l3[2 * x]) + six * l2[2 * x]) * scale


@core
def _reduce_core(image, out, y0, y1):
    height, scale = image.shape[0], np.float32(1 / 256)
    line = np.empty(2 * out.shape[1] + 4, np.float32)
    for y in range(y0, y1):
        a, b = image[reflect(2 * y - 2, height)], image[reflect(2 * y - 1, height)]
        d, e = image[reflect(2 * y + 1, height)], image[reflect(2 * y + 2, height)]
        reduce_rows(a, b, image[2 * y], d, e, scale, line, out[y])


@core
def _reduce_bytes_core(image, out, y0, y1):
    """Do as :func:`_reduce_core` on bytes, 255 of which are 1; every row is turned into float32 once."""
    height, width = image.shape
    scale = np.float32(1 / (256 * 255))
    line, ring = np.empty(2 * out.shape[1] + 4, np.float32), np.empty((8, width), np.float32)
    for y in range(y0, y1):
        for t in range(2 * y - 2 if y == y0 else 2 * y + 1, 2 * y + 3):
            row, values = image[reflect(t, height)], ring[t % 8]
            for x in range(width):
                values[x] = np.float32(row[x])
        a, b, c = ring[(2 * y - 2) % 8], ring[(2 * y - 1) % 8], ring[2 * y % 8]
        reduce_rows(a, b, c, ring[(2 * y + 1) % 8], ring[(2 * y + 2) % 8], scale, line, out[y])


def reduce(image: Any, out: Array | None = None) -> Array:
    """Blur an image with [1 4 6 4 1]/16 along both axes and keep every second row and column.

    Computes ``G_H · image · G_Wᵀ`` with ``G`` from :func:`reduce_matrix`.

    Parameters
    ----------
    image
        (H, W) real, finite, H, W ≥ 1.
    out
        (⌈H/2⌉, ⌈W/2⌉) float32, C-contiguous, apart from ``image``; allocated if None.

    Returns
    -------
    (⌈H/2⌉, ⌈W/2⌉) float32 in the unit of ``image``: ``out`` if given.

    Raises
    ------
    TypeError
        If ``image`` does not hold real numbers or ``out`` is not float32.
    ValueError
        If a shape is wrong, ``image`` holds NaN or infinity, or ``out`` cannot be written safely.

    Notes
    -----
    Border reflect-101. Each row is filtered along y, then along x, in cache. Burt and Adelson, "The Gaussian pyramid".

    Examples
    --------
    >>> impulse = np.zeros((5, 5))
    >>> impulse[2, 2] = 256
    >>> print(reduce(impulse))
    [[ 4. 12.  4.]
     [12. 36. 12.]
     [ 4. 12.  4.]]
    """
    image = as_image(image)
    return _reduced(image, result_array(out, reduced_shape(image.shape), image))


def _reduced(image: Array, out: Array) -> Array:
    core = _reduce_bytes_core if image.dtype == np.uint8 else _reduce_core
    bands.run(core, image, out, height=out.shape[0], width=image.shape[1])
    return out


@core
def expand_core(image, out, y0, y1):
    half = image.shape[1]
    height, width = out.shape
    four, six, scale = np.float32(4), np.float32(6), np.float32(1 / 64)
    line = np.empty(half + 2, np.float32)  # one row filtered along y with one mirrored pixel on either side
    inner = line[1 : half + 1]
    left, right = line[0:], line[2:]
    before = reflect(np.int64(-2), width) // 2
    after = reflect(2 * half, width) // 2
    pairs = width // 2
    for y in range(y0, y1):
        k = y // 2
        c = image[k]
        d = image[reflect(2 * k + 2, height) // 2]
        if y % 2 == 0:
            b = image[reflect(2 * k - 2, height) // 2]
            for x in range(half):
                inner[x] = (b[x] + d[x]) + six * c[x]
        else:
            for x in range(half):
                inner[x] = four * (c[x] + d[x])
        line[0], line[half + 1] = inner[before], inner[after]
        row = out[y]
        odd = row[1:]
        for x in range(pairs):
            row[2 * x] = ((left[x] + right[x]) + six * inner[x]) * scale
            odd[2 * x] = four * (inner[x] + right[x]) * scale
        if width % 2 == 1:
            row[width - 1] = ((left[pairs] + right[pairs]) + six * inner[pairs]) * scale


def expand(image: Any, shape: tuple[int, int], out: Array | None = None) -> Array:
    """Spread an image over twice the rows and columns: insert zeros, blur with [1 4 6 4 1]/16, times 4.

    Computes ``F_H · image · F_Wᵀ`` with ``F`` from :func:`expand_matrix`.

    Parameters
    ----------
    image
        (h, w) real, finite, h, w ≥ 1.
    shape
        Target (H, W) with ⌈H/2⌉ = h and ⌈W/2⌉ = w: the shape that was reduced.
    out
        (H, W) float32, C-contiguous, apart from ``image``; allocated if None.

    Returns
    -------
    (H, W) float32 in the unit of ``image``: ``out`` if given.

    Raises
    ------
    TypeError, ValueError
        As :func:`reduce`; ValueError also if ``shape`` does not reduce to that of ``image``.

    Notes
    -----
    Border: the zero-filled image is continued by reflect-101. No zero is multiplied: even places take [1 6 1]/8, odd
    ones [4 4]/8. Burt and Adelson, "Gaussian pyramid interpolation".

    Examples
    --------
    >>> print(expand([[0, 8, 0]], (1, 5)))
    [[2. 4. 6. 4. 2.]]
    """
    image = as_image(image)
    height, width = shape
    if reduced_shape((height, width)) != image.shape:
        raise ValueError(f"shape {tuple(shape)} does not reduce to the shape of image, {image.shape}")
    out = result_array(out, (height, width), image)
    bands.run(expand_core, image, out, height=height, width=width)
    return out


def _new(shape: Any) -> Array:
    return np.empty(shape, np.float32)


def gaussian(image: Any, levels: int) -> list[Array]:
    """Return the Gaussian pyramid: the image itself and ``levels − 1`` times reduced.

    Parameters
    ----------
    image
        (H, W) real, finite.
    levels
        Number of images returned, ≥ 1. Levels past 1×1 repeat that pixel.

    Returns
    -------
    List of float32 images, full size first; the first is a copy, never ``image`` itself.

    Raises
    ------
    TypeError, ValueError
        As :func:`reduce`; ValueError also if ``levels`` is not positive.

    Examples
    --------
    >>> [level.shape for level in gaussian(np.ones((5, 7)), 4)]
    [(5, 7), (3, 4), (2, 2), (1, 1)]
    """
    if levels < 1:
        raise ValueError(f"levels must be 1 or more, got {levels}")
    return [planes[0] for planes in gaussian_planes(as_image(image)[np.newaxis].copy(), levels)]


def gaussian_planes(planes: Array, levels: int, room: Callable[[Any], Array] = _new) -> list[Array]:
    """Return the Gaussian pyramids of planes (C, H, W) known to be sound, which become level 0 themselves.

    They are float32; or uint8, 255 of which are 1 on the other levels, to save a pass where level 0 is not looked at.
    ``room`` makes, or finds again, a float32 array of a shape for each of the other levels.
    """
    pyramid = [planes]
    for _ in range(levels - 1):
        finer = pyramid[-1]
        pyramid.append(room((len(finer), *reduced_shape(finer.shape[1:]))))
        for plane, reduced in zip(finer, pyramid[-1], strict=True):
            _reduced(plane, reduced)
    return pyramid


def laplacian(image: Any, levels: int) -> list[Array]:
    """Return the Laplacian pyramid, ``L_k = x_k − F x_{k+1}`` over the Gaussian pyramid x, low-pass rest last.

    Parameters
    ----------
    image
        (H, W) real, finite.
    levels
        Number of images returned, ≥ 1: ``levels − 1`` band-pass images and the low-pass rest.

    Returns
    -------
    List of float32 images, finest band first; :func:`collapse` rebuilds the image from it. Errors as :func:`gaussian`.

    Examples
    --------
    >>> picture = np.arange(35.0).reshape(5, 7)
    >>> bool(np.allclose(collapse(laplacian(picture, 3)), picture, atol=1e-5))
    True
    """
    pyramid = gaussian(image, levels)
    for k in range(levels - 1):
        pyramid[k] -= expand(pyramid[k + 1], pyramid[k].shape)
    return pyramid


def collapse(bands: Sequence[Any]) -> Array:
    """Rebuild an image from its Laplacian pyramid, ``x_k = L_k + F x_{k+1}``, coarse to fine.

    Exact for any border rule because F x_{k+1} is the very term :func:`laplacian` took away.

    Parameters
    ----------
    bands
        Images as :func:`laplacian` returns them; each halves the one before it.

    Returns
    -------
    (H, W) float32 of the shape of ``bands[0]``.

    Raises
    ------
    TypeError, ValueError
        As :func:`expand`, naming the band; ValueError also if there is none.

    Examples
    --------
    >>> print(collapse([np.zeros((1, 3)), np.full((1, 2), 5)]))
    [[5. 5. 5.]]
    """
    if not len(bands):
        raise ValueError("bands must hold at least one image")
    image = np.array(as_image(bands[-1], f"bands[{len(bands) - 1}]"))
    for k in range(len(bands) - 2, -1, -1):
        band = as_image(bands[k], f"bands[{k}]")
        image = expand(image, band.shape)
        image += band
    return image
