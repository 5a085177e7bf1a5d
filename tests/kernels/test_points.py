import numpy as np
import pytest

from kernels import points
from kernels.network import mlp


@pytest.mark.parametrize("name", points.CURVES)
def test_curves_are_sampled_from_end_to_end(name):
    curve = points.CURVES[name]
    x, values = points.curve_points(curve, 21)
    assert x.shape == values.shape == (21, 1)
    assert (x[0, 0], x[-1, 0]) == (curve.low, curve.high)
    np.testing.assert_allclose(np.diff(x[:, 0]), (curve.high - curve.low) / 20)
    expected = {"x²": x**2, "sin x": np.sin(x), "|x|": abs(x), "step": x > 0}[name]
    np.testing.assert_allclose(values, expected)


def test_the_units_of_the_first_layer_bend_at_points_and_are_equally_steep():
    x, _ = points.curve_points(points.CURVES["sin x"])
    network = mlp(1, 5, 1)
    weights, bias = network.views(points.start(network, x, 3))[0]
    bends = -bias / weights[:, 0]
    assert np.abs(bends[:, None] - x[:, 0]).min(axis=1).max() < 1e-12
    np.testing.assert_allclose(np.abs(weights) * np.pi, 0.7 * 5)


def test_points_that_do_not_fit_the_network_are_refused():
    with pytest.raises(ValueError, match="x must have shape"):
        points.start(mlp(2, 3, 2), np.zeros((4, 3)), 0)
