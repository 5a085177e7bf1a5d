"""The numbers of a motion, one row per region: speeds, direction, where and how much, in physical units."""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass, fields

from motionapp.analysis.camera import steadied
from motionapp.analysis.recipe import Recipe
from motionapp.analysis.regions import WHOLE
from motionapp.analysis.sums import Place, Planes, fill, numbers_of
from motionapp.types import Motion


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
        self._names = (WHOLE, *(region.name for region in recipe.regions))
        self._places = [None, *(Place.of(region.mask(height, width)) for region in recipe.regions)]
        self._room = Planes.empty(height, width)
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
        whole picture at 640×480, and as much more at most for each region.
        """
        if motion.confidence.shape != self._shape:
            raise ValueError(f"motion must be of shape {self._shape}, got {motion.confidence.shape}")
        found = steadied(motion, self._camera)
        self.steadied = found.motion
        head = index, motion.frame.pts_s, motion.dt_s
        camera = found.u_px_s, found.v_px_s
        if motion.first:
            return tuple(Row(*head, name) for name in self._names)
        fill(self._room, found.motion)
        numbers = (numbers_of(self._room, motion.dt_s, place) for place in self._places)
        return tuple(_row(head, name, (*values, *camera)) for name, values in zip(self._names, numbers, strict=True))


def _row(head: tuple[int, float, float], region: str, values: tuple[float, ...]) -> Row:
    index, pts_s, dt_s = head
    return Row(index, pts_s, dt_s, region, *values)
