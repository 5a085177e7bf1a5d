"""Familiarity: what was taught is known again, what was not is not, wherever in the picture it happens."""

import numpy as np
import pytest

from motionapp.familiarity import FEATURES, MOST_KNOWN, Familiarity, describe
from motionapp.recognition import Recogniser
from motionapp.training import TrainingRun
from motionapp.windows import WindowSet

from .motions import QUICK, SMALL, maps_of, two_motions


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


def test_where_it_moves_does_not_count():
    x = windows_of(maps_of("right", 30))
    moved = np.roll(x, (4, 6), axis=(2, 3))
    np.testing.assert_allclose(describe(x, SMALL), describe(moved, SMALL), atol=0.02)
    assert describe(x, SMALL).shape == (len(x), FEATURES)


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
