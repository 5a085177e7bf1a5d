"""The compute thread: prepares the kernels, then turns pairs of frames into pictures with motion."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

import numpy as np

from motionapp.budget import Budget
from motionapp.capture import failure
from motionapp.latest import Latest
from motionapp.overlay import ArrowScale, compose
from motionapp.pairs import Pair
from motionapp.settings import FlowSettings, Settings
from motionapp.sliding import SlidingWindow
from motionapp.tape import Tape
from motionapp.types import Array, ArrowField, Failure, Frame, Measures, Motion, Picture

#: Told how many kernels are ready, of how many, and which one is next.
Progress = Callable[[int, int, str], None]

#: Descent traces are for eyes, and cost more than the motion: at most one in this time, and none before this many times
#: its own duration has passed; but one for every frame that was asked for.
TRACE_EVERY_S, TRACE_REST = 0.25, 10.0


class Estimator(Protocol):
    """What the compute thread needs of :class:`motionapp.estimator.MotionEstimator`."""

    settings: Settings

    def step(self, frame: Frame, previous: Frame | None = None, trace: bool = False) -> Motion:
        """Return the motion that led to ``frame``."""

    def reset(self) -> None:
        """Forget what came before."""


class _Closing(BaseException):
    """Raised out of a progress report to leave the preparation; not to be taken for a broken kernel."""


class Compute:
    """Own the estimator on one thread.

    Parameters
    ----------
    settings, estimator : callable
        Return the settings in force; make the estimator for them.
    prepare : callable or None
        Readies the kernels, reporting progress; returns a notice for the user or None.
    jobs, pictures : Latest
        Where pairs come from and pictures go to.
    rate_hz : callable
        Returns the nominal rate of the source, 0 if unknown.
    period_s : callable
        Returns the time from one frame to the next, 0 if unknown.
    ready : callable
        Called when pairs can be taken, where there was something to prepare.
    report : callable
        Takes every :class:`Failure`.
    watch : callable or None
        Shown every finished motion, in order, but not one that is made again; it has to be quick. What it raises is
        told once, and the pictures go on.
    """

    def __init__(
        self,
        settings: Callable[[], Settings],
        estimator: Callable[[Settings], Estimator],
        prepare: Callable[[Progress], str | None] | None,
        jobs: Latest[Pair],
        pictures: Latest[Picture],
        rate_hz: Callable[[], float],
        period_s: Callable[[], float],
        ready: Callable[[], None],
        report: Callable[[Failure], None],
        watch: Callable[[Motion], None] | None = None,
    ) -> None:
        self._watch = watch
        self._settings, self._make_estimator, self._prepare = settings, estimator, prepare
        self._jobs, self._pictures = jobs, pictures
        self._rate_hz, self._period_s, self._ready, self._report = rate_hz, period_s, ready, report
        self._budget = Budget()
        self.tape = Tape(report)
        self.tracing = False
        self._closing = False
        self._next_trace_s = 0.0
        self._run = 0
        self._known_failure = self._known_blindness = ""
        self._lock = threading.Lock()
        self._progress: tuple[int, int, str] | None = None if prepare is None else (0, 0, "")
        self._latency = SlidingWindow()
        self._processed = 0
        self._shown: Frame | None = None
        self._held: FlowSettings | None = None

    def run(self) -> None:
        """Prepare, then work until the jobs are closed: the body of the compute thread."""
        try:
            self._make_ready()
            estimator, scale = self._make_estimator(self._settings()), ArrowScale()
            if self._prepare is not None:
                self._ready()
            while (pair := self._jobs.take(None)) is not None:
                self._work(pair, estimator, scale)
        except _Closing:
            return
        except Exception as error:  # the window must live on, whatever a library raises
            self._report(failure(error, "Motion cannot be estimated"))
            self._ready()  # the pictures go on without motion
            while (pair := self._jobs.take(None)) is not None:
                self.show_raw(pair.frame)

    def close(self) -> None:
        """Leave the preparation at its next report."""
        self._closing = True

    def show_raw(self, frame: Frame) -> None:
        """Show a frame without motion."""
        settings = self._settings()
        motion = Motion(frame, *_nothing(*frame.image.shape[:2]), 0.0, settings)
        arrows = ArrowField(np.empty((0, 7, 2), np.float32), np.empty(0, np.float32), settings.view.px_per_px_s)
        self._put(Picture(motion, frame.image, arrows, Measures(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)))

    def snapshot(
        self, clock_s: float
    ) -> tuple[tuple[int, int, str] | None, float, float, int, Frame | None, FlowSettings | None]:
        """Return kernel progress, processed frames per second, median latency (s), processed frames, frame on show, and
        what the last frame was made with while the frame rate is held (otherwise None)."""
        with self._lock:
            rate, latency = self._latency.rate_hz(clock_s), self._latency.median(clock_s)
            return self._progress, rate, latency, self._processed, self._shown, self._held

    def _make_ready(self) -> None:
        if self._prepare is None:
            return
        try:
            notice = self._prepare(self._note_progress)
            if notice:
                self._report(Failure(notice))
        except Exception as error:
            self._report(failure(error, "The kernels could not all be prepared"))
        with self._lock:
            self._progress = None

    def _note_progress(self, done: int, total: int, label: str) -> None:
        if self._closing:
            raise _Closing
        with self._lock:
            self._progress = done, total, label

    def _work(self, pair: Pair, estimator: Estimator, scale: ArrowScale) -> None:
        """Make a picture of one pair; a pair that fails is shown without motion, and told of once."""
        settings, began_s = self._settings(), time.perf_counter()
        try:
            asked_for = pair.again or pair.run != self._run  # by a seek, a step or a change of settings
            if pair.run != self._run:
                estimator.reset()
            self._run = pair.run
            held = settings.hold_rate and not asked_for
            if held:
                settings = replace(settings, flow=self._budget.allot(settings.flow, self._period_s()))
            estimator.settings = settings
            trace = self.tracing and (asked_for or time.monotonic() >= self._next_trace_s)
            motion = replace(estimator.step(pair.frame, pair.previous, trace=trace), previous=pair.previous)
            if trace:
                self._next_trace_s = time.monotonic() + max(TRACE_EVERY_S, TRACE_REST * motion.compute_s)
            picture = compose(motion, settings.view, scale)
        except Exception as error:
            told = failure(error, "Motion could not be estimated on a frame")
            if told.message != self._known_failure:
                self._report(told)
            self._known_failure, self._run = told.message, -1
            self.show_raw(pair.frame)
        else:
            self._known_failure = ""
            self._put(picture)
            if not pair.again:
                self._show_watcher(motion)
                self.tape.add(picture, settings.view, pair.run, self._rate_hz())
            if held and not trace and not motion.first:
                self._budget.note(settings.flow, time.perf_counter() - began_s)
        now = time.monotonic()
        with self._lock:
            self._processed += 1
            self._held = settings.flow if settings.hold_rate else None
            if not pair.again:
                self._latency.add(now, now - pair.frame.captured_s)

    def _show_watcher(self, motion: Motion) -> None:
        if self._watch is None:
            return
        try:
            self._watch(motion)
        except Exception as error:  # the pictures go on
            told = failure(error, "Motion could not be classified")
            if told.message != self._known_blindness:
                self._report(told)
            self._known_blindness = told.message

    def _put(self, picture: Picture) -> None:
        with self._lock:
            self._shown = picture.motion.frame
        self._pictures.put(picture)


@functools.lru_cache(maxsize=2)
def _nothing(height: int, width: int) -> tuple[Array, Array]:
    """Return zero flow and zero confidence, the same arrays for every frame of one size."""
    return np.zeros((2, height, width), np.float32), np.zeros((height, width), np.float32)
