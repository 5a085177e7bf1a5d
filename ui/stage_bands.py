"""Shaded bands behind a plot, one per stage of a descent, each with its name at the top."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from motionapp.types import Array
from ui.theme import LIGHT, Theme, sized

#: Room for the names, as a part of the height: curves stay below it.
NAMES_ROOM = 0.1


class StageBands(QGraphicsItem):
    """Paints every other stage darker, a line between stages, and "level 3" (or "3" where it is narrow)."""

    def __init__(self, plot: pg.PlotItem, name: str) -> None:
        super().__init__(plot.getViewBox())
        self.setZValue(-100)
        self._plot = plot
        self._name = name
        self._stages: list[tuple[int, int, int]] = []
        self._colours = LIGHT
        plot.getViewBox().sigResized.connect(self._resized)

    def set_stages(self, stage: Array | None) -> None:
        """Divide the axis where ``stage``, ``(N,)`` int, changes; None or empty removes the bands."""
        if stage is None or not len(stage):
            self._stages = []
        else:
            starts = np.flatnonzero(np.diff(stage, prepend=stage[0] - 1))
            ends = np.append(starts[1:], len(stage))
            self._stages = [(int(stage[a]), int(a), int(b)) for a, b in zip(starts, ends, strict=True)]
        self.update()

    @property
    def stages(self) -> list[tuple[int, int, int]]:
        """Name, first and one past the last iteration (from 0) of every stage."""
        return self._stages

    def colour(self, colours: Theme) -> None:
        """Take the colours of a scheme."""
        self._colours = colours
        self.update()

    def _resized(self) -> None:
        self.prepareGeometryChange()

    def boundingRect(self) -> QRectF:
        """The whole plot area."""
        return self._plot.getViewBox().rect()

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Paint in px of the plot area, so that text and lines do not scale with the axes."""
        box = self._plot.getViewBox()
        height = box.rect().height()
        font = sized(self._plot.getAxis("bottom").style["tickFont"] or painter.font(), 0.85)
        painter.setFont(font)
        measure = QFontMetricsF(font)
        for order, (stage, first, end) in enumerate(self._stages):
            left = box.mapFromView(QPointF(first + 0.5 if first else 1.0, 0.0)).x()
            right = box.mapFromView(QPointF(end + 0.5, 0.0)).x()
            area = QRectF(left, 0.0, right - left, height)
            if order % 2:
                painter.fillRect(area, QColor(self._colours.band))
            painter.setPen(QPen(QColor(self._colours.grid), 1.0))
            if order:
                painter.drawLine(QPointF(left, 0.0), QPointF(left, height))
            texts = (f"{self._name} {stage}", f"{stage}")
            fitting = next((text for text in texts if measure.horizontalAdvance(text) + 6 <= area.width()), "")
            painter.setPen(QColor(self._colours.faint))
            painter.drawText(
                area.adjusted(0, 3, 0, 0), Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, fitting
            )
