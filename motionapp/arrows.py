"""Arrows from a motion field: where they stand, how long they are, and a scale that keeps still."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

import numpy as np

from motionapp.measures import LEAST_CONFIDENCE
from motionapp.types import Array, ArrowField

_HEAD_PART, _HEAD_PX = 0.4, 10.0
_LOWEST, _HIGHEST = 0.001, 10.0
_FIRST_PX_PER_PX_S = 0.1
_CELLS_LONG = 1.6  # a fast arrow (95th percentile) is to be so many grid cells long
_LEAST_LONG_PX = 20.0
_MEMORY_S, _DWELL_S = 3.0, 1.0
_HYSTERESIS = 2.0
_LONGEST_REFERENCE_PX = 80.0


@dataclass(frozen=True, slots=True)
class Samples:
    """Motion on a grid: ``x``, ``y``, ``u``, ``v`` are ``(n,)`` float32 in px, only where it was measured."""

    x: Array
    y: Array
    u: Array
    v: Array

    @property
    def speed_px(self) -> Array:
        """Return the ``(n,)`` speeds in px per frame."""
        return np.hypot(self.u, self.v)

    def where(self, chosen: Array) -> Samples:
        """Return the samples at which the ``(n,)`` bool array is true."""
        return Samples(self.x[chosen], self.y[chosen], self.u[chosen], self.v[chosen])


def sample(flow: Array, confidence: Array, grid_px: int) -> Samples:
    """Return the motion at the centres of grid cells where most of the neighbourhood was measured.

    A sample is the median of u and of v over nine pixels spread over 5×5: as calm as a mean inside a moving
    thing, and not a blend of two motions at its edge.

    Parameters
    ----------
    flow
        ``(2, H, W)`` float32, px per frame.
    confidence
        ``(H, W)`` float32; from 0.5 on a pixel is measured.
    grid_px
        Distance between samples.
    """
    height, width = confidence.shape
    rows, columns = (np.arange(min(grid_px, size) // 2, size, grid_px) for size in (height, width))
    spread = np.array([-2, 0, 2])
    near_rows = np.clip(rows[:, None] + spread, 0, height - 1).ravel()[:, None]
    near_columns = np.clip(columns[:, None] + spread, 0, width - 1).ravel()

    def near(plane: Array) -> Array:
        cells = plane[near_rows, near_columns].reshape(len(rows), 3, len(columns), 3)
        return cells.transpose(0, 2, 1, 3).reshape(-1, 9)

    measured = (near(confidence) >= LEAST_CONFIDENCE).sum(axis=1) > 4
    u, v = (np.partition(near(component), 4, axis=1)[:, 4] for component in flow)
    y, x = (axis.ravel() for axis in np.meshgrid(rows, columns, indexing="ij"))
    return Samples(x.astype(np.float32), y.astype(np.float32), u, v).where(measured)


def arrows(
    flow: Array, confidence: Array, grid_px: int, least_px: float, px_per_px_s: float, dt_s: float
) -> ArrowField:
    """Return arrows on a grid over the picture, each along and as long as its motion.

    The tail stands at the grid point and the length is ``px_per_px_s`` · |w| / ``dt_s``. None stand where the
    motion was not measured or is under ``least_px`` per frame, and none at all without an interval.

    Parameters
    ----------
    flow, confidence, grid_px
        As for :func:`sample`.
    least_px
        Least motion shown, px per frame.
    px_per_px_s
        Drawn length in px of a speed of 1 px/s.
    dt_s
        Interval between the two frames in seconds.
    """
    if dt_s <= 0.0:
        return outline(Samples(*np.empty((4, 0), np.float32)), px_per_px_s, 1.0)
    samples = sample(flow, confidence, grid_px)
    return outline(samples.where(moving(samples, least_px)), px_per_px_s, dt_s)


def moving(samples: Samples, least_px: float) -> Array:
    """Return ``(n,)`` bool: whether a sample moved, and by at least ``least_px`` per frame."""
    speed = samples.speed_px
    return (speed >= least_px) & (speed > 0.0)


def outline(samples: Samples, px_per_px_s: float, dt_s: float) -> ArrowField:
    """Return the outlines of one arrow per sample; all must move.

    The head takes 40 % of the length and at most 10 px.
    """
    speed = samples.speed_px
    length = speed * np.float32(px_per_px_s / dt_s)
    head = np.minimum(_HEAD_PART * length, _HEAD_PX)
    shaft = np.clip(0.15 * head, 0.4, 1.3)
    wing = np.maximum(0.45 * head, 2.5 * shaft)
    zero, neck = np.zeros_like(length), length - head
    along = np.stack([zero, neck, neck, length, neck, neck, zero], axis=1)
    across = np.stack([shaft, shaft, wing, zero, -wing, -shaft, -shaft], axis=1)
    c, s = (samples.u / speed)[:, None], (samples.v / speed)[:, None]
    x = samples.x[:, None] + c * along - s * across
    y = samples.y[:, None] + s * along + c * across
    corners = np.stack([x, y], axis=-1).astype(np.float32)
    return ArrowField(corners, (speed / np.float32(dt_s)).astype(np.float32), px_per_px_s)


def reference_speed(px_per_px_s: float) -> float:
    """Return the largest of 1, 2, 5, 10 … px/s whose arrow is at most 80 px long; it is over 32 px long."""
    most = _LONGEST_REFERENCE_PX / px_per_px_s * (1.0 + 1e-9)
    decade = 10.0 ** math.floor(math.log10(most))
    return next(decade * mantissa for mantissa in (5.0, 2.0, 1.0) if decade * mantissa <= most)


class ArrowScale:
    """The automatic arrow scale: it follows the speed of the scene in seconds, in steps of 1, 2, 5.

    The scene's speed is the upper quartile, over the last 3 s in which anything moved, of the 95th percentile of
    the arrows' speeds: a waving arm keeps it, a single wild frame does not change it, a pause does not
    forget it. A new step is taken only if fast arrows are twice too long or too short, at most once a second.
    """

    def __init__(self) -> None:
        self.px_per_px_s = _FIRST_PX_PER_PX_S
        self._recent: deque[tuple[float, float]] = deque()
        self._clock_s = 0.0
        self._changed_s = -math.inf

    def follow(self, speeds_px_s: Array, dt_s: float, grid_px: int) -> float:
        """Take the ``(n,)`` speeds of the arrows of the next frame, ``dt_s`` later; return the scale to draw with."""
        if len(speeds_px_s) == 0 or dt_s <= 0.0:
            return self.px_per_px_s
        self._clock_s += dt_s
        self._recent.append((self._clock_s, float(np.percentile(speeds_px_s, 95.0))))
        while self._recent[0][0] < self._clock_s - _MEMORY_S:
            self._recent.popleft()
        speed = max(float(np.percentile([speed for _, speed in self._recent], 75.0, method="nearest")), 1e-6)
        ideal = _ideal(speed, grid_px)
        off = max(ideal / self.px_per_px_s, self.px_per_px_s / ideal)
        first = math.isinf(self._changed_s)
        if first or (off > _HYSTERESIS and self._clock_s - self._changed_s >= _DWELL_S):
            self.px_per_px_s = _nearest_step(ideal)
            self._changed_s = self._clock_s
        return self.px_per_px_s


def scale_for(speed_px_s: float, grid_px: int) -> float:
    """Return the scale, in steps of 1, 2, 5, at which arrows of this speed have a good length."""
    return _nearest_step(_ideal(max(speed_px_s, 1e-6), grid_px))


def _ideal(speed_px_s: float, grid_px: int) -> float:
    return max(_CELLS_LONG * grid_px, _LEAST_LONG_PX) / speed_px_s


def _nearest_step(value: float) -> float:
    decade = 10.0 ** math.floor(math.log10(value))
    steps = [decade * mantissa for mantissa in (1.0, 2.0, 5.0, 10.0)]
    nearest = min(steps, key=lambda step: abs(math.log(step / value)))
    return min(max(nearest, _LOWEST), _HIGHEST)
