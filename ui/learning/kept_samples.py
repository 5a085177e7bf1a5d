"""Samples nobody has saved are kept all the same: written to the user's data folder, offered at the next start."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from ui.background import Background
from ui.learning.classifier_bridge import ClassifierBridge

if TYPE_CHECKING:
    from motionapp.learning.classifier import Classifier
    from motionapp.learning.classifier_status import ClassifierStatus

#: So long after the last change, what there is is written down.
REST_MS = 4000

#: What the running program keeps, and what the one before it has kept.
NOW, LAST = "samples.motionproject", "samples of last time.motionproject"


class KeptSamples(QObject):
    """Writes samples and model down while nothing changes any more, and when the window is closed.

    Signals
    -------
    found(Path)
        Samples are there that were kept by the program before.
    """

    found = Signal(object)

    def __init__(self, bridge: ClassifierBridge, background: Background, folder: Path) -> None:
        super().__init__(bridge)
        self._bridge, self._background, self._folder = bridge, background, folder
        self._state: tuple[object, object] | None = None  # what there is now
        self._safe: tuple[object, object] | None = None  # what is in a file
        self._empty = True
        self._writing = False
        self._timer = QTimer(self, interval=REST_MS, singleShot=True)
        self._timer.timeout.connect(self.write)
        bridge.told.connect(self._note)

    @property
    def last(self) -> Path:
        """Where the samples of last time are, if there are any."""
        return self._folder / LAST

    def look(self) -> None:
        """Look for samples of last time, and tell of them."""
        with contextlib.suppress(OSError):
            if (self._folder / NOW).exists():
                (self._folder / NOW).replace(self.last)
                self.found.emit(self.last)

    def mark_saved(self) -> None:
        """All there is is in a file of the user's, so there is nothing to keep."""
        self._safe = self._state
        self._timer.stop()
        with contextlib.suppress(OSError):
            (self._folder / NOW).unlink(missing_ok=True)

    def write(self) -> None:
        """Write down what has changed, in the background."""
        classifier, state = self._bridge.classifier, self._state
        if classifier is None or state is None or state == self._safe or self._empty or self._writing:
            return
        self._writing = True

        def keep(classifier: Classifier = classifier) -> None:
            self._folder.mkdir(parents=True, exist_ok=True)
            classifier.save_project(self._folder / NOW)

        def kept(_result: object) -> None:
            self._writing, self._safe = False, state
            self.write()  # what has changed meanwhile

        def not_kept(failure: object) -> None:
            self._writing = False
            self._background.failed.emit(failure)

        self._background.run("keep the samples", keep, kept, not_kept)

    def _note(self, status: ClassifierStatus) -> None:
        state = status.samples, status.model
        if self._state is None:
            self._safe = state
        if self._state is None or any(new is not old for new, old in zip(state, self._state, strict=True)):
            self._state = state
            self._empty = not status.samples.recordings and status.model is None
            self._timer.start()
