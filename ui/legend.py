"""The key to the picture, in its corner: reference arrow, steps of speed, colour wheel or heat scale."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QWidget

from motionapp.settings import ViewMode, ViewSettings
from motionapp.types import Picture
from ui.theme import ARROW, OUTLINE, PLATE, PLATE_FAINT, PLATE_TEXT, SPEED_STEPS, SPEEDS, sized

_PAD = 9.0
_WHEEL = 72
_RAMP = 120
_SWATCH = 34.0


class Key(NamedTuple):
    """All a legend says: equal keys look equal.

    ``speed_px_s`` is the speed of the reference arrow, ``length_px`` its length on the screen and ``zoom`` how much
    it is enlarged; ``full_px_s`` is the speed of full colour, of which the steps of speed are parts.
    """

    mode: ViewMode
    speed_px_s: float
    length_px: float
    zoom: float
    full_px_s: float
    locked: bool
    by_speed: bool


def key_of(picture: Picture, view: ViewSettings, zoom: float) -> Key:
    """Return what there is to say about ``picture`` shown at ``zoom`` screen px per px."""
    from motionapp.arrows import reference_speed  # by now the session has loaded what this needs

    scale = picture.arrows.px_per_px_s
    speed = reference_speed(scale * zoom)
    return Key(
        view.mode, speed, speed * scale * zoom, zoom, reference_speed(scale), view.scale_locked, view.colour_by_speed
    )


class Legend(QWidget):
    """Tells what the overlay means; it stays the same size while the picture is zoomed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._key: Key | None = None
        self._pixmap = QPixmap()

    @property
    def key(self) -> Key | None:
        """What the legend says now."""
        return self._key

    def show_key(self, key: Key | None) -> None:
        """Say ``key``, hide for None; drawn anew only when it says something else."""
        if key is not None and key.mode == "off":
            key = None
        if key == self._key:
            return
        self._key = key
        if key is not None:
            self._draw(key)
            self.setAccessibleName(f"Legend: {key.speed_px_s:g} px/s")
        self.setVisible(key is not None)
        self.update()

    def sizeHint(self) -> QSize:
        return self._pixmap.deviceIndependentSize().toSize()

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).drawPixmap(0, 0, self._pixmap)

    def _draw(self, key: Key) -> None:
        draw = {"arrows": self._draw_arrows, "colour": self._draw_wheel, "heat": self._draw_ramp}[key.mode]
        ratio = self.devicePixelRatioF()
        size = QSize(320, 140)
        pixmap = QPixmap(size * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.font())
        used = draw(painter, key)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationOver)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(PLATE)
        painter.drawRoundedRect(QRectF(0, 0, used.width(), used.height()), 5, 5)
        painter.end()
        self._pixmap = pixmap.copy(0, 0, round(used.width() * ratio), round(used.height() * ratio))
        self.resize(used)

    def _text(self, painter: QPainter, x: float, middle: float, text: str, colour: QColor = PLATE_TEXT) -> float:
        """Write ``text`` from ``x``, centred on ``middle``; return where it ends."""
        width = QFontMetricsF(painter.font()).horizontalAdvance(text)
        painter.setPen(colour)
        painter.drawText(QRectF(x, middle - 12, width + 2, 24), Qt.AlignmentFlag.AlignVCenter, text)
        return x + width

    def _draw_arrows(self, painter: QPainter, key: Key) -> QSize:
        from motionapp.arrows import Samples, outline

        middle = 15.0
        one = Samples(*np.array([[0.0], [0.0], [key.length_px / key.zoom], [0.0]], np.float32))
        shape = outline(one, 1.0, 1.0).corners[0] * key.zoom
        painter.translate(_PAD, middle)
        painter.setPen(QPen(QColor(OUTLINE), 1.0))
        steps = np.array(SPEED_STEPS) * key.full_px_s
        painter.setBrush(QColor(SPEEDS[int(np.searchsorted(steps, key.speed_px_s))] if key.by_speed else ARROW))
        painter.drawPolygon(QPolygonF([QPointF(float(x), float(y)) for x, y in shape]))
        painter.resetTransform()
        end = self._text(painter, _PAD + key.length_px + 10, middle, f"{key.speed_px_s:g} px/s")
        if key.locked:
            end = self._text(painter, end + 8, middle, "locked", PLATE_FAINT)
        if not key.by_speed:
            return QSize(round(end + _PAD), 30)
        return self._draw_steps(painter, key, end)

    def _draw_steps(self, painter: QPainter, key: Key, end: float) -> QSize:
        """Draw a swatch per step of speed, with the speeds between them underneath."""
        painter.setPen(Qt.PenStyle.NoPen)
        for at, colour in enumerate(SPEEDS):
            painter.setBrush(QColor(colour))
            painter.drawRect(QRectF(_PAD + at * _SWATCH, 32, _SWATCH - 1, 8))
        painter.setPen(PLATE_TEXT)
        painter.setFont(sized(painter.font(), 0.85))
        for at, step in enumerate(SPEED_STEPS, start=1):
            area = QRectF(_PAD + at * _SWATCH - _SWATCH / 2, 42, _SWATCH, 16)
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, f"{step * key.full_px_s:g}")
        return QSize(round(max(end, _PAD + len(SPEEDS) * _SWATCH) + _PAD), 62)

    def _draw_wheel(self, painter: QPainter, key: Key) -> QSize:
        from motionapp.colouring import colour_wheel

        wheel = np.ascontiguousarray(colour_wheel(2 * _WHEEL))
        side = wheel.shape[0]
        image = QImage(wheel.tobytes(), side, side, 4 * side, QImage.Format.Format_RGBA8888)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(_PAD, _PAD, _WHEEL, _WHEEL), image)
        height = _WHEEL + 2 * _PAD
        end = self._text(painter, _PAD + _WHEEL + 10, height / 2 - 9, f"rim {key.full_px_s:g} px/s")
        other = self._text(painter, _PAD + _WHEEL + 10, height / 2 + 9, "white: still", PLATE_FAINT)
        return QSize(round(max(end, other) + _PAD), round(height))

    def _draw_ramp(self, painter: QPainter, key: Key) -> QSize:
        from motionapp.colouring import heat

        colours = np.ascontiguousarray(heat(np.arange(256, dtype=np.uint8)[None]))
        image = QImage(colours.tobytes(), 256, 1, 768, QImage.Format.Format_RGB888)
        end = self._text(painter, _PAD, 15, "0")
        left = end + 7
        painter.drawImage(QRectF(left, 10, _RAMP, 10), image)
        painter.setPen(QPen(PLATE_FAINT, 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(left - 0.5, 9.5, _RAMP + 1, 11))
        end = self._text(painter, left + _RAMP + 7, 15, f"{key.full_px_s:g} px/s")
        return QSize(round(end + _PAD), 30)
