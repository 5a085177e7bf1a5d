"""What the numbers of a region are summed from: few passes over planes that are kept from frame to frame."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from motionapp._cv2 import cv2
from motionapp.analysis.order import quantiles
from motionapp.measures import LEAST_CONFIDENCE, LEAST_MOVING_PX
from motionapp.types import Array, Motion

_CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))


class Planes(NamedTuple):
    """``(H, W)`` each: ``u``, ``v`` and ``speed`` float32 in px per frame, 0 where nothing was measured.

    ``moved`` is ``speed`` of pixels that moved, 0 elsewhere. ``measured``, and ``inner`` where all four neighbours
    were measured as well, are uint8 0 or 1.
    """

    u: Array
    v: Array
    speed: Array
    moved: Array
    measured: Array
    inner: Array

    @classmethod
    def empty(cls, height: int, width: int) -> Planes:
        """Return planes in which nothing was measured."""
        floats = (np.zeros((height, width), np.float32) for _ in range(4))
        return cls(*floats, *(np.zeros((height, width), np.uint8) for _ in range(2)))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a region is: the ``box`` around it and one pixel more, its ``mask`` within, and its ``size`` in pixels."""

    box: tuple[slice, slice]
    mask: Array
    size: int

    @classmethod
    def of(cls, mask: Array) -> Place:
        """Return the place of an (H, W) bool mask that holds a pixel."""
        left, top, width, height = cv2.boundingRect(mask.view(np.uint8))
        box = slice(max(0, top - 1), top + height + 1), slice(max(0, left - 1), left + width + 1)
        return cls(box, np.ascontiguousarray(mask[box]).view(np.uint8), int(np.count_nonzero(mask)))


def fill(planes: Planes, motion: Motion) -> None:
    """Fill planes from a motion of their size."""
    np.greater_equal(motion.confidence, np.float32(LEAST_CONFIDENCE), out=planes.measured.view(np.bool_))
    for plane, whole in zip((planes.u, planes.v), motion.flow, strict=True):
        plane.fill(0.0)
        cv2.copyTo(np.ascontiguousarray(whole), planes.measured, plane)
    # cv2.magnitude would be quicker, but its last bits depend on where in memory the planes happen to lie
    np.multiply(planes.u, planes.u, out=planes.speed)
    np.add(planes.speed, np.multiply(planes.v, planes.v, out=planes.moved), out=planes.speed)
    np.sqrt(planes.speed, out=planes.speed)
    cv2.threshold(planes.speed, LEAST_MOVING_PX, 0.0, cv2.THRESH_TOZERO, planes.moved)
    if min(planes.speed.shape) >= 3:
        middle = slice(1, -1), slice(1, -1)
        planes.inner[middle] = cv2.erode(planes.measured, _CROSS)[middle]


def numbers_of(planes: Planes, dt_s: float, place: Place | None = None) -> tuple[float, ...]:
    """Return the numbers of a region, or of the whole picture, in the order of a row; NaN for those without a value.

    ``dt_s`` is the time since the frame before.
    """
    corner, size, part = (0, 0), planes.speed.size, planes
    u_around, v_around = planes.u, planes.v
    if place is not None:
        corner, size = (place.box[1].start, place.box[0].start), place.size
        part = Planes(*(cv2.copyTo(plane[place.box], place.mask) for plane in planes))
        u_around, v_around = planes.u[place.box], planes.v[place.box]
    count = cv2.countNonZero(part.measured)
    if count == 0:
        return (math.nan,) * 13 + (0.0,)
    total, u, v = (cv2.sumElems(plane)[0] for plane in (part.speed, part.u, part.v))
    median, p95 = quantiles(part.speed, count, (0.5, 0.95))
    length = math.hypot(u, v)
    x, y = _centroid(part.moved)
    spread, turn = _spread_and_turn(u_around, v_around, part.inner)
    return (
        total / count / dt_s,
        median / dt_s,
        p95 / dt_s,
        cv2.minMaxLoc(part.speed)[1] / dt_s,
        u / count / dt_s,
        v / count / dt_s,
        math.degrees(math.atan2(0.0 - v, u)) if length > 0.0 else math.nan,
        min(1.0, length / total) if total > 0.0 else math.nan,
        int(np.count_nonzero(part.moved > 0.0)) / count,
        x + corner[0],
        y + corner[1],
        spread / dt_s,
        turn / dt_s,
        count / size,
    )


def _centroid(weight: Array) -> tuple[float, float]:
    """Return the (x, y) of the centre of mass, NaN without any mass."""
    columns = cv2.reduce(weight, 0, cv2.REDUCE_SUM, dtype=cv2.CV_64F).ravel()
    rows = cv2.reduce(weight, 1, cv2.REDUCE_SUM, dtype=cv2.CV_64F).ravel()
    mass = float(rows.sum())
    if mass <= 0.0:
        return math.nan, math.nan
    x, y = (float((one * np.arange(one.size)).sum()) / mass for one in (columns, rows))
    return x, y


def _spread_and_turn(u: Array, v: Array, inner: Array) -> tuple[float, float]:
    """Return the means of divergence and curl by central differences over ``inner``, which is 0 on its border; or NaN.

    The sums telescope, as in Gauss's theorem: of Σ (u(x + 1) − u(x − 1)) over a row only the values at the ends of
    what was measured are left, so that only these are looked at.
    """
    count = cv2.countNonZero(inner)
    if count == 0:
        return math.nan, math.nan
    ends = inner.view(np.int8)
    beside, above = np.zeros_like(ends), np.zeros_like(ends)
    np.subtract(ends[:, :-2], ends[:, 2:], out=beside[:, 1:-1])
    np.subtract(ends[:-2], ends[2:], out=above[1:-1])
    beside[:, 0], beside[:, -1] = -ends[:, 1], ends[:, -2]
    above[0], above[-1] = -ends[1], ends[-2]
    ux, vx = _weighed(beside, u, v)
    uy, vy = _weighed(above, u, v)
    return 0.5 * (ux + vy) / count, 0.5 * (uy - vx) / count


def _weighed(weights: Array, u: Array, v: Array) -> tuple[float, float]:
    """Return the sums of u and of v times their weights, few of which are not 0."""
    at = np.flatnonzero(weights != 0)  # of bool: ten times as fast
    chosen = weights.ravel()[at].astype(np.float64)
    return float((u.ravel()[at] * chosen).sum()), float((v.ravel()[at] * chosen).sum())
