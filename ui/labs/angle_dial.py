"""A direction as an arrow on a circle, to be turned by the mouse, the wheel or the up and down keys."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import ARROW, theme

#: Degrees for a notch of the wheel or a key.
NOTCH = 5.0
_KEYS = {Qt.Key.Key_Up: -NOTCH, Qt.Key.Key_Down: NOTCH}


class AngleDial(QWidget):
    """Shows an angle in degrees: 0 to the right, 90 down, as everywhere in pictures.

    Signals
    -------
    turned(float)
        Another angle is wanted, 0 to below 360.
    """

    turned = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self._degrees = 0.0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip("Drag, turn the wheel, or press the up and down keys")
        self.render_angle(0.0)

    def render_angle(self, degrees: float) -> None:
        """Show an angle; emits nothing."""
        self._degrees = degrees
        self.setAccessibleName(f"Angle {degrees:g}°")
        self.update()

    def sizeHint(self) -> QSize:
        side = 9 * self.fontMetrics().height()
        return QSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours, line = theme(self.palette()), self.fontMetrics().height()
        middle, radius = self._middle(), self._radius()
        painter.setPen(QPen(QColor(ARROW if self.hasFocus() else colours.faint), 0.1 * line))
        painter.drawEllipse(middle, radius, radius)
        for degrees in range(0, 360, 45):
            towards = self._towards(degrees)
            painter.drawLine(middle + towards * (0.9 * radius), middle + towards * radius)
        towards = self._towards(self._degrees)
        tip, across = middle + towards * (0.86 * radius), QPointF(-towards.y(), towards.x())
        painter.setPen(QPen(QColor(ARROW), 0.22 * line, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(middle, tip - towards * (0.5 * line))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ARROW))
        back = tip - towards * (0.9 * line)
        painter.drawPolygon(QPolygonF([tip, back + across * (0.4 * line), back - across * (0.4 * line)]))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._point_at(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._point_at(event.position())

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._turn(math.copysign(NOTCH, event.angleDelta().y()))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = _KEYS.get(Qt.Key(event.key()))
        if by is None:
            super().keyPressEvent(event)
        else:
            self._turn(by)

    def _middle(self) -> QPointF:
        return QPointF(self.width() / 2, self.height() / 2)

    def _radius(self) -> float:
        return min(self.width(), self.height()) / 2 - 0.25 * self.fontMetrics().height()

    def _towards(self, degrees: float) -> QPointF:
        return QPointF(math.cos(math.radians(degrees)), math.sin(math.radians(degrees)))

    def _point_at(self, position: QPointF) -> None:
        away = position - self._middle()
        if away.manhattanLength() > 0:
            self.turned.emit(float(round(math.degrees(math.atan2(away.y(), away.x())))) % 360.0)

    def _turn(self, by: float) -> None:
        self.turned.emit((self._degrees + by) % 360.0)
