"""Motion magnification of a stream: one frame in, one frame out, live or from a file.

The brightness is magnified and its change added to red, green and blue alike, which leaves the colour differences as
they are. Motions are followed at the frames' own times.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

from kernels.phase import SteerableMagnifier
from kernels.riesz import RieszMagnifier
from motionapp._cv2 import cv2
from motionapp.planes import grey
from motionapp.settings import Magnification, MagnifySettings
from motionapp.types import Array, Frame

#: Frames further apart in time do not belong together: a seek, a pause, another loop.
LONGEST_GAP_S = 1.0


class Kernel(Protocol):
    """What both methods offer; see :class:`kernels.riesz.RieszMagnifier`."""

    def step(self, image: Array, dt_s: float, *, alpha: float, low_hz: float, high_hz: float, noise: float) -> Array:
        """Return what is to be added to a frame's brightness."""

    def reset(self) -> None:
        """Forget the past."""


#: Who does the work, by method.
KERNELS: dict[Magnification, Callable[..., Kernel]] = {"riesz": RieszMagnifier, "steerable": SteerableMagnifier}


class Magnifier:
    """Magnify the motions of a stream of frames.

    The first frame, and one that does not follow the last within a second, is returned as it is.

    Parameters
    ----------
    settings : MagnifySettings
        The band, how much, and by which method.

    Examples
    --------
    >>> frame = Frame(0, 0.0, np.zeros((48, 64, 3), np.uint8))
    >>> Magnifier(MagnifySettings(low_hz=0.5, high_hz=2.0)).step(frame).shape
    (48, 64, 3)
    """

    def __init__(self, settings: MagnifySettings) -> None:
        self._settings = settings
        self._kernel: Kernel | None = None
        self._made_for: tuple[object, ...] = ()
        self._last_s = 0.0
        self._grey = np.empty((0, 0), np.float32)

    @property
    def settings(self) -> MagnifySettings:
        """What is magnified, and how much."""
        return self._settings

    def apply(self, settings: MagnifySettings) -> None:
        """Go on with other settings from the next frame on; α, band and noise without forgetting the past."""
        self._settings = settings

    def reset(self) -> None:
        """Forget the past: the next frame is the first."""
        self._kernel = None

    def step(self, frame: Frame) -> Array:
        """Return a frame's picture, ``(H, W, 3)`` uint8 RGB, with its motions magnified."""
        chosen, shape = self._settings, frame.image.shape[:2]
        made_for = shape, chosen.method, chosen.levels, chosen.order
        if self._kernel is None or made_for != self._made_for:
            self._kernel = KERNELS[chosen.method](shape, chosen.levels or None, chosen.order)
            self._made_for, self._grey = made_for, np.empty(shape, np.float32)
        dt_s = frame.pts_s - self._last_s
        if not 0.0 < dt_s <= LONGEST_GAP_S:
            self._kernel.reset()
            dt_s = LONGEST_GAP_S
        self._last_s = frame.pts_s
        band = {"low_hz": chosen.low_hz, "high_hz": chosen.high_hz, "noise": chosen.noise}
        change = self._kernel.step(grey(frame.image, self._grey), dt_s, alpha=chosen.alpha, **band)
        return _brightened(frame.image, change)


def _brightened(image: Array, change: Array) -> Array:
    """Return a picture with a change of brightness (H, W), of 1, in all three colours; clipped, not wrapped."""
    steps = cv2.addWeighted(change, 255.0, change, 0.0, 0.0, dtype=cv2.CV_16S)
    brightened: Array = cv2.add(image, cv2.merge([steps, steps, steps]), dtype=cv2.CV_8U)
    return brightened
