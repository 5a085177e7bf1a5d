"""The motiongram of what plays: a strip that scrolls to the left, the newest frame at its right edge."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, QTimer, Signal
from PySide6.QtGui import QColor, QHideEvent, QImage, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from ui.analysis.controls import tool_button
from ui.plot_canvas import notice, round_up, small
from ui.theme import theme, toggle_style

if TYPE_CHECKING:
    from motionapp.motiongram import Axis, LiveMotiongram, Strip
    from motionapp.types import Array

#: The strip is drawn at most this often.
REDRAW_MS = 66
#: Part of the numbers that may lie above the end of the scale.
_ABOVE = 0.002

_SIDES: dict[Axis, tuple[str, str, str]] = {
    "x": ("x", "Left to right: a line for each column of the picture, its left edge at the top", "column"),
    "y": ("y", "Top to bottom: a line for each row of the picture", "row"),
}


class _Strip(QWidget):
    """Draws an image of ``count`` of ``LINES`` lines, its right edge at the right."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Motiongram")
        self._image = QImage()
        self._part = 0.0
        self.backdrop = QColor()

    def show_picture(self, picture: Array | None, part: float) -> None:
        """Show ``(H, W, 3)`` uint8 RGB over ``part`` of the width; None shows nothing."""
        self._part = part
        if picture is None:
            self._image = QImage()
        else:
            height, width = picture.shape[:2]
            self._image = QImage(picture.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.backdrop)
        if not self._image.isNull():
            width = self.width() * self._part
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(QRectF(self.width() - width, 0.0, width, self.height()), self._image)
        painter.end()


class _Scale(QWidget):
    """A bar with the colours of the heat scale."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(72, 9)
        self._image = QImage()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._image.isNull():
            import numpy as np

            from motionapp.motiongram import motiongram_picture

            ramp = motiongram_picture(np.linspace(0.0, 1.0, 256, dtype=np.float32)[:, None], 1.0)
            self._image = QImage(ramp.data, 256, 1, 768, QImage.Format.Format_RGB888).copy()
        painter = QPainter(self)
        painter.drawImage(self.rect(), self._image)
        painter.end()


class MotiongramView(QWidget):
    """Shows what a :class:`LiveMotiongram` gathers, and lets the side of the picture be chosen.

    Parameters
    ----------
    source : callable
        Returns it; None until somebody has looked.

    Signals
    -------
    looked(str | None)
        Somebody looks at this side ("x", "y"), or nobody does.
    """

    looked = Signal(object)

    def __init__(self, source: Callable[[], LiveMotiongram | None]) -> None:
        super().__init__()
        self._source = source
        self._drawn = 0
        self._top = 0.0
        self.axis: Axis = "y"
        self.strip = _Strip()
        self._scale, self._range, self._key = _Scale(), small(QLabel()), small(QLabel())
        self.sides: dict[Axis, QToolButton] = {}
        self._empty = notice("The motiongram shows here while a source plays", self.strip)
        self._timer = QTimer(self, interval=REDRAW_MS)
        self._timer.timeout.connect(self.redraw)
        self._lay_out()
        self._colour()

    def choose(self, axis: Axis) -> None:
        """Show another side of the picture; its strip begins anew."""
        self.axis = axis
        for name, button in self.sides.items():
            button.setChecked(name == axis)
        self._explain("")
        if self.isVisible():
            self.looked.emit(axis)
            self.redraw()

    def redraw(self) -> None:
        """Draw the strip, if it has grown."""
        source = self._source()
        strip = None if source is None else source.strip()
        if strip is None or strip.added == 0:
            self._drawn, self._top = 0, 0.0
            self.strip.show_picture(None, 0.0)
            self._say(shown=False)
            return
        if strip.added != self._drawn:
            self._draw(strip)

    def _draw(self, strip: Strip) -> None:
        import numpy as np

        from motionapp.motiongram import LINES, motiongram_picture

        self._drawn = strip.added
        known = strip.lines[np.isfinite(strip.lines)]
        rank = int((1.0 - _ABOVE) * known.size)
        highest = float(np.partition(known, rank)[rank]) if known.size else 0.0
        if highest > self._top or highest < 0.3 * self._top or self._top == 0.0:
            self._top = round_up(max(1.1 * highest, 1.0))
        self.strip.show_picture(motiongram_picture(strip.lines, self._top), len(strip.lines) / LINES)
        self._range.setText(f"0 … {self._top:g} px/s")
        self._explain(f", last {strip.span_s:.{0 if strip.span_s >= 9.5 else 1}f} s")
        self._say(shown=True)

    def _say(self, *, shown: bool) -> None:
        self._empty.setVisible(not shown)
        for widget in (self._scale, self._range):
            widget.setVisible(shown)

    def _explain(self, more: str) -> None:
        self._key.setText(f"Mean speed by {_SIDES[self.axis][2]}{more}")

    def _lay_out(self) -> None:
        header = QHBoxLayout()
        header.setContentsMargins(10, 3, 10, 2)
        header.setSpacing(6)
        group = QButtonGroup(self)
        for axis, (text, tip, _) in _SIDES.items():
            button = tool_button(text, tip, checkable=True)
            button.setAccessibleName(f"Motiongram along {text}")
            button.clicked.connect(lambda _on=False, axis=axis: self.choose(axis))
            group.addButton(button)
            header.addWidget(button)
            self.sides[axis] = button
        self.sides[self.axis].setChecked(True)
        self._explain("")
        self._key.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        header.addSpacing(4)
        header.addWidget(self._key, 1)
        header.addWidget(self._scale)
        header.addWidget(self._range)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(header)
        layout.addWidget(self.strip, 1)
        self.setMinimumSize(360, 70)

    def _colour(self) -> None:
        colours = theme(self.palette())
        self.strip.backdrop = QColor(colours.background)
        self._empty.setStyleSheet(f"color: {colours.faint}; background: transparent")
        for button in self.sides.values():
            button.setStyleSheet(toggle_style(colours))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.looked.emit(self.axis)
        self._timer.start()
        self.redraw()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()
        self.looked.emit(None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._empty.setGeometry(self.strip.rect().adjusted(24, 0, -24, 0))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._colour()
