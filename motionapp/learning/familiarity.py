"""Whether a window is like any the model was taught: a network answers with confidence to what it has never seen.

Nine numbers describe a window: how fast how much of it moves, how wide that is spread, how unsteady it is; where it
moves does not count. A window is familiar if some training window is about as near to it as training windows of
different recordings are to one another.

References: D. Hendrycks, K. Gimpel, "A baseline for detecting misclassified and out-of-distribution examples in neural
networks", ICLR 2017 (that confidence alone does not tell). Y. Sun, Y. Ming, X. Zhu, Y. Li, "Out-of-distribution
detection with deep nearest neighbors", ICML 2022 (the nearest training sample, and a limit from the 95th percentile;
there on features of the network, which on our material tell less than these numbers).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from motionapp.learning.windows import WindowSet
from motionapp.settings import MapSettings
from motionapp.types import Array

FEATURES = 9
#: Windows that are kept to compare with, evenly chosen.
MOST_KNOWN = 400
#: How far beyond the usual distance between recordings (its 95th percentile) a window still is familiar.
MARGIN = 1.25
#: Parts of all cells and times whose greatest speed is told, and the speed that is as good as none, in picture widths
#: per second.
PARTS, SLOW = (0.25, 0.5, 0.75, 0.9, 0.99), 0.002
#: The least deviation within a class that is believed, of a logarithm: few or synthetic samples may hardly deviate.
LEAST_SCALE = 0.1


def describe(windows: Array, settings: MapSettings) -> Array:
    """Return what windows ``(n, T·C, rows, columns)`` look like: ``(n, 9)`` float32, all logarithms.

    The speeds that 25, 50, 75, 90 and 99 % of all cells and times stay below; how far the motion reaches up and down,
    and sideways (deviation of its place, in parts of the picture); how much the speed of a cell, and that of the whole
    picture, change beside their mean.

    Notes
    -----
    About 0.4 ms for a window of 8×36×48.
    """
    speed = np.maximum(windows[:, :: settings.channels], 0.0)
    found = [np.log(np.quantile(speed.reshape(len(speed), -1), PARTS, axis=1) + SLOW)]
    overall = speed.mean(axis=1, dtype=np.float64) + 1e-6
    mean = overall.mean(axis=(1, 2)) + 0.5 * SLOW
    for axis, length in ((2, settings.rows), (1, settings.columns)):
        weight = overall.sum(axis=axis)
        weight /= weight.sum(axis=1, keepdims=True)
        place = np.arange(length) / length
        away = place - (weight @ place)[:, None]
        found.append(np.log(np.sqrt((weight * away**2).sum(axis=1)) + 0.01)[None])
    changes = np.stack([speed.std(axis=1).mean(axis=(1, 2)), speed.mean(axis=(2, 3)).std(axis=1)])
    found.append(np.log(changes / mean + 0.05))
    return np.ascontiguousarray(np.concatenate(found).T, np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Familiarity:
    """What training windows look like.

    ``known`` ``(m, 9)`` float32 describes them; differences are measured in units of ``scale`` ``(9,)`` float32, the
    deviation within a class; ``limit`` is the distance up to which a window is like one of them. Without any known, as
    after training on too little, everything is familiar.
    """

    known: Array
    scale: Array
    limit: float = 1.0

    @classmethod
    def none(cls) -> Familiarity:
        """Return the one to which everything is familiar."""
        return cls(np.empty((0, FEATURES), np.float32), np.ones(FEATURES, np.float32))

    @classmethod
    def of(cls, windows: WindowSet, settings: MapSettings) -> Familiarity:
        """Learn from training windows.

        Where a class has a single recording, windows of it that share no frame are compared in place of recordings.
        """
        chosen = np.unique(np.linspace(0, len(windows) - 1, min(len(windows), MOST_KNOWN)).astype(np.int64))
        known = describe(windows.take(chosen), settings)
        labels, owners, begins = windows.labels[chosen], windows.owners[chosen], windows.places[chosen, 0]
        variances = [known[labels == label].var(axis=0) for label in np.unique(labels)]
        scale = np.maximum(np.sqrt(np.mean(variances, axis=0)), LEAST_SCALE).astype(np.float32)
        alike = labels[:, None] == labels
        apart = np.abs(begins[:, None] - begins) >= settings.span
        others = alike & (owners[:, None] != owners)
        comparable = np.where(others.any(axis=1, keepdims=True), others, alike & apart)
        distances = np.where(comparable, _distances(known / scale, known / scale), np.inf).min(axis=1)
        usual = distances[np.isfinite(distances)]
        if not usual.any():
            return cls.none()
        return cls(known, scale, MARGIN * float(np.percentile(usual, 95)))

    def strangeness(self, windows: Array, settings: MapSettings) -> Array:
        """Return how unlike all training windows some are, ``(n,)`` float32; above 1 they are not familiar."""
        if not len(self.known):
            return np.zeros(len(windows), np.float32)
        far = _distances(describe(windows, settings) / self.scale, self.known / self.scale).min(axis=1)
        return (far / self.limit).astype(np.float32)


def _distances(a: Array, b: Array) -> Array:
    """Return the distances of all pairs: ``(n, k)`` and ``(m, k)`` make ``(n, m)``."""
    found = [np.sqrt(np.square(b - one).sum(axis=1)) for one in a]
    return np.stack(found) if found else np.empty((0, len(b)), np.float32)
