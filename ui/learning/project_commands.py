"""Files of the classifier: projects, models, ONNX, folders of labelled clips. Dialogs here, work in the background."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from motionapp.types import Failure
from ui.background import Background
from ui.learning.classifier_bridge import ClassifierBridge
from ui.preferences import Preferences
from ui.recording_commands import RecordingCommands

if TYPE_CHECKING:
    from motionapp.learning.classifier import Classifier
    from motionapp.learning.importing import Imported

PROJECTS, MODELS, ONNX = "Projects (*.motionproject)", "Models (*.motion)", "ONNX (*.onnx)"


class ProjectCommands(QObject):
    """Opens and saves what the classifier holds; one import at a time.

    Signals
    -------
    saved(Path), failed(Failure)
        A file was written; something could not be done.
    project_saved()
        All that the classifier holds is in a file the user has chosen.
    """

    saved = Signal(object)
    failed = Signal(object)
    project_saved = Signal()

    def __init__(
        self,
        window: QWidget,
        bridge: ClassifierBridge,
        background: Background,
        preferences: Preferences,
    ) -> None:
        super().__init__(bridge)
        self._window, self._bridge, self._background = window, bridge, background
        self._preferences = preferences
        self._project: Path | None = None
        self._cancelled = threading.Event()
        self._progress: tuple[int, int, str] | None = None

    def handlers(self) -> dict[str, Callable[[], None]]:
        """Return the command of each id."""
        return {
            "import_samples": self.ask_folder,
            "open_project": lambda: self._ask_open("Open a project", PROJECTS, self.open_project),
            "save_project": self.ask_save_project,
            "open_model": lambda: self._ask_open("Open a model", MODELS, self._open_model),
            "save_model": lambda: self._ask_save("Save the model", MODELS, "kinds of motion.motion", _save_model),
            "export_onnx": lambda: self._ask_save("Export ONNX", ONNX, "kinds of motion.onnx", _export_onnx),
        }

    @property
    def progress(self) -> tuple[int, int, str] | None:
        """Clips read, of how many, and what is being read; None while nothing is imported."""
        return self._progress

    def ask_folder(self) -> None:
        """Let a folder of classes be chosen."""
        dialog = QFileDialog(self._window, "Import a folder that holds a folder for each class")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        self._show(dialog, self.import_folder)

    def import_folder(self, path: str) -> None:
        """Record the clips of ``path/<class>/``, with the flow settings in force; without effect during an import."""
        if self._progress is not None:
            return
        self._cancelled.clear()
        self._progress = (0, 0, "")
        flow = self._preferences.settings.flow

        def note(done: int, total: int, name: str) -> None:
            self._progress = (done, total, name)

        def work(classifier: Classifier) -> None:
            job = lambda: classifier.import_folder(path, note, self._cancelled.is_set, flow)  # noqa: E731
            self._background.run("import the folder", job, self._imported, self._not_imported)

        self._bridge.tell(work)

    def cancel_import(self) -> None:
        """End the import; what has been read stays."""
        self._cancelled.set()

    def ask_save_project(self) -> None:
        """Let the name of a project be chosen, and save it."""

        def save(classifier: Classifier, path: Path) -> None:
            classifier.save_project(path)
            self._project = path

        before = self._project
        name = "kinds of motion.motionproject" if before is None else before.name
        self._ask_save("Save the project", PROJECTS, name, save, self.project_saved.emit, before and before.parent)

    def open_project(self, path: str, kept: bool = False) -> None:
        """Put a project in place of all there is; ``kept``: it is none of the user's files."""

        def opened(_result: object) -> None:
            self._bridge.refresh()
            if not kept:
                self._project = Path(path)
                self.project_saved.emit()

        self._work("open the project", lambda classifier: classifier.open_project(path), opened)

    def _open_model(self, path: str) -> None:
        self._work("open the model", lambda classifier: classifier.open_model(path), lambda _none: None)

    def _folder(self) -> Path:
        return self._preferences.choices.recordings or RecordingCommands.default_folder()

    def _work(self, name: str, job: Callable[[Classifier], object], done: Callable[[object], None]) -> None:
        self._bridge.tell(lambda classifier: self._background.run(name, lambda: job(classifier), done))

    def _imported(self, found: Imported) -> None:
        self._progress = None
        self._bridge.refresh()

    def _not_imported(self, failure: Failure) -> None:
        self._progress = None
        self.failed.emit(failure)

    def _ask_open(self, title: str, kinds: str, chosen: Callable[[str], None]) -> None:
        dialog = QFileDialog(self._window, title, str(self._folder()))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([kinds, "All files (*)"])
        self._show(dialog, chosen)

    def _ask_save(
        self,
        title: str,
        kinds: str,
        name: str,
        write: Callable[[Classifier, Path], None],
        done: Callable[[], None] = lambda: None,
        folder: Path | None = None,
    ) -> None:
        dialog = QFileDialog(self._window, title, str((folder or self._folder()) / name))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(kinds)
        dialog.setDefaultSuffix(Path(name).suffix[1:])

        def save(chosen: str) -> None:
            path = Path(chosen)

            def written(_result: object) -> None:
                self.saved.emit(path)
                done()

            def work(classifier: Classifier) -> None:
                path.parent.mkdir(parents=True, exist_ok=True)
                write(classifier, path)

            self._work(f"save {path.name}", work, written)

        self._show(dialog, save)

    @staticmethod
    def _show(dialog: QFileDialog, chosen: Callable[[str], None]) -> None:
        dialog.fileSelected.connect(chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def _save_model(classifier: Classifier, path: Path) -> None:
    classifier.save_model(path)


def _export_onnx(classifier: Classifier, path: Path) -> None:
    classifier.export_onnx(path)
