"""The panel of what is drawn on the picture: tools, a row for each region, the line of known length."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from motionapp.analysis.regions import Region
from ui.analysis.controls import cross, number, push_button, row, tool_button, wrapped
from ui.analysis.marks import Marks, ScaleLine
from ui.analysis.marks_item import region_colour
from ui.icons import icon
from ui.name_field import NameField
from ui.plot_canvas import small
from ui.theme import theme, toggle_style

_NONE = "No region yet: only the whole picture is measured. Draw a rectangle or a polygon to measure a part by itself."
_NO_LINE = "No scale yet: speeds are in px/s. Draw a line along something of known length to have them in mm/s too."
_NO_LENGTH = ". Type how long that is in reality; until then speeds are in px/s only."


class RegionRow(QFrame):
    """One region: its colour, its name to be edited in place, its size, and a cross."""

    named = Signal(str, str)
    removed = Signal(str)

    def __init__(self, region: Region, number: int) -> None:
        super().__init__()
        self.region = region
        self._number = number
        self._swatch = QLabel()
        self._swatch.setFixedSize(12, 12)
        self.field = NameField()
        self.field.setAccessibleName(f"Name of the region {region.name}")
        self.field.show_name(region.name)
        self.field.named.connect(self.named)
        self._size = small(QLabel(size_text(region)))
        self.remove = cross(f"Remove {region.name}")
        self.remove.clicked.connect(lambda: self.removed.emit(self.region.name))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self._swatch)
        layout.addWidget(self.field, 1)
        layout.addWidget(self._size)
        layout.addWidget(self.remove)
        self._colour()

    def _colour(self) -> None:
        colours = theme(self.palette())
        colour = region_colour(self._number, colours.series)
        self._swatch.setStyleSheet(f"background: {colour}; border-radius: 3px;")
        self._size.setStyleSheet(f"color: {colours.faint};")
        self.field.setStyleSheet(
            f"QLineEdit {{ background: {colours.background}; border: 1px solid {colours.grid}; border-radius: 3px;"
            f" color: {colours.foreground}; padding: 2px 4px; }} QLineEdit:focus {{ border-color: {colours.accent}; }}"
        )
        self.remove.setIcon(icon("close", self.palette()))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._colour()


class MarksPanel(QWidget):
    """Renders :class:`Marks`; emits what is wished.

    Signals
    -------
    tool_wanted(str)
        "rectangle", "polygon" or "line" is to be drawn; the tool in hand again: no more.
    changed(Marks)
        Another line's length, or without something.
    rename_wanted(str, str)
        The old and the new name of a region.
    analyse_wanted()
        The dialog is to be opened.
    """

    tool_wanted = Signal(str)
    changed = Signal(object)
    rename_wanted = Signal(str, str)
    analyse_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._marks = Marks()
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # a click beside a name ends its editing
        self.rows: dict[str, RegionRow] = {}
        self.tools = {
            "rectangle": _tool("Rectangle", "Drag a rectangle on the picture"),
            "polygon": _tool("Polygon", "Click the corners of an area on the picture"),
            "line": _tool("Draw a line", "Drag along something of known length"),
        }
        for name, button in self.tools.items():
            button.clicked.connect(lambda _on=False, name=name: self.tool_wanted.emit(name))
        self.length = number(
            "Length of the line",
            "How long the line is in reality",
            low=0.0,
            high=1e7,
            decimals=2,
            unit="mm",
            special="?",
        )
        self.length.valueChanged.connect(self._set_length)
        self.remove_line = cross("Remove the line")
        self.remove_line.clicked.connect(lambda: self.changed.emit(Marks(self._marks.regions)))
        self.scale, self.none, self.no_line = small(wrapped()), small(wrapped(_NONE)), small(wrapped(_NO_LINE))
        self.analyse = push_button("Analyse…", "Write tables, plots and videos of this file (Ctrl+Shift+A)")
        self.analyse.clicked.connect(self.analyse_wanted)
        self._lay_out()
        self._colour()
        self.render(self._marks, there=False)

    def render(self, marks: Marks, *, there: bool) -> None:  # type: ignore[override]
        """Show ``marks``; ``there``: there is a picture to draw on."""
        if marks.regions != self._marks.regions:
            self._fill(marks)
        self._marks = marks
        for button in self.tools.values():
            button.setEnabled(there)
        self.none.setVisible(not marks.regions)
        line = marks.line
        self.no_line.setVisible(line is None)
        self._line_box.setVisible(line is not None)
        self.scale.setVisible(line is not None)
        if line is not None:
            with QSignalBlocker(self.length):
                self.length.setValue(line.mm or 0.0)
            meaning = _NO_LENGTH if line.mm_per_px is None else f", so 1 px is {line.mm_per_px:.4g} mm"
            self.scale.setText(f"{line.length_px:.1f} px long{meaning}")

    def show_tool(self, tool: str) -> None:
        """Show which tool is in hand, "" if none."""
        for name, button in self.tools.items():
            button.setChecked(name == tool)

    def edit_name(self, name: str) -> None:
        """Let the name of a region be typed."""
        field = self.rows[name].field
        field.setFocus()
        field.selectAll()

    def edit_length(self) -> None:
        """Let the length of the line be typed."""
        self.length.setFocus()
        self.length.selectAll()

    def _fill(self, marks: Marks) -> None:
        for line in self.rows.values():
            self._list.removeWidget(line)
            line.hide()
            line.deleteLater()
        self.rows = {}
        for at, region in enumerate(marks.regions):
            line = RegionRow(region, at)
            line.named.connect(self.rename_wanted)
            line.removed.connect(lambda name: self.changed.emit(self._marks.without(name)))
            self._list.addWidget(line)
            self.rows[region.name] = line

    def _set_length(self, mm: float) -> None:
        line = self._marks.line
        if line is not None:
            self.changed.emit(Marks(self._marks.regions, ScaleLine(line.start, line.end, mm or None)))

    def _lay_out(self) -> None:
        self._list = QVBoxLayout()
        self._list.setSpacing(4)
        self._line_box = QWidget()
        line = QHBoxLayout(self._line_box)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        line.addWidget(QLabel("Its length"))
        line.addWidget(self.length, 1)
        line.addWidget(self.remove_line)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.setSpacing(7)
        layout.addWidget(_title("Regions"))
        layout.addLayout(row(self.tools["rectangle"], self.tools["polygon"]))
        layout.addWidget(self.none)
        layout.addLayout(self._list)
        layout.addSpacing(10)
        layout.addWidget(_title("Scale"))
        layout.addLayout(row(self.tools["line"]))
        layout.addWidget(self.no_line)
        layout.addWidget(self._line_box)
        layout.addWidget(self.scale)
        layout.addSpacing(10)
        layout.addWidget(self.analyse)
        layout.addStretch(1)

    def _colour(self) -> None:
        colours = theme(self.palette())
        for button in self.tools.values():
            button.setStyleSheet(toggle_style(colours))
        for label in (self.none, self.no_line, self.scale):
            label.setStyleSheet(f"color: {colours.faint};")
        self.remove_line.setIcon(icon("close", self.palette()))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._colour()


def size_text(region: Region) -> str:
    """Return how large a region is: width × height of its box in px."""
    across, down = zip(*region.points, strict=True)
    corners = "" if len(region.points) == 2 else f", {len(region.points)} corners"
    return f"{max(across) - min(across):.0f}×{max(down) - min(down):.0f} px{corners}"


def _title(text: str) -> QLabel:
    label = QLabel(text)
    font = label.font()
    font.setBold(True)
    label.setFont(font)
    return label


def _tool(text: str, tip: str) -> QToolButton:
    button = tool_button(text, tip, checkable=True)
    button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return button
