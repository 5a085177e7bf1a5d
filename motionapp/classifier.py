"""Everything the Classify panel shows and does, without a window: samples, training, recognition, files.

One :class:`Classifier` lives as long as the window; sources come and go. Frames reach it on the compute thread, training
runs on a thread of its own, and the panel reads a snapshot whenever its timer fires.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import numpy as np

from motionapp.architecture import layer_names, learned_kernels
from motionapp.curves import Curves
from motionapp.importing import Imported, Progress, read_folder
from motionapp.lesson import Lesson
from motionapp.model import Model
from motionapp.modelfile import Project, read_model, read_project, write_model, write_project
from motionapp.recognition import THRESHOLD, Recogniser, Recognition
from motionapp.samples import Recording, Samples, advice, motion_map
from motionapp.settings import PRESETS, FlowSettings, TrainingSettings
from motionapp.takes import Take
from motionapp.training import BatchReport, what_is_missing
from motionapp.types import Array, Motion, MotionError

Phase = Literal["idle", "training"]

#: Notices that are kept.
_NOTICES = 20


@dataclass(frozen=True, slots=True, eq=False)
class ClassifierStatus:
    """What the classifier is and does at one moment.

    ``counts`` are windows per class; ``warnings`` say what the samples lack. ``curves``, ``report`` (the last step),
    ``confusion`` ((K, K) int64, a row for each true class, a column for each answer, in the order of
    ``confusion_classes``; None before the first epoch has ended), ``gradient_norms`` and ``layers`` (a value and a name
    for each layer) belong to the training in work or to the last one; ``ended`` says why that ended. ``stale`` says
    that the model was trained on other samples than these. ``recognition`` is the newest answer, None without a model or
    a whole window. ``recording`` is the class being recorded, None if none is, ``recording_s`` and ``recording_windows``
    how much it is so far. ``notices`` are the last texts for the user, newest last; ``noticed`` counts all there ever
    were.
    """

    samples: Samples = field(default_factory=Samples)
    settings: TrainingSettings = TrainingSettings()
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


class Classifier:
    """Samples, training and recognition. Every method may be called from any thread.

    None but :meth:`see`, :meth:`import_folder`, the file methods and :meth:`close` takes more than a millisecond.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._samples, self._settings = Samples(), TrainingSettings()
        self._advice: tuple[Samples, dict[str, int], tuple[str, ...]] = (self._samples, {}, ())
        self._lesson: Lesson | None = None
        self._model: Model | None = None
        self._learned: object = None
        self._recogniser: Recogniser | None = None
        self._recognition: Recognition | None = None
        self._threshold = THRESHOLD
        self._take: Take | None = None
        self._added: list[tuple[str, ...]] = []
        self._notices: deque[str] = deque(maxlen=_NOTICES)
        self._noticed = 0

    # --- frames ------------------------------------------------------------------------------------------------------

    def see(self, motion: Motion) -> None:
        """Take a processed frame, in order: record it, recognise it. Called on the compute thread; under 2 ms.

        The first frame of a source, which has no motion, makes it forget the source before.
        """
        with self._lock:
            recogniser, take = self._recogniser, self._take
        if motion.first:
            if recogniser is not None:
                recogniser.reset()
            with self._lock:
                self._recognition = None
            return
        pts_s = motion.frame.pts_s
        if take is not None:
            map = motion_map(motion, take.settings)
            with self._lock:
                take.add(map, pts_s, motion.settings.flow)
        if recogniser is not None:
            known = take is not None and take.settings == recogniser.model.map_settings
            seen = map if known else motion_map(motion, recogniser.model.map_settings)
            recognition = recogniser.see(seen, pts_s, motion.frame.captured_s)
            with self._lock:
                if recogniser is self._recogniser:
                    self._recognition = recognition

    # --- samples -----------------------------------------------------------------------------------------------------

    def change(self, samples: Samples) -> None:
        """Put other samples in place of those there are: classes added, renamed or removed, recordings deleted.

        Raises
        ------
        ValueError
            If a recording does not fit the map settings.
        """
        checked = replace(samples, recordings=())
        for one in samples.recordings:
            checked.with_recording(one)
        with self._lock:
            self._samples = samples

    def begin(self, label: str, source: str = "") -> None:
        """Record samples of a class from the next frame on; what is being recorded is ended first.

        Parameters
        ----------
        label : str
            A class of ``status().samples``; ValueError otherwise.
        source : str
            Name of what is playing, kept with the recording.
        """
        with self._lock:
            self.end()
            if label not in self._samples.classes:
                raise ValueError(f"There is no class “{label}”.")
            self._take = Take(label, source, self._samples.map_settings)

    def end(self) -> Recording | None:
        """End the recording and add it to the samples; return it.

        None if nothing was being recorded, or it is too short for one window, which a notice then says. Where the stream
        jumped (a clip that loops), each stretch is a recording of its own, and the last of them is returned.
        """
        with self._lock:
            take, self._take = self._take, None
            if take is None:
                return None
            made = take.recordings() if take.label in self._samples.classes else []
            if not made:
                needed = take.settings.span
                self._notice(f"Too short: {take.maps} frames of “{take.label}”, {needed} make a sample. Hold longer.")
                return None
            try:
                for recording in made:
                    self._samples = self._samples.with_recording(recording)
            except ValueError as error:  # no room
                self._notice(str(error))
                return None
            self._added.append(tuple(one.id for one in made))
            return made[-1]

    def undo(self) -> bool:
        """Remove what was recorded or imported last and is still there; return whether there was something."""
        with self._lock:
            while self._added:
                ids = self._added.pop()
                present = [one.id for one in self._samples.recordings if one.id in ids]
                for id in present:
                    self._samples = self._samples.without_recording(id)
                if present:
                    return True
            return False

    def import_folder(
        self,
        path: Path | str,
        progress: Progress = lambda done, total, name: None,
        cancelled: Callable[[], bool] = lambda: False,
        flow: FlowSettings = PRESETS["live"],
    ) -> Imported:
        """Add a recording of every clip in ``path/<class>/``, estimating its motion; takes as long as that takes.

        See :func:`motionapp.importing.read_folder`. What was read before ``cancelled()`` became true is added.

        Raises
        ------
        MotionError
            If the folder holds no clips of classes.
        """
        with self._lock:
            settings = self._samples.map_settings
        found = read_folder(Path(path), settings, flow, progress, cancelled)
        with self._lock:
            problems = list(found.problems)
            for recording in found.recordings:
                try:
                    self._samples = self._samples.with_labelled(recording)
                except ValueError as error:  # no room
                    problems.append(f"{recording.source} is left out: {error}")
            self._added.append(tuple(one.id for one in found.recordings))
            for problem in problems:
                self._notice(problem)
        return found

    # --- training ----------------------------------------------------------------------------------------------------

    def configure(self, settings: TrainingSettings) -> None:
        """Train with ``settings`` from the next training on."""
        with self._lock:
            self._settings = settings

    def train(self) -> None:
        """Begin to train, or go on with a training that was stepped; without effect while one is under way.

        What stands in its way is a notice.
        """
        with self._lock:
            lesson = self._ready_lesson()
            if lesson is not None:
                lesson.train()

    def step(self) -> None:
        """Take one step of descent, of a new training or the one stepped before; its numbers are ``status().report``.

        Without effect while training. After each step the model is what the weights are then.
        """
        with self._lock:
            lesson = self._ready_lesson()
            if lesson is not None:
                lesson.step()

    def stop(self) -> None:
        """End the training and keep its best weights; returns at once."""
        with self._lock:
            if self._lesson is not None and self._lesson.busy:
                self._lesson.stop()

    def set_threshold(self, threshold: float) -> None:
        """Answer "unsure" below this confidence, 0 to 1."""
        with self._lock:
            self._threshold = min(1.0, max(0.0, threshold))
            if self._recogniser is not None:
                self._recogniser.threshold = self._threshold

    # --- what can be seen --------------------------------------------------------------------------------------------

    def status(self) -> ClassifierStatus:
        """Return what there is to show now."""
        with self._lock:
            lesson, model, take = self._lesson, self._model, self._take
            counts, warnings = self._judged()
            status = ClassifierStatus(
                samples=self._samples,
                settings=self._settings,
                counts=counts,
                warnings=warnings,
                model=model,
                stale=model is not None and self._learned != self._samples.identity,
                confusion=None if model is None or not model.figures.confusion else np.array(model.figures.confusion),
                confusion_classes=() if model is None else model.classes,
                layers=() if model is None else layer_names(model.network),
                ended="" if model is None else model.figures.ended,
                recognition=self._recognition,
                threshold=self._threshold,
                notices=tuple(self._notices),
                noticed=self._noticed,
            )
            if take is not None:
                windows = max(0, take.maps - take.settings.span) // take.settings.hop + (take.maps >= take.settings.span)
                status = replace(
                    status, recording=take.label, recording_s=take.duration_s, recording_windows=windows
                )
        return status if lesson is None else _with_lesson(status, lesson)

    def kernels(self) -> tuple[Array, ...]:
        """Return the learned kernels of every convolution, ``(filters, channels, k, k)``: of the training, or the model."""
        with self._lock:
            lesson, model = self._lesson, self._model
        newest = None if lesson is None else lesson.snapshot()[3]
        if newest is None and model is not None:
            newest = model.network, model.weights
        return () if newest is None else learned_kernels(*newest)

    def feature_maps(self) -> tuple[tuple[str, Array], ...]:
        """Return what the newest live window becomes in the model, layer by layer.

        A name and ``(C, H, W)`` or ``(K,)`` float32 for each, the window as the network takes it first; empty without a
        model or a whole window.
        """
        with self._lock:
            recogniser = self._recogniser
        window = None if recogniser is None else recogniser.newest_window
        if recogniser is None or window is None:
            return ()
        model = recogniser.model
        x = model.preprocessing.apply(window[None])
        values = [x, *model.network.activations(model.weights, x)]
        return tuple(zip(("window", *layer_names(model.network)), (value[0] for value in values), strict=True))

    # --- files -------------------------------------------------------------------------------------------------------

    def save_project(self, path: Path | str) -> None:
        """Write samples, settings and model to a ``.motionproject``, in place of what has that name; MotionError if not."""
        with self._lock:
            stale = self._model is not None and self._learned != self._samples.identity
            project = Project(self._samples, self._settings, self._model, stale)
        write_project(Path(path), project, overwrite=True)

    def open_project(self, path: Path | str) -> None:
        """Put a project in place of all there is; a training is stopped. MotionError says why it cannot be read."""
        project = read_project(Path(path))
        with self._lock:
            self._forget()
            self._samples, self._settings = project.samples, project.training
            if project.model is not None:
                self._adopt(project.model, None if project.stale else project.samples.identity)

    def save_model(self, path: Path | str) -> None:
        """Write the model to a ``.motion``, in place of what has that name; MotionError if there is none or it cannot be."""
        write_model(Path(path), self._present_model(), overwrite=True)

    def open_model(self, path: Path | str) -> None:
        """Recognise with a model from a file from now on; samples stay. MotionError says why it cannot be read."""
        model = read_model(Path(path))
        with self._lock:
            self._adopt(model, None)

    def export_onnx(self, path: Path | str) -> None:
        """Write the model as ONNX, in place of what has that name; MotionError if there is none or it cannot be."""
        from motionapp.onnxfile import write_onnx

        write_onnx(Path(path), self._present_model(), overwrite=True)

    def close(self, timeout_s: float = 2.0) -> bool:
        """Stop the training and wait for it; return whether it has ended."""
        with self._lock:
            lesson, self._take = self._lesson, None
        if lesson is None:
            return True
        lesson.stop()
        return lesson.wait(timeout_s)

    # --- within the lock ---------------------------------------------------------------------------------------------

    def _notice(self, text: str) -> None:
        self._notices.append(text)
        self._noticed += 1

    def _present_model(self) -> Model:
        with self._lock:
            if self._model is None:
                raise MotionError("There is no model yet. Train one first.")
            return self._model

    def _judged(self) -> tuple[dict[str, int], tuple[str, ...]]:
        """Return the counts and what the samples lack, worked out once for the same samples."""
        if self._advice[0] is not self._samples:
            self._advice = self._samples, self._samples.counts(), advice(self._samples)
        return self._advice[1:]

    def _ready_lesson(self) -> Lesson | None:
        """Return the lesson to go on with, None if one is busy or there is nothing to learn."""
        lesson = self._lesson
        if lesson is not None and lesson.busy:
            return None
        obstacle = what_is_missing(self._samples)
        if obstacle:
            self._notice(obstacle)
            return None
        same = lesson is not None and lesson.samples is self._samples and lesson.settings == self._settings
        if lesson is None or lesson.over or not same:
            lesson = self._lesson = Lesson(self._samples, self._settings, self._learn)
        return lesson

    def _learn(self, lesson: Lesson) -> None:
        """Use what a lesson has brought, if anything; called on the trainer's thread."""
        with self._lock:
            if lesson is not self._lesson:
                return  # another project was opened meanwhile
            if lesson.problem or lesson.diverged:
                self._notice(lesson.ended)
            if lesson.model is not None and lesson.worthwhile:
                self._adopt(lesson.model, lesson.samples.identity)

    def _adopt(self, model: Model, learned: object) -> None:
        self._model, self._learned = model, learned
        self._recogniser, self._recognition = Recogniser(model, self._threshold), None

    def _forget(self) -> None:
        if self._lesson is not None:
            self._lesson.stop()
        self._lesson = self._model = self._learned = self._recogniser = self._recognition = self._take = None
        self._added.clear()


def _with_lesson(status: ClassifierStatus, lesson: Lesson) -> ClassifierStatus:
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
