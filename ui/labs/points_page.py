"""Perceptron and multilayer perceptron on painted points: what they answer, everywhere, while they learn."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from motionapp.labs import clouds
from motionapp.labs.clouds import Cloud
from motionapp.labs.lessons import PointLesson, PointsShown
from motionapp.labs.network import Parameters
from motionapp.types import Array
from ui.labs.curve_plot import CurvePlot
from ui.labs.network_diagram import NetworkDiagram
from ui.labs.network_page import BUDGET_S, LearningPage
from ui.labs.pages import PageChooser
from ui.labs.point_map import COLOURS, PointMap
from ui.theme import sized

_BRUSHES = (
    ("1", "Class 1", "Paint points of class 1, blue"),
    ("2", "Class 2", "Paint points of class 2, red"),
    ("erase", "Erase", "Take points away"),
)
_CLASSES = ("class 1", "class 2")
_ERASED = 0.12
#: While it learns, neurons and loss are drawn at most this often; the plane is drawn as often as it can be.
REDRAW_MS = 66
_FORMULAS = {
    0: "<i>y</i> = <i>W x</i> + <i>b</i> &nbsp;&nbsp; a straight line",
    1: "<i>y</i> = <i>W</i><sub>2</sub> <i>f</i>&thinsp;(<i>W</i><sub>1</sub> <i>x</i> + <i>b</i><sub>1</sub>) + "
    "<i>b</i><sub>2</sub>",
}
_DESCENT = "&nbsp;&nbsp;&nbsp; <i>θ</i> ← <i>θ</i> − <i>η</i> ∂<i>C</i>/∂<i>θ</i>"


class PointsPage(LearningPage):
    """The network on the left with its loss, the plane on the right with the verdict."""

    name = "points"

    def __init__(self) -> None:
        super().__init__()
        self.cloud: Cloud = clouds.preset("xor", self.parameters.seed)
        self._lesson = PointLesson()
        self._brush = "1"
        self._over: tuple[int, int] | None = None
        self._shown: PointsShown | None = None
        self.diagram, self.map = NetworkDiagram(self), PointMap(self)
        self.loss = CurvePlot("Loss", "step")
        self.brushes = PageChooser(_BRUSHES, self)
        self.brushes.render(self._brush)
        for name, colour in zip(("1", "2"), COLOURS):
            self.brushes.buttons[name].setIcon(_disc(colour))
            self.brushes.buttons[name].setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.clear = QPushButton("Clear")
        self.clear.setToolTip("Take all points away, to paint your own")
        self.clear.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.verdict = QLabel()
        self.verdict.setTextFormat(Qt.TextFormat.RichText)
        self.verdict.setWordWrap(True)
        self.verdict.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._pace = QTimer(self, interval=REDRAW_MS, singleShot=True)
        self._pace.timeout.connect(self._show_rest)
        self._lay_out()
        self.fit_type()
        self.brushes.chosen.connect(self._take_brush)
        self.clear.clicked.connect(lambda: self._set_points(np.zeros((0, 2)), np.zeros(0, np.int64)))
        self.map.painted.connect(self._paint)
        self.diagram.pointed.connect(self._point)

    def render(self, parameters: Parameters, frozen: bool) -> None:  # type: ignore[override]
        """Take parameters; a preset brings its points."""
        before = self.parameters
        if parameters.data == "painted" and before.data != "painted":
            before = replace(before, data="painted")  # its points are those on show: nothing begins anew
            self.parameters = before
        elif parameters.data != "painted" and (parameters.data, parameters.seed) != (before.data, before.seed):
            self.cloud = clouds.preset(parameters.data, parameters.seed)
        super().render(parameters, frozen)
        self.formula = _FORMULAS[min(1, parameters.hidden)] + _DESCENT

    def compute(self, parameters: Parameters) -> PointsShown:
        return self._lesson.shown(parameters, self.cloud, self.steps, BUDGET_S)

    def show_result(self, result: PointsShown) -> None:
        self._shown = result
        self.hint = f"step {result.steps:,} · epoch {result.epoch:.0f}"
        self._show_map()
        if self.frozen:
            self._show_rest()
        elif not self._pace.isActive():
            self._pace.start()
        self.verdict.setText(_verdict(result, self.parameters))
        self.came(result.steps, result.diverged or not (~result.cloud.tested).any())

    def state(self) -> Mapping[str, Any]:
        painted = self.parameters.data == "painted"
        rows = zip(self.cloud.places.tolist(), self.cloud.labels.tolist())
        points = {"points": [[x, y, label + 1] for (x, y), label in rows]} if painted else {}
        return {**super().state(), **points}

    def take(self, key: str, value: Any) -> bool:
        if key != "points":
            return super().take(key, value)
        try:
            rows = np.array(value, np.float64).reshape(-1, 3)
        except (TypeError, ValueError):
            return False
        if len(rows) > clouds.MOST or not np.isin(rows[:, 2], (1, 2)).all() or not (np.abs(rows[:, :2]) <= 1).all():
            return False
        self.cloud = clouds.cloud(rows[:, :2].copy(), rows[:, 2].astype(np.int64) - 1)
        self.parameters = replace(self.parameters, data="painted")
        return True

    def set_type_scale(self, scale: float) -> None:
        self.loss.set_type_scale(scale)

    def fit_type(self) -> None:
        self.verdict.setFont(sized(self.font(), 1.15))

    # --- painting ----------------------------------------------------------------------------------------------------

    def _take_brush(self, name: str) -> None:
        self._brush = name
        self.brushes.render(name)

    def _paint(self, x: float, y: float, other: bool) -> None:
        places, labels = self.cloud.places, self.cloud.labels
        if self._brush == "erase":
            kept = np.hypot(*(places - (x, y)).T) > _ERASED
            self._set_points(places[kept], labels[kept])
        elif len(labels) < clouds.MOST:
            label = int((self._brush == "2") != other)
            self._set_points(np.append(places, [[x, y]], axis=0), np.append(labels, label))

    def _set_points(self, places: Array, labels: Array) -> None:
        self.cloud = clouds.cloud(places, labels)
        if self.parameters.data == "painted":
            self.changed.emit()
        else:
            self.wanted.emit(replace(self.parameters, data="painted"))

    # --- what is looked at -------------------------------------------------------------------------------------------

    def _point(self, over: tuple[int, int] | None) -> None:
        self._over = over
        self._show_map()

    def _show_rest(self) -> None:
        """Show the neurons and the loss."""
        if self._shown is not None:
            self.diagram.show_network(self._shown.neurons, self._shown.weights, _CLASSES)
            self.loss.show_losses(self._shown.history, log=False)

    def _show_map(self) -> None:
        """Show what the network makes of the plane, or a neuron that is pointed at."""
        shown = self._shown
        if shown is None:
            return
        if self._over is not None and self._over[0] < len(shown.neurons):
            layer, index = self._over
            self.map.show_points(shown.neurons[layer][index], self.cloud, *_names(layer, index, len(shown.neurons) - 1))
        else:
            self.map.show_points(shown.picture, self.cloud, "what it answers", "class 1 blue, class 2 red")

    def _lay_out(self) -> None:
        left, right, tools = QVBoxLayout(), QVBoxLayout(), QHBoxLayout()
        left.addWidget(self.diagram, 5)
        left.addWidget(self.loss, 3)
        tools.setSpacing(4)
        tools.addWidget(self.brushes, 1)
        tools.addWidget(self.clear)
        right.addLayout(tools)
        right.addWidget(self.map, 1)
        right.addWidget(self.verdict)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(14)
        layout.addLayout(left, 5)
        layout.addLayout(right, 4)


def _names(layer: int, index: int, last: int) -> tuple[str, str]:
    """Return what to write over the picture of one neuron, and beside that."""
    if layer == last:
        return f"output of {_CLASSES[index]}", "the more it says so, the more " + ("blue", "red")[index]
    return f"{f'hidden {layer}' if layer else 'input'}, neuron {index + 1}", ""


def _disc(colour: QColor) -> QIcon:
    """Return a point as it is painted."""
    pixmap = QPixmap(32, 32)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor("white"), 3.0))
    painter.setBrush(colour)
    painter.drawEllipse(4, 4, 24, 24)
    painter.end()
    return QIcon(pixmap)


def _verdict(shown: PointsShown, parameters: Parameters) -> str:
    """Return how well it does, and why not better."""
    if not len(shown.cloud.labels):
        return "Paint some points of both classes."
    if shown.diverged:
        return "<b>Diverged</b>: the step is too large. Choose a smaller rate."

    def part(value: float) -> str:
        return "–" if math.isnan(value) else f"<b>{100 * value:.0f} %</b>"

    text = f"● training {part(shown.right)} right &nbsp; ■ test {part(shown.tested_right)}"
    if shown.right >= 0.9 or shown.steps < 100:
        return text + "<br>&nbsp;"
    if parameters.hidden == 0 and not shown.by_a_line:
        return text + "<br>A perceptron draws one straight line; none parts these points."
    if parameters.preprocessing == "none":
        return text + "<br>Measurements far from zero and in unequal units: hard to learn from."
    return text + "<br>Not there yet."
