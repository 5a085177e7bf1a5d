"""Results: opened, shown beside their video, copied, their pictures looked at."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QMimeData, QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from motionapp.types import Failure, MotionError
from ui.analysis.pictures_dialog import PicturesDialog
from ui.analysis.results_view import ResultsView
from ui.background import Background

if TYPE_CHECKING:
    from motionapp.analysis.opened import OpenedResults

#: A larger table is no good on a clipboard.
MOST_COPIED = 64 * 2**20


class ResultsCommands(QObject):
    """Holds the results on show.

    Signals
    -------
    shown(OpenedResults)
        Results have been opened.
    source_wanted(str)
        The video of the results is to be opened.
    folder_wanted(Path)
        The folder of this file is to be shown.
    failed(Failure)
        Something could not be done.
    """

    shown = Signal(object)
    source_wanted = Signal(str)
    folder_wanted = Signal(object)
    failed = Signal(object)

    def __init__(self, window: QWidget, background: Background) -> None:
        super().__init__(window)
        self._window, self._background = window, background
        self._source = ""
        self._folder = ""
        self.view = ResultsView()
        self.view.copy_requested.connect(self.copy)
        self.view.pictures_requested.connect(self.show_pictures)
        self.view.close_requested.connect(lambda: self.view.show_results(None))

    def ask(self) -> None:
        """Let a table be chosen, and show it."""
        dialog = QFileDialog(self._window, "Open results", self._folder)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(["Tables of motion (*.csv)", "All files (*)"])
        dialog.fileSelected.connect(lambda name: self.open(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def read(self, path: Path, source: Path | None, done: Callable[[OpenedResults], None]) -> None:
        """Read the table of a run of ``source``, None if that is not known, on a thread."""

        def work() -> OpenedResults:
            from motionapp.analysis.opened import open_results

            return open_results(path, source)

        self._background.run(f"read {path.name}", work, done, self.failed.emit)

    def open(self, path: Path, source: Path | None = None) -> None:
        """Show the results in a table, and open its video if that is known or found."""
        self._folder = str(path.parent)
        self.read(path, source, self._show)

    def turn_to(self, source: str) -> None:
        """Note which source is on show: a click seeks in it if the results are its own."""
        self._source = source
        self._follow()

    def copy(self) -> None:
        """Put the table on the clipboard, as it stands in its file."""
        results = self.view.results
        if results is None:
            return

        def read() -> bytes:
            if results.path.stat().st_size > MOST_COPIED:
                raise MotionError(f"{results.path.name} is too large for the clipboard. Open the file itself.")
            return results.path.read_bytes()

        self._background.run("copy the table", read, _to_clipboard, self.failed.emit)

    def show_pictures(self) -> None:
        """Show the pictures of the run in a window of their own."""
        results = self.view.results
        if results is not None and results.pictures:
            dialog = PicturesDialog(results.pictures, results.path.stem, self._window)
            dialog.folder_requested.connect(self.folder_wanted)
            dialog.show()

    def _show(self, results: OpenedResults) -> None:
        self.view.show_results(results)
        self._follow()
        if results.notice:
            self.failed.emit(Failure(f"{results.path.name}: {results.notice}"))
        self.shown.emit(results)
        source = results.source
        if source is not None and not self.is_of(results, self._source):
            self.source_wanted.emit(str(source))

    def _follow(self) -> None:
        results = self.view.results
        self.view.follow(results is not None and self.is_of(results, self._source))

    @staticmethod
    def is_of(results: OpenedResults, shown: str) -> bool:
        """Whether results are of the file on show; where their own is not known, one of the same name will do."""
        source = results.source
        if not shown or source is None:
            return bool(shown and results.source_name) and Path(shown).name == results.source_name
        try:
            return source.samefile(shown)
        except OSError:
            return False


def _to_clipboard(table: bytes) -> None:
    data = QMimeData()
    data.setText(table.decode("utf-8", "replace"))
    data.setData("text/csv", QByteArray(table))
    QGuiApplication.clipboard().setMimeData(data)
