import doctest

import numpy as np
import pytest

from kernels import dense, elementwise, layers
from kernels.layers import (
    AveragePool,
    Convolution,
    Dense,
    Dropout,
    LeakyReLU,
    MaxPool,
    ReLU,
    Sigmoid,
    Tanh,
    from_dict,
    to_dict,
)
from tests.kernels import naive_network as naive

BOTH = [np.float32, np.float64]
ACTIVATIONS = [Sigmoid(), Tanh(), ReLU(), LeakyReLU(), LeakyReLU(0.3)]

#: A layer, and the shape of the samples it is tried with.
CASES = [
    (Convolution(2, 3), (2, 5, 6)),
    (Convolution(3, 3, "same"), (2, 5, 4)),
    (Convolution(2, 1), (3, 2, 3)),
    (Convolution(2, 2, "same"), (1, 4, 5)),
    (Convolution(1, 5), (2, 6, 5)),
    (Convolution(2, 7, "same"), (1, 3, 9)),
    (Convolution(1, 3, "same"), (1, 1, 1)),
    (Convolution(2, 3, "valid", 2), (2, 6, 7)),
    (Convolution(1, 3, "same", 3), (1, 5, 4)),
    (MaxPool(2), (2, 4, 6)),
    (MaxPool(3, 2), (2, 7, 8)),
    (MaxPool(2, 3), (1, 6, 5)),
    (AveragePool(3, 1), (1, 4, 5)),
    (MaxPool(2), (1, 5, 7)),
    (MaxPool(3), (2, 7, 6)),
    (MaxPool(1), (1, 2, 3)),
    (AveragePool(2), (2, 5, 4)),
    (AveragePool(3), (1, 6, 8)),
    (Dense(3), (2, 3, 2)),
    (Dense(1), (7,)),
    (Dense(4), (65,)),
    *((layer, (2, 3, 5)) for layer in ACTIVATIONS),
    *((layer, (9,)) for layer in ACTIVATIONS),
]
names = [f"{layer} on {shape}" for layer, shape in CASES]
each = pytest.mark.parametrize(("layer", "shape"), CASES, ids=names)


def problem(layer, shape, dtype=np.float64, count=3):
    """Draw a batch, parameters, and a gradient to hand back."""
    rng = np.random.default_rng(1)
    x = rng.standard_normal((count, *shape)).astype(dtype)
    parameters = tuple(rng.standard_normal(wanted).astype(dtype) for wanted in layer.parameter_shapes(shape))
    dy = rng.standard_normal((count, *layer.output_shape(shape))).astype(dtype)
    return parameters, x, dy


@pytest.mark.parametrize("module", [layers, elementwise])
def test_examples_in_the_docstrings_run(module):
    assert doctest.testmod(module).failed == 0


@each
@pytest.mark.parametrize("dtype", BOTH)
def test_output_has_the_shape_that_was_announced(layer, shape, dtype):
    parameters, x, _ = problem(layer, shape, dtype)
    y, _ = layer.forward(parameters, x)
    assert y.shape == (3, *layer.output_shape(shape))
    assert y.dtype == dtype


@each
def test_gradients_equal_finite_differences(layer, shape):
    parameters, x, dy = problem(layer, shape)
    dx, dparameters = layer.backward(parameters, layer.forward(parameters, x)[1], dy)
    for found, values in zip((dx, *dparameters), (x, *parameters), strict=True):
        slopes = naive.slopes(lambda: float((layer.forward(parameters, x)[0] * dy).sum()), values)
        assert naive.relative_difference(found, slopes) < 1e-6


@each
def test_float32_agrees_with_float64(layer, shape):
    parameters, x, dy = problem(layer, shape)
    y, kept = layer.forward(parameters, x)
    dx, dparameters = layer.backward(parameters, kept, dy)
    small = tuple(array.astype(np.float32) for array in parameters)
    y32, kept32 = layer.forward(small, x.astype(np.float32))
    dx32, dparameters32 = layer.backward(small, kept32, dy.astype(np.float32))
    for found, exact in zip((y32, dx32, *dparameters32), (y, dx, *dparameters), strict=True):
        assert found.dtype == np.float32
        assert found.shape == exact.shape
        assert naive.relative_difference(found, exact) < 3e-6


