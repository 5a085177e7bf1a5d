"""Views of pictures that are known everywhere, made for tests."""

import numpy as np

from motionapp.labs.view import LabView
from motionapp.types import Frame


def waves(x, y, seed=0):
    """Twenty random waves of 8 to 60 px, grey values in [0, 1], so that a moved picture is known between pixels."""
    rng = np.random.default_rng(seed)
    total = np.zeros(np.broadcast(x, y).shape)
    for wavelength, angle, phase in zip(
        np.geomspace(8, 60, 20), rng.uniform(0, np.pi, 20), rng.uniform(0, 2 * np.pi, 20), strict=True
    ):
        total += np.sin(2 * np.pi / wavelength * (np.cos(angle) * x + np.sin(angle) * y) + phase)
    return 0.5 + 0.04 * total


def frame(grey, index=0):
    """A frame of grey values; its pictures have only 256 of them."""
    levels = np.rint(np.clip(grey, 0, 1) * 255).astype(np.uint8)
    return Frame(index, index / 30, np.ascontiguousarray(np.repeat(levels[..., None], 3, axis=2)))


def moved(u, v, shape=(96, 128), picture=waves):
    """Two frames between which the picture moves by (u, v)."""
    y, x = np.mgrid[: shape[0], : shape[1]].astype(float)
    return LabView(frame(picture(x - u, y - v), 1), (frame(picture(x, y), 0),))


def still(shape=(48, 64), picture=waves):
    """One frame without a past."""
    y, x = np.mgrid[: shape[0], : shape[1]].astype(float)
    return LabView(frame(picture(x, y)))


def view_of(image):
    """A view of a picture of bytes."""
    return LabView(Frame(0, 0.0, image))
