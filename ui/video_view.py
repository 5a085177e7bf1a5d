"""The picture with its arrows: zoom by wheel, pan by drag, a read-out under the mouse."""

from __future__ import annotations

import math
from typing import NamedTuple

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from motionapp.settings import ViewSettings
from motionapp.types import Motion, Picture
from ui.arrow_item import ArrowItem
from ui.legend import Legend
from ui.theme import theme

#: Margin of everything that lies in a corner of the picture, in screen px.
MARGIN_PX = 10


class Reading(NamedTuple):
    """The motion at one pixel: u, v in px per frame (right, down), direction in degrees, 0 = right, 90 = up.

    ``measured`` is False where the motion is not to be trusted.
    """

    x: int
    y: int
    u: float
    v: float
    speed_px_s: float
    direction: float
    measured: bool


def reading(motion: Motion, x: float, y: float) -> Reading | None:
    """Return the motion at the pixel that holds ``(x, y)``, None outside the picture."""
    height, width = motion.flow.shape[1:]
    column, row = math.floor(x), math.floor(y)
    if not (0 <= column < width and 0 <= row < height):
        return None
    u, v = (float(value) for value in motion.flow[:, row, column])
    speed = 0.0 if motion.first else math.hypot(u, v) / motion.dt_s
    direction = math.degrees(math.atan2(-v, u)) % 360.0
    return Reading(column, row, u, v, speed, direction, bool(motion.confidence[row, column] >= 0.5))


class _Canvas(pg.GraphicsView):  # type: ignore[misc]
    """The graphics view without keys of its own, and with its double click told."""

    double_clicked = Signal()
    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()
        if event.button() == Qt.MouseButton.LeftButton:
            self.double_clicked.emit()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.left.emit()


class VideoView(QWidget):
    """Shows one :class:`Picture`: its background, its arrows, and what they mean."""

    hovered = Signal(object)
    double_clicked = Signal()
    files_dropped = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self._picture: Picture | None = None
        self._view = ViewSettings()
        self._fitted = True
        self._mouse: QPointF | None = None
        self._canvas = _Canvas(self, background=None)
        self._canvas.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._canvas.setAcceptDrops(False)
        self._box = pg.ViewBox(lockAspect=True, invertY=True, enableMenu=False, defaultPadding=0.0)
        self._canvas.setCentralItem(self._box)
        self._image = pg.ImageItem(axisOrder="row-major", autoDownsample=False)
        self._arrows = ArrowItem()
        self._box.addItem(self._image)
        self._box.addItem(self._arrows, ignoreBounds=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._canvas)
        self._legend = Legend(self)
        self._message = QLabel(self)
        self._canvas.double_clicked.connect(self.double_clicked)
        self._canvas.sceneObj.sigMouseMoved.connect(self._point)
        self._canvas.left.connect(lambda: self._point(None))
        self._box.sigRangeChangedManually.connect(self._zoomed)
        self._colour()

    def show_picture(self, picture: Picture, view: ViewSettings) -> None:
        """Show ``picture`` as ``view`` says; keeps the zoom unless the picture's size changed."""
        resized = self._picture is None or self._picture.background.shape != picture.background.shape
        self._picture, self._view = picture, view
        self._image.setImage(picture.background, autoLevels=False)
        if view.mode == "arrows":
            self._arrows.set_field(picture.arrows)
        else:
            self._arrows.clear()
        self._message.hide()
        if resized:
            self.fit()
        self._read()

    def clear(self) -> None:
        """Show nothing."""
        self._picture = None
        self._image.clear()
        self._arrows.clear()

    def set_message(self, text: str) -> None:
        """Show ``text`` in the middle of the picture until the next picture; "" removes it."""
        self._message.setText(text)
        self._message.setVisible(bool(text))

    def fit(self) -> None:
        """Show the whole picture."""
        self._fitted = True
        if self._picture is not None:
            height, width = self._picture.background.shape[:2]
            self._box.setRange(QRectF(0, 0, width, height), padding=0.0)

    def _zoomed(self) -> None:
        self._fitted = False

    def _point(self, position: QPointF | None) -> None:
        self._mouse = position
        self._read()

    def _read(self) -> None:
        found = None
        if self._picture is not None and self._mouse is not None:
            point = self._box.mapSceneToView(self._mouse)
            found = reading(self._picture.motion, point.x(), point.y())
        self.hovered.emit(found)

    def _colour(self) -> None:
        self._canvas.setBackground(theme(self.palette()).backdrop)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._colour()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fitted:
            self.fit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.files_dropped.emit([url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()])
