"""Training as a pure function of samples and settings: the window and the command line run this very code.

Every random number comes from the seed, in one order; so the same samples and settings give the same weights and the
same curve to the bit.
"""

from __future__ import annotations

import math
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

import numpy as np

from kernels.descent import Descent
from kernels.losses import cross_entropy
from kernels.network import Network
from motionapp.learning.architecture import build
from motionapp.learning.familiarity import Familiarity
from motionapp.learning.model import CHUNK, Figures, Model
from motionapp.learning.preprocessing import Preprocessing
from motionapp.learning.reports import BatchReport, EpochReport
from motionapp.learning.samples import Recording, Samples, Split
from motionapp.learning.windows import WindowSet
from motionapp.settings import TrainingSettings
from motionapp.types import Array, MotionError

#: A batch whose loss is so many times that of guessing has left every valley: the descent diverges.
DIVERGED = 1000.0


class TrainingRun:
    """One training from first weights to last.

    Parameters
    ----------
    samples : Samples
        At least two classes, each with a window.
    settings : TrainingSettings
        How to learn.
    validation : tuple of Recording, optional
        What to test on, in place of a part of ``samples``.
    look_back : bool
        Whether each step also tells the loss of its batch after the step, at the cost of another pass.

    Attributes
    ----------
    split : Split
        The recordings learned from and tested on.
    network : Network
    preprocessing : Preprocessing
        Learned from the training part.
    weights : ndarray
        ``(P,)`` float32, as they are after the last step.
    ended : str
        Why it ended, empty until then.
    diverged : bool
        Whether it ended because the loss left all bounds.

    Raises
    ------
    MotionError
        If there is nothing to learn; the message says what is missing.
    """

    def __init__(
        self,
        samples: Samples,
        settings: TrainingSettings,
        validation: tuple[Recording, ...] | None = None,
        look_back: bool = False,
    ) -> None:
        obstacle = what_is_missing(samples)
        if obstacle:
            raise MotionError(obstacle)
        self.samples, self.settings, self.look_back = samples, settings, look_back
        if validation is None:
            self.split = samples.split(settings.validation, settings.seed)
        else:
            usable = tuple(one for one in samples.recordings if samples.windows_in(one))
            self.split = Split(usable, validation, ())
        self._training = samples.window_set(self.split.training)
        self._validation = samples.window_set(self.split.validation)
        self._learned = self._training
        self.preprocessing = Preprocessing.of(self._training.maps)
        self.network: Network = build(settings, samples.map_settings, len(samples.classes))
        self.weights: Array = self.network.initial(settings.seed)
        self.ended, self.diverged = "", False
        self._best_weights: Array | None = None
        self._figures = Figures()
        self._best_loss = math.inf
        self._steps = 0
        self._descent = Descent(settings.method, settings.rate, settings.momentum)
        self._order = np.random.default_rng((settings.seed, 1))
        self._alteration = np.random.default_rng((settings.seed, 2))
        self._stopping = threading.Event()
        self._hits = 0
        self._kept_apart = validation is None and bool(self.split.validation)
        self._final = False

    def stop(self) -> None:
        """End after the step in work; may be called from any thread and returns at once."""
        self._stopping.set()

    def batches(self) -> Iterator[BatchReport]:
        """Take one step after another, and report each; to be called once."""
        settings, why = self.settings, f"all {self.settings.epochs} epochs done"
        for epoch in range(settings.epochs):
            yield from self._epoch(epoch)
            if self.ended:
                return
            if epoch - self._figures.best_epoch >= settings.patience:
                why = f"no better for {settings.patience} epochs"
                break
        if self._kept_apart and settings.final:
            yield from self._learn_all(self._figures.epochs)
            if self.ended:
                return
            why += f", then {settings.final} with all samples"
        self.ended = why

    def _learn_all(self, begin: int) -> Iterator[BatchReport]:
        """Go on from the best weights with the recordings tested on as well, at a rate that falls to 0.

        Few recordings are all needed. The weights at the end become the result; what is known of the best ones before
        remains the honest test of it.

        References: I. Goodfellow, Y. Bengio, A. Courville, "Deep learning", 2016, section 7.8, algorithm 7.3.
        """
        settings = self.settings
        if self._best_weights is not None:
            self.weights[:] = self._best_weights
        self._training, self._final = self._everything, True
        self._descent = Descent(settings.method, settings.rate, settings.momentum)
        for epoch in range(settings.final):
            self._descent.rate = settings.rate * (1.0 - epoch / settings.final)
            yield from self._epoch(begin + epoch)
            if self.ended:
                return
        self._best_weights, self._learned = self.weights.copy(), self._everything

    def result(self, newest: bool = False) -> Model:
        """Return the model with the best weights so far, or with the newest; they are finite in any case.

        Best is the lowest validation loss at the end of an epoch (training loss where nothing is tested). Before the
        first one has ended these are the newest weights, or the first ones if the descent has diverged.
        """
        weights = self.weights if newest or self._best_weights is None else self._best_weights
        if not np.isfinite(weights).all() or (self.diverged and weights is self.weights):
            weights = self.network.initial(self.settings.seed) if self._best_weights is None else self._best_weights
        used = Counter(one.flow for one in self.split.training)
        labels = np.bincount(self._learned.labels, minlength=len(self.samples.classes))
        return Model(
            network=self.network,
            weights=weights.copy(),
            preprocessing=self.preprocessing,
            classes=self.samples.classes,
            map_settings=self.samples.map_settings,
            flow=used.most_common(1)[0][0],
            training=self.settings,
            figures=replace(self._figures, counts=tuple(labels.tolist()), ended=self.ended, notes=self.split.notes),
            familiarity=self._familiarity,
        )

    @cached_property
    def _everything(self) -> WindowSet:
        """The windows of all samples given, those that are tested on at first among them."""
        return self.samples.window_set(self.split.training + (self.split.validation if self._kept_apart else ()))

    @cached_property
    def _familiarity(self) -> Familiarity:
        return Familiarity.of(self._everything, self.samples.map_settings)

    def _epoch(self, epoch: int) -> Iterator[BatchReport]:
        order = self._order.permutation(len(self._training))
        size = min(self.settings.batch, len(order))
        chunks = [order[begin : begin + size] for begin in range(0, len(order), size)]
        total, hits = 0.0, 0
        for batch, chosen in enumerate(chunks):
            if self._stopping.is_set():
                self.ended = "stopped"
                return
            report = replace(self._step(chosen), epoch=epoch, batch=batch, batches=len(chunks))
            total += report.loss * len(chosen)
            hits += self._hits
            if self.diverged:
                yield report
                return
            if batch == len(chunks) - 1:
                finished = self._test(epoch, total / len(order), hits / len(order))
                report = replace(report, finished=finished)
            yield report

    def _step(self, chosen: Array) -> BatchReport:
        """Take one step of descent on some windows."""
        settings = self.settings
        with np.errstate(all="ignore"):  # a descent that diverges overflows; it is told, not warned of
            x = self.preprocessing.apply(self._training.take_altered(chosen, settings, self._alteration))
            labels = self._training.labels[chosen]
            self._hits = 0
            loss, gradient, norms = self.network.gradient(
                self.weights, x, labels, loss=self._judge, decay=settings.decay
            )
            before = self.weights.copy()
            self._descent.step(self.weights, gradient)
            lengths = [float(np.linalg.norm(one)) for one in (gradient, self.weights - before, before)]
            after = self._loss_of(x, labels) if self.look_back else None
        self._steps += 1
        self._look_out(loss)
        return BatchReport(
            epoch=0,
            batch=0,
            batches=1,
            step=self._steps,
            samples=len(chosen),
            rate=self._descent.rate,
            loss=float(loss),
            accuracy=self._hits / len(chosen),
            gradient_norms=tuple(float(norm) for norm in norms),
            gradient_norm=lengths[0],
            step_norm=lengths[1],
            weight_norm=lengths[2],
            loss_after=after,
        )

    def _look_out(self, loss: float) -> None:
        """End the run if a loss or the weights have left all bounds."""
        bounded = loss <= DIVERGED * math.log(len(self.samples.classes))
        if not (bounded and np.isfinite(self.weights).all()):
            cause = "the weights overflow" if bounded else f"the loss is {loss:.3g}"
            self.diverged = True
            self.ended = f"diverged at step {self._steps}: {cause}; lower the learning rate"

    def _judge(self, outputs: Array, labels: Array) -> tuple[float, Array]:
        """Return the cost of some outputs and its gradient, and count the right answers."""
        self._hits += int((outputs.argmax(axis=1) == labels).sum())
        loss: tuple[float, Array] = cross_entropy(outputs, labels)
        return loss

    def _loss_of(self, x: Array, labels: Array) -> float:
        return float(cross_entropy(self.network.forward(self.weights, x), labels)[0])

    def _test(self, epoch: int, loss: float, accuracy: float) -> EpochReport | None:
        """Judge the weights at the end of an epoch, and keep them if they are the best; None if stopped meanwhile."""
        if self._final:
            self._figures = replace(self._figures, epochs=epoch + 1)
            confusion = np.array(self._figures.confusion, np.int64)
            return EpochReport(epoch, loss, accuracy, math.nan, math.nan, confusion, False)
        tested = len(self._validation) > 0
        judged = self._examine(self._validation if tested else self._training)
        if judged is None:
            return None
        judged_loss, confusion = judged
        self._look_out(judged_loss)
        if not tested:
            confused = (math.nan, math.nan)
        else:
            confused = (judged_loss, float(np.trace(confusion) / confusion.sum()))
        best = judged_loss < self._best_loss and not self.diverged
        if best:
            self._best_loss, self._best_weights = judged_loss, self.weights.copy()
            table = tuple(tuple(row) for row in confusion.tolist())
            self._figures = Figures(epoch + 1, epoch, loss, accuracy, *confused, table)
        self._figures = replace(self._figures, epochs=epoch + 1)
        return EpochReport(epoch, loss, accuracy, *confused, confusion, best)

    def _examine(self, windows: WindowSet) -> tuple[float, Array] | None:
        """Return the mean loss over windows and the confusion matrix, None if stopped meanwhile."""
        classes = len(self.samples.classes)
        confusion, total = np.zeros((classes, classes), np.int64), 0.0
        for begin in range(0, len(windows), CHUNK):
            if self._stopping.is_set():
                self.ended = "stopped"
                return None
            chosen = np.arange(begin, min(begin + CHUNK, len(windows)))
            with np.errstate(all="ignore"):
                outputs = self.network.forward(self.weights, self.preprocessing.apply(windows.take(chosen)))
                labels = windows.labels[chosen]
                total += float(cross_entropy(outputs, labels)[0]) * len(chosen)
            np.add.at(confusion, (labels, outputs.argmax(axis=1)), 1)
        return total / len(windows), confusion


def what_is_missing(samples: Samples) -> str:
    """Return why nothing can be learned from the samples yet, empty if it can."""
    counts = samples.counts()
    if len(counts) < 2:
        return "Telling motions apart takes samples of two classes at least."
    empty = [f"“{name}”" for name, count in counts.items() if count == 0]
    if empty:
        return f"There is no sample of {', '.join(empty)}. Every class needs some, or has to go."
    return ""
