"""The snapshot of a classifier that the panel reads whenever its timer fires."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from motionapp.learning.architecture import layer_names
from motionapp.learning.curves import Curves
from motionapp.learning.lesson import Lesson
from motionapp.learning.model import Model
from motionapp.learning.recognition import THRESHOLD, Recognition
from motionapp.learning.reports import BatchReport
from motionapp.learning.samples import Samples
from motionapp.settings import TrainingSettings
from motionapp.types import Array

Phase = Literal["idle", "training"]


@dataclass(frozen=True, slots=True, eq=False)
class ClassifierStatus:
    """What the classifier is and does at one moment.

    ``counts`` are windows per class; ``warnings`` say what the samples lack. ``curves``, ``report`` (the last step),
    ``confusion`` ((K, K) int64, a row for each true class, a column for each answer, in the order of
    ``confusion_classes``; None before the first epoch has ended), ``gradient_norms`` and ``layers`` (a value and a name
    for each layer) belong to the training in work or to the last one; ``ended`` says why that ended. ``stale`` says
    that the model was trained on other samples than these. ``recognition`` is the newest answer, None without a model
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
    curves: Curves = field(default_factory=Curves)
    report: BatchReport | None = None
    confusion: Array | None = None
    confusion_classes: tuple[str, ...] = ()
    gradient_norms: tuple[float, ...] = ()
    layers: tuple[str, ...] = ()
    model: Model | None = None
    stale: bool = False
    recognition: Recognition | None = None
    threshold: float = THRESHOLD
    recording: str | None = None
    recording_s: float = 0.0
    recording_windows: int = 0
    notices: tuple[str, ...] = ()
    noticed: int = 0


def with_lesson(status: ClassifierStatus, lesson: Lesson) -> ClassifierStatus:
    """Return the status with the numbers of a training."""
    curves, report, epoch, newest = lesson.snapshot()
    return replace(
        status,
        phase="training" if lesson.busy else "idle",
        ended=lesson.ended,
        curves=curves,
        report=report,
        confusion=None if epoch is None else epoch.confusion,
        confusion_classes=lesson.samples.classes,
        gradient_norms=() if report is None else report.gradient_norms,
        layers=() if newest is None else layer_names(newest[0]),
    )


def with_figures(status: ClassifierStatus, model: Model) -> ClassifierStatus:
    """Return the status with what is known of how a model from a file was trained."""
    confusion = model.figures.confusion
    return replace(
        status,
        ended=model.figures.ended,
        confusion=np.array(confusion, np.int64) if confusion else None,
        confusion_classes=model.classes,
        layers=layer_names(model.network),
    )
