"""Backpropagation, step by step: forward to the cost, back to the inputs, a step of descent, and again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout

from motionapp.labs import backprop
from motionapp.labs.backprop import STAGES, Round
from motionapp.labs.network import Parameters
from motionapp.types import Array
from ui.labs.backprop_diagram import BackpropDiagram
from ui.labs.network_page import NetworkPage
from ui.labs.neuron_page import NAMES
from ui.labs.numbers import number_text
from ui.theme import sized

#: Every round is computed from the first; more are not counted.
MOST_ROUNDS = 999

_HEADS = (
    "Inputs, weights and target are given.",
    "Forward: x₁ = W₁ x₀ + b₁",
    "Forward: x₂ = f (x₁)",
    "Forward: x₃ = W₂ x₂ + b₂",
    "The cost: C = ½ (x₃ − t)²",
    "Backward: ∂C/∂x₃ = x₃ − t",
    "Backward: ∂C/∂x₂ = W₂ᵀ ∂C/∂x₃ and ∂C/∂W₂ = ∂C/∂x₃ · x₂ᵀ",
    "Backward: ∂C/∂x₁ = ∂C/∂x₂ · f ′(x₁)",
    "Backward: ∂C/∂x₀ = W₁ᵀ ∂C/∂x₁ and ∂C/∂W₁ = ∂C/∂x₁ · x₀ᵀ",
    "One step of descent: θ ← θ − η ∂C/∂θ",
)


class BackpropPage(NetworkPage):
    """The diagram, and below it the step that was just done with its numbers."""

    formula = "∂<i>C</i>/∂<i>x</i><sub><i>i</i>−1</sub> = ∂<i>C</i>/∂<i>x<sub>i</sub></i> · "
    formula += "∂<i>F<sub>i</sub></i>/∂<i>x</i><sub><i>i</i>−1</sub> &nbsp;&nbsp;&nbsp; "
    formula += "∂<i>C</i>/∂<i>θ<sub>i</sub></i> = ∂<i>C</i>/∂<i>x<sub>i</sub></i> · "
    formula += "∂<i>F<sub>i</sub></i>/∂<i>θ<sub>i</sub></i>"
    keeps = True

    def __init__(self) -> None:
        super().__init__()
        self._stage = self._round = 0
        self.diagram, self.text = BackpropDiagram(), QLabel()
        self.text.setTextFormat(Qt.TextFormat.RichText)
        self.text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.text.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.diagram, 1)
        layout.addWidget(self.text)
        self.fit_type()

    def compute(self, parameters: Parameters) -> tuple[Parameters, Round, int, int]:
        stage, number = self._stage, self._round
        return parameters, backprop.rounds(parameters, number), stage, number

    def show_result(self, result: tuple[Parameters, Round, int, int]) -> None:
        parameters, found, stage, number = result
        self.diagram.show_moment(found, stage, parameters.target)
        lines = _LINES[stage](found, parameters)
        hint = " &nbsp; Press . or → for the next step." if stage == 0 else ""
        self.text.setText(f"<p><b>{_HEADS[stage]}</b>{hint}</p><p>{' ; &nbsp;'.join(lines) or '&nbsp;'}</p>")
        self.hint = f"round {number + 1}, stage {stage} of {len(STAGES) - 1}"
        self.text.setMinimumHeight(round(4.2 * self.text.fontMetrics().height()))

    def step(self) -> None:
        """Go on to the next stage; after the step of descent begins the next round."""
        self._stage += 1
        if self._stage == len(STAGES):
            self._stage, self._round = 0, min(self._round + 1, MOST_ROUNDS)
        self.changed.emit()

    def reset(self) -> None:
        self._stage = self._round = 0

    def state(self) -> Mapping[str, Any]:
        return {"round": self._round, "stage": self._stage}

    def take(self, key: str, value: Any) -> bool:
        if not isinstance(value, int) or isinstance(value, bool):
            return False
        if key == "round" and 0 <= value <= MOST_ROUNDS:
            self._round = value
            return True
        if key == "stage" and 0 <= value < len(STAGES):
            self._stage = value
            return True
        return False

    def fit_type(self) -> None:
        for widget in (self.text, self.diagram):
            widget.setFont(sized(self.font(), 1.15))


def _n(value: Any) -> str:
    """Return a number as a factor: in brackets if it is negative."""
    text = number_text(float(value))
    return f"({text})" if text.startswith("−") else text


def _sums(weights: Array, x: Array, bias: Array, y: Array) -> list[str]:
    return [
        " + ".join([*(f"{_n(w)}·{_n(v)}" for w, v in zip(row, x)), _n(b)]) + f" = <b>{number_text(float(out))}</b>"
        for row, b, out in zip(weights, bias, y)
    ]


def _products(first: Array, second: Array, out: Array) -> list[str]:
    return [f"{_n(a)}·{_n(b)} = <b>{number_text(float(c))}</b>" for a, b, c in zip(first, second, out)]


def _back(weights: Array, slopes: Array, out: Array) -> list[str]:
    """Return ∂C/∂x = Wᵀ ∂C/∂y, written out."""
    return [
        " + ".join(f"{_n(w)}·{_n(d)}" for w, d in zip(weights[:, at], slopes))
        + f" = <b>{number_text(float(out[at]))}</b>"
        for at in range(len(out))
    ]


def _first(found: Round, layer: int) -> list[str]:
    """Return the gradient of a layer's first weight, written out."""
    slope, x = found.gradients[2 * layer + 1][0], found.values[2 * layer][0]
    return [f"first weight: {_n(slope)}·{_n(x)} = <b>{number_text(float(found.weight_gradients[layer][0, 0]))}</b>"]


def _step_line(found: Round, parameters: Parameters) -> list[str]:
    weight, slope = found.weights[0][0, 0], found.weight_gradients[0][0, 0]
    return [
        f"first weight: {number_text(float(weight))} − {parameters.rate}·{_n(slope)}",
        f"C: {number_text(found.cost)} → <b>{number_text(found.cost_after)}</b>",
    ]


_LINES: tuple[Callable[[Round, Parameters], list[str]], ...] = (
    lambda r, p: [],
    lambda r, p: _sums(r.weights[0], r.values[0], r.biases[0], r.values[1]),
    lambda r, p: [f"{NAMES[p.activation]} {_n(z)} = <b>{number_text(float(h))}</b>" for z, h in zip(*r.values[1:3])],
    lambda r, p: _sums(r.weights[1], r.values[2], r.biases[1], r.values[3]),
    lambda r, p: [f"½ ({number_text(float(r.values[3][0]))} − {_n(p.target)})² = <b>{number_text(r.cost)}</b>"],
    lambda r, p: [
        f"{number_text(float(r.values[3][0]))} − {_n(p.target)} = <b>{number_text(float(r.gradients[3][0]))}</b>"
    ],
    lambda r, p: [*_back(r.weights[1], r.gradients[3], r.gradients[2]), *_first(r, 1)],
    lambda r, p: _products(r.gradients[2], r.slopes, r.gradients[1]),
    lambda r, p: [*_back(r.weights[0], r.gradients[1], r.gradients[0]), *_first(r, 0)],
    _step_line,
)
