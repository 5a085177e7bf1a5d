import numpy as np
import pytest

from kernels import network


def test_default_net_has_the_shapes_of_the_classifier():
    net = network.default(8, 3)
    assert net.shapes[0] == (8, 36, 48)
    assert net.shapes[3] == (8, 18, 24)
    assert net.shapes[6] == (16, 9, 12)
    assert net.output_shape == (3,)


@pytest.mark.parametrize("build", [lambda: network.default(2, 3, size=(9, 11)), lambda: network.mlp(4, [5, 3], 2)])
def test_float32_agrees_with_float64(build):
    net, rng = build(), np.random.default_rng(1)
    x, labels = rng.standard_normal((5, *net.input_shape)), np.arange(5) % net.output_shape[0]
    exact = net.initial(0, np.float64)
    cost, gradient, norms = net.gradient(exact, x, labels)
    cost32, gradient32, norms32 = net.gradient(exact.astype(np.float32), x, labels)
    assert gradient32.dtype == np.float32
    assert cost32 == pytest.approx(cost, rel=1e-5)
    np.testing.assert_allclose(gradient32, gradient, atol=1e-5 * np.abs(gradient).max())
    np.testing.assert_allclose(norms32, norms, rtol=1e-4)
