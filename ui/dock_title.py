"""The title of a dock: its name and a cross, in the colours of every scheme. Drag to move, double click to float."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QLabel, QToolButton, QWidget

from ui.icons import icon


class DockTitle(QWidget):
    """Replaces the style's title bar, whose buttons cannot be seen on dark."""

    def __init__(self, dock: QDockWidget) -> None:
        super().__init__(dock)
        name = QLabel(dock.windowTitle())
        self._close = QToolButton()
        self._close.setAutoRaise(True)
        self._close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._close.setToolTip(f"Hide {dock.windowTitle()} (View menu brings it back)")
        self._close.clicked.connect(dock.close)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 2, 2, 0)
        layout.addWidget(name, 1)
        layout.addWidget(self._close)
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        """Redraw the cross in the colours of another scheme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()

    def _draw(self) -> None:
        self._close.setIcon(icon("close", self.palette()))
