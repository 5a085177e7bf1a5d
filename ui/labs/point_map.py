"""The plane on which points are painted, over what the network makes of it."""

from __future__ import annotations

import math
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from motionapp.labs.clouds import Cloud, measured
from motionapp.labs.shades import NEGATIVE, POSITIVE
from motionapp.types import Array
from ui.labs.numbers import number_text
from ui.labs.title_line import write_title
from ui.theme import theme

#: A brush that is drawn paints a point at every such distance; the plane reaches from −1 to 1.
_APART = 0.07
#: Points of the two classes.
COLOURS = (QColor(*NEGATIVE), QColor(*POSITIVE))


class PointMap(QWidget):
    """Shows points over a picture; discs are learned from, squares only tested on.

    Signals
    -------
    painted(float, float, bool)
        Somebody paints at a place, x to the right and y up, both −1 … 1; with the other button, if so.
    """

    painted = Signal(float, float, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Points, and what the network makes of the plane")
        self.setToolTip("Paint points: drag. The right button paints the other class.")
        self.setCursor(Qt.CursorShape.CrossCursor)
        self._array: Array | None = None
        self._image = QImage()
        self._cloud: Cloud | None = None
        self._title = self._note = ""
        self._last: QPointF | None = None

    def show_points(self, picture: Array, cloud: Cloud, title: str, note: str = "") -> None:
        """Show ``cloud`` over ``picture`` (N, N, 3) uint8, under a title and, fainter, a note."""
        size = len(picture)
        self._array = picture  # a QImage does not own its pixels
        self._image = QImage(picture.tobytes(), size, size, 3 * size, QImage.Format.Format_RGB888).copy()
        self._cloud, self._title, self._note = cloud, title, note
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(380, 400)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 180)

    def area(self) -> QRectF:
        """Return the square of the plane, in px of the widget."""
        line, left = self.fontMetrics().height(), self.fontMetrics().horizontalAdvance("00 ")
        side = max(20.0, min(self.width() - 1.6 * left, self.height() - 2.3 * line))
        return QRectF(left + (self.width() - 1.6 * left - side) / 2, 1.15 * line, side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        area, colours = self.area(), theme(self.palette())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self._image.isNull() or self._cloud is None:
            painter.fillRect(area, QColor(colours.band))
            painter.end()
            return
        painter.drawImage(area, self._image)
        self._draw_axes(painter, area)
        self._draw_points(painter, area, self._cloud)
        painter.end()

    def _draw_axes(self, painter: QPainter, area: QRectF) -> None:
        """Write what is measured along both sides."""
        metrics, colours = painter.fontMetrics(), theme(self.palette())
        above = QRectF(0, 0, self.width(), area.top() - 2)
        write_title(painter, above, area.left(), (self._title, self._note), colours)
        painter.setPen(QColor(colours.foreground))
        for place in (-1.0, 0.0, 1.0):
            x1, x2 = (number_text(float(value)) for value in measured([place, place]))  # type: ignore[arg-type]
            x = area.center().x() + 0.5 * place * (area.width() - 10)
            y = area.center().y() - 0.5 * place * (area.height() - metrics.ascent())
            wide = metrics.horizontalAdvance(x1)
            painter.drawText(QPointF(x - wide / 2, area.bottom() + metrics.ascent() + 3), x1)
            painter.drawText(QPointF(area.left() - metrics.horizontalAdvance(x2) - 5, y + metrics.ascent() / 2.5), x2)
        painter.drawText(QPointF(area.right() - 0.22 * area.width(), area.bottom() + metrics.ascent() + 3), "x₁")
        painter.drawText(
            QPointF(area.left() - metrics.horizontalAdvance("x₂") - 5, area.top() + 0.25 * area.height()), "x₂"
        )

    def _draw_points(self, painter: QPainter, area: QRectF, cloud: Cloud) -> None:
        radius = max(3.2, self.fontMetrics().height() * 0.26)
        stamps = [[_stamp(label, radius, tested) for tested in (False, True)] for label in (0, 1)]
        away = QPointF(0.5 * stamps[0][0].width(), 0.5 * stamps[0][0].height())
        middle, unit = area.center() - away, 0.5 * area.width()
        for (x, y), label, tested in zip(cloud.places.tolist(), cloud.labels.tolist(), cloud.tested.tolist()):
            painter.drawPixmap(middle + QPointF(x * unit, -y * unit), stamps[label][tested])

    def _paint(self, event: QMouseEvent, other: bool) -> None:
        area = self.area()
        away = (event.position() - area.center()) / (0.5 * area.width())
        if max(abs(away.x()), abs(away.y())) > 1.0:
            return
        if self._last is not None and math.hypot((away - self._last).x(), (away - self._last).y()) < _APART:
            return
        self._last = away
        self.painted.emit(round(away.x(), 2), round(-away.y(), 2), other)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            self._last = None
            self._paint(event, event.button() == Qt.MouseButton.RightButton)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & (Qt.MouseButton.LeftButton | Qt.MouseButton.RightButton):
            self._paint(event, bool(event.buttons() & Qt.MouseButton.RightButton))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._last = None


@lru_cache(maxsize=16)
def _stamp(label: int, radius: float, tested: bool) -> QPixmap:
    """Return a point as it is drawn: a disc to learn from, a square to be tested on."""
    side = 2 * math.ceil(1.3 * radius)
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor("white"), 0.35 * radius))
    painter.setBrush(COLOURS[label])
    half = 0.85 * radius
    if tested:
        painter.drawRect(QRectF(side / 2 - half, side / 2 - half, 2 * half, 2 * half))
    else:
        painter.drawEllipse(QPointF(side / 2, side / 2), radius, radius)
    painter.end()
    return pixmap
