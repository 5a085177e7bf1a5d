"""Sessions over sources and estimators that misbehave on purpose."""

import contextlib
import itertools
import threading
import time
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from motionapp.settings import PRESETS, Settings, ViewSettings
from motionapp.sources import SourceError
from motionapp.video import VideoSource

from .fakes import FakeEstimator, FakeSource, failures, picture_of, session_of, until


@pytest.fixture
def start():
    """Start sessions, and close them after the test; ``start.camera(frames)`` is a camera that waits to be released."""
    sessions, releases = [], []

    def begin(*arguments, before=lambda session: None, **options):
        session = session_of(*arguments, **options)
        before(session)
        session.start()
        sessions.append(session)
        return session

    def camera(frames=0, **options):
        release = threading.Semaphore(frames)
        releases.append(release)
        kind = {"kind": "camera", "count": 10_000} | options
        return FakeSource(before_read=lambda index: release.acquire(timeout=20), **kind), release

    begin.camera = camera
    yield begin
    for session in sessions:
        session.close(timeout_s=0.0)
        for release in releases:
            release.release()
        assert session.close()


def paused(session):
    session.pause()


def balanced(status):
    """Whether no frame is unaccounted for, with nothing in flight."""
    return status.captured == status.processed + status.dropped


# --- files -----------------------------------------------------------------------------------------------------------


def test_a_file_plays_to_its_end_and_the_last_frame_stays(start):
    source, estimator = FakeSource(20), FakeEstimator()
    session = start(source, estimator)
    until(lambda: session.status().phase == "ended")
    until(lambda: session.status().index == 19)
    until(lambda: balanced(session.status()))
    assert all(previous == index - 1 for previous, index in estimator.steps if index)
    assert estimator.steps == sorted(estimator.steps, key=lambda step: step[1])
    assert source.seeks == []
    assert failures(session) == []


def test_frames_that_come_too_fast_are_dropped_counted_and_never_split_from_their_predecessor(start):
    gate = threading.Semaphore(0)
    estimator = FakeEstimator(lambda frame: gate.acquire(timeout=10))
    session = start(FakeSource(50), estimator)
    until(lambda: session.status().phase == "ended")
    gate.release(100)
    until(lambda: session.status().index == 49)
    until(lambda: balanced(session.status()))
    assert session.status().dropped > 20
    assert all(previous == index - 1 for previous, index in estimator.steps if index)


def test_play_after_the_end_starts_again(start):
    session = start(FakeSource(10))
    until(lambda: session.status().phase == "ended")
    session.play()
    until(lambda: session.status().phase != "ended")
    until(lambda: session.status().phase == "ended" and session.status().index == 9)


def test_a_seek_while_paused_shows_the_motion_that_led_to_that_frame(start):
    source, estimator = FakeSource(100), FakeEstimator()
    session = start(source, estimator, before=paused)
    for index in (57, 12, 13, 99, 0):
        session.seek(index)
        picture_of(session, index)
        assert estimator.steps[-1] == (index - 1 if index else None, index)
        assert session.status().phase == "paused"


def test_a_seek_is_exact_however_the_frame_was_reached(start):
    estimator = FakeEstimator()
    session = start(FakeSource(100), estimator, before=paused)
    picture_of(session, 0)
    for index in (30, 29, 28, 3, 60, 59):
        session.seek(index)
        picture = picture_of(session, index)
        assert picture.motion.frame.image[0, 5, 0] == index


def test_steps_go_frame_by_frame_both_ways_and_stop_at_the_ends(start):
    session = start(FakeSource(5), before=paused)
    picture_of(session, 0)
    for count, index in ((1, 1), (1, 2), (-1, 1), (30, 4), (-30, 0)):
        session.step(count)
        picture_of(session, index)
    assert session.status().phase == "paused"


def test_steps_while_playing_pause(start):
    session = start(FakeSource(1000))
    until(lambda: session.status().index > 3)
    session.step(1)
    until(lambda: session.status().phase == "paused")


def test_a_file_plays_backwards_to_its_start(start):
    estimator = FakeEstimator()
    session = start(FakeSource(60), estimator, before=lambda s: (s.pause(), s.seek(59)))
    picture_of(session, 59)
    session.set_speed(-1.0)
    session.play()
    until(lambda: session.status().phase == "ended" and session.status().index == 0)
    assert all(previous == index - 1 for previous, index in estimator.steps if index)
    shown = [index for _, index in estimator.steps[estimator.steps.index((58, 59)) :]]
    assert shown == sorted(shown, reverse=True)


