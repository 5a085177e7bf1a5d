"""A camera that opens its eye between two frames: found as one factor, and taken out again."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

#: The factor is judged on the first pyramid level of at most so many pixels.
_JUDGED_PX = 1_500

#: Grey values outside are too dark for a ratio, or cut off by the camera.
_DARKEST, _BRIGHTEST = 0.1, 0.98

#: A factor this close to 1 is left alone: motion alone shifts the median so far.
LEAST_CHANGE = 0.02


def gain(image0: Array, image1: Array) -> float:
    """Return how many times brighter ``image1`` is: the median of its grey values over those of ``image0``.

    Parameters
    ----------
    image0, image1
        (H, W) float32, grey values in [0, 1].

    Returns
    -------
    1 within :data:`LEAST_CHANGE` of it, and where hardly any pixel is neither dark nor cut off. Where most of the
    picture stands still the median is theirs, whatever moves.

    Examples
    --------
    >>> image = np.linspace(0.2, 0.6, 64, dtype=np.float32).reshape(8, 8)
    >>> round(gain(image, 1.25 * image), 6), gain(image, 1.01 * image)
    (1.25, 1.0)
    """
    usable = (np.minimum(image0, image1) > _DARKEST) & (np.maximum(image0, image1) < _BRIGHTEST)
    ratios = image1[usable] / image0[usable]
    middle = ratios.size // 2
    if ratios.size < 16:
        return 1.0
    factor = float(np.partition(ratios, middle)[middle])
    return factor if abs(factor - 1.0) > LEAST_CHANGE else 1.0


def matched(pyramid0: list[Array], pyramid1: list[Array]) -> list[Array]:
    """Return ``pyramid1`` as bright as ``pyramid0``: itself, or every level divided by the :func:`gain`.

    Both are lists of (C, h, w) float32, whose first planes are grey values. Level 0 is left alone if it is of bytes.
    """
    judged = [k for k, level in enumerate(pyramid0) if level.dtype == np.float32]
    number = next((k for k in judged if pyramid0[k][0].size <= _JUDGED_PX), judged[-1])
    factor = gain(pyramid0[number][0], pyramid1[number][0])
    if factor == 1.0:
        return pyramid1
    return [level if level.dtype == np.uint8 else level * np.float32(1.0 / factor) for level in pyramid1]
