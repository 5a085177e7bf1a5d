"""What lies in the picture's own coordinates: the background, and all arrows as one item.

Measured with 1,200 arrows in all directions on 1280×720 px, software raster, 2 slow cores, median ms of painting alone:

=====================================================  =======  ===========
one path of whole arrows                                jagged  antialiased
=====================================================  =======  ===========
filled, its rim stroked by a pen of 1 px                   4.3         40.8
filled without, its rim with antialiasing                               6.1
shafts as lines of two pens, heads filled and stroked      2.8          5.5
=====================================================  =======  ===========

A pen wider than 1 px is fast only for lines: stroking the path of all shafts with it takes 300 ms. A clip of several
rectangles doubles all of this: the canvas that holds these items repaints whole and does not clip.
"""

from __future__ import annotations

from typing import cast

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget
from shiboken6 import wrapInstance

from motionapp.types import Array, ArrowField
from ui.theme import ARROW, OUTLINE, SPEEDS

#: Up to here a picture is turned into the format that is painted fastest; larger ones cost more than they gain.
_CONVERTED_PX = 2_100_000
#: From this magnification on, pixels are shown as the squares they are.
_SQUARES_FROM = 4.0


class BackgroundItem(QGraphicsItem):
    """Draws an ``(H, W, 3)`` uint8 RGB image, one unit per pixel.

    In place of ``pyqtgraph.ImageItem``: half its time to paint, smooth when enlarged a little, and no levels.
    """

    def __init__(self) -> None:
        super().__init__()
        self._array: Array | None = None
        self._image = QImage()

    def set_image(self, image: Array | None) -> None:
        """Show ``image``, C-contiguous; None shows nothing."""
        shape = (0, 0) if image is None else image.shape[:2]
        if (self._image.height(), self._image.width()) != shape:
            self.prepareGeometryChange()
        self._array = image  # a QImage does not own the pixels it is made over
        if image is None:
            self._image = QImage()
        else:
            height, width = shape
            over = QImage(image.data, width, height, 3 * width, QImage.Format.Format_RGB888)
            small = height * width <= _CONVERTED_PX
            self._image = over.convertToFormat(QImage.Format.Format_RGB32) if small else over
        self.update()

    def boundingRect(self) -> QRectF:
        """The picture's rectangle."""
        return QRectF(self._image.rect())

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Draw the image, smoothly unless it is enlarged enough to look at pixels."""
        if not self._image.isNull():
            smooth = abs(painter.worldTransform().m11()) < _SQUARES_FROM
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
            painter.drawImage(self.boundingRect(), self._image)


#: Width of a shaft in px of the picture, and of the dark rim in px of the screen.
_SHAFT_PX, _RIM_PX = 2.2, 1.0
#: From so many arrows on nothing is antialiased: half the time, and single arrows are no longer looked at.
_DENSE = 900


def _heads(corners: Array) -> QPainterPath:
    """Return the heads of ``(n, 7, 2)`` arrows as one path, from neck to neck round the tip."""
    path = QPainterPath()
    if len(corners):
        around = corners[:, 1:6]
        connect = np.ones(around.shape[:2], np.int32)
        connect[:, -1] = 0
        x, y = np.ascontiguousarray(around.reshape(-1, 2).T, dtype=np.float64)
        path = pg.arrayToQPath(x, y, connect=connect.ravel(), finiteCheck=False)
        path.setFillRule(Qt.FillRule.WindingFill)  # crossing heads must not punch holes into each other
    return path


class _Shafts:
    """One line per arrow, from the middle of its tail to the middle of its neck.

    Qt reads them where NumPy wrote them: a list of a thousand QLineF takes longer to make than to draw.
    """

    def __init__(self, corners: Array) -> None:
        ends = np.concatenate([corners[:, 0] + corners[:, 6], corners[:, 1] + corners[:, 5]], axis=1, dtype=np.float64)
        self._ends = ends / 2.0  # (n, 4): x0, y0, x1, y1, the layout of QLineF

    def draw(self, painter: QPainter) -> None:
        """Draw all lines with the painter's pen."""
        if len(self._ends):
            first = cast(QLineF, wrapInstance(self._ends.ctypes.data, QLineF))
            painter.drawLines(first, len(self._ends))


class ArrowItem(QGraphicsItem):
    """Draws an :class:`ArrowField` in picture coordinates, in one blue or in a colour per step of speed."""

    def __init__(self) -> None:
        super().__init__()
        self._smooth = True
        self._colours: list[tuple[QColor, _Shafts, QPainterPath]] = []
        self._bounds = QRectF()

    def set_field(self, field: ArrowField | None, edges_px_s: Array | None = None) -> None:
        """Show ``field``; with ``edges_px_s`` (four ascending speeds) each arrow gets the colour of its step."""
        self.prepareGeometryChange()
        if field is None or not len(field.corners):
            self._colours, self._bounds = [], QRectF()
            return
        corners = field.corners
        groups = [(ARROW, corners)]
        if edges_px_s is not None:
            steps = np.searchsorted(edges_px_s, field.speed_px_s)
            groups = [(colour, corners[steps == step]) for step, colour in enumerate(SPEEDS)]
        self._smooth = len(corners) < _DENSE
        self._colours = [(QColor(colour), _Shafts(group), _heads(group)) for colour, group in groups]
        x, y = corners[..., 0], corners[..., 1]  # one by one: NumPy takes ten times as long along the short axis
        corner, opposite = QPointF(x.min(), y.min()), QPointF(x.max(), y.max())
        self._bounds = QRectF(corner, opposite).adjusted(-3, -3, 3, 3)
        self.update()

    def boundingRect(self) -> QRectF:
        """Where the arrows are."""
        return self._bounds

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Draw the dark under all shafts, every step of speed over it, then the dark around all heads."""
        width_px = max(_SHAFT_PX * abs(painter.worldTransform().m11()), 1.0)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, self._smooth)
        painter.setPen(_flat_pen(OUTLINE, width_px + 2.0 * _RIM_PX))
        for _, shafts, _ in self._colours:
            shafts.draw(painter)
        for colour, shafts, _ in self._colours:
            painter.setPen(_flat_pen(colour, width_px))
            shafts.draw(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # the rim covers the jagged edge
        for colour, _, heads in self._colours:
            painter.fillPath(heads, colour)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, self._smooth)
        for _, _, heads in self._colours:
            painter.strokePath(heads, _flat_pen(OUTLINE, _RIM_PX))


def _flat_pen(colour: QColor | str, width_px: float) -> QPen:
    """Return a pen as wide on the screen whatever the zoom, ending where its line ends."""
    pen = QPen(QColor(colour), width_px)
    pen.setCosmetic(True)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen
