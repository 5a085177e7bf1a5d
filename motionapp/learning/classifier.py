"""Everything the Classify panel shows and does, without a window: samples, training, recognition, files.

One :class:`Classifier` lives as long as the window; sources come and go. Frames reach it on the compute thread,
training runs on a thread of its own, and the panel reads a snapshot whenever its timer fires.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

from motionapp.learning.architecture import learned_kernels
from motionapp.learning.classifier_status import ClassifierStatus, with_lesson, with_model
from motionapp.learning.collection import Collection
from motionapp.learning.importing import Imported, Progress, read_folder
from motionapp.learning.lesson import Lesson
from motionapp.learning.model import Model
from motionapp.learning.modelfile import Project, read_model, read_project, write_model, write_project
from motionapp.learning.samples import MOST_BYTES, Recording, Samples
from motionapp.learning.spectator import Spectator
from motionapp.learning.takes import Take
from motionapp.learning.trained import Trained, renames
from motionapp.learning.training import what_is_missing
from motionapp.settings import PRESETS, FlowSettings, TrainingSettings
from motionapp.types import Array, Motion, MotionError

#: Notices that are kept.
_NOTICES = 20


class Classifier:
    """Samples, training and recognition. Every method may be called from any thread.

    None but :meth:`see`, :meth:`import_folder`, the file methods and :meth:`close` takes more than a millisecond.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._kept, self._settings = Collection(), TrainingSettings()
        self._lesson: Lesson | None = None
        self._trained: Trained | None = None
        self._spectator = Spectator()
        self._notices: deque[str] = deque(maxlen=_NOTICES)
        self._noticed = 0

    # --- frames ------------------------------------------------------------------------------------------------------

    def see(self, motion: Motion) -> None:
        """Take a processed frame, in order: record it, recognise it. Called on the compute thread; under 2 ms.

        The first frame of a source, which has no motion, makes it forget the source before.
        """
        self._spectator.see(motion)

    # --- samples -----------------------------------------------------------------------------------------------------

    def change(self, samples: Samples) -> None:
        """Put other samples in place of those there are; ValueError if a recording does not fit the map settings."""
        self.edit(lambda _before: samples)

    def edit(self, change: Callable[[Samples], Samples]) -> None:
        """Add, rename or remove classes, or delete recordings: what ``change`` makes of the samples there are.

        Nothing comes between. A class that is only renamed is so in the recording, the training and the model too.
        ValueError comes from ``change``, or says that a recording does not fit the map settings.
        """
        with self._lock:
            before = self._kept.samples
            self._kept.change(change(before))
            if names := renames(before, self._kept.samples):
                self._rename(names)

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
            if label not in self._kept.samples.classes:
                raise ValueError(f"There is no class “{label}”.")
            samples = self._kept.samples
            self._spectator.begin(Take(label, source, samples.map_settings, MOST_BYTES - samples.nbytes))

    def end(self) -> Recording | None:
        """End the recording and add it to the samples; return it.

        None if nothing was being recorded, or it is too short for one window, which a notice then says. Where the
        stream jumped (a clip that loops), each stretch is a recording of its own, and the last of them is returned.
        """
        with self._lock:
            take = self._spectator.end()
            if take is None:
                return None
            if take.label not in self._kept.samples.classes:
                self._notice(f"“{take.label}” was removed while it was recorded, so nothing was kept.")
                return None
            made = take.recordings()
            if not made and take.full:
                self._notice("The samples fill all the memory there is for them. Remove some first.")
                return None
            if not made:
                needed = take.settings.span
                self._notice(f"Too short: {take.maps} frames of “{take.label}”, {needed} make a sample. Hold longer.")
                return None
            self._notice(*self._kept.add(made))
            if take.full:
                self._notice(f"The recording of “{take.label}” was ended early: there is no room for more in one.")
            added = {one.id for one in self._kept.samples.recordings}
            return next((one for one in reversed(made) if one.id in added), None)

    def undo(self) -> bool:
        """Remove what was recorded or imported last and is still there; return whether there was something."""
        with self._lock:
            return self._kept.undo()

    def import_folder(
        self,
        path: Path | str,
        progress: Progress = lambda done, total, name: None,
        cancelled: Callable[[], bool] = lambda: False,
        flow: FlowSettings = PRESETS["live"],
    ) -> Imported:
        """Add a recording of every clip in ``path/<class>/``, estimating its motion; takes as long as that takes.

        See :func:`motionapp.learning.importing.read_folder`. What was read before ``cancelled()`` became true is added;
        empty classes that were never named give way to it.

        Raises
        ------
        MotionError
            If the folder holds no clips of classes.
        """
        with self._lock:
            settings = self._kept.samples.map_settings
        found = read_folder(Path(path), settings, flow, progress, cancelled)
        with self._lock:
            busy = self._spectator.sight().recording
            self._notice(*found.problems, *self._kept.bring(found.recordings, busy))
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

        Without effect while training. After each step the model is what the weights are then, unless a training has
        ended before or the model is from a file: such a model stays until this training has ended.
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
        self._spectator.set_threshold(threshold)

    # --- what can be seen --------------------------------------------------------------------------------------------

    def status(self) -> ClassifierStatus:
        """Return what there is to show now."""
        with self._lock:
            lesson, trained, sight = self._lesson, self._trained, self._spectator.sight()
            counts, warnings = self._kept.judged()
            status = ClassifierStatus(
                samples=self._kept.samples,
                settings=self._settings,
                counts=counts,
                warnings=warnings,
                notices=tuple(self._notices),
                noticed=self._noticed,
                **{entry.name: getattr(sight, entry.name) for entry in fields(sight)},
            )
            if trained is not None:
                status = with_model(status, trained)
            return status if lesson is None else with_lesson(status, lesson, trained)

    def kernels(self) -> tuple[Array, ...]:
        """Return the kernels of every convolution, ``(filters, channels, k, k)``.

        They are those of the training in work, or of the model while nothing is trained.
        """
        with self._lock:
            lesson, trained = self._lesson, self._trained
        newest = None if lesson is None else lesson.snapshot()[3]
        if trained is not None and (newest is None or lesson is None or not lesson.busy):
            newest = trained.model.network, trained.model.weights
        return () if newest is None else learned_kernels(*newest)

    def feature_maps(self) -> tuple[tuple[str, Array], ...]:
        """Return what the newest live window becomes in the model, layer by layer.

        A name and ``(C, H, W)`` or ``(K,)`` float32 for each, the window as the network takes it first; empty without a
        model or a whole window.
        """
        return self._spectator.feature_maps()

    # --- files -------------------------------------------------------------------------------------------------------

    def save_project(self, path: Path | str) -> None:
        """Write samples, settings and model to a ``.motionproject``, in place of what has that name; or MotionError."""
        with self._lock:
            samples, trained = self._kept.samples, self._trained
            project = Project(samples, self._settings)
            if trained is not None:
                project = replace(project, model=trained.model, stale=trained.stale(samples), opened=trained.opened)
        write_project(Path(path), project, overwrite=True)

    def open_project(self, path: Path | str) -> None:
        """Put a project in place of all there is; a training is stopped. MotionError says why it cannot be read."""
        project = read_project(Path(path))
        with self._lock:
            self._forget()
            self._kept, self._settings = Collection(project.samples), project.training
            if project.model is not None:
                learned = None if project.stale else project.samples.identity
                self._adopt(Trained(project.model, learned, project.opened))

    def save_model(self, path: Path | str) -> None:
        """Write the model to a ``.motion``, in place of what has that name; or MotionError."""
        write_model(Path(path), self._present_model(), overwrite=True)

    def open_model(self, path: Path | str) -> None:
        """Recognise with a model from a file from now on; samples stay, a training is stopped and forgotten.

        MotionError says why the file cannot be read; nothing is changed then.
        """
        model = read_model(Path(path))
        with self._lock:
            self._drop_lesson()
            self._adopt(Trained(model, None, Path(path).name))

    def export_onnx(self, path: Path | str) -> None:
        """Write the model as ONNX, in place of what has that name; or MotionError."""
        from motionapp.learning.onnxfile import write_onnx

        write_onnx(Path(path), self._present_model(), overwrite=True)

    def close(self, timeout_s: float = 2.0) -> bool:
        """Stop the training and wait for it; return whether it has ended."""
        with self._lock:
            lesson = self._lesson
            self._spectator.end()
        if lesson is None:
            return True
        lesson.stop()
        return lesson.wait(timeout_s)

    # --- within the lock ---------------------------------------------------------------------------------------------

    def _notice(self, *texts: str) -> None:
        self._notices.extend(texts)
        self._noticed += len(texts)

    def _present_model(self) -> Model:
        if (trained := self._trained) is None:
            raise MotionError("There is no model yet. Train one first.")
        return trained.model

    def _ready_lesson(self) -> Lesson | None:
        """Return the lesson to go on with, None if one is busy or there is nothing to learn."""
        lesson = self._lesson
        if lesson is not None and lesson.busy:
            return None
        obstacle = what_is_missing(self._kept.samples)
        if obstacle:
            self._notice(obstacle)
            return None
        samples, settings = self._kept.samples, self._settings
        same = lesson is not None and lesson.samples.identity == samples.identity and lesson.settings == settings
        if lesson is None or lesson.over or not same:
            lesson = self._lesson = Lesson(samples, settings, self._learn)
        return lesson

    def _learn(self, lesson: Lesson) -> None:
        """Use what a lesson has brought, if anything; called on the trainer's thread."""
        with self._lock:
            if lesson is not self._lesson:
                return  # another project or model was opened meanwhile
            finished = bool(lesson.ended)
            if lesson.problem or lesson.diverged:
                self._notice(lesson.ended[:1].upper() + lesson.ended[1:])
            free = self._trained is None or not self._trained.finished
            if lesson.model is not None and lesson.worthwhile and (finished or free):
                model = replace(lesson.model, classes=lesson.samples.classes)
                self._adopt(Trained(model, lesson.samples.identity, finished=finished))

    def _adopt(self, trained: Trained) -> None:
        self._trained = trained
        self._spectator.use(trained.model)

    def _rename(self, names: dict[str, str]) -> None:
        before = self._trained
        if before is not None:
            self._trained = before.renamed(names)
        if self._lesson is not None:
            self._lesson.rename(names)
        changed = self._trained if self._trained is not before else None
        self._spectator.rename(names, None if changed is None else changed.model)

    def _drop_lesson(self) -> None:
        if self._lesson is not None:
            self._lesson.stop()
        self._lesson = None

    def _forget(self) -> None:
        self._drop_lesson()
        self._trained = None
        self._spectator.end()
        self._spectator.use(None)
