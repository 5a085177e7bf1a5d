"""The line over a picture or a table of a lab: a title, and a note that is never cut while there is room beside it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from ui.theme import Theme, sized

#: What does not fit is written smaller, but not smaller than this part of its size.
SMALLEST = 0.6
_GAP = "  "


def fitted(font: QFont, room: float, width: Callable[[QFont], float]) -> QFont:
    """Return ``font``, smaller where what is written in it, ``width`` px, takes more than ``room``."""
    scale = max(SMALLEST, min(1.0, room / max(1.0, width(font))))
    found = sized(font, scale)
    while scale > SMALLEST and width(found) > room:
        scale = max(SMALLEST, scale - 0.02)
        found = sized(font, scale)
    return found


def title_fonts(font: QFont, title: str, note: str, room: float) -> tuple[QFont, QFont, float]:
    """Return the fonts of title and note in which both fit ``room`` px as far as they can, and the px they take."""

    def bold(own: QFont) -> QFont:
        result = QFont(own)
        result.setBold(True)
        return result

    def width(own: QFont) -> float:
        taken = QFontMetricsF(bold(own)).horizontalAdvance(title + (_GAP if note else ""))
        return taken + QFontMetricsF(own).horizontalAdvance(note)

    plain = fitted(font, room, width)
    return bold(plain), plain, width(plain)


def write_title(painter: QPainter, room: QRectF, left: float, texts: tuple[str, str], colours: Theme) -> None:
    """Write title and note from ``left`` on, or as far left of it in ``room`` as it takes; smaller where it must be."""
    title, note = texts
    font = painter.font()
    bold, plain, width = title_fonts(font, title, note, room.width())
    x = max(room.left(), min(left, room.right() - width))
    line = QRectF(x, room.top(), room.right() - x, room.height())
    where = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
    painter.setFont(bold)
    painter.setPen(QColor(colours.foreground))
    painter.drawText(line, where, title)
    taken = QFontMetricsF(bold).horizontalAdvance(title + _GAP)
    painter.setFont(plain)
    painter.setPen(QColor(colours.faint))
    rest = max(0.0, line.width() - taken) + 1.0
    note = QFontMetricsF(plain).elidedText(note, Qt.TextElideMode.ElideRight, rest)
    painter.drawText(line.adjusted(taken, 0, 0, 0), where, note)
    painter.setFont(font)
