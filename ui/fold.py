"""A part of a panel that folds away under its title."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QToolButton, QVBoxLayout, QWidget

from ui.theme import restyle

_STYLE = "QToolButton { border: none; background: transparent; font-weight: bold; }"


class Fold(QWidget):
    """A title that shows and hides what is under it; what is folded is not drawn.

    Signals
    -------
    unfolded(bool)
        It was opened or closed by hand.
    """

    unfolded = Signal(bool)

    def __init__(self, title: str, content: QWidget, tip: str, *, open: bool = False) -> None:
        super().__init__()
        self.content = content
        self.title = QToolButton()
        self.title.setText(title)
        self.title.setToolTip(tip)
        self.title.setCheckable(True)
        self.title.setChecked(open)
        restyle(self.title, _STYLE)
        self.title.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.title.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.title.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.title.toggled.connect(self._turn)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.title)
        layout.addWidget(content)
        self._turn(open)

    @property
    def open(self) -> bool:
        """Whether the content is shown."""
        return self.title.isChecked()

    def _turn(self, open: bool) -> None:
        self.title.setArrowType(Qt.ArrowType.DownArrow if open else Qt.ArrowType.RightArrow)
        self.content.setVisible(open)
        self.unfolded.emit(open)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            restyle(self.title, _STYLE)
