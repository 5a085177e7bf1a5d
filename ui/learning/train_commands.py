"""What the Train menu and the Classify panel do to the classifier."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from motionapp.types import Failure
from ui.actions import HELD
from ui.learning.classifier_bridge import ClassifierBridge
from ui.learning.countdown import Countdown
from ui.learning.holding import Holding

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

    from motionapp.learning.classifier import Classifier
    from motionapp.learning.classifier_status import ClassifierStatus
    from motionapp.learning.samples import Samples
    from motionapp.settings import MapSettings


class TrainCommands(QObject):
    """Commands on the classes, the samples and the training; classes are counted from 1, as the keys are.

    Signals
    -------
    failed(Failure)
        Something cannot be done.
    """

    failed = Signal(object)

    def __init__(self, bridge: ClassifierBridge, holding: Holding, source: Callable[[], str]) -> None:
        super().__init__(bridge)
        self._bridge, self.holding, self._source = bridge, holding, source
        self.countdown = Countdown(self)
        self._status: ClassifierStatus | None = None
        holding.began.connect(lambda _number: self.countdown.stop())  # before it begins to record itself
        for recording in (holding, self.countdown):
            recording.began.connect(self._begin)
            recording.ended.connect(self._end)
        bridge.told.connect(self._note)

    def handlers(self) -> dict[str, Callable[[], None]]:
        """Return the command of each id; those that train show where they do, and are the classroom's."""
        samples = {name: partial(self.count_down, number) for number, name in enumerate(HELD, start=1)}
        return {
            **samples,
            "undo_sample": self.undo,
            "add_class": self.add_class,
        }

    def take_keys(self, actions: dict[str, QAction]) -> None:
        """Let the keys of the sample commands record as long as they are held."""
        for number, name in enumerate(HELD, start=1):
            self.holding.watch(actions[name], number)

    def enable(self, actions: dict[str, QAction]) -> None:
        """Enable what makes sense now, and call the sample commands by the names of their classes."""
        status = self._status
        classes = () if status is None else status.samples.classes
        watching = bool(self._source())
        for number, name in enumerate(HELD, start=1):
            there = number <= len(classes)
            actions[name].setEnabled(there and watching)
            title = classes[number - 1].replace("&", "&&") if there else f"Class {number}"
            if actions[name].text() != (text := f"&{number}  {title}"):
                actions[name].setText(text)
        trained = status is not None and status.model is not None
        for name in ("save_model", "export_onnx"):
            actions[name].setEnabled(trained)
        training = status is not None and status.phase == "training"
        actions["train"].setText("S&top training" if training else "&Train")
        actions["train_step"].setEnabled(not training)

    def toggle_training(self) -> None:
        """Train, or stop with the best weights kept."""
        training = self._status is not None and self._status.phase == "training"
        self._bridge.tell(lambda classifier: classifier.stop() if training else classifier.train())

    def step(self) -> None:
        """Take one step of descent."""
        self._bridge.tell(lambda classifier: classifier.step())

    def undo(self) -> None:
        """Remove what was recorded last."""

        def undo(classifier: Classifier) -> None:
            if not classifier.undo():
                self.failed.emit(Failure("There is no sample to undo."))

        self._bridge.tell(undo)

    def count_down(self, number: int) -> None:
        """Count to the recording of a class; end it if it counts or records already."""
        if self.countdown.number == number:
            self.countdown.stop()
        elif self._source():
            self.holding.release()
            self.countdown.start(number)
        else:
            self.failed.emit(Failure("There is no motion to record. Open a camera or a file first."))

    def cancel(self) -> None:
        """End whatever is being counted down or recorded."""
        self.countdown.stop()
        self.holding.release()

    def add_class(self) -> None:
        """Add a class with a name of its own."""

        def named(samples: Samples) -> Samples:
            taken = {name.casefold() for name in samples.classes}
            free = (f"Class {number}" for number in range(len(taken) + 1, 2 * len(taken) + 2))
            return samples.with_class(next(name for name in free if name.casefold() not in taken))

        self._change(named)

    def remove_class(self, name: str) -> None:
        """Remove a class and its recordings."""
        self.cancel()
        self._change(lambda samples: samples.without_class(name))

    def rename_class(self, old: str, new: str) -> None:
        """Give a class another name."""
        self._change(lambda samples: samples.renamed(old, new))

    def remove_recording(self, id: str) -> None:
        """Remove one recording."""
        self._change(lambda samples: samples.without_recording(id))

    def set_maps(self, settings: MapSettings) -> None:
        """Look at other maps from now on."""
        self._change(lambda samples: replace(samples, map_settings=settings))

    def _change(self, change: Callable[[Samples], Samples]) -> None:
        def work(classifier: Classifier) -> None:
            try:
                classifier.edit(change)
            except ValueError as error:
                self.failed.emit(Failure(str(error)))

        self._bridge.tell(work)

    def _begin(self, number: int) -> None:
        status = self._status
        if status is not None and number <= len(status.samples.classes):
            label, source = status.samples.classes[number - 1], self._source()
            self._bridge.tell(lambda classifier: classifier.begin(label, source))

    def _end(self) -> None:
        self._bridge.tell(lambda classifier: classifier.end())

    def _note(self, status: ClassifierStatus) -> None:
        self._status = status
