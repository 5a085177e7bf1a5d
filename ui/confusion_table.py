"""Which class was taken for which, as a table of counts."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from motionapp.types import Array
from ui.theme import ARROW, theme

_CELL, _SMALLEST, _HEAD = 30, 9, 20


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

    def _cell(self) -> float:
        count = max(1, len(self._classes))
        return max(_SMALLEST, min(_CELL, (self.width() - 90) / count))

    def sizeHint(self) -> QSize:
        return QSize(200, round(len(self._classes) * min(_CELL, max(_SMALLEST, 200 / max(1, len(self._classes)))) + 40))

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = theme(self.palette())
        painter = QPainter(self)
        measure = QFontMetricsF(self.font())
        cell, count = self._cell(), len(self._classes)
        left = min(
            self.width() - count * cell, max((measure.horizontalAdvance(n) for n in self._classes), default=0) + 10
        )
        left = max(40.0, left)
        faint, middle = QColor(colours.faint), Qt.AlignmentFlag.AlignVCenter
        painter.setPen(faint)
        painter.drawText(QRectF(left, 0, self.width() - left, _HEAD), middle, "taken for")
        painter.drawText(QRectF(0, 0, left - 8, _HEAD), middle | Qt.AlignmentFlag.AlignLeft, "true")
        numbered = cell >= 16
        for row, name in enumerate(self._classes):
            top = _HEAD + row * cell
            if numbered:
                painter.setPen(QColor(colours.foreground))
                text = measure.elidedText(name, Qt.TextElideMode.ElideRight, left - 8)
                painter.drawText(QRectF(0, top, left - 8, cell), middle | Qt.AlignmentFlag.AlignLeft, text)
            total = max(1, int(self._counts[row].sum()))
            for column in range(count):
                part = float(self._counts[row, column]) / total
                area = QRectF(left + column * cell, top, cell - 1, cell - 1)
                painter.fillRect(area, QColor(colours.band))
                shade = QColor(ARROW if row == column else colours.banner_edge)
                shade.setAlphaF(min(1.0, part))
                painter.fillRect(area, shade)
                if numbered:
                    painter.setPen(QColor("#ffffff" if part > 0.55 and row == column else colours.foreground))
                    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, str(int(self._counts[row, column])))
        if numbered:
            painter.setPen(faint)
            for column, name in enumerate(self._classes):
                area = QRectF(left + column * cell, _HEAD + count * cell, cell - 2, _HEAD)
                text = measure.elidedText(name, Qt.TextElideMode.ElideRight, cell - 2)
                painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)
        painter.end()