@each
@pytest.mark.parametrize("dtype", BOTH)
def test_inputs_stay_as_they_are(layer, shape, dtype):
    parameters, x, dy = problem(layer, shape, dtype)
    before = [array.copy() for array in (x, dy, *parameters)]
    y, kept = layer.forward(parameters, x)
    told = y.copy()
    layer.backward(parameters, kept, dy)
    for array, copy in zip((x, dy, *parameters, y), (*before, told), strict=True):
        np.testing.assert_array_equal(array, copy)


@each
def test_layouts_a_core_does_not_take_are_copied(layer, shape):
    parameters, x, dy = problem(layer, shape, np.float32)
    y, kept = layer.forward(parameters, x)
    dx, _ = layer.backward(parameters, kept, dy)
    awkward = np.empty((*x.shape, 2), np.float32)[..., 0]
    awkward[...] = x
    awkward.flags.writeable = False
    again, kept = layer.forward(parameters, awkward)
    np.testing.assert_array_equal(again, y)
    np.testing.assert_array_equal(layer.backward(parameters, kept, dy)[0], dx)


@each
def test_samples_of_a_batch_do_not_know_of_each_other(layer, shape):
    parameters, x, _ = problem(layer, shape, np.float32)
    together, _ = layer.forward(parameters, x)
    for sample, y in zip(x, together, strict=True):
        np.testing.assert_array_equal(layer.forward(parameters, sample[None])[0][0], y)


@pytest.mark.parametrize("dtype", BOTH)
@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        *((layer, shape) for layer, shape in CASES if isinstance(layer, Convolution)),
        (Convolution(1, 3), (1, 3, 70)),
        (Convolution(2, 4, "same"), (1, 2, 131)),
        (Convolution(1, 15), (1, 15, 80)),
    ],
    ids=str,
)
def test_convolution_equals_the_slow_oracle(layer, shape, dtype):
    (weights, bias), x, _ = problem(layer, shape, dtype)
    top = (layer.size - 1) // 2 if layer.padding == "same" else 0
    lost = layer.size - 1 if layer.padding == "valid" else 0
    expected = naive.convolution(x, weights, bias, top, (shape[1] - lost, shape[2] - lost))
    expected = expected[:, :, :: layer.stride, :: layer.stride]
    y, _ = layer.forward((weights, bias), x)
    assert naive.relative_difference(y, expected) < 3e-6


@pytest.mark.parametrize(("padding", "shape"), [("valid", (2, 5, 140)), ("same", (1, 9, 65))])
def test_gradients_of_a_convolution_wider_than_the_lanes_agree_with_float64(padding, shape):
    test_float32_agrees_with_float64(Convolution(2, 3, padding), shape)


def test_an_impulse_becomes_the_kernel_turned_by_180_degrees():
    x = np.zeros((1, 1, 3, 3), np.float32)
    x[0, 0, 1, 1] = 1
    kernel = np.arange(9, dtype=np.float32).reshape(1, 1, 3, 3)
    y, _ = Convolution(1, 3, "same").forward((kernel, np.zeros(1, np.float32)), x)
    np.testing.assert_array_equal(y[0, 0], kernel[0, 0, ::-1, ::-1])


