"""Sessions whose estimator fails, that record, and that are closed at the wrong moment."""

import contextlib
import itertools
import threading
import time
from dataclasses import replace

import numpy as np
import pytest

from motionapp.settings import PRESETS, Settings, ViewSettings
from motionapp.video import VideoSource

from .fakes import FakeEstimator, FakeSource, failures, paused, picture_of, session_of, until


def test_a_step_that_fails_is_told_once_and_the_next_frame_is_tried(start):
    def broken(frame):
        if 3 <= frame.index < 9:
            raise FloatingPointError("bad frame")

    estimator = FakeEstimator(broken)
    session = start(FakeSource(20, rate_hz=100.0), estimator)
    until(lambda: session.status().phase == "ended")
    until(lambda: session.status().index == 19)
    assert [message for message in failures(session) if "bad frame" in message] == [
        "Motion could not be estimated on a frame: bad frame"
    ]
    assert (18, 19) in estimator.steps


def test_traces_are_made_only_while_wanted_and_not_for_every_frame(start):
    estimator = FakeEstimator()
    session = start(FakeSource(100), estimator)
    until(lambda: session.status().phase == "ended")
    assert estimator.traces == []
    session.want_trace(True)
    session.play()
    until(lambda: session.status().phase == "ended" and session.status().index == 99)
    assert 1 <= len(estimator.traces) <= 8


def test_a_trace_wanted_while_paused_is_made_for_the_frame_on_show(start):
    estimator = FakeEstimator()
    session = start(FakeSource(100), estimator, before=paused)
    session.seek(5)
    picture_of(session, 5)
    session.want_trace(True)
    until(lambda: estimator.traces == [5])


def test_rates_and_latency_are_those_of_the_last_seconds(start):
    session = start(FakeSource(100, rate_hz=200.0))
    until(lambda: session.status().index > 50)
    status = session.status()
    assert 50 < status.source_hz < 300
    assert 0 < status.latency_ms < 500
    assert status.pts_s == pytest.approx(status.index / 200.0)


def frames_of(path):
    """Times of all frames in a video."""
    with contextlib.closing(VideoSource(path)) as source:
        return [source.pts(index) for index in range(source.info.frame_count)]


def test_a_recording_goes_on_over_the_loop_with_times_that_only_increase(start, tmp_path):
    session = start(
        FakeSource(6, rate_hz=50.0), before=lambda s: (s.set_loop(True), s.start_recording(tmp_path / "a.mkv"))
    )
    until(lambda: session.status().recorded_frames > 15)
    assert session.status().recording == tmp_path / "a.mkv"
    session.stop_recording()
    until(lambda: session.status().recorded is not None)
    assert session.status().recording is None
    times = frames_of(session.status().recorded)
    assert len(times) == session.status().recorded_frames > 15
    assert min(after - before for before, after in itertools.pairwise(times)) > 0.01
    assert failures(session) == []


def test_closing_while_recording_leaves_a_finished_file(tmp_path):
    session = session_of(FakeSource(10_000, rate_hz=100.0))
    session.start_recording(tmp_path / "a.mkv")
    session.start()
    until(lambda: session.status().recorded_frames > 5)
    assert session.close()
    assert [path.name for path in tmp_path.iterdir()] == ["a.mkv"]
    assert len(frames_of(tmp_path / "a.mkv")) > 5


def test_a_recording_that_fails_is_told_and_the_pictures_go_on(start, tmp_path):
    (tmp_path / "file").write_text("in the way")
    session = start(FakeSource(10_000, rate_hz=100.0))
    session.start_recording(tmp_path / "file" / "a.mkv")
    until(lambda: session.status().recording is None)
    assert len(failures(session)) == 1
    index = session.status().index
    until(lambda: session.status().index > index + 3)


def test_a_picture_that_changes_its_size_ends_the_recording_and_keeps_it(start, tmp_path):
    session = start(FakeSource(10_000, rate_hz=100.0))
    session.start_recording(tmp_path / "a.mkv")
    until(lambda: session.status().recorded_frames > 2)
    session.apply(Settings(view=ViewSettings(quarter_turns=1)))
    until(lambda: session.status().recorded is not None)
    assert "another size" in failures(session)[0]
    assert len(frames_of(tmp_path / "a.mkv")) > 2


def test_close_joins_both_threads_releases_the_source_on_its_own_thread_and_may_be_called_twice():
    source = FakeSource(1000)
    session = session_of(source)
    session.start()
    picture = session.pictures.take(5.0)
    assert picture is not None
    assert session.close()
    assert session.close()
    assert source.closed_on == "capture"
    assert session.status().phase == "closed"
    assert not {"capture", "compute"} & {thread.name for thread in threading.enumerate()}


def test_close_before_start_is_harmless():
    assert session_of(FakeSource(5)).close()


def test_a_blocked_camera_is_left_behind_and_never_closed_from_elsewhere():
    release = threading.Semaphore(1)
    source = FakeSource(9, kind="camera", before_read=lambda index: release.acquire(timeout=20))
    session = session_of(source)
    session.start()
    picture_of(session, 0)
    began = time.monotonic()
    assert not session.close(timeout_s=0.1)
    assert time.monotonic() - began < 1.0
    assert source.closed_on is None
    release.release()
    until(lambda: source.closed_on == "capture")
    until(lambda: session.close())


def test_a_source_that_opens_after_close_is_closed_unread():
    gate, source = threading.Event(), FakeSource(5, kind="camera", before_read=lambda index: pytest.fail("was read"))

    def opener(uri):
        gate.wait(10)
        return source

    session = session_of(opener)
    session.start()
    assert session.status().phase == "opening"
    assert not session.close(timeout_s=0.05)
    gate.set()
    until(lambda: source.closed_on is not None)
    until(lambda: session.close())
    assert failures(session) == []


def test_close_ends_the_preparation_at_its_next_report():
    gate, reports = threading.Event(), []

    def prepare(progress):
        for done in range(1000):
            gate.wait(10)
            reports.append(done)
            try:
                progress(done, 1000, "kernel")
            except Exception:  # a warm-up repairs what it can catch; this must not be caught
                pytest.fail("taken for a broken kernel")

    session = session_of(FakeSource(5), prepare=prepare)
    session.start()
    assert not session.close(timeout_s=0.05)
    gate.set()
    until(lambda: session.close(timeout_s=0.1))
    assert reports == [0]


@pytest.mark.parametrize("moment", range(12))
def test_closing_at_any_moment_ends_both_threads_and_leaves_no_unfinished_file(moment, tmp_path):
    gate = threading.Event()
    session = session_of(FakeSource(10_000, rate_hz=200.0), prepare=lambda progress: gate.wait(0.002 * moment) and None)
    session.start_recording(tmp_path / "a.mkv")
    session.start()
    gate.wait(0.004 * moment)
    if moment % 3 == 0:
        session.seek(500)
    assert session.close()
    assert [path for path in tmp_path.iterdir() if ".part" in path.name] == []


def test_settings_are_values_and_a_session_shows_those_it_was_given(start):
    wanted = Settings(flow=replace(PRESETS["balanced"], alpha=0.2))
    session = start(FakeSource(5, rate_hz=100.0), settings=wanted)
    picture = picture_of(session, 4)
    assert picture.motion.settings == wanted
    assert np.count_nonzero(picture.motion.flow) == 0
