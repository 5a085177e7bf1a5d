"""Mirror and turn frames before anything is measured in them, so that arrows follow what is shown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from motionapp._cv2 import cv2
from motionapp.types import Array, Frame, Truth

_ROTATIONS = {1: cv2.ROTATE_90_CLOCKWISE, 2: cv2.ROTATE_180, 3: cv2.ROTATE_90_COUNTERCLOCKWISE}


def orient(frame: Frame, mirror: bool, quarter_turns: int) -> Frame:
    """Return the frame mirrored left to right, if wanted, and then turned clockwise, its truth along with it.

    Under a clockwise quarter turn the vector (u, v) becomes (−v, u), under the mirror (−u, v).

    Parameters
    ----------
    frame
        Any frame; it is returned itself where there is nothing to do.
    mirror
        Whether left and right change places, as in a mirror.
    quarter_turns
        Clockwise turns by 90° as seen on the screen; any whole number.
    """
    turns = quarter_turns % 4
    if not mirror and turns == 0:
        return frame
    truth = frame.truth
    if truth is not None:
        moving = _plane(np.ascontiguousarray(truth.moving).view(np.uint8), mirror, turns).view(np.bool_)
        truth = Truth(_vectors(truth.flow, mirror, turns), moving)
    return replace(frame, image=_plane(frame.image, mirror, turns), truth=truth)


def _plane(plane: Array, mirror: bool, turns: int) -> Array:
    if mirror:
        plane = cv2.flip(plane, 1)
    if turns:
        plane = cv2.rotate(plane, _ROTATIONS[turns])
    return np.ascontiguousarray(plane)


def _vectors(flow: Array, mirror: bool, turns: int) -> Array:
    u, v = (_plane(component, mirror, turns) for component in flow)
    if mirror:
        u = -u
    for _ in range(turns):
        u, v = -v, u
    return np.stack([u, v])
