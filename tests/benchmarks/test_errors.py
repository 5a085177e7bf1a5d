"""The error measures against values computed by hand."""

import numpy as np
import pytest

from benchmarks.errors import angular_errors, endpoint_errors, outlier_rate


def test_endpoint_error_is_the_length_of_the_difference():
    flow = np.array([[[3.0, 4.0], [1.0, 1.0]]], np.float32)
    truth = np.array([[[0.0, 0.0], [1.0, 1.0]]], np.float32)
    np.testing.assert_array_equal(endpoint_errors(flow, truth), [[5.0, 0.0]])


@pytest.mark.parametrize(
    ("flow", "truth", "degrees"),
    [
        ((1.0, 0.0), (0.0, 0.0), 45.0),  # (1, 0, 1) against (0, 0, 1)
        ((1.0, 0.0), (-1.0, 0.0), 90.0),
        ((1.0, 0.0), (0.0, 1.0), 60.0),  # inner product 1, both of length √2
        ((0.0, np.sqrt(3.0)), (0.0, 0.0), 60.0),
        ((0.3, -7.1), (0.3, -7.1), 0.0),
    ],
)
def test_angular_error_is_the_angle_in_space_and_time(flow, truth, degrees):
    assert angular_errors(np.array([flow]), np.array([truth]))[0] == pytest.approx(degrees, abs=1e-12)


def test_angular_error_follows_the_formula_of_the_reference():
    rng = np.random.default_rng(1)
    flow, truth = rng.normal(0.0, 3.0, (2, 50, 2))
    inner = 1.0 + (flow * truth).sum(axis=1)
    lengths = np.sqrt((1.0 + (flow**2).sum(axis=1)) * (1.0 + (truth**2).sum(axis=1)))
    np.testing.assert_allclose(angular_errors(flow, truth), np.degrees(np.arccos(inner / lengths)), atol=1e-6)


def test_outliers_are_off_by_more_than_a_third_of_a_pixel():
    assert outlier_rate(np.array([0.0, 0.33, 1 / 3, 0.34])) == 0.25
