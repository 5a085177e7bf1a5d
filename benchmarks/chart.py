"""The look that the plots of measurements have in common: white, few thin lines, a title with one line below it.

They are drawn offscreen unless QT_QPA_PLATFORM says otherwise.
"""

from __future__ import annotations

import html
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from motionapp.types import MotionError

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

#: Size in logical px; the file has twice as many, for screens that show them.
WIDTH, HEIGHT, SCALE = 800, 500, 2
OURS, OTHERS, TEXT, FAINT, GRID = "#2a6df4", "#8b94a3", "#1d232e", "#5c6675", "#e6e9ef"
RADIUS_PX = 5.5
_FONTS = ["Inter", "Noto Sans", "DejaVu Sans", "Arial"]


@dataclass(frozen=True, slots=True)
class Axis:
    """What an axis shows, its range, its ticks with their texts, and where lines cross the plot."""

    label: str
    low: float
    high: float
    ticks: Sequence[tuple[float, str]]
    lines: Sequence[float]


def application() -> Any:
    """Return Qt's application, made if there is none; keep it as long as a plot is there."""
    from PySide6.QtWidgets import QApplication

    return QApplication.instance() or QApplication([])


def canvas(title: str, subtitle: str, bottom: Axis, left: Axis) -> Any:
    """Return an empty plot, not yet laid out and never on a screen."""
    import pyqtgraph as pg
    from PySide6.QtCore import Qt

    axes = {"bottom": pg.AxisItem("bottom", maxTickLength=0), "left": pg.AxisItem("left", maxTickLength=0)}
    made = pg.PlotWidget(background="white", axisItems=axes)
    made.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    made.setFrameStyle(0)
    made.resize(WIDTH, HEIGHT)
    plot = made.getPlotItem()
    plot.hideButtons()
    plot.layout.setContentsMargins(14, 10, 24, 12)
    _title(plot, title, subtitle)
    plot.setXRange(bottom.low, bottom.high, padding=0)
    plot.setYRange(left.low, left.high, padding=0)
    for name, axis, angle in (("bottom", bottom, 90), ("left", left, 0)):
        axes[name].setTicks([list(axis.ticks)])
        axes[name].enableAutoSIPrefix(False)
        axes[name].setTextPen(FAINT)
        axes[name].setPen(GRID)
        axes[name].setTickFont(font(13))
        axes[name].setLabel(axis.label, color=FAINT)
        axes[name].label.setFont(font(13))
        for value in axis.lines:
            plot.addItem(pg.InfiniteLine(value, angle=angle, pen=GRID), ignoreBounds=True)
    return made


def _title(plot: Any, title: str, subtitle: str) -> None:
    families = ",".join(f"'{family}'" for family in _FONTS)
    plot.setTitle(
        f'<div style="font-family: {families}">'
        f'<span style="font-size: 19px; font-weight: 600; color: {TEXT}">{html.escape(title)}</span>'
        f'<br><span style="font-size: 14px; color: {FAINT}">{html.escape(subtitle)}</span></div>',
        justify="left",
    )
    plot.titleLabel.setMaximumHeight(60)
    plot.layout.setRowFixedHeight(0, 60)


def lay_out(canvas: Any) -> None:
    """Lay out the axes, without which no point has a place."""
    canvas.show()
    application().processEvents()


def places(canvas: Any, points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return where points of the axes lie on the scene of a plot that is laid out.

    What is to keep its size is put on the scene: in the plot it would have half of it in a picture of twice the size.
    """
    from PySide6.QtCore import QPointF

    seen = [canvas.getViewBox().mapViewToScene(QPointF(x, y)) for x, y in points]
    return [(at.x(), at.y()) for at in seen]


def dot(place: tuple[float, float], colour: str) -> Any:
    """Return a point for the scene."""
    import pyqtgraph as pg
    from PySide6.QtWidgets import QGraphicsEllipseItem

    (x, y), side = place, 2 * RADIUS_PX
    made = QGraphicsEllipseItem(x - RADIUS_PX, y - RADIUS_PX, side, side)
    made.setBrush(pg.mkBrush(colour))
    made.setPen(pg.mkPen("white", width=SCALE))
    return made


def words(text: str, colour: str, bold: bool) -> Any:
    """Return a text for the scene."""
    import pyqtgraph as pg
    from PySide6.QtWidgets import QGraphicsSimpleTextItem

    made = QGraphicsSimpleTextItem(text)
    made.setFont(font(14, bold=bold))
    made.setBrush(pg.mkBrush(colour))
    return made


def font(pixels: int, bold: bool = False) -> Any:
    """Return the font of all plots."""
    from PySide6.QtGui import QFont

    made = QFont()
    made.setFamilies(_FONTS)
    made.setPixelSize(pixels)
    made.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return made


def write(canvas: Any, path: Path) -> None:
    """Write a plot as PNG and close it.

    Raises
    ------
    MotionError
        If the file cannot be written.
    """
    from PySide6.QtCore import QRect, QRectF, Qt
    from PySide6.QtGui import QImage, QPainter

    picture = QImage(SCALE * WIDTH, SCALE * HEIGHT, QImage.Format.Format_RGB32)
    picture.setDevicePixelRatio(SCALE)
    picture.fill(Qt.GlobalColor.white)
    painter = QPainter(picture)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    canvas.render(painter, QRectF(0, 0, WIDTH, HEIGHT), QRect(0, 0, WIDTH, HEIGHT))
    painter.end()
    canvas.close()
    if not picture.save(str(path)):
        raise MotionError(f"{path} cannot be written. Choose another folder.")


def decades(low: float, high: float) -> list[tuple[float, str]]:
    """Return the ticks of an axis of time whose values are powers of ten of a ms."""
    return [(power, time_text(power)) for power in range(math.ceil(low), math.floor(high) + 1)]


def time_text(power: int) -> str:
    """Return 10^power ms as people say it."""
    return f"{10.0**power:g} ms" if power < 3 else f"{10.0 ** (power - 3):g} s"
