"""What a training tells of itself, step by step and epoch by epoch."""

from __future__ import annotations

from dataclasses import dataclass

from motionapp.types import Array


@dataclass(frozen=True, slots=True, eq=False)
class EpochReport:
    """What an epoch has brought; ``epoch`` counts from 0.

    ``loss`` and ``accuracy`` are means over the epoch's batches, altered as they were shown. The validation figures are
    of the weights at its end, NaN without a validation part and in the final epochs, which learn from that part too.
    ``confusion`` is ``(K, K)`` int64, a row for each true class and a column for each answer, over the validation part,
    or over the training part where there is none; in the final epochs it is that of the best epoch. ``best`` says
    whether these are the best weights so far.
    """

    epoch: int
    loss: float
    accuracy: float
    validation_loss: float
    validation_accuracy: float
    confusion: Array
    best: bool


@dataclass(frozen=True, slots=True, eq=False)
class BatchReport:
    """The numbers of one step of descent.

    ``epoch`` and ``batch`` count from 0, ``step`` from 1 over all epochs; an epoch has ``batches`` of them. ``loss``
    and ``accuracy`` are those of the batch before the step, ``loss_after`` that of the same batch after it, None unless
    asked for. ``gradient_norms`` has the norm of the gradient for each layer, ``gradient_norm`` that of the whole one;
    ``step_norm`` is the length of the step, ``weight_norm`` that of the weights. ``finished`` comes with the last batch
    of an epoch.
    """

    epoch: int
    batch: int
    batches: int
    step: int
    samples: int
    rate: float
    loss: float
    accuracy: float
    gradient_norms: tuple[float, ...]
    gradient_norm: float
    step_norm: float
    weight_norm: float
    loss_after: float | None = None
    finished: EpochReport | None = None
