"""The numbers of a motion, one row per region: speeds, direction, where and how much, in physical units."""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass, fields

import numpy as np

from motionapp._cv2 import cv2
from motionapp.analysis.camera import steadied
from motionapp.analysis.derived import across, along
from motionapp.analysis.order import quantiles
from motionapp.analysis.recipe import Recipe
from motionapp.analysis.regions import WHOLE
from motionapp.measures import LEAST_CONFIDENCE, LEAST_MOVING_PX
from motionapp.types import Array, Motion

_CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))


@dataclass(frozen=True, slots=True)
class Row:
    """The numbers of one region in one frame; NaN is "not measured" or "has no value", never "did not move".

    Speeds and u, v in px/s, to the right and down. ``direction_deg`` counter-clockwise from the right in (−180, 180],
    ``coherence`` in [0, 1], ``centroid`` in px with the middle of the first pixel at (0, 0), ``divergence`` and
    ``curl`` in 1/s. Formulas are in docs/analysis.md.
    """

    frame: int
    pts_s: float
    dt_s: float
    region: str
    mean_px_s: float = math.nan
    median_px_s: float = math.nan
    p95_px_s: float = math.nan
    max_px_s: float = math.nan
    mean_u_px_s: float = math.nan
    mean_v_px_s: float = math.nan
    direction_deg: float = math.nan
    coherence: float = math.nan
    moving_fraction: float = math.nan
    centroid_x_px: float = math.nan
    centroid_y_px: float = math.nan
    divergence_per_s: float = math.nan
    curl_per_s: float = math.nan
    valid_fraction: float = 0.0
    camera_u_px_s: float = math.nan
    camera_v_px_s: float = math.nan


_NAMES = tuple(entry.name for entry in fields(Row))
#: The columns of every table, in order.
COLUMNS = tuple(name for name in _NAMES if not name.startswith("camera"))
#: Beside them, if the camera's motion was taken out.
CAMERA_COLUMNS = tuple(name for name in _NAMES if name.startswith("camera"))


def columns(recipe: Recipe) -> tuple[str, ...]:
    """Return the names of the columns that a recipe asks for: with a calibration each of px/s is in mm/s as well."""
    names = COLUMNS if recipe.camera == "off" else COLUMNS + CAMERA_COLUMNS
    if recipe.mm_per_px is None:
        return names
    return names + tuple(name.replace("_px_s", "_mm_s") for name in names if name.endswith("_px_s"))


def cells(row: Row, recipe: Recipe) -> tuple[int | float | str, ...]:
    """Return the values of a row in the order of :func:`columns`."""
    values = dict(zip(_NAMES, astuple(row), strict=True))
    scale = recipe.mm_per_px or math.nan
    values |= {name.replace("_px_s", "_mm_s"): scale * values[name] for name in _NAMES if name.endswith("_px_s")}
    return tuple(values[name] for name in columns(recipe))


@dataclass(frozen=True, slots=True)
class _Planes:
    """What all regions are summed from; every plane is 0 where nothing was measured.

    ``speed``, ``u``, ``v`` in px per frame, ``moved`` is ``speed`` of moving pixels; ``divergence`` and ``curl`` twice
    their values per frame, where ``inner`` says that all four neighbours were measured. ``measured`` and ``inner``
    are uint8 0 or 1.
    """

    measured: Array
    inner: Array
    u: Array
    v: Array
    speed: Array
    moved: Array
    divergence: Array
    curl: Array

    def within(self, box: tuple[slice, slice], mask: Array) -> _Planes:
        """Return the planes of a region: its box, and 0 outside its mask."""
        return _Planes(*(cv2.copyTo(getattr(self, entry.name)[box], mask) for entry in fields(self)))


