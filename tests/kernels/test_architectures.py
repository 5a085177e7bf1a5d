"""Layers counted: the numbers that were published."""

import doctest
import math

import numpy as np
import pytest

from kernels import architectures
from kernels.architectures import ARCHITECTURES, count
from kernels.layers import AveragePool, Convolution, Dense, MaxPool
from kernels.network import Network, default


def test_examples_in_the_docstrings_run():
    assert doctest.testmod(architectures).failed == 0


@pytest.mark.parametrize(
    ("name", "parameters", "multiply_adds"),
    [
        ("LeNet-5", 61_706, 416_520),
        ("AlexNet", 62_378_344, 1_135_256_096),
        ("VGG-16", 138_357_544, 15_470_264_320),
    ],
)
def test_the_sums_are_those_that_are_known(name, parameters, multiply_adds):
    one = ARCHITECTURES[name]
    counts = count(one.layers, one.input_shape)
    assert sum(each.parameters for each in counts) == parameters
    assert sum(each.multiply_adds for each in counts) == multiply_adds


def test_alexnet_has_the_shapes_of_its_figure():
    one = ARCHITECTURES["AlexNet"]
    kinds = (Convolution, MaxPool, Dense)
    shapes = [each.shape for each in count(one.layers, one.input_shape) if isinstance(each.layer, kinds)]
    assert shapes == [
        (96, 55, 55), (96, 27, 27), (256, 27, 27), (256, 13, 13), (384, 13, 13), (384, 13, 13), (256, 13, 13),
        (256, 6, 6), (4096,), (4096,), (1000,),
    ]  # fmt: skip


def test_vgg_has_thirteen_convolutions_of_3_by_3_and_ends_on_7_by_7():
    one = ARCHITECTURES["VGG-16"]
    counts = count(one.layers, one.input_shape)
    assert [each.layer.size for each in counts if isinstance(each.layer, Convolution)] == [3] * 13
    assert [each.shape for each in counts if isinstance(each.layer, MaxPool)][-1] == (512, 7, 7)


def test_counts_agree_with_a_network_that_can_be_run():
    net = default(2, 3, size=(10, 12), filters=(2, 4))
    counts = count(net.layers, net.input_shape)
    assert [each.shape for each in counts] == list(net.shapes[1:])
    assert sum(each.parameters for each in counts) == net.size


@pytest.mark.parametrize(
    ("layer", "shape"), [(Convolution(2, 3), (2, 4, 5)), (Convolution(1, 3, "valid", 2), (3, 7, 6)), (Dense(3), (2, 5))]
)
def test_a_multiply_add_is_one_weight_that_meets_one_value(layer, shape):
    """With all weights, values and no bias 1, the sum of all outputs counts the products."""
    parameters = [np.ones(wanted) for wanted in layer.parameter_shapes(shape)]
    parameters[1][:] = 0
    y, _ = layer.forward(tuple(parameters), np.ones((1, *shape)))
    assert layer.multiply_adds(shape) == round(float(y.sum()))


def test_pools_and_activations_have_neither_parameters_nor_products():
    (pooled,) = count([AveragePool(2)], (1, 4, 4))
    assert (pooled.parameters, pooled.multiply_adds, math.prod(pooled.shape)) == (0, 0, 4)


def test_layers_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="does not fit into"):
        count([Convolution(1, 5)], (1, 4, 4))
    assert Network(ARCHITECTURES["LeNet-5"].layers, (1, 32, 32)).size == 61_706
