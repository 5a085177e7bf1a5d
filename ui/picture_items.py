"""What lies in the picture's own coordinates: the background, and all arrows as one item.

Measured with 1,200 arrows on 1280×720 px, software raster, 2 slow cores, median ms of painting alone:

=====================================================  =====
one path, blue pen of 1 px, no outline                   2.1
one path, dark pen of 3 px under blue of 1.6 px        308.
the same as 3,600 lines instead of a path               10.9
the same lines, not antialiased (jagged)                 2.5
filled outlines, antialiased, with outline              40.8
filled outlines, only the line around antialiased        6.1
=====================================================  =====

The last one looks like the one before it, since the line covers the jagged edge of the fill. A clip of several
rectangles doubles all of this: the canvas that holds these items repaints whole and does not clip.
"""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

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


def _path(vertices: Array, connect: Array) -> QPainterPath:
    if not len(vertices):
        return QPainterPath()
    x, y = np.ascontiguousarray(vertices.T, dtype=np.float64)
    path = pg.arrayToQPath(x, y, connect=connect.astype(np.int32), finiteCheck=False)
    path.setFillRule(Qt.FillRule.WindingFill)  # crossing arrows must not punch holes into each other
    return path


#: From so many vertices on (some 900 arrows) outlines are drawn without antialiasing, in half the time.
_DENSE = 7200


class ArrowItem(QGraphicsItem):
    """Draws an :class:`ArrowField` in picture coordinates, in one blue or in a colour per step of speed."""

    def __init__(self) -> None:
        super().__init__()
        self._outline = QPainterPath()
        self._fills: list[tuple[QColor, QPainterPath]] = []
        self._bounds = QRectF()
        self._pen = QPen(QColor(OUTLINE), 1.0)
        self._pen.setCosmetic(True)

    def set_field(self, field: ArrowField | None, edges_px_s: Array | None = None) -> None:
        """Show ``field``; with ``edges_px_s`` (four ascending speeds) each arrow gets the colour of its step."""
        self.prepareGeometryChange()
        if field is None or not len(field.vertices):
            self._outline, self._fills, self._bounds = QPainterPath(), [], QRectF()
            return
        self._outline = _path(field.vertices, field.connect)
        if edges_px_s is None:
            self._fills = [(QColor(ARROW), self._outline)]
        else:
            steps = np.searchsorted(edges_px_s, field.speed_px_s)
            self._fills = [
                (QColor(colour), _path(field.vertices[steps == step], field.connect[steps == step]))
                for step, colour in enumerate(SPEEDS)
            ]
        self._bounds = self._outline.controlPointRect().adjusted(-2, -2, 2, 2)
        self.update()

    def boundingRect(self) -> QRectF:
        """Where the arrows are."""
        return self._bounds

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Fill every step of speed, then outline all arrows at once; a dense field has no time for smooth outlines."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for colour, path in self._fills:
            painter.fillPath(path, colour)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, self._outline.elementCount() < _DENSE)
        painter.strokePath(self._outline, self._pen)
