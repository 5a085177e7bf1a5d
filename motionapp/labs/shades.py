"""From numbers to pictures: grey from black to white, and numbers with a sign in blue, white and red."""

from __future__ import annotations

import numpy as np

from motionapp._cv2 import cv2
from motionapp.types import Array

#: Ends of the map of signed numbers; their middle, zero, is white. Told apart by every kind of colour vision.
NEGATIVE, POSITIVE = (33, 86, 200), (202, 52, 22)


def _ramp(colour: tuple[int, int, int], steps: int) -> Array:
    """Return ``(steps, 3)`` uint8 from white to ``colour``, white left out."""
    part = np.arange(1, steps + 1)[:, np.newaxis] / steps
    return np.round(255.0 + part * (np.array(colour) - 255.0)).astype(np.uint8)


#: 255 colours from the most negative over white to the most positive.
SIGNED = np.concatenate([_ramp(NEGATIVE, 127)[::-1], np.full((1, 3), 255, np.uint8), _ramp(POSITIVE, 127)])


def grey_picture(values: Array, low: float = 0.0, high: float = 1.0) -> Array:
    """Return ``(H, W)`` numbers as ``(H, W, 3)`` uint8: ``low`` and less is black, ``high`` and more is white."""
    span = high - low if high > low else 1.0
    with np.errstate(invalid="ignore", over="ignore"):
        levels = np.nan_to_num((values - np.float32(low)) * np.float32(255.0 / span), nan=0.0)
    levels = np.clip(levels + np.float32(0.5), 0.0, 255.0).astype(np.uint8)
    return np.repeat(levels[..., np.newaxis], 3, axis=-1)


def signed_picture(values: Array, limit: float) -> Array:
    """Return ``(H, W)`` numbers as ``(H, W, 3)`` uint8: blue from ``-limit``, white at 0, red to ``limit``."""
    scale = 127.0 / limit if limit > 0.0 else 0.0
    with np.errstate(invalid="ignore", over="ignore"):
        levels = np.nan_to_num(np.rint(values * np.float32(scale)), nan=0.0, posinf=127.0, neginf=-127.0)
    return SIGNED[np.clip(levels, -127.0, 127.0).astype(np.int16) + 127]


def round_limit(values: Array) -> float:
    """Return a round number that one value in a hundred may exceed in size, 1 for nothing but zeros."""
    size = np.abs(values[np.isfinite(values)])
    largest = float(np.quantile(size, 0.99)) if size.size else 0.0
    if not largest > 0.0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(largest))
    return float(
        next(step * power for step in (1.0, 1.5, 2.0, 3.0, 5.0, 7.5, 10.0) if step * power >= largest * (1 - 1e-9))
    )


def height_picture(values: Array, bands: int = 14) -> Array:
    """Return a cost ``(H, W)`` as a filled contour, ``(5 H, 5 W, 3)`` uint8: deep blue valleys, pale heights.

    Bands are equally wide in the square root of the height above the lowest place, so that valleys have many.
    """
    finite = np.nan_to_num(values - np.nanmin(values), nan=0.0, posinf=0.0)
    size = 5 * finite.shape[1], 5 * finite.shape[0]
    root = np.sqrt(np.maximum(cv2.resize(finite, size, interpolation=cv2.INTER_CUBIC), 0.0))
    top = float(np.quantile(root, 0.98)) or 1.0
    part = np.minimum(np.floor(root / top * bands), bands - 1) / max(1, bands - 1)
    low, high = np.array(_VALLEY, np.float64), np.array(_HEIGHT, np.float64)
    shades: Array = np.rint(low + part[..., np.newaxis] * (high - low)).astype(np.uint8)
    return shades


_VALLEY, _HEIGHT = (22, 46, 110), (236, 241, 250)
