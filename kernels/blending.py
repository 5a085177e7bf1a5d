"""Two pictures made one without a seam: each level of their Laplacian pyramids is mixed along a seam of its own width.

P. J. Burt, E. H. Adelson, "A multiresolution spline with application to image mosaics", ACM Trans. Graphics 2(4), 1983.
"""

from typing import Any

import numpy as np

from kernels import pyramid
from kernels.checks import Array, as_image, as_planes, same_shape


def most_levels(shape: tuple[int, int]) -> int:
    """Return the number of levels down to a single pixel along the shorter side.

    Examples
    --------
    >>> most_levels((480, 640))
    10
    """
    return (min(shape) - 1).bit_length() + 1


def blend(a: Any, b: Any, mask: Any, levels: int | None = None) -> Array:
    """Mix two pictures through a mask, ``L_j = G_j · LA_j + (1 − G_j) · LB_j``, and collapse.

    G is the Gaussian pyramid of the mask, LA and LB are the Laplacian pyramids of the pictures.

    Parameters
    ----------
    a, b
        (H, W) or (3, H, W) real, finite: seen where ``mask`` is 1, and where it is 0.
    mask
        (H, W) in [0, 1].
    levels
        Levels of the pyramids, ≥ 1; 1 mixes pixels, more make the seam softer. :func:`most_levels` by default.

    Returns
    -------
    float32 of the shape and unit of ``a``.

    Raises
    ------
    TypeError, ValueError
        If an argument is of another kind, shapes differ, or values are NaN, infinite or, of the mask, outside [0, 1].

    Notes
    -----
    Equal pictures come out as they are, and so do constants mixed: within their range, since all weights are positive
    and sum to 1. Where pictures differ a band may overshoot: the result is not clipped.

    Examples
    --------
    >>> print(blend(np.ones((1, 4)), np.zeros((1, 4)), [[1, 1, 0, 0]], levels=2).round(2))
    [[0.73 0.59 0.38 0.31]]
    """
    planes_a, planes_b, mask = as_planes(a, "a"), as_planes(b, "b"), as_image(mask, "mask")
    same_shape(a=planes_a, b=planes_b, mask=mask)
    if np.ndim(a) != np.ndim(b):
        raise ValueError(f"a and b must have one shape, got {np.shape(a)} and {np.shape(b)}")
    if mask.min() < 0 or mask.max() > 1:
        raise ValueError(f"mask must be from 0 to 1, got {mask.min()} to {mask.max()}")
    levels = most_levels(mask.shape) if levels is None else levels
    weights = pyramid.gaussian(mask, levels)
    out = np.empty_like(planes_a)
    for plane_a, plane_b, mixed in zip(planes_a, planes_b, out, strict=True):
        pairs = zip(weights, pyramid.laplacian(plane_a, levels), pyramid.laplacian(plane_b, levels), strict=True)
        mixed[...] = pyramid.collapse([weight * of_a + (1 - weight) * of_b for weight, of_a, of_b in pairs])
    return out.reshape(np.shape(a))
