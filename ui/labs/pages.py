"""The pages of a lab as buttons in a row; one is on."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QWidget

from ui.theme import restyle, theme, toggle_style


class PageChooser(QWidget):
    """Shows which page is on; emits the name of the one that is wanted.

    Parameters
    ----------
    pages : sequence of (name, text, tip)
    """

    chosen = Signal(str)

    def __init__(self, pages: Sequence[tuple[str, str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: dict[str, QToolButton] = {}
        group = QButtonGroup(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for name, text, tip in pages:
            button = QToolButton()
            button.setText(text)
            button.setToolTip(tip)
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _on=False, name=name: self.chosen.emit(name))
            group.addButton(button)
            layout.addWidget(button)
            self.buttons[name] = button
        layout.addStretch()
        self._colour()

    def render(self, name: str) -> None:  # type: ignore[override]
        """Show that ``name`` is on; emits nothing."""
        self.buttons[name].setChecked(True)

    def changeEvent(self, event: QEvent) -> None:
        """Take the colours of another scheme and the size of another type, which style sheets keep from the buttons."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._colour()

    def _colour(self) -> None:
        for button in self.buttons.values():
            restyle(button, toggle_style(theme(self.palette())))
            button.setFont(self.font())
