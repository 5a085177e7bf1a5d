"""A source of a lab's own: it stands where it should, steps, and says what is wrong."""

import queue

import numpy as np
import pytest

from motionapp.labs.player import Player
from motionapp.orientation import orient

WAIT_S = 20.0


@pytest.fixture
def play():
    players = []

    def begin(*arguments, **options):
        player = Player(*arguments, **options)
        players.append(player)
        player.start()
        return player

    yield begin
    for player in players:
        assert player.close(WAIT_S)


def test_it_stands_at_the_frame_asked_for_with_those_before_it(play):
    view = play("scene:still", history=3, index=10, playing=False).views.take(WAIT_S)
    assert view.frame.index == 10
    assert [frame.index for frame in view.history] == [7, 8, 9]


def test_at_the_start_there_is_no_past_and_beyond_the_end_the_last_frame_is_shown(play):
    assert play("scene:still", index=0, playing=False).views.take(WAIT_S).history == ()
    assert play("scene:still", index=10_000, playing=False).views.take(WAIT_S).frame.index == 299


def test_a_step_shows_the_next_frame_and_after_the_last_the_first(play):
    player = play("scene:still", index=298, playing=False)
    shown = [player.views.take(WAIT_S).frame.index]
    for _ in range(2):
        player.step()
        shown.append(player.views.take(WAIT_S).frame.index)
    assert shown == [298, 299, 0]


def test_it_plays_on_and_stands_when_told(play):
    player = play("scene:still", index=5)
    assert player.views.take(WAIT_S).frame.index >= 5
    assert player.views.take(WAIT_S).frame.index > 5
    player.set_playing(False)
    while player.views.take(0.3) is not None:
        pass
    assert player.failures.empty()


def test_more_history_is_read_again_for_the_frame_on_show(play):
    player = play("scene:still", history=1, index=9, playing=False)
    player.views.take(WAIT_S)
    player.set_history(4, 64)
    view = player.views.take(WAIT_S)
    assert view.frame.index == 9
    assert [frame.image.shape for frame in view.history] == [(48, 64, 3)] * 3 + [(480, 640, 3)]
    assert view.frame.image.shape == (480, 640, 3)
    player.set_history(2, 640)
    assert [frame.image.shape for frame in player.views.take(WAIT_S).history] == [(480, 640, 3)] * 2


def test_it_follows_from_frame_to_frame_with_all_that_lie_between(play):
    player = play("scene:still", history=4, index=10, playing=False)
    player.views.take(WAIT_S)
    for index in (13, 14, 60, 30):
        player.show(index)
        view = player.views.take(WAIT_S)
        assert [frame.index for frame in (*view.history, view.frame)] == list(range(index - 4, index + 1))


def test_what_it_follows_may_be_turned_meanwhile_and_the_past_is_turned_as_well(play):
    player = play("scene:moving-arm", history=2, index=10, playing=False)
    view = player.views.take(WAIT_S)
    player.show(11, (True, 1))
    turned = player.views.take(WAIT_S)
    assert [frame.index for frame in turned.history] == [9, 10]
    assert (turned.previous.image == orient(view.frame, True, 1).image).all()


def test_steps_go_on_from_the_frame_that_was_asked_for_last(play):
    player = play("scene:still", index=0, playing=False)
    player.show(20)
    for _ in range(3):
        player.step()
    shown = -1
    while shown < 23:
        shown = player.views.take(WAIT_S).frame.index
    assert shown == 23
    assert player.views.take(0.2) is None


def test_the_same_frame_of_a_scene_is_the_same_to_the_bit(play):
    first, second = (play("scene:moving-arm", index=40, playing=False).views.take(WAIT_S) for _ in range(2))
    assert np.array_equal(first.frame.image, second.frame.image)
    assert np.array_equal(first.previous.image, second.previous.image)


def test_a_source_that_cannot_be_opened_is_told_of(play, tmp_path):
    player = play(str(tmp_path / "nothing.mp4"))
    failure = player.failures.get(timeout=WAIT_S)
    assert "does not exist" in failure.message
    assert player.views.take(0.0) is None
    with pytest.raises(queue.Empty):
        player.failures.get_nowait()
