"""Four curves fitted by a few neurons: the fit, what each neuron adds to it, and the loss."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel

from motionapp.labs.lessons import CurveLesson, CurveShown
from motionapp.labs.network import Parameters
from ui.labs.curve_plot import CurvePlot, Line
from ui.labs.network_page import BUDGET_S, LearningPage
from ui.labs.neuron_page import NAMES
from ui.labs.numbers import number_text
from ui.theme import sized


class CurvesPage(LearningPage):
    """The fit on the left; the neurons and the loss on the right."""

    name = "curves"
    formula = (
        "<i>y</i>&thinsp;(<i>x</i>) = Σ<sub><i>k</i></sub> <i>v<sub>k</sub> f</i>&thinsp;(<i>w<sub>k</sub> x</i> + "
    )
    formula += "<i>b<sub>k</sub></i>) + <i>c</i> &nbsp;&nbsp; "
    formula += "<i>C</i> = <sup>1</sup>/<sub>2<i>n</i></sub> Σ (<i>y</i> − <i>t</i>)²"

    def __init__(self) -> None:
        super().__init__()
        self._lesson = CurveLesson()
        self.fit, self.units = CurvePlot("The fit", "x"), CurvePlot("What each neuron adds", "x")
        self.loss = CurvePlot("Loss", "step")
        self.verdict = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self.verdict.setTextFormat(Qt.TextFormat.RichText)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(14)
        layout.addWidget(self.fit, 0, 0, 2, 1)
        layout.addWidget(self.units, 0, 1)
        layout.addWidget(self.loss, 1, 1)
        layout.addWidget(self.verdict, 2, 0, 1, 2)
        layout.setColumnStretch(0, 6)
        layout.setColumnStretch(1, 5)
        layout.setRowStretch(0, 1)
        layout.setRowStretch(1, 1)
        self.fit_type()

    def compute(self, parameters: Parameters) -> CurveShown:
        return self._lesson.shown(parameters, self.steps, BUDGET_S)

    def show_result(self, result: CurveShown) -> None:
        self.hint = f"step {result.steps:,}"
        x, x_range = result.x, (float(result.x[0]), float(result.x[-1]))
        low, high = float(result.target.min()), float(result.target.max())
        margin = 0.25 * (high - low)
        few = np.linspace(0, len(x) - 1, 26).round().astype(int)
        curve = Line("the curve", x, result.target, "foreground", 0.8, dashed=True)
        network = Line("network", x, result.output, 1, 2.2)
        y_range, dots = (low - margin, high + margin), (x[few], result.target[few])
        self.fit.show_lines([curve, network], x_range, y_range, dots)
        known = np.abs(result.units[np.isfinite(result.units)])
        size = max(1.0, float(known.max())) if known.size else 1.0
        name = NAMES[self.parameters.activation]
        lines = [Line(f"{name} {at + 1}", x, unit, at) for at, unit in enumerate(result.units)]
        bias = Line(f"c = {number_text(result.bias, 2)}", x, np.full(len(x), result.bias), 5, 0.8, dashed=True)
        self.units.show_lines([*lines, bias], x_range, (-1.1 * size, 1.1 * size))
        self.loss.show_losses(result.history, log=True)
        if result.diverged:
            self.verdict.setText("<b>Diverged</b>: the step is too large. Choose a smaller rate.")
        else:
            units = self.parameters.curve_units
            self.verdict.setText(
                f"{units} hidden {'unit' if units == 1 else 'units'} &nbsp;·&nbsp; "
                f"root mean square error <b>{number_text(result.rms)}</b>"
            )
        self.came(result.steps, result.diverged)

    def set_type_scale(self, scale: float) -> None:
        for plot in (self.fit, self.units, self.loss):
            plot.set_type_scale(scale)

    def fit_type(self) -> None:
        self.verdict.setFont(sized(self.font(), 1.2))
