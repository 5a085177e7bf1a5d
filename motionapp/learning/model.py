"""A trained classifier as one value: network, weights, and all that is needed to use it on new motion."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from kernels.losses import softmax
from kernels.network import Network
from motionapp.learning.familiarity import Familiarity
from motionapp.learning.preprocessing import Preprocessing
from motionapp.settings import FlowSettings, MapSettings, TrainingSettings
from motionapp.types import Array

#: Windows that go through the network at a time: enough to be fast, few enough to be interrupted soon.
CHUNK = 64


@dataclass(frozen=True, slots=True)
class Figures:
    """How a training went. ``best_epoch`` counts from 0 and is −1 if no epoch was finished.

    Losses and accuracies are those of the best epoch, NaN where nothing was tested. ``confusion`` has a row for each
    true class and a column for each answer, over the validation part (over the training part where there is none).
    Where final epochs followed with all samples, these are still the figures from before, of windows not yet learned.
    ``counts`` are training windows per class, ``ended`` says why it ended, ``notes`` how the samples were divided.
    """

    epochs: int = 0
    best_epoch: int = -1
    loss: float = float("nan")
    accuracy: float = float("nan")
    validation_loss: float = float("nan")
    validation_accuracy: float = float("nan")
    confusion: tuple[tuple[int, ...], ...] = ()
    counts: tuple[int, ...] = ()
    ended: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A trained network: ``weights`` is ``(P,)`` float32, finite; ``flow`` is what its maps are to be made with."""

    network: Network
    weights: Array
    preprocessing: Preprocessing
    classes: tuple[str, ...]
    map_settings: MapSettings
    flow: FlowSettings
    training: TrainingSettings
    figures: Figures = field(default_factory=Figures)
    familiarity: Familiarity = field(default_factory=Familiarity.none)

    def probabilities(self, windows: Array) -> Array:
        """Return how likely each class is: windows ``(n, T·C, rows, columns)`` as measured to ``(n, K)`` float32.

        Where numbers overflow the network has no answer: such a row is all 0, while others add up to 1.
        """
        found = [np.empty((0, len(self.classes)), np.float32)]
        with np.errstate(all="ignore"):  # what overflows is told by its row
            for begin in range(0, len(windows), CHUNK):
                x = self.preprocessing.apply(windows[begin : begin + CHUNK])
                found.append(softmax(self.network.forward(self.weights, x)))
        likely = np.concatenate(found)
        likely[~np.isfinite(likely).all(axis=1)] = 0.0
        return likely

    def strangeness(self, windows: Array) -> Array:
        """Return how unlike all that was taught windows are, ``(n,)`` float32: above 1 no class may fit."""
        with np.errstate(all="ignore"):  # without bounds is unlike all
            return self.familiarity.strangeness(windows, self.map_settings)
