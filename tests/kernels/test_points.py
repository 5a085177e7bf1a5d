import numpy as np
import pytest

from kernels import points


def right(fit):
    return (fit.outputs.argmax(axis=1) == points.xor_points()[1]).mean()


@pytest.mark.parametrize("seed", range(20))
def test_a_perceptron_fails_on_xor_and_a_hidden_layer_solves_it(seed):
    alone = points.learn_xor(0, seed=seed, steps=300)
    assert right(alone) <= 0.75
    assert alone.trace.total[-1] == pytest.approx(np.log(2), abs=1e-3)
    with_hidden = points.learn_xor(seed=seed)
    assert right(with_hidden) == 1
    assert with_hidden.trace.total[-1] < 0.01


@pytest.mark.parametrize(("name", "rms"), [("x²", 0.01), ("sin x", 0.01), ("|x|", 0.03), ("step", 0.07)])
def test_three_tanh_units_fit_four_curves(name, rms):
    found = points.fit_curve(name)
    _, values = points.curve_points(points.CURVES[name])
    assert np.sqrt(np.square(found.outputs - values).mean()) < rms
    assert [layer.kind for layer in found.network.layers] == ["dense", "tanh", "dense"]
    assert found.network.layers[0].units == 3


def test_without_a_hidden_layer_the_best_line_remains():
    curve = points.CURVES["x²"]
    x, values = points.curve_points(curve)
    line = points.fit(points.perceptron(1, 1), x, values, steps=500)
    np.testing.assert_allclose(line.outputs, values.mean(), atol=1e-3)


def test_a_trace_has_the_loss_before_every_step_and_a_seed_repeats_it():
    x, labels = points.xor_points()
    found, again = (points.fit(points.mlp(2, 4, 2), x, labels, steps=30, seed=1) for _ in range(2))
    assert found.trace.terms == ("loss",)
    assert found.trace.stage.tolist() == list(range(30))
    np.testing.assert_array_equal(found.trace.values, again.trace.values)
    np.testing.assert_array_equal(found.parameters, again.parameters)
    shorter = points.fit(points.mlp(2, 4, 2), x, labels, steps=29, seed=1)
    cost, _, _ = found.network.gradient(shorter.parameters, x, labels)
    assert found.trace.total[-1] == cost


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: points.fit_curve("x³"), "curve must be one of"),
        (lambda: points.learn_xor(steps=0), "steps must be 1 or more"),
        (lambda: points.fit(points.perceptron(3, 1), *points.xor_points()), "x must have shape"),
        (lambda: points.fit(points.mlp(2, 3, 2), *points.xor_points(), rate=-1.0), "rate must be 0 or more"),
    ],
)
def test_what_does_not_fit_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()
