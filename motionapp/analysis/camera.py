"""Motion of the camera, found in the motion of the picture and taken out of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from motionapp.analysis.recipe import Camera
from motionapp.measures import LEAST_CONFIDENCE
from motionapp.types import Array, Motion

#: About so many measured pixels on an even grid tell the motion of the camera.
SAMPLES = 4_000
#: An affine motion asks for so many at least; with fewer the median is taken.
LEAST_SAMPLES = 50
_ITERATIONS = 20
_SETTLED_PX = 1e-4
#: Huber's constant: 95 % as efficient as least squares where errors are normal.
_HUBER = 1.345
_MAD_TO_SIGMA = 1.4826
_LEAST_SIGMA_PX = 0.02


@dataclass(frozen=True, slots=True)
class Steadied:
    """A motion without that of the camera.

    ``motion`` is the one measured, with the camera's motion subtracted from its flow. ``u_px_s``, ``v_px_s`` is what
    was subtracted at the middle of the picture, in px/s to the right and down; NaN if nothing was.
    """

    motion: Motion
    u_px_s: float = math.nan
    v_px_s: float = math.nan


def steadied(motion: Motion, camera: Camera) -> Steadied:
    """Take the camera's motion out of a motion: w − ŵ, where most of the picture is taken to stand still.

    Parameters
    ----------
    motion : Motion
        As estimated; it is not changed.
    camera : str
        "off": nothing is subtracted. "median": ŵ is the median of u and of v over the measured pixels.
        "affine": ŵ(x, y) = a + B (x, y), the least Σ ρ(|w − ŵ|) over the measured pixels.

    Notes
    -----
    Some 4,000 pixels on an even grid are looked at. ρ is Huber's function with its bend at 1.345 σ, σ = 1.4826 times
    the median of |w − ŵ|; iteratively reweighted least squares, from the median on until it moves by less than
    10⁻⁴ px, 20 times at most. Where the grid has fewer than 50 measured pixels, or they lie on a line, the median
    stands in; without any nothing is subtracted. 1 ms and 3 ms at 640×480.

    References
    ----------
    P. J. Huber, "Robust estimation of a location parameter", Annals of Mathematical Statistics 35, 1964.
    P. W. Holland, R. E. Welsch, "Robust regression using iteratively reweighted least-squares", Communications in
    Statistics A6, 1977.
    """
    if camera == "off" or motion.first:
        return Steadied(motion)
    height, width = motion.confidence.shape
    stride = max(1, round(math.sqrt(height * width / SAMPLES)))
    rows, columns = (np.arange((size - 1) % stride // 2, size, stride) for size in (height, width))
    grid = np.ix_(rows, columns)
    measured = motion.confidence[grid] >= LEAST_CONFIDENCE
    if not measured.any():
        return Steadied(motion)
    flow = np.stack([plane[grid][measured] for plane in motion.flow]).astype(np.float64)
    x, y = _centred(width), _centred(height)
    places = np.stack([one[measured] for one in np.meshgrid(x[columns], y[rows])])
    model = np.zeros((2, 3))
    model[:, 0] = np.median(flow, axis=1)
    if camera == "affine" and flow.shape[1] >= LEAST_SAMPLES:
        model = fit_affine(places, flow, model)
    rest = np.empty_like(motion.flow)
    for plane, before, (a, b, c) in zip(rest, motion.flow, model, strict=True):
        np.subtract(before, (a + b * x).astype(np.float32) + (c * y).astype(np.float32)[:, np.newaxis], out=plane)
    u, v = (float(part) for part in model[:, 0] / motion.dt_s)
    return Steadied(replace(motion, flow=rest), u, v)


def fit_affine(places: Array, flow: Array, start: Array) -> Array:
    """Return the model (2, 3) float64 that minimises Σ ρ(|w − ŵ|) with ŵ = model · (1, x, y); see :func:`steadied`.

    ``places`` and ``flow`` are (2, n) float64, ``start`` is the model to begin with. It is returned as it is where
    all places lie on a line.
    """
    basis = np.stack([np.ones(places.shape[1]), *places])
    products = basis[:, np.newaxis] * basis
    model = start
    for _ in range(_ITERATIONS):
        distance = np.hypot(*(flow - _applied(model, basis)))
        sigma = max(_MAD_TO_SIGMA * float(np.median(distance)), _LEAST_SIGMA_PX)
        weight = np.minimum(1.0, _HUBER * sigma / np.maximum(distance, 1e-12))
        normal = (products * weight).sum(axis=2)
        if np.linalg.cond(normal) > 1e10:
            return start
        right = (basis[:, np.newaxis] * (flow * weight)).sum(axis=2)
        model, last = np.linalg.solve(normal, right).T, model
        if np.abs(model - last).max() < _SETTLED_PX:
            break
    return model


def _applied(model: Array, basis: Array) -> Array:
    """Return model · basis, (2, n): summed by hand, so that no number of threads changes its last bits."""
    applied: Array = (model[:, :, np.newaxis] * basis).sum(axis=1)
    return applied


def _centred(size: int) -> Array:
    """Return places of pixels from the middle, in halves of the size: −1 … 1."""
    centred: Array = (np.arange(size) - 0.5 * (size - 1)) / max(0.5 * size, 1.0)
    return centred
