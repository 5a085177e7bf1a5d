"""Familiarity: what was taught is known again, what was not is not, wherever in the picture it happens."""

import numpy as np
import pytest

from motionapp.learning.familiarity import FEATURES, MOST_KNOWN, Familiarity, describe
from motionapp.learning.recognition import Recogniser
from motionapp.learning.samples import motion_map
from motionapp.learning.training import TrainingRun
from motionapp.learning.windows import WindowSet
from motionapp.scenes import SceneSource
from motionapp.settings import MapSettings, Settings
from motionapp.types import Motion

from .motions import QUICK, SMALL, maps_of, two_motions

SEEN = MapSettings()


def scene_maps(name, count):
    """Return the maps of a synthetic scene after its exact motion."""
    source = SceneSource(name, 160, 120, 30.0)
    frames = (source.frame(index) for index in range(1, count + 1))
    sure = np.ones((120, 160), np.float32)
    return np.stack([motion_map(Motion(one, one.truth.flow, sure, 1 / 30, Settings()), SEEN) for one in frames])


def windows_of(maps):
    cut = WindowSet.of([maps], [0], SMALL)
    return cut.take(np.arange(len(cut)))


@pytest.fixture(scope="module")
def taught():
    return Familiarity.of(two_motions().window_set(), SMALL)


@pytest.mark.parametrize("kind", ["right", "down"])
def test_fresh_motion_of_a_class_is_familiar(taught, kind):
    assert (taught.strangeness(windows_of(maps_of(kind, 60, seed=70)), SMALL) <= 1).mean() > 0.9


@pytest.mark.parametrize("factor", [0.0, 0.1, 3.0])
def test_much_less_and_much_more_motion_is_not(taught, factor):
    assert (taught.strangeness(factor * windows_of(maps_of("right", 60, seed=70)), SMALL) > 1).all()


def test_motion_everywhere_is_not(taught):
    assert (taught.strangeness(np.full((5, *SMALL.shape), 0.3, np.float32), SMALL) > 1).all()


def test_where_it_moves_does_not_count_but_how_widely_does():
    x = np.zeros((1, *SMALL.shape), np.float32)
    x[:, :, 2:5, 3:7] = 0.3
    moved, wider = np.roll(x, (4, 6), axis=(2, 3)), x.copy()
    wider[:, :, 2:5] = np.roll(x[:, :, 2:5], 8, axis=3) + x[:, :, 2:5]
    np.testing.assert_allclose(describe(x, SMALL), describe(moved, SMALL), atol=1e-3)
    assert np.abs(describe(wider, SMALL) - describe(x, SMALL)).max() > 0.5


@pytest.mark.parametrize("settings", [SMALL, MapSettings(9, 11, 1, 1), MapSettings(8, 8, 2, 1, direction=True)])
@pytest.mark.parametrize("speed", [0.0, 1e-9, 0.3, 1e6])
def test_any_window_is_described_by_numbers(settings, speed):
    found = describe(np.full((3, *settings.shape), speed, np.float32), settings)
    assert found.shape == (3, FEATURES)
    assert found.dtype == np.float32
    assert np.isfinite(found).all()


def test_direction_does_not_count():
    settings = MapSettings(8, 8, 3, 1, direction=True)
    x = np.random.default_rng(1).random((4, *settings.shape), np.float32)
    speeds = np.ascontiguousarray(x[:, ::3])
    np.testing.assert_array_equal(describe(x, settings), describe(speeds, MapSettings(8, 8, 3, 1)))


@pytest.mark.parametrize("third", ["crossing", "still"])
def test_of_three_scenes_the_two_that_were_taught_are_familiar(third):
    taught, windows = ("moving-arm", "rotation"), {}
    for name in (*taught, third):
        windows[name] = scene_maps(name, 90)
    cut = WindowSet.of([windows[name][part] for name in taught for part in (slice(0, 30), slice(30, 60))], [0, 0, 1, 1],
                       SEEN)  # fmt: skip
    known = Familiarity.of(cut, SEEN)
    for name, maps in windows.items():
        fresh = WindowSet.of([maps[60:]], [0], SEEN)
        share = (known.strangeness(fresh.take(np.arange(len(fresh))), SEEN) <= 1).mean()
        assert share >= 0.9 if name in taught else share <= 0.1


def test_if_to_be_still_was_taught_it_is_familiar():
    samples = two_motions()
    cut = WindowSet.of([*(one.maps for one in samples.recordings), *[np.zeros((30, 1, 12, 16), np.float32)] * 2],
                       [*([0, 1] * 4), 2, 2], SMALL)  # fmt: skip
    assert (Familiarity.of(cut, SMALL).strangeness(np.zeros((3, *SMALL.shape), np.float32), SMALL) <= 1).all()


def test_one_recording_of_a_class_is_compared_with_itself_later_on():
    cut = WindowSet.of([maps_of("right", 60)], [0], SMALL)
    found = Familiarity.of(cut, SMALL)
    assert len(found.known) == len(cut)
    assert (found.strangeness(windows_of(maps_of("right", 60, seed=3)), SMALL) <= 1).mean() > 0.9


def test_after_too_little_everything_is_familiar():
    found = Familiarity.of(WindowSet.of([maps_of("right", SMALL.span)], [0], SMALL), SMALL)
    assert not found.strangeness(np.full((2, *SMALL.shape), 9, np.float32), SMALL).any()


def test_only_so_many_windows_are_kept():
    cut = WindowSet.of([maps_of("right", 1000, seed=seed) for seed in range(3)], [0, 0, 1], SMALL)
    assert len(cut) > MOST_KNOWN
    assert len(Familiarity.of(cut, SMALL).known) == MOST_KNOWN


def test_a_confident_answer_to_unknown_motion_is_unsure_unless_no_doubt_is_wanted():
    run = TrainingRun(two_motions(), QUICK)
    for _ in run.batches():
        pass
    for threshold, label in ((0.6, False), (0.0, True)):
        recogniser = Recogniser(run.result(), threshold)
        for index in range(20):
            found = recogniser.see(np.full((1, 12, 16), 0.3, np.float32), index / 25)
        assert not found.familiar
        assert (found.label is not None) == label
