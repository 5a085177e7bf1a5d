"""Two descents: the motion field finds its energy's valley, the network its loss's, step for step, by one rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from kernels.descent import MOMENTUM
from motionapp.labs import descents
from motionapp.labs.descents import Both, Fitting
from motionapp.labs.field import Newest
from motionapp.labs.preparation import Progress, prepare_motion
from motionapp.labs.view import LabView
from motionapp.settings import Method
from motionapp.types import Array
from ui.labs.curve_plot import CurvePlot, Line
from ui.labs.lab import Lab, refusal
from ui.labs.numbers import number_text
from ui.labs.picture_view import PictureView
from ui.plots import DescentPlot

#: From one step to the next while it runs.
RUN_MS = 33


def _formula(method: Method) -> str:
    """Return one step of both by a rule; Nesterov's is written with z where its gradient is taken."""

    def rule(z: str, cost: str, divided: str = "") -> str:
        z, down = f"<i>{z}</i>", f"<i>η</i> {divided}∂<i>{cost}</i>/∂<i>{z}</i>"
        if method == "steepest":
            return f"{z} ← {z} − {down}"
        ahead = f"{z} ← {z} + <i>m</i>" if method == "momentum" else f"{z} ← {z} + <i>μ m</i> − {down}"
        return f"<i>m</i> ← <i>μ m</i> − {down}, {ahead}"

    motion, of_network = rule("w", "E", "<i>P</i><sup>−1</sup> "), rule("θ", "C")
    mu = {"momentum": f"<i>μ</i> = {MOMENTUM:g}", "nesterov": "<i>μ</i> = <i>k</i> / (<i>k</i> + 3)"}.get(method, "")
    return f"motion &nbsp; {motion} &nbsp;&nbsp;·&nbsp;&nbsp; network &nbsp; {of_network} &nbsp;&nbsp; {mu}"


