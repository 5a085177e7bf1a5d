"""The foot of a lab window: the formula, large, and in a lecture what the scene is about."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from ui.theme import sized

#: The formula is so much larger than the type around it.
FORMULA_SCALE = 1.5
CAPTION_SCALE = 1.25
#: How long something is said.
SAID_MS = 4000


class Foot(QWidget):
    """Writes rich text; nothing of it can be clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.formula, self.caption, self.place = QLabel(self), QLabel(self), QLabel(self)
        self.formula.setTextFormat(Qt.TextFormat.RichText)
        self.formula.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.caption.setTextFormat(Qt.TextFormat.PlainText)
        self.place.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.place.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        for label in (self.formula, self.caption):
            label.setWordWrap(True)
        below = QHBoxLayout()
        below.addWidget(self.caption, 1)
        below.addWidget(self.place, 0, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 4, 14, 8)
        layout.setSpacing(4)
        layout.addWidget(self.formula)
        layout.addLayout(below)
        self.show_caption("", "")
        self._fit()

    def show_formula(self, formula: str) -> None:
        """Write the formula, HTML."""
        self.formula.setText(formula)

    def show_caption(self, caption: str, place: str) -> None:
        """Write what the scene is about, and which of how many it is."""
        self.caption.setText(caption)
        self.place.setText(place)
        for label in (self.caption, self.place):
            label.setVisible(bool(label.text()))

    def say(self, text: str) -> None:
        """Write ``text`` where the number of the scene is, for a while."""
        before = self.place.text()
        self.place.setText(text)
        self.place.show()
        QTimer.singleShot(SAID_MS, self, lambda: self._take_back(text, before))

    def _take_back(self, text: str, before: str) -> None:
        if self.place.text() == text:
            self.place.setText(before)
            self.place.setVisible(bool(before))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the size of the type."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        for label, scale in ((self.formula, FORMULA_SCALE), (self.caption, CAPTION_SCALE)):
            label.setFont(sized(self.font(), scale))
