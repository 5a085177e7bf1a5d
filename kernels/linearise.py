"""Brightness, gradient and colour constancy, linearised at a field: lines in the (u, v) plane at every pixel.

Warping, derivatives and normalisation of a row are done while its neighbours are in cache: rows run down a short
pipeline, four steps long because second derivatives reach four rows up and down.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels import bands
from kernels._jit import core
from kernels.borders import reflect
from kernels.checks import as_flow, as_planes, same_shape
from kernels.derivatives import derivative_line, five_point
from kernels.warp import cubic_places, cubic_row, cubic_scratch

Array = np.ndarray[Any, Any]

#: ζ: gradients weaker than this (grey levels in [0, 1] per px) hardly constrain the motion.
ZETA = 1.5 / 255.0

#: Planes of the lines of a grey picture: n_x, n_y and d of three. Each channel more takes three more.
GREY_PLANES = 9

_RING = 8  # rows kept of each plane: the pipeline looks back on seven


@core
def rings(channels, width):
    """Allocate the scratch of :func:`constraint_row` for rows of ``channels`` times ``width`` px."""
    # Mean, change, its x- and y-derivative, six loose rows; mean and change of every channel after the first.
    planes = np.empty((3 + 2 * channels, _RING, width), np.float32)
    return planes, np.empty(width + 4, np.float32), cubic_scratch(width)


@core
def _down(plane, y, height, out):
    """Write the y-derivative at row y of a plane of which only the last rows are kept."""
    five_point(
        plane[reflect(y - 2, height) % _RING], plane[reflect(y - 1, height) % _RING],
        plane[reflect(y + 1, height) % _RING], plane[reflect(y + 2, height) % _RING], out,
    )  # fmt: skip


@core
def constraint_row(image0, image1, flow, t, planes, line, scratch, out, k):
    """Do step t of the pipeline: warp row t, differentiate row t − 2, write constraints of row t − 4 to ``out[:, k]``.

    Called for t = y0 − 4 … y1 + 3 the rows y0 … y1 − 1 come out right.
    """
    channels, height, width = image0.shape
    mean, change, gx, gy, loose = planes[0], planes[1], planes[2], planes[3], planes[4]
    across = np.int64(1)
    if t < height:
        cubic_places(height, width, flow[0, t], flow[1, t], across, t, scratch)
        cubic_row(image1[0], scratch, loose[0])
        _compare(image0[0, t], loose[0], mean[t % _RING], change[t % _RING])
        for c in range(1, channels):
            cubic_row(image1[c], scratch, loose[0])
            _compare(image0[c, t], loose[0], planes[3 + 2 * c, t % _RING], planes[4 + 2 * c, t % _RING])
    y = t - 2
    if 0 <= y < height:
        derivative_line(mean[y % _RING], line, gx[y % _RING])
        _down(mean, y, height, gy[y % _RING])
    y = t - 4
    if 0 <= y < height:
        derivative_line(gx[y % _RING], line, loose[0])
        _down(gx, y, height, loose[1])
        _down(gy, y, height, loose[2])
        derivative_line(change[y % _RING], line, loose[3])
        _down(change, y, height, loose[4])
        u, v, inside = flow[0, y], flow[1, y], loose[5]
        _see_row(u, v, y, height, inside)
        _normalise(gx[y % _RING], gy[y % _RING], change[y % _RING], u, v, inside, out[0, k], out[1, k], out[2, k])
        _normalise(loose[0], loose[1], loose[3], u, v, inside, out[3, k], out[4, k], out[5, k])
        _normalise(loose[1], loose[2], loose[4], u, v, inside, out[6, k], out[7, k], out[8, k])
        for c in range(1, channels):
            derivative_line(planes[3 + 2 * c, y % _RING], line, loose[0])
            _down(planes[3 + 2 * c], y, height, loose[1])
            n = GREY_PLANES + 3 * (c - 1)
            _normalise(
                loose[0], loose[1], planes[4 + 2 * c, y % _RING], u, v, inside, out[n, k], out[n + 1, k], out[n + 2, k]
            )


@core
def _compare(before, after, mean, change):
    """Write the mean of two rows and how the second differs."""
    half = np.float32(0.5)
    for x in range(mean.size):
        mean[x] = half * (before[x] + after[x])
        change[x] = after[x] - before[x]


@core
def _normalise(fx, fy, ft, u, v, inside, nx, ny, d):
    """Write the line fx·δu + fy·δv + ft = 0 as n·w + d, where δ counts from the field (u, v) and w from rest."""
    zeta2 = np.float32(ZETA * ZETA)
    for x in range(fx.size):
        scale = inside[x] / np.sqrt(fx[x] * fx[x] + fy[x] * fy[x] + zeta2)
        nx[x] = scale * fx[x]
        ny[x] = scale * fy[x]
        d[x] = scale * (ft[x] - fx[x] * u[x] - fy[x] * v[x])


@core
def _see_row(u, v, y, height, inside):
    """Write 1 where the motion stays in view, 0 where it leaves: what is not seen constrains nothing."""
    zero, one, last_x, last_y = np.float32(0), np.float32(1), np.float32(u.size - 1), np.float32(height - 1)
    for x in range(u.size):
        to_x, to_y = np.float32(np.int32(x)) + u[x], np.float32(y) + v[x]
        seen = (to_x >= zero) & (to_x <= last_x) & (to_y >= zero) & (to_y <= last_y)
        inside[x] = one if seen else zero


@core
def linearise_core(image0, image1, flow, out, y0, y1):
    channels, _, width = image0.shape
    planes, line, scratch = rings(channels, width)
    row = np.empty((GREY_PLANES + 3 * (channels - 1), 1, width), np.float32)
    for t in range(max(0, y0 - 4), y1 + 4):
        constraint_row(image0, image1, flow, t, planes, line, scratch, row, np.int64(0))
        if t - 4 >= y0:
            out[:, t - 4] = row[:, 0]


def linearise(image0: Any, image1: Any, flow: Any) -> Array:
    """Linearise brightness, gradient and colour constancy at a field, as three or five normalised lines per pixel.

    With ``M = ½ (I₀ + I₁(x + w⁰))`` and ``T = I₁(x + w⁰) − I₀`` the lines are ``∇M·δ + T = 0``,
    ``∇M_x·δ + T_x = 0`` and ``∇M_y·δ + T_y = 0`` for ``δ = w − w⁰``, each divided by ``√(|∇·|² + ζ²)``; and in a
    picture with colour the first of them for each of its two planes of colour.

    Parameters
    ----------
    image0, image1
        (H, W) real, finite, grey values in [0, 1]; or (3, H, W) as :func:`kernels.colour.opponents` makes them.
    flow
        (2, H, W) real, finite: w⁰ in px from ``image0`` to ``image1``.

    Returns
    -------
    (9, H, W) or (15, H, W) float32: ``n_x, n_y, d`` of each line, so that ``n_x u + n_y v + d`` is a distance in px.
    All zero where ``x + w⁰`` lies outside the picture.

    Raises
    ------
    TypeError, ValueError
        If an argument is no image or flow, or sizes differ.

    Notes
    -----
    Cubic warping; derivatives by [1 −8 0 8 −1]/12, mirrored at the border.

    References
    ----------
    H. Zimmer, A. Bruhn, J. Weickert, "Optic flow in harmony", IJCV 93, 2011, section 3.1.
    """
    image0, image1, flow = as_planes(image0, "image0"), as_planes(image1, "image1"), as_flow(flow)
    same_shape(image0=image0, image1=image1, flow=flow)
    channels, height, width = image0.shape
    out = np.empty((GREY_PLANES + 3 * (channels - 1), height, width), np.float32)
    bands.run(linearise_core, image0, image1, flow, out, height=height, width=width)
    return out
