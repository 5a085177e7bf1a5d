"""The curves of a training: collected step by step on one thread, read as arrays on another."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from kernels.descent import DescentTrace
from motionapp.training import BatchReport
from motionapp.types import Array


def _none(*shape: int) -> Array:
    return np.empty(shape, np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """Losses and accuracies, float64.

    ``batch_*`` have an entry per step, ``(n,)``: loss and accuracy of the batch, and the epoch and the number in it,
    int32 from 0. ``gradient_norms`` is ``(n, layers)``. The others have an entry per finished epoch, ``(m,)``;
    ``epoch_steps`` tells after how many steps it ended. Validation figures are NaN without a validation part.
    """

    batch_loss: Array = field(default_factory=lambda: _none(0))
    batch_accuracy: Array = field(default_factory=lambda: _none(0))
    batch_epoch: Array = field(default_factory=lambda: np.empty(0, np.int32))
    batch_number: Array = field(default_factory=lambda: np.empty(0, np.int32))
    gradient_norms: Array = field(default_factory=lambda: _none(0, 0))
    epoch_steps: Array = field(default_factory=lambda: np.empty(0, np.int64))
    epoch_loss: Array = field(default_factory=lambda: _none(0))
    epoch_accuracy: Array = field(default_factory=lambda: _none(0))
    validation_loss: Array = field(default_factory=lambda: _none(0))
    validation_accuracy: Array = field(default_factory=lambda: _none(0))

    @property
    def descent(self) -> DescentTrace:
        """The loss per batch as the same record that the descent of a motion field leaves."""
        return DescentTrace(("cross-entropy",), self.batch_loss[:, None], self.batch_epoch, self.batch_number)


class CurveRecorder:
    """Collect reports. Adding and reading are not to be done at the same time."""

    def __init__(self) -> None:
        self._batches: list[tuple[float, float]] = []
        self._places: list[tuple[int, int]] = []
        self._norms: list[tuple[float, ...]] = []
        self._epochs: list[tuple[float, float, float, float]] = []
        self._steps: list[int] = []
        self._curves: Curves | None = Curves()

    def add(self, report: BatchReport) -> None:
        """Take the numbers of a step."""
        self._batches.append((report.loss, report.accuracy))
        self._places.append((report.epoch, report.batch))
        self._norms.append(report.gradient_norms)
        epoch = report.finished
        if epoch is not None:
            self._epochs.append((epoch.loss, epoch.accuracy, epoch.validation_loss, epoch.validation_accuracy))
            self._steps.append(report.step)
        self._curves = None

    def curves(self) -> Curves:
        """Return all there is so far; the same value as long as nothing was added."""
        if self._curves is None:
            batches = np.array(self._batches, np.float64).reshape(-1, 2).T.copy()
            places = np.array(self._places, np.int32).reshape(-1, 2).T.copy()
            epochs = np.array(self._epochs, np.float64).reshape(-1, 4).T.copy()
            self._curves = Curves(
                batch_loss=batches[0],
                batch_accuracy=batches[1],
                batch_epoch=places[0],
                batch_number=places[1],
                gradient_norms=np.array(self._norms, np.float64),
                epoch_steps=np.array(self._steps, np.int64),
                epoch_loss=epochs[0],
                epoch_accuracy=epochs[1],
                validation_loss=epochs[2],
                validation_accuracy=epochs[3],
            )
        return self._curves
