"""A picture of a lab with its title and range: as large as it goes, its pixels to be clicked and pointed at."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QLinearGradient, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from motionapp.labs.shades import NEGATIVE, POSITIVE
from motionapp.types import Array
from ui.labs.numbers import number_text
from ui.labs.title_line import fitted, write_title
from ui.theme import theme

#: Paints over the picture: a painter in px of the widget, the rectangle of the picture, and widget px per picture px.
Overlay = Callable[[QPainter, QRectF, float], None]

#: From this magnification on, pixels are shown as the squares they are.
_SQUARES_FROM = 4.0


class PictureView(QWidget):
    """Shows ``(H, W, 3)`` uint8 RGB under a title.

    Signals
    -------
    pressed(int, int), clicked(int, int), hovered(int, int)
        The button was pressed on a pixel (x, y); pressed there or, held, dragged to it; the mouse is over it.
    left()
        The mouse is no longer over the picture.
    """

    pressed = Signal(int, int)
    clicked = Signal(int, int)
    hovered = Signal(int, int)
    left = Signal()

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.overlay: Overlay | None = None
        self.bar_room = False  # whether room is left for a bar that a neighbour has, so that both are equally large
        self._array: Array | None = None
        self._image = QImage()
        self._limit: float | None = None
        self.set_title(title)

    def set_title(self, title: str, note: str = "") -> None:
        """Write ``title`` over the picture and, fainter, ``note`` beside it."""
        self._title, self._note = title, note
        self.setAccessibleName(f"{title} {note}".strip())
        self.update()

    def show_picture(self, picture: Array | None, limit: float | None = None) -> None:
        """Show ``picture``; a ``limit`` draws the bar of the map of signed numbers from −limit to limit under it."""
        self._array, self._limit = picture, limit  # a QImage does not own the pixels it is made over
        if picture is None:
            self._image = QImage()
        else:
            height, width = picture.shape[:2]
            self._image = QImage(picture.data, width, height, 3 * width, QImage.Format.Format_RGB888)
        self.update()

    def area(self) -> QRectF:
        """Return where the picture is drawn, in px of the widget."""
        line = self.fontMetrics().height()
        top, bottom = line + 4, (line + 4 if self._limit is not None or self.bar_room else 0)
        room = QRectF(0, top, self.width(), max(1, self.height() - top - bottom))
        if self._image.isNull():
            return room
        size = self._image.size()
        scale = min(room.width() / size.width(), room.height() / size.height())
        width, height = size.width() * scale, size.height() * scale
        return QRectF(room.x() + (room.width() - width) / 2, room.y() + (room.height() - height) / 2, width, height)

    def sizeHint(self) -> QSize:
        return QSize(320, 260)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, 60 + self.fontMetrics().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        area, colours = self.area(), theme(self.palette())
        if self._image.isNull():
            painter.fillRect(area, QColor(colours.band))
        else:
            scale = area.width() / self._image.width()
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < _SQUARES_FROM)
            painter.drawImage(area, self._image)
            if self.overlay is not None:
                painter.save()
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setClipRect(area)
                self.overlay(painter, area, scale)
                painter.restore()
        self._write_title(painter, area)
        if self._limit is not None:
            self._draw_bar(painter, area, self._limit)
        painter.end()

    def _write_title(self, painter: QPainter, area: QRectF) -> None:
        height = self.fontMetrics().height()
        room = QRectF(0, area.y() - height - 3, self.width(), height)
        write_title(painter, room, area.x(), (self._title, self._note), theme(self.palette()))

    def _draw_bar(self, painter: QPainter, area: QRectF, limit: float) -> None:
        """Draw −limit, a strip of all colours and limit in one line under the picture."""
        texts = number_text(-limit), number_text(limit)
        painter.setFont(
            fitted(self.font(), 0.75 * area.width(), lambda own: sum(map(QFontMetricsF(own).horizontalAdvance, texts)))
        )
        metrics = painter.fontMetrics()
        line = QRectF(area.x(), area.bottom() + 3, area.width(), metrics.height())
        painter.setPen(QColor(theme(self.palette()).foreground))
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, texts[0])
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, texts[1])
        side = max(metrics.horizontalAdvance(text) for text in texts) + metrics.horizontalAdvance(" ")
        strip = line.adjusted(side, line.height() * 0.3, -side, -line.height() * 0.3)
        shades = QLinearGradient(strip.topLeft(), strip.topRight())
        for at, colour in ((0.0, QColor(*NEGATIVE)), (0.5, QColor("white")), (1.0, QColor(*POSITIVE))):
            shades.setColorAt(at, colour)
        painter.fillRect(strip, shades)

    def _pixel(self, position: QPointF) -> tuple[int, int] | None:
        area = self.area()
        if self._image.isNull() or not area.contains(position):
            return None
        scale = area.width() / self._image.width()
        x, y = int((position.x() - area.x()) / scale), int((position.y() - area.y()) / scale)
        return min(x, self._image.width() - 1), min(y, self._image.height() - 1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        pixel = self._pixel(event.position())
        if event.button() == Qt.MouseButton.LeftButton and pixel is not None:
            self.pressed.emit(*pixel)
            self.clicked.emit(*pixel)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        pixel = self._pixel(event.position())
        if pixel is None:
            self.left.emit()
        elif event.buttons() & Qt.MouseButton.LeftButton:
            self.clicked.emit(*pixel)
        else:
            self.hovered.emit(*pixel)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.left.emit()
