"""Error against time as a picture for the README, drawn offscreen unless QT_QPA_PLATFORM says otherwise."""

from __future__ import annotations

import html
import math
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from motionapp.types import MotionError

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

#: Size in logical px; the file has twice as many, for screens that show them.
WIDTH, HEIGHT, SCALE = 800, 500, 2
_OURS, _PEERS, _TEXT, _FAINT, _GRID = "#2a6df4", "#8b94a3", "#1d232e", "#5c6675", "#e6e9ef"
_FONTS = ["Inter", "Noto Sans", "DejaVu Sans", "Arial"]
_RADIUS_PX = 5.5
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
    marks = [Rect(x - _RADIUS_PX, y - _RADIUS_PX, 2 * _RADIUS_PX, 2 * _RADIUS_PX) for x, y in points]
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
            away = (_RADIUS_PX + distance) * (0.7 if dx and dy else 1.0)
            yield Rect(x + dx * away + (dx - 1) * width / 2, y + dy * away + (dy - 1) * height / 2, width, height)


def draw(points: Sequence[Point], subtitle: str, path: Path) -> None:
    """Write the plot as PNG: time to the right in powers of ten, mean endpoint error upwards, ours in blue.

    Raises
    ------
    MotionError
        If the file cannot be written.
    """
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance() or QApplication([])
    canvas = _canvas(points, subtitle)
    app.processEvents()  # lays out the axes, without which no point has a place
    _mark(canvas, points)
    picture = _picture(canvas)
    canvas.close()
    if not picture.save(str(path)):
        raise MotionError(f"{path} cannot be written. Choose another folder.")


def _canvas(points: Sequence[Point], subtitle: str) -> Any:
    """Return a plot of the points without their labels, laid out but not on a screen."""
    import pyqtgraph as pg
    from PySide6.QtCore import Qt

    times = [math.log10(point.time_ms) for point in points]
    axes = {"bottom": pg.AxisItem("bottom", maxTickLength=0), "left": pg.AxisItem("left", maxTickLength=0)}
    canvas = pg.PlotWidget(background="white", axisItems=axes)
    canvas.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    canvas.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    canvas.setFrameStyle(0)
    canvas.resize(WIDTH, HEIGHT)
    plot = canvas.getPlotItem()
    plot.hideButtons()
    plot.layout.setContentsMargins(14, 10, 24, 12)
    _title(plot, subtitle)
    top, ticks = _error_ticks(max(point.error_px for point in points))
    first, last = min(times) - 0.25, max(times) + 0.35
    if math.ceil(first) > math.floor(last):
        first = float(math.floor(first))
    plot.setXRange(first, last, padding=0)
    plot.setYRange(0.0, top, padding=0)
    axes["bottom"].setTicks([[(power, _time_text(power)) for power in range(math.ceil(first), math.floor(last) + 1)]])
    axes["left"].setTicks([ticks])
    for name, label in {"bottom": "time of one pair of pictures", "left": "mean endpoint error, px"}.items():
        axes[name].enableAutoSIPrefix(False)
        axes[name].setTextPen(_FAINT)
        axes[name].setPen(_GRID)
        axes[name].setTickFont(_font(13))
        axes[name].setLabel(label, color=_FAINT)
        axes[name].label.setFont(_font(13))
    for power in range(math.floor(first), math.ceil(last) + 1):
        plot.addItem(pg.InfiniteLine(power, angle=90, pen=_GRID), ignoreBounds=True)
    for value, _ in ticks[1:]:
        plot.addItem(pg.InfiniteLine(value, angle=0, pen=_GRID), ignoreBounds=True)
    ours = sorted((time, point.error_px) for time, point in zip(times, points, strict=True) if point.ours)
    if len(ours) > 1:
        plot.plot(*zip(*ours, strict=True), pen=pg.mkPen(_OURS + "60", width=2 * SCALE), antialias=True)
    canvas.show()
    return canvas


