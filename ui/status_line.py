"""The bottom line: what is going on, and how fast, in true figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QStatusBar

if TYPE_CHECKING:
    from motionapp.live import SessionStatus


#: How long "Saved …" is in view.
SAVED_MS = 12_000

#: Longer texts are shortened in the middle, so that the figures keep their place.
STATE_PX = 420


class StatusLine(QStatusBar):
    """State on the left (with Cancel while opening, a bar while preparing), figures on the right."""

    cancelled = Signal()
    folder_requested = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._saved: Path | None = None
        self._state = QLabel()
        self._progress = QProgressBar(textVisible=False)
        self._progress.setFixedSize(160, 14)
        self._cancel = QPushButton("Cancel", flat=True)
        self._cancel.clicked.connect(self.cancelled)
        self._folder = QPushButton("Show folder", flat=True)
        self._folder.clicked.connect(lambda: self.folder_requested.emit(self._saved))
        self._figures = QLabel()
        self._forget = QTimer(self, singleShot=True, interval=SAVED_MS)
        self._forget.timeout.connect(self._folder.hide)
        for button in (self._cancel, self._folder):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for widget in (self._progress, self._state, self._cancel, self._folder):
            self.addWidget(widget)
        self.addPermanentWidget(self._figures)
        self.setSizeGripEnabled(False)
        self.setContentsMargins(6, 0, 8, 0)
        self.show_idle()

    def add_button(self, button: QPushButton) -> None:
        """Put a button before the figures."""
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.removeWidget(self._figures)
        for widget in (button, self._figures):
            self.addPermanentWidget(widget)
        self._figures.show()

    @property
    def state_text(self) -> str:
        """What the left side says."""
        return self._text

    @property
    def figures_text(self) -> str:
        """What the right side says."""
        return self._figures.text()

    def show_idle(self) -> None:
        """Nothing is open."""
        self._show("F1 shows all keys")
        self._figures.clear()

    def show_opening(self, name: str) -> None:
        """A source is being opened; it can be cancelled."""
        self._show(f"Opening {name} …", cancel=True)
        self._figures.clear()

    def show_saved(self, path: Path) -> None:
        """A file was written; it stays in view for a while, with a way to its folder."""
        self._saved = path
        self._show(f"Saved {path.name}", folder=True)
        self._forget.start()

    def show_status(self, status: SessionStatus, name: str) -> None:
        """Show the state of the session."""
        if status.phase == "opening":
            self.show_opening(name)
            return
        if status.preparing is not None:
            done, total, _label = status.preparing
            self._progress.setRange(0, total)
            self._progress.setValue(done)
            self._show(f"Preparing kernels {done}/{total}", progress=True)
        elif status.recording is not None:
            self._show(f"● Recording {status.recording.name}: {status.recorded_frames} frames")
        elif self._folder.isHidden():
            self._show(_state(status, name))
        self._figures.setText(figures(status))

    def _show(self, text: str, *, cancel: bool = False, folder: bool = False, progress: bool = False) -> None:
        self._text = text
        self._state.setText(self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, STATE_PX))
        self._cancel.setVisible(cancel)
        self._folder.setVisible(folder)
        self._progress.setVisible(progress)


def figures(status: SessionStatus) -> str:
    """Return the figures of a session in one line."""
    parts = [
        f"source {status.source_hz:.1f} fps",
        f"processed {status.processed_hz:.1f} fps",
        f"latency {status.latency_ms:.0f} ms",
        f"dropped {status.dropped}",
        "preparing kernels" if status.preparing else "kernels ready",
    ]
    if status.held is not None:
        parts.insert(2, f"warps {status.held.warps} · iterations {status.held.iterations}")
    return " · ".join(parts)


_PHASES = {"paused": "paused", "ended": "at the end", "failed": "no more pictures"}


def _state(status: SessionStatus, name: str) -> str:
    info = status.info
    if info is None:
        return name
    size = f"{info.name} · {info.width}×{info.height}"
    return f"{size} · {_PHASES[status.phase]}" if status.phase in _PHASES else size
