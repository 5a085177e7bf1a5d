"""The magnify lab: before and after side by side, and below each a line of its pixels over time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from motionapp.labs import magnify
from motionapp.labs.view import LabView
from ui.labs.lab import PAIR, Lab, pair_of, refusal
from ui.labs.picture_view import PictureView
from ui.theme import theme

_MIDDLE = (0.5, 0.5)


class MagnifyLab(Lab):
    """A click into a picture says which pixels are shown over time."""

    id: ClassVar[str] = "magnify"
    title: ClassVar[str] = "Magnify"
    formula = (
        "<i>I</i> cos <i>m</i> − (sin <i>m</i> / <i>m</i>) <b>R</b>·<i>α</i><b>u</b>, &nbsp; "
        "<i>m</i> = <i>α</i> <b>k</b>·<b>u</b> &nbsp;·&nbsp; <b>u</b> = (Σ <b>RR</b><sup>T</sup>)<sup>−1</sup> "
        "Σ (<i>I</i><sub>0</sub><b>R</b><sub>1</sub> − <b>R</b><sub>0</sub><i>I</i><sub>1</sub>), in every octave"
    )
    Parameters: ClassVar[type[Any]] = magnify.Parameters
    longest_px: ClassVar[int] = 400
    history: ClassVar[int] = 179

    def __init__(self) -> None:
        super().__init__()
        self._place = _MIDDLE
        self._stream = magnify.Stream()  # the lab thread's alone
        self._shown: magnify.Shown | None = None
        self.before, self.after, self.strip_before, self.strip_after = (PictureView() for _ in range(4))
        self.band = QLabel()
        self.band.setWordWrap(True)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for column, (picture, strip) in enumerate(
            ((self.before, self.strip_before), (self.after, self.strip_after)),
        ):
            layout.addWidget(picture, 0, column)
            layout.addWidget(strip, 1, column)
            picture.overlay = self._mark
            picture.clicked.connect(self._click)
            picture.setToolTip("Click to see these pixels over time")
        layout.setRowStretch(0, 3)
        layout.setRowStretch(1, 2)

    @property
    def side(self) -> QWidget:
        """The band in beats per minute."""
        return self.band

    def render(self, parameters: magnify.Parameters) -> None:  # type: ignore[override]
        """Write band and amplification."""
        super().render(parameters)
        self.band.setText(magnify.band_text(parameters))
        self.before.set_title("Before")
        self.after.set_title("After", f"motions × {1 + parameters.alpha:g}")

    def compute(self, view: LabView, parameters: magnify.Parameters) -> magnify.Shown:
        """Magnify what is new."""
        return self._stream.show(view, parameters, self._place)

    def show_result(self, result: magnify.Shown) -> None:
        """Show pictures and strips."""
        self._shown = result
        self.band.setText(magnify.band_text(self.parameters, result.rate_hz))
        self.before.show_picture(result.before)
        self.after.show_picture(result.after)
        seconds = f"{result.span_s:.1f} s of {result.cut} {result.at}"
        for view, picture in ((self.strip_before, result.strip_before), (self.strip_after, result.strip_after)):
            view.set_title(seconds, "time →")
            view.show_picture(picture)

    def reset(self) -> None:
        """Look at the middle, and forget what moved."""
        self._place, self._stream = _MIDDLE, magnify.Stream()

    def state(self) -> Mapping[str, Any]:
        """Return the place clicked, in parts of width and height."""
        return {"place": list(self._place)}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Take a place."""
        for key, value in state.items():
            if key != "place":
                raise refusal(key, value, {"place": PAIR})
            self._place = pair_of(key, value)

    def _click(self, x: int, y: int) -> None:
        if self._shown is not None:
            height, width = self._shown.before.shape[:2]
            self._place = ((x + 0.5) / width, (y + 0.5) / height)
            self.recompute()

    def _mark(self, painter: QPainter, area: QRectF, scale: float) -> None:
        """Draw the line of pixels that is shown over time."""
        shown = self._shown
        if shown is None:
            return
        at, first = (shown.at + 0.5) * scale, shown.first * scale
        last = first + shown.length * scale
        ends = ((at, first), (at, last)) if shown.cut == "column" else ((first, at), (last, at))
        start, end = (area.topLeft() + QPointF(*place) for place in ends)
        for colour, width in (("black", 5.0), (theme(self.palette()).accent, 2.5)):
            pen = QPen(QColor(colour), width * self.type_scale, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
            painter.setPen(pen)
            painter.drawLine(start, end)
