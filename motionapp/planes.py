"""From pictures of any kind to the planes the kernels take: grey values in [0, 1], bytes where they do, or colour."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from kernels import flow as flow_kernels
from kernels.colour import opponents
from motionapp._cv2 import cv2
from motionapp.types import Array


def grey(image: Array, out: Array | None = None, name: str = "image") -> Array:
    """Return a picture as grey values in [0, 1]: ``(H, W)`` float32.

    Parameters
    ----------
    image
        (H, W) or (H, W, 1|3|4) uint8 or uint16 over their full range, or float in [0, 1]; channels are R, G, B and
        alpha, which is ignored. Weights are those of ITU-R BT.601.
    out
        (H, W) float32 to write to; allocated if None.
    name
        What messages call the picture.

    Raises
    ------
    TypeError
        If the dtype is none of these.
    ValueError
        If the shape is none of these.
    """
    picture = np.asarray(image)
    if not picture.dtype.isnative:
        picture = picture.astype(picture.dtype.newbyteorder("="))
    if picture.dtype == np.uint8 or picture.dtype == np.uint16:
        scale = 1.0 / np.iinfo(picture.dtype).max
    elif picture.dtype.kind == "f":
        with np.errstate(over="ignore"):  # becomes infinity, and is refused as such
            picture, scale = picture.astype(np.float32), 1.0
    elif picture.dtype == np.bool_:
        picture, scale = picture.astype(np.uint8), 1.0
    else:
        raise TypeError(f"{name} must be uint8, uint16 or float, got dtype {picture.dtype}")
    return np.multiply(_one_channel(picture, name), np.float32(scale), out=out, dtype=np.float32)


def _one_channel(picture: Array, name: str) -> Array:
    """Return the grey values of a picture of any number of channels, (H, W) of its dtype."""
    shape = picture.shape
    if not (picture.ndim == 2 or (picture.ndim == 3 and shape[2] in (1, 3, 4))) or picture.size == 0:
        raise ValueError(f"{name} must have shape (H, W), (H, W, 3) or (H, W, 4) with H, W ≥ 1, got {shape}")
    if picture.ndim == 2:
        return picture
    if shape[2] == 1:
        return picture[:, :, 0]
    code = cv2.COLOR_RGB2GRAY if shape[2] == 3 else cv2.COLOR_RGBA2GRAY
    grey_values: Array = cv2.cvtColor(np.ascontiguousarray(picture), code)
    return grey_values


def planes(
    image: Array, chosen: flow_kernels.Parameters, room: Callable[[tuple[int, ...]], Array], name: str = "image"
) -> Array:
    """Return a picture as the kernels take it: its :func:`grey` values, (1, H, W), or with colour (3, H, W).

    The planes of colour are those of :func:`kernels.colour.opponents`; a grey picture has none. Grey bytes stay bytes
    where full size is not solved. ``room`` gives a float32 array of a shape to write to. Errors as :func:`grey`.
    """
    picture = np.asarray(image)
    if chosen.delta > 0 and picture.ndim == 3 and picture.shape[2] in (3, 4):
        return opponents(np.stack([grey(picture[:, :, channel], name=name) for channel in range(3)]))
    if picture.dtype == np.uint8 and chosen.finest > 0:
        values = _one_channel(picture, name)
        if chosen.bottom(values.shape) > 0:
            return np.require(values, requirements=("C", "W"))[np.newaxis]
        picture = values
    out = room((1, *picture.shape[:2])) if picture.ndim >= 2 else None
    return grey(picture, None if out is None else out[0], name).reshape(1, *picture.shape[:2])
