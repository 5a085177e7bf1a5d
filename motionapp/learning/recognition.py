"""What kind of motion is seen: a model applied to a stream of maps, steadied over time and honest about doubt."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass

import numpy as np

from motionapp.learning.model import Model
from motionapp.learning.samples import Recording
from motionapp.learning.windows import WindowSet
from motionapp.settings import MapSettings
from motionapp.types import Array

#: Probabilities are the mean over so much media time.
SMOOTHED_S = 0.5
#: Below this the answer is "unsure".
THRESHOLD = 0.6
#: After a gap of more than this a window would show two motions as one.
LONGEST_GAP_S = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Recognition:
    """The answer at one moment.

    ``label`` is None where the answer is "unsure": no class is likely enough, numbers overflow in the network, or the
    motion is not ``familiar``, unlike all that was taught in most windows of the last 0.5 s. ``probabilities`` is
    ``(K,)`` float32 in the order of ``classes``, steadied over that time; ``newest`` the same of the last window alone.
    ``confidence`` is the largest of ``probabilities``, ``inference_s`` the time the network took, ``latency_s`` the
    time since the newest frame was captured, 0 where that is unknown.
    """

    pts_s: float
    classes: tuple[str, ...]
    label: str | None
    confidence: float
    probabilities: Array
    newest: Array
    inference_s: float = 0.0
    latency_s: float = 0.0
    familiar: bool = True


class MapRing:
    """The newest maps of a stream, as many as a window spans; empty again after a jump."""

    def __init__(self, settings: MapSettings) -> None:
        self.settings = settings
        self._maps: deque[Array] = deque(maxlen=settings.span)
        self._pts_s = 0.0

    def add(self, map: Array, pts_s: float) -> bool:
        """Take a map ``(C, rows, columns)``; return whether it follows the one before without a jump."""
        follows = follows_closely(self._pts_s, pts_s)
        if not follows:
            self._maps.clear()
        self._maps.append(map)
        self._pts_s = pts_s
        return follows

    def clear(self) -> None:
        """Forget all maps."""
        self._maps.clear()

    def window(self) -> Array | None:
        """Return the newest window ``(T·C, rows, columns)``, None as long as there are too few maps."""
        if len(self._maps) < self.settings.span:
            return None
        return np.concatenate(list(self._maps)[:: self.settings.every])


def follows_closely(before_s: float, pts_s: float) -> bool:
    """Whether a frame comes after another one of the same stream, with no more than 1 s between."""
    return 0.0 < pts_s - before_s <= LONGEST_GAP_S


class Recogniser:
    """Apply a model to maps as they come. Used by one thread at a time.

    Parameters
    ----------
    model : Model
        What to recognise with.
    threshold : float
        Confidence below which the answer is "unsure"; with 0 it is so only where the network has no answer.
    before : Recogniser or None
        What has seen the stream so far: where the maps are the same, the next one is answered at once.

    Attributes
    ----------
    newest_window : ndarray or None
        ``(T·C, rows, columns)``, the last one judged; may be read from any thread.
    """

    def __init__(self, model: Model, threshold: float = THRESHOLD, before: Recogniser | None = None) -> None:
        self.model, self.threshold = model, threshold
        self.newest_window: Array | None = None
        self._ring = MapRing(model.map_settings)
        self._recent: deque[tuple[float, Array, float]] = deque()
        if before is not None and before.model.map_settings == model.map_settings:
            self._ring, self.newest_window = before._ring, before.newest_window
            if before.model.weights is model.weights:
                self._recent = before._recent

    def see(self, map: Array, pts_s: float, captured_s: float = 0.0) -> Recognition | None:
        """Take the next map; return the answer, None as long as there is no whole window.

        Parameters
        ----------
        map : ndarray
            ``(C, rows, columns)`` float32: a ``motion_map`` made with the model's settings.
        pts_s : float
            Its time in the source. After a jump back, or of more than 1 s, what came before is forgotten.
        captured_s : float
            ``time.monotonic()`` when its frame was captured, 0 if that is not known.
        """
        if not self._ring.add(map, pts_s):
            self._recent.clear()
        window = self._ring.window()
        self.newest_window = window
        if window is None:
            return None
        began_s = time.perf_counter()
        newest = self.model.probabilities(window[None])[0]
        strangeness = float(self.model.strangeness(window[None])[0])
        took_s = time.perf_counter() - began_s
        self._recent.append((pts_s, newest, strangeness))
        while self._recent[0][0] < pts_s - SMOOTHED_S:
            self._recent.popleft()
        steady = np.mean([one for _, one, _ in self._recent], axis=0)
        familiar = float(np.median([one for _, _, one in self._recent])) <= 1.0
        best = int(steady.argmax())
        sure = newest.any() and ((familiar and steady[best] >= self.threshold) or self.threshold <= 0)
        classes = self.model.classes
        return Recognition(
            pts_s=pts_s,
            classes=classes,
            label=classes[best] if sure else None,
            confidence=float(steady[best]),
            probabilities=steady,
            newest=newest,
            inference_s=took_s,
            latency_s=time.monotonic() - captured_s if captured_s > 0 else 0.0,
            familiar=familiar,
        )

    def reset(self) -> None:
        """Forget what came before: another source begins."""
        self._ring.clear()
        self._recent.clear()
        self.newest_window = None


@dataclass(frozen=True, slots=True, eq=False)
class ClipAnswer:
    """What a model says of a whole clip: the label that its windows' mean probabilities make most likely.

    ``probabilities`` is that mean, ``(K,)``; ``windows`` is ``(n, K)``, of each window, ``pts_s`` ``(n,)`` the time of
    its newest frame, ``familiar`` ``(n,)`` bool whether it is like anything that was taught. ``confidence`` is the
    largest of ``probabilities``. Windows that overflow in the network are left out of the mean; ``label`` is None where
    all do.
    """

    classes: tuple[str, ...]
    label: str | None
    confidence: float
    probabilities: Array
    pts_s: Array
    windows: Array
    familiar: Array


def judge_recording(model: Model, recording: Recording) -> ClipAnswer:
    """Apply a model to every window of a recording, which must have one at least."""
    cut = WindowSet.of([recording.maps], [0], model.map_settings)
    x = cut.take(np.arange(len(cut)))
    windows, familiar = model.probabilities(x), model.strangeness(x) <= 1.0
    answered = windows.any(axis=1)
    steady = windows.sum(axis=0) / max(1, int(answered.sum()))
    best = int(steady.argmax())
    label = model.classes[best] if answered.any() else None
    times = recording.pts_s[cut.places[:, -1]]
    return ClipAnswer(model.classes, label, float(steady[best]), steady, times, windows, familiar)
