"""What becomes of every processed frame: recorded while a class is held, recognised where there is a model."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace

from motionapp.learning.architecture import layer_names
from motionapp.learning.model import Model
from motionapp.learning.recognition import THRESHOLD, Recogniser, Recognition
from motionapp.learning.samples import motion_map
from motionapp.learning.takes import Take
from motionapp.types import Array, Motion


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """What a :class:`Spectator` sees at one moment; fields as in ``ClassifierStatus``."""

    recognition: Recognition | None = None
    threshold: float = THRESHOLD
    recording: str | None = None
    recording_s: float = 0.0
    recording_windows: int = 0


class Spectator:
    """See frames, one at a time, and be steered from any thread."""

    def __init__(self) -> None:
        self._lock, self._seeing = threading.Lock(), threading.Lock()
        self._recogniser: Recogniser | None = None
        self._recognition: Recognition | None = None
        self._threshold = THRESHOLD
        self._take: Take | None = None

    def see(self, motion: Motion) -> None:
        """Take a processed frame, in order; under 2 ms. A frame without motion begins another source."""
        with self._seeing:  # a source that is being closed may still have a frame on the way
            self._see(motion)

    def _see(self, motion: Motion) -> None:
        with self._lock:
            recogniser, take = self._recogniser, self._take
        if motion.first:
            if recogniser is not None:
                recogniser.reset()
            with self._lock:
                self._recognition = None
            return
        pts_s, map = motion.frame.pts_s, None
        if take is not None:
            map = motion_map(motion, take.settings)
            with self._lock:
                take.add(map, pts_s, motion.settings.flow)
        if recogniser is not None:
            settings = recogniser.model.map_settings
            if take is None or map is None or take.settings != settings:
                map = motion_map(motion, settings)
            recognition = recogniser.see(map, pts_s, motion.frame.captured_s)
            with self._lock:
                if recogniser is self._recogniser:
                    self._recognition = recognition

    def begin(self, take: Take) -> None:
        """Record into ``take`` from the next frame on."""
        with self._lock:
            self._take = take

    def end(self) -> Take | None:
        """Stop recording; return what was recorded, None if nothing was."""
        with self._lock:
            take, self._take = self._take, None
            return take

    def use(self, model: Model | None) -> None:
        """Recognise with ``model`` from the next frame on, or not at all."""
        with self._lock:
            self._recogniser = None if model is None else Recogniser(model, self._threshold, self._recogniser)
            self._recognition = None

    def rename(self, names: Mapping[str, str], model: Model | None) -> None:
        """Call classes by other names: that of the recording, and those of ``model``, which is the same otherwise."""
        with self._lock:
            seen = self._recognition
        if model is not None:
            self.use(model)
        with self._lock:
            if self._take is not None:
                self._take.label = names.get(self._take.label, self._take.label)
            if model is not None and seen is not None and self._recognition is None:
                label = None if seen.label is None else names.get(seen.label, seen.label)
                self._recognition = replace(seen, classes=model.classes, label=label)

    def set_threshold(self, threshold: float) -> None:
        """Answer "unsure" below this confidence, 0 to 1."""
        with self._lock:
            self._threshold = min(1.0, max(0.0, threshold))
            if self._recogniser is not None:
                self._recogniser.threshold = self._threshold

    def sight(self) -> Sight:
        """Return what there is to show."""
        with self._lock:
            take = self._take
            if take is None:
                return Sight(self._recognition, self._threshold)
            return Sight(self._recognition, self._threshold, take.label, take.duration_s, take.windows)

    def feature_maps(self) -> tuple[tuple[str, Array], ...]:
        """Return what the newest window becomes in the model, as ``Classifier.feature_maps`` says."""
        with self._lock:
            recogniser = self._recogniser
        window = None if recogniser is None else recogniser.newest_window
        if recogniser is None or window is None:
            return ()
        model = recogniser.model
        x = model.preprocessing.apply(window[None])
        values = [x, *model.network.activations(model.weights, x)]
        return tuple(zip(("window", *layer_names(model.network)), (value[0] for value in values), strict=True))
