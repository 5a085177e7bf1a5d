import dataclasses

import numpy as np
import pytest

from kernels import network
from kernels.descent import NETWORK_METHODS, Descent
from kernels.layers import Convolution, Dense, Dropout, LeakyReLU, MaxPool, ReLU, Sigmoid, Tanh
from kernels.losses import cross_entropy, euclidean
from kernels.network import Network
from tests.kernels import naive_network as naive

#: Small relatives of every stack.
NETS = {
    "default": network.default(2, 3, size=(10, 12), filters=(2, 2)),
    "leaky": network.default(1, 2, "leaky", size=(4, 7), filters=(3,)),
    "perceptron": network.perceptron(3, 2),
    "mlp": network.mlp(2, [4, 3], 2),
    "sigmoid": network.mlp(3, 3, 2, "sigmoid"),
    "lenet5": Network((Convolution(2, 3), Tanh(), network.AveragePool(2), Dense(3), Tanh(), Dense(2)), (1, 7, 8)),
    "vgg_like": network.vgg_like(1, 2, (4, 4), filters=(2,), hidden=3),
}


def batch(net, count=5, dtype=np.float64):
    rng = np.random.default_rng(3)
    x = rng.standard_normal((count, *net.input_shape)).astype(dtype)
    return x, rng.integers(net.output_shape[0], size=count)


def test_default_net_has_the_shapes_of_the_classifier():
    net = network.default(8, 3)
    shapes = ((8, 36, 48), (8, 34, 46), (8, 34, 46), (8, 17, 23), (16, 15, 21), (16, 15, 21), (16, 7, 10), (3,))
    assert net.shapes == shapes
    assert net.size == 8 * 73 + 16 * 73 + 3 * (16 * 7 * 10 + 1)


def test_lenet_has_the_parameters_of_the_paper():
    net = network.lenet5()
    assert net.size == 61_706
    assert [shape for shape in net.shapes if len(shape) == 3][::3] == [(1, 32, 32), (6, 14, 14), (16, 5, 5)]
    assert net.output_shape == (10,)


def test_vgg_halves_the_picture_and_doubles_the_filters():
    net = network.vgg_like(8, 3)
    pools = [shape for layer, shape in zip(net.layers, net.shapes[1:], strict=True) if isinstance(layer, MaxPool)]
    assert pools == [(8, 18, 24), (16, 9, 12), (32, 4, 6)]
    assert net.forward(net.initial(0), np.zeros((2, 8, 36, 48), np.float32)).shape == (2, 3)


@pytest.mark.parametrize("name", NETS)
@pytest.mark.parametrize("loss", [cross_entropy, euclidean])
def test_gradients_of_whole_nets_equal_finite_differences(name, loss):
    net = NETS[name]
    parameters = net.initial(1, np.float64)
    x, target = batch(net)
    if loss is euclidean:
        target = np.random.default_rng(0).standard_normal((len(x), *net.output_shape))
    cost, gradient, norms = net.gradient(parameters, x, target, loss)
    slopes = naive.slopes(lambda: loss(net.forward(parameters, x), target)[0], parameters)
    assert cost == pytest.approx(loss(net.forward(parameters, x), target)[0])
    assert naive.relative_difference(gradient, slopes) < 1e-6
    expected = [np.sqrt(sum((array**2).sum() for array in own)) for own in net.views(slopes)]
    np.testing.assert_allclose(norms, expected, rtol=1e-6)


@pytest.mark.parametrize("name", NETS)
def test_float32_agrees_with_float64(name):
    net = NETS[name]
    exact = net.initial(0, np.float64)
    x, labels = batch(net, 11)
    cost, gradient, _ = net.gradient(exact, x, labels)
    cost32, gradient32, _ = net.gradient(exact.astype(np.float32), x, labels)
    assert gradient32.dtype == np.float32
    assert cost32 == pytest.approx(cost, rel=1e-5)
    assert naive.relative_difference(gradient32, gradient) < 1e-5


@pytest.mark.parametrize("count", [1, 7, 8, 9, 65, 130])
def test_the_gradient_of_a_batch_is_the_mean_over_its_samples(count):
    net = NETS["default"]
    parameters = net.initial(0, np.float64)
    x, labels = batch(net, count)
    cost, gradient, _ = net.gradient(parameters, x, labels)
    single = [net.gradient(parameters, x[i : i + 1], labels[i : i + 1]) for i in range(count)]
    assert cost == pytest.approx(np.mean([each[0] for each in single]))
    np.testing.assert_allclose(gradient, np.mean([each[1] for each in single], axis=0), atol=1e-12)


