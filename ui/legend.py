"""The key to the picture, in its corner: reference arrow, steps of speed, colour wheel or heat scale."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from motionapp.settings import ViewSettings
from motionapp.types import Picture


class Legend(QWidget):
    """Tells what the overlay means; it stays the same size while the picture is zoomed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)

    def render_picture(self, picture: Picture | None, view: ViewSettings, zoom: float) -> None:
        """Explain ``picture``; ``zoom`` is screen px per px of the picture, as it lengthens the reference arrow."""
