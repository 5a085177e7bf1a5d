"""The player's rules, told the time instead of waiting for it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motionapp import playback
from motionapp.playback import SPEEDS, Playback

RATE_HZ = 10.0


def pts(index):
    return index / RATE_HZ


def at(index, **changes):
    """A player of 20 frames with ``index`` on show, anchored at clock 0."""
    return replace(
        playback.opened(Playback(), 20, False), index=index, wanted=None, anchor=(pts(index), 0.0), **changes
    )


def run(state, clocks):
    """Frames shown at the given times."""
    seen = []
    for clock in clocks:
        due = playback.due(state, pts, clock)
        state = due.playback
        if due.show is not None:
            state = playback.shown(state, due.show)
            seen.append(due.show)
    return seen, state


def test_a_new_source_shows_its_first_frame_at_once():
    due = playback.due(playback.opened(Playback(), 20, False), pts, 5.0)
    assert (due.show, due.jump) == (0, True)


def test_a_source_opened_with_an_in_point_starts_there():
    assert playback.opened(Playback(first=7), 20, False).wanted == 7
    assert playback.opened(Playback(last=7, speed=-1.0), 20, False).wanted == 7


def test_a_frame_asked_for_before_the_source_was_open_is_not_forgotten():
    assert playback.opened(playback.seek(Playback(), 7), 20, False).wanted == 7
    assert playback.opened(playback.seek(Playback(), 70), 20, False).wanted == 19


def test_play_waits_for_the_frame_s_time():
    due = playback.due(at(3), pts, 0.04)
    assert due.show is None
    assert due.wait_s == pytest.approx(0.06)


@pytest.mark.parametrize("speed", [0.125, 0.5, 1.0, 2.0, 8.0, -1.0, -4.0])
def test_speed_scales_the_waiting_time(speed):
    due = playback.due(at(10, speed=speed), pts, 0.0)
    assert due.wait_s == pytest.approx(0.1 / abs(speed))


def test_negative_speed_goes_back_frame_by_frame():
    seen, state = run(at(3, speed=-1.0), [0.1, 0.2, 0.3, 0.4, 0.5])
    assert seen == [2, 1, 0]
    assert state.ended


def test_late_frames_are_passed_over_for_the_newest_that_is_due():
    due = playback.due(at(3), pts, 0.2 + 0.12)
    assert due.show == 6
    assert not due.jump


def test_never_more_than_a_few_frames_are_passed_over_at_once():
    due = playback.due(at(0, speed=8.0, count=1000), lambda n: n / 1000.0, 0.2)
    assert due.show == 1 + playback.MOST_SKIPPED


def test_after_a_long_stop_play_goes_on_from_now_without_hurrying():
    due = playback.due(at(3), pts, 30.0)
    assert due.show == 4
    state = playback.shown(due.playback, 4)
    assert playback.due(state, pts, 30.0).wait_s == pytest.approx(0.1)


def test_the_end_is_reached_once_and_stays():
    seen, state = run(at(18), [0.1, 0.2, 0.3, 9.0])
    assert seen == [19]
    assert (state.ended, state.playing, state.index) == (True, False, 19)


def test_play_at_the_end_starts_again_from_the_in_point():
    _, state = run(at(18, first=5), [0.1, 0.2])
    state = playback.play(state)
    assert (state.wanted, state.playing, state.ended) == (5, True, False)


def test_play_backwards_at_the_start_goes_on_from_the_out_point():
    assert playback.play(at(0, speed=-1.0, last=9)).wanted == 9


def test_play_beyond_the_range_starts_it_again():
    state = playback.play(playback.pause(at(15, last=10)))
    assert (state.wanted, state.playing) == (0, True)
    state = playback.play(playback.pause(at(2, first=5, speed=-1.0)))
    assert state.wanted == 19


def test_a_time_is_sought_at_the_nearest_frame():
    for pts_s, index in ((0.0, 0), (0.54, 5), (0.56, 6), (99.0, 19), (-1.0, 0)):
        due = playback.due(playback.seek_time(at(3), pts_s), pts, 0.0)
        assert (due.show, due.jump) == (index, True)
    due = playback.due(playback.seek_time(playback.pause(at(3)), 0.3), pts, 0.0)
    assert (due.show, due.playback.sought) == (None, None)


def test_steps_in_seconds_count_real_time_and_add_up():
    slow_after = [0.0, 0.1, 0.2, 1.2, 2.2, 3.2]
    state = replace(playback.opened(Playback(), 6, False), index=1, wanted=None)
    state = playback.step_time(playback.step_time(state, 1.0), 1.0)
    due = playback.due(state, slow_after.__getitem__, 0.0)
    assert due.show == 4  # at 2.2 s, next to 2.1 s
    state = playback.step_time(playback.seek(state, 5), -1.0)
    assert playback.due(state, slow_after.__getitem__, 0.0).show == 4


def test_play_in_the_middle_goes_on_where_it_is():
    assert playback.play(playback.pause(at(5))).wanted is None


def test_a_loop_goes_round_with_a_jump_after_the_last_frame_s_own_time():
    state = at(19, loop=True)
    assert playback.due(state, pts, 0.05).wait_s == pytest.approx(0.05)
    due = playback.due(state, pts, 0.1)
    assert (due.show, due.jump) == (0, True)


def test_a_loop_keeps_time_over_the_seam():
    due = playback.due(at(19, loop=True), pts, 0.13)
    state = playback.shown(due.playback, 0)
    assert playback.due(state, pts, 0.13).wait_s == pytest.approx(0.07)


def test_a_loop_backwards_goes_round_to_the_out_point():
    seen, _ = run(at(5, first=5, last=9, loop=True, speed=-1.0), [0.1, 0.2, 0.3])
    assert seen == [9, 8, 7]


def test_a_loop_over_one_frame_ends_instead_of_spinning():
    assert playback.due(at(4, first=4, last=4, loop=True), pts, 0.0).playback.ended


def test_play_before_the_in_point_jumps_to_it():
    due = playback.due(at(2, first=8), pts, 0.0)
    assert (due.show, due.jump) == (8, True)


def test_play_behind_the_out_point_ends_or_loops():
    assert playback.due(at(12, last=9), pts, 0.0).playback.ended
    assert playback.due(at(12, last=9, first=3, loop=True), pts, 0.0).show == 3


def test_paused_nothing_is_due_until_something_changes():
    due = playback.due(playback.pause(at(3)), pts, 100.0)
    assert (due.show, due.wait_s) == (None, None)


def test_seek_is_due_at_once_paused_or_not_and_keeps_playing_as_it_was():
    for playing in (True, False):
        due = playback.due(playback.seek(at(3, playing=playing), 11), pts, 0.0)
        assert (due.show, due.jump, due.playback.playing) == (11, True, playing)


def test_seek_is_clamped_to_the_source():
    assert playback.seek(at(3), -5).wanted == 0
    assert playback.seek(at(3), 500).wanted == 19


def test_seek_out_of_the_end_is_no_longer_ended():
    assert not playback.seek(at(19, ended=True, playing=False), 4).ended


def test_a_request_made_while_another_frame_was_read_is_not_lost():
    state = playback.shown(playback.seek(at(3), 11), 4)
    assert (state.index, state.wanted) == (4, 11)


def test_steps_add_up_while_a_key_is_held():
    state = at(3)
    for _ in range(4):
        state = playback.step(state, 1)
    assert (state.wanted, state.playing) == (7, False)


def test_a_step_over_the_end_asks_for_nothing():
    assert playback.step(at(19), 1).wanted is None
    assert playback.step(at(0), -1).wanted is None


def test_live_sources_have_no_seek_and_no_speed_but_freeze():
    live = playback.opened(Playback(speed=4.0), None, True)
    assert live.speed == 1.0
    assert playback.seek(live, 3) == live
    assert playback.set_speed(live, 2.0) == live
    assert not playback.step(live, 1).playing
    assert playback.play(playback.pause(live)).wanted is None


def test_a_source_shorter_than_it_said_ends_where_it_ends():
    state = playback.shorten(at(11, loop=True), 12)
    assert playback.due(state, pts, 0.1).show == 0
    assert playback.due(replace(state, loop=False), pts, 0.1).playback.ended
    assert playback.shorten(playback.seek(at(3), 15), 12).wanted == 11
    assert playback.shorten(playback.seek(at(11), 15), 12).wanted is None


@pytest.mark.parametrize("speed", [0.0, 0.1, 16.0, -9.0, float("nan"), float("inf")])
def test_impossible_speeds_are_refused(speed):
    with pytest.raises(ValueError, match="speed"):
        playback.set_speed(at(3), speed)


def test_in_and_out_points_that_cross_keep_the_one_just_moved():
    state = playback.set_range(at(0), 5, 10)
    assert (state.first, state.last) == (5, 10)
    moved_in = playback.set_range(state, 12, 10)
    assert (moved_in.first, moved_in.last) == (12, None)
    moved_out = playback.set_range(state, 5, 3)
    assert (moved_out.first, moved_out.last) == (None, 3)


def test_slower_and_faster_walk_through_the_speeds_both_ways():
    assert [playback.faster(s) for s in SPEEDS] == [*SPEEDS[1:], SPEEDS[-1]]
    assert [playback.slower(s) for s in SPEEDS] == [SPEEDS[0], *SPEEDS[:-1]]
    assert playback.faster(-0.5) == -1.0
    assert playback.slower(-8.0) == -4.0


def test_j_and_l_start_at_1_and_double_with_every_repeat():
    assert playback.shuttle(False, 4.0, 1) == 1.0
    assert playback.shuttle(True, 1.0, 1) == 2.0
    assert playback.shuttle(True, 8.0, 1) == 8.0
    assert playback.shuttle(True, 8.0, -1) == -1.0
    assert playback.shuttle(True, -2.0, -1) == -4.0
    assert playback.shuttle(True, 0.25, 1) == 1.0


COMMANDS = st.one_of(
    st.just(playback.play),
    st.just(playback.pause),
    st.builds(lambda n: lambda p: playback.seek(p, n), st.integers(-5, 40)),
    st.builds(lambda n: lambda p: playback.step(p, n), st.integers(-30, 30)),
    st.builds(lambda s, d: lambda p: playback.set_speed(p, s * d), st.sampled_from(SPEEDS), st.sampled_from((1, -1))),
    st.builds(
        lambda a, b: lambda p: playback.set_range(p, a, b),
        st.none() | st.integers(-3, 30),
        st.none() | st.integers(-3, 30),
    ),
    st.builds(lambda on: lambda p: playback.set_loop(p, on), st.booleans()),
    st.builds(lambda n: lambda p: playback.shorten(p, min(n, p.count)), st.integers(1, 20)),
)


@given(st.lists(st.tuples(COMMANDS, st.floats(0.0, 2.0)), max_size=30))
def test_whatever_is_pressed_only_frames_of_the_source_are_shown_and_time_never_stands_still(presses):
    state, clock = playback.opened(Playback(), 20, False), 0.0
    for command, elapsed in presses:
        state, clock = command(state), clock + elapsed
        due = playback.due(state, pts, clock)
        state = due.playback
        if due.show is not None:
            assert 0 <= due.show < state.count
            state = playback.shown(state, due.show)
            assert state.wanted is None
        elif due.wait_s is not None:
            assert state.playing
            assert due.wait_s > 0
            later = playback.due(state, pts, clock + due.wait_s + 1e-6)
            assert later.show is not None