def test_a_loop_forms_no_pair_across_the_seam(start):
    estimator = FakeEstimator()
    session = start(FakeSource(4, rate_hz=200.0), estimator, before=lambda s: s.set_loop(True))
    until(lambda: [index for _, index in estimator.steps].count(0) >= 3)
    assert set(estimator.steps) <= {(None, 0), (0, 1), (1, 2), (2, 3)}
    for at, call in enumerate(estimator.calls):
        if call == (None, 0):
            assert estimator.calls[at - 1] == "reset"
    assert session.status().loop


def test_in_and_out_points_bound_the_loop(start):
    estimator = FakeEstimator()
    start(FakeSource(50), estimator, before=lambda s: (s.set_range(10, 12), s.set_loop(True)))
    until(lambda: len(estimator.steps) > 12)
    assert {index for _, index in estimator.steps} == {10, 11, 12}
    assert (9, 10) in estimator.steps


def test_new_settings_while_paused_show_the_frame_again(start):
    estimator = FakeEstimator()
    session = start(FakeSource(50), estimator, before=paused)
    session.seek(7)
    picture_of(session, 7)
    session.apply(Settings(flow=PRESETS["accurate"]))
    picture = picture_of(session, 7)
    while picture.motion.settings.flow != PRESETS["accurate"]:
        picture = picture_of(session, 7)
    assert estimator.steps[-1] == (6, 7)


def test_mirror_and_rotation_turn_what_is_measured(start):
    session = start(FakeSource(50), before=paused)
    session.seek(7)
    assert picture_of(session, 7).motion.frame.image[0, 0, 0] == 255
    session.apply(Settings(view=ViewSettings(mirror=True, quarter_turns=1)))
    picture = picture_of(session, 7)
    while picture.motion.frame.image.shape != (8, 6, 3):
        picture = picture_of(session, 7)
    assert (picture.motion.frame.image[-1] == 255).all()
    assert picture.motion.flow.shape == (2, 8, 6)


def test_pictures_of_another_size_have_no_motion_from_the_one_before(start):
    estimator = FakeEstimator()
    session = start(FakeSource(6, rate_hz=50.0, kind="images", sizes={3: (4, 4)}), estimator)
    until(lambda: session.status().phase == "ended")
    until(lambda: session.status().index == 5)
    assert (None, 3) in estimator.steps
    assert (None, 4) in estimator.steps


def test_a_file_shorter_than_it_says_ends_where_it_ends(start):
    session = start(FakeSource(12, says=60))
    until(lambda: session.status().phase == "ended")
    until(lambda: session.status().index == 11)
    session.seek(40)
    session.step(-1)
    until(lambda: session.status().index == 10)


def test_a_file_that_breaks_off_says_so_once_and_can_still_be_watched(start):
    def broken(index):
        if index >= 12:
            raise SourceError("fake.avi: 12 of 60 frames can be read")

    session = start(FakeSource(60, before_read=broken))
    until(lambda: session.status().phase == "ended")
    assert failures(session) == ["fake.avi: 12 of 60 frames can be read"]
    session.seek(3)
    until(lambda: session.status().index == 3)


def test_one_picture_is_shown_and_is_the_end(start):
    session = start(FakeSource(1, kind="images"))
    picture_of(session, 0)
    until(lambda: session.status().phase == "ended")


def test_an_empty_source_fails_with_a_message(start):
    session = start(FakeSource(0, says=5))
    until(lambda: session.status().phase == "failed")
    assert len(failures(session)) == 1


def test_a_source_that_cannot_be_opened_fails_with_its_message_and_closes(start):
    def opener(uri):
        raise SourceError("nothing.mp4: there is no such file")

    session = start(opener)
    until(lambda: session.status().phase == "failed")
    assert failures(session) == ["nothing.mp4: there is no such file"]


def test_an_unexpected_error_is_a_failure_with_details_not_a_dead_thread(start):
    def opener(uri):
        raise ZeroDivisionError("oops")

    session = start(opener)
    until(lambda: session.status().phase == "failed")
    failure = session.failures.get(timeout=5)
    assert "oops" in failure.message
    assert "ZeroDivisionError" in failure.detail


# --- live sources ----------------------------------------------------------------------------------------------------


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


# --- preparing -------------------------------------------------------------------------------------------------------


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


# --- failing steps, traces, figures ----------------------------------------------------------------------------------


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


# --- recording -------------------------------------------------------------------------------------------------------


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


# --- closing ---------------------------------------------------------------------------------------------------------


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
