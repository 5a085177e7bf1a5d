"""The motion under the mouse, as numbers and as a line of text."""

from __future__ import annotations

import math
from typing import NamedTuple

from motionapp.types import Motion


class Reading(NamedTuple):
    """The motion at one pixel: u, v in px per frame (right, down), direction in degrees, 0 = right, 90 = up.

    ``measured`` is False where the motion is not to be trusted.
    """

    x: int
    y: int
    u: float
    v: float
    speed_px_s: float
    direction: float
    measured: bool


def reading(motion: Motion, x: float, y: float) -> Reading | None:
    """Return the motion at the pixel that holds ``(x, y)``, None outside the picture."""
    height, width = motion.flow.shape[1:]
    column, row = math.floor(x), math.floor(y)
    if not (0 <= column < width and 0 <= row < height):
        return None
    u, v = (float(value) for value in motion.flow[:, row, column])
    speed = 0.0 if motion.first else math.hypot(u, v) / motion.dt_s
    direction = math.degrees(math.atan2(-v, u)) % 360.0
    return Reading(column, row, u, v, speed, direction, bool(motion.confidence[row, column] >= 0.5))


#: One glyph per eighth of a turn, counter-clockwise from the right.
_ARROWS = "→↗↑↖←↙↓↘"


def describe(found: Reading, first: bool = False) -> str:
    """Return a reading as one line; ``first``: the frame has no predecessor to have moved from."""
    place = f"x {found.x}  y {found.y}"
    if first:
        return f"{place}   first frame, no motion yet"
    if not found.measured:
        return f"{place}   not measured"
    way = f"  {_ARROWS[round(found.direction / 45.0) % 8]} {found.direction:.0f}°" if found.speed_px_s > 0.0 else ""
    motion = f"u {found.u:+.2f}  v {found.v:+.2f} px".replace("-", "−")
    return f"{place}   {motion}   {found.speed_px_s:.1f} px/s{way}"
