import doctest

import hypothesis
import hypothesis.strategies as st
import numpy as np
import pytest
from scipy.ndimage import median_filter

from kernels import median


def test_examples_in_the_docstrings_run():
    assert doctest.testmod(median) == (0, 1)


@pytest.mark.parametrize("shape", [(1, 1), (1, 6), (7, 1), (2, 2), (3, 5), (23, 31)])
def test_median_equals_scipy(shape):
    image = np.random.default_rng(1).normal(size=shape).astype(np.float32)
    assert np.array_equal(median.median5(image), median_filter(image, 5, mode="nearest"))


@hypothesis.given(st.integers(0, 2**32 - 1), st.integers(2, 4))
@hypothesis.settings(max_examples=60)
def test_median_is_right_where_values_repeat(seed, levels):
    image = np.random.default_rng(seed).integers(0, levels, (12, 12)).astype(np.float32)
    assert np.array_equal(median.median5(image), median_filter(image, 5, mode="nearest"))


def test_result_does_not_depend_on_the_number_of_workers(set_workers):
    image = np.random.default_rng(2).random((33, 40), dtype=np.float32)
    expected = median_filter(image, 5, mode="nearest")
    for count in (1, 2, 4):
        set_workers(count)
        assert np.array_equal(median.median5(image), expected)


def test_not_a_number_is_refused():
    with pytest.raises(ValueError, match="NaN"):
        median.median5([[0.0, np.nan]])
