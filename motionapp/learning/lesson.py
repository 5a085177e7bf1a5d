"""A training on a thread of its own, steered and watched from others."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping

from kernels.network import Network
from motionapp.capture import failure
from motionapp.courtesy import give_way
from motionapp.learning.curves import CurveRecorder, Curves
from motionapp.learning.model import Model
from motionapp.learning.reports import BatchReport, EpochReport
from motionapp.learning.samples import Samples
from motionapp.learning.training import TrainingRun
from motionapp.settings import TrainingSettings
from motionapp.types import Array


class Lesson:
    """Train on samples: all at once, or step by step; a stepped training goes on to the same curve.

    Parameters
    ----------
    samples, settings
        What to learn from, and how; classes of ``samples`` have the names they were given since.
    finished : callable
        Called with this lesson on its thread whenever it comes to rest: at the end, or after a single step.

    Attributes
    ----------
    problem : str
        Why it could not begin or go on, empty if it could.
    model : Model or None
        The outcome, or what has been learned by the single steps so far.
    """

    def __init__(self, samples: Samples, settings: TrainingSettings, finished: Callable[[Lesson], None]) -> None:
        self.samples, self.settings = samples, settings
        self.problem = ""
        self.model: Model | None = None
        self._finished = finished
        self._lock = threading.Lock()
        self._curves = CurveRecorder()
        self._report: BatchReport | None = None
        self._epoch: EpochReport | None = None
        self._network: tuple[Network, Array] | None = None
        self._run: TrainingRun | None = None
        self._batches: Iterator[BatchReport] = iter(())
        self._stopping = False
        self._thread: threading.Thread | None = None

    @property
    def busy(self) -> bool:
        """Whether a step is in work."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def ended(self) -> str:
        """Why the training has ended, empty as long as it can go on."""
        return self.problem or ("" if self._run is None else self._run.ended)

    @property
    def over(self) -> bool:
        """Whether no further step can be taken."""
        return self._stopping or bool(self.ended)

    @property
    def worthwhile(self) -> bool:
        """Whether the model has learned anything: not if the descent diverged, or was stopped, too soon."""
        best = -1 if self.model is None else self.model.figures.best_epoch
        return best >= 0 or (self._report is not None and not self.diverged)

    @property
    def diverged(self) -> bool:
        """Whether it ended because the loss left all bounds."""
        return self._run is not None and self._run.diverged

    def train(self) -> None:
        """Take all steps that are left. Not while busy."""
        self._start(single=False)

    def step(self) -> None:
        """Take one step. Not while busy."""
        self._start(single=True)

    def stop(self) -> None:
        """End after the step in work; returns at once."""
        with self._lock:
            self._stopping = True
            if self._run is not None:
                self._run.stop()

    def wait(self, timeout_s: float) -> bool:
        """Wait until nothing is in work; return whether that came true."""
        if self._thread is not None:
            self._thread.join(timeout_s)
        return not self.busy

    def rename(self, names: Mapping[str, str]) -> None:
        """Give classes other names, which the outcome takes."""
        for old, new in names.items():
            others = {name.casefold() for name in self.samples.classes if name != old}
            if old in self.samples.classes and new.casefold() not in others:
                self.samples = self.samples.renamed(old, new)

    def snapshot(self) -> tuple[Curves, BatchReport | None, EpochReport | None, tuple[Network, Array] | None]:
        """Return the curves, the last step, the last epoch, and the network with its newest weights."""
        with self._lock:
            return self._curves.curves(), self._report, self._epoch, self._network

    def _start(self, single: bool) -> None:
        self._thread = threading.Thread(target=self._work, args=(single,), name="trainer", daemon=True)
        self._thread.start()

    def _work(self, single: bool) -> None:
        give_way()
        try:
            if self._run is None:
                self._begin()
            assert self._run is not None
            self._run.look_back = single
            for report in self._batches:
                self._note(report)
                if single:
                    break
            self.model = self._run.result(newest=single)
        except Exception as error:  # the window must live on
            self.problem = failure(error, "Training failed").message
        self._finished(self)

    def _begin(self) -> None:
        run = TrainingRun(self.samples, self.settings)
        with self._lock:
            self._run, self._batches = run, run.batches()
            if self._stopping:
                run.stop()

    def _note(self, report: BatchReport) -> None:
        assert self._run is not None
        weights = self._run.weights.copy()
        with self._lock:
            self._curves.add(report)
            self._report = report
            self._epoch = report.finished or self._epoch
            self._network = self._run.network, weights
