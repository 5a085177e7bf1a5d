"""Numbers in squares, blue below zero and red above: a kernel to type into, a piece of a picture, their products."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from motionapp.labs.shades import grey_picture, signed_picture
from motionapp.types import Array
from ui.labs.numbers import number_of, number_text
from ui.labs.title_line import write_title
from ui.theme import ARROW, theme

#: Numbers that would be smaller than this part of the type around them are not written.
_SMALLEST = 0.62


class NumberGrid(QWidget):
    """Shows ``(rows, columns)`` numbers; NaN is an empty square.

    Signals
    -------
    edited(numbers)
        Another number was typed: a new array.
    """

    edited = Signal(object)

    def __init__(self, title: str, *, editable: bool = False, grey: bool = False) -> None:
        super().__init__()
        self._values: Array = np.full((1, 1), np.nan)
        self._limit = 1.0
        self._grey, self._editable = grey, editable
        self._marked: tuple[int, int] | None = None
        self._at = (0, 0)
        self._note = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if editable else Qt.FocusPolicy.NoFocus)
        self._editor = QLineEdit(self, alignment=Qt.AlignmentFlag.AlignCenter)
        self._editor.setFrame(False)
        self._editor.hide()
        self._editor.returnPressed.connect(self._take)
        self._editor.editingFinished.connect(self._end)
        self.set_title(title)
        if editable:
            self.setToolTip("Click a number and type; Enter and the arrows go on. 1/9 is a number, too.")

    def set_title(self, title: str, note: str = "") -> None:
        """Write ``title`` over the numbers and, fainter, ``note`` beside it."""
        self._title, self._note = title, note
        self.setAccessibleName(title)
        self.update()

    def show_numbers(self, values: Array, limit: float | None = None, marked: tuple[int, int] | None = None) -> None:
        """Show ``values``, coloured up to ±limit (or black to white from 0 to limit), and frame the one ``marked``."""
        self._values, self._marked = values, marked
        known = values[np.isfinite(values)]
        self._limit = limit or float(np.abs(known).max(initial=0.0)) or 1.0
        rows, columns = values.shape
        self._at = min(self._at[0], rows - 1), min(self._at[1], columns - 1)
        self.update()

    @property
    def numbers(self) -> Array:
        """What is shown."""
        return self._values

    def sizeHint(self) -> QSize:
        return QSize(200, 200 + self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(90, 90 + self.fontMetrics().height())

    def square(self, row: int, column: int) -> QRectF:
        """Return where a number stands, in px of the widget."""
        rows, columns = self._values.shape
        top = self.fontMetrics().height() + 4
        side = min(self.width() / columns, (self.height() - top) / rows)
        side = math.floor(side) if side >= 4 else side
        x = (self.width() - side * columns) / 2
        return QRectF(x + column * side, top + row * side, side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = theme(self.palette())
        self._write_title(painter)
        values = self._values
        shades = grey_picture(values, 0.0, self._limit) if self._grey else signed_picture(values, self._limit * 1.6)
        first = self.square(0, 0)
        font = self.font()
        font.setPixelSize(max(1, self._type_px(first.width())))
        painter.setFont(font)
        written = font.pixelSize() >= _SMALLEST * self.fontInfo().pixelSize()
        for (row, column), value in np.ndenumerate(values):
            square = self.square(row, column)
            shade = QColor(*(int(part) for part in shades[row, column]))
            painter.fillRect(square, QColor(colours.band) if np.isnan(value) else shade)
            painter.setPen(QPen(QColor(colours.grid), 1.0))
            painter.drawRect(square)
            if written:
                painter.setPen(QColor("#10141c" if shade.lightness() > 115 else "#ffffff"))
                painter.drawText(square, Qt.AlignmentFlag.AlignCenter, number_text(float(value)))
        self._draw_frames(painter, first.width())
        painter.end()

    def _write_title(self, painter: QPainter) -> None:
        room = QRectF(0, 0, self.width(), self.fontMetrics().height())
        write_title(painter, room, self.square(0, 0).x(), (self._title, self._note), theme(self.palette()))

    def _draw_frames(self, painter: QPainter, side: float) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._marked is not None:
            painter.setPen(QPen(QColor(ARROW), max(2.5, side / 14)))
            painter.drawRect(self.square(*self._marked))
        if self._editable and self.hasFocus() and not self._editor.isVisible():
            painter.setPen(QPen(QColor(ARROW), 2.5))
            painter.drawRect(self.square(*self._at).adjusted(1, 1, -1, -1))

    def _type_px(self, side: float) -> int:
        """Return the size of type in which the longest number fits its square."""
        longest = max((number_text(float(value)) for value in self._values.flat), key=len, default="0")
        font = self.font()
        font.setPixelSize(100)
        width = max(QFontMetricsF(font).horizontalAdvance(longest or "0"), 120.0)
        return int(min(side * 0.42, 88.0 * side / width, 34.0 * max(1.0, self.font().pointSizeF() / 10.0)))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self._place(event.position())
        if self._editable and event.button() == Qt.MouseButton.LeftButton and place is not None:
            self._take()
            self._edit(place)

    def _place(self, position: QPointF) -> tuple[int, int] | None:
        for row, column in np.ndindex(self._values.shape):
            if self.square(row, column).contains(position):
                return row, column
        return None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Begin to type in the framed square, or go to another."""
        if not self._editable:
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._edit(self._at)
        elif event.text() and event.text() in "0123456789-−.":
            self._edit(self._at, event.text())
        else:
            super().keyPressEvent(event)

    def _edit(self, place: tuple[int, int], text: str | None = None) -> None:
        self._at = place
        value = float(self._values[place])
        self._editor.setGeometry(self.square(*place).adjusted(1, 1, -1, -1).toRect())
        self._editor.setText(number_text(value) if text is None else text)
        font = self.font()
        font.setPixelSize(max(9, self._type_px(self.square(*place).width())))
        self._editor.setFont(font)
        self._editor.show()
        self._editor.setFocus()
        if text is None:
            self._editor.selectAll()

    def _take(self) -> None:
        """Take what was typed, if it is a number, and go to the next square."""
        if not self._editor.isVisible():
            return
        self._end()
        rows, columns = self._values.shape
        row, column = divmod((self._at[0] * columns + self._at[1] + 1) % (rows * columns), columns)
        self._at = row, column
        self.setFocus()

    def _end(self) -> None:
        if not self._editor.isVisible():
            return
        self._editor.hide()
        try:
            value = number_of(self._editor.text())
        except ValueError:
            return
        if value != self._values[self._at] and number_text(value) != number_text(float(self._values[self._at])):
            numbers = self._values.astype(np.float64)
            numbers[self._at] = value
            self.edited.emit(numbers)
