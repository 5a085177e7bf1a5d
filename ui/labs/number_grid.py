"""Numbers in squares, blue below zero and red above: a kernel to type into, a piece of a picture, their products."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from motionapp.labs.shades import grey_picture, signed_picture
from motionapp.types import Array
from ui.labs.cell_editor import CellEditor
from ui.labs.numbers import number_text
from ui.labs.title_line import write_title
from ui.theme import ARROW, theme

#: Numbers that would be smaller than this are not written.
_SMALLEST_PX = 8
_SMALLEST_TYPED_PX = 12


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
        self._editor = CellEditor(self)
        self._editor.taken.connect(self._take)
        self._editor.left.connect(self._go)
        self._editor.tabbed.connect(self._go_typing)
        self.set_title(title)
        if editable:
            self.setToolTip("Click a number and type; Enter and Tab take it, Esc drops it. 1/9 is a number, too.")

    def set_title(self, title: str, note: str = "") -> None:
        """Write ``title`` over the numbers and, fainter, ``note`` beside it."""
        self._title, self._note = title, note
        self.setAccessibleName(title)
        self.update()

    def show_numbers(self, values: Array, limit: float | None = None, marked: tuple[int, int] | None = None) -> None:
        """Show ``values``, coloured up to ±limit (or black to white from 0 to limit), and frame the one ``marked``.

        What is being typed is dropped: it was meant for the numbers before.
        """
        self._editor.drop()
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

    @property
    def writes_numbers(self) -> bool:
        """Whether there is room for the numbers in their squares."""
        return self._type_px(self.square(0, 0).width()) >= _SMALLEST_PX

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
        written = self.writes_numbers
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
        if self._editable and self.hasFocus():
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
            self._edit(place)

    def _place(self, position: QPointF) -> tuple[int, int] | None:
        for row, column in np.ndindex(self._values.shape):
            if self.square(row, column).contains(position):
                return row, column
        return None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Begin to type in the framed square."""
        if not self._editable:
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._edit(self._at)
        elif event.text() and event.text() in "0123456789-−.":
            self._edit(self._at, event.text())
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_editor()

    def _edit(self, place: tuple[int, int], text: str | None = None) -> None:
        """Type the number at ``place``, which begins with ``text`` if it is begun."""
        self._at = place
        self._lay_editor()
        self._editor.open(number_text(float(self._values[place])) if text is None else text, begun=text is not None)

    def _lay_editor(self) -> None:
        """Lay the editor over its square, or as far beyond it as a number takes."""
        square, font = self.square(*self._at), self.font()
        font.setPixelSize(max(_SMALLEST_TYPED_PX, self._type_px(square.width())))
        metrics = QFontMetricsF(font)
        typed = ("−0.0000", number_text(float(self._values[self._at])))
        wide = max(square.width() - 2, 8 + max(map(metrics.horizontalAdvance, typed)))
        high = max(square.height() - 2, 1.5 * metrics.height())
        place = QRectF(0, 0, wide, high)
        place.moveCenter(square.center())
        place.moveLeft(max(0.0, min(place.left(), self.width() - wide)))
        place.moveTop(max(0.0, min(place.top(), self.height() - high)))
        self._editor.setFont(font)
        self._editor.setGeometry(place.toRect())

    def _take(self, value: float) -> None:
        if value != self._values[self._at]:
            numbers = self._values.astype(np.float64)
            numbers[self._at] = value
            self.edited.emit(numbers)

    def _go(self, way: int) -> None:
        """Go to the next square, 1, or to the one before, −1; from the last to the first."""
        rows, columns = self._values.shape
        row, column = divmod((self._at[0] * columns + self._at[1] + way) % (rows * columns), columns)
        self._at = row, column
        self.update()

    def _go_typing(self, way: int) -> None:
        """Go on and type there; beyond the last square leave the grid, as Tab does elsewhere."""
        if self._at == ((0, 0) if way < 0 else tuple(size - 1 for size in self._values.shape)):
            self.focusNextPrevChild(way > 0)
        else:
            self._go(way)
            self._edit(self._at)
