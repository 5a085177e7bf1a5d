"""Rich text on lines that are never broken: where they would not fit, it is written smaller."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QLabel

from ui.theme import sized

#: Tables of many columns are larger than titles to begin with.
_SMALLEST = 0.5


class FittingLabel(QLabel):
    """A label, of a table for example, that asks for no width and takes the largest type that fits the one it gets."""

    def __init__(self) -> None:
        super().__init__()
        self._largest = self.font()
        self.setTextFormat(Qt.TextFormat.RichText)

    def set_type(self, font: QFont) -> None:
        """Write like this where there is room."""
        self._largest = font
        self._fit()

    def setText(self, text: str) -> None:
        """Write ``text``, HTML."""
        super().setText(text)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        return QSize(1, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follow the width."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        scale = 1.0
        self.setFont(self._largest)
        while scale > _SMALLEST and (wide := super().sizeHint().width()) > self.width():  # gaps do not shrink with type
            scale = max(_SMALLEST, 0.98 * scale * self.width() / wide)
            self.setFont(sized(self._largest, scale))
