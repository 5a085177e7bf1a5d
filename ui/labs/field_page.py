"""The whole field while it descends: arrows, the second frame brought back, what is left, and the energy by term."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QWidget

from motionapp.labs.field import Moment
from ui.labs.numbers import number_text
from ui.labs.picture_view import PictureView
from ui.plots import DescentPlot


class FieldPage(QWidget):
    """Four pictures of one moment of a descent."""

    def __init__(self) -> None:
        super().__init__()
        self.arrows, self.warped = PictureView("the field w = (u, v)"), PictureView("I₁ (x + w), brought back")
        self.residual = PictureView("I₁ (x + w) − I₀, what is left")
        self.arrows.bar_room = self.warped.bar_room = True
        self.energy = DescentPlot(empty="Press . or → for the first step")
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        for widget, row, column in (
            (self.arrows, 0, 0), (self.warped, 0, 1), (self.energy, 1, 0), (self.residual, 1, 1),
        ):  # fmt: skip
            layout.addWidget(widget, row, column)
        for at in (0, 1):
            layout.setColumnStretch(at, 1)
            layout.setRowStretch(at, 1)

    def show_moment(self, moment: Moment) -> None:
        """Show one moment of a descent."""
        place = f"level {moment.level}, warp {moment.warp}, iteration {moment.iteration}" if moment.step else "at rest"
        self.arrows.set_title("the field w", place)
        self.arrows.show_picture(moment.arrows)
        self.warped.show_picture(moment.warped)
        self.residual.set_title("I₁ (x + w) − I₀", f"{number_text(moment.difference)} grey levels, root mean square")
        self.residual.show_picture(moment.residual, moment.limit)
        self.energy.show_trace(moment.trace)
