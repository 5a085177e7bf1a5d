"""Error against time as a picture for the README: every method a point with its name beside it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks import chart
from benchmarks.chart import OTHERS, OURS, RADIUS_PX, SCALE, TEXT

#: Labels are tried at these distances from their point; beyond the leader's length a line joins the two.
_DISTANCES_PX = (2.0, 6.0, 12.0, *(20.0 + 10.0 * step for step in range(40)))
_LEADER_PX = 18.0
#: Right, left, above, below, then the corners.
_DIRECTIONS = ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (-1, -1), (1, 1), (-1, 1))
#: Points closer than this are neighbours; so many places are looked at for one clear of what is to be avoided.
_NEAR_PX, _NEAREST = 80.0, 16


@dataclass(frozen=True, slots=True)
class Point:
    """A method in the plot."""

    label: str
    time_ms: float
    error_px: float
    ours: bool


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle in px; ``x`` and ``y`` are its left upper corner."""

    x: float
    y: float
    width: float
    height: float

    def meets(self, other: Rect) -> bool:
        """Whether the two have more than an edge in common."""
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )

    def within(self, other: Rect) -> bool:
        """Whether this one lies in the other."""
        return (
            other.x <= self.x
            and other.y <= self.y
            and self.x + self.width <= other.x + other.width
            and self.y + self.height <= other.y + other.height
        )


def place(
    points: Sequence[tuple[float, float]], sizes: Sequence[tuple[float, float]], area: Rect, avoid: Sequence[Rect] = ()
) -> list[Rect]:
    """Return where labels of the ``sizes`` go: each near its point, in the area, clear of each other and all points.

    Points with the most neighbours choose first. A place on what there is to ``avoid`` is taken only where there is
    no other nearby.

    Raises
    ------
    ValueError
        If the area has no room for a label.
    """
    marks = [Rect(x - RADIUS_PX, y - RADIUS_PX, 2 * RADIUS_PX, 2 * RADIUS_PX) for x, y in points]
    crowds = [sum(math.dist(point, other) < _NEAR_PX for other in points) for point in points]
    placed: dict[int, Rect] = {}
    for index in sorted(range(len(points)), key=crowds.__getitem__, reverse=True):
        taken = [*marks, *placed.values()]
        free = [
            rect
            for rect in _places(points[index], sizes[index])
            if rect.within(area) and not any(rect.meets(other) for other in taken)
        ]
        if not free:
            raise ValueError(f"no room for label {index} in {area.width:.0f}×{area.height:.0f} px")
        clear = (rect for rect in free[:_NEAREST] if not any(rect.meets(other) for other in avoid))
        placed[index] = next(clear, free[0])
    return [placed[index] for index in range(len(points))]


def _places(point: tuple[float, float], size: tuple[float, float]) -> Iterator[Rect]:
    """Yield places for a label, the nearest first."""
    (x, y), (width, height) = point, size
    for distance in _DISTANCES_PX:
        for dx, dy in _DIRECTIONS:
            away = (RADIUS_PX + distance) * (0.7 if dx and dy else 1.0)
            yield Rect(x + dx * away + (dx - 1) * width / 2, y + dy * away + (dy - 1) * height / 2, width, height)


def draw(points: Sequence[Point], subtitle: str, path: Path) -> None:
    """Write the plot as PNG: time to the right in powers of ten, mean endpoint error upwards, ours in blue.

    Raises
    ------
    MotionError
        If the file cannot be written.
    """
    _app = chart.application()
    canvas = _canvas(points, subtitle)
    chart.lay_out(canvas)
    _mark(canvas, points)
    chart.write(canvas, path)


def _canvas(points: Sequence[Point], subtitle: str) -> Any:
    """Return a plot of the line through our points, without them and their labels."""
    import pyqtgraph as pg

    times = [math.log10(point.time_ms) for point in points]
    top, ticks = _error_ticks(max(point.error_px for point in points))
    first, last = min(times) - 0.25, max(times) + 0.35
    if math.ceil(first) > math.floor(last):
        first = float(math.floor(first))
    powers = range(math.floor(first), math.ceil(last) + 1)
    canvas = chart.canvas(
        "Dense optical flow: error against time",
        f"{subtitle} · lower left is better",
        chart.Axis("time of one pair of pictures", first, last, chart.decades(first, last), powers),
        chart.Axis("mean endpoint error, px", 0.0, top, ticks, [value for value, _ in ticks[1:]]),
    )
    ours = sorted((time, point.error_px) for time, point in zip(times, points, strict=True) if point.ours)
    if len(ours) > 1:
        line = pg.mkPen(OURS + "60", width=2 * SCALE)
        canvas.getPlotItem().plot(*zip(*ours, strict=True), pen=line, antialias=True)
    return canvas


def _mark(canvas: Any, points: Sequence[Point]) -> None:
    """Draw each method with its name beside it, and a line between the two where the name is further away."""
    import pyqtgraph as pg
    from PySide6.QtWidgets import QGraphicsLineItem

    box, scene = canvas.getViewBox(), canvas.scene()
    centres = chart.places(canvas, [(math.log10(one.time_ms), one.error_px) for one in points])
    texts = [chart.words(one.label, OURS if one.ours else TEXT, bold=one.ours) for one in points]
    sizes = [(text.boundingRect().width(), text.boundingRect().height()) for text in texts]
    frame = box.sceneBoundingRect()
    area = Rect(frame.x() + 4, frame.y() + 4, frame.width() + 12, frame.height() - 8)
    ours = sorted(centre for centre, point in zip(centres, points, strict=True) if point.ours)
    line = [spot for start, end in pairwise(ours) for spot in _spots(start, end)]
    for point, text, rect, (x, y) in zip(points, texts, place(centres, sizes, area, line), centres, strict=True):
        text.setPos(rect.x, rect.y)
        dot = chart.dot((x, y), OURS if point.ours else OTHERS)
        items: list[Any] = [dot, text]
        end_x, end_y = min(max(x, rect.x), rect.x + rect.width), min(max(y, rect.y), rect.y + rect.height)
        if math.dist((x, y), (end_x, end_y)) > _LEADER_PX:
            leader = QGraphicsLineItem(x, y, end_x, end_y)
            leader.setPen(pg.mkPen(OTHERS, width=0.5 * SCALE))
            items.insert(0, leader)
        for height, item in enumerate(items, 10 + point.ours):
            item.setZValue(height)
            scene.addItem(item)


def _spots(start: tuple[float, float], end: tuple[float, float]) -> Iterator[Rect]:
    """Yield small rectangles that cover a line."""
    count = max(1, round(math.dist(start, end) / 4.0))
    for part in range(count + 1):
        x, y = (a + (b - a) * part / count for a, b in zip(start, end, strict=True))
        yield Rect(x - 2.0, y - 2.0, 4.0, 4.0)


def _error_ticks(largest: float) -> tuple[float, list[tuple[float, str]]]:
    """Return the end of the axis and at most nine ticks, one to eight steps of 1, 2 or 5 times a power of ten."""
    top = 1.08 * max(largest, 0.01)
    power = math.floor(math.log10(top)) - 1
    step = next(digit * 10.0**power for digit in (1, 2, 5, 10, 20) if digit * 10.0**power * 8 >= top)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    return top, [(index * step, f"{index * step:.{decimals}f}") for index in range(math.floor(top / step) + 1)]
