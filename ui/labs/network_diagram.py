"""A network as neurons in columns: in each, what it answers over the plane; between them, their weights."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from motionapp.labs.shades import NEGATIVE, POSITIVE
from motionapp.types import Array
from ui.labs.numbers import number_text
from ui.theme import theme

#: A neuron is at most so many lines of text high.
_LINES = 4.2


class NetworkDiagram(QWidget):
    """Draws inputs, hidden layers and outputs from left to right; widths of lines are sizes of weights.

    Signals
    -------
    pointed(object)
        The mouse is over a neuron, (layer, index), or over none any more, None.
    """

    pointed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("The network, neuron by neuron")
        self._layers: list[list[QImage]] = []
        self._weights: tuple[Array, ...] = ()
        self._outputs: Sequence[str] = ()
        self._over: tuple[int, int] | None = None
        self._drawn = QPixmap()  # kept, since Qt asks for it more often than it changes

    def show_network(
        self, neurons: Sequence[Sequence[Array]], weights: tuple[Array, ...], outputs: Sequence[str] = ()
    ) -> None:
        """Show pictures (N, N, 3) uint8 of all neurons, the weights (outputs, inputs) between their layers, and names.

        ``outputs`` are the names of the last layer's neurons.
        """
        self._outputs = outputs
        self._layers = [[_image(picture) for picture in layer] for layer in neurons]
        self._weights = weights
        if self._over is not None and not self._is_there(*self._over):
            self._over = None
            self.pointed.emit(None)
        self._renew()

    def sizeHint(self) -> QSize:
        return QSize(420, 260)

    def minimumSizeHint(self) -> QSize:
        return QSize(220, 140)

    def _is_there(self, layer: int, index: int) -> bool:
        return layer < len(self._layers) and index < len(self._layers[layer])

    def _boxes(self) -> list[list[QRectF]]:
        """Return where each neuron is drawn."""
        side = self._side()
        return [[self._box(layer, index, side) for index in range(len(own))] for layer, own in enumerate(self._layers)]

    def _side(self) -> float:
        most = max((len(layer) for layer in self._layers), default=1)
        high = (self.height() - 1.4 * self.fontMetrics().height()) / (1.22 * most)
        return max(
            8.0, min(high, self.width() / (1.9 * max(1, len(self._layers))), _LINES * self.fontMetrics().height())
        )

    def _box(self, layer: int, index: int, side: float) -> QRectF:
        top = 1.4 * self.fontMetrics().height()
        columns, rows = len(self._layers), len(self._layers[layer])
        margin = max(side, self.fontMetrics().horizontalAdvance("hidden 1")) / 2 + 2
        x = margin + (self.width() - 2 * margin) * layer / max(1, columns - 1)
        y = top + (self.height() - top) * (index + 0.5) / rows
        if rows > 1:  # close together where there is room to spare
            named = 1.3 * self.fontMetrics().height() if layer == columns - 1 and self._outputs else 0.0
            apart = min((self.height() - top) / rows, max(1.7 * side, side + named))
            y = top + (self.height() - top) / 2 + (index - (rows - 1) / 2) * apart
        return QRectF(x - side / 2, y - side / 2, side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._drawn.isNull():
            self._drawn = self._draw()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._drawn)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._renew()

    def changeEvent(self, event: QEvent) -> None:
        """Take the colours of another scheme and the size of another type."""
        super().changeEvent(event)
        self._renew()

    def _renew(self) -> None:
        self._drawn = QPixmap()
        self.update()

    def _draw(self) -> QPixmap:
        pixmap = QPixmap(self.size() * self.devicePixelRatio())
        pixmap.setDevicePixelRatio(self.devicePixelRatio())
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setFont(self.font())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        boxes = self._boxes()
        for layer, weights in enumerate(self._weights):
            self._draw_weights(painter, layer, weights, boxes)
        for layer in range(len(self._layers)):
            self._draw_layer(painter, layer, boxes[layer])
        painter.end()
        return pixmap

    def _draw_weights(self, painter: QPainter, layer: int, weights: Array, boxes: list[list[QRectF]]) -> None:
        colours, unit = theme(self.palette()), max(1.0, self.fontMetrics().height() / 16.0)
        vivid = [QColor(*rgb).lighter(150 if colours.dark else 100) for rgb in (NEGATIVE, POSITIVE)]
        pale = [_mixed(colour, self.palette().window().color()) for colour in vivid]
        size = np.abs(weights)
        known = size[np.isfinite(size)]
        largest = max(float(known.max()) if known.size else 0.0, 1e-9)
        for end, row in enumerate(weights.tolist()):
            for begin, weight in enumerate(row):
                if weight != weight or abs(weight) == float("inf"):
                    continue
                first, last = boxes[layer][begin], boxes[layer + 1][end]
                start, stop = QPointF(first.right(), first.center().y()), QPointF(last.left(), last.center().y())
                path, bend = QPainterPath(start), 0.45 * (stop.x() - start.x())
                path.cubicTo(start + QPointF(bend, 0), stop - QPointF(bend, 0), stop)
                touched = self._over in ((layer, begin), (layer + 1, end))
                colour = (vivid if touched else pale)[weight > 0]
                painter.setPen(QPen(colour, (0.5 + 4.0 * abs(weight) / largest) * unit))
                painter.drawPath(path)
                if touched and self._over == (layer + 1, end):
                    painter.setPen(QColor(colours.foreground))
                    at = path.pointAtPercent(0.35 + 0.3 * (begin % 2))
                    painter.drawText(at + QPointF(2, -3), number_text(weight, 2))

    def _draw_layer(self, painter: QPainter, layer: int, boxes: list[QRectF]) -> None:
        colours, last = theme(self.palette()), len(self._layers) - 1
        name = "inputs" if layer == 0 else "outputs" if layer == last else f"hidden {layer}"
        painter.setPen(QColor(colours.faint))
        middle = boxes[0].center().x()
        painter.drawText(
            QPointF(middle - painter.fontMetrics().horizontalAdvance(name) / 2, painter.fontMetrics().ascent()), name
        )
        for index, image in enumerate(self._layers[layer]):
            box = boxes[index]
            over = self._over == (layer, index)
            painter.drawImage(box, image)
            painter.setPen(QPen(QColor(colours.accent if over else colours.foreground), 2.6 if over else 1.2))
            painter.drawRect(box)
            if layer == last and index < len(self._outputs):
                painter.setPen(QColor(colours.foreground))
                text, wide = self._outputs[index], painter.fontMetrics().horizontalAdvance(self._outputs[index])
                at = min(box.center().x() - wide / 2, self.width() - wide)
                painter.drawText(QPointF(at, box.bottom() + painter.fontMetrics().ascent() + 1), text)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = next(
            (
                (layer, index)
                for layer, own in enumerate(self._boxes())
                for index, box in enumerate(own)
                if box.contains(event.position())
            ),
            None,
        )
        self._point(over)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point(None)

    def _point(self, over: tuple[int, int] | None) -> None:
        if over != self._over:
            self._over = over
            self.pointed.emit(over)
            self._renew()


def _mixed(colour: QColor, ground: QColor) -> QColor:
    """Return three parts of a colour and one of the ground: transparent lines take Qt ten times as long."""
    mixed = [
        (3 * a + b) // 4
        for a, b in (
            (colour.red(), ground.red()), (colour.green(), ground.green()), (colour.blue(), ground.blue()),
        )
    ]  # fmt: skip
    return QColor(*mixed)


def _image(picture: Array) -> QImage:
    height, width = picture.shape[:2]
    return QImage(picture.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()