@pytest.mark.parametrize("dtype", BOTH)
@pytest.mark.parametrize(("size", "shape"), [(1, (1, 2, 3)), (2, (3, 7, 21)), (2, (1, 2, 2)), (3, (2, 9, 10))])
def test_pools_equal_the_slow_oracle(size, shape, dtype):
    _, x, _ = problem(MaxPool(size), shape, dtype)
    np.testing.assert_array_equal(MaxPool(size).forward((), x)[0], naive.pool(x, size, np.max))
    np.testing.assert_allclose(AveragePool(size).forward((), x)[0], naive.pool(x, size, np.mean), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("dtype", BOTH)
def test_windows_of_a_pool_may_overlap(dtype):
    x = np.array([[[[1, 5, 2, 0, 9], [3, 4, 8, 7, 6], [0, 1, 2, 3, 4], [9, 8, 7, 6, 5], [1, 0, 1, 0, 1]]]], dtype)
    np.testing.assert_array_equal(MaxPool(3, 2).forward((), x)[0], [[[[8, 9], [9, 7]]]])


@pytest.mark.parametrize("dtype", BOTH)
@pytest.mark.parametrize(("size", "shape"), [(2, (2, 8, 22)), (2, (1, 5, 5)), (3, (2, 7, 9))])
def test_of_equal_values_the_first_receives_the_gradient(size, shape, dtype):
    layer, rng = MaxPool(size), np.random.default_rng(2)
    x = rng.integers(0, 3, size=(2, *shape)).astype(dtype)
    _, kept = layer.forward((), x)
    dy = rng.standard_normal((2, *layer.output_shape(shape))).astype(dtype)
    np.testing.assert_array_equal(layer.backward((), kept, dy)[0], naive.max_pool_gradient(x, dy, size))


def test_activations_take_the_values_and_slopes_of_the_textbook():
    x, ones = np.array([[-10.0, 0.0, 10.0]]), np.ones((1, 3))
    for layer, values, slopes in (
        (Sigmoid(), [4.54e-5, 0.5, 1 - 4.54e-5], [4.54e-5, 0.25, 4.54e-5]),
        (Tanh(), [-1, 0, 1], [8.24e-9, 1, 8.24e-9]),
        (ReLU(), [0, 0, 10], [0, 0, 1]),
        (LeakyReLU(0.1), [-1, 0, 10], [0.1, 0.1, 1]),
    ):
        y, kept = layer.forward((), x)
        np.testing.assert_allclose(y[0], values, rtol=1e-3)
        np.testing.assert_allclose(layer.backward((), kept, ones)[0][0], slopes, rtol=1e-3, atol=1e-12)


@pytest.mark.parametrize("dtype", BOTH)
@pytest.mark.parametrize("layer", ACTIVATIONS, ids=str)
def test_what_is_not_a_number_stays_visible(layer, dtype):
    y, _ = layer.forward((), np.array([[np.nan, 1.0]], dtype))
    assert np.isnan(y[0, 0])
    assert np.isfinite(y[0, 1])


@pytest.mark.parametrize(("size", "dtype"), [(2, np.float32), (3, np.float32), (2, np.float64)])
def test_a_max_pool_shows_what_is_not_a_number_wherever_it_stands(size, dtype):
    for place in np.ndindex(size, size):
        x = np.arange(2 * size * size, dtype=dtype).reshape(1, 1, size, 2 * size)
        x[0, 0, *place] = np.nan
        np.testing.assert_array_equal(MaxPool(size).forward((), x)[0], [[[[np.nan, x[0, 0, -1, -1]]]]])


def test_convolution_in_front_saves_itself_the_gradient_of_its_input():
    layer, shape = CASES[0]
    parameters, x, dy = problem(layer, shape)
    dx, dparameters = layer.backward(parameters, x, dy, first=True)
    assert dx is None
    np.testing.assert_array_equal(dparameters[0], layer.backward(parameters, x, dy)[1][0])


@pytest.mark.parametrize("dtype", BOTH)
def test_dropout_keeps_the_mean_and_forgets_what_it_dropped(dtype):
    layer, x = Dropout(0.25), np.ones((4, 50, 50), dtype)
    y, mask = layer.forward((), x, np.random.default_rng(0))
    assert y.dtype == dtype
    assert set(np.unique(y)) == {0, dtype(4 / 3)}
    assert y.mean() == pytest.approx(1, abs=0.02)
    dx, _ = layer.backward((), mask, 2 * x)
    np.testing.assert_array_equal(dx, 2 * y)
    np.testing.assert_array_equal(layer.forward((), x, np.random.default_rng(0))[0], y)


@pytest.mark.parametrize(("rate", "rng"), [(0.5, None), (0.0, np.random.default_rng(0))])
def test_dropout_does_nothing_outside_training_or_at_rate_0(rate, rng):
    x = np.ones((2, 3))
    y, kept = Dropout(rate).forward((), x, rng)
    assert y is x
    assert Dropout(rate).backward((), kept, x)[0] is x


@pytest.mark.parametrize("size", [1, 31, 32, 33, 1000])
def test_dot_products_of_any_length_are_exact_to_rounding(size):
    rng = np.random.default_rng(0)
    x, weights = (rng.standard_normal((n, size)).astype(np.float32) for n in (2, 3))
    bias = np.ones(3, np.float32)
    exact = x.astype(float) @ weights.astype(float).T + 1
    assert naive.relative_difference(dense.dense(x, weights, bias), exact) < 1e-6


@pytest.mark.parametrize(
    ("layer", "shape", "said"),
    [
        (Convolution(1, 3), (1, 2, 9), "convolution of size 3 does not fit into"),
        (Convolution(1, 3), (9,), "convolution needs samples of shape"),
        (MaxPool(3), (1, 2, 9), "max pool of size 3 does not fit into"),
        (AveragePool(2), (4,), "average pool needs samples of shape"),
    ],
)
def test_samples_that_do_not_fit_are_refused_by_name(layer, shape, said):
    with pytest.raises(ValueError, match=said):
        layer.output_shape(shape)


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (lambda: Convolution(0, 3), "filters of convolution must be a whole number from 1 to"),
        (lambda: Convolution(10**6, 3), "filters of convolution"),
        (lambda: Convolution(2, 16), "size of convolution must be a whole number from 1 to 15, got 16"),
        (lambda: Convolution(2, 2.0), "size of convolution"),
        (lambda: Convolution(2, 3, "full"), "padding of convolution must be valid or same, got 'full'"),
        (lambda: Convolution(2, 3, "same", 0), "stride of convolution must be a whole number from 1 to 15, got 0"),
        (lambda: MaxPool(0), "size of max pool"),
        (lambda: MaxPool(2, -1), "stride of max pool must be a whole number from 0"),
        (lambda: AveragePool(True), "size of average pool"),
        (lambda: Dense(-1), "units of dense"),
        (lambda: Dropout(1.0), "rate of dropout must be a number from 0 to below 1, got 1.0"),
        (lambda: Dropout(float("nan")), "rate of dropout"),
        (lambda: LeakyReLU("0.1"), "slope of leaky relu"),
    ],
)
def test_settings_out_of_range_are_refused_by_name(build, said):
    with pytest.raises(ValueError, match=said):
        build()


