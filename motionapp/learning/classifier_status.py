"""The snapshot of a classifier that the panel reads whenever its timer fires."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from motionapp.learning.architecture import layer_names
from motionapp.learning.curves import Curves
from motionapp.learning.lesson import Lesson
from motionapp.learning.model import Figures, Model
from motionapp.learning.recognition import THRESHOLD, Recognition
from motionapp.learning.reports import BatchReport
from motionapp.learning.samples import Samples
from motionapp.learning.trained import Trained
from motionapp.settings import TrainingSettings
from motionapp.types import Array

Phase = Literal["idle", "training"]


@dataclass(frozen=True, slots=True, eq=False)
class ClassifierStatus:
    """What the classifier is and does at one moment.

    ``counts`` are windows per class; ``warnings`` say what the samples lack. ``curves``, ``report`` (the last step),
    ``confusion`` ((K, K) int64, a row for each true class, a column for each answer, in the order of
    ``confusion_classes``; None before the first epoch has ended), ``gradient_norms`` and ``layers`` (a value and a name
    for each layer) belong to the training in work or to the last one; ``ended`` says why that ended and ``figures``
    what it has brought, None if nothing; ``epochs`` is how many it takes at most. While nothing is trained
    ``confusion`` is that of the model. ``stale`` says that the model was trained on other samples than these,
    ``opened`` is the name of the file it comes from, if any, and ``kept`` says that single steps are those of another
    training, which leaves the model alone until it ends. ``recognition`` is the newest answer, None without a model
    or a whole window. ``recording`` is the class being recorded, None if none is, ``recording_s`` and
    ``recording_windows`` how much it is so far. ``notices`` are the last texts for the user, newest last; ``noticed``
    counts all there ever were.
    """

    samples: Samples = field(default_factory=Samples)
    settings: TrainingSettings = field(default_factory=TrainingSettings)
    counts: dict[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    phase: Phase = "idle"
    ended: str = ""
    figures: Figures | None = None
    epochs: int = 0
    curves: Curves = field(default_factory=Curves)
    report: BatchReport | None = None
    confusion: Array | None = None
    confusion_classes: tuple[str, ...] = ()
    gradient_norms: tuple[float, ...] = ()
    layers: tuple[str, ...] = ()
    model: Model | None = None
    stale: bool = False
    opened: str = ""
    kept: bool = False
    recognition: Recognition | None = None
    threshold: float = THRESHOLD
    recording: str | None = None
    recording_s: float = 0.0
    recording_windows: int = 0
    notices: tuple[str, ...] = ()
    noticed: int = 0


def with_model(status: ClassifierStatus, trained: Trained) -> ClassifierStatus:
    """Return the status with the model in use and what is known of how it was trained."""
    model = trained.model
    return replace(
        status,
        model=model,
        stale=trained.stale(status.samples),
        opened=trained.opened,
        ended=model.figures.ended,
        figures=model.figures,
        confusion=trained.confusion,
        confusion_classes=model.classes,
        layers=layer_names(model.network),
    )


def with_lesson(status: ClassifierStatus, lesson: Lesson, trained: Trained | None) -> ClassifierStatus:
    """Return the status, that of the model if there is one, with the numbers of a training."""
    busy, ended = lesson.busy, lesson.ended
    curves, report, epoch, newest = lesson.snapshot()
    if busy or trained is None:
        confusion = None if epoch is None else epoch.confusion
        status = replace(status, confusion=confusion, confusion_classes=lesson.samples.classes)
    outcome = lesson.model if ended and not busy and lesson.worthwhile else None
    return replace(
        status,
        phase="training" if busy else "idle",
        ended=ended,
        figures=None if outcome is None else outcome.figures,
        epochs=lesson.settings.epochs + lesson.settings.final,
        kept=trained is not None and trained.finished and report is not None and not (busy or lesson.over),
        curves=curves,
        report=report,
        gradient_norms=() if report is None else report.gradient_norms,
        layers=() if newest is None else layer_names(newest[0]),
    )
