"""What is drawn on the picture of one source, named regions and a line of known length, and where it is shown."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtGui import QTransform

from motionapp.analysis.regions import WHOLE, Region
from motionapp.naming import given_name
from motionapp.settings import ViewSettings
from motionapp.types import MotionError

Point = tuple[float, float]

#: Shorter lines and narrower regions are slips of the hand, in px of the picture.
LEAST_PX = 3.0


@dataclass(frozen=True, slots=True)
class ScaleLine:
    """A line from ``start`` to ``end`` in px of the picture, ``mm`` long in reality; None until that is said."""

    start: Point
    end: Point
    mm: float | None = None

    @property
    def length_px(self) -> float:
        """Length in px of the picture."""
        return math.dist(self.start, self.end)

    @property
    def mm_per_px(self) -> float | None:
        """Millimetres to a pixel, if that is known."""
        return None if self.mm is None else self.mm / self.length_px


@dataclass(frozen=True, slots=True)
class Marks:
    """Regions in the order in which they were drawn, and the line, in px of the upright, unmirrored picture.

    A value: every change is a new one.
    """

    regions: tuple[Region, ...] = ()
    line: ScaleLine | None = None

    @property
    def mm_per_px(self) -> float | None:
        """Millimetres to a pixel, if that is known."""
        return None if self.line is None else self.line.mm_per_px

    def with_region(self, points: tuple[Point, ...]) -> Marks:
        """Add a region with a name of its own; MotionError if it has no place in a picture."""
        taken = {region.name.casefold() for region in self.regions}
        number = next(n for n in range(1, len(taken) + 2) if f"region {n}" not in taken)
        return replace(self, regions=(*self.regions, Region(f"Region {number}", points)))

    def renamed(self, old: str, new: str) -> Marks:
        """Give a region another name; MotionError or ValueError says why it cannot be."""
        others = tuple(region.name for region in self.regions if region.name != old)
        name = given_name(new, "region", (WHOLE, *others))
        return replace(self, regions=tuple(replace(one, name=name) if one.name == old else one for one in self.regions))

    def without(self, name: str) -> Marks:
        """Remove a region."""
        return replace(self, regions=tuple(region for region in self.regions if region.name != name))

    def to_json(self) -> str:
        """Return the marks as JSON text."""
        line = self.line
        return json.dumps(
            {
                "regions": [{"name": region.name, "points": region.points} for region in self.regions],
                "line": None if line is None else [*line.start, *line.end, line.mm],
            }
        )

    @classmethod
    def from_json(cls, text: str) -> Marks:
        """Read marks back; what cannot be read is left out."""
        try:
            stored = json.loads(text)
        except (ValueError, RecursionError):
            return cls()
        if not isinstance(stored, dict):
            return cls()
        listed = stored.get("regions")
        regions = [region for one in (listed if isinstance(listed, list) else []) if (region := _region(one))]
        unique = {region.name.casefold(): region for region in regions}
        return cls(tuple(unique.values()), _line(stored.get("line")))


def _region(stored: Any) -> Region | None:
    try:
        return Region(stored["name"], tuple((x, y) for x, y in stored["points"]))
    except (MotionError, TypeError, ValueError, KeyError, AttributeError):
        return None


def _line(stored: Any) -> ScaleLine | None:
    try:
        x0, y0, x1, y1 = (float(value) for value in stored[:4])
        mm = None if stored[4] is None else float(stored[4])
    except (TypeError, ValueError, LookupError):
        return None
    line = ScaleLine((x0, y0), (x1, y1), mm)
    return line if (mm is None or 0.0 < mm < math.inf) and LEAST_PX <= line.length_px < math.inf else None


def as_shown(view: ViewSettings, width: int, height: int) -> QTransform:
    """Return where a place of the upright picture lies in the shown one.

    Parameters
    ----------
    view
        Whether it is mirrored, and then turned clockwise.
    width, height
        Size of the shown picture in px.
    """
    turns = view.quarter_turns % 4
    wide, tall = (height, width) if turns % 2 else (width, height)
    transform = QTransform()
    if view.mirror:
        transform = QTransform(-1, 0, 0, 1, wide, 0)
    for _ in range(turns):  # (x, y) becomes (height − y, x)
        transform = transform * QTransform(0, 1, -1, 0, tall, 0)
        wide, tall = tall, wide
    return transform
