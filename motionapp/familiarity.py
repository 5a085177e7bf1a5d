"""Whether a window is like anything the model was taught: a network answers with confidence to what it has never seen.

A window is described by how much moves, how widely and how unsteadily, wherever in the picture that is. It is familiar
if some training window is as near to it as training windows of different recordings are to one another, and if not much
less moves than in any of them.

D. Hendrycks, K. Gimpel, "A baseline for detecting misclassified and out-of-distribution examples in neural networks",
ICLR 2017 (that confidence alone does not tell). T. Cover, P. Hart, "Nearest neighbor pattern classification", 1967.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from motionapp._cv2 import cv2
from motionapp.settings import MapSettings
from motionapp.types import Array
from motionapp.windows import WindowSet

#: A window is described on so many cells, by two numbers for each.
ROWS, COLUMNS = 6, 8
FEATURES = 2 * ROWS * COLUMNS
#: Windows that are kept to compare with, evenly chosen.
MOST_KNOWN = 400
#: How far beyond the usual distance (its 95th percentile) a window still counts as familiar, and the least distance
#: that matters, in square roots of picture widths per second.
MARGIN, LEAST = 2.0, 0.005
#: A window in which the mean square root of speed is below this part of the least in training (1st percentile) is too
#: quiet to be one of the classes.
QUIET = 0.5


def describe(windows: Array, settings: MapSettings) -> Array:
    """Return what windows ``(n, T·C, rows, columns)`` look like: ``(n, 96)`` float32.

    Mean and deviation over time of the square root of speed, on 6×8 cells, each sorted: where it moves does not count.
    """
    speed = np.sqrt(np.maximum(windows[:, :: settings.channels], 0.0))
    planes = speed.mean(axis=1), speed.std(axis=1)
    found = np.empty((len(windows), 2, ROWS * COLUMNS), np.float32)
    for kind, plane in enumerate(planes):
        for index, one in enumerate(plane):
            cells = cv2.resize(one, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA)
            found[index, kind] = np.sort(cells, axis=None)
    return found.reshape(len(windows), FEATURES)


@dataclass(frozen=True, slots=True, eq=False)
class Familiarity:
    """What training windows look like.

    ``known`` ``(m, 96)`` float32 describes them, ``limit`` is the distance up to which a window is like one of them,
    ``least`` the mean square root of speed it has to have. Without any known, as after training on too little,
    everything is familiar.
    """

    known: Array
    limit: float = 1.0
    least: float = 0.0

    @classmethod
    def none(cls) -> Familiarity:
        """Return the one to which everything is familiar."""
        return cls(np.empty((0, FEATURES), np.float32))

    @classmethod
    def of(cls, windows: WindowSet, settings: MapSettings) -> Familiarity:
        """Learn from training windows."""
        chosen = np.unique(np.linspace(0, len(windows) - 1, min(len(windows), MOST_KNOWN)).astype(np.int64))
        known = describe(windows.take(chosen), settings)
        labels, owners, begins = windows.labels[chosen], windows.owners[chosen], windows.places[chosen, 0]
        alike = labels[:, None] == labels
        apart = np.abs(begins[:, None] - begins) >= settings.span
        others = alike & (owners[:, None] != owners)
        comparable = np.where(others.any(axis=1, keepdims=True), others, alike & apart)
        distances = np.where(comparable, _distances(known, known), np.inf).min(axis=1)
        usual = distances[np.isfinite(distances)]
        if not usual.size:
            return cls.none()
        limit, least = MARGIN * np.percentile(usual, 95), QUIET * np.percentile(_amount(known), 1)
        return cls(known, max(LEAST, float(limit)), float(least))

    def strangeness(self, windows: Array, settings: MapSettings) -> Array:
        """Return how unlike all training windows some are, ``(n,)`` float32; above 1 they are not familiar."""
        if not len(self.known):
            return np.zeros(len(windows), np.float32)
        found = describe(windows, settings)
        far = _distances(found, self.known).min(axis=1) / np.float32(self.limit)
        quiet = np.float32(self.least) / np.maximum(_amount(found), np.float32(1e-6))
        return np.maximum(far, quiet)


def _amount(descriptions: Array) -> Array:
    """Return the mean square root of speed of windows described, ``(n,)``."""
    return descriptions[:, : ROWS * COLUMNS].mean(axis=1)


def _distances(a: Array, b: Array) -> Array:
    """Return the root mean square differences of all pairs: ``(n, k)`` and ``(m, k)`` make ``(n, m)``."""
    found = [np.sqrt(np.square(b - one).mean(axis=1)) for one in a]
    return np.stack(found) if found else np.empty((0, len(b)), np.float32)
