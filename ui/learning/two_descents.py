"""The one idea, in one look: the energy of the motion field and the loss of the network, drawn by the same plot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QVBoxLayout, QWidget

from ui.plot_canvas import small
from ui.plots import DescentPlot

if TYPE_CHECKING:
    from motionapp.learning.curves import Curves

#: From this width on they stand side by side.
WIDE_PX = 520
#: More steps than this are thinned.
STEPS = 1500


class TwoDescents(QWidget):
    """Two :class:`DescentPlot`, one above the other or, where there is room, side by side.

    Signals
    -------
    seen(bool)
        Somebody looks, or nobody does any more.
    """

    seen = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.motion = DescentPlot()
        self.network = DescentPlot(
            value_label="loss", stage_label="epoch", empty="The descent of the network shows here while it learns"
        )
        self._shown: Curves | None = None
        self._layout = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(4)
        for title, plot in (("The motion field of this frame", self.motion), ("The network", self.network)):
            half = QVBoxLayout()
            half.addWidget(small(QLabel(title)))
            plot.setFixedHeight(150)
            half.addWidget(plot)
            self._layout.addLayout(half, 1)

    def show_loss(self, curves: Curves) -> None:
        """Show the loss of each step; of many steps, every so-manyth. Drawn only if there is something new."""
        if curves is self._shown:
            return
        self._shown, trace = curves, curves.descent
        every = -(-len(trace.values) // STEPS) if len(trace.values) else 1
        if every > 1:
            chosen = np.arange(0, len(trace.values), every)
            trace = type(trace)(trace.terms, trace.values[chosen], trace.stage[chosen], trace.round[chosen])
        self.network.show_trace(trace)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= WIDE_PX
        self._layout.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.seen.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.seen.emit(False)