def test_outputs_do_not_depend_on_the_batch_a_sample_comes_in():
    net = NETS["default"]
    parameters = net.initial(0)
    x, _ = batch(net, 19, np.float32)
    together = net.forward(parameters, x)
    for i in (0, 8, 18):
        np.testing.assert_array_equal(net.forward(parameters, x[i : i + 1])[0], together[i])


def test_activations_are_the_outputs_of_every_layer():
    net = NETS["default"]
    parameters = net.initial(0)
    x, _ = batch(net, 3, np.float32)
    outputs = net.activations(parameters, x)
    assert [output.shape[1:] for output in outputs] == list(net.shapes[1:])
    np.testing.assert_array_equal(outputs[-1], net.forward(parameters, x))


def test_dropout_acts_only_where_a_generator_is_given():
    net = network.mlp(4, 50, 2)
    net = Network((*net.layers[:2], Dropout(0.5), net.layers[2]), net.input_shape)
    parameters = net.initial(0, np.float64)
    x, labels = batch(net)
    plain, again = (net.gradient(parameters, x, labels)[1] for _ in range(2))
    dropped = [net.gradient(parameters, x, labels, rng=np.random.default_rng(seed))[1] for seed in (1, 1, 2)]
    np.testing.assert_array_equal(plain, again)
    np.testing.assert_array_equal(dropped[0], dropped[1])
    assert not np.array_equal(dropped[0], dropped[2])
    assert not np.array_equal(dropped[0], plain)


def test_decay_pulls_every_parameter_to_zero_and_leaves_cost_and_norms_alone():
    net = NETS["mlp"]
    parameters = net.initial(0, np.float64) + 0.1
    x, labels = batch(net)
    cost, gradient, norms = net.gradient(parameters, x, labels)
    pulled = net.gradient(parameters, x, labels, decay=0.5)
    assert (pulled[0], pulled[2]) == (cost, norms)
    np.testing.assert_allclose(pulled[1], gradient + 0.5 * parameters)


def test_a_seed_gives_the_same_parameters_and_another_seed_others():
    net = NETS["vgg_like"]
    np.testing.assert_array_equal(net.initial(3), net.initial(3))
    np.testing.assert_array_equal(net.initial(3), net.initial(3, np.float64).astype(np.float32))
    assert not np.array_equal(net.initial(3), net.initial(4))


@pytest.mark.parametrize(
    ("follows", "variance"),
    [(ReLU(), 2 / 200), (LeakyReLU(), 2 / 200), (Tanh(), 2 / 600), (Sigmoid(), 2 / 600)],
    ids=str,
)
def test_weights_have_the_variance_of_he_before_rectifiers_and_of_xavier_elsewhere(follows, variance):
    net = Network((Dense(400), Dropout(0.1), follows, Dense(100)), (200,))
    (weights, bias), _, _, (last, _) = net.views(net.initial(0))
    assert weights.var() == pytest.approx(variance, rel=0.03)
    assert last.var() == pytest.approx(2 / 500, rel=0.05)
    assert not bias.any()


def test_signals_keep_their_size_through_many_rectified_layers():
    net = network.mlp(64, [64] * 20, 2, "relu")
    outputs = net.activations(net.initial(0), batch(net, 200, np.float32)[0])
    assert 0.2 < outputs[-2].std() / outputs[1].std() < 5


def test_gradients_of_a_sigmoid_net_vanish_towards_its_first_layer_and_those_of_a_relu_net_do_not():
    shrunk = {}
    for activation in ("sigmoid", "relu"):
        net = network.mlp(10, [10] * 6, 2, activation)
        x, labels = batch(net, 64)
        norms = [norm for norm in net.gradient(net.initial(0, np.float64), x, labels)[2] if norm]
        shrunk[activation] = norms[0] / norms[-1]
    assert shrunk["sigmoid"] < 1e-3
    assert shrunk["relu"] > 0.1


