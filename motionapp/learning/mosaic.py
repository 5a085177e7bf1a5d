"""Small pictures of what the classifier sees and learns: maps of motion, kernels, feature maps."""

from __future__ import annotations

import math

import numpy as np

from motionapp.colouring import heat
from motionapp.types import Array

#: Grey between the tiles of a mosaic; it belongs to neither of its scales.
GAP = 128


def thumbnail(maps: Array) -> Array:
    """Return where a recording moves: the mean of its speeds over time, ``(rows, columns, 3)`` uint8 RGB.

    Parameters
    ----------
    maps : ndarray
        ``(N, C, rows, columns)`` float32; channel 0 is speed. Its largest mean gets the full colour.
    """
    return _heated(maps[:, 0].mean(axis=0)) if len(maps) else np.zeros((*maps.shape[2:], 3), np.uint8)


def mosaic(tiles: Array, columns: int = 8, *, signed: bool = False) -> Array:
    """Return many small maps as one picture, row by row, one pixel of grey between them.

    Parameters
    ----------
    tiles : ndarray
        ``(N, H, W)`` float. What is not finite counts as 0.
    columns : int
        Tiles in a row.
    signed : bool
        White for 0, blue below and red above, one scale for all tiles; otherwise heat from 0 to the largest value.

    Returns
    -------
    ndarray
        ``(rows·(H + 1) − 1, columns·(W + 1) − 1, 3)`` uint8 RGB.
    """
    count, height, width = tiles.shape
    columns = max(1, min(columns, count))
    rows = math.ceil(count / columns)
    picture = np.full((max(1, rows * (height + 1) - 1), max(1, columns * (width + 1) - 1), 3), GAP, np.uint8)
    if not tiles.size:
        return picture
    finite = np.nan_to_num(tiles.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    largest = float(np.abs(finite).max())
    for at, tile in enumerate(finite):
        y, x = (at // columns) * (height + 1), (at % columns) * (width + 1)
        picture[y : y + height, x : x + width] = _signed(tile, largest) if signed else _heated(tile, largest)
    return picture


def layer_picture(values: Array, columns: int = 8) -> Array:
    """Return the output of a layer as a mosaic: maps ``(C, H, W)``, or numbers ``(K,)`` as one cell each.

    Values below 0 make the scale a signed one.
    """
    tiles = values if values.ndim == 3 else values.reshape(-1, 1, 1)
    below = bool(tiles.size) and float(tiles.min()) < 0.0
    return mosaic(tiles, columns, signed=below)


def kernel_picture(kernels: Array, columns: int = 8) -> Array:
    """Return kernels ``(filters, channels, k, k)`` as a mosaic: each filter is the mean over its channels."""
    return mosaic(kernels.mean(axis=1), columns, signed=True)


def _heated(values: Array, largest: float | None = None) -> Array:
    top = float(values.max()) if largest is None else largest
    levels = np.clip(values * (255.0 / top), 0.0, 255.0) if top > 0.0 else np.zeros_like(values)
    return heat(np.ascontiguousarray(np.rint(levels).astype(np.uint8)))


def _signed(values: Array, largest: float) -> Array:
    part = np.clip(values / largest, -1.0, 1.0) if largest > 0.0 else np.zeros_like(values)
    less = np.rint(255.0 * (1.0 - np.abs(part))).astype(np.uint8)
    full = np.full_like(less, 255)
    red, blue = np.where(part < 0.0, less, full), np.where(part > 0.0, less, full)
    return np.stack((red, less, blue), axis=-1)
