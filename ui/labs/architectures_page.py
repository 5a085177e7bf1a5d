"""LeNet-5, AlexNet and VGG-16 from top to bottom: every stage with its shape, its parameters, its multiply-adds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from motionapp.labs.anatomy import Anatomy, Stage, anatomy
from motionapp.labs.network import Parameters
from ui.labs.network_page import NetworkPage
from ui.labs.title_line import fitted
from ui.theme import theme

#: What kinds of stages are coloured as, by number in the scheme's series.
_COLOURS = {"input": 5, "convolution": 0, "pool": 3, "dense": 1}


class ArchitectureDiagram(QWidget):
    """Draws the stages as rows; one can be pointed out.

    Signals
    -------
    clicked(int)
        A row.
    """

    clicked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("The stages of the network")
        self._anatomy: Anatomy | None = None
        self._chosen = 0

    def show_anatomy(self, found: Anatomy, chosen: int) -> None:
        """Show a network, the row ``chosen`` marked."""
        self._anatomy, self._chosen = found, chosen
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(800, 420)

    def _row_height(self) -> float:
        """Return the height of a row; one more is for the heads, one for the totals."""
        rows = 2 if self._anatomy is None else len(self._anatomy.stages) + 2
        return min(self.height() / rows, 2.6 * self.fontMetrics().height())

    def _columns(self) -> tuple[float, float, float, float, float]:
        """Return where block, text, shape, parameters and multiply-adds begin."""
        wide = self.width()
        return 0.0, 0.13 * wide, 0.39 * wide, 0.545 * wide, 0.775 * wide

    def paintEvent(self, _event: QPaintEvent) -> None:
        found = self._anatomy
        if found is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        high, columns = self._row_height(), self._columns()
        painter.setFont(self._type(found))
        painter.setPen(QColor(theme(self.palette()).faint))
        for x, text in zip(columns[1:], ("stage", "shape", "parameters", "multiply-adds")):
            painter.drawText(QRectF(x, 0, self.width(), high), Qt.AlignmentFlag.AlignVCenter, text)
        for row, stage in enumerate(found.stages):
            self._draw_row(painter, row, stage, found)
        font = painter.font()
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(theme(self.palette()).foreground))
        y = high * (len(found.stages) + 1)
        for x, text in zip(columns[1:], ("all", "", f"{found.parameters:,}", f"{found.multiply_adds:,}")):
            painter.drawText(QRectF(x, y, self.width(), high), Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()

    def _type(self, found: Anatomy) -> QFont:
        """Return the type in which no text of a row reaches into the next column."""
        columns, font = self._columns(), self.font()
        shapes = ["×".join(map(str, stage.shape)) + "  " for stage in found.stages]
        for at, texts in ((1, [_stage_text(stage) + "  " for stage in found.stages]), (2, shapes)):
            room, longest = columns[at + 1] - columns[at], max(texts, key=self.fontMetrics().horizontalAdvance)
            font = fitted(font, room, lambda own, text=longest: QFontMetricsF(own).horizontalAdvance(text))  # type: ignore[misc]
        return font

    def _draw_row(self, painter: QPainter, row: int, stage: Stage, found: Anatomy) -> None:
        colours, high = theme(self.palette()), self._row_height()
        columns, y = self._columns(), high * (row + 1)
        if row == self._chosen:
            painter.fillRect(QRectF(0, y, self.width(), high), QColor(colours.band))
            painter.fillRect(QRectF(0, y, 3, high), QColor(colours.accent))
        self._draw_block(painter, QRectF(8, y + 0.1 * high, columns[1] - 24, 0.8 * high), stage, found)
        painter.setPen(QColor(colours.foreground))
        shape = "×".join(map(str, stage.shape))
        for x, text in ((columns[1], _stage_text(stage)), (columns[2], shape)):
            painter.drawText(QRectF(x, y, self.width(), high), Qt.AlignmentFlag.AlignVCenter, text)
        for x, end, value, total in (
            (columns[3], columns[4], stage.parameters, found.parameters),
            (columns[4], float(self.width()), stage.multiply_adds, found.multiply_adds),
        ):
            if value:
                bar = QRectF(x, y + 0.12 * high, (end - x - 12) * value / total, 0.76 * high)
                colour = QColor(colours.series[_COLOURS[stage.kind]])
                colour.setAlpha(90)
                painter.fillRect(bar, colour)
                painter.drawText(QRectF(x + 4, y, end - x, high), Qt.AlignmentFlag.AlignVCenter, f"{value:,}")

    def _draw_block(self, painter: QPainter, room: QRectF, stage: Stage, found: Anatomy) -> None:
        """Draw the values behind a stage as a block: as high as a map, as long as there are many of them."""
        colours = theme(self.palette())
        colour = QColor(colours.series[_COLOURS[stage.kind]])
        channels, side = (stage.shape[0], stage.shape[1]) if len(stage.shape) == 3 else (stage.shape[0], 1)
        largest = found.stages[0].shape[1]
        high = room.height() * (0.22 + 0.78 * math.sqrt(side / largest))
        long = room.width() * (0.06 + 0.8 * math.log2(channels + 1) / math.log2(4097))
        slant = 0.28 * high
        left, top = room.left(), room.center().y() - high / 2 + slant / 2
        front = QRectF(left, top, long, high - slant)
        painter.setPen(QPen(QColor(colours.background), 1.0))
        painter.setBrush(colour)
        painter.drawRect(front)
        painter.setBrush(colour.lighter(125))
        corner = QPointF(slant, -slant)
        painter.drawPolygon(
            QPolygonF([front.topLeft(), front.topRight(), front.topRight() + corner, front.topLeft() + corner])
        )
        painter.setBrush(colour.darker(125))
        painter.drawPolygon(
            QPolygonF([front.topRight(), front.bottomRight(), front.bottomRight() + corner, front.topRight() + corner])
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = int(event.position().y() / self._row_height()) - 1
        if self._anatomy is not None and 0 <= row < len(self._anatomy.stages):
            self.clicked.emit(row)


def _stage_text(stage: Stage) -> str:
    return (f"{stage.repeats} × " if stage.repeats > 1 else "") + stage.text


class ArchitecturesPage(NetworkPage):
    """The diagram, and under it how the numbers of the chosen stage come about."""

    formula = (
        "convolution: (<i>c</i> · <i>k</i>² + 1) · <i>n</i> parameters, <i>c</i> · <i>k</i>² · <i>n</i> · <i>h</i> · "
    )
    formula += "<i>w</i> multiply-adds &nbsp;&nbsp; dense: (<i>m</i> + 1) · <i>n</i> parameters"

    def __init__(self) -> None:
        super().__init__()
        self._stage, self._stages = 1, 1
        self.diagram, self.text = ArchitectureDiagram(), QLabel()
        self.text.setWordWrap(True)
        self.text.setAlignment(Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.diagram, 1)
        layout.addWidget(self.text)
        self.diagram.clicked.connect(self._choose)

    def compute(self, parameters: Parameters) -> Anatomy:
        return anatomy(parameters.architecture)

    def show_result(self, result: Anatomy) -> None:
        self._stages = len(result.stages)
        at = min(self._stage, self._stages - 1)
        stage = result.stages[at]
        self.diagram.show_anatomy(result, at)
        shape = "×".join(map(str, stage.shape))
        counted = f"<b>{stage.text} → {shape}</b>{': ' if stage.sums else ''}{stage.sums}."
        self.text.setText(f"{counted}<br>{result.about}.")
        self.text.setMinimumHeight(round(4.4 * self.text.fontMetrics().height()))

    def step(self) -> None:
        """Go on to the next stage, and from the last to the first."""
        self._choose((self._stage + 1) % self._stages)

    def reset(self) -> None:
        self._stage = 1

    def state(self) -> Mapping[str, Any]:
        return {"row": self._stage}

    def take(self, key: str, value: Any) -> bool:
        if key != "row" or not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 64:
            return False
        self._stage = value
        return True

    def _choose(self, row: int) -> None:
        self._stage = row
        self.changed.emit()
