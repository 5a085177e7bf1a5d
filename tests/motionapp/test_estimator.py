import dataclasses
import doctest

import numpy as np
import pytest

import motionapp
from motionapp import estimator
from motionapp._cv2 import cv2
from motionapp.planes import grey
from motionapp.scenes import SceneSource
from motionapp.settings import PRESETS, Settings
from motionapp.types import Frame

SMALL = (160, 120)


def frames(name, count, start=0, size=SMALL):
    source = SceneSource(name, *size)
    source.seek(start)
    return [source.read() for _ in range(count)]


def settings(preset="live", **changes):
    return Settings(flow=dataclasses.replace(PRESETS[preset], **changes))


def test_examples_in_the_docstrings_run():
    assert doctest.testmod(estimator).failed == 0


def test_first_frame_has_no_motion_and_is_not_measured():
    motion = estimator.MotionEstimator(settings()).step(frames("translation", 1)[0])
    assert motion.first
    assert (motion.flow == 0).all()
    assert (motion.confidence == 0).all()


@pytest.mark.parametrize("name", ["translation", "rotation", "zoom"])
def test_motion_agrees_with_the_truth_of_a_scene_on_the_grid_of_the_frame_shown(name):
    estimate = estimator.MotionEstimator(settings("balanced"))
    for frame in frames(name, 4, start=20, size=(320, 240)):
        motion = estimate.step(frame)
    error = np.hypot(*(motion.flow - frame.truth.flow))
    assert error.mean() < 0.15
    assert motion.dt_s == pytest.approx(1 / 30)


def test_still_scene_gives_exactly_zero():
    estimate = estimator.MotionEstimator(settings("balanced"))
    for frame in frames("still", 3):
        motion = estimate.step(frame)
    assert not motion.first
    assert (motion.flow == 0).all()


def test_a_run_repeats_to_the_bit_and_a_trace_changes_nothing():
    shown = frames("crossing", 4, start=10)
    runs = []
    for trace in (False, False, True):
        estimate = estimator.MotionEstimator(settings(beta=0.1))
        runs.append([estimate.step(frame, trace=trace).flow for frame in shown])
    for one, two, three in zip(*runs, strict=True):
        assert np.array_equal(one, two)
        assert np.array_equal(one, three)


def test_motion_is_not_overwritten_by_the_next_step():
    estimate = estimator.MotionEstimator(settings("accurate"))
    shown = frames("translation", 4, start=10)
    estimate.step(shown[0])
    motion = estimate.step(shown[1])
    before = motion.flow.copy()
    estimate.step(shown[2])
    assert np.array_equal(motion.flow, before)


def test_colour_can_be_asked_for_between_two_frames():
    shown = frames("translation", 5, start=10)
    estimate = estimator.MotionEstimator(settings("balanced"))
    for frame, delta in zip(shown, (0.0, 0.0, 1.0, 1.0, 0.0), strict=True):
        estimate.settings = settings("balanced", delta=delta)
        motion = estimate.step(frame)
        assert motion.first == (frame is shown[0])
    assert np.hypot(*(motion.flow - shown[-1].truth.flow)).mean() < 0.15


def test_ground_that_the_moving_thing_has_just_uncovered_is_not_measured():
    estimate = estimator.MotionEstimator(settings("balanced"))
    for frame in frames("crossing", 4, start=20, size=(320, 240)):
        motion = estimate.step(frame)
    error = np.hypot(*(motion.flow - frame.truth.flow))
    wrong, right = error > 1.0, error < 0.5
    assert wrong.sum() > 100
    assert np.mean(motion.confidence[wrong] < 0.5) > 2 * np.mean(motion.confidence[right] < 0.5)


def test_frames_far_apart_in_time_have_motion_but_nothing_is_carried_over():
    one, two, three = frames("translation", 3, start=5)
    late = dataclasses.replace(three, pts_s=two.pts_s + 20.0)
    estimate, fresh = estimator.MotionEstimator(settings()), estimator.MotionEstimator(settings())
    for frame in (one, two):
        estimate.step(frame)
    fresh.step(two)
    motion = estimate.step(late)
    assert motion.dt_s == pytest.approx(20.0)
    assert np.array_equal(motion.flow, fresh.step(late).flow)


def test_a_frame_that_is_not_newer_starts_afresh():
    one, two = frames("translation", 2)
    estimate = estimator.MotionEstimator(settings())
    estimate.step(two)
    assert estimate.step(one).first


