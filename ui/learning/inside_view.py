"""Inside the network: its kernels, what the live motion becomes layer by layer, and how steep the loss is in each."""

from __future__ import annotations

import math
from typing import NamedTuple

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from motionapp.types import Array
from ui.array_picture import ArrayPicture
from ui.plot_canvas import small
from ui.theme import theme


class Inside(NamedTuple):
    """What can be seen: pictures ``(H, W, 3)`` uint8 RGB with a title each."""

    kernels: tuple[tuple[str, Array], ...]
    maps: tuple[tuple[str, Array], ...]


class _Gallery(QWidget):
    """Titled pictures, one under the other."""

    def __init__(self, empty: str) -> None:
        super().__init__()
        self._rows: list[tuple[QLabel, ArrayPicture]] = []
        self._empty = small(QLabel(empty))
        self._empty.setWordWrap(True)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(2)
        self._layout.addWidget(self._empty)

    @property
    def titles(self) -> list[str]:
        """The titles of the pictures shown."""
        return [title.text() for title, picture in self._rows if not picture.isHidden()]

    def show_pictures(self, pictures: tuple[tuple[str, Array], ...]) -> None:
        """Show ``pictures``."""
        self._empty.setVisible(not pictures)
        while len(self._rows) < len(pictures):
            row = small(QLabel()), ArrayPicture("Layer")
            self._rows.append(row)
            for widget in row:
                self._layout.addWidget(widget)
        for at, (title, picture) in enumerate(self._rows):
            shown = at < len(pictures)
            title.setVisible(shown)
            picture.setVisible(shown)
            if shown:
                title.setText(pictures[at][0])
                picture.show_array(pictures[at][1])


class GradientBars(QWidget):
    """The norm of the gradient in each layer beside the largest: where it vanishes, a layer does not learn."""

    _ROW = 17

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[tuple[str, float], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Gradient norms")
        self.setToolTip("A full bar is the largest of them; layers without weights have no gradient of their own")

    def show_norms(self, names: tuple[str, ...], norms: tuple[float, ...]) -> None:
        """Show a bar for each layer that has weights."""
        rows = tuple((name, norm) for name, norm in zip(names, norms) if norm != 0.0 or _has_weights(name))
        if rows == self.rows:
            return
        taller = len(rows) != len(self.rows)
        self.rows = rows
        if taller:
            self.updateGeometry()
        self.update()

    def part(self, norm: float) -> float:
        """Return how far the bar of a norm reaches, 0 to 1."""
        largest = max((norm for _, norm in self.rows if math.isfinite(norm)), default=0.0)
        return norm / largest if 0.0 < norm <= largest else 0.0

    def sizeHint(self) -> QSize:
        return QSize(200, max(1, len(self.rows)) * self._ROW)

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = theme(self.palette())
        painter = QPainter(self)
        measure = QFontMetricsF(self.font())
        left = max((measure.horizontalAdvance(name) for name, _ in self.rows), default=0.0) + 8.0
        right = self.width() - measure.horizontalAdvance("1.2e−08") - 6.0
        for at, (name, norm) in enumerate(self.rows):
            top = float(at * self._ROW)
            painter.setPen(QColor(colours.foreground))
            middle = Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(0, top, left, self._ROW), middle | Qt.AlignmentFlag.AlignLeft, name)
            painter.drawText(
                QRectF(0, top, self.width(), self._ROW), middle | Qt.AlignmentFlag.AlignRight, f"{norm:.2g}"
            )
            part = self.part(norm)
            painter.fillRect(QRectF(left, top + 4, right - left, self._ROW - 8), QColor(colours.grid))
            painter.fillRect(QRectF(left, top + 4, (right - left) * part, self._ROW - 8), QColor(colours.series[2]))
        painter.end()


class InsideView(QWidget):
    """Kernels, feature maps and gradients; asks for new pictures only while it is seen.

    Signals
    -------
    seen(bool)
        Somebody looks, or nobody does any more.
    """

    seen = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.gradients = GradientBars()
        self.kernels = _Gallery("The kernels show here once it has learned something.")
        self.maps = _Gallery("What the live motion becomes shows here while a model watches.")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 2, 4, 4)
        layout.setSpacing(4)
        for title, widget in (
            ("Gradient in each layer", self.gradients),
            ("Learned kernels (blue −, red +)", self.kernels),
            ("The live window, layer by layer", self.maps),
        ):
            layout.addWidget(QLabel(f"<b>{title}</b>"))
            layout.addWidget(widget)

    def show_inside(self, inside: Inside) -> None:
        """Show the newest pictures."""
        self.kernels.show_pictures(inside.kernels)
        self.maps.show_pictures(inside.maps)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.seen.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.seen.emit(False)


def _has_weights(name: str) -> bool:
    return name.startswith(("convolution", "dense"))
