"""The head of a lab window: which lab, what it looks at, and the commands that work in every lab."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QAction, QPalette, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from ui.flow_panel import ChoiceBox
from ui.icons import icon
from ui.labs.catalogue import ENTRIES
from ui.theme import restyle, theme, toggle_style

#: Commands with a button, and their icon if they have one.
BUTTONS = {
    "freeze": "pause",
    "step": "next",
    "reset": "loop",
    "projector": "",
    "fullscreen": "",
    "add_scene": "",
}


class HeadBar(QWidget):
    """A row of buttons made from the commands of the window.

    Signals
    -------
    lab_chosen(str)
        The id of another lab.
    """

    lab_chosen = Signal(str)

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.labs = ChoiceBox("Lab", "Which lab is on show", self)
        for entry in ENTRIES:
            self.labs.addItem(entry.title, entry.id)
        self.labs.activated.connect(lambda at: self.lab_chosen.emit(self.labs.itemData(at)))
        self._source = QLabel(self)
        self._source.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._source.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._below = QLabel(self)
        self._below.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._below.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._below.hide()
        layout = QHBoxLayout()
        layout.setSpacing(6)
        layout.addWidget(self.labs)
        layout.addWidget(self._source, 1)
        self.buttons: dict[str, QToolButton] = {}
        for name in BUTTONS:
            button = QToolButton(self)
            button.setDefaultAction(actions[name])
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            layout.addWidget(button)
            self.buttons[name] = button
        whole = QVBoxLayout(self)
        whole.setContentsMargins(10, 6, 10, 6)
        whole.setSpacing(4)
        whole.addLayout(layout)
        whole.addWidget(self._below)
        self._colour()

    def render_lab(self, name: str) -> None:
        """Show which lab is on."""
        self.labs.setCurrentIndex(self.labs.findData(name))

    def show_source(self, text: str) -> None:
        """Write where the pictures come from: beside the lab or, where that is too narrow, on a line of its own."""
        self._below.setText(text)
        self._source.setToolTip(text)
        self._place(self._below.isVisibleTo(self))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Look anew where the source fits."""
        super().resizeEvent(event)
        self._place(False)

    def _place(self, below: bool) -> None:
        """Show the source on its own line if it is ``below`` already (numbers in it change) or does not fit above."""
        label, text = self._source, self._below.text()
        below = bool(text) and (below or label.fontMetrics().horizontalAdvance(text) > label.width())
        label.setText("" if below else text)
        self._below.setVisible(below)

    def changeEvent(self, event: QEvent) -> None:
        """Take the colours of another scheme, and icons as large as another type."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._colour()

    def _colour(self) -> None:
        side = self.fontMetrics().height() + 2
        for name, button in self.buttons.items():
            restyle(button, toggle_style(theme(self.palette())))
            button.setFont(self.font())
            button.setIconSize(QSize(side, side))
            if BUTTONS[name]:
                button.defaultAction().setIcon(icon(BUTTONS[name], self.palette()))
