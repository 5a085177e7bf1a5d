"""A name that can be edited where it stands."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit


class NameField(QLineEdit):
    """The name of a class or region, edited in place: Enter takes it, Esc drops it, both give the keys back."""

    named = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.name = ""
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setMaxLength(60)
        self.setToolTip("Click to rename")
        self.setAccessibleName("Name")
        self.setMinimumWidth(60)
        self.returnPressed.connect(self.clearFocus)
        self.editingFinished.connect(self._take)

    def show_name(self, name: str) -> None:
        """Show ``name``; what is being typed is left alone."""
        if name != self.name:
            self.name = name
            self.setText(name)
            self.setCursorPosition(0)

    def event(self, event: QEvent) -> bool:
        """Keep Esc from the shortcuts while typing."""
        pressed = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if pressed and event.key() == Qt.Key.Key_Escape:  # type: ignore[attr-defined]
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.setText(self.name)
            self.clearFocus()
        else:
            super().keyPressEvent(event)

    def _take(self) -> None:
        typed, name = self.text(), self.name
        self.setText(name)  # until it is accepted
        self.setCursorPosition(0)
        if typed.strip() and typed != name:
            self.named.emit(name, typed)
