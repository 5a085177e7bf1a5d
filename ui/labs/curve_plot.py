"""Curves over one axis with a key that names them: what plots of labs have beyond those of the main window."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from motionapp.types import Array
from ui.labs.numbers import number_text
from ui.plot_canvas import PlotCanvas, key_text, round_up
from ui.theme import theme


@dataclass(frozen=True, slots=True)
class Line:
    """A curve: its ``name`` in the key (none: not there), values, colour as number of the scheme's series or name."""

    name: str
    x: Array
    y: Array
    colour: int | str
    width: float = 1.0
    dashed: bool = False


#: Room beside the ends of an axis, as part of it, so that a dot there is whole.
_BESIDE = 0.02


class CurvePlot(QWidget):
    """Draws lines and points of given ranges; ``pressed(x)`` tells where it was clicked or dragged."""

    pressed = Signal(float)

    def __init__(self, title: str, bottom: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title
        self._lines: tuple[Line, ...] = ()
        self._dots = np.zeros(0), np.zeros(0)
        self._ranges: tuple[tuple[float, float], tuple[float, float]] = ((0.0, 0.0), (0.0, 0.0))
        self.setAccessibleName(title)
        self._key = QLabel(self)
        self._key.setTextFormat(Qt.TextFormat.RichText)
        self._key.setWordWrap(True)
        self._key.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.canvas = PlotCanvas(self)
        if bottom:
            self.canvas.setLabel("bottom", bottom)
        self.canvas.pressed.connect(self.pressed)
        self._zero = [pg.InfiniteLine(angle=angle, movable=False) for angle in (0, 90)]
        for line in self._zero:
            self.canvas.addItem(line, ignoreBounds=True)
        self._curves: list[pg.PlotCurveItem] = []
        self._scatter = pg.ScatterPlotItem()
        self._scatter.setZValue(5)
        self.canvas.addItem(self._scatter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self._key)
        layout.addWidget(self.canvas, 1)
        self._colour()

    def show_lines(
        self, lines: Sequence[Line], x_range: tuple[float, float], y_range: tuple[float, float],
        dots: tuple[Array, Array] | None = None,
    ) -> None:  # fmt: skip
        """Draw ``lines`` and ``dots`` within ranges."""
        self._lines = tuple(lines)
        self._dots = (np.zeros(0), np.zeros(0)) if dots is None else dots
        if (x_range, y_range) != self._ranges:
            self._ranges = x_range, y_range
            self.canvas.setXRange(*x_range, padding=_BESIDE if dots is not None else 0.0)
            self.canvas.setYRange(*y_range, padding=0.0)
        self._draw()

    def show_losses(self, history: Array, log: bool) -> None:
        """Draw ``history`` (3, N): steps, losses in training and, where it is known, in the test."""
        steps, training, test = history
        known = history[1:][np.isfinite(history[1:]) & (history[1:] > 0)]
        high = float(known.max()) if known.size else 1.0
        bottom, top = 0.0, round_up(high)
        if log:
            low = float(known.min()) if known.size else 0.1
            highest = math.ceil(math.log10(high))
            powers = range(min(highest - 1, max(math.floor(math.log10(low)), highest - 6)), highest + 1)
            bottom, top = powers[0], powers[-1]
            with np.errstate(divide="ignore", invalid="ignore"):
                training, test = np.log10(training), np.log10(test)
            if (bottom, top) != self._ranges[1]:
                self.canvas.getAxis("left").setTicks([[(power, number_text(10.0**power)) for power in powers]])
        lines = [Line("training", steps, training, 0, 1.2)]
        if np.isfinite(history[2]).any():
            lines.append(Line("test", steps, test, 1, 1.6))
        self.show_lines(lines, (0.0, round_up(max(20.0, float(steps[-1]) if len(steps) else 0.0))), (bottom, top))

    def set_type_scale(self, scale: float) -> None:
        """Write and draw so much larger than usual."""
        self._key.setFont(self.font())
        self.canvas.set_type(self.font(), scale)
        self._colour()

    def changeEvent(self, event: QEvent) -> None:
        """Take the colours of another scheme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._colour()

    def _colour(self) -> None:
        """Colour what stays the same from one drawing to the next."""
        colours = theme(self.palette())
        self.canvas.colour(colours)
        for zero in self._zero:
            zero.setPen(pg.mkPen(colours.grid, width=self.canvas.pen_px * 0.7))
        self._draw()

    def _draw(self) -> None:
        colours, pen_px = theme(self.palette()), self.canvas.pen_px
        while len(self._curves) < len(self._lines):
            self._curves.append(self.canvas.curve())
        key = []
        for curve in self._curves[len(self._lines) :]:
            curve.setData([], [])
        for curve, line in zip(self._curves, self._lines):
            colour = line.colour if isinstance(line.colour, str) else colours.series[line.colour % len(colours.series)]
            colour = colours.foreground if colour == "foreground" else colour
            style = Qt.PenStyle.DashLine if line.dashed else Qt.PenStyle.SolidLine
            curve.setPen(pg.mkPen(colour, width=pen_px * line.width, style=style))
            curve.setData(line.x, np.where(np.isfinite(line.y), line.y, np.nan), connect="finite")
            if line.name:
                key.append((line.name, colour))
        self._scatter.setData(
            *self._dots, size=7.0 * pen_px, pen=pg.mkPen(colours.background, width=pen_px),
            brush=pg.mkBrush(colours.foreground),
        )  # fmt: skip
        self._key.setText(f"<b>{self._title}</b> &nbsp; {key_text(key)}")