class DescentsLab(Lab):
    """While pictures play, each is descended for as a whole; standing on one, both descents are stepped through."""

    id: ClassVar[str] = "descents"
    title: ClassVar[str] = "Two descents"
    Parameters: ClassVar[type[Any]] = descents.Parameters
    pairs: ClassVar[bool] = True
    formula = _formula("momentum")

    def __init__(self) -> None:
        super().__init__()
        self._step: int | None = None  # None: all
        self._steps = 0
        self._runs = Newest(descents.LONGEST_PX)
        self._fitted: tuple[Any, Fitting] | None = None
        self.arrows, self.fit = PictureView("The motion field w"), CurvePlot("The network y (x)", "x")
        self.energy = DescentPlot(empty="Press . or → for the first step")
        self.loss = DescentPlot(
            value_label="loss", stage_label="full batch, seed", empty="Press . or → for the first step"
        )
        self.verdict = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self.verdict.setTextFormat(Qt.TextFormat.RichText)
        self.verdict.setWordWrap(True)
        self._clock = QTimer(self, interval=RUN_MS)
        self._clock.timeout.connect(self._go_on)
        self._lay_out()
        for one, other in ((self.energy, self.loss), (self.loss, self.energy)):
            one.log.setChecked(True)
            one.log.toggled.connect(other.log.setChecked)
        for plot in (self.fit, self.energy, self.loss):
            self.scaled.connect(plot.set_type_scale)
        self.run_button.toggled.connect(self._set_running)

    @property
    def side(self) -> QWidget:
        """The button that lets both run, and how far they are."""
        return self._side

    def render(self, parameters: descents.Parameters) -> None:  # type: ignore[override]
        """Show the rule that is in force."""
        super().render(parameters)
        self.formula = _formula(parameters.method)

    # --- steps and state ---------------------------------------------------------------------------------------------

    def set_frozen(self, on: bool) -> None:
        """Pictures that play are descended for as a whole."""
        if not on:
            self.run_button.setChecked(False)
            self._step = None

    def step(self) -> None:
        """Stand, and take one step of both; from the end, begin at rest."""
        self.freeze_wanted.emit(True)
        at_end = self._step is None or self._step >= self._steps
        self._step = 0 if at_end else (self._step or 0) + 1
        self.recompute()

    def reset(self) -> None:
        """Show both as a whole again."""
        self.run_button.setChecked(False)
        self._step = None

    def state(self) -> Mapping[str, Any]:
        return {} if self._step is None else {"step": self._step}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Take how many steps were taken."""
        for key, value in state.items():
            if key != "step" or not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 100_000:
                raise refusal(key, value, {"step": "a whole number from 0 to 100000"})
            self._step = value

    def parameters_after_reset(self) -> descents.Parameters:
        """Keep the rule and the step size: they are what is begun anew with."""
        return self.parameters

    def _set_running(self, on: bool) -> None:
        self.run_button.setText("Stop" if on else "Run")
        if on:
            self.freeze_wanted.emit(True)
            self._step = None
            self._clock.start()
        else:
            self._clock.stop()

    def _go_on(self) -> None:
        self.step()
        if self._steps and self._step is not None and self._step >= self._steps:
            self.run_button.setChecked(False)

    def prepare(self, progress: Progress) -> None:
        """Compile what finds motion; where a source is open that has been done."""
        prepare_motion(progress)

    # --- results -----------------------------------------------------------------------------------------------------

    def compute(self, view: LabView, parameters: descents.Parameters) -> tuple[descents.Parameters, Both]:
        """Return both descents at the step that is wanted."""
        step = self._step
        run = self._runs.run(view, descents.of_field(parameters))
        key = parameters.method, parameters.step, parameters.curve, parameters.units, parameters.seed, len(run)
        if self._fitted is None or self._fitted[0] != key:
            self._fitted = key, descents.fitting(parameters, len(run))
        return parameters, descents.both(run, self._fitted[1], parameters, step)

    def show_result(self, result: tuple[descents.Parameters, Both]) -> None:
        """Show pictures, curves and numbers of both."""
        parameters, found = result
        self._steps = found.steps
        self.arrows.set_title("The motion field w", f"level {found.moment.level}" if found.step else "at rest")
        self.arrows.show_picture(found.moment.arrows)
        self._show_fit(found)
        self.energy.show_trace(found.moment.trace)
        self.loss.show_trace(found.trace)
        self.count.setText(f"step {found.step} of {found.steps}")
        self.verdict.setText(
            f"one rule, <b>{parameters.method}</b> &nbsp;·&nbsp; one step size, <b>{number_text(parameters.step)}</b> "
            f"of the largest sure at the start &nbsp;·&nbsp; the loss curves by {number_text(found.curvature)} there: "
            f"η = {number_text(found.rate)}"
        )

    def _show_fit(self, found: Both) -> None:
        low, high = float(found.target.min()), float(found.target.max())
        margin = 0.3 * (high - low)
        few: Array = np.linspace(0, len(found.x) - 1, 26).round().astype(int)
        self.fit.show_lines(
            [Line("network", found.x, found.output, 1, 2.2)],
            (float(found.x[0]), float(found.x[-1])),
            (low - margin, high + margin),
            (found.x[few], found.target[few]),
        )

    def _lay_out(self) -> None:
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(14)
        layout.setVerticalSpacing(8)
        for widget, row, column in ((self.arrows, 0, 0), (self.fit, 0, 1), (self.energy, 1, 0), (self.loss, 1, 1)):
            layout.addWidget(widget, row, column)
        layout.addWidget(self.verdict, 2, 0, 1, 2)
        for at in (0, 1):
            layout.setColumnStretch(at, 1)
            layout.setRowStretch(at, 1)
        self._side, self.count = QWidget(), QLabel()
        self.run_button = QPushButton("Run")
        self.run_button.setCheckable(True)
        self.run_button.setToolTip("Let both descend from rest, step by step")
        below = QVBoxLayout(self._side)
        below.setContentsMargins(0, 0, 0, 0)
        below.addWidget(self.run_button)
        below.addWidget(self.count)
