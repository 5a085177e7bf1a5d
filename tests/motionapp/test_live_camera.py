"""Sessions over sources that come by themselves, and while kernels are prepared."""

import threading
import time
from types import SimpleNamespace

from motionapp.settings import Settings, ViewSettings
from motionapp.sources import SourceError

from .fakes import FakeEstimator, FakeSource, balanced, failures, paused, picture_of, until


def test_a_camera_frozen_keeps_its_picture_and_goes_on_with_the_present(start):
    (source, release), estimator = start.camera(3), FakeEstimator()
    session = start(source, estimator)
    picture_of(session, 2)
    session.pause()
    until(lambda: session.status().phase == "paused")
    before = len(estimator.steps)
    release.release(5)
    session.play()
    release.release(5)
    until(lambda: session.status().index == 12)
    assert all(previous in (None, index - 1) for previous, index in estimator.steps)
    assert len(estimator.steps) > before


def test_new_settings_reach_a_frozen_camera(start):
    source, release = start.camera(2)
    session = start(source, before=paused)
    picture_of(session, 0)
    session.apply(Settings(view=ViewSettings(mirror=True)))
    release.release(2)
    picture = picture_of(session, 0)
    while picture.motion.frame.image[0, 0, 0] == 255:
        picture = picture_of(session, 0)


def test_after_a_gap_of_more_than_a_second_no_motion_is_made_up(start):
    times = [0.0, 0.03, 0.06, 30.0, 30.03]
    (source, release), estimator = start.camera(count=5, times=times), FakeEstimator()
    session = start(source, estimator)
    for index in range(5):
        release.release()
        picture_of(session, index)
    assert estimator.steps == [(None, 0), (0, 1), (1, 2), (None, 3), (3, 4)]
    assert estimator.calls[estimator.calls.index((None, 3)) - 1] == "reset"
    until(lambda: session.status().phase == "ended")


def test_what_a_source_has_to_say_is_shown_once_and_again_when_it_happens_again(start):
    source, _ = start.camera(2)
    session = start(source)
    picture_of(session, 1)
    for notice in ("camera lost, reconnecting", None, "camera lost, reconnecting"):
        source.notice = notice
        session.status()
        session.status()
    assert failures(session) == ["camera lost, reconnecting"] * 2


def test_speed_and_seek_do_not_concern_a_camera(start):
    source, release = start.camera(2)
    session = start(source)
    picture_of(session, 1)
    session.seek(0)
    session.set_speed(4.0)
    release.release(2)
    picture_of(session, 3)
    assert session.status().speed == 1.0
    assert failures(session) == []


def test_a_camera_that_keeps_us_waiting_is_asked_again(start):
    class Waiting(FakeSource):
        patience = 3

        @property
        def waiting(self):
            return self._next < 100

        def read(self):
            self.patience -= 1
            return None if self.patience % 4 else super().read()

    session = start(Waiting(100, kind="camera"))
    until(lambda: session.status().index == 99)


def test_a_camera_that_fails_keeps_its_last_picture_and_answers_to_settings(start):
    def broken(index):
        if index == 3:
            raise SourceError("camera 0 was unplugged")

    session = start(FakeSource(9, kind="camera", before_read=broken))
    until(lambda: session.status().phase == "failed")
    until(lambda: session.status().index == 2)
    assert failures(session) == ["camera 0 was unplugged"]
    session.apply(Settings(view=ViewSettings(mirror=True)))
    picture = picture_of(session, 2)
    while picture.motion.frame.image[0, 0, 0] == 255:
        picture = picture_of(session, 2)


def test_a_source_faster_than_the_screen_leaves_nothing_behind_but_the_present(start):
    source, release = start.camera(count=500)
    session = start(source)
    release.release(500)
    until(lambda: session.status().index == 499)
    until(lambda: balanced(session.status()))
    assert session.status().captured == 500
    assert session.pictures.take().motion.frame.index == 499
    assert session.pictures.take() is None
    put, overwritten = session.pictures.counts
    assert put - overwritten == 1


def test_after_a_suspend_a_file_goes_on_where_it_was_without_hurrying(start, monkeypatch):
    asleep_s = 0.0
    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + asleep_s)
    monkeypatch.setattr("motionapp.capture.time", clock)
    estimator = FakeEstimator()
    session = start(FakeSource(100, rate_hz=50.0), estimator)
    until(lambda: session.status().index >= 10)
    skipped, resets = session.status().dropped, estimator.calls.count("reset")
    asleep_s = 30.0
    index = session.status().index
    until(lambda: session.status().index >= index + 5)
    assert session.status().index < index + 50
    assert session.status().dropped - skipped <= 10
    assert estimator.calls.count("reset") == resets + 1


def test_while_kernels_are_prepared_a_file_waits_on_its_first_frame_without_motion(start):
    gate, estimator = threading.Event(), FakeEstimator()

    def prepare(progress):
        progress(3, 19, "warp")
        gate.wait(10)

    session = start(FakeSource(30), estimator, prepare=prepare)
    assert picture_of(session, 0).motion.first
    until(lambda: session.status().preparing == (3, 19, "warp"))
    assert session.status().phase == "preparing"
    gate.set()
    until(lambda: session.status().phase == "ended")
    assert session.status().preparing is None
    until(lambda: session.status().index == 29)


def test_while_kernels_are_prepared_a_camera_is_shown_live(start):
    gate, (source, release) = threading.Event(), start.camera()
    session = start(source, prepare=lambda progress: gate.wait(10) and None)
    for index in range(3):
        release.release()
        assert picture_of(session, index).motion.first
    gate.set()
    until(lambda: session.status().preparing is None)
    release.release(2)
    assert not picture_of(session, 4).motion.first


def test_a_notice_of_the_preparation_is_shown(start):
    session = start(FakeSource(3), prepare=lambda progress: "the kernel cache was damaged and has been made anew")
    until(lambda: session.status().phase == "ended")
    assert failures(session) == ["the kernel cache was damaged and has been made anew"]


def test_a_preparation_that_fails_is_told_and_motion_is_tried_all_the_same(start):
    def prepare(progress):
        raise OSError("no space left")

    estimator = FakeEstimator()
    session = start(FakeSource(5), estimator, prepare=prepare)
    until(lambda: session.status().phase == "ended")
    until(lambda: session.status().index == 4)
    assert "no space left" in failures(session)[0]
    assert (3, 4) in estimator.steps


def test_without_an_estimator_pictures_go_on_without_motion(start):
    def estimator(settings):
        raise ImportError("no numba")

    session = start(FakeSource(5), estimator)
    until(lambda: session.status().index == 4)
    assert "no numba" in failures(session)[0]
