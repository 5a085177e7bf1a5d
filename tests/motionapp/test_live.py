"""Sessions over files: order, exactness, loops, settings, damage."""

import threading

import pytest

from motionapp.settings import PRESETS, Settings, ViewSettings
from motionapp.sources import SourceError

from .fakes import FakeEstimator, FakeSource, balanced, failures, paused, picture_of, until


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
        previous = picture_of(session, index).motion.previous
        assert estimator.steps[-1] == (index - 1 if index else None, index)
        assert (previous is None) if index == 0 else (previous.index == index - 1)
        assert session.status().phase == "paused"


def test_a_seek_is_exact_however_the_frame_was_reached(start):
    estimator = FakeEstimator()
    session = start(FakeSource(100), estimator, before=paused)
    picture_of(session, 0)
    for index in (30, 29, 28, 3, 60, 59):
        session.seek(index)
        picture = picture_of(session, index)
        assert picture.motion.frame.image[0, 5, 0] == index


def test_every_frame_asked_for_is_traced_however_quickly_one_follows_another(start):
    estimator = FakeEstimator()
    session = start(FakeSource(100), estimator, before=paused)
    session.want_trace(True)
    for index in (30, 31, 32, 5):
        session.seek(index)
        picture_of(session, index)
    assert estimator.traces[-4:] == [30, 31, 32, 5]


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


@pytest.mark.parametrize("sought", [0, 40])
def test_a_file_that_breaks_off_says_so_once_and_can_still_be_watched(start, sought):
    def broken(index):
        if index >= 12:
            raise SourceError("fake.avi: 12 of 60 frames can be read")

    session = start(FakeSource(60, before_read=broken))
    session.seek(sought)
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
