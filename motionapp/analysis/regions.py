"""Named parts of the picture, rectangles and polygons, that are measured apart from the whole."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from motionapp.naming import given_name
from motionapp.types import MotionError

if TYPE_CHECKING:  # read by the command line before it needs NumPy
    from motionapp.types import Array

#: The name of the whole picture, which is always measured.
WHOLE = "all"
MOST_CORNERS = 1000
_FURTHEST_PX = 1e6
_SYNTAX = "A region is NAME=x,y,w,h or NAME=x1,y1;x2,y2;x3,y3;… in px"


@dataclass(frozen=True, slots=True)
class Region:
    """A named part of the picture.

    Attributes
    ----------
    name : str
        As people gave it; unique in a recipe without regard to case. "all" is the whole picture's.
    points : tuple of (float, float)
        (x, y) in px from the upper left corner of the picture, to the right and down, so that the picture is
        [0, W] × [0, H] and column 0 lies between x = 0 and x = 1. Two points are opposite corners of a rectangle,
        more are the corners of a polygon; where its outline crosses itself, what is enclosed twice is outside. Points
        may lie outside the picture.

    Raises
    ------
    MotionError
        If the name or the points cannot be used; the message names the region.
    """

    name: str
    points: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        try:
            name = given_name(self.name, "region", (WHOLE,))
        except ValueError as error:
            raise MotionError(f"{error} ({WHOLE!r} is the whole picture.)") from None
        if not name.isprintable():
            raise MotionError(f"The name of region {name!r} has signs that cannot be printed. Type it again.")
        points = tuple((float(x), float(y)) for x, y in self.points)
        if not 2 <= len(points) <= MOST_CORNERS:
            raise MotionError(f"Region “{name}” has {len(points)} points; it needs 2 to {MOST_CORNERS}.")
        if not all(abs(value) <= _FURTHEST_PX for point in points for value in point):
            raise MotionError(f"Region “{name}” has a point that is no place in a picture: use numbers of px.")
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "points", points)

    @classmethod
    def parse(cls, text: str) -> Region:
        """Read ``NAME=x,y,w,h``, columns x to x + w − 1 and rows y to y + h − 1, or ``NAME=x1,y1;x2,y2;…``.

        What is after the last "=" is the place, so that a name may hold "=" itself.

        Raises
        ------
        MotionError
            If it cannot be read so; the message shows what was written.
        """
        name, equals, place = text.rpartition("=")
        try:
            numbers = [[float(value) for value in pair.split(",")] for pair in place.split(";")]
        except ValueError:
            raise MotionError(f"{_SYNTAX}, not {text!r}.") from None
        if equals and len(numbers) == 1 and len(numbers[0]) == 4:
            x, y, width, height = numbers[0]
            if not (width > 0 and height > 0):
                raise MotionError(f"{_SYNTAX}; in {text!r} the width and the height have to be above 0.")
            return cls(name, ((x, y), (x + width, y + height)))
        if not equals or len(numbers) < 2 or any(len(pair) != 2 for pair in numbers):
            raise MotionError(f"{_SYNTAX}, not {text!r}.")
        return cls(name, tuple((x, y) for x, y in numbers))

    def __str__(self) -> str:
        """Return the text that :meth:`parse` reads as the same region."""
        numbers = [value for point in self.points for value in point]
        if len(self.points) == 2 and all(value.is_integer() for value in numbers):
            left, right = sorted((numbers[0], numbers[2]))
            top, bottom = sorted((numbers[1], numbers[3]))
            if left < right and top < bottom:
                return f"{self.name}={left:.0f},{top:.0f},{right - left:.0f},{bottom - top:.0f}"
        return f"{self.name}=" + ";".join(f"{_plain(x)},{_plain(y)}" for x, y in self.points)

    def outline(self) -> tuple[tuple[float, float], ...]:
        """Return the corners in the order in which to draw them; a rectangle has four."""
        if len(self.points) > 2:
            return self.points
        (x0, y0), (x1, y1) = self.points
        return (x0, y0), (x1, y0), (x1, y1), (x0, y1)

    def mask(self, height: int, width: int) -> Array:
        """Return which pixels of an H × W px picture have their centre inside: (H, W) bool.

        A centre on a left or upper side is inside, on a right or lower side outside, so that regions which share
        a side share no pixel.

        Raises
        ------
        MotionError
            If no pixel is inside; the message names the region.

        Notes
        -----
        Even–odd rule, one row at a time: a row's centres right of an odd number of crossings are inside.
        """
        import numpy as np

        crossings = np.zeros((height, width + 1), np.int32)
        corners = self.outline()
        for (x0, y0), (x1, y1) in zip(corners, (*corners[1:], corners[0]), strict=True):
            if y0 > y1:
                x0, y0, x1, y1 = x1, y1, x0, y0
            rows = np.arange(min(max(0, math.ceil(y0 - 0.5)), height), min(max(0, math.ceil(y1 - 0.5)), height))
            if rows.size:
                at = x0 + (rows + 0.5 - y0) * ((x1 - x0) / (y1 - y0))
                crossings[rows, np.clip(np.ceil(at - 0.5), 0, width).astype(np.intp)] += 1
        inside: Array = np.cumsum(crossings, axis=1)[:, :width] % 2 == 1
        if not inside.any():
            raise MotionError(
                f"Region “{self.name}” holds no pixel of a picture of {width}×{height} px. Move it or make it larger."
            )
        return inside


def _plain(value: float) -> str:
    """Return the shortest text of a number that reads as the same one."""
    return f"{value:.0f}" if value.is_integer() else repr(value)