@pytest.mark.parametrize("layer", [*dict.fromkeys(layer for layer, _ in CASES), Dropout(0.5)], ids=str)
def test_layers_survive_the_way_to_a_file_and_back(layer):
    assert from_dict(to_dict(layer)) == layer


def test_files_tell_of_a_stride_only_where_it_is_unusual():
    assert to_dict(Convolution(2, 3)) == {"kind": "convolution", "filters": 2, "size": 3, "padding": "valid"}
    assert to_dict(MaxPool(3, 2)) == {"kind": "max pool", "size": 3, "stride": 2}


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ({"kind": "pickle"}, "kind of layer must be one of convolution, .* got 'pickle'"),
        ({"kind": ["dense"]}, "kind of layer"),
        ({}, "kind of layer"),
        ("dense", "a layer must be a mapping, got str"),
        ({"kind": "dense", "units": 3, "bias": False}, "dense has no setting bias"),
        ({"kind": "dense"}, "dense lacks a setting: it has units"),
        ({"kind": "dense", "units": 10**9}, "units of dense"),
        ({"kind": "convolution", "filters": 8, "size": "3"}, "size of convolution"),
    ],
)
def test_mappings_that_are_no_layers_are_refused_by_name(mapping, said):
    with pytest.raises(ValueError, match=said):
        from_dict(mapping)