@pytest.mark.parametrize("method", NETWORK_METHODS)
def test_every_rule_brings_the_loss_down(method):
    net = network.default(1, 2, size=(12, 12))
    parameters, descent = net.initial(0), Descent(method, 0.01 if method == "adam" else 0.1)
    x, labels = batch(net, 20, np.float32)
    x[labels == 1, :, :4] += 1
    losses = []
    for _ in range(30):
        cost, gradient, _ = net.gradient(parameters, x, labels)
        losses.append(cost)
        descent.step(parameters, gradient)
    assert losses[-1] < 0.3 * losses[0]


def test_a_descent_that_diverges_does_so_without_warnings():
    net = network.default(1, 2, size=(12, 12))
    parameters, descent = net.initial(0), Descent("steepest", 1e6)
    x, labels = batch(net, 4, np.float32)
    costs = []
    for _ in range(20):
        cost, gradient, _ = net.gradient(parameters, x, labels, decay=1e-3)
        costs.append(cost)
        descent.step(parameters, gradient)
    assert not np.isfinite(costs[-1])
    assert not np.isfinite(net.forward(parameters, x)).all()


def test_inputs_stay_as_they_are_and_may_be_read_only():
    net = NETS["default"]
    parameters = net.initial(0)
    x, labels = batch(net, 4, np.float32)
    expected = net.gradient(parameters, x, labels)[1]
    before = parameters.copy(), x.copy(), labels.copy()
    for array in (parameters, x, labels):
        array.flags.writeable = False
    np.testing.assert_array_equal(net.gradient(parameters, x, labels)[1], expected)
    net.forward(parameters, x)
    for array, copy in zip((parameters, x, labels), before, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_views_look_into_the_vector_of_all_parameters():
    net = NETS["default"]
    parameters = net.initial(0)
    views = net.views(parameters)
    assert [bool(own) for own in views] == [True, False, False, True, False, False, True]
    views[0][0][0, 0, 0, 0] = 7
    assert parameters[0] == 7
    assert sum(array.size for own in views for array in own) == net.size


def test_networks_of_the_same_layers_are_equal_and_frozen():
    net = network.default(2, 3)
    assert net == network.default(2, 3) != network.default(2, 4)
    assert hash(net) == hash(network.default(2, 3))
    with pytest.raises(dataclasses.FrozenInstanceError):
        net.size = 3


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (lambda: Network((), (3,)), "a network has 1 to 64 layers, got 0"),
        (lambda: Network((ReLU(),) * 65, (3,)), "got 65"),
        (lambda: Network((ReLU(),), ()), "input_shape must be"),
        (lambda: Network((ReLU(),), (3, 0, 2)), "input_shape must be"),
        (lambda: Network((ReLU(),), (2.0,)), "input_shape must be"),
        (lambda: Network((Dense(60_000), Dense(60_000)), (3,)), "too large"),
        (lambda: Network((Convolution(1024, 3, "same"),), (1, 1000, 1000)), "too large"),
        (lambda: Network((Convolution(1, 1),), (2000, 1000, 1)), "too large"),
        (lambda: network.default(1, 2, size=(3, 3)), "max pool of size 2 does not fit into"),
        (lambda: network.default(1, 2, "step"), "activation must be one of relu, leaky, tanh, sigmoid, got 'step'"),
    ],
)
def test_networks_that_cannot_be_are_refused(build, said):
    with pytest.raises(ValueError, match=said):
        build()


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"parameters": np.zeros(3, np.float32)}, ValueError, r"parameters must have shape \(8,\), got \(3,\)"),
        ({"parameters": np.zeros(8, int)}, TypeError, "parameters must be float32 or float64, got int64"),
        ({"x": np.zeros((2, 4))}, ValueError, r"x must have shape \(B, 3\), got \(2, 4\)"),
        ({"x": np.zeros((0, 3))}, ValueError, r"x must have shape \(B, 3\), got \(0, 3\)"),
        ({"target": np.zeros(3, int)}, ValueError, "target must have 2 rows"),
        ({"target": np.array([0, 5])}, ValueError, "labels must lie in 0 … 1"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(change, error, said):
    net = network.perceptron(3, 2)
    fitting = {"parameters": net.initial(0), "x": np.zeros((2, 3)), "target": np.array([0, 1])}
    with pytest.raises(error, match=said):
        net.gradient(**(fitting | change))
