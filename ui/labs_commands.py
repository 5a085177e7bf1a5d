"""The Labs menu: opens the window of the labs; nothing of them is imported before."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QWidget

from motionapp.types import Failure
from ui.actions import LABS
from ui.session_bridge import SessionBridge

if TYPE_CHECKING:
    from ui.labs.window import LabWindow


class LabsCommands:
    """Holds at most one window of the labs.

    Parameters
    ----------
    window, bridge
        The main window, and its source.
    tell
        Shows what could not be done.
    """

    def __init__(self, window: QWidget, bridge: SessionBridge, tell: Callable[[Failure], None]) -> None:
        self._window, self._bridge, self._tell = window, bridge, tell
        self._folder = ""
        self.unfinished = False
        self.on_show: LabWindow | None = None

    def handlers(self) -> dict[str, Callable[[], None]]:
        """Return the command of each id."""
        labs = {command: partial(self._try, partial(self.open, lab)) for command, lab in LABS.items()}
        return {
            **labs,
            "start_lecture": partial(self._try, self.start_lecture),
            "open_lecture": self.ask_lecture,
        }

    def open(self, lab: str) -> LabWindow:
        """Show a lab, on what is playing."""
        window = self._raise()
        window.show_lab(lab)
        return window

    def start_lecture(self, path: Path | None = None) -> LabWindow:
        """Show the first scene of a lecture; of the bundled one, if none is named."""
        window = self._raise()
        window.lecturer.start(path)
        return window

    def ask_lecture(self) -> None:
        """Let a lecture script be chosen, and start it."""
        dialog = QFileDialog(self._window, "Open lecture", self._folder)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(["Lectures (*.toml)", "All files (*)"])
        dialog.fileSelected.connect(lambda name: self._try(partial(self.start_lecture, Path(name))))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def shut(self) -> bool:
        """Close the window of the labs; return whether every thread of theirs came home."""
        if self.on_show is not None:
            self.on_show.close()
        return not self.unfinished

    def _raise(self) -> LabWindow:
        """Return the window of the labs, in front and fed."""
        if self.on_show is None:
            from ui.labs.window import LabWindow

            self.on_show = LabWindow(self._bridge)
            self.on_show.closed.connect(self._forget)
            self.on_show.bench.feed.follow()
        window = self.on_show
        window.show()
        window.raise_()
        window.activateWindow()
        return window

    def _forget(self) -> None:
        window, self.on_show = self.on_show, None
        if window is not None:
            self.unfinished |= window.unfinished
            window.deleteLater()

    def _try(self, act: Callable[[], object]) -> None:
        try:
            act()
        except Exception as error:
            self._tell(Failure(f"The lab could not be opened: {error}", traceback.format_exc()))
