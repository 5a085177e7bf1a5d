"""What the window shows before there is a source: Camera, Open, the synthetic scenes, recent files."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget


class StartPage(QWidget):
    """Offers every way to begin; what is chosen is a signal."""

    camera_requested = Signal()
    open_requested = Signal()
    source_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._recent: tuple[str, ...] = ()

    def set_recent(self, uris: Sequence[str]) -> None:
        """List recent sources, newest first."""
        self._recent = tuple(uris)
