"""How sure the classifier is of each class, as bars; "unsure" where no bar reaches the mark."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import ARROW, theme

if TYPE_CHECKING:
    from motionapp.learning.recognition import Recognition

_ROW, _GAP = 20, 4


class ConfidenceBars(QWidget):
    """A row for each class of a model: its name, a bar, and per cent; a mark where "unsure" ends."""

    def __init__(self) -> None:
        super().__init__()
        self._classes: tuple[str, ...] = ()
        self._parts: tuple[int, ...] = ()
        self._label: str | None = None
        self._threshold = 0.6
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Confidence")

    @property
    def parts(self) -> dict[str, int]:
        """The per cent shown for each class; empty while nothing is recognised."""
        return dict(zip(self._classes, self._parts))

    def show_answer(self, classes: tuple[str, ...], answer: Recognition | None, threshold: float) -> None:
        """Show an answer, None for empty bars; drawn anew only if it looks different."""
        parts = () if answer is None else tuple(round(100.0 * float(part)) for part in answer.probabilities)
        label = None if answer is None else answer.label
        if (classes, parts, label, threshold) == (self._classes, self._parts, self._label, self._threshold):
            return
        taller = len(classes) != len(self._classes)
        self._classes, self._parts, self._label, self._threshold = classes, parts, label, threshold
        if taller:
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, len(self._classes) * (_ROW + _GAP))

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme(self.palette())
        painter = QPainter(self)
        measure = QFontMetricsF(self.font())
        widest = max((measure.horizontalAdvance(name) for name in self._classes), default=0.0)
        left = min(widest, 0.36 * self.width()) + 8.0
        right = self.width() - measure.horizontalAdvance("100 %") - 8.0
        mark = left + self._threshold * (right - left)
        for row, name in enumerate(self._classes):
            area = QRectF(0, row * (_ROW + _GAP), self.width(), _ROW)
            if not area.intersects(event.rect()):
                continue
            part = self._parts[row] if self._parts else 0
            painter.setPen(QColor(colours.foreground))
            middle = Qt.AlignmentFlag.AlignVCenter
            elided = measure.elidedText(name, Qt.TextElideMode.ElideRight, left - 8.0)
            painter.drawText(QRectF(0, area.top(), left - 8.0, _ROW), middle | Qt.AlignmentFlag.AlignLeft, elided)
            if self._parts:
                painter.drawText(area, middle | Qt.AlignmentFlag.AlignRight, f"{part} %")
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.grid))
            painter.drawRoundedRect(QRectF(left, area.top() + 3, right - left, _ROW - 6), 3, 3)
            painter.setBrush(QColor(ARROW if name == self._label else colours.faint))
            painter.drawRoundedRect(QRectF(left, area.top() + 3, (right - left) * part / 100.0, _ROW - 6), 3, 3)
            painter.setPen(QPen(QColor(colours.foreground), 1.0, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(mark, area.top() + 1), QPointF(mark, area.bottom() - 1))
        painter.end()
