"""The curves of a training while it runs: loss and accuracy, of what is learned and of what is only tested on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from motionapp.types import Array
from ui.plot_canvas import PlotCanvas, key_text, notice, round_up, small
from ui.theme import theme

if TYPE_CHECKING:
    from motionapp.learning.curves import Curves

#: More points than this are drawn as means of groups.
POINTS = 400
HEIGHT_PX = 104


def grouped(values: Array, points: int = POINTS) -> tuple[Array, Array]:
    """Return the steps (from 1) and about ``points`` means of groups of ``values``."""
    group = max(1, -(-len(values) // points))
    starts = np.arange(0, len(values), group)
    sizes = np.diff(np.append(starts, len(values)))
    return starts + (sizes + 1) / 2.0, np.add.reduceat(values, starts) / sizes if len(values) else values


def _dash(at: Array, values: Array) -> tuple[Array, Array]:
    """Return a curve as it is, but a single point as a dash: a line through one point cannot be seen."""
    return (at + np.array([-0.2, 0.2]), np.repeat(values, 2)) if len(values) == 1 else (at, values)


class _Canvas(PlotCanvas):
    """One quantity: thin per batch, thick per epoch."""

    def __init__(self, parent: QWidget, label: str) -> None:
        super().__init__(parent)
        self.setFixedHeight(HEIGHT_PX)
        self.setLabel("left", label)
        self.batches, self.training, self.validation = self.curve(), self.curve(), self.curve()

    def show_values(self, batches: Array, steps: Array, training: Array, validation: Array, top: float | None) -> None:
        """Draw the values of batches and of epochs; ``top`` is the end of the axis, None where the data says."""
        with np.errstate(invalid="ignore", over="ignore"):
            at, means = grouped(np.where(np.isfinite(batches), batches, np.nan))
        finite = np.isfinite(means)
        self.batches.setData(
            *(_dash(at[finite], means[finite]) if finite.sum() == 1 else (at, means)), connect="finite"
        )
        for curve, values in ((self.training, training), (self.validation, validation)):
            finite = np.isfinite(values)
            curve.setData(*_dash(steps[finite].astype(np.float64), values[finite]))
        known = np.concatenate([means, training, validation])
        known = known[np.isfinite(known)]
        self.setXRange(0.0, max(2.0, float(len(batches))), padding=0.0)
        self.setYRange(0.0, round_up(float(known.max()) if known.size else 1.0) if top is None else top, padding=0.0)


class LearningCurves(QWidget):
    """Loss above, accuracy below, both over the steps."""

    def __init__(self) -> None:
        super().__init__()
        self._curves: Curves | None = None
        self._drawn: Curves | None = None
        self.loss, self.accuracy = _Canvas(self, "loss"), _Canvas(self, "accuracy")
        self.accuracy.setLabel("bottom", "step")
        self._key, self._now = small(QLabel()), small(QLabel())
        self._now.setWordWrap(True)
        self._empty = notice("Loss and accuracy show here while it learns", self.loss)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        for widget in (self._key, self.loss, self.accuracy, self._now):
            layout.addWidget(widget)
        self._colour()

    @property
    def drawn_steps(self) -> int:
        """Steps of descent in the curves that are drawn."""
        return 0 if self._drawn is None else len(self._drawn.batch_loss)

    def show_curves(self, curves: Curves) -> None:
        """Show ``curves``; drawn only if they are seen and have changed."""
        self._curves = curves
        if self.isVisible() and curves is not self._drawn:
            self._draw()

    def _draw(self) -> None:
        curves = self._curves
        there = curves is not None and len(curves.batch_loss) > 0
        self._empty.setVisible(not there)
        self.accuracy.setVisible(there)
        self._key.setVisible(there)
        self._now.setVisible(there)
        for canvas in (self.loss, self.accuracy):
            canvas.show_axes(there)
        self._drawn = curves
        if curves is None:
            return
        steps = curves.epoch_steps
        self.loss.show_values(curves.batch_loss, steps, curves.epoch_loss, curves.validation_loss, None)
        self.accuracy.show_values(curves.batch_accuracy, steps, curves.epoch_accuracy, curves.validation_accuracy, 1.0)
        if len(steps):
            self._now.setText(_summary(curves))

    def _colour(self) -> None:
        colours = theme(self.palette())
        training, validation = colours.series[0], colours.series[1]
        thin = QColor(colours.series[5])
        thin.setAlpha(150)
        for canvas in (self.loss, self.accuracy):
            canvas.colour(colours)
            canvas.batches.setPen(pg.mkPen(thin, width=1))
            canvas.training.setPen(pg.mkPen(training, width=2.2))
            canvas.validation.setPen(pg.mkPen(validation, width=2.2))
        names = (("each batch", thin.name()), ("training", training), ("validation", validation))
        self._key.setText(key_text(names))
        self._empty.setStyleSheet(f"color: {colours.faint}; background: transparent")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._draw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._empty.setGeometry(self.loss.rect().adjusted(16, 0, -16, 0))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._colour()


def _summary(curves: Curves) -> str:
    """Return the figures of the last epoch."""
    loss, accuracy = curves.epoch_loss[-1], curves.epoch_accuracy[-1]
    text = f"Epoch {len(curves.epoch_steps)}: training {loss:.2g}, {100 * accuracy:.0f} %"
    if np.isfinite(curves.validation_loss[-1]):
        text += f" · validation {curves.validation_loss[-1]:.2g}, {100 * curves.validation_accuracy[-1]:.0f} %"
    return text
