"""Three networks that made history, as lists of layers; their shapes, parameters and multiply-adds, layer by layer.

They are counted here, never run: AlexNet and VGG-16 are far larger than :class:`kernels.network.Network` allows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from kernels.layers import Convolution, Dense, Dropout, Layer, MaxPool, ReLU, Shape
from kernels.network import lenet5


@dataclass(frozen=True, slots=True)
class Architecture:
    """A network by name: ``layers`` in a row for samples of ``input_shape``, the paper, and what differs from it."""

    name: str
    input_shape: Shape
    layers: tuple[Layer, ...]
    source: str
    note: str


@dataclass(frozen=True, slots=True)
class Count:
    """One layer: the ``shape`` behind it, how many ``parameters`` it has and ``multiply_adds`` a sample takes."""

    layer: Layer
    shape: Shape
    parameters: int
    multiply_adds: int


def count(layers: Sequence[Layer], input_shape: Shape) -> tuple[Count, ...]:
    """Count what each layer holds and does, for one sample.

    Parameters
    ----------
    layers
        In a row, as for :class:`kernels.network.Network`, but of any size: nothing is allocated.
    input_shape
        (N,) or (C, H, W).

    Returns
    -------
    One :class:`Count` for each layer. A parameter is a weight or a bias; a multiply-add is one product added to a sum.

    Raises
    ------
    ValueError
        If a layer does not fit behind the one before.

    Examples
    --------
    >>> [(each.parameters, each.multiply_adds) for each in count([Dense(3)], (4,))]
    [(15, 12)]
    """
    counts, shape = [], tuple(input_shape)
    for layer in layers:
        parameters = sum(math.prod(own) for own in layer.parameter_shapes(shape))
        multiply_adds, shape = layer.multiply_adds(shape), layer.output_shape(shape)
        counts.append(Count(layer, shape, parameters, multiply_adds))
    return tuple(counts)


def _head(units: int, classes: int) -> list[Layer]:
    """Return the three dense layers that AlexNet and VGG end with."""
    return [Dense(units), ReLU(), Dropout(0.5), Dense(units), ReLU(), Dropout(0.5), Dense(classes)]


def _alexnet() -> Architecture:
    layers: list[Layer] = [
        Convolution(96, 11, "valid", 4), ReLU(), MaxPool(3, 2),
        Convolution(256, 5, "same"), ReLU(), MaxPool(3, 2),
        Convolution(384, 3, "same"), ReLU(), Convolution(384, 3, "same"), ReLU(), Convolution(256, 3, "same"), ReLU(),
        MaxPool(3, 2), *_head(4096, 1000),
    ]  # fmt: skip
    return Architecture(
        "AlexNet",
        (3, 227, 227),
        tuple(layers),
        "Krizhevsky, Sutskever, Hinton, NeurIPS 2012",
        "in one tower: the paper splits its convolutions between two graphics cards; without response normalisation, "
        "which has no parameters",
    )


def _vgg16() -> Architecture:
    layers: list[Layer] = []
    for filters, convolutions in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(convolutions):
            layers += [Convolution(filters, 3, "same"), ReLU()]
        layers.append(MaxPool(2))
    layers += _head(4096, 1000)
    return Architecture("VGG-16", (3, 224, 224), tuple(layers), "Simonyan, Zisserman, ICLR 2015", "configuration D")


#: The three by name, oldest first.
ARCHITECTURES: dict[str, Architecture] = {
    one.name: one
    for one in (
        Architecture(
            "LeNet-5",
            (1, 32, 32),
            lenet5().layers,
            "LeCun, Bottou, Bengio, Haffner, 1998",
            "every map of the second convolution sees all six before it; the paper leaves some of these links out",
        ),
        _alexnet(),
        _vgg16(),
    )
}
