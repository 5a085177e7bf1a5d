"""Everything about the classifier in one window: panel, keys, files, the label on the picture, the way out."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from motionapp.types import Failure
from ui.background import Background
from ui.learning.classifier_bridge import ClassifierBridge
from ui.learning.classifier_panel import ClassifierPanel, Surroundings
from ui.learning.classifier_texts import caption_text
from ui.learning.holding import Holding
from ui.learning.inside_view import Inside
from ui.learning.kept_samples import KeptSamples
from ui.learning.project_commands import ProjectCommands
from ui.learning.train_commands import TrainCommands
from ui.preferences import Preferences

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

    from motionapp.learning.classifier import Classifier
    from motionapp.learning.classifier_status import ClassifierStatus

#: How often the pictures of the inside are made anew, while they are seen.
INSIDE_MS = 250


class Classroom(QObject):
    """Lets status flow from the classifier to what shows it, and wishes back.

    Parameters
    ----------
    window, preferences, background
        Whose it is, what is remembered, where slow work is done.
    make : callable
        Makes the classifier; called on a thread.
    source : callable
        Returns the name of the source on show, "" if there is none.

    Signals
    -------
    captioned(str)
        What is to be written over the picture.
    wanted(QWidget | None)
        A command was given whose outcome the panel shows, from this part of it on.
    trace_wanted(bool)
        Somebody looks at the descent of the motion field here, or nobody does any more.
    offered(Failure, Remedy)
        Samples of last time, and how to open them.
    """

    captioned = Signal(str)
    wanted = Signal(object)
    trace_wanted = Signal(bool)
    offered = Signal(object, object)

    def __init__(
        self,
        window: QWidget,
        preferences: Preferences,
        background: Background,
        make: Callable[[], Classifier],
        source: Callable[[], str],
    ) -> None:
        super().__init__(window)
        self._preferences, self._background, self._source = preferences, background, source
        self._status: ClassifierStatus | None = None
        self._actions: dict[str, QAction] = {}
        self._counted = 0
        self._expected = False
        self.panel = ClassifierPanel()
        self.bridge = ClassifierBridge(background, make, self)
        self.commands = TrainCommands(self.bridge, Holding(window), source)
        self.projects = ProjectCommands(window, self.bridge, background, preferences)
        self.kept = KeptSamples(self.bridge, background, preferences.data_folder)
        self._inside = QTimer(self, interval=INSIDE_MS)
        self._inside.timeout.connect(self._look_inside)
        self._looking_inside = False
        self._connect()

    def handlers(self) -> dict[str, Callable[[], None]]:
        """Return the command of each id."""
        return {
            **self.commands.handlers(),
            **self.projects.handlers(),
            "show_classify": lambda: self.wanted.emit(None),
            "show_label": self._toggle_label,
            "last_samples": self.open_last,
            "train": self._train,
            "train_step": self._step,
        }

    def take(self, actions: dict[str, QAction]) -> None:
        """Take the window's actions: their keys, and whether they make sense."""
        self._actions = actions
        actions["show_label"].setChecked(self._preferences.label_shown)
        self.commands.take_keys(actions)
        self.enable()

    def enable(self) -> None:
        """Enable the commands that make sense now; with a source, the keys of the classes do."""
        if self._source():
            self.bridge.load()
        if self._actions:
            self.commands.enable(self._actions)
            self._look()
            self._show()

    def open_last(self) -> None:
        """Open the samples that were kept at the end of last time."""
        self.projects.open_project(str(self.kept.last), kept=True)
        self.wanted.emit(None)

    def shut(self, timeout_s: float) -> bool:
        """Finish what is recorded, end the training, keep the samples; return whether all of it was in time."""
        deadline = time.monotonic() + timeout_s
        self.commands.cancel()
        self.projects.cancel_import()
        self._inside.stop()
        ended = self.bridge.shut(0.5 * timeout_s)
        self.bridge.refresh()  # the model a training has left
        self.kept.write()
        return self._background.shut(max(0.1, deadline - time.monotonic())) and ended

    def _connect(self) -> None:
        panel, commands, projects = self.panel, self.commands, self.projects
        panel.cards.named.connect(commands.rename_class)
        panel.cards.pressed.connect(commands.holding.press)
        panel.cards.released.connect(commands.holding.release)
        panel.cards.count_down.connect(commands.count_down)
        panel.cards.removed.connect(commands.remove_class)
        panel.cards.recording_removed.connect(commands.remove_recording)
        panel.add.clicked.connect(commands.add_class)
        panel.bring.clicked.connect(projects.ask_folder)
        panel.cancel.clicked.connect(projects.cancel_import)
        for button in (panel.train, panel.stop):
            button.clicked.connect(self._train)
        panel.step.clicked.connect(self._step)
        panel.threshold_changed.connect(self._set_threshold)
        panel.options.training_changed.connect(self._configure)
        panel.options.maps_changed.connect(commands.set_maps)
        panel.options.duration_changed.connect(partial(setattr, commands.countdown, "duration_s"))
        panel.inside.seen.connect(self._see_inside)
        panel.descents.seen.connect(self.trace_wanted)
        for fold in panel.folds.values():
            fold.unfolded.connect(panel.again)
        panel.seen.connect(self._look)
        commands.countdown.counted.connect(self._count)
        for changed in (commands.holding.began, commands.holding.ended, commands.countdown.ended):
            changed.connect(self._look)
        self.bridge.told.connect(self._hear)
        self.kept.found.connect(self._offer)
        projects.project_saved.connect(self.kept.mark_saved)

    def _offer(self, _path: Path) -> None:
        self.offered.emit(Failure("The samples of last time were kept."), ("Open them", self.open_last))

    def _hear(self, status: ClassifierStatus) -> None:
        self._status = status
        if self._actions:
            self.commands.enable(self._actions)
        self._show()
        if self._expected and len(status.curves.batch_loss):
            self._expected = False
            QTimer.singleShot(0, self, lambda: self.wanted.emit(self.panel.train))  # now there is room to scroll

    def _show(self) -> None:
        status = self._status
        if status is None:
            return
        countdown = self.commands.countdown
        around = Surroundings(
            bool(self._source()), (countdown.number, self._counted), countdown.duration_s, self.projects.progress
        )
        self.panel.render(status, around)
        self.captioned.emit(caption_text(status, self._counted, self._preferences.label_shown))

    def _count(self, left: int) -> None:
        self._counted = left
        self._look()
        self._show()

    def _look(self, *_changed: object) -> None:
        """Read the status often while something of it is seen that changes from moment to moment."""
        busy = self.commands.holding.number is not None or self.commands.countdown.number is not None
        labelled = self._preferences.label_shown and bool(self._source())
        self.bridge.look(self.panel.isVisible() or busy or labelled)

    def _train(self) -> None:
        """Train or stop, with the curves in view."""
        self._expected = True
        self.commands.toggle_training()
        self.wanted.emit(self.panel.train)

    def _step(self) -> None:
        """Take one step, with its numbers in view."""
        self.commands.step()
        self.wanted.emit(self.panel.train)

    def _toggle_label(self) -> None:
        self._preferences.label_shown = not self._preferences.label_shown
        self._actions["show_label"].setChecked(self._preferences.label_shown)
        self._look()
        self._show()

    def _set_threshold(self, threshold: float) -> None:
        self.bridge.tell(lambda classifier: classifier.set_threshold(threshold))

    def _configure(self, settings: object) -> None:
        self.bridge.tell(lambda classifier: classifier.configure(settings))  # type: ignore[arg-type]

    def _see_inside(self, on: bool) -> None:
        self._inside.start() if on else self._inside.stop()

    def _look_inside(self) -> None:
        """Make pictures of the inside on a thread, one set at a time."""
        classifier = self.bridge.classifier
        if classifier is None or self._looking_inside:
            return
        self._looking_inside = True

        def shown(inside: Inside | None) -> None:
            self._looking_inside = False
            if inside is not None:
                self.panel.inside.show_inside(inside)

        def failed(failure: object) -> None:
            self._looking_inside = False
            self._inside.stop()
            self._background.failed.emit(failure)

        self._background.run("look inside the network", partial(pictures_of, classifier), shown, failed)


def pictures_of(classifier: Classifier) -> Inside:
    """Return the pictures of kernels and feature maps; called on a thread."""
    from motionapp.learning.mosaic import kernel_picture, layer_picture

    kernels = tuple(
        (f"Convolution {at}: {len(layer)} kernels", kernel_picture(layer))
        for at, layer in enumerate(classifier.kernels(), start=1)
    )
    maps = tuple(
        (f"{name}  {'×'.join(map(str, values.shape))}", layer_picture(values))
        for name, values in classifier.feature_maps()
    )
    return Inside(kernels, maps)