class Measurer:
    """Measure one motion after another by a recipe.

    Attributes
    ----------
    steadied : Motion or None
        The motion last measured, without that of the camera where the recipe says so: what pictures are drawn from.

    Raises
    ------
    MotionError
        If a region of the recipe holds no pixel of pictures of ``height`` × ``width`` px; the message names it.
    """

    def __init__(self, recipe: Recipe, height: int, width: int) -> None:
        self._camera, self._shape = recipe.camera, (height, width)
        self._places = [_place(region.mask(height, width)) for region in recipe.regions]
        self._names = tuple(region.name for region in recipe.regions)
        kinds = {"measured": np.uint8, "inner": np.uint8}
        names = [entry.name for entry in fields(_Planes)]
        self._room = _Planes(*(np.zeros(self._shape, kinds.get(name, np.float32)) for name in names))
        self.steadied: Motion | None = None

    def rows(self, motion: Motion, index: int) -> tuple[Row, ...]:
        """Return the numbers of a motion, the whole picture first ("all"), then each region in its order.

        Parameters
        ----------
        motion : Motion
            Of pictures of this measurer's size. A first one, which has no motion, gives rows in which nothing is
            measured.
        index : int
            Number of the frame in its file.

        Raises
        ------
        ValueError
            If the picture is of another size.

        Notes
        -----
        All numbers are exact: sums are taken in float64, quantiles are those of all measured pixels. 2 ms for the
        whole picture at 640×480, and at most as much more for each region.
        """
        if motion.confidence.shape != self._shape:
            raise ValueError(f"motion must be of shape {self._shape}, got {motion.confidence.shape}")
        found = steadied(motion, self._camera)
        self.steadied = found.motion
        head = index, motion.frame.pts_s, motion.dt_s
        camera = found.u_px_s, found.v_px_s
        if motion.first:
            return tuple(Row(*head, name) for name in (WHOLE, *self._names))
        planes = _planes(found.motion, self._room)
        numbers = [_numbers(planes, (0, 0), planes.speed.size, motion.dt_s)]
        for box, mask, count in self._places:
            corner = box[1].start, box[0].start
            numbers.append(_numbers(planes.within(box, mask), corner, count, motion.dt_s))
        names = (WHOLE, *self._names)
        return tuple(_row(head, name, (*values, *camera)) for name, values in zip(names, numbers, strict=True))


def _row(head: tuple[int, float, float], region: str, values: tuple[float, ...]) -> Row:
    index, pts_s, dt_s = head
    return Row(index, pts_s, dt_s, region, *values)


def _place(mask: Array) -> tuple[tuple[slice, slice], Array, int]:
    """Return the box around a region, its mask within, and the number of its pixels."""
    left, top, width, height = cv2.boundingRect(mask.view(np.uint8))
    box = slice(top, top + height), slice(left, left + width)
    return box, np.ascontiguousarray(mask[box]).view(np.uint8), int(np.count_nonzero(mask))


def _planes(motion: Motion, room: _Planes) -> _Planes:
    """Fill the planes of a motion, whose borders of ``inner``, ``divergence`` and ``curl`` stay 0."""
    np.greater_equal(motion.confidence, np.float32(LEAST_CONFIDENCE), out=room.measured.view(np.bool_))
    for plane, whole in zip((room.u, room.v), motion.flow, strict=True):
        plane.fill(0.0)
        cv2.copyTo(np.ascontiguousarray(whole), room.measured, plane)
    # cv2.magnitude would be quicker, but its last bits depend on where in memory the planes happen to lie
    np.multiply(room.u, room.u, out=room.speed)
    np.add(room.speed, np.multiply(room.v, room.v, out=room.moved), out=room.speed)
    np.sqrt(room.speed, out=room.speed)
    cv2.threshold(room.speed, LEAST_MOVING_PX, 0.0, cv2.THRESH_TOZERO, room.moved)
    if min(room.speed.shape) >= 3:
        middle = slice(1, -1), slice(1, -1)
        inner = room.inner[middle]
        inner[:] = cv2.erode(room.measured, _CROSS)[middle]
        for plane, value in (
            (room.divergence, cv2.add(across(room.u), along(room.v))),
            (room.curl, cv2.subtract(along(room.u), across(room.v))),
        ):
            plane.fill(0.0)
            cv2.copyTo(value, inner, plane[middle])
    return room


def _numbers(planes: _Planes, corner: tuple[int, int], size: int, dt_s: float) -> tuple[float, ...]:
    """Return the numbers of a region of ``size`` pixels whose planes begin at ``corner``, in the order of a row."""
    count = cv2.countNonZero(planes.measured)
    if count == 0:
        return (math.nan,) * 13 + (0.0,)
    total, u, v = (cv2.sumElems(plane)[0] for plane in (planes.speed, planes.u, planes.v))
    median, p95 = quantiles(planes.speed, count, (0.5, 0.95))
    length = math.hypot(u, v)
    x, y = _centroid(planes.moved)
    inner = cv2.countNonZero(planes.inner)
    spread, turn = (
        0.5 * cv2.sumElems(plane)[0] / inner / dt_s if inner else math.nan for plane in (planes.divergence, planes.curl)
    )
    return (
        total / count / dt_s,
        median / dt_s,
        p95 / dt_s,
        cv2.minMaxLoc(planes.speed)[1] / dt_s,
        u / count / dt_s,
        v / count / dt_s,
        math.degrees(math.atan2(0.0 - v, u)) if length > 0.0 else math.nan,
        min(1.0, length / total) if total > 0.0 else math.nan,
        cv2.countNonZero(planes.moved) / count,
        x + corner[0],
        y + corner[1],
        spread,
        turn,
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
