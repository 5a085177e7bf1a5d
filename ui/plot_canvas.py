"""What all plots share: a canvas without menu and keys, colours of the scheme, a line of text as key."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QLabel, QWidget

from ui.theme import Theme, sized


def round_up(value: float) -> float:
    """Return the next of 1, 1.5, 2, 3, 4, 6, 8, 10, 15 … at or above ``value``, so that an axis rarely changes."""
    if not value > 0.0 or not math.isfinite(value):
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    steps = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0)
    return next((step * power for step in steps if step * power >= value * (1 - 1e-9)), 10.0 * power)


def key_text(entries: Sequence[tuple[str, str]]) -> str:
    """Return ``(name, colour)`` pairs as rich text: a dash in the colour before each name."""
    return "&nbsp;&nbsp; ".join(f'<span style="color:{colour}"><b>━</b></span>&nbsp;{name}' for name, colour in entries)


def small(label: QLabel) -> QLabel:
    """Make ``label`` a little smaller than the text around it, as captions of plots are."""
    label.setFont(sized(label.font(), 0.92))
    return label


def notice(text: str, parent: QWidget) -> QLabel:
    """Return a label that says over an empty plot what will be there."""
    label = QLabel(text, parent)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setWordWrap(True)
    label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    return label


#: No number at a left axis is longer.
_LONGEST = "-0.0005"


class NumberAxis(pg.AxisItem):
    """Numbers with a minus as long as that of all other numbers."""

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        """Return the text of each tick."""
        return [text.replace("-", "−") for text in super().tickStrings(values, scale, spacing)]


class TimeAxis(pg.AxisItem):
    """Seconds as m:ss from the start, or as −s from now."""

    def __init__(self) -> None:
        super().__init__("bottom")
        self.from_now = False

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        """Return the text of each tick."""
        digits = 0 if spacing >= 1.0 else max(1, math.ceil(-math.log10(spacing)))
        if self.from_now:
            return ["now" if abs(value) < 1e-9 else f"−{-value:.{digits}f} s" for value in values]
        return [f"{int(value // 60)}:{value % 60:0{3 + digits if digits else 2}.{digits}f}" for value in values]


class PlotCanvas(pg.PlotWidget):
    """A plot of fixed range; ``pressed(x)`` tells where it was clicked or dragged, in units of its x axis."""

    pressed = Signal(float)

    def __init__(self, parent: QWidget, bottom: pg.AxisItem | None = None) -> None:
        axes = {"left": NumberAxis("left"), "bottom": bottom or NumberAxis("bottom")}
        super().__init__(parent, background=None, enableMenu=False, axisItems=axes)
        self.pen_px = 1.5
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.hideButtons()
        self.setMouseEnabled(x=False, y=False)
        self.getPlotItem().layout.setContentsMargins(4, 8, 18, 2)
        self.getViewBox().setDefaultPadding(0.0)
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            axis.enableAutoSIPrefix(False)
            axis.setStyle(tickLength=-4, tickTextOffset=4, maxTickLevel=1, hideOverlappingLabels=False)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 80)

    def sizeHint(self) -> QSize:
        return QSize(320, 140)

    def colour(self, colours: Theme) -> None:
        """Take the colours of a scheme."""
        self.setBackground(colours.background)
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            axis.setPen(pg.mkPen(colours.grid))
            axis.setTextPen(pg.mkPen(colours.faint))
            if axis.labelText:
                axis.setLabel(axis.labelText, color=colours.faint)
        self._fix_left()

    def set_type(self, font: QFont, scale: float) -> None:
        """Write ticks and labels in ``font``, and draw curves ``scale`` times as wide as usual."""
        self.pen_px = 1.5 * scale
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            axis.setTickFont(font)
            axis.label.setFont(font)
            axis.setStyle(tickTextOffset=round(4 * scale))
            axis.resizeEvent()
        self._fix_left()

    def show_decades(self, bottom: int, top: int, room: float) -> None:
        """Let the logarithmic left axis run from 10^bottom to 10^top, and leave a part ``room`` above it."""
        # The axis itself would write nine numbers into a single decade, one over the other.
        decades = [[(power, f"{10.0**power:g}") for power in range(bottom, top + 1)]]
        self.getAxis("left").setTicks(decades if top - bottom <= 2 else None)
        self.setYRange(bottom, top + room * (top - bottom), padding=0.0)

    def _fix_left(self) -> None:
        """Leave room for the longest numbers: by itself the width would depend on what was drawn before."""
        axis = self.getAxis("left")
        metrics = QFontMetricsF(axis.style["tickFont"] or self.font())
        label = metrics.height() if axis.labelText else 0.0
        axis.setWidth(metrics.horizontalAdvance(_LONGEST) + axis.style["tickTextOffset"][0] + label)

    def show_axes(self, shown: bool) -> None:
        """Show or hide both axes; a plot without data has nothing to measure."""
        for side in ("left", "bottom"):
            self.getAxis(side).setVisible(shown)

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

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        event.ignore()

    def curve(self, **options: Any) -> pg.PlotCurveItem:
        """Add an empty curve. It is stroked segment by segment: Qt needs many times as long for a whole path."""
        item = pg.PlotCurveItem(antialias=True, **options)
        item.setSegmentedLineMode("on")
        self.addItem(item)
        return item
