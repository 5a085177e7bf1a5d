"""One neuron: its answer over the plane of its two inputs, and on the curve of its activation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QGridLayout, QLabel

from motionapp.labs import neuron
from motionapp.labs.network import Parameters
from motionapp.labs.neuron import REACH, SIDE, SPAN, Response
from ui.labs.curve_plot import CurvePlot, Line
from ui.labs.network_page import NetworkPage
from ui.labs.numbers import number_text
from ui.labs.picture_view import PictureView
from ui.theme import sized

_FORMULA = "<i>y</i> = <i>f</i>&thinsp;(<i>w</i><sub>1</sub><i>x</i><sub>1</sub> + <i>w</i><sub>2</sub>"
NAMES = {"sigmoid": "sigmoid", "tanh": "tanh", "relu": "ReLU", "leaky": "leaky ReLU"}
#: A step goes on to the next of these places.
_WAY = tuple((x1, x2) for x2 in (1.0, 0.0, -1.0) for x1 in (-1.0, 0.0, 1.0))


class NeuronPage(NetworkPage):
    """A place on the plane is clicked; all numbers there are written out."""

    formula = f"{_FORMULA}<i>x</i><sub>2</sub> + <i>b</i>) = <i>f</i>&thinsp;(<i>w</i> · <i>x</i> + <i>b</i>)"

    def __init__(self) -> None:
        super().__init__()
        self._x: tuple[float, float] = (1.0, 0.5)
        self._response: Response | None = None
        self.plane = PictureView("y over the plane", self)
        self.plane.overlay = self._draw_place
        self.plane.clicked.connect(self._look)
        self.plane.setToolTip("Click or drag: the neuron's numbers there are written below")
        self.curve = CurvePlot("y = f (z)", "z = w · x + b")
        self.numbers = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self.numbers.setTextFormat(Qt.TextFormat.RichText)
        self.numbers.setWordWrap(True)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(14)
        layout.addWidget(self.plane, 0, 0)
        layout.addWidget(self.curve, 0, 1)
        layout.addWidget(self.numbers, 1, 0, 1, 2)
        layout.setRowStretch(0, 1)
        for column in (0, 1):
            layout.setColumnStretch(column, 1)
        self.fit_type()

    def compute(self, parameters: Parameters) -> tuple[Parameters, Response]:
        return parameters, neuron.response(parameters, self._x)

    def show_result(self, result: tuple[Parameters, Response]) -> None:
        parameters, found = result
        self._response = found
        self.plane.set_title("y over the plane", "x₁ →  x₂ ↑  from −3 to 3")
        self.plane.show_picture(found.picture, found.limit)
        z = min(max(found.z, -SPAN), SPAN)
        along = np.array([-1.5, 1.5])
        tangent = Line(f"dy/dz = {number_text(found.slope)}", z + along, found.y + found.slope * along, 1, 1.4)
        low, high = min(-0.15, float(found.curve.min())), float(found.curve.max())
        margin = 0.12 * (high - low)
        self.curve.show_lines(
            [Line(NAMES[parameters.activation], found.sums, found.curve, 0, 1.8), tangent],
            (-SPAN, SPAN), (low - margin, high + margin), (np.array([z]), np.array([found.y])),
        )  # fmt: skip
        self.numbers.setText(_sum_text(parameters, found))

    def step(self) -> None:
        """Look at the next of nine places."""
        at = _WAY.index(self._x) + 1 if self._x in _WAY else 0
        self._move(*_WAY[at % len(_WAY)])

    def reset(self) -> None:
        self._x = (1.0, 0.5)

    def state(self) -> Mapping[str, Any]:
        return {"inputs": list(self._x)}

    def take(self, key: str, value: Any) -> bool:
        pair = isinstance(value, list | tuple) and len(value) == 2
        if key != "inputs" or not pair or not all(isinstance(v, int | float) and abs(v) <= REACH for v in value):
            return False
        self._x = float(value[0]), float(value[1])
        return True

    def set_type_scale(self, scale: float) -> None:
        self.curve.set_type_scale(scale)

    def fit_type(self) -> None:
        self.numbers.setFont(sized(self.font(), 1.25))

    def _look(self, x: int, y: int) -> None:
        unit = 2.0 * REACH / (SIDE - 1)
        self._move(round(x * unit - REACH, 2), round(REACH - y * unit, 2))

    def _move(self, x1: float, x2: float) -> None:
        self._x = x1, x2
        self.changed.emit()

    def _draw_place(self, painter: QPainter, area: QRectF, scale: float) -> None:
        if self._response is None:
            return
        width = max(1.0, self.fontMetrics().height() / 16.0)
        middle, unit = area.center(), area.width() / (2.0 * REACH)
        painter.setPen(QPen(QColor(20, 24, 32, 90), width))
        painter.drawLine(QPointF(area.left(), middle.y()), QPointF(area.right(), middle.y()))
        painter.drawLine(QPointF(middle.x(), area.top()), QPointF(middle.x(), area.bottom()))
        x1, x2 = self._response.x
        painter.setPen(QPen(QColor("white"), 2.5 * width))
        painter.setBrush(QColor(20, 24, 32))
        painter.drawEllipse(middle + QPointF(x1 * unit, -x2 * unit), 6.5 * width, 6.5 * width)


def _sum_text(parameters: Parameters, found: Response) -> str:
    """Return the neuron's sum with numbers put in."""

    def factor(value: float) -> str:
        return f"({number_text(value)})" if value < 0 else number_text(value)

    w1, w2, b, (x1, x2) = parameters.w1, parameters.w2, parameters.b, found.x
    z = number_text(found.z)
    return (
        f"z = {number_text(w1)} · {factor(x1)} + {factor(w2)} · {factor(x2)} + {factor(b)} = <b>{z}</b>"
        f" &nbsp; &nbsp; y = {NAMES[parameters.activation]} ({z}) = <b>{number_text(found.y)}</b>"
    )
