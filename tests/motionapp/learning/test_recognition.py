"""Recognition of a stream: a whole window first, steady, honest about doubt, forgetful after a jump."""

from dataclasses import replace

import numpy as np
import pytest

from motionapp.learning.recognition import MapRing, Recogniser, judge_recording
from motionapp.learning.training import TrainingRun

from .motions import QUICK, SMALL, maps_of, recording, two_motions


@pytest.fixture(scope="module")
def model():
    run = TrainingRun(two_motions(), QUICK)
    for _ in run.batches():
        pass
    return run.result()


def answers(recogniser, maps, begin_s=10.0, rate_hz=25.0):
    return [recogniser.see(map, begin_s + index / rate_hz) for index, map in enumerate(maps)]


@pytest.mark.parametrize("label", ["right", "down"])
def test_fresh_motion_is_recognised_once_there_is_a_whole_window(model, label):
    found = answers(Recogniser(model), maps_of(label, 40, seed=99))
    assert [one is None for one in found] == [index < SMALL.span - 1 for index in range(40)]
    assert found[-1].label == label
    assert found[-1].confidence == found[-1].probabilities.max() > 0.6
    assert found[-1].probabilities.sum() == pytest.approx(1, abs=1e-5)
    assert found[-1].inference_s > 0


def test_live_windows_are_cut_as_those_of_recordings_are(model):
    one = recording("right", 40, 5)
    recogniser = Recogniser(model)
    for map, pts_s in zip(one.maps, one.pts_s, strict=True):
        recogniser.see(map, pts_s)
    np.testing.assert_array_equal(recogniser.newest_window, one.maps[-SMALL.span :: SMALL.every, 0])


def test_probabilities_are_the_mean_over_half_a_second_of_media_time(model):
    found = answers(Recogniser(model), maps_of("right", 60, seed=3), rate_hz=20.0)
    newest = np.array([one.newest for one in found[-11:]])  # 0.5 s at 20 Hz, both ends
    np.testing.assert_allclose(found[-1].probabilities, newest.mean(axis=0), rtol=1e-5)


def test_below_the_threshold_it_is_unsure(model):
    found = answers(Recogniser(model, threshold=1.1), maps_of("right", 20))
    assert found[-1].label is None
    assert found[-1].confidence > 0.5


@pytest.mark.parametrize("jump_s", [-1.0, 0.0, 1.5])
def test_a_jump_in_time_starts_anew(model, jump_s):
    recogniser = Recogniser(model)
    maps = maps_of("right", 30)
    last = answers(recogniser, maps)[-1]
    found = answers(recogniser, maps, last.pts_s + jump_s)
    assert [one is None for one in found[: SMALL.span]] == [True] * (SMALL.span - 1) + [False]
    np.testing.assert_array_equal(found[SMALL.span - 1].probabilities, found[SMALL.span - 1].newest)


def test_reset_forgets_everything(model):
    recogniser = Recogniser(model)
    answers(recogniser, maps_of("right", 30))
    recogniser.reset()
    assert recogniser.newest_window is None
    assert recogniser.see(maps_of("right", 1)[0], 11.5) is None


def test_latency_counts_from_the_capture_of_the_newest_frame(model):
    import time

    recogniser = Recogniser(model)
    for index, map in enumerate(maps_of("right", 20)):
        found = recogniser.see(map, index / 25, captured_s=time.monotonic() - 0.25)
    assert 0.25 <= found.latency_s < 2.0


def test_a_ring_takes_every_second_map():
    ring = MapRing(SMALL)
    for index in range(12):
        ring.add(np.full((1, 2, 2), index, np.float32), index / 25)
    assert ring.window()[:, 0, 0].tolist() == [5, 7, 9, 11]


def test_a_clip_is_judged_by_the_mean_of_its_windows(model):
    one = recording("down", 40, 44)
    answer = judge_recording(model, one)
    assert answer.label == "down"
    assert len(answer.windows) == len(answer.pts_s) == two_motions().windows_in(one)
    np.testing.assert_allclose(answer.probabilities, answer.windows.mean(axis=0))
    assert answer.confidence == answer.probabilities.max()
    assert answer.pts_s[0] == one.pts_s[SMALL.span - 1]


def test_where_the_network_overflows_it_is_unsure_at_any_threshold_and_all_stays_finite(model):
    broken = replace(model, weights=model.weights * np.float32(1e20))
    found = answers(Recogniser(broken, threshold=0.0), maps_of("right", 20))[-1]
    assert (found.label, found.confidence) == (None, 0.0)
    assert found.probabilities.tolist() == found.newest.tolist() == [0.0, 0.0]
    answer = judge_recording(broken, recording("down", 40, 44))
    assert (answer.label, answer.confidence, answer.windows.any()) == (None, 0.0, False)


def test_a_clip_is_judged_by_the_windows_that_do_not_overflow(model):
    one = recording("down", 40, 44)
    maps = one.maps.copy()
    maps[0] = np.nan
    whole, damaged = judge_recording(model, one), judge_recording(model, replace(one, maps=maps))
    np.testing.assert_allclose(damaged.probabilities, whole.windows[1:].mean(axis=0), rtol=1e-6)
    assert damaged.label == "down"
