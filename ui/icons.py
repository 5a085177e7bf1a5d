"""Icons drawn from a few lines each in the colour of the text, so that they exist in every scheme and font."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPalette, QPen, QPixmap, QPolygonF

#: Icons are drawn in a square of this many units.
UNITS = 24.0


def _polygon(painter: QPainter, *points: tuple[float, float]) -> None:
    painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in points]))


def _stroke(painter: QPainter, width: float = 2.0) -> None:
    colour = painter.brush().color()
    painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _play(painter: QPainter) -> None:
    _polygon(painter, (7, 4), (20, 12), (7, 20))


def _pause(painter: QPainter) -> None:
    painter.drawRect(QRectF(6, 5, 4.2, 14))
    painter.drawRect(QRectF(13.8, 5, 4.2, 14))


def _forward(painter: QPainter) -> None:
    _polygon(painter, (3.5, 6), (12, 12), (3.5, 18))
    _polygon(painter, (12, 6), (20.5, 12), (12, 18))


def _back(painter: QPainter) -> None:
    _polygon(painter, (20.5, 6), (12, 12), (20.5, 18))
    _polygon(painter, (12, 6), (3.5, 12), (12, 18))


def _next(painter: QPainter) -> None:
    painter.drawRect(QRectF(6, 6, 2.4, 12))
    _polygon(painter, (10.5, 6), (19, 12), (10.5, 18))


def _previous(painter: QPainter) -> None:
    painter.drawRect(QRectF(15.6, 6, 2.4, 12))
    _polygon(painter, (13.5, 6), (5, 12), (13.5, 18))


def _mark_in(painter: QPainter) -> None:
    _stroke(painter)
    painter.drawPolyline(QPolygonF([QPointF(14, 5), QPointF(9, 5), QPointF(9, 19), QPointF(14, 19)]))


def _mark_out(painter: QPainter) -> None:
    _stroke(painter)
    painter.drawPolyline(QPolygonF([QPointF(10, 5), QPointF(15, 5), QPointF(15, 19), QPointF(10, 19)]))


def _loop(painter: QPainter) -> None:
    colour = painter.brush().color()
    _stroke(painter)
    painter.drawArc(QRectF(5, 5, 14, 14), 70 * 16, -310 * 16)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    _polygon(painter, (10.2, 1.2), (10.2, 9.4), (4.6, 5.6))


def _camera(painter: QPainter) -> None:
    _stroke(painter)
    painter.drawRoundedRect(QRectF(2.5, 6.5, 13, 11), 2, 2)
    painter.drawPolygon(QPolygonF([QPointF(15.5, 11), QPointF(21.5, 7.5), QPointF(21.5, 16.5), QPointF(15.5, 13)]))


def _open(painter: QPainter) -> None:
    _stroke(painter)
    path = QPainterPath(QPointF(3, 19))
    for x, y in ((3, 5.5), (9, 5.5), (11, 8), (19.5, 8), (19.5, 11)):
        path.lineTo(x, y)
    painter.drawPath(path)
    painter.drawPolygon(QPolygonF([QPointF(3, 19), QPointF(6.5, 11), QPointF(22, 11), QPointF(18.8, 19)]))


def _record(painter: QPainter) -> None:
    painter.setBrush(QColor("#e5383b"))
    painter.drawEllipse(QRectF(5.5, 5.5, 13, 13))


def _snapshot(painter: QPainter) -> None:
    _stroke(painter)
    painter.drawRoundedRect(QRectF(2.5, 7, 19, 12.5), 2, 2)
    painter.drawEllipse(QRectF(8.5, 9.7, 7, 7))
    painter.drawPolyline(QPolygonF([QPointF(8, 7), QPointF(9.5, 4.5), QPointF(14.5, 4.5), QPointF(16, 7)]))


def _analyse(painter: QPainter) -> None:
    _stroke(painter)
    painter.drawPolyline(QPolygonF([QPointF(3.5, 3.5), QPointF(3.5, 20.5), QPointF(21, 20.5)]))
    curve = [QPointF(7.5, 15), QPointF(11, 9), QPointF(14.5, 12.5), QPointF(20, 5.5)]
    painter.drawPolyline(QPolygonF(curve))


def _close(painter: QPainter) -> None:
    _stroke(painter)
    painter.drawLine(QPointF(7, 7), QPointF(17, 17))
    painter.drawLine(QPointF(17, 7), QPointF(7, 17))


def _warning(painter: QPainter) -> None:
    _stroke(painter)
    painter.drawPolygon(QPolygonF([QPointF(12, 4), QPointF(21.5, 20), QPointF(2.5, 20)]))
    painter.drawLine(QPointF(12, 10), QPointF(12, 14))
    painter.drawPoint(QPointF(12, 17))


ICONS: dict[str, Callable[[QPainter], None]] = {
    "play": _play,
    "pause": _pause,
    "forward": _forward,
    "back": _back,
    "next": _next,
    "previous": _previous,
    "mark-in": _mark_in,
    "mark-out": _mark_out,
    "loop": _loop,
    "camera": _camera,
    "open": _open,
    "record": _record,
    "snapshot": _snapshot,
    "analyse": _analyse,
    "close": _close,
    "warning": _warning,
}


def _pixmap(name: str, colour: QColor, size: int) -> QPixmap:
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(size / UNITS, size / UNITS)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    ICONS[name](painter)
    painter.end()
    return pixmap


def icon(name: str, palette: QPalette, colour: str | None = None) -> QIcon:
    """Return the icon ``name`` in the palette's text colour (or ``colour``), greyed when disabled.

    Raises
    ------
    KeyError
        If there is no such icon; the names are the keys of ``ICONS``.
    """
    result = QIcon()
    group = QPalette.ColorGroup
    role = QPalette.ColorRole.ButtonText
    for size in (16, 20, 24, 32, 48, 64):
        normal = QColor(colour) if colour else palette.color(group.Active, role)
        result.addPixmap(_pixmap(name, normal, size), QIcon.Mode.Normal)
        result.addPixmap(_pixmap(name, palette.color(group.Disabled, role), size), QIcon.Mode.Disabled)
    return result


#: The size icons are shown at on tool buttons.
SMALL = QSize(20, 20)
LARGE = QSize(40, 40)
