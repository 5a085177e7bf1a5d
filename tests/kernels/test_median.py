import doctest

import hypothesis
import hypothesis.strategies as st
import numpy as np
import pytest

from kernels import median
from tests.kernels import naive

SHAPES = [(1, 1), (1, 6), (7, 1), (2, 2), (3, 5), (23, 31), (4, 300)]


def case(shape, seed=1):
    rng = np.random.default_rng(seed)
    guide = rng.random(shape, dtype=np.float32) * np.float32(0.2)
    return rng.normal(0, 3, (2, *shape)).astype(np.float32), guide


def test_examples_in_the_docstrings_run():
    assert doctest.testmod(median) == (0, 1)


@pytest.mark.parametrize("shape", SHAPES)
def test_it_equals_the_definition(shape):
    flow, guide = case(shape)
    found = median.weighted_median(flow, guide)
    for component in range(2):
        np.testing.assert_allclose(found[component], naive.weighted_median(flow[component], guide), rtol=4e-6)


@hypothesis.given(st.integers(0, 2**32 - 1), st.integers(2, 4))
@hypothesis.settings(max_examples=30, deadline=None)
def test_it_is_right_where_values_repeat(seed, levels):
    rng = np.random.default_rng(seed)
    flow = rng.integers(-levels, levels, (2, 9, 12)).astype(np.float32)
    guide = (rng.integers(0, 2, (9, 12)) * 0.5).astype(np.float32)
    found = median.weighted_median(flow, guide)
    for component in range(2):
        assert np.array_equal(found[component], naive.weighted_median(flow[component], guide))


def test_a_corner_of_the_picture_stays_a_corner_of_the_motion_and_an_island_goes():
    guide = np.zeros((24, 30), np.float32)
    guide[8:, 12:] = 0.5
    flow = np.stack([8.0 * guide, -2.0 * guide]).astype(np.float32)
    dirty = flow.copy()
    dirty[:, 16, 20] = 9.0
    dirty[:, 3:5, 4] = 9.0
    assert np.array_equal(median.weighted_median(dirty, guide), flow)
    assert not np.array_equal(median.weighted_median(flow, 0 * guide), flow)


def test_signs_and_axes_are_alike():
    flow, guide = case((30, 17))
    found = median.weighted_median(flow, guide)
    assert np.array_equal(median.weighted_median(-flow, guide), -found)
    turned = median.weighted_median(np.ascontiguousarray(flow.transpose(0, 2, 1)), np.ascontiguousarray(guide.T))
    assert np.array_equal(turned, found.transpose(0, 2, 1))


def test_infinite_and_undefined_values_are_cut_to_the_limit():
    flow, guide = case((8, 9))
    flow[0, 2:6, 2:6] = np.inf
    flow[1, 2:6, 2:6] = -np.inf
    flow[0, 7] = np.nan
    out = np.empty_like(flow)
    median.weighted_median_core(guide * 0, flow, np.float32(9.0), out, 0, 8)
    assert np.abs(out).max() <= np.float32(9.0) * (1 + 1e-5)
    assert np.isfinite(out).all()


def test_result_does_not_depend_on_the_number_of_workers(set_workers):
    flow, guide = case((33, 40))
    found = []
    for count in (1, 2, 4):
        set_workers(count)
        found.append(median.weighted_median(flow, guide))
    assert all(np.array_equal(found[0], other) for other in found[1:])


def test_not_a_number_and_other_sizes_are_refused_by_name():
    flow, guide = case((4, 5))
    with pytest.raises(ValueError, match="guide holds 1 NaN"):
        median.weighted_median(flow, np.where(guide == guide[1, 1], np.nan, guide))
    with pytest.raises(ValueError, match="sizes differ"):
        median.weighted_median(flow, guide[:3])
