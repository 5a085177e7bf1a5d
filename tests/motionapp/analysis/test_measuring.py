"""The numbers of a motion against a naive oracle, against what is known of analytic fields, and what has no number."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from motionapp.analysis.measuring import CAMERA_COLUMNS, COLUMNS, Measurer, cells, columns
from motionapp.analysis.order import quantiles
from motionapp.analysis.recipe import Recipe
from motionapp.analysis.regions import Region
from motionapp.types import MotionError

from . import naive
from .flows import affine_flow, motion_of, random_flow


def one(motion, recipe=None):
    """Return the only row of a motion."""
    (row,) = Measurer(recipe or Recipe(), *motion.confidence.shape).rows(motion, 3)
    return row


def assert_is(row, expected):
    for name in COLUMNS[4:]:
        assert getattr(row, name) == pytest.approx(expected.get(name, math.nan), rel=2e-5, abs=1e-5, nan_ok=True), name


@pytest.mark.parametrize("shape", [(18, 23), (1, 1), (1, 9), (9, 1), (2, 2), (3, 3), (4, 7)])
@pytest.mark.parametrize("seed", [0, 1])
def test_numbers_are_those_of_a_naive_oracle(shape, seed):
    flow, confidence = random_flow(shape, seed)
    assert_is(one(motion_of(flow, confidence)), naive.numbers(flow, confidence, 0.04))


def test_regions_have_the_numbers_of_their_pixels():
    flow, confidence = random_flow((20, 26), seed=2)
    regions = (Region.parse("left=0,0,9,20"), Region("tri", ((3.0, 18.0), (24.5, 2.2), (20.0, 19.0))))
    rows = Measurer(Recipe(regions=regions), 20, 26).rows(motion_of(flow, confidence), 3)
    assert [row.region for row in rows] == ["all", "left", "tri"]
    for row, mask in zip(rows, [None, *(region.mask(20, 26) for region in regions)]):
        assert_is(row, naive.numbers(flow, confidence, 0.04, mask))


def test_one_measurer_serves_many_motions_and_changes_none():
    measurer = Measurer(Recipe(regions=(Region.parse("r=2,3,9,8"),)), 18, 23)
    for seed in range(3):
        flow, confidence = random_flow(seed=seed)
        motion = motion_of(flow.copy(), confidence.copy())
        rows = measurer.rows(motion, seed)
        assert_is(rows[0], naive.numbers(flow, confidence, 0.04))
        assert_is(rows[1], naive.numbers(flow, confidence, 0.04, Region.parse("r=2,3,9,8").mask(18, 23)))
        np.testing.assert_array_equal(motion.flow, flow)
        np.testing.assert_array_equal(motion.confidence, confidence)


@pytest.mark.parametrize(
    ("u", "v", "degrees"), [(1, 0, 0), (1, -1, 45), (0, -1, 90), (-1, 0, 180), (0, 1, -90), (-1, 1, -135)]
)
def test_directions_turn_counter_clockwise_from_the_right(u, v, degrees):
    row = one(motion_of(np.broadcast_to(np.reshape([u, v], (2, 1, 1)), (2, 5, 6))))
    assert row.direction_deg == pytest.approx(degrees)
    assert row.coherence == pytest.approx(1)
    assert (row.mean_u_px_s, row.mean_v_px_s) == pytest.approx((u / 0.04, v / 0.04))


def test_what_spreads_has_divergence_and_what_turns_counter_clockwise_has_curl():
    spreading = one(motion_of(affine_flow((21, 31), [[0, 0.02, 0], [0, 0, 0.03]])))
    assert (spreading.divergence_per_s, spreading.curl_per_s) == pytest.approx((0.05 / 0.04, 0), abs=1e-6)
    turning = one(motion_of(affine_flow((21, 31), [[0, 0, 0.02], [0, -0.02, 0]])))  # the right side goes up
    assert (turning.divergence_per_s, turning.curl_per_s) == pytest.approx((0, 2 * 0.02 / 0.04), abs=1e-6)


def test_the_centroid_is_where_it_moves_weighted_by_speed():
    flow = np.zeros((2, 20, 30))
    flow[0, 4, 6], flow[1, 4, 26] = 3.0, -1.0
    flow[0, 15, 15] = 0.5  # does not move more than half a px
    row = one(motion_of(flow))
    assert (row.centroid_x_px, row.centroid_y_px) == pytest.approx((11.0, 4.0))
    assert row.moving_fraction == pytest.approx(2 / 600)


def test_still_is_zero_and_what_has_no_value_is_empty():
    row = one(motion_of(np.zeros((2, 6, 7))))
    assert (row.mean_px_s, row.median_px_s, row.p95_px_s, row.max_px_s, row.moving_fraction) == (0, 0, 0, 0, 0)
    assert (row.mean_u_px_s, row.mean_v_px_s, row.divergence_per_s, row.curl_per_s) == (0, 0, 0, 0)
    assert row.valid_fraction == 1
    assert all(map(math.isnan, (row.direction_deg, row.coherence, row.centroid_x_px, row.centroid_y_px)))


def test_not_measured_is_not_a_number_and_still_a_row():
    flow, _ = random_flow()
    for motion in (motion_of(flow, np.full((18, 23), 0.49)), motion_of(flow, dt_s=0.0)):
        rows = Measurer(Recipe(regions=(Region.parse("r=0,0,4,4"),)), 18, 23).rows(motion, 8)
        assert [(row.frame, row.pts_s, row.region, row.valid_fraction) for row in rows] == [
            (8, 0.12, "all", 0.0),
            (8, 0.12, "r", 0.0),
        ]
        assert all(math.isnan(getattr(row, name)) for row in rows for name in COLUMNS[4:-1])


def test_values_beside_the_measured_ones_do_not_count_even_if_they_are_not_numbers():
    flow, confidence = random_flow()
    odd = flow.copy()
    odd[:, confidence < 0.5] = np.nan
    assert_is(one(motion_of(odd, confidence)), naive.numbers(flow, confidence, 0.04))


def test_numbers_are_the_same_to_the_bit_wherever_the_planes_lie_in_memory():
    flow, confidence = random_flow((48, 61))
    seen = set()
    for offset in range(16):
        room = np.empty(flow.size + 16, np.float32)
        placed = room[offset : offset + flow.size].reshape(flow.shape)
        placed[:] = flow
        measurer = Measurer(Recipe(regions=(Region.parse("r=5,5,40,30"),)), 48, 61)
        seen.add(str(measurer.rows(replace(motion_of(flow, confidence), flow=placed), 3)))
    assert len(seen) == 1


def test_mirrored_motion_has_mirrored_numbers():
    flow, confidence = random_flow()
    row, mirrored = (
        one(motion_of(flow, confidence)),
        one(motion_of(flow[:, :, ::-1] * [[[-1]], [[1]]], confidence[:, ::-1])),
    )
    assert mirrored.mean_px_s == pytest.approx(row.mean_px_s)
    assert mirrored.median_px_s == row.median_px_s
    assert mirrored.direction_deg == pytest.approx(180 - row.direction_deg - 360 * (row.direction_deg < 0))
    assert mirrored.centroid_x_px == pytest.approx(22 - row.centroid_x_px)
    assert mirrored.divergence_per_s == pytest.approx(row.divergence_per_s, abs=1e-6)
    assert mirrored.curl_per_s == pytest.approx(-row.curl_per_s, abs=1e-6)


def test_columns_follow_the_recipe():
    plain, calibrated = Recipe(), Recipe(mm_per_px=0.5, camera="median")
    assert columns(plain) == COLUMNS
    assert columns(calibrated)[: len(COLUMNS) + 2] == COLUMNS + CAMERA_COLUMNS
    motion = motion_of(random_flow()[0])
    row = one(motion, calibrated)
    values = dict(zip(columns(calibrated), cells(row, calibrated), strict=True))
    assert (values["frame"], values["region"]) == (3, "all")
    for name in ("mean", "median", "p95", "max", "mean_u", "mean_v", "camera_u", "camera_v"):
        assert values[f"{name}_mm_s"] == 0.5 * values[f"{name}_px_s"]
    assert cells(one(motion), plain)[4] == one(motion).mean_px_s


def test_wrong_sizes_and_empty_regions_are_refused():
    with pytest.raises(ValueError, match="shape"):
        Measurer(Recipe(), 5, 5).rows(motion_of(random_flow()[0]), 0)
    with pytest.raises(MotionError, match="“r” holds no pixel"):
        Measurer(Recipe(regions=(Region.parse("r=50,50,4,4"),)), 18, 23)


@given(st.integers(0, 10_000), st.sampled_from([(1, 1), (5, 7), (97, 111), (160, 200)]), st.booleans())
def test_quantiles_are_exact(seed, shape, ties):
    generator = np.random.default_rng(seed)
    plane = np.abs(generator.normal(0, 1, shape)).astype(np.float32)
    if ties:
        plane = np.round(plane)
    plane[generator.random(shape) < generator.random()] = 0.0
    count = max(1, np.count_nonzero(plane) + int(generator.integers(0, 3)))
    count = min(count, plane.size)
    largest = np.sort(plane, axis=None)[plane.size - count :].astype(np.float64)
    assert quantiles(plane, count, (0.0, 0.5, 0.95, 1.0)) == pytest.approx(np.quantile(largest, [0, 0.5, 0.95, 1]))


def test_quantiles_are_exact_where_a_sample_misleads():
    plane = np.ones((240, 320), np.float32)
    plane[::2] = np.arange(320, dtype=np.float32)
    for part in (0.02, 0.5, 0.95):
        assert quantiles(plane, plane.size, (part,))[0] == pytest.approx(np.quantile(plane, part))
