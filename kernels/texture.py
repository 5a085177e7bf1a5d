"""Texture synthesis: noise takes the histograms of a sample, of its pixels and of its steerable pyramid's bands.

D. J. Heeger, J. R. Bergen, "Pyramid-based texture analysis/synthesis", SIGGRAPH 1995.
"""

from typing import Any

import numpy as np

from kernels.checks import Array, as_planes
from kernels.steerable import Bands, SteerablePyramid, most_levels


def match_histogram(values: Array, sample: Array) -> Array:
    """Return ``values`` changed monotonically so that they are distributed as ``sample``, ``F_sample⁻¹(F_values(x))``.

    Both are real arrays of any shapes. Equal values are told apart by their places, so that of equal sizes the result
    holds the very values of ``sample``.

    Examples
    --------
    >>> print(match_histogram(np.array([30, 10, 20]), np.array([1.0, 5.0, 2.0])))
    [5. 1. 2.]
    """
    ordered = np.sort(sample, axis=None)
    ranks = np.empty(values.size)
    ranks[np.argsort(values, axis=None, kind="stable")] = np.arange(values.size) + 0.5
    places = ranks * (ordered.size / values.size) - 0.5
    return np.interp(places, np.arange(ordered.size), ordered).astype(sample.dtype).reshape(values.shape)


def _matched(bands: Bands, sample: Bands) -> Bands:
    """Return bands with the histograms of those of the sample."""
    oriented = (
        np.array([match_histogram(*pair) for pair in zip(*levels, strict=True)])
        for levels in zip(bands.oriented, sample.oriented, strict=True)
    )
    high, low = match_histogram(bands.high, sample.high), match_histogram(bands.low, sample.low)
    return Bands(high, tuple(oriented), low)


def _synthesise_plane(
    sample: Array, shape: tuple[int, int], settings: tuple[int, int], iterations: int, rng: np.random.Generator
) -> Array:
    """Run the loop of the paper's figure 2 on one plane; ``settings`` are levels and order of the pyramid."""
    ours, theirs = SteerablePyramid(shape, *settings), SteerablePyramid(sample.shape, *settings)
    wanted = theirs.build(sample)
    texture = match_histogram(rng.standard_normal(shape, np.float32), sample)
    for _ in range(iterations):
        texture = match_histogram(ours.collapse(_matched(ours.build(texture), wanted)), sample)
    return texture


def synthesise(
    sample: Any,
    shape: tuple[int, int] | None = None,
    *,
    levels: int = 4,
    order: int = 3,
    iterations: int = 5,
    seed: int = 0,
) -> Array:
    """Make a texture that looks like a sample, of any size, from noise.

    In turns, every band takes the histogram of the sample's band and the pixels that of its pixels, until both agree.
    Colours are taken apart first along the axes of their own covariance (section 3.5), each of which is done by itself.

    Parameters
    ----------
    sample
        (H, W) or (3, H, W) real, finite, H, W ≥ 16: of one texture all over, without borders of its own.
    shape
        (H, W) of the result, each 16 or more; that of the sample by default.
    levels, order
        Of the pyramid; fewer levels if a picture is too small for them.
    iterations
        Rounds, ≥ 1; more than about five change little.
    seed
        Of the noise: the same gives the same texture, another gives another.

    Returns
    -------
    float32 in the unit of ``sample``, (H, W) or (3, H, W) as that is; not clipped.

    Raises
    ------
    TypeError, ValueError
        If an argument is of another kind or out of its range.

    Notes
    -----
    Histograms of single coefficients say nothing of how they stand together, so it is good for what looks like noise
    of some kind (sand, bark, grass) and fails for bricks and anything with lines.

    Examples
    --------
    >>> grain = np.random.default_rng(1).random((32, 32))
    >>> synthesise(grain, (40, 64), levels=2, iterations=1).shape
    (40, 64)
    """
    planes = as_planes(sample, "sample")
    if iterations < 1:
        raise ValueError(f"iterations must be 1 or more, got {iterations}")
    shape = planes.shape[1:] if shape is None else shape
    settings = min(levels, most_levels(shape), most_levels(planes.shape[1:])), order
    means = planes.mean(axis=(1, 2), keepdims=True)
    _, axes = np.linalg.eigh(np.atleast_2d(np.cov(planes.reshape(len(planes), -1))))
    axes, rng = axes.astype(np.float32), np.random.default_rng(seed)
    apart = np.tensordot(axes.T, planes - means, 1)
    made = [_synthesise_plane(np.ascontiguousarray(plane), shape, settings, iterations, rng) for plane in apart]
    result = np.tensordot(axes, np.array(made), 1) + means
    return result.reshape(shape) if np.ndim(sample) == 2 else result
