"""A card on the start page: a scene with its true arrows, moving while the mouse or the focus is on it."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QFocusEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QStyleOptionGraphicsItem, QWidget

from motionapp.types import Picture
from ui.picture_items import ArrowItem, BackgroundItem
from ui.theme import theme

THUMB = QSize(140, 105)
_TITLE_PX = 28
_FRAMES = 16
_FRAME_MS = 80
#: Every so-manyth frame at 30 Hz is shown, from this one on.
_START, _STRIDE = 8, 3


def render_scene(name: str, stop: threading.Event) -> list[Picture]:
    """Return a few pictures of a scene with arrows of its true motion, as small as a card shows them.

    Takes some 50 ms and imports OpenCV: not for the GUI thread. Once ``stop`` is set it returns what there is.
    """
    from motionapp.overlay import ArrowScale, compose
    from motionapp.scenes import SceneSource
    from motionapp.settings import Settings, ViewSettings
    from motionapp.types import Motion

    source = SceneSource(name, THUMB.width(), THUMB.height())
    view, scale = ViewSettings(grid_px=12, least_px=0.2), ArrowScale()
    measured = np.ones((THUMB.height(), THUMB.width()), np.float32)
    pictures = []
    for index in range(_START, _START + _FRAMES * _STRIDE, _STRIDE):
        if stop.is_set():
            break
        frame = source.frame(index)
        if frame.truth is not None:
            motion = Motion(frame, frame.truth.flow, measured, 1.0 / source.info.rate_hz, Settings(view=view))
            pictures.append(compose(motion, view, scale))
    return pictures


class SceneCard(QAbstractButton):
    """A button that shows a scene and its title."""

    def __init__(self, name: str, title: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = name
        self.setText(title)
        self.setToolTip(text)
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedSize(self.sizeHint())
        self._pictures: Sequence[Picture] = ()
        self.drawn = False
        self._at = 0
        self._background, self._arrows = BackgroundItem(), ArrowItem()
        self._clock = QTimer(self, interval=_FRAME_MS)
        self._clock.timeout.connect(self._advance)

    def show_pictures(self, pictures: Sequence[Picture]) -> None:
        """Show the scene; without pictures the card keeps its plain look and works the same."""
        self._pictures, self.drawn = pictures, True
        speeds = [picture.measures.mean_px_s for picture in pictures]
        self._show(speeds.index(max(speeds)) if speeds else 0)  # what moves most says most

    @property
    def moving(self) -> bool:
        """Whether the scene plays."""
        return self._clock.isActive()

    def sizeHint(self) -> QSize:
        return THUMB + QSize(0, _TITLE_PX)

    def _show(self, at: int) -> None:
        if self._pictures:
            self._at = at % len(self._pictures)
            self._background.set_image(self._pictures[self._at].background)
            self._arrows.set_field(self._pictures[self._at].arrows)
            self.update()

    def _advance(self) -> None:
        self._show(self._at + 1)

    def _follow(self, on: bool) -> None:
        if on and self._pictures:
            self._clock.start()
        else:
            self._clock.stop()
        self.update()

    def enterEvent(self, event: QEvent) -> None:
        super().enterEvent(event)  # type: ignore[arg-type]
        self._follow(True)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._follow(self.hasFocus())

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._follow(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._follow(self.underMouse())

    def hideEvent(self, event: QEvent) -> None:
        super().hideEvent(event)  # type: ignore[arg-type]
        self._follow(False)

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = theme(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        card = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        shape = QPainterPath()
        shape.addRoundedRect(card, 6, 6)
        painter.fillPath(shape, QColor(colours.background))
        painter.save()
        painter.setClipPath(shape)
        painter.setClipRect(QRectF(0, 0, self.width(), THUMB.height()), Qt.ClipOperation.IntersectClip)
        painter.fillRect(self.rect(), QColor(colours.backdrop))
        option = QStyleOptionGraphicsItem()
        self._background.paint(painter, option)
        self._arrows.paint(painter, option)
        painter.restore()
        hot = self.underMouse() or self.hasFocus()
        painter.setPen(QPen(QColor(colours.accent if hot else colours.grid), 2.0 if hot else 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(shape)
        painter.setPen(QColor(colours.foreground))
        area = QRectF(6, THUMB.height(), self.width() - 12, _TITLE_PX)
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, self.text())
