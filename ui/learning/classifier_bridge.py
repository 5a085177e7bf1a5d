"""Between the window and the classifier: loads it off the GUI thread, hands it frames, pulls its status."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from motionapp.types import Failure, Motion
from ui.background import Background

if TYPE_CHECKING:
    from motionapp.learning.classifier import Classifier
    from motionapp.learning.classifier_status import ClassifierStatus

#: How often the status is read while somebody looks, and otherwise.
LOOKED_AT_MS, NUMBERS_MS = 66, 250

#: The classes a new classifier begins with: recording can start at once.
FIRST_CLASSES = ("Class 1", "Class 2")


def make_classifier() -> Classifier:
    """Make the classifier; its library takes a second to import, so this is called on a thread."""
    from motionapp.learning.classifier import Classifier

    made = Classifier()
    samples = made.status().samples
    for name in FIRST_CLASSES:
        samples = samples.with_class(name)
    made.change(samples)
    return made


class ClassifierBridge(QObject):
    """Holds the one classifier of a window, from the first time somebody asks for it.

    Signals
    -------
    told(ClassifierStatus)
        Its status, read by a timer.
    noticed(Failure)
        It has something to say to the user.
    """

    told = Signal(object)
    noticed = Signal(object)

    def __init__(self, background: Background, make: Callable[[], Classifier], parent: QObject) -> None:
        super().__init__(parent)
        self._background, self._make = background, make
        self._classifier: Classifier | None = None
        self._waiting: list[Callable[[Classifier], object]] = []
        self._asked = False
        self._noticed = 0
        self._timer = QTimer(self, interval=NUMBERS_MS)
        self._timer.timeout.connect(self.refresh)

    @property
    def classifier(self) -> Classifier | None:
        """The classifier; None until it is loaded."""
        return self._classifier

    def see(self, motion: Motion) -> None:
        """Hand a processed frame to the classifier; called on the compute thread."""
        if self._classifier is not None:
            self._classifier.see(motion)

    def tell(self, command: Callable[[Classifier], object]) -> None:
        """Do something with the classifier, as soon as it is there, and show what became of it."""
        if self._classifier is not None:
            command(self._classifier)
            self.refresh()
            return
        self._waiting.append(command)
        self.load()

    def load(self) -> None:
        """Begin to load the classifier, if nobody has yet."""
        if not self._asked:
            self._asked = True
            self._background.run("load the classifier", self._make, self._adopt)

    def look(self, on: bool) -> None:
        """Say whether somebody looks at what changes from moment to moment."""
        self._timer.setInterval(LOOKED_AT_MS if on else NUMBERS_MS)
        if on:
            self.load()
            self.refresh()

    def refresh(self) -> None:
        """Report the status now, and what the classifier has to say since."""
        if self._classifier is None:
            return
        status: ClassifierStatus = self._classifier.status()
        new = min(status.noticed - self._noticed, len(status.notices))
        self._noticed = status.noticed
        self.told.emit(status)
        for text in status.notices[len(status.notices) - new :]:
            self.noticed.emit(Failure(text))

    def shut(self, timeout_s: float) -> bool:
        """End a training, keeping its best weights; return whether it ended in time."""
        self._timer.stop()
        self._waiting.clear()
        return self._classifier is None or self._classifier.close(timeout_s)

    def _adopt(self, classifier: Classifier) -> None:
        self._classifier = classifier
        self._timer.start()
        waiting, self._waiting = self._waiting, []
        for command in waiting:
            command(classifier)
        self.refresh()
