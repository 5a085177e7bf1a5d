"""Sessions that hold the frame rate, and those that do not, which know nothing of it."""

from dataclasses import replace

import numpy as np
import pytest

from motionapp.budget import LEAST_ITERATIONS
from motionapp.capture import Capture
from motionapp.estimator import MotionEstimator
from motionapp.live import make_estimator
from motionapp.scenes import SceneSource
from motionapp.settings import PRESETS, Settings

from .fakes import FakeEstimator, FakeSource, paused, picture_of, until

ACCURATE = Settings(flow=PRESETS["accurate"])
HOLDING = replace(ACCURATE, hold_rate=True)
LEAST = replace(ACCURATE.flow, warps=1, iterations=LEAST_ITERATIONS)

#: A frame takes longer than the period of a source of the first rate, whatever is done, and never that of the second.
HOPELESS_HZ, IDLE_HZ = 1e9, 1e-3


class Recorder(FakeEstimator):
    """Notes the settings of every step with motion."""

    def __init__(self):
        super().__init__()
        self.used = []

    def step(self, frame, previous=None, trace=False):
        if previous is not None:
            self.used.append(self.settings)
        return super().step(frame, previous, trace)


class GatedScene:
    """A camera that shows a scene, one frame whenever it is let go."""

    def __init__(self, release, rate_hz, count=8):
        scene = SceneSource("moving-arm", 160, 120)
        self.frames = [scene.read() for _ in range(count)]
        self.info = replace(scene.info, kind="camera", rate_hz=rate_hz, frame_count=None, duration_s=None)
        self._release, self._next = release, 0

    def read(self):
        self._release.acquire(timeout=20)
        self._next += 1
        return self.frames[self._next - 1] if self._next <= len(self.frames) else None

    def close(self):
        pass


def regular(rate_hz, count=60, **options):
    """A source of 200 frames per second that says ``rate_hz``."""
    return FakeSource(count, rate_hz=rate_hz, times=[index / 200 for index in range(count)], **options)


def motions(start, rate_hz, settings):
    """The motion of every frame of a scene, none dropped."""
    _, release = start.camera()
    source = GatedScene(release, rate_hz)
    session = start(source, make_estimator, settings=settings)
    found = []
    for frame in source.frames:
        release.release()
        found.append(picture_of(session, frame.index).motion)
    return source.frames, found


def test_off_every_frame_is_made_with_the_very_settings_of_the_session(start):
    estimator = Recorder()
    session = start(regular(HOPELESS_HZ), estimator, settings=ACCURATE)
    until(lambda: session.status().phase == "ended" and session.status().index == 59)
    assert all(used is ACCURATE for used in estimator.used)
    assert session.status().held is None


@pytest.mark.parametrize("settings", [ACCURATE, replace(ACCURATE, flow=PRESETS["balanced"])])
def test_off_the_motion_is_that_of_the_estimator_alone_to_the_bit(start, settings):
    frames, found = motions(start, HOPELESS_HZ, settings)
    alone = MotionEstimator(settings)
    for frame, motion in zip(frames, found, strict=True):
        expected = alone.step(frame)
        assert np.array_equal(motion.flow, expected.flow)
        assert np.array_equal(motion.confidence, expected.confidence)
        assert motion.settings == settings


def test_the_estimator_alone_never_holds_a_rate():
    frames = GatedScene(None, HOPELESS_HZ).frames
    plain, holding = MotionEstimator(ACCURATE), MotionEstimator(HOLDING)
    for frame in frames:
        assert np.array_equal(plain.step(frame).flow, holding.step(frame).flow)
    assert holding.settings == HOLDING


def test_a_motion_says_what_it_was_made_with_and_made_again_with_that_it_is_the_same(start, monkeypatch):
    monkeypatch.setattr(Capture, "period_s", lambda self: 1.0 / HOPELESS_HZ)  # not as observed: that of this test
    frames, found = motions(start, HOPELESS_HZ, HOLDING)
    assert found[-1].settings == replace(HOLDING, flow=LEAST)
    again = MotionEstimator(HOLDING)
    for frame, motion in zip(frames, found, strict=True):
        again.settings = motion.settings
        assert np.array_equal(again.step(frame).flow, motion.flow)


def test_a_rate_that_cannot_be_held_costs_iterations_and_nothing_else(start):
    session = start(regular(HOPELESS_HZ), Recorder(), settings=HOLDING)
    until(lambda: session.status().phase == "ended" and session.status().index == 59)
    status = session.status()
    assert status.captured == status.processed + status.dropped
    assert status.held == LEAST
    assert session.failures.empty()


def test_with_time_enough_all_is_done(start):
    estimator = Recorder()
    session = start(regular(IDLE_HZ), estimator, settings=HOLDING)
    until(lambda: session.status().phase == "ended" and session.status().index == 59)
    assert {used.flow for used in estimator.used} == {ACCURATE.flow}
    assert session.status().held == ACCURATE.flow


def test_frames_that_are_sought_get_all_of_it(start):
    estimator = Recorder()
    session = start(regular(HOPELESS_HZ), estimator, settings=HOLDING, before=paused)
    for index in (7, 8, 9, 30):
        session.seek(index)
        assert picture_of(session, index).motion.settings == HOLDING
    session.play()
    until(lambda: session.status().phase == "ended")
    until(lambda: session.status().held == LEAST)
    session.seek(12)
    assert picture_of(session, 12).motion.settings == HOLDING


def test_held_or_not_can_be_said_while_it_plays(start):
    session = start(regular(HOPELESS_HZ), Recorder(), settings=ACCURATE, before=lambda s: s.set_loop(True))
    for _ in range(2):
        session.apply(HOLDING)
        until(lambda: session.status().held == LEAST)
        session.apply(ACCURATE)
        until(lambda: session.status().held is None)


def test_slow_motion_leaves_more_time_and_fast_motion_no_less(start):
    session = start(FakeSource(60, rate_hz=20.0), before=paused)
    until(lambda: session.status().info is not None)
    for speed, period_s in ((1.0, 0.05), (0.25, 0.2), (-0.5, 0.1), (4.0, 0.05)):
        session.set_speed(speed)
        assert session._capture.period_s() == pytest.approx(period_s)


def test_the_period_of_a_camera_is_what_it_gives_not_what_it_says(start):
    source, release = start.camera(frames=0, rate_hz=IDLE_HZ)
    session = start(source)
    until(lambda: session.status().info is not None)
    assert session._capture.period_s() == pytest.approx(1 / IDLE_HZ)
    for count in range(1, 6):
        release.release()
        until(lambda count=count: session.status().captured == count)
    assert session._capture.period_s() < 10.0


def test_the_period_of_a_source_that_says_none_is_observed(start):
    source = regular(0.0, count=2000, kind="images")
    session = start(source)
    until(lambda: session.status().index > 20)
    assert 1 / 250 < session._capture.period_s() < 0.5
