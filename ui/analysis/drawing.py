"""Drawing on the picture with the mouse: a rectangle by dragging, a polygon by clicks, a line by dragging."""

from __future__ import annotations

import math
from typing import Literal

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent

from ui.analysis.marks import LEAST_PX
from ui.analysis.marks_item import Draft, MarksItem
from ui.video_view import VideoView

Tool = Literal["rectangle", "polygon", "line"]

#: What to do, shown over the picture while a tool is in hand.
HINTS: dict[Tool, str] = {
    "rectangle": "Drag a rectangle · Esc ends",
    "polygon": "Click the corners; double click or Enter closes · Esc ends",
    "line": "Drag along something of known length · Esc ends",
}

#: A click so close to the first corner closes a polygon, in screen px.
_CLOSE_PX = 9.0


class Drawing(QObject):
    """Takes the mouse from the view while a tool is in hand.

    Signals
    -------
    drawn(str, tuple[QPointF, ...])
        The tool, and what was drawn with it in px of the shown picture: corners of a region (two of a rectangle), or
        the ends of a line.
    changed(str)
        The tool in hand, "" if none.
    """

    drawn = Signal(str, object)
    changed = Signal(str)

    def __init__(self, view: VideoView, item: MarksItem) -> None:
        super().__init__(view)
        self._view, self._item = view, item
        self._tool: Tool | None = None
        self._points: list[QPointF] = []
        self._held = False
        self._surface = view.canvas.viewport()

    @property
    def tool(self) -> Tool | None:
        """The tool in hand."""
        return self._tool

    def take(self, tool: Tool) -> None:
        """Take a tool in hand; a second time: put it back."""
        again = tool == self._tool
        self.stop()
        if again:
            return
        self._tool = tool
        self._surface.installEventFilter(self)
        self._view.canvas.installEventFilter(self)
        self._surface.setCursor(Qt.CursorShape.CrossCursor)
        self._view.set_hint(HINTS[tool])
        self._view.canvas.setFocus()
        self.changed.emit(tool)

    def stop(self) -> bool:
        """Put the tool back, drop what was begun with it; return whether there was one."""
        if self._tool is None:
            return False
        self._tool = None
        self._points, self._held = [], False
        self._surface.removeEventFilter(self)
        self._view.canvas.removeEventFilter(self)
        self._surface.unsetCursor()
        self._view.set_hint("")
        self._item.show_draft(None)
        self.changed.emit("")
        return True

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Draw, in place of moving the picture; the wheel still zooms."""
        kind = event.type()
        if isinstance(event, QMouseEvent):
            where = self._place(event.position())
            if kind == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
                self._press(where)
            elif kind == QEvent.Type.MouseMove:
                self._move(where)
            elif kind == QEvent.Type.MouseButtonRelease and event.button() == Qt.MouseButton.LeftButton:
                self._release(where)
            elif kind == QEvent.Type.MouseButtonDblClick:
                self._close()
            return kind != QEvent.Type.MouseMove  # the read-out under the mouse goes on
        entered = isinstance(event, QKeyEvent) and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if entered and kind == QEvent.Type.KeyPress and self._tool == "polygon":
            self._close()
            return True
        return False

    def _place(self, position: QPointF) -> QPointF:
        """Return a place of the picture in whole px, inside it."""
        point, size = self._view.to_picture(position), self._view.picture_size
        return QPointF(
            min(max(0.0, round(point.x())), float(size.width())), min(max(0.0, round(point.y())), float(size.height()))
        )

    def _press(self, where: QPointF) -> None:
        if self._tool != "polygon":
            self._points, self._held = [where, where], True
        elif len(self._points) > 3 and self._apart(where, self._points[0]) * self._view.zoom < _CLOSE_PX:
            self._close()
            return
        elif not self._points:
            self._points = [where, where]  # the last one follows the mouse
        else:
            self._points = [*self._points[:-1], where, where]
        self._show()

    def _move(self, where: QPointF) -> None:
        if self._points and (self._held or self._tool == "polygon"):
            self._points[-1] = where
            self._show()

    def _release(self, where: QPointF) -> None:
        if self._held and self._points:
            self._points[-1] = where
            self._held = False
            self._finish(self._points)

    def _close(self) -> None:
        if self._tool == "polygon":
            self._finish(self._points[:-1])

    def _finish(self, points: list[QPointF]) -> None:
        """Hand over what is large enough to be meant; otherwise go on."""
        tool = self._tool
        corners = [point for at, point in enumerate(points) if at == 0 or point != points[at - 1]]
        wide, tall = (_extent(corners, axis) for axis in ("x", "y")) if corners else (0.0, 0.0)
        if tool == "line":
            meant = len(corners) == 2 and math.hypot(wide, tall) >= LEAST_PX
        else:
            meant = len(corners) >= (3 if tool == "polygon" else 2) and min(wide, tall) >= LEAST_PX
        if meant and tool is not None:
            self.stop()
            self.drawn.emit(tool, tuple(corners))
        elif tool != "polygon":
            self._points = []
            self._item.show_draft(None)

    def _show(self) -> None:
        points = tuple(self._points)
        if self._tool == "rectangle":
            (a, b), area = points, True
            points = a, QPointF(b.x(), a.y()), b, QPointF(a.x(), b.y())
        else:
            area = False
        self._item.show_draft(Draft(points, area))

    @staticmethod
    def _apart(a: QPointF, b: QPointF) -> float:
        return math.hypot(a.x() - b.x(), a.y() - b.y())


def _extent(points: list[QPointF], axis: str) -> float:
    values = [getattr(point, axis)() for point in points]
    return float(max(values) - min(values))
