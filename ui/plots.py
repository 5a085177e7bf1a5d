"""Plots beside the picture: motion over time, and the descent of any cost."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from motionapp.types import Array, Measures
from ui.theme import Theme, theme

if TYPE_CHECKING:
    from kernels.descent import DescentTrace

#: A live plot shows this much; a plot keeps this many samples whatever the length, and draws this many points.
WINDOW_S = 30.0
SAMPLES = 8192
POINTS = 640
REDRAW_MS = 66


class _Canvas(pg.PlotWidget):  # type: ignore[misc]
    """A plot without keys or menu of its own; tells where it was clicked, in units of its axes."""

    pressed = Signal(float)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, background=None, enableMenu=False)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.hideButtons()
        self.setMouseEnabled(x=False, y=False)
        for side in ("left", "bottom"):
            self.getAxis(side).enableAutoSIPrefix(False)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 90)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()

    def _press(self, event: QMouseEvent) -> None:
        box = self.getViewBox()
        position = QPointF(self.mapToScene(event.position().toPoint()))
        if box.sceneBoundingRect().contains(position):
            self.pressed.emit(box.mapSceneToView(position).x())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._press(event)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._press(event)
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def wheelEvent(self, event: Any) -> None:
        event.ignore()

    def colour(self, colours: Theme) -> None:
        """Take the colours of a scheme."""
        self.setBackground(colours.background)
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            axis.setPen(pg.mkPen(colours.grid))
            axis.setTextPen(pg.mkPen(colours.faint))
            axis.setLabel(axis.labelText, color=colours.faint)


def round_up(value: float) -> float:
    """Return the next of 1, 2, 5, 10, 20 … at or above ``value``, so that an axis rarely changes."""
    if not value > 0.0 or not math.isfinite(value):
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1.0, 2.0, 5.0, 10.0) if step * power >= value * (1 - 1e-9))


class MotionPlot(QWidget):
    """Mean and 95th percentile of speed over time: the last 30 s of a live source, or the whole of a file."""

    seek_requested = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._canvas = _Canvas(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._canvas)

    def set_duration(self, seconds: float | None) -> None:
        """Show ``seconds`` of a file, or with None the last 30 s of a live source; forgets what it showed."""

    def add(self, pts_s: float, index: int, measures: Measures) -> None:
        """Add the numbers of frame ``index``."""

    def clear(self) -> None:
        """Forget all samples."""

    def set_cursor(self, pts_s: float) -> None:
        """Mark the time on show."""


class DescentPlot(QWidget):
    """A cost per iteration, split by term and divided by stage."""

    def __init__(
        self, parent: QWidget | None = None, *, value_label: str = "energy per pixel", stage_label: str = "level"
    ) -> None:
        super().__init__(parent)

    def show_trace(self, trace: DescentTrace | None) -> None:
        """Show ``trace``, or say that there is none."""