def test_a_given_predecessor_replaces_the_last_frame():
    shown = frames("translation", 6, start=5)
    estimate = estimator.MotionEstimator(settings())
    estimate.step(shown[0])
    skipped = estimate.step(shown[5], previous=shown[4])
    assert skipped.dt_s == pytest.approx(1 / 30)
    fresh = estimator.MotionEstimator(settings())
    fresh.step(shown[4])
    assert np.abs(skipped.flow - fresh.step(shown[5]).flow).mean() < 0.1


def test_other_settings_take_effect_on_the_next_frame():
    shown = frames("translation", 4, start=5)
    estimate = estimator.MotionEstimator(settings())
    estimate.step(shown[0])
    for preset, frame in zip(("accurate", "balanced", "live"), shown[1:], strict=True):
        estimate.settings = settings(preset)
        motion = estimate.step(frame)
        assert motion.settings.preset == preset
        assert np.hypot(*(motion.flow - frame.truth.flow)).mean() < 1.0


def test_a_frame_of_another_size_starts_afresh():
    estimate = estimator.MotionEstimator(settings())
    estimate.step(frames("still", 1)[0])
    other = dataclasses.replace(frames("still", 2, size=(80, 60))[1], pts_s=0.1)
    assert estimate.step(other).first


def test_a_flat_picture_is_not_measured():
    estimate = estimator.MotionEstimator(settings())
    for index in range(2):
        motion = estimate.step(Frame(index, index / 30, np.full((48, 64, 3), 128, np.uint8)))
    assert motion.confidence.max() < 0.5


def test_estimate_flow_is_forward_flow_in_opencvs_layout():
    image = frames("translation", 2, start=9, size=(320, 240))
    found = motionapp.estimate_flow(image[0].image, image[1].image)
    assert found.shape == (240, 320, 2)
    assert found.dtype == np.float32
    truth = image[1].truth.flow.mean(axis=(1, 2))
    np.testing.assert_allclose(found[20:-20, 20:-20].mean(axis=(0, 1)), truth, atol=0.1)


@pytest.mark.parametrize(
    "convert",
    [
        lambda image: image,
        lambda image: image[:, :, 0],
        lambda image: np.dstack((image, image[:, :, :1])),
        lambda image: image.astype(np.uint16) * 257,
        lambda image: image / 255.0,
        lambda image: (image / 255.0).astype(np.float32),
        lambda image: image[:, ::-1],
    ],
)
def test_estimate_flow_takes_pictures_of_every_usual_kind(convert):
    one, two = (convert(frame.image) for frame in frames("translation", 2, start=9, size=(96, 64)))
    assert motionapp.estimate_flow(one, two, preset="live").shape == (64, 96, 2)


def test_estimate_flow_starts_from_a_given_field():
    one, two = (frame.image for frame in frames("translation", 2, start=9))
    flow = motionapp.estimate_flow(one, two)
    again = motionapp.estimate_flow(one, two, flow0=flow)
    assert np.abs(again - flow).mean() < 0.1


def test_estimate_flow_refuses_by_name():
    image = np.zeros((8, 9), np.float32)
    broken = image.copy()
    broken[2, 3] = np.nan
    cases = [
        (("image0", image, image[:5]), {}),
        (("image1 holds 1 NaN", image, broken), {}),
        (("preset", image, image), {"preset": "fast"}),
        (("flow0", image, image), {"flow0": np.zeros((8, 9))}),
        (("initial|flow0", image, image), {"flow0": np.zeros((4, 9, 2))}),
        (("image", np.zeros((3, 4, 5, 6), np.uint8), image), {}),
    ]
    for (message, one, two), options in cases:
        with pytest.raises(ValueError, match=message):
            motionapp.estimate_flow(one, two, **options)
    with pytest.raises(TypeError, match="dtype complex"):
        motionapp.estimate_flow(image.astype(complex), image)


@pytest.mark.parametrize("finest", [0, 1, 3])
@pytest.mark.parametrize("levels", [1, 2, 3, 12])
def test_any_number_of_levels_gives_motion(finest, levels):
    estimate = estimator.MotionEstimator(settings("balanced", finest=finest, levels=levels))
    for frame in frames("translation", 3, start=10):
        motion = estimate.step(frame)
    assert not motion.first
    assert np.isfinite(motion.flow).all()


@pytest.mark.parametrize(("before", "after"), [("live", "accurate"), ("accurate", "live"), ("balanced", "live")])
def test_after_a_change_of_preset_motion_is_that_of_a_fresh_estimator(before, after):
    one, two, three = frames("translation", 3, start=10)
    changed = estimator.MotionEstimator(settings(before))
    changed.step(one)
    changed.step(two)
    changed.settings = settings(after)
    fresh = estimator.MotionEstimator(settings(after))
    error = np.hypot(*(changed.step(three).flow - fresh.step(three, two).flow))
    assert error.mean() < 0.1  # one starts from a field, the other from rest


