"""Samples: maps of motion, recordings, classes, windows, and a split that never tests on what was learned."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from motionapp.learning.samples import Samples, advice, class_name, motion_map
from motionapp.settings import MapSettings, Settings
from motionapp.types import Frame, Motion

from .motions import SMALL, recording, two_motions


def motion(flow, confidence=None, dt_s=0.04):
    """A motion with this ``(2, H, W)`` flow, measured everywhere unless told otherwise."""
    height, width = flow.shape[1:]
    confidence = np.ones((height, width), np.float32) if confidence is None else confidence
    return Motion(Frame(1, 1.0, np.zeros((height, width, 3), np.uint8)), flow, confidence, dt_s, Settings())


def test_a_map_is_in_picture_widths_per_second_whatever_the_size_and_rate():
    settings = MapSettings(rows=12, columns=16)
    for scale, dt_s in ((1, 0.04), (2, 0.04), (2, 0.08)):
        flow = np.zeros((2, 48 * scale, 64 * scale), np.float32)
        flow[0] = 3.0 * scale * dt_s / 0.04
        np.testing.assert_allclose(motion_map(motion(flow, dt_s=dt_s), settings), 3.0 / 64 / 0.04, rtol=1e-5)


@pytest.mark.parametrize("size", [(48, 64), (37, 53), (480, 640), (9, 11), (1, 1)])
def test_a_map_is_the_mean_over_each_cell_and_speed_is_never_negative(size):
    flow = np.random.default_rng(3).normal(0, 2, (2, *size)).astype(np.float32)
    found = motion_map(motion(flow), MapSettings(rows=8, columns=8))
    assert found.shape == (1, 8, 8)
    assert (found.dtype, found.flags.c_contiguous) == (np.float32, True)
    assert found.min() >= 0
    if min(size) >= 48 and size[0] % 8 == size[1] % 8 == 0:
        cells = np.hypot(*flow).reshape(8, size[0] // 8, 8, size[1] // 8).mean(axis=(1, 3)) / (0.04 * size[1])
        np.testing.assert_allclose(found[0], cells, rtol=1e-4)


def test_what_was_not_measured_counts_as_0_and_so_does_a_first_frame():
    flow = np.ones((2, 48, 64), np.float32)
    confidence = np.ones((48, 64), np.float32)
    confidence[:, :32] = 0.4
    found = motion_map(motion(flow, confidence), MapSettings(rows=12, columns=16))
    assert not found[0, :, :8].any()
    assert (found[0, :, 8:] > 0).all()
    assert not motion_map(motion(flow, dt_s=0.0), MapSettings()).any()


def test_direction_adds_the_parts_to_the_right_and_down():
    flow = np.zeros((2, 48, 64), np.float32)
    flow[0], flow[1] = -3.0, 4.0
    found = motion_map(motion(flow, dt_s=1.0), MapSettings(rows=12, columns=16, direction=True))
    np.testing.assert_allclose(64 * found[:, 5, 5], (5.0, -3.0, 4.0), rtol=1e-5)


@pytest.mark.parametrize("name", ["waving, left", '"quoted"', "a/b\\c", "👋🏽 bye", "  spaced  ", "None", "é" * 60])
def test_any_text_can_name_a_class(name):
    assert Samples().with_class(name).classes == (class_name(name),)


@pytest.mark.parametrize(
    ("name", "message"),
    [("", "needs a name"), (" \n", "needs a name"), ("x" * 61, "60 characters"), ("WAVE", "already")],
)
def test_a_name_that_cannot_be_a_class_is_refused_with_the_reason(name, message):
    with pytest.raises(ValueError, match=message):
        Samples(classes=("wave",)).with_class(name)


def test_composed_and_decomposed_letters_are_the_same_name():
    with pytest.raises(ValueError, match="already"):
        Samples().with_class("caf\u00e9").with_class("cafe\u0301")


def test_renaming_takes_the_recordings_along_and_removing_a_class_removes_them():
    samples = two_motions(2)
    renamed = samples.renamed("right", "to the right")
    assert renamed.classes == ("to the right", "down")
    assert [one.label for one in renamed.of("to the right")] == ["to the right"] * 2
    assert samples.classes == ("right", "down")
    assert samples.renamed("right", "RIGHT").classes == ("RIGHT", "down")
    left = samples.without_class("right")
    assert (left.classes, {one.label for one in left.recordings}) == (("down",), {"down"})
    with pytest.raises(ValueError, match="no class"):
        samples.without_class("up")
    with pytest.raises(ValueError, match="already"):
        samples.renamed("right", "Down")


def test_a_recording_comes_and_goes_by_its_id():
    samples = two_motions(1)
    assert samples.without_recording("right-0").counts() == {"right": 0, "down": 12}
    assert samples.without_recording("unknown").counts() == samples.counts()


def test_a_recording_of_an_unknown_class_or_other_maps_is_refused():
    with pytest.raises(ValueError, match="no class"):
        Samples(SMALL, ("down",)).with_recording(recording("right"))
    with pytest.raises(ValueError, match="must have shape"):
        Samples(MapSettings(), ("right",)).with_recording(recording("right"))


def test_samples_have_a_largest_size(monkeypatch):
    monkeypatch.setattr("motionapp.learning.samples.MOST_BYTES", 2 * recording("right").maps.nbytes)
    with pytest.raises(ValueError, match="as much as there can be"):
        two_motions(2)


def test_windows_are_the_maps_of_a_recording_oldest_first():
    samples = Samples(SMALL, ("down", "right"))
    one = recording("right", 12)
    x, labels, ids = samples.with_recording(one).windows()
    assert x.shape == (3, *SMALL.shape)
    assert (labels.tolist(), set(ids)) == ([1, 1, 1], {one.id})
    for index, window in enumerate(x):
        np.testing.assert_array_equal(window, one.maps[index * SMALL.hop :: SMALL.every, 0][: SMALL.maps])


def test_windows_with_direction_keep_the_channels_of_a_map_together():
    settings = MapSettings(rows=8, columns=8, maps=3, every=1, direction=True)
    one = recording("right", 4, settings=settings)
    x, _, _ = Samples(settings, ("right",)).with_recording(one).windows()
    np.testing.assert_array_equal(x[0], one.maps[:3].reshape(9, 8, 8))


def test_a_recording_shorter_than_a_window_has_none():
    samples = Samples(SMALL, ("right",)).with_recording(recording("right", SMALL.span - 1))
    assert samples.counts() == {"right": 0}
    assert samples.windows()[0].shape == (0, *SMALL.shape)


def shared(first, second):
    """Whether two recordings have a map in common, by its memory."""
    return np.shares_memory(first.maps, second.maps)


@given(each=st.integers(2, 9), part=st.floats(0.05, 0.9), seed=st.integers(0, 2**31 - 1))
def test_a_split_takes_whole_recordings_some_of_each_class_on_both_sides(each, part, seed):
    samples = two_motions(each, 12)
    split = samples.split(part, seed)
    assert sorted(one.id for one in split.training + split.validation) == sorted(one.id for one in samples.recordings)
    for side in split[:2]:
        assert {one.label for one in side} == {"right", "down"}
    assert split.notes == ()
    again = samples.split(part, seed)
    assert [one.id for one in again.validation] == [one.id for one in split.validation]


def test_a_split_depends_on_the_seed():
    samples = two_motions(9, 12)
    assert len({tuple(one.id for one in samples.split(0.3, seed).validation) for seed in range(8)}) > 4


@given(count=st.integers(1, 120), part=st.floats(0.05, 0.9))
def test_a_single_recording_is_cut_in_time_so_that_no_map_is_on_both_sides_and_this_is_said(count, part):
    samples = Samples(SMALL, ("right",)).with_recording(recording("right", count))
    split = samples.split(part)
    for learned in split.training:
        for tested in split.validation:
            assert not shared(learned, tested)
            assert learned.pts_s[-1] < tested.pts_s[0]
    if count < SMALL.span:
        assert split == ((), (), ())
        return
    assert all(samples.windows_in(one) for one in split.training + split.validation)
    assert len(split.training) == 1
    assert "“right” has one" in split.notes[0]
    assert ("short" in split.notes[0]) == (not split.validation)


def test_without_a_validation_part_everything_is_for_training():
    split = two_motions(1).split(0.0)
    assert (len(split.training), split.validation, split.notes) == (2, (), ())


def test_what_samples_lack_is_said():
    assert any("no sample yet" in text for text in advice(Samples(classes=("wave",))))
    few = Samples(SMALL, ("right",)).with_recording(recording("right", 12))
    assert any("3 samples only" in text for text in advice(few))
    assert any("one recording only" in text for text in advice(few))
    assert advice(two_motions(2)) == ()
