"""A small network with every number in its place: values above, gradients below, weights along their lines."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from motionapp.labs.backprop import STAGES, Round
from ui.labs.numbers import number_text
from ui.labs.title_line import fitted
from ui.theme import theme

#: Names of the columns: the values between the layers, and the cost.
COLUMNS = ("x₀", "x₁ = W₁x₀ + b₁", "x₂ = f (x₁)", "x₃ = W₂x₂ + b₂", "C")
#: The stage from which on the values of a column are known, and those from which on its gradients are.
_VALUES = (0, 1, 2, 3, 4)
_GRADIENTS = (8, 7, 6, 5)
#: Room between the columns: weights need more of it.
_GAPS = (4.2, 0.7, 2.6, 0.7)
#: Where along a line its weight is written, for the first input or unit, the second, and so on.
_ALONG = ((0.25, 0.75), (0.42, 0.42, 0.42))
#: The widest values, weights and room for them.
_WIDEST, _WIDEST_WEIGHT = "−0.00000 ", "w −0.000 "


class BackpropDiagram(QWidget):
    """Draws one moment of a round."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("The network with all values, weights and gradients")
        self._round: Round | None = None
        self._stage = 0
        self._target = 0.0
        self._fit()

    def show_moment(self, found: Round, stage: int, target: float) -> None:
        """Show what is known of a round at ``stage`` of :data:`motionapp.labs.backprop.STAGES`."""
        self._round, self._stage, self._target = found, stage, target
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(800, 380)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Write as large as all numbers fit side by side."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the size of the type."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        self._type = fitted(self.font(), self.width() - 8.0, _width)
        self._metrics = QFontMetricsF(self._type)
        apart = self._metrics.horizontalAdvance(_WIDEST) + _GAPS[1] * self._gap()
        heads = COLUMNS[1:3]
        self._heads = fitted(
            self._type,
            apart,
            lambda own: 0.5 * sum(QFontMetricsF(own).horizontalAdvance(head + "  ") for head in heads),
        )

    def _gap(self) -> float:
        """Return the px of a gap of size 1."""
        return max(0.0, self.width() - 5 * self._metrics.horizontalAdvance(_WIDEST) - 8.0) / sum(_GAPS)

    def _box_size(self) -> tuple[float, float]:
        metrics = self._metrics
        return metrics.horizontalAdvance(_WIDEST), 2.25 * metrics.height()

    def _box(self, column: int, row: int) -> QRectF:
        """Return where a value is drawn."""
        assert self._round is not None
        wide, high = self._box_size()
        rows = 1 if column == 4 else len(self._round.values[column])
        x = 4.0 + column * wide + self._gap() * sum(_GAPS[:column])
        top = 1.3 * self._metrics.height()
        apart = (self.height() - top) / max(rows, 2)
        y = top + (self.height() - top) / 2 + (row - (rows - 1) / 2) * apart
        return QRectF(x, y - high / 2, wide, high)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._round is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._type)
        self._draw_lines(painter, self._round)
        for layer in (0, 1):
            self._draw_weights(painter, self._round, layer)
        for column in range(5):
            self._draw_column(painter, self._round, column)
        painter.end()

    def _unit(self) -> float:
        return max(1.0, self._metrics.height() / 16.0)

    def _links(self, column: int) -> list[tuple[int, int]]:
        """Return which value of a column goes into which of the next."""
        assert self._round is not None
        sizes = [*(len(values) for values in self._round.values), 1]
        if column == 1:
            return [(at, at) for at in range(sizes[1])]
        return [(begin, end) for begin in range(sizes[column]) for end in range(sizes[column + 1])]

    def _draw_lines(self, painter: QPainter, found: Round) -> None:
        colours, stage = theme(self.palette()), self._stage
        for column in range(4):
            forward, backward = stage == _VALUES[column + 1], stage == 9 - column - 1
            colour = colours.accent if forward else colours.series[1] if backward else colours.grid
            painter.setPen(QPen(QColor(colour), (2.2 if forward or backward else 1.4) * self._unit()))
            for begin, end in self._links(column):
                first, last = self._box(column, begin), self._box(column + 1, end)
                painter.drawLine(QPointF(first.right(), first.center().y()), QPointF(last.left(), last.center().y()))

    def _draw_weights(self, painter: QPainter, found: Round, layer: int) -> None:
        """Write each weight on its line, and its gradient under it once it is known."""
        column, metrics = 2 * layer, painter.fontMetrics()
        weights, slopes = found.weights[layer], found.weight_gradients[layer]
        known = self._stage >= (8, 6)[layer]
        for begin, end in self._links(column):
            first, last = self._box(column, begin), self._box(column + 1, end)
            start, stop = QPointF(first.right(), first.center().y()), QPointF(last.left(), last.center().y())
            at = start + (stop - start) * _ALONG[layer][begin]
            texts = [f"w {number_text(float(weights[end, begin]))}"]
            if known:
                texts.append(f"∂ {number_text(float(slopes[end, begin]))}")
            self._write(painter, at, texts, metrics.horizontalAdvance("w −0.00000"))

    def _write(self, painter: QPainter, middle: QPointF, texts: list[str], wide: float) -> None:
        """Write a value, and under it a gradient, on a plate that hides the line."""
        colours, high = theme(self.palette()), painter.fontMetrics().height()
        wide = max(painter.fontMetrics().horizontalAdvance(text) for text in texts) + 6.0
        box = QRectF(middle.x() - wide / 2, middle.y() - 0.5 * high * len(texts), wide, high * len(texts))
        painter.fillRect(box, self.palette().window())
        for at, text in enumerate(texts):
            painter.setPen(QColor(colours.series[1] if at else colours.foreground))
            line = QRectF(box.x(), box.y() + at * high, wide, high)
            painter.drawText(line, Qt.AlignmentFlag.AlignCenter, text)

    def _draw_column(self, painter: QPainter, found: Round, column: int) -> None:
        colours, metrics = theme(self.palette()), QFontMetricsF(self._heads)
        painter.setPen(QColor(colours.faint))
        painter.setFont(self._heads)
        top = self._box(column, 0)
        name = COLUMNS[column]
        wide = metrics.horizontalAdvance(name)
        x = min(max(0.0, top.center().x() - wide / 2), self.width() - wide)
        painter.drawText(QPointF(x, metrics.ascent()), name)
        painter.setFont(self._type)
        values = [found.cost] if column == 4 else found.values[column].tolist()
        gradients = None if column == 4 else found.gradients[column].tolist()
        for row, value in enumerate(values):
            forward = self._stage >= _VALUES[column]
            backward = gradients is not None and self._stage >= _GRADIENTS[column]
            now = self._stage == _VALUES[column] or (column < 4 and self._stage == _GRADIENTS[column])
            box = self._box(column, row)
            painter.setPen(QPen(QColor(colours.accent if now else colours.grid), (2.4 if now else 1.2) * self._unit()))
            painter.setBrush(QColor(colours.band))
            painter.drawRoundedRect(box, 6.0, 6.0)
            upper, lower = QRectF(box), QRectF(box)
            upper.setHeight(box.height() / 2)
            lower.setTop(box.center().y())
            painter.setPen(QColor(colours.foreground))
            painter.drawText(upper, Qt.AlignmentFlag.AlignCenter, number_text(value) if forward else "·")
            if backward and gradients is not None:
                painter.setPen(QColor(colours.series[1]))
                painter.drawText(lower, Qt.AlignmentFlag.AlignCenter, f"∂ {number_text(gradients[row])}")
            self._write_below(painter, found, column, row, box)

    def _write_below(self, painter: QPainter, found: Round, column: int, row: int, box: QRectF) -> None:
        """Write the bias under what it is added to, and the target under the output's."""
        colours, high = theme(self.palette()), painter.fontMetrics().height()
        texts: list[tuple[str, str]] = []
        if column in (1, 3):
            layer = column // 2
            texts.append((f"b {number_text(float(found.biases[layer][row]))}", colours.faint))
            if self._stage >= (8, 6)[layer]:
                texts.append((f"∂ {number_text(float(found.bias_gradients[layer][row]))}", colours.series[1]))
        if column == 4:
            texts.append((f"t {number_text(self._target)}", colours.faint))
            if self._stage == len(STAGES) - 1:
                texts.append((f"→ {number_text(found.cost_after)}", colours.accent))
        for at, (text, colour) in enumerate(texts):
            painter.setPen(QColor(colour))
            line = QRectF(box.x() - 20, box.bottom() + 2 + at * high, box.width() + 40, high)
            painter.drawText(line, Qt.AlignmentFlag.AlignCenter, text)


def _width(font: QFont) -> float:
    """Return what all boxes take, and gaps of which the first holds two weights side by side."""
    own = QFontMetricsF(font)
    return 5 * own.horizontalAdvance(_WIDEST) + 2 * own.horizontalAdvance(_WIDEST_WEIGHT) * sum(_GAPS) / _GAPS[0]
