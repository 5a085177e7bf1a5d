"""The Gaussian and Laplacian pyramids in float64, by nothing but the matrices G and F of :mod:`kernels.pyramid`.

    x_{k+1} = G_H x_k G_Wᵀ,    L_k = x_k − F_H x_{k+1} F_Wᵀ,    x_k = L_k + F_H x_{k+1} F_Wᵀ

What a proof wants rather than a camera: a rebuild is exact to the last bit or two of float64, at O(HW (H + W)) a level.

P. J. Burt, E. H. Adelson, "The Laplacian pyramid as a compact image code", IEEE Trans. Communications 31(4), 1983.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from kernels.checks import Array, as_image
from kernels.pyramid import expand_matrix, reduce_matrix, reduced_shape


def reduce(image: Any) -> Array:
    """Return ``G_H · image · G_Wᵀ``: (H, W) real and finite to (⌈H/2⌉, ⌈W/2⌉) float64.

    Raises TypeError or ValueError for another kind, shape, NaN or infinity.

    Examples
    --------
    >>> print(reduce([[0, 16, 0, 0]]))
    [[8. 4.]]
    """
    image = as_image(image, dtype=np.float64)
    return reduce_matrix(image.shape[0]) @ image @ reduce_matrix(image.shape[1]).T


def expand(image: Any, shape: tuple[int, int]) -> Array:
    """Return ``F_H · image · F_Wᵀ``: (⌈H/2⌉, ⌈W/2⌉) to ``shape`` (H, W), float64; errors as :func:`reduce`.

    Examples
    --------
    >>> print(expand([[8, 0]], (1, 4)))
    [[6. 4. 1. 0.]]
    """
    image = as_image(image, dtype=np.float64)
    if reduced_shape(shape) != image.shape:
        raise ValueError(f"shape {shape} does not reduce to the shape of image, {image.shape}")
    return expand_matrix(shape[0]) @ image @ expand_matrix(shape[1]).T


def gaussian(image: Any, levels: int) -> list[Array]:
    """Return the image and ``levels − 1`` times reduced ones, float64. ValueError if ``levels`` < 1."""
    if levels < 1:
        raise ValueError(f"levels must be 1 or more, got {levels}")
    pyramid = [as_image(image, dtype=np.float64).copy()]
    while len(pyramid) < levels:
        pyramid.append(reduce(pyramid[-1]))
    return pyramid


def laplacian(image: Any, levels: int) -> list[Array]:
    """Return ``levels − 1`` band-pass images and the low-pass rest, float64; arguments as :func:`gaussian`."""
    pyramid = gaussian(image, levels)
    return [fine - expand(coarse, fine.shape) for fine, coarse in pairwise(pyramid)] + pyramid[-1:]


def collapse(bands: Sequence[Any]) -> Array:
    """Rebuild an image, (H, W) float64, from what :func:`laplacian` returns.

    Examples
    --------
    >>> picture = np.random.default_rng(0).random((7, 10))
    >>> bool(np.abs(collapse(laplacian(picture, 4)) - picture).max() < 1e-15)
    True
    """
    if not len(bands):
        raise ValueError("bands must hold at least one image")
    *bands, image = (as_image(band, f"bands[{k}]", dtype=np.float64) for k, band in enumerate(bands))
    for band in reversed(bands):
        image = band + expand(image, band.shape)
    return image
