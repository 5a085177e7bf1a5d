"""Plots beside the picture: motion over time, and the descent of any cost."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from motionapp.types import Array, Measures
from ui.plot_canvas import PlotCanvas, TimeAxis, key_text, notice, round_up, small
from ui.speed_history import WINDOW_S, SpeedHistory
from ui.stage_bands import NAMES_ROOM, StageBands
from ui.theme import theme, toggle_style

if TYPE_CHECKING:
    from kernels.descent import DescentTrace

#: More samples than this are drawn as groups.
POINTS = 360
#: Curves are drawn at most this often; samples come as fast as they like.
REDRAW_MS = 66
#: A stage that ends so many times as high as it began has diverged. One of few steps must be far up: a descent with
#: momentum overshoots once or twice before it settles.
_UPHILL, _FAR_UPHILL, _SWING = 1.5, 100.0, 8


def _on_ground(times: Array, values: Array, gaps: Array) -> tuple[Array, Array]:
    """Return the curve with its feet on zero before and after each gap (indices of what follows one)."""
    x = np.insert(times, np.repeat(gaps, 2), np.stack((times[gaps - 1], times[gaps])).T.ravel())
    return x, np.insert(values, np.repeat(gaps, 2), 0.0)


def _steady(label: QLabel, widest: str) -> QLabel:
    """Give ``label`` the width of ``widest`` whatever it says, so that new numbers lay out nothing anew."""
    label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    label.setFixedWidth(label.fontMetrics().horizontalAdvance(widest))
    return label


def _put_header(owner: QWidget, canvas: QWidget, key: QLabel, *rest: QWidget) -> None:
    """Lay out ``owner``: its key and what else belongs on that line, the canvas under it.

    The line takes whatever width there is, so that its changing text never moves the docks; the key breaks where it is
    too long.
    """
    key.setWordWrap(True)
    key.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    header = QHBoxLayout()
    header.setContentsMargins(10, 3, 10, 0)
    header.setSpacing(10)
    header.addWidget(key, 1)
    for widget in rest:
        header.addWidget(widget)
    layout = QVBoxLayout(owner)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    layout.addLayout(header)
    layout.addWidget(canvas, 1)


class MotionPlot(QWidget):
    """Mean and 95th percentile of speed over time: the last 30 s of a live source, or the whole of a file."""

    seek_requested = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._history = SpeedHistory()
        self._top = 0.0
        self._axis = TimeAxis()
        self._canvas = PlotCanvas(self, self._axis)
        self._area = self._canvas.curve(fillLevel=0.0, pen=None)
        self._mean = self._canvas.curve()
        self._peak = self._canvas.curve()
        self._cursor = pg.InfiniteLine(angle=90, movable=False)
        self._canvas.addItem(self._cursor, ignoreBounds=True)
        self._canvas.pressed.connect(self._seek)
        self._empty = notice("Speed over time shows here while a source plays", self._canvas)
        self._key = small(QLabel(self))
        self._now = small(QLabel(self))
        _put_header(self, self._canvas, self._key, _steady(self._now, "mean 1000.0 · 95 % 1000.0 px/s"))
        self._pace = QTimer(self, interval=REDRAW_MS, singleShot=True)
        self._pace.timeout.connect(self.redraw)
        self._colour()
        self.set_duration(None)

    def set_duration(self, seconds: float | None) -> None:
        """Show ``seconds`` of a file, or with None the last 30 s of a live source; forgets what it showed."""
        self._history = SpeedHistory(seconds)
        duration = self._history.duration_s
        self._axis.from_now = duration is None
        left, right = (-WINDOW_S, 0.0) if duration is None else (0.0, duration)
        self._canvas.setXRange(left, right, padding=0.0)
        self._canvas.setToolTip("" if duration is None else "Click or drag to seek")
        self.clear()

    def add(self, pts_s: float, index: int, measures: Measures) -> None:
        """Add the numbers of frame ``index``; frame 0 has no motion to tell of."""
        self.set_cursor(pts_s)
        if index > 0:
            self._history.add(pts_s, measures.mean_px_s, measures.p95_px_s)
            if self.isVisible() and not self._pace.isActive():
                self._pace.start()

    def clear(self) -> None:
        """Forget all samples."""
        self._history = SpeedHistory(self._history.duration_s)
        self._top = 0.0
        self.redraw()

    def set_cursor(self, pts_s: float) -> None:
        """Mark the time on show; a live plot needs no mark, its right edge is now."""
        self._cursor.setValue(pts_s)
        self._show_cursor()

    def _show_cursor(self) -> None:
        self._cursor.setVisible(self._history.duration_s is not None and self._history.latest is not None)

    def redraw(self) -> None:
        """Draw all samples, thinned to what the width can show."""
        times, values = self._history.curve(POINTS)
        self._empty.setVisible(not times.size)
        self._canvas.show_axes(bool(times.size))
        self._show_cursor()
        steps = np.diff(times)
        gaps = steps > (max(0.5, 3.0 * float(np.median(steps))) if steps.size else 0.5)
        joined = np.append(~gaps, False).astype(np.int32)  # no line where nothing was seen
        self._mean.setData(times, values[0], connect=joined)
        self._peak.setData(times, values[1], connect=joined)
        self._area.setData(*_on_ground(times, values[0], np.flatnonzero(gaps) + 1))
        self._set_top(float(values.max()) if times.size else 0.0)
        latest = self._history.latest
        self._now.setText("" if latest is None else f"mean {latest[0]:.1f} · 95 % {latest[1]:.1f} px/s")

    def _set_top(self, highest: float) -> None:
        """Grow the axis when needed, shrink it only when two thirds of it are empty."""
        if highest > self._top or highest < 0.33 * self._top or self._top == 0.0:
            self._top = round_up(max(highest * 1.05, 1.0))
            self._canvas.setYRange(0.0, self._top, padding=0.0)

    def _seek(self, seconds: float) -> None:
        if self._history.duration_s is not None:
            self.seek_requested.emit(min(self._history.duration_s, max(0.0, seconds)))

    def _colour(self) -> None:
        colours = theme(self.palette())
        self._canvas.colour(colours)
        mean, peak = colours.series[0], colours.series[1]
        fill = QColor(mean)
        fill.setAlpha(50)
        self._area.setBrush(fill)
        self._mean.setPen(pg.mkPen(mean, width=1.5))
        self._peak.setPen(pg.mkPen(peak, width=1.5))
        self._cursor.setPen(pg.mkPen(colours.foreground))
        self._empty.setStyleSheet(f"color: {colours.faint}; background: transparent")
        self._key.setText("Speed in px/s: &nbsp; " + key_text((("mean", mean), ("95th percentile", peak))))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.redraw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._empty.setGeometry(self._canvas.rect().adjusted(24, 0, -24, 0))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._colour()


class DescentPlot(QWidget):
    """A cost per iteration, split by term and divided into stages: pyramid levels, or epochs of a network.

    Parameters
    ----------
    value_label, stage_label : str
        What the cost and a stage are called.
    empty : str
        What is said while there is nothing to show.
    """

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        value_label: str = "energy per pixel",
        stage_label: str = "level",
        empty: str = "The descent of the motion field shows here while a source plays",
    ) -> None:
        super().__init__(parent)
        self._trace: DescentTrace | None = None
        self._canvas = PlotCanvas(self)
        self._canvas.setLabel("left", value_label)
        self._canvas.setLabel("bottom", "iteration")
        self._bands = StageBands(self._canvas.getPlotItem(), stage_label)
        self._curves: list[pg.PlotCurveItem] = []
        self._key = small(QLabel(self))
        self._now = small(QLabel(self))
        self._now.setToolTip(f"Total {value_label} at the end of the descent")
        self.log = QToolButton(self)
        self.log.setText("log")
        self.log.setCheckable(True)
        self.log.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.log.setToolTip("Logarithmic or linear axis")
        self.log.setAccessibleName("Logarithmic axis")
        self.log.toggled.connect(self._draw)
        self._empty = notice(empty, self._canvas)
        _put_header(self, self._canvas, self._key, _steady(self._now, "1.23e−05 "), self.log)
        self._colour()

    def set_type_scale(self, scale: float) -> None:
        """Write and draw so much larger than usual, for people in the back row."""
        for widget in (self._key, self._now, self.log):
            widget.setFont(self.font())
        _steady(self._now, "1.23e−05 ")
        self._canvas.set_type(self.font(), scale)
        self._draw()

    def show_trace(self, trace: DescentTrace | None) -> None:
        """Show ``trace``, or say that there is none."""
        self._trace = trace if trace is not None and len(trace.values) else None
        if self.isVisible():
            self._draw()

    def _rows(self, trace: DescentTrace) -> list[tuple[str, Array]]:
        """Return name and values of every curve: terms that are used at all, and their total if there are several."""
        used = [(name, trace.values[:, at]) for at, name in enumerate(trace.terms) if np.any(trace.values[:, at] != 0)]
        return used if len(used) == 1 else [*used, ("total", trace.total)]

    def _draw(self) -> None:
        trace = self._trace
        self._empty.setVisible(trace is None)
        self._canvas.show_axes(trace is not None)
        self._bands.set_stages(None if trace is None else trace.stage)
        rows = [] if trace is None else self._rows(trace)
        while len(self._curves) < len(rows):
            self._curves.append(self._canvas.curve())
        colours = theme(self.palette())
        log = self.log.isChecked()
        self._canvas.getAxis("left").setLogMode(log)
        key = []
        for at, curve in enumerate(self._curves):
            if at >= len(rows):
                curve.setData([], [])
                continue
            name, values = rows[at]
            colour = colours.foreground if name == "total" else colours.series[at % len(colours.series)]
            with np.errstate(divide="ignore", invalid="ignore"):
                drawn = np.log10(values) if log else values
            drawn = np.where(np.isfinite(drawn), drawn, np.nan)
            curve.setPen(pg.mkPen(colour, width=self._canvas.pen_px))
            places = np.arange(1.0, len(drawn) + 1.0)
            if len(drawn) == 1:  # a dash: a single point has no line
                places, drawn = np.array([1.0, 1.05]), np.repeat(drawn, 2)
            curve.setData(places, drawn, connect="finite")
            key.append((name, colour))
        self._key.setText(key_text(key))
        self._now.setText("" if trace is None else self._verdict(trace))
        if trace is not None:
            self._set_range(np.stack([values for _, values in rows]), log)

    def _set_range(self, values: Array, log: bool) -> None:
        self._canvas.setXRange(1.0, max(2.0, float(values.shape[1])), padding=0.0)
        finite = values[np.isfinite(values) & (values > 0.0)]
        high = float(finite.max()) if finite.size else 1.0
        if not log:
            self._canvas.getAxis("left").setTicks(None)
            self._canvas.setYRange(0.0, round_up(high * (1.0 + NAMES_ROOM)), padding=0.0)
            return
        low = max(float(finite.min()) if finite.size else 0.1, high * 1e-6)
        bottom, top = math.floor(math.log10(low)), math.ceil(math.log10(high))
        self._canvas.show_decades(bottom, max(top, bottom + 1), NAMES_ROOM)

    @staticmethod
    def _verdict(trace: DescentTrace) -> str:
        """Return where the descent ended, and whether it went the wrong way on its last stage."""
        total = trace.total
        start = total[trace.stage == trace.stage[-1]][0]
        steps = np.count_nonzero(trace.stage == trace.stage[-1])
        if not np.isfinite(total).all() or total[-1] > (_UPHILL if steps >= _SWING else _FAR_UPHILL) * start:
            return "<b>diverges</b>"
        return f"{total[-1]:.3g}"

    def _colour(self) -> None:
        colours = theme(self.palette())
        self._canvas.colour(colours)
        self._bands.colour(colours)
        self.log.setStyleSheet(toggle_style(colours))
        self._empty.setStyleSheet(f"color: {colours.faint}; background: transparent")
        self._draw()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._draw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._empty.setGeometry(self._canvas.rect().adjusted(24, 0, -24, 0))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._colour()
