"""The curves of a training: collected step by step on one thread, read as arrays on another."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from kernels.descent import DescentTrace
from motionapp.learning.reports import BatchReport
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


class _Rows:
    """Rows of numbers that only grow: what was read of them is a view, and stays as it is."""

    def __init__(self, width: int, dtype: type = np.float64) -> None:
        self._rows: Array = np.empty((64, width), dtype)
        self._count = 0

    def add(self, row: tuple[float, ...]) -> None:
        if self._count == len(self._rows):
            self._rows = np.concatenate([self._rows, np.empty_like(self._rows)])
        self._rows[self._count] = row
        self._count += 1

    def read(self) -> Array:
        return self._rows[: self._count]


class CurveRecorder:
    """Collect reports. Adding and reading are not to be done at the same time; both take microseconds, however long."""

    def __init__(self) -> None:
        self._batches, self._places = _Rows(2), _Rows(2, np.int32)
        self._norms = _Rows(0)
        self._epochs, self._steps = _Rows(4), _Rows(1, np.int64)
        self._curves: Curves | None = Curves()

    def add(self, report: BatchReport) -> None:
        """Take the numbers of a step."""
        if not len(self._batches.read()):
            self._norms = _Rows(len(report.gradient_norms))
        self._batches.add((report.loss, report.accuracy))
        self._places.add((report.epoch, report.batch))
        self._norms.add(report.gradient_norms)
        epoch = report.finished
        if epoch is not None:
            self._epochs.add((epoch.loss, epoch.accuracy, epoch.validation_loss, epoch.validation_accuracy))
            self._steps.add((report.step,))
        self._curves = None

    def curves(self) -> Curves:
        """Return all there is so far; the same value as long as nothing was added."""
        if self._curves is None:
            batches, places, epochs = self._batches.read().T, self._places.read().T, self._epochs.read().T
            self._curves = Curves(
                batch_loss=batches[0],
                batch_accuracy=batches[1],
                batch_epoch=places[0],
                batch_number=places[1],
                gradient_norms=self._norms.read(),
                epoch_steps=self._steps.read()[:, 0],
                epoch_loss=epochs[0],
                epoch_accuracy=epochs[1],
                validation_loss=epochs[2],
                validation_accuracy=epochs[3],
            )
        return self._curves
