"""What a lab looks at: reduced once, grey once."""

import numpy as np

from motionapp.labs.view import LabView, Past, Reducer, reduced
from motionapp.scenes import SceneSource
from motionapp.types import Frame

from .views import frame, moved


def test_a_view_knows_the_frame_before_it_and_its_grey_values():
    view = moved(1, 0)
    assert view.previous is view.history[-1]
    assert view.grey.shape == view.previous_grey.shape == (96, 128)
    assert view.grey.dtype == np.float32
    assert view.grey is view.grey
    assert LabView(view.frame).previous_grey is None


def test_a_view_is_reduced_to_a_longest_side_and_no_larger_one_is_made():
    view = moved(1, 0)
    small = view.within(64)
    assert small.frame.image.shape == (48, 64, 3)
    assert small.previous.image.shape == (48, 64, 3)
    assert view.within(128) is view
    assert abs(float(small.grey.mean()) - float(view.grey.mean())) < 0.005


def test_the_truth_of_a_scene_does_not_outlive_the_pixels_it_is_about():
    frame_of_scene = SceneSource("translation", 64, 48).frame(3)
    assert frame_of_scene.truth is not None
    assert reduced(frame_of_scene, 32).truth is None
    assert reduced(frame_of_scene, 64) is frame_of_scene


def test_frames_that_stay_in_the_history_are_reduced_once():
    reduce = Reducer()
    frames = [frame(np.full((60, 80), 0.1 * n), n) for n in range(4)]
    first = reduce(LabView(frames[2], (frames[0], frames[1])), 40)
    second = reduce(LabView(frames[3], (frames[1], frames[2])), 40)
    assert second.history[-1] is first.frame
    assert [old.index for old in second.history] == [1, 2]
    assert np.array_equal(second.frame.image, reduced(frames[3], 40).image)


def test_a_past_that_is_of_another_size_is_no_past():
    def frame_of(index, height, width):
        return Frame(index, index / 30, np.zeros((height, width, 3), np.uint8))

    frames = [frame_of(0, 24, 32), frame_of(1, 48, 64), frame_of(2, 48, 64)]
    view = Reducer()(LabView(frames[2], tuple(frames[:2])), 64)
    assert [one.index for one in view.history] == [1]
    whole = LabView(frames[2], (frames[1],))
    assert Reducer()(whole, 64) is whole


def test_a_lab_with_larger_pictures_finds_a_pair_where_a_small_past_was_kept():
    past = Past(5, 40)
    for index in range(6):
        past.push(frame(np.full((60, 80), 0.1 * index), index))
    past.resize(1, 80)
    view = Reducer()(past.push(frame(np.full((60, 80), 0.6), 6)), 80)
    assert (view.previous.index, view.previous.image.shape) == (5, view.frame.image.shape)
    assert abs(float((view.grey - view.previous_grey).mean()) - 0.1) < 0.005


def test_a_frame_is_never_its_own_past():
    past = Past(3)
    for index in (4, 5):
        past.push(frame(np.zeros((6, 8)), index))
    assert past.push(frame(np.zeros((6, 8)), 5)).history == ()


def test_only_the_frame_right_before_is_the_previous_one():
    first, second, last = (frame(np.zeros((6, 8)), index) for index in (4, 5, 7))
    assert LabView(second, (first,)).previous is first
    view = LabView(last, (first, second))
    assert view.previous is None
    assert view.previous_grey is None
    assert len(view.history) == 2
