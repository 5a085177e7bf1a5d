"""Batches of windows: gathered without a copy of every window, and altered as the settings say."""

import numpy as np
import pytest

from motionapp.learning.windows import WindowSet
from motionapp.settings import MapSettings, TrainingSettings

from .motions import SMALL, maps_of

STILL = TrainingSettings(shift=0, speed=0.0)


@pytest.fixture
def windows():
    return WindowSet.of([maps_of("right", 30), maps_of("down", 30, seed=1)], [0, 1], SMALL)


def altered(windows, settings, count=200, seed=0):
    """Windows altered ``count`` times, with their numbers."""
    chosen = np.arange(count) % len(windows)
    return chosen, windows.take_altered(chosen, settings, np.random.default_rng(seed))


def test_nothing_is_altered_where_nothing_is_asked_for(windows):
    chosen, found = altered(windows, STILL)
    np.testing.assert_array_equal(found, windows.take(chosen))


def test_altering_leaves_the_maps_alone_and_depends_on_the_seed_only(windows):
    settings, before = TrainingSettings(mirror=True, shift=3, speed=0.5), windows.maps.copy()
    _, first = altered(windows, settings, seed=4)
    _, second = altered(windows, settings, seed=4)
    _, other = altered(windows, settings, seed=5)
    np.testing.assert_array_equal(first, second)
    assert (first != other).any()
    np.testing.assert_array_equal(windows.maps, before)


def test_half_of_the_windows_are_mirrored(windows):
    chosen, found = altered(windows, TrainingSettings(shift=0, speed=0.0, mirror=True))
    plain = windows.take(chosen)
    kept = (found == plain).all(axis=(1, 2, 3))
    assert 60 < kept.sum() < 140
    np.testing.assert_array_equal(found[~kept], plain[~kept][..., ::-1])


def test_mirroring_turns_the_direction_to_the_right_into_one_to_the_left():
    settings = MapSettings(rows=8, columns=8, maps=2, every=1, direction=True)
    windows = WindowSet.of([np.ones((6, 3, 8, 8), np.float32)], [0], settings)
    _, found = altered(windows, TrainingSettings(shift=0, speed=0.0, mirror=True))
    assert {tuple(window[:, 0, 0]) for window in found} == {(1,) * 6, (1, -1, 1) * 2}


def test_a_shift_moves_all_maps_of_a_window_together_and_fills_with_no_motion(windows):
    chosen, found = altered(windows, TrainingSettings(shift=2, speed=0.0))
    seen = set()
    for plain, moved in zip(windows.take(chosen), found, strict=True):
        wide = np.pad(plain, ((0, 0), (4, 4), (4, 4)))
        fits = [
            (y, x)
            for y in range(-2, 3)
            for x in range(-2, 3)
            if (wide[:, 4 - y : 16 - y, 4 - x : 20 - x] == moved).all()
        ]
        assert len(fits) == 1
        seen.update(fits)
    assert len(seen) == 25


def test_speed_multiplies_what_is_seen_and_spaces_the_frames(windows):
    chosen, found = altered(windows, TrainingSettings(shift=0, speed=0.5), 400)
    ratio = found.max(axis=(1, 2, 3)) / windows.take(chosen).max(axis=(1, 2, 3))
    assert 0.6 < ratio.min() < 0.75
    assert 1.3 < ratio.max() < 1.6
    bars = (
        found[windows.labels[chosen] == 0].mean(axis=2).argmax(axis=2).astype(int)
    )  # columns of the bar that goes right
    steps = np.diff(bars, axis=1) % SMALL.columns
    assert {1, 2, 3} <= set(steps.ravel().tolist())


def test_speed_never_reaches_into_another_recording():
    parts = [np.full((SMALL.span + 2, 1, 12, 16), value, np.float32) for value in (1.0, 5.0, 1.0)]
    windows = WindowSet.of(parts, [0, 1, 0], SMALL)
    chosen, found = altered(windows, TrainingSettings(shift=0, speed=1.0))
    for owner, window in zip(windows.owners[chosen], found, strict=True):
        assert np.ptp(window) == 0
        assert (window.max() >= 2.5) == (owner == 1)