def _title(plot: Any, subtitle: str) -> None:
    families = ",".join(f"'{family}'" for family in _FONTS)
    about = f"{html.escape(subtitle)} · lower left is better"
    plot.setTitle(
        f'<div style="font-family: {families}">'
        f'<span style="font-size: 19px; font-weight: 600; color: {_TEXT}">Dense optical flow: error against time</span>'
        f'<br><span style="font-size: 14px; color: {_FAINT}">{about}</span></div>',
        justify="left",
    )
    plot.titleLabel.setMaximumHeight(60)
    plot.layout.setRowFixedHeight(0, 60)


def _mark(canvas: Any, points: Sequence[Point]) -> None:
    """Draw each method with its name beside it, and a line between the two where the name is further away.

    They lie on the scene and not in the plot, whose symbols would have half the size in a picture of twice the size.
    """
    import pyqtgraph as pg
    from PySide6.QtCore import QPointF
    from PySide6.QtWidgets import QGraphicsEllipseItem, QGraphicsLineItem, QGraphicsSimpleTextItem

    box, scene = canvas.getViewBox(), canvas.scene()
    seen = [box.mapViewToScene(QPointF(math.log10(one.time_ms), one.error_px)) for one in points]
    centres = [(at.x(), at.y()) for at in seen]
    texts = []
    for point in points:
        text = QGraphicsSimpleTextItem(point.label)
        text.setFont(_font(14, bold=point.ours))
        text.setBrush(pg.mkBrush(_OURS if point.ours else _TEXT))
        texts.append(text)
    sizes = [(text.boundingRect().width(), text.boundingRect().height()) for text in texts]
    frame = box.sceneBoundingRect()
    area = Rect(frame.x() + 4, frame.y() + 4, frame.width() + 12, frame.height() - 8)
    ours = sorted(centre for centre, point in zip(centres, points, strict=True) if point.ours)
    line = [spot for start, end in pairwise(ours) for spot in _spots(start, end)]
    for point, text, rect, (x, y) in zip(points, texts, place(centres, sizes, area, line), centres, strict=True):
        text.setPos(rect.x, rect.y)
        dot = QGraphicsEllipseItem(x - _RADIUS_PX, y - _RADIUS_PX, 2 * _RADIUS_PX, 2 * _RADIUS_PX)
        dot.setBrush(pg.mkBrush(_OURS if point.ours else _PEERS))
        dot.setPen(pg.mkPen("white", width=SCALE))
        items: list[Any] = [dot, text]
        end_x, end_y = min(max(x, rect.x), rect.x + rect.width), min(max(y, rect.y), rect.y + rect.height)
        if math.dist((x, y), (end_x, end_y)) > _LEADER_PX:
            leader = QGraphicsLineItem(x, y, end_x, end_y)
            leader.setPen(pg.mkPen(_PEERS, width=0.5 * SCALE))
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


def _picture(canvas: Any) -> Any:
    from PySide6.QtCore import QRect, QRectF, Qt
    from PySide6.QtGui import QImage, QPainter

    picture = QImage(SCALE * WIDTH, SCALE * HEIGHT, QImage.Format.Format_RGB32)
    picture.setDevicePixelRatio(SCALE)
    picture.fill(Qt.GlobalColor.white)
    painter = QPainter(picture)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    canvas.render(painter, QRectF(0, 0, WIDTH, HEIGHT), QRect(0, 0, WIDTH, HEIGHT))
    painter.end()
    return picture


def _font(pixels: int, bold: bool = False) -> Any:
    from PySide6.QtGui import QFont

    font = QFont()
    font.setFamilies(_FONTS)
    font.setPixelSize(pixels)
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return font


def _error_ticks(largest: float) -> tuple[float, list[tuple[float, str]]]:
    """Return the end of the axis and at most nine ticks, one to eight steps of 1, 2 or 5 times a power of ten."""
    top = 1.08 * max(largest, 0.01)
    power = math.floor(math.log10(top)) - 1
    step = next(digit * 10.0**power for digit in (1, 2, 5, 10, 20) if digit * 10.0**power * 8 >= top)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    return top, [(index * step, f"{index * step:.{decimals}f}") for index in range(math.floor(top / step) + 1)]


def _time_text(power: int) -> str:
    """Return 10^power ms as people say it."""
    return f"{10.0**power:g} ms" if power < 3 else f"{10.0 ** (power - 3):g} s"