def test_a_frame_that_is_refused_leaves_the_next_one_as_it_would_have_been():
    shown = frames("translation", 4, start=10)
    plain, disturbed = estimator.MotionEstimator(settings()), estimator.MotionEstimator(settings())
    for frame in shown[:2]:
        plain.step(frame)
        disturbed.step(frame)
    with pytest.raises(TypeError):
        disturbed.step(dataclasses.replace(shown[2], image=shown[2].image.astype(np.int32)))
    expected, found = plain.step(shown[2]), disturbed.step(shown[2])
    assert np.array_equal(found.flow, expected.flow)
    assert np.array_equal(found.confidence, expected.confidence)


def test_buffers_of_other_sizes_are_let_go():
    estimate = estimator.MotionEstimator(settings())
    for width in (160, 200, 240):
        for frame in frames("translation", 2, size=(width, 120)):
            estimate.step(frame)
    assert {shape[-1] for _, shape in estimate._workspace._rooms} <= {240, 120, 60, 30, 15, 8, 4}


def test_motion_is_the_same_to_the_bit_for_any_number_of_workers(set_workers):
    shown = frames("crossing", 3, start=20, size=(320, 240))
    found = []
    for count in (1, 2, 4):
        set_workers(count)
        estimate = estimator.MotionEstimator(settings("balanced", delta=0.5))
        found.append([estimate.step(frame) for frame in shown][-1])
    for other in found[1:]:
        assert np.array_equal(other.flow, found[0].flow)
        assert np.array_equal(other.confidence, found[0].confidence)


def test_a_change_of_exposure_is_taken_out_of_small_pictures_too():
    first = cv2.resize(frames("still", 1)[0].image, (44, 33), interpolation=cv2.INTER_AREA)
    darker = np.rint(0.7 * first.astype(np.float32)).astype(np.uint8)
    assert np.abs(motionapp.estimate_flow(first, darker)).mean() < 0.02


def test_colour_can_be_asked_for_and_a_grey_picture_has_none():
    one, two = (frame.image for frame in frames("translation", 2, start=10))
    grey_two = cv2.cvtColor(two, cv2.COLOR_RGB2GRAY)
    plain, coloured = motionapp.estimate_flow(one, two), motionapp.estimate_flow(one, two, colour=1.0)
    assert not np.array_equal(plain, coloured)
    assert np.abs(plain - coloured).mean() < 0.2
    np.testing.assert_allclose(motionapp.estimate_flow(one, grey_two, colour=1.0), plain, atol=0.05)


@pytest.mark.parametrize("shape", [(0, 5, 3), (5,), (4, 4, 5), ()])
def test_a_picture_of_no_known_shape_is_refused_by_name(shape):
    good = np.zeros((4, 4), np.uint8)
    for dtype in (np.uint8, np.float32):
        with pytest.raises(ValueError, match="image1 must have shape"):
            motionapp.estimate_flow(good, np.zeros(shape, dtype))


def test_numbers_of_the_other_byte_order_are_read():
    image = (np.random.default_rng(0).random((20, 30)) * 65535).astype(np.uint16)
    assert np.array_equal(grey(image.astype(">u2")), grey(image))


@pytest.mark.parametrize(("preset", "size"), [("live", (322, 243)), ("balanced", (161, 97)), ("accurate", SMALL)])
def test_a_motion_recalled_is_the_same_to_the_bit_and_the_next_step_goes_on_from_it(preset, size):
    shown = frames("crossing", 5, start=10, size=size)
    whole = estimator.MotionEstimator(settings(preset, delta=0.5))
    motions, solved = [], []
    for frame in shown:
        motions.append(whole.step(frame))
        solved.append(whole.solved and tuple(part.copy() for part in whole.solved))
    assert solved[0] is None
    again = estimator.MotionEstimator(settings(preset, delta=0.5))
    for index in (1, 2, 3):
        recalled = again.recall(shown[index], shown[index - 1], *solved[index])
        same_motion(recalled, motions[index])
    same_motion(again.step(shown[4]), motions[4])
    assert np.array_equal(again.solved[0], solved[4][0])


def same_motion(one, other):
    assert np.array_equal(one.flow, other.flow)
    assert np.array_equal(one.confidence, other.confidence)
    assert (one.frame, one.dt_s, one.settings) == (other.frame, other.dt_s, other.settings)


def test_what_was_solved_on_another_grid_is_refused():
    one, two = frames("translation", 2)
    with pytest.raises(ValueError, match=r"grid of \(120, 160\).*\(2, 3, 3\)"):
        estimator.MotionEstimator(settings()).recall(two, one, np.zeros((2, 3, 3)), np.zeros((3, 3)))
