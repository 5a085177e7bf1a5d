"""Regions and the scale line as they lie over the picture, and what is being drawn at the moment."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from ui.analysis.marks import Marks
from ui.theme import DARK, PLATE, PLATE_TEXT

#: Colours of regions on the picture: those of their curves on dark, since pictures have no scheme. The first is the
#: whole picture's.
COLOURS = DARK.series
_LINE = "#ffffff"
_RIM = QColor(10, 14, 22, 210)
_WIDTH_PX, _RIM_PX, _TICK_PX = 2.0, 4.0, 7.0


@dataclass(frozen=True, slots=True)
class Draft:
    """What is being drawn: corners so far, in px of the shown picture; ``closed``: an area, otherwise a line."""

    points: tuple[QPointF, ...]
    closed: bool


def region_colour(number: int, series: tuple[str, ...] = COLOURS) -> str:
    """Return the colour of a region, counted from 0; the whole picture has the first of the series."""
    return series[1 + number % (len(series) - 1)]


def length_text(mm: float | None) -> str:
    """Return a length as people say it."""
    if mm is None:
        return "?"
    return f"{mm / 1000.0:g} m" if mm >= 1000.0 else f"{mm:g} mm"


class MarksItem(QGraphicsItem):
    """Draws :class:`Marks` in coordinates of the shown picture; lines and names are as large at any zoom."""

    def __init__(self) -> None:
        super().__init__()
        self._draft: Draft | None = None
        self._transform, self._bounds = QTransform(), QRectF()
        self._outlines: list[tuple[str, QColor, QPolygonF]] = []
        self._line: tuple[QPointF, QPointF, str] | None = None
        self.setZValue(10.0)

    def show_marks(self, marks: Marks, transform: QTransform, size: tuple[int, int]) -> None:
        """Show ``marks`` on a picture of ``size`` (width, height); ``transform`` tells where its places are shown."""
        bounds = QRectF(0, 0, *size).adjusted(-200, -200, 200, 200)
        if bounds != self._bounds:
            self.prepareGeometryChange()
            self._bounds = bounds
        self._outlines = [
            (
                region.name,
                QColor(region_colour(number)),
                QPolygonF([transform.map(QPointF(*p)) for p in region.outline()]),
            )
            for number, region in enumerate(marks.regions)
        ]
        line = marks.line
        self._line = None
        if line is not None:
            self._line = transform.map(QPointF(*line.start)), transform.map(QPointF(*line.end)), length_text(line.mm)
        self.update()

    def show_draft(self, draft: Draft | None) -> None:
        """Show what is being drawn, or nothing."""
        self._draft = draft
        self.update()

    def boundingRect(self) -> QRectF:
        """The picture and some space around it."""
        return self._bounds

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Draw outlines first, then names over all of them."""
        if not self._outlines and self._line is None and self._draft is None:
            return
        to_screen = painter.worldTransform()
        painter.setWorldMatrixEnabled(False)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        outlines = [(name, colour, to_screen.map(polygon)) for name, colour, polygon in self._outlines]
        for _, colour, polygon in outlines:
            sides = _sides(polygon)
            upright = all(abs(side.dx()) < 0.5 or abs(side.dy()) < 0.5 for side in sides)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, not upright)  # a third of the time where it can be
            for pen in (_pen(_RIM, _RIM_PX), _pen(colour, _WIDTH_PX)):
                painter.setPen(pen)
                painter.drawLines(sides)  # a wide pen is fast for lines only
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._draft is not None:
            self._paint_draft(painter, to_screen, self._draft)
        for name, colour, polygon in outlines:
            box = polygon.boundingRect()
            _plate(painter, name, QPointF(box.left(), box.top()), colour)
        if self._line is not None:
            self._paint_line(painter, to_screen)
        painter.setWorldMatrixEnabled(True)

    def _paint_line(self, painter: QPainter, to_screen: QTransform) -> None:
        assert self._line is not None
        start, end, text = to_screen.map(self._line[0]), to_screen.map(self._line[1]), self._line[2]
        along = end - start
        length = max(1e-6, (along.x() ** 2 + along.y() ** 2) ** 0.5)
        across = QPointF(-along.y(), along.x()) * (_TICK_PX / length)
        for pen in (_pen(_RIM, _RIM_PX), _pen(QColor(_LINE), _WIDTH_PX)):
            painter.setPen(pen)
            painter.drawLine(start, end)
            for place in (start, end):
                painter.drawLine(place - across, place + across)
        _plate(painter, text, (start + end) / 2.0 - QPointF(0.0, _TICK_PX + 2.0), QColor(_LINE))

    @staticmethod
    def _paint_draft(painter: QPainter, to_screen: QTransform, draft: Draft) -> None:
        places = QPolygonF([to_screen.map(point) for point in draft.points])
        for pen in (_pen(_RIM, _RIM_PX), _pen(QColor(_LINE), _WIDTH_PX, dashed=True)):
            painter.setPen(pen)
            painter.drawPolygon(places) if draft.closed else painter.drawPolyline(places)
        painter.setPen(_pen(_RIM, 1.0))
        painter.setBrush(QColor(_LINE))
        for place in places.toList():
            painter.drawEllipse(place, 3.5, 3.5)
        painter.setBrush(Qt.BrushStyle.NoBrush)


def _sides(polygon: QPolygonF) -> list[QLineF]:
    """Return the sides of a polygon, the last corner joined to the first."""
    corners = polygon.toList()
    return [QLineF(a, b) for a, b in zip(corners, [*corners[1:], *corners[:1]], strict=True)]


def _pen(colour: QColor, width_px: float, *, dashed: bool = False) -> QPen:
    pen = QPen(colour, width_px, Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine)
    pen.setCapStyle(Qt.PenCapStyle.SquareCap)
    return pen


def _plate(painter: QPainter, text: str, corner: QPointF, colour: QColor) -> None:
    """Write ``text`` on a dark plate that stands on ``corner``, with a stripe in the colour of what it names."""
    font = QFont(painter.font())
    metrics = QFontMetricsF(font)
    text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, 180.0)
    height = metrics.height() + 4.0
    top = max(0.0, corner.y() - height)
    box = QRectF(corner.x(), top, metrics.horizontalAdvance(text) + 15.0, height)
    painter.fillRect(box, PLATE)
    painter.fillRect(QRectF(box.left(), box.top(), 4.0, height), colour)
    painter.setPen(PLATE_TEXT)
    painter.drawText(box.adjusted(9.0, 0.0, 0.0, 0.0), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
