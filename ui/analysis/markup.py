"""Regions and scale of the source on show: drawn, named, kept with the source, shown on its picture."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, QPointF, Signal
from PySide6.QtGui import QTransform

from motionapp.settings import ViewSettings
from motionapp.types import Failure, MotionError, Picture
from ui.analysis.drawing import Drawing
from ui.analysis.marks import Marks, ScaleLine, as_shown
from ui.analysis.marks_item import MarksItem
from ui.analysis.marks_panel import MarksPanel
from ui.preferences import Preferences
from ui.video_view import VideoView


class Markup(QObject):
    """Holds the marks of one source at a time.

    Signals
    -------
    changed()
        Other marks are in force.
    panel_wanted()
        Something is to be typed in the panel.
    failed(Failure)
        A name cannot be used.
    """

    changed = Signal()
    panel_wanted = Signal()
    failed = Signal(object)

    def __init__(self, view: VideoView, preferences: Preferences, parent: QObject) -> None:
        super().__init__(parent)
        self._view, self._preferences = view, preferences
        self.source, self.marks = "", Marks()
        self._there = False
        self._shown: tuple[bool, int, int, int] | None = None  # mirror, turns, width, height of the shown picture
        self.item, self.panel = MarksItem(), MarksPanel()
        view.add_item(self.item)
        self.drawing = Drawing(view, self.item)
        self.drawing.drawn.connect(self._take_drawn)
        self.drawing.changed.connect(self.panel.show_tool)
        self.panel.tool_wanted.connect(self.drawing.take)
        self.panel.changed.connect(self.change)
        self.panel.rename_wanted.connect(self._rename)

    @property
    def seen(self) -> bool:
        """Whether the marks are shown on the picture."""
        return self.item.isVisible()

    def see(self, on: bool) -> None:
        """Show the marks on the picture, or do not."""
        self.item.setVisible(on)

    def turn_to(self, source: str) -> None:
        """Take up the marks of another source; "" is none."""
        if source != self.source:
            self.drawing.stop()
            self.source, self._shown, self._there = source, None, False
            self.marks = self.of(source)
            self._render()

    def of(self, source: str) -> Marks:
        """Return what was drawn on a source."""
        return Marks.from_json(self._preferences.marks(source)) if source else Marks()

    def follow(self, picture: Picture) -> None:
        """Lay the marks over a picture as it is mirrored and turned."""
        view = picture.motion.settings.view
        height, width = picture.background.shape[:2]
        shown = view.mirror, view.quarter_turns % 4, width, height
        if shown != self._shown:
            self.drawing.stop()
            self._shown, self._there = shown, True
            self._render()

    def change(self, marks: Marks) -> None:
        """Put other marks in force and keep them."""
        self.marks = marks
        if self.source:
            self._preferences.keep_marks(self.source, "" if marks == Marks() else marks.to_json())
        self._render()

    def _rename(self, old: str, new: str) -> None:
        try:
            self.change(self.marks.renamed(old, new))
        except (MotionError, ValueError) as error:
            self.failed.emit(Failure(str(error)))

    def _take_drawn(self, tool: str, corners: tuple[QPointF, ...]) -> None:
        back = self._transform().inverted()[0]
        places = tuple((point.x(), point.y()) for point in map(back.map, corners))
        self.see(True)
        self.panel_wanted.emit()
        if tool == "line":
            mm = None if self.marks.line is None else self.marks.line.mm
            self.change(replace(self.marks, line=ScaleLine(places[0], places[1], mm)))
            self.panel.edit_length()
        else:
            self.change(self.marks.with_region(places))
            self.panel.edit_name(self.marks.regions[-1].name)

    def _transform(self) -> QTransform:
        if self._shown is None:
            return QTransform()
        mirror, turns, width, height = self._shown
        return as_shown(ViewSettings(mirror=mirror, quarter_turns=turns), width, height)

    def _render(self) -> None:
        size = (0, 0) if self._shown is None else self._shown[2:]
        self.item.show_marks(self.marks if self._there else Marks(), self._transform(), size)
        self.panel.render(self.marks, there=self._there)
        self.changed.emit()
