"""Which class was taken for which, as a table of counts."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from motionapp.types import Array
from ui.theme import ARROW, theme

#: Width and height of a cell, the least of both, and the height of a line of text, in px.
_WIDTH, _HEIGHT, _SMALLEST, _HEAD = 70, 24, 9, 20
#: From this width on a cell has room for its count.
_NUMBERED = 20


class ConfusionTable(QWidget):
    """A row for each true class, a column for each answer; the darker, the larger the part of the row."""

    def __init__(self) -> None:
        super().__init__()
        self._counts: Array = np.zeros((0, 0), np.int64)
        self._classes: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Confusion matrix")

    @property
    def counts(self) -> Array:
        """The counts shown, ``(K, K)``."""
        return self._counts

    def show_counts(self, counts: Array, classes: tuple[str, ...]) -> None:
        """Show ``counts``, ``(K, K)`` int64, a row for each true class and a column for each answer."""
        taller = counts.shape != self._counts.shape
        self._counts, self._classes = counts, classes
        if taller:
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, len(self._classes) * self._tall() + 2 * _HEAD)

    def _tall(self) -> int:
        return _HEIGHT if len(self._classes) <= 10 else _SMALLEST

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = theme(self.palette())
        painter = QPainter(self)
        measure = QFontMetricsF(self.font())
        count, tall = max(1, len(self._classes)), self._tall()
        widest = max((measure.horizontalAdvance(name) for name in self._classes), default=0.0)
        left = max(36.0, min(widest, 0.3 * self.width())) + 8.0
        wide = max(_SMALLEST, min(_WIDTH, (self.width() - left) / count))
        numbered = wide >= _NUMBERED and tall == _HEIGHT
        middle, head = Qt.AlignmentFlag.AlignVCenter, _HEAD
        painter.setPen(QColor(colours.faint))
        painter.drawText(QRectF(0, 0, left, head), middle, "true")
        painter.drawText(QRectF(left, 0, self.width() - left, head), middle, "taken for")
        for row, name in enumerate(self._classes):
            if numbered:
                below = QRectF(left + row * wide, head + count * tall, wide - 3, head)
                text = measure.elidedText(name, Qt.TextElideMode.ElideRight, wide - 3)
                painter.setPen(QColor(colours.foreground))
                painter.drawText(below, Qt.AlignmentFlag.AlignCenter, text)
                text = measure.elidedText(name, Qt.TextElideMode.ElideRight, left - 8.0)
                painter.drawText(QRectF(0, head + row * tall, left, tall), middle, text)
            for column in range(count):
                area = QRectF(left + column * wide, head + row * tall, wide - 1, tall - 1)
                self._paint_cell(painter, area, row, column, numbered)
        painter.end()

    def _paint_cell(self, painter: QPainter, area: QRectF, row: int, column: int, numbered: bool) -> None:
        colours = theme(self.palette())
        part = float(self._counts[row, column]) / max(1, int(self._counts[row].sum()))
        shade = QColor(ARROW if row == column else colours.banner_edge)
        shade.setAlphaF(part)
        painter.fillRect(area, QColor(colours.grid))
        painter.fillRect(area, shade)
        if numbered:
            painter.setPen(QColor("#ffffff" if part > 0.55 and row == column else colours.foreground))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, str(int(self._counts[row, column])))
