"""Rows of pictures and a line below them: what a lab computed as :class:`motionapp.labs.panels.Shown`."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from motionapp.labs.panels import Panel, Shown
from motionapp.types import Array
from ui.labs.numbers import number_text
from ui.labs.picture_view import PictureView
from ui.theme import ARROW, sized

#: The line below is written so much larger than the type around it.
_SCALE = 1.25
#: What is left out is covered by so much of the window's own colour.
_FADED = 200
#: Numbers are written into pixels of so many lines of type and more; from this grey level on they are black.
_LEAST_CELL, _BRIGHT = 1.1, 110


class PanelView(PictureView):
    """Shows a panel: with a ring around the pixel that is marked, and faded where it is left out."""

    def __init__(self) -> None:
        super().__init__()
        self.panel = Panel("", None)
        self.overlay = self._mark

    def show_panel(self, panel: Panel, bar_room: bool) -> None:
        """Show ``panel``; ``bar_room`` keeps it as large as neighbours that have a bar."""
        self.panel, self.bar_room = panel, bar_room
        self.set_title(panel.title, panel.note)
        self.show_picture(panel.picture, panel.limit)

    def _mark(self, painter: QPainter, area: QRectF, scale: float) -> None:
        if not self.panel.kept:
            veil = self.palette().color(self.backgroundRole())
            veil.setAlpha(_FADED)
            painter.fillRect(area, veil)
        if self.panel.numbers is not None and scale >= _LEAST_CELL * self.fontMetrics().height():
            self._write_numbers(painter, area, scale, self.panel.numbers)
        if self.panel.marked is not None:
            x, y = self.panel.marked
            middle = area.topLeft() + QPointF(x + 0.5, y + 0.5) * scale
            radius = max(0.75 * scale, 0.5 * self.fontMetrics().height())
            for colour, width in ((QColor("white"), 0.3), (QColor(ARROW), 0.17)):
                painter.setPen(QPen(colour, width * self.fontMetrics().height()))
                painter.drawEllipse(middle, radius, radius)

    def _write_numbers(self, painter: QPainter, area: QRectF, scale: float, numbers: Array) -> None:
        """Write ``numbers`` into the pixels, black on what is bright and white on what is dark."""
        assert self.panel.picture is not None
        for y, x in np.argwhere(numbers != 0.0):
            cell = QRectF(area.x() + x * scale, area.y() + y * scale, scale, scale)
            painter.setPen(QColor("black" if self.panel.picture[y, x].mean() > _BRIGHT else "white"))
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, number_text(float(numbers[y, x])))


class PanelPage(QWidget):
    """Keeps as many views as there are panels, and tells which pixel of which was pressed or dragged to.

    Signals
    -------
    pressed(int, int, int, int), clicked(int, int, int, int)
        Row and column of the panel, x and y of the pixel: as those of :class:`~ui.labs.picture_view.PictureView`.
    """

    pressed = Signal(int, int, int, int)
    clicked = Signal(int, int, int, int)

    def __init__(self) -> None:
        super().__init__()
        self.views: list[list[PanelView]] = []
        self.says = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self.says.setTextFormat(Qt.TextFormat.RichText)
        self.says.setWordWrap(True)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(10)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addLayout(self._rows, 1)
        layout.addWidget(self.says)
        self._fit()

    def show_panels(self, shown: Shown) -> None:
        """Show rows of panels and what they say."""
        if [len(row) for row in self.views] != [len(row) for row in shown.rows]:
            self._make_room([len(row) for row in shown.rows])
        for views, panels in zip(self.views, shown.rows, strict=True):
            bar_room = any(panel.limit is not None for panel in panels)
            for view, panel in zip(views, panels, strict=True):
                view.show_panel(panel, bar_room)
        self.says.setText(shown.says)

    def _make_room(self, counts: list[int]) -> None:
        """Make views for rows of so many panels each."""
        while self._rows.count():
            item = self._rows.takeAt(0)
            row = None if item is None else item.widget()
            if row is not None:
                row.hide()
                row.deleteLater()
        self.views = []
        for row_index, count in enumerate(counts):
            row = QWidget()
            layout = QHBoxLayout(row)
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(12)
            views = [PanelView() for _ in range(count)]
            for column, view in enumerate(views):
                view.pressed.connect(lambda x, y, at=(row_index, column): self.pressed.emit(*at, x, y))
                view.clicked.connect(lambda x, y, at=(row_index, column): self.clicked.emit(*at, x, y))
                layout.addWidget(view, 1)
            self._rows.addWidget(row, 1)
            self.views.append(views)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the size of the type."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        self.says.setFont(sized(self.font(), _SCALE))
