"""Fields derived from motion: divergence, vorticity and shear, by central differences."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from motionapp._cv2 import cv2
from motionapp.types import Array


def divergence(flow: Array) -> Array:
    """Return ∂u/∂x + ∂v/∂y: how fast things spread, (H, W) float32, of a (2, H, W) flow.

    Of px per frame it is per frame, of px/s per second. Pixels of the border, and neighbours of pixels that are
    NaN, are NaN.
    """
    return _framed(flow, lambda u, v: cv2.addWeighted(across(u), 0.5, along(v), 0.5, 0.0))


def vorticity(flow: Array) -> Array:
    """Return ∂u/∂y − ∂v/∂x (y down): the curl, positive where things turn counter-clockwise as seen, (H, W) float32.

    What turns stiffly at ω has 2 ω everywhere. Units and NaN as :func:`divergence`.
    """
    return _framed(flow, lambda u, v: cv2.addWeighted(along(u), 0.5, across(v), -0.5, 0.0))


def shear(flow: Array) -> Array:
    """Return √((∂u/∂x − ∂v/∂y)² + (∂u/∂y + ∂v/∂x)²): how fast shapes change at equal area, (H, W) float32 ≥ 0.

    0 for what moves, turns or grows as a whole; the same however the axes are turned. Units and NaN as
    :func:`divergence`.
    """

    def strain(u: Array, v: Array) -> Array:
        stretch = cv2.addWeighted(across(u), 0.5, along(v), -0.5, 0.0)
        return cv2.magnitude(stretch, cv2.addWeighted(along(u), 0.5, across(v), 0.5, 0.0))

    return _framed(flow, strain)


def across(plane: Array) -> Array:
    """Return right minus left neighbour of all pixels but the border, (H − 2, W − 2): 2 ∂/∂x."""
    return cv2.subtract(plane[1:-1, 2:], plane[1:-1, :-2])


def along(plane: Array) -> Array:
    """Return lower minus upper neighbour of all pixels but the border, (H − 2, W − 2): 2 ∂/∂y."""
    return cv2.subtract(plane[2:, 1:-1], plane[:-2, 1:-1])


def _framed(flow: Array, derive: Callable[[Array, Array], Array]) -> Array:
    """Return what ``derive`` makes of u and v for all pixels but the border, in a border of NaN."""
    if flow.ndim != 3 or flow.shape[0] != 2:
        raise ValueError(f"flow must have shape (2, H, W), got {flow.shape}")
    field = np.full(flow.shape[1:], np.nan, np.float32)
    if min(field.shape) >= 3:
        field[1:-1, 1:-1] = derive(*np.ascontiguousarray(flow, np.float32))
    return field
