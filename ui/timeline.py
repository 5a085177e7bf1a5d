"""The line of time under the picture: where play is, where it may go, drawn and dragged by hand."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPalette, QPolygonF, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import theme

#: While dragging, a seek at most this often: as fast as an eye follows, far slower than a mouse reports.
SEEK_MS = 33
_EDGE_PX = 9.0
_GROOVE_PX = 5.0
_KNOB_PX = 7.0
_GRIP_PX = 7.0
#: Above the groove, in px from the top: how much of the file has been seen.
_COVERAGE_PX = (3.0, 3.0)

Grip = Literal["", "position", "first", "last"]


class Timeline(QWidget):
    """Renders frame ``index`` of ``count`` with its in and out marks.

    Drag anywhere to seek, drag a mark to move it, turn the wheel to step.
    """

    seek_requested = Signal(int)
    step_requested = Signal(int)
    range_requested = Signal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Timeline")
        self.setToolTip(
            "Click or drag to seek; drag the marks to move in and out; turn the wheel to step.\n"
            "Strip above: the motion of these frames is known, green with the settings in force, grey with others."
        )
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self._count = 0
        self._index = 0
        self._first: int | None = None
        self._last: int | None = None
        self._grip: Grip = ""
        self._hot = False
        self._pending: int | None = None
        self._coverage = QImage()
        self._pace = QTimer(self, interval=SEEK_MS, singleShot=True)
        self._pace.timeout.connect(self._send)

    def render_position(self, index: int, count: int, first: int | None, last: int | None) -> None:
        """Show a position; while a grip is held, the hand knows better and keeps it."""
        if self._grip == "position":
            index = self._index
        elif self._grip:
            first, last = self._first, self._last
        state = (max(0, index), count, first, last)
        if state != (self._index, self._count, self._first, self._last):
            self._index, self._count, self._first, self._last = state
            self.update()

    def render_coverage(self, strip: QImage) -> None:
        """Show which frames have been seen: an image one pixel high, from the first to the last frame."""
        self._coverage = strip
        self.update()

    @property
    def index(self) -> int:
        """The frame the knob stands on."""
        return self._index

    def x_of(self, index: int) -> float:
        """Return where frame ``index`` lies, in px from the left."""
        return _EDGE_PX + (self.width() - 2 * _EDGE_PX) * index / max(1, self._count - 1)

    def index_at(self, x: float) -> int:
        """Return the frame nearest to ``x``."""
        share = (x - _EDGE_PX) / max(1.0, self.width() - 2 * _EDGE_PX)
        return round(min(1.0, max(0.0, share)) * max(0, self._count - 1))

    def sizeHint(self) -> QSize:
        return QSize(240, 30)

    def minimumSizeHint(self) -> QSize:
        return QSize(90, 30)

    def _grip_at(self, position: QPointF) -> Grip:
        """Return what is under the mouse: marks are gripped by their flags below the groove."""
        if position.y() > self.height() / 2 + _GROOVE_PX / 2 + 1:
            marks: tuple[tuple[Grip, int | None], ...] = (("last", self._last), ("first", self._first))
            for name, index in marks:
                if index is not None and abs(position.x() - self.x_of(index)) <= _GRIP_PX:
                    return name
        return "position"

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._count > 0:
            self._grip = self._grip_at(event.position())
            if self._grip == "position":
                self._move(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grip:
            self._move(event.position().x())
        else:
            marked = self._count > 0 and self._grip_at(event.position()) != "position"
            self.setCursor(Qt.CursorShape.SizeHorCursor if marked else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or not self._grip:
            return
        grip, self._grip = self._grip, ""
        if grip == "position":
            self._send()
        else:
            self.range_requested.emit(self._first, self._last)
        self.update()

    def _move(self, x: float) -> None:
        index = self.index_at(x)
        if self._grip == "first":
            self._first = min(index, self._count - 1 if self._last is None else self._last)
        elif self._grip == "last":
            self._last = max(index, self._first or 0)
        elif index != self._index or self._pending is None:
            self._index = self._pending = index
            if not self._pace.isActive():
                self._send()
        self.update()

    def _send(self) -> None:
        if self._pending is not None:
            index, self._pending = self._pending, None
            self._pace.start()
            self.seek_requested.emit(index)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self._count > 0 and event.angleDelta().y():
            self.step_requested.emit(-1 if event.angleDelta().y() > 0 else 1)
        event.accept()

    def enterEvent(self, event: QEvent) -> None:
        self._hot = True
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hot = False
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        colours = theme(self.palette())
        on = self.isEnabled() and self._count > 0
        middle = self.height() / 2
        self._bar(painter, 0, self._count - 1, colours.grid)
        if not on:
            return
        left, right = self.x_of(0), self.x_of(self._count - 1)
        painter.drawImage(QRectF(left, _COVERAGE_PX[0], right - left, _COVERAGE_PX[1]), self._coverage)
        low = self._first or 0
        high = self._count - 1 if self._last is None else self._last
        marked = self._first is not None or self._last is not None
        if marked:
            tint = QColor(colours.accent)
            tint.setAlpha(90)
            self._bar(painter, low, high, tint)
        if self._index >= low:
            self._bar(painter, low, min(self._index, high), colours.accent)
        for index, side in ((self._first, 1.0), (self._last, -1.0)):
            if index is not None:
                self._flag(painter, self.x_of(index), side, QColor(colours.foreground))
        centre = QPointF(self.x_of(min(self._index, self._count - 1)), middle)
        radius = _KNOB_PX + (1.0 if self._hot or self._grip else 0.0)
        painter.setBrush(self.palette().color(QPalette.ColorRole.Window))
        painter.drawEllipse(centre, radius + 1.5, radius + 1.5)
        painter.setBrush(QColor(colours.accent))
        painter.drawEllipse(centre, radius, radius)

    def _bar(self, painter: QPainter, first: int, last: int, colour: QColor | str) -> None:
        left, right = self.x_of(first), self.x_of(max(first, last))
        painter.setBrush(QColor(colour))
        box = QRectF(left, self.height() / 2 - _GROOVE_PX / 2, right - left, _GROOVE_PX)
        painter.drawRoundedRect(box, _GROOVE_PX / 2, _GROOVE_PX / 2)

    def _flag(self, painter: QPainter, x: float, side: float, colour: QColor) -> None:
        """Draw a bracket with its foot below the groove: ``side`` +1 opens to the right (in), -1 to the left (out)."""
        middle = self.height() / 2
        painter.setBrush(colour)
        painter.drawRect(QRectF(x - 1.0, middle - 8.0, 2.0, 20.0))
        foot = middle + 12.0
        points = [QPointF(x - side, foot), QPointF(x + 7.0 * side, foot), QPointF(x - side, foot - 7.0)]
        painter.drawPolygon(QPolygonF(points))
