"""Sources and estimators that do as a test tells them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np

from motionapp.live import LiveSession
from motionapp.settings import Settings
from motionapp.sources import SourceError, SourceInfo
from motionapp.types import Frame, Motion

PATIENCE_S = 10.0


class FakeSource:
    """Frames of 6×8 px, frame n filled with n; remembers what was asked of it.

    ``before_read(index)`` is called on the reading thread and may wait or raise; ``pts`` are ``times`` or regular.
    """

    def __init__(
        self,
        count=20,
        rate_hz=500.0,
        kind="video",
        says=None,
        times=None,
        before_read: Callable[[int], None] = lambda index: None,
        sizes=None,
    ):
        live = kind in ("camera", "network")
        self.info = SourceInfo("fake", "fake:", kind, 8, 6, rate_hz, None if live else (says or count), None)
        self.notice = None
        self.seeks: list[int] = []
        self.closed_on: str | None = None
        self._count, self._rate_hz, self._times, self._before = count, rate_hz, times, before_read
        self._sizes = sizes or {}
        self._next = 0

    def read(self):
        if self._next >= self._count:
            return None
        index, self._next = self._next, self._next + 1
        self._before(index)
        height, width = self._sizes.get(index, (6, 8))
        image = np.full((height, width, 3), index % 256, np.uint8)
        image[:, 0] = 255  # so that left and right differ
        return Frame(index, self.pts(index), image, time.monotonic())

    def seek(self, index):
        if self.info.live:
            raise SourceError("a camera cannot be sought")
        self.seeks.append(index)
        self._next = index

    def pts(self, index):
        return self._times[index] if self._times else index / self._rate_hz

    def close(self):
        self.closed_on = threading.current_thread().name


class FakeEstimator:
    """Finds no motion, and notes every step as ``(previous index or None, index)``, every reset as "reset".

    ``before_step(frame)`` is called on the computing thread and may wait or raise.
    """

    def __init__(self, before_step: Callable[[Frame], None] = lambda frame: None):
        self.settings = Settings()
        self.calls: list = []
        self.traces: list[int] = []
        self._before = before_step

    def __call__(self, settings):
        self.settings = settings
        return self

    @property
    def steps(self):
        return [call for call in self.calls if call != "reset"]

    def reset(self):
        self.calls.append("reset")

    def step(self, frame, previous=None, trace=False):
        self._before(frame)
        self.calls.append((None if previous is None else previous.index, frame.index))
        if trace:
            self.traces.append(frame.index)
        height, width = frame.image.shape[:2]
        flow, confidence = np.zeros((2, height, width), np.float32), np.zeros((height, width), np.float32)
        dt_s = 0.0 if previous is None else frame.pts_s - previous.pts_s
        return Motion(frame, flow, confidence, dt_s, self.settings)


def session_of(source, estimator=None, prepare=None, settings=None):
    """A session over a fake source, not started."""
    opener = source if callable(source) else lambda uri: source
    settings, estimator = settings or Settings(), estimator or FakeEstimator()
    return LiveSession("fake:", settings, opener=opener, prepare=prepare, estimator=estimator)


def until(condition, what="the session to get there"):
    """Wait until ``condition()`` holds; fail loudly if it never does."""
    nothing, deadline = threading.Event(), time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        nothing.wait(0.002)


def picture_of(session, index):
    """The next picture of frame ``index``."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        picture = session.pictures.take(0.1)
        if picture is not None and picture.motion.frame.index == index:
            return picture
    raise AssertionError(f"no picture of frame {index}")


def failures(session):
    """Messages of all failures so far."""
    messages = []
    while not session.failures.empty():
        messages.append(session.failures.get_nowait().message)
    return messages


def paused(session):
    """Pause before the first frame."""
    session.pause()


def balanced(status):
    """Whether no frame is unaccounted for, with nothing in flight."""
    return status.captured == status.processed + status.dropped
