"""What pictures are drawn from: sums against plain numpy, and parts that merge to the same bits."""

import io

import numpy as np
import pytest

from motionapp.analysis import summary as summary_module
from motionapp.analysis.summary import BINS, Summary

from .flows import motion_of, random_flow


def motions(count, shape=(12, 17), seed=0):
    """Return motions a 25th of a second apart, the first at 0.04 s."""
    return [motion_of(*random_flow(shape, seed + k), pts_s=0.04 * (k + 1)) for k in range(count)]


def summed(many, start=0, shape=(12, 17)):
    made = Summary(*shape, start)
    for motion in many:
        made.add(motion, motion.frame.pts_s)
    return made


def stacked(many):
    """Return speed in px/s, measured and moved of all motions, (n, H, W); speed is 0 where not measured."""
    measured = np.stack([motion.confidence >= 0.5 for motion in many])
    step = np.stack([np.hypot(*motion.flow.astype(np.float64)) for motion in many])
    return np.where(measured, step, 0) / 0.04, measured, measured & (step > 0.5)


def assert_same_bits(one, other):
    arrays, others = one.to_arrays(), other.to_arrays()
    assert arrays.keys() == others.keys()
    for name, values in arrays.items():
        assert values.dtype == others[name].dtype
        assert values.tobytes() == others[name].tobytes(), name


def test_maps_and_motiongrams_are_plain_means():
    many = motions(5)
    made = summed(many)
    speed, measured, moved = stacked(many)
    with np.errstate(invalid="ignore"):
        np.testing.assert_allclose(made.mean_speed(), speed.sum(0) / measured.sum(0), rtol=1e-5)
        np.testing.assert_allclose(made.moving_part(), moved.sum(0) / measured.sum(0), rtol=1e-5)
        np.testing.assert_allclose(made.motiongram("x"), speed.sum(1) / measured.sum(1), rtol=1e-5)
        np.testing.assert_allclose(made.motiongram("y"), speed.sum(2) / measured.sum(2), rtol=1e-5)
    np.testing.assert_allclose(made.times(), [[0.04 * k, 0.04 * (k + 1)] for k in range(5)], atol=1e-12)


def test_the_rose_weighs_directions_by_speed():
    many = motions(3)
    speed, _, moved = stacked(many)
    expected = np.zeros(BINS)
    for motion, fast, at in zip(many, speed, moved):
        for y, x in zip(*np.nonzero(at)):
            degrees = np.degrees(np.arctan2(-motion.flow[1, y, x], motion.flow[0, y, x]))
            expected[round(float(degrees) / 10) % BINS] += fast[y, x]
    np.testing.assert_allclose(summed(many).rose(), expected / expected.sum(), rtol=1e-5)


def test_rose_bins_begin_at_the_right_and_turn_counter_clockwise():
    for bin_, (u, v) in {0: (2, 0), 9: (0, -2), 18: (-2, 0), 27: (0, 2)}.items():
        flow = np.zeros((2, 5, 5))
        flow[:, 1, 2] = u, v
        assert np.flatnonzero(summed([motion_of(flow)], shape=(5, 5)).rose()).tolist() == [bin_]


def test_large_pictures_are_summed_in_cells():
    flow = np.zeros((2, 400, 700), np.float32)
    flow[0, 30:60, 90:120] = 4.0
    confidence = np.ones((400, 700), np.float32)
    confidence[300:, :] = 0.0
    made = summed([motion_of(flow, confidence)], shape=(400, 700))
    assert made.cell_px == 3
    assert made.mean_speed().shape == made.moving_part().shape == (134, 234)
    assert made.motiongram("x").shape == (1, 234)
    assert made.mean_speed()[15, 35] == pytest.approx(100, rel=1e-4)
    assert np.isnan(made.mean_speed()[101:]).all()
    assert np.nanmax(made.motiongram("x")) == pytest.approx(100 * 30 / 300, rel=0.02)


def test_nothing_measured_is_not_a_number():
    flow, _ = random_flow((12, 17))
    for motion in (motion_of(flow, np.zeros((12, 17))), motion_of(flow, dt_s=0.0)):
        made = summed([motion])
        assert made.lines == made.frames == 1
        assert np.isnan(made.mean_speed()).all()
        assert np.isnan(made.motiongram("y")).all()
        assert not made.rose().any()


@pytest.mark.parametrize("start", [0, 1, 3])
@pytest.mark.parametrize("sizes", [(7, 7, 5), (4, 8, 8, 8, 3), (1, 1, 1), (6, 0, 2)])
def test_parts_merge_to_what_the_whole_is(monkeypatch, start, sizes):
    monkeypatch.setattr(summary_module, "MOST_LINES", 8)
    many = motions(sum(sizes))
    whole, merged, at = summed(many, start), Summary(12, 17, start), 0
    for size in sizes:
        merged.merge(summed(many[at : at + size], start + at))
        at += size
    assert (merged.frames, merged.stride, merged.lines) == (whole.frames, whole.stride, whole.lines)
    for name, values in merged.to_arrays().items():
        np.testing.assert_allclose(values, whole.to_arrays()[name], rtol=1e-5, err_msg=name)


def test_lines_stand_for_more_frames_when_there_are_many(monkeypatch):
    monkeypatch.setattr(summary_module, "MOST_LINES", 8)
    many = motions(19)
    made = summed(many)
    assert (made.stride, made.lines) == (4, 5)
    speed, measured, _ = stacked(many)
    expected = [speed[k : k + 4].sum((0, 1)) / measured[k : k + 4].sum((0, 1)) for k in range(0, 19, 4)]
    np.testing.assert_allclose(made.motiongram("x"), expected, rtol=1e-5)
    np.testing.assert_allclose(made.times(), [[0.04 * k, 0.04 * min(k + 4, 19)] for k in range(0, 19, 4)], atol=1e-9)


def test_a_summary_that_was_stored_merges_to_the_same_bits():
    many = motions(9)
    direct, stored = summed(many[:4], 1), summed(many[:4], 1)
    direct.merge(summed(many[4:], 5))
    file = io.BytesIO()
    np.savez(file, **summed(many[4:], 5).to_arrays())
    file.seek(0)
    with np.load(file, allow_pickle=False) as arrays:
        stored.merge(Summary.from_arrays(arrays))
    assert_same_bits(direct, stored)
    assert_same_bits(Summary.from_arrays(direct.to_arrays()), direct)


def test_what_does_not_follow_cannot_be_merged():
    with pytest.raises(ValueError, match="position 3"):
        summed(motions(2)).merge(summed(motions(2), 3))
    with pytest.raises(ValueError, match="px"):
        Summary(4, 5).merge(Summary(5, 4))


@pytest.mark.parametrize(
    "change",
    [
        {"size": None},
        {"size": np.array([12, 17, 0, 5, 0])},
        {"size": np.array([12, 17, 0, 2**40, 1])},
        {"size": np.array([-1, 17, 0, 5, 1])},
        {"rose": None},
        {"rose": np.full(36, np.nan)},
        {"speed": np.zeros((12, 16))},
        {"x_speed": np.zeros((5, 17))},
        {"times": np.zeros((4, 2))},
    ],
)
def test_damaged_arrays_are_refused(change):
    arrays = {**summed(motions(5)).to_arrays(), **change}
    with pytest.raises(ValueError):
        Summary.from_arrays({name: values for name, values in arrays.items() if values is not None})
