"""The table of a run as curves over the time of its video: a click seeks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QSignalBlocker, QTimer, Signal
from PySide6.QtGui import QColor, QIcon, QPixmap, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from motionapp.analysis.curves import isolated
from motionapp.types import Array
from ui.analysis.controls import tool_button
from ui.analysis.marks_item import region_colour
from ui.flow_panel import ChoiceBox
from ui.plot_canvas import PlotCanvas, TimeAxis, key_text, notice, round_up, small
from ui.theme import NO_INDICATOR, restyle, theme

if TYPE_CHECKING:
    from motionapp.analysis.opened import OpenedResults

#: More samples than this are drawn as the lowest and the highest of each group.
POINTS = 700
#: The time on show is marked at most this often: each time all curves are drawn again.
CURSOR_MS = 66
_EMPTY = "Open results (File menu), or analyse a file: its numbers show here as curves over time"


def thinned(times: Array, values: Array, points: int = POINTS) -> tuple[Array, Array]:
    """Return at most about ``points`` samples: the lowest and the highest of each group, NaN where all of it is."""
    group = -(-2 * len(times) // points)
    if group <= 2:
        return times, values
    starts = np.arange(0, len(times), group)
    low, high = np.fmin.reduceat(values, starts), np.fmax.reduceat(values, starts)
    return np.repeat(times[starts], 2), np.stack([low, high], axis=1).ravel()


def joined(values: Array, *, circular: bool) -> Array:
    """Return which samples are joined to the next: none to NaN, and directions not the long way round."""
    steps = np.abs(np.diff(values, append=np.nan))
    return ((steps <= 180.0) if circular else np.isfinite(steps)).astype(np.int32)


def with_dashes(times: Array, values: Array) -> tuple[Array, Array]:
    """Return samples in which each that stands alone is there twice, half a step apart: a dash that can be seen."""
    alone = isolated(values)
    if not alone.any():
        return times, values
    half = 0.25 * float(np.median(np.diff(times))) if len(times) > 1 else 0.01
    at = np.repeat(np.arange(len(times)), 1 + alone)
    again = np.diff(at, prepend=-1) == 0
    return times[at] + np.where(again, half, -half) * alone[at], values[at]


class ResultsView(QWidget):
    """Shows one :class:`OpenedResults`.

    Signals
    -------
    seek_requested(float)
        Show the frame at this time.
    copy_requested(), pictures_requested(), close_requested()
        The table on the clipboard; the pictures of the run; no results any more.
    """

    seek_requested = Signal(float)
    copy_requested = Signal()
    pictures_requested = Signal()
    close_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.results: OpenedResults | None = None
        self._hidden: frozenset[str] = frozenset()
        self._follows, self._time_s = False, 0.0
        self._cursor = pg.InfiniteLine(angle=90, movable=False)
        self._pace = QTimer(self, interval=CURSOR_MS, singleShot=True)
        self._pace.timeout.connect(lambda: self._cursor.setValue(self._time_s))
        self.column = ChoiceBox("Column", "What is drawn over time")
        self.column.setMinimumContentsLength(9)
        self.column.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToContents)
        self.column.setMinimumWidth(90)
        self.column.currentIndexChanged.connect(self.redraw)
        self.key = small(QLabel())
        self.regions = tool_button("Regions ▾", "Which parts of the picture are drawn", plain=True)
        self.menu = QMenu(self.regions)
        self.regions.setMenu(self.menu)
        self.regions.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        restyle(self.regions, NO_INDICATOR)
        self.copy = tool_button("Copy CSV", "Put the whole table on the clipboard", plain=True)
        self.pictures = tool_button(
            "Pictures…", "Motiongrams, heat map and what else was drawn of this run", plain=True
        )
        self.close_results = tool_button("Close", "Put these results away; the files stay", plain=True)
        self.copy.clicked.connect(self.copy_requested)
        self.pictures.clicked.connect(self.pictures_requested)
        self.close_results.clicked.connect(self.close_requested)
        self.canvas = PlotCanvas(self, TimeAxis())
        self.canvas.pressed.connect(self._press)
        self.curves: dict[str, pg.PlotCurveItem] = {}
        self.canvas.addItem(self._cursor, ignoreBounds=True)
        self._empty = notice(_EMPTY, self.canvas)
        self._lay_out()
        self.show_results(None)

    def show_results(self, results: OpenedResults | None) -> None:
        """Show ``results``, or that there are none."""
        before = self.column.currentData()
        self.results, self._hidden = results, frozenset()
        with QSignalBlocker(self.column):
            self.column.clear()
            if results is not None:
                for name in results.columns:
                    self.column.addItem(results.label(name), name)
            self.column.setCurrentIndex(max(0, self.column.findData(before)))
        self._fill_menu()
        pictures = results is not None and bool(results.pictures)
        self.pictures.setEnabled(pictures)
        none = "This run has no pictures: tick Plots in the Analyse dialog to have them"
        self.pictures.setToolTip("The pictures that were made of this run" if pictures else none)
        there = results is not None
        for widget in (self.column, self.key, self.regions, self.copy, self.pictures, self.close_results):
            widget.setVisible(there)
        self._empty.setVisible(not there)
        self._cursor.setVisible(there and self._follows)
        self.canvas.show_axes(there)
        for curve in self.curves.values():
            self.canvas.removeItem(curve)
        self.curves = {region: self.canvas.curve() for region in (results.tables if results else ())}
        self._set_times()
        self.redraw()

    def follow(self, on: bool) -> None:
        """Say whether the video on show is that of the results: then its time is marked, and a click seeks."""
        self._follows = on and self.results is not None
        self._cursor.setVisible(self._follows)
        self.canvas.setToolTip("Click or drag to seek" if self._follows else "")

    def set_cursor(self, pts_s: float) -> None:
        """Mark the time on show."""
        self._time_s = pts_s
        if self._follows and self.isVisible() and not self._pace.isActive():
            self._pace.start()

    def redraw(self) -> None:
        """Draw the chosen column of every region that is not hidden."""
        results, column = self.results, self.column.currentData()
        colours = theme(self.palette())
        self.canvas.colour(colours)
        self._cursor.setPen(pg.mkPen(colours.foreground))
        self._empty.setStyleSheet(f"color: {colours.faint}; background: transparent")
        if results is None or column is None:
            self.key.setText("")
            return
        key, low, high = [], 0.0, 0.0
        for number, (region, curve) in enumerate(self.curves.items(), start=-1):
            curve.setVisible(region not in self._hidden)
            if region in self._hidden:
                continue
            colour = self._colour_of(number)
            times, values = thinned(*results.curve(region, column))
            times, values = with_dashes(times, values)
            curve.setPen(pg.mkPen(colour, width=1.5))
            curve.setData(times, values, connect=joined(values, circular=column.endswith("_deg")))
            known = values[np.isfinite(values)]
            low, high = min(low, known.min(initial=0.0)), max(high, known.max(initial=0.0))
            key.append((region.replace("&", "&amp;").replace("<", "&lt;"), colour))
        bottom = -round_up(-low) if low < 0.0 else 0.0
        top = round_up(high) if high > 0.0 or low >= 0.0 else 0.0
        if column.endswith("_deg"):
            bottom, top = -180.0, 180.0
        self.canvas.setYRange(bottom, top, padding=0.0)
        self.key.setText(key_text(key))
        self.key.setToolTip("" if results.source is None else str(results.path))

    def _colour_of(self, number: int) -> str:
        """Return the colour of a region, counted from 0; -1 is the whole picture."""
        series = theme(self.palette()).series
        return series[0] if number < 0 else region_colour(number, series)

    def _set_times(self) -> None:
        tables = self.results.tables.values() if self.results else ()
        ends = [(table.pts_s[0], table.pts_s[-1]) for table in tables if len(table.pts_s)]
        first, last = (min(a for a, _ in ends), max(b for _, b in ends)) if ends else (0.0, 1.0)
        self.canvas.setXRange(first, max(last, first + 0.1), padding=0.0)

    def _fill_menu(self) -> None:
        self.menu.clear()
        for number, region in enumerate(self.results.tables if self.results else (), start=-1):
            action = self.menu.addAction(_swatch(self._colour_of(number)), region.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(True)
            action.toggled.connect(lambda on, region=region: self._show_region(region, on))
        self.regions.setEnabled(len(self.menu.actions()) > 1)

    def _show_region(self, region: str, on: bool) -> None:
        self._hidden = self._hidden - {region} if on else self._hidden | {region}
        self.redraw()

    def _press(self, seconds: float) -> None:
        if self._follows:
            self.seek_requested.emit(max(0.0, seconds))

    def _lay_out(self) -> None:
        self.key.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        header = QHBoxLayout()
        header.setContentsMargins(10, 3, 10, 0)
        header.setSpacing(6)
        header.addWidget(self.column)
        header.addSpacing(6)
        header.addWidget(self.key, 1)
        for widget in (self.regions, self.copy, self.pictures, self.close_results):
            header.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(header)
        layout.addWidget(self.canvas, 1)
        self.setMinimumSize(300, 90)  # less than the layout asks for: it would take the picture's place

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._empty.setGeometry(self.canvas.rect().adjusted(24, 0, -24, 0))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            restyle(self.regions, NO_INDICATOR)
            for number, action in enumerate(self.menu.actions(), start=-1):
                action.setIcon(_swatch(self._colour_of(number)))
            self.redraw()


def _swatch(colour: str) -> QIcon:
    pixmap = QPixmap(12, 12)
    pixmap.fill(QColor(colour))
    return QIcon(pixmap)
