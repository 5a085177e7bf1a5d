"""The (u, v) plane of one point: its cost as a contour, the line of its constraint, the paths of descent."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from motionapp.labs.descent import Path, Point
from motionapp.types import Array
from ui.labs.numbers import number_text
from ui.labs.title_line import write_title
from ui.theme import theme

#: Colours of the paths: steepest descent, momentum, Nesterov's rule.
PATHS = {"steepest": "#ffd34d", "momentum": "#ff7a3d", "nesterov": "#41e0a0"}
NAMES = {"steepest": "steepest", "momentum": "momentum", "nesterov": "Nesterov"}
_LINE = "#ff4d9d"
_FAR = 1e4  # px of the widget; further out nothing is drawn


class PlaneView(QWidget):
    """Shows the plane from −reach to reach, u to the right and v down; a click chooses where descents start.

    Signals
    -------
    clicked(float, float)
        A motion (u, v), in px per frame.
    """

    clicked = Signal(float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Cost of the motion, and the descents on it")
        self.setToolTip("Click where the descents are to start")
        self._image = QImage()
        self._array: Array | None = None
        self._point: Point | None = None
        self._paths: Sequence[Path] = ()
        self._reach = 4.0

    def show_descent(self, contour: Array, reach: float, point: Point, paths: Sequence[Path]) -> None:
        """Show the contour of a cost, (n, n, 3) uint8 RGB, and what goes on on it."""
        self._array = contour
        size = len(self._array)
        self._image = QImage(self._array.data, size, size, 3 * size, QImage.Format.Format_RGB888)
        self._reach, self._point, self._paths = reach, point, paths
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(360, 380)

    def area(self) -> QRectF:
        """Return the square of the plane, in px of the widget."""
        line = self.fontMetrics().height()
        left, below = self.fontMetrics().horizontalAdvance("−16 "), line * 1.3  # room for the numbers
        side = max(10.0, min(self.width() - 1.5 * left, self.height() - below - line - 8))
        return QRectF(left + (self.width() - 1.5 * left - side) / 2, line + 6, side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area, colours = self.area(), theme(self.palette())
        if self._image.isNull() or self._point is None:
            painter.fillRect(area, QColor(colours.band))
            painter.end()
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(area, self._image)
        self._draw_axes(painter, area)
        painter.setClipRect(area)
        self._draw_constraint(painter, self._point)
        for path in self._paths:
            self._draw_path(painter, path)
        self._draw_places(painter, self._point)
        painter.end()

    def _place(self, u: float, v: float) -> QPointF:
        area = self.area()
        unit = area.width() / (2.0 * self._reach)
        x, y = (min(max(value * unit, -_FAR), _FAR) for value in (u, v))
        return QPointF(area.center().x() + x, area.center().y() + y)

    def _pen(self) -> float:
        return max(1.0, self.fontMetrics().height() / 16.0)

    def _draw_axes(self, painter: QPainter, area: QRectF) -> None:
        colours, metrics = theme(self.palette()), painter.fontMetrics()
        painter.setPen(QPen(QColor(255, 255, 255, 110), 1.0))
        painter.drawLine(QLineF(area.left(), area.center().y(), area.right(), area.center().y()))
        painter.drawLine(QLineF(area.center().x(), area.top(), area.center().x(), area.bottom()))
        above = QRectF(0, 0, self.width(), area.top() - 3)
        write_title(painter, above, area.left(), ("E (u, v) of the patch", "u →  v ↓"), colours)
        painter.setPen(QColor(colours.foreground))
        room = metrics.horizontalAdvance("−00 ") * 2.0 * self._reach / area.width()  # px per frame that a number takes
        every = max(1, round(self._reach / 4), math.ceil(room))
        most = int(self._reach) // every * every
        for value in range(-most, most + 1, every):
            at, text = self._place(value, value), number_text(value)
            painter.drawText(
                QPointF(at.x() - metrics.horizontalAdvance(text) / 2, area.bottom() + metrics.ascent() + 2), text
            )
            painter.drawText(
                QPointF(area.left() - metrics.horizontalAdvance(text + " "), at.y() + metrics.ascent() / 2.5), text
            )

    def _draw_constraint(self, painter: QPainter, point: Point) -> None:
        """Draw the motions that the pixel itself allows: Ix u + Iy v + It = 0."""
        size = math.hypot(point.ix, point.iy)
        if size < 1e-6:
            return
        normal = np.array([point.ix, point.iy]) / size
        foot, along = -point.it / size * normal, np.array([-normal[1], normal[0]]) * 3.0 * self._reach
        pen = QPen(QColor(_LINE), 2.2 * self._pen())
        pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.drawLine(QLineF(self._place(*(foot - along)), self._place(*(foot + along))))

    def _draw_path(self, painter: QPainter, path: Path) -> None:
        width = self._pen()
        line = QPolygonF([self._place(u, v) for u, v in path.points])
        for pen in (QPen(QColor(10, 14, 24, 170), 4.0 * width), QPen(QColor(PATHS[path.method]), 2.2 * width)):
            painter.setPen(pen)
            painter.drawPolyline(line)
        painter.setPen(QPen(QColor(10, 14, 24, 170), width))
        painter.setBrush(QColor(PATHS[path.method]))
        for at in range(line.size()):
            last = at == line.size() - 1
            painter.drawEllipse(line.at(at), (5.5 if last else 2.6) * width, (5.5 if last else 2.6) * width)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _draw_places(self, painter: QPainter, point: Point) -> None:
        """Draw a cross where the linearised cost is least, and a ring where the true motion is."""
        width = self._pen()
        for pen in (QPen(QColor(10, 14, 24, 200), 4.5 * width), QPen(QColor("white"), 2.2 * width)):
            painter.setPen(pen)
            if point.estimate is not None:
                at, arm = self._place(*point.estimate), 8.0 * width
                painter.drawLine(QLineF(at - QPointF(arm, arm), at + QPointF(arm, arm)))
                painter.drawLine(QLineF(at - QPointF(arm, -arm), at + QPointF(arm, -arm)))
            if point.truth is not None:
                painter.drawEllipse(self._place(*point.truth), 9.0 * width, 9.0 * width)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        area = self.area()
        if event.button() == Qt.MouseButton.LeftButton and area.contains(event.position()):
            away = (event.position() - area.center()) * (2.0 * self._reach / area.width())
            self.clicked.emit(away.x(), away.y())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            area = self.area()
            away = (event.position() - area.center()) * (2.0 * self._reach / area.width())
            if area.contains(event.position()):
                self.clicked.emit(away.x(), away.y())
