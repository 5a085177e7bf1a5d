"""Four activations and their gradients, as curves and as numbers: where a gradient is nothing, nothing is learned."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel

from motionapp.labs import neuron
from motionapp.labs.network import Parameters
from motionapp.labs.neuron import PLACES, SPAN, Activation
from ui.labs.curve_plot import CurvePlot, Line
from ui.labs.fitting_label import FittingLabel
from ui.labs.network_page import NetworkPage
from ui.labs.neuron_page import NAMES
from ui.labs.numbers import near_text, number_text
from ui.theme import sized, theme

_FORMULAS = {
    "sigmoid": "σ(<i>x</i>) = 1 / (1 + <i>e</i><sup>−<i>x</i></sup>) &nbsp;&nbsp; σ′ = σ (1 − σ)",
    "tanh": "<i>f</i>&thinsp;(<i>x</i>) = tanh <i>x</i> &nbsp;&nbsp; <i>f</i>&thinsp;′ = 1 − <i>f</i>&thinsp;²",
    "relu": "<i>f</i>&thinsp;(<i>x</i>) = max (0, <i>x</i>) &nbsp;&nbsp; <i>f</i>&thinsp;′ = 0 or 1",
    "leaky": "<i>f</i>&thinsp;(<i>x</i>) = max (0.01 <i>x</i>, <i>x</i>) &nbsp;&nbsp; <i>f</i>&thinsp;′ = 0.01 or 1",
}
_SAYINGS = {
    "sigmoid": "Saturates: at ±10 its gradient is nothing, so nothing is learned there. Not zero-centred.",
    "tanh": "Zero-centred, and four times as steep at 0 as the sigmoid; but it saturates, too.",
    "relu": "Does not saturate above 0; below 0 its gradient is 0, and a neuron there may be dead for good.",
    "leaky": "As ReLU, with a small gradient below 0: no neuron is ever dead.",
}


class ActivationsPage(NetworkPage):
    """Values on the left, gradients on the right, both read at x; below, the numbers at −10, 0 and 10."""

    def __init__(self) -> None:
        super().__init__()
        self._parameters = Parameters()
        self.values, self.gradients = CurvePlot("f (x)", "x"), CurvePlot("f ′(x)", "x")
        self.table, self.saying = FittingLabel(), QLabel()
        self.saying.setTextFormat(Qt.TextFormat.RichText)
        for label in (self.table, self.saying):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.saying.setWordWrap(True)
        for plot in (self.values, self.gradients):
            plot.setToolTip("Click or drag to read both curves at an x")
            plot.pressed.connect(self._read)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(14)
        layout.setVerticalSpacing(10)
        layout.addWidget(self.values, 0, 0)
        layout.addWidget(self.gradients, 0, 1)
        layout.addWidget(self.table, 1, 0, 1, 2)
        layout.addWidget(self.saying, 2, 0, 1, 2)
        layout.setRowStretch(0, 1)
        for column in (0, 1):
            layout.setColumnStretch(column, 1)
        self.fit_type()

    def render(self, parameters: Parameters, frozen: bool) -> None:  # type: ignore[override]
        self._parameters = parameters
        self.formula = _FORMULAS[parameters.activation]

    def compute(self, parameters: Parameters) -> tuple[Parameters, tuple[Activation, ...], tuple[float, float]]:
        return parameters, neuron.activations(), neuron.read_at(parameters.activation, parameters.at)

    def show_result(self, result: tuple[Parameters, tuple[Activation, ...], tuple[float, float]]) -> None:
        parameters, found, read = result
        chosen = parameters.activation
        at = np.array([parameters.at])
        for plot, values, top, mark in (
            (self.values, [one.values for one in found], (-1.4, 3.0), read[0]),
            (self.gradients, [one.gradients for one in found], (-0.1, 1.2), read[1]),
        ):
            lines = [
                Line(NAMES[one.name], one.x, y, index, 2.6 if one.name == chosen else 0.8)
                for index, (one, y) in enumerate(zip(found, values, strict=True))
            ]
            plot.show_lines(lines, (-SPAN, SPAN), top, (at, np.array([min(mark, top[1])])))
        self.table.setText(_table(found, chosen, theme(self.palette()).series))
        name = NAMES[chosen]
        self.saying.setText(
            f"<b>{name}</b> at {number_text(parameters.at)}: value <b>{near_text(read[0])}</b>, "
            f"gradient <b>{number_text(read[1])}</b>. {_SAYINGS[chosen]}"
        )

    def step(self) -> None:
        """Read one further on, and from −10 again."""
        at = self._parameters.at + 1.0
        self._read(at if at <= SPAN else -SPAN)

    def set_type_scale(self, scale: float) -> None:
        for plot in (self.values, self.gradients):
            plot.set_type_scale(scale)

    def fit_type(self) -> None:
        self.table.set_type(sized(self.font(), 1.1))
        self.saying.setFont(sized(self.font(), 1.1))

    def _read(self, x: float) -> None:
        self.wanted.emit(replace(self._parameters, at=float(round(2.0 * min(max(x, -SPAN), SPAN)) / 2.0)))


def _table(found: tuple[Activation, ...], chosen: str, colours: tuple[str, ...]) -> str:
    """Return values and gradients at three places as rich text, the chosen row bold."""
    cell = "<td align='right' style='padding: 1px 14px'>"
    heads = "".join(f"{cell}f ({number_text(x)})</td>{cell}f ′({number_text(x)})</td>" for x in PLACES)
    rows = [f"<tr><td></td>{heads}<td style='padding: 1px 14px'>zero-centred</td></tr>"]
    for index, one in enumerate(found):
        numbers = "".join(
            f"{cell}{near_text(float(one.table[row, place]), 6)}</td>" for place in range(3) for row in (0, 1)
        )
        name = f"<span style='color:{colours[index]}'>━</span> {NAMES[one.name]}"
        row = f"<td>{name}</td>{numbers}<td style='padding: 1px 14px'>{'yes' if one.zero_centred else 'no'}</td>"
        rows.append(f"<tr style='font-weight:{'bold' if one.name == chosen else 'normal'}'>{row}</tr>")
    return f"<table>{''.join(rows)}</table>"
