"""A network: layers in a row and one flat vector of parameters; and networks that are known by name.

How the gradient is found, and on which threads, stands in :mod:`kernels.backpropagation`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kernels import backpropagation
from kernels.checks import Array, plain
from kernels.convolution import ROW
from kernels.layers import (
    AveragePool,
    Convolution,
    Dense,
    Dropout,
    Layer,
    LeakyReLU,
    MaxPool,
    ReLU,
    Shape,
    Sigmoid,
    Tanh,
)
from kernels.losses import cross_entropy

#: No network is larger, so that a crafted file cannot take all memory: 8 MB of parameters, whose gradients convolutions
#: add up in 64 lanes each, and 40 MB for the values of one sample, laid out for convolution.
MOST_PARAMETERS, MOST_VALUES, MOST_LAYERS = 2_000_000, 10_000_000, 64

#: Activations by name.
ACTIVATIONS: dict[str, Layer] = {"relu": ReLU(), "leaky": LeakyReLU(), "tanh": Tanh(), "sigmoid": Sigmoid()}


@dataclass(frozen=True)
class Network:
    """Layers in a row, for samples of ``input_shape``; ValueError says what does not fit.

    ``shapes`` holds the shape of a sample and of every layer's output; ``size`` is the number of parameters.
    """

    layers: tuple[Layer, ...]
    input_shape: Shape
    shapes: tuple[Shape, ...] = field(init=False, repr=False, compare=False)
    size: int = field(init=False, repr=False, compare=False)
    _places: tuple[tuple[tuple[int, int, Shape], ...], ...] = field(init=False, repr=False, compare=False)
    _piece: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        layers, shape = tuple(self.layers), tuple(self.input_shape)
        if not 1 <= len(layers) <= MOST_LAYERS:
            raise ValueError(f"a network has 1 to {MOST_LAYERS} layers, got {len(layers)}")
        if len(shape) not in (1, 3) or not all(isinstance(n, int) and 1 <= n <= MOST_VALUES for n in shape):
            raise ValueError(f"input_shape must be (N,) or (C, H, W), whole numbers from 1 up, got {shape}")
        shapes, places, size = [shape], [], 0
        for layer in layers:
            own = []
            for wanted in layer.parameter_shapes(shapes[-1]):
                own.append((size, size + math.prod(wanted), wanted))
                size += math.prod(wanted)
            places.append(tuple(own))
            shapes.append(layer.output_shape(shapes[-1]))
        if size > MOST_PARAMETERS or sum(map(_laid_out, shapes)) > MOST_VALUES:
            raise ValueError(f"a network of {size} parameters for samples of shape {shape} is too large")
        piece = backpropagation.piece_size(sum(map(math.prod, shapes)))
        values = (layers, shape, tuple(shapes), size, tuple(places), piece)
        for name, value in zip(self.__dataclass_fields__, values, strict=True):
            object.__setattr__(self, name, value)

    @property
    def output_shape(self) -> Shape:
        """Shape of one sample's output."""
        return self.shapes[-1]

    def initial(self, seed: int, dtype: Any = np.float32) -> Array:
        """Draw parameters to start from: normal weights, biases 0.

        Parameters
        ----------
        seed
            0 or more; the same seed gives the same parameters, rounded to ``dtype``.
        dtype
            float32 or float64.

        Returns
        -------
        (P,) with P = :attr:`size`. The variance of the weights is 2 / n for n inputs of a neuron where a rectifier
        follows (He), and 2 / (n + m) for n inputs and m outputs elsewhere (Xavier): so neither values on their way
        forward nor gradients on their way back grow or fade from layer to layer.

        References
        ----------
        X. Glorot, Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks", AISTATS 2010.
        K. He, X. Zhang, S. Ren, J. Sun, "Delving deep into rectifiers", ICCV 2015, section 2.2.
        """
        rng = np.random.default_rng(seed)
        parameters = np.zeros(self.size, np.float64)
        for index, own in enumerate(self.views(parameters)):
            if own:
                weights = own[0]
                inputs, outputs = weights[0].size, weights[:, 0].size
                variance = 2 / inputs if self._rectified(index) else 2 / (inputs + outputs)
                weights[...] = math.sqrt(variance) * rng.standard_normal(weights.shape)
        return parameters.astype(dtype)

    def _rectified(self, index: int) -> bool:
        """Whether a rectifier comes between this layer and the next one with parameters."""
        for layer, places in zip(self.layers[index + 1 :], self._places[index + 1 :], strict=True):
            if isinstance(layer, (ReLU, LeakyReLU)):
                return True
            if places:
                return False
        return False

    def views(self, parameters: Array) -> list[tuple[Array, ...]]:
        """Return each layer's weights and bias as views into the vector of all parameters, () where it has none."""
        if parameters.shape != (self.size,):
            raise ValueError(f"parameters must have shape ({self.size},), got {parameters.shape}")
        return [tuple(parameters[start:end].reshape(shape) for start, end, shape in own) for own in self._places]

    def _batch(self, parameters: Array, x: Array) -> tuple[list[tuple[Array, ...]], Array]:
        """Return the parameters' views and the batch, of one dtype and a layout that cores take."""
        if parameters.dtype not in (np.float32, np.float64):
            raise TypeError(f"parameters must be float32 or float64, got {parameters.dtype}")
        x = np.asarray(x)
        if x.shape[1:] != self.input_shape or len(x) == 0:
            raise ValueError(f"x must have shape (B, {', '.join(map(str, self.input_shape))}), got {x.shape}")
        return self.views(plain(parameters)), plain(x.astype(parameters.dtype, copy=False))

    def forward(self, parameters: Array, x: Array, *, shared: bool = False) -> Array:
        """Return the outputs for a batch.

        Parameters
        ----------
        parameters
            (P,) float32 or float64; of its dtype is the result.
        x
            (B, \\*input_shape), B at least 1.
        shared
            Use the threads of :mod:`kernels.bands` for large batches.

        Returns
        -------
        (B, \\*output_shape). Not finite where numbers overflow.

        Raises
        ------
        TypeError, ValueError
            If parameters or batch do not fit the network.
        """
        views, x = self._batch(parameters, x)
        return backpropagation.outputs(self.layers, views, x, self._piece, shared)

    def activations(self, parameters: Array, x: Array) -> list[Array]:
        """Return the output of every layer for a batch, (B, \\*shape) each; arguments as for :meth:`forward`."""
        return backpropagation.activations(self.layers, *self._batch(parameters, x))

    def gradient(
        self,
        parameters: Array,
        x: Array,
        target: Array,
        loss: backpropagation.Loss = cross_entropy,
        rng: np.random.Generator | None = None,
        decay: float = 0.0,
        *,
        shared: bool = False,
    ) -> tuple[float, Array, list[float]]:
        """Return the cost of a batch, its gradient, and how large that is in every layer.

        Parameters
        ----------
        parameters, x, shared
            As for :meth:`forward`.
        target
            What ``loss`` takes beside the outputs, a row for each sample: labels (B,) or values (B, K).
        loss
            :func:`kernels.losses.cross_entropy`, :func:`kernels.losses.euclidean`, or a function like them: the mean
            over the samples it is given, and the gradient of that mean. The outputs are its own only while it runs.
        rng
            For dropout; None switches dropout off.
        decay
            λ of weight decay: ``λ θ`` is added to the gradient, which is that of ``C + ½ λ |θ|²`` then.

        Returns
        -------
        The mean cost C of the batch, without decay; (P,) of the dtype of ``parameters``; and for each layer the
        Euclidean norm of C's gradient with respect to its parameters, 0 where it has none. All may be infinite or NaN
        if the parameters have diverged.

        Raises
        ------
        TypeError, ValueError
            If parameters, batch or target do not fit the network.
        """
        views, x = self._batch(parameters, x)
        target = np.asarray(target)
        if target.ndim == 0 or len(target) != len(x):
            raise ValueError(f"target must have {len(x)} rows, one per sample, got shape {target.shape}")
        parts = np.zeros((0, self.size), x.dtype)

        def sums(count: int) -> list[list[tuple[Array, ...]]]:
            nonlocal parts
            parts = np.zeros((count, self.size), x.dtype)
            return [self.views(part) for part in parts]

        cost = backpropagation.gradient(self.layers, views, x, target, loss, rng, sums, self._piece, shared)
        with np.errstate(over="ignore", invalid="ignore"):
            gradient = parts.sum(axis=0)
            squares = np.square(gradient, dtype=np.float64)
            norms = [math.sqrt(sum(float(array.sum()) for array in own)) for own in self.views(squares)]
            if decay:
                gradient += gradient.dtype.type(decay) * parameters
        return cost, gradient, norms


def _laid_out(shape: Shape) -> int:
    """Return how many values a sample takes with its rows laid out for a convolution."""
    return math.prod(shape[:-1]) * max(shape[-1], ROW if len(shape) == 3 else 1)


def _activation(name: str) -> Layer:
    if name not in ACTIVATIONS:
        raise ValueError(f"activation must be one of {', '.join(ACTIVATIONS)}, got {name!r}")
    return ACTIVATIONS[name]


def default(
    channels: int,
    classes: int,
    activation: str = "relu",
    *,
    size: tuple[int, int] = (36, 48),
    filters: Sequence[int] = (8, 16),
    dropout: float = 0.0,
) -> Network:
    """Return the classifier of motion: for each of ``filters`` a convolution 3×3, activation and pool, then dense.

    Convolutions are not padded: beyond a map there is no motion that could be known. With (36, 48) maps and (8, 16)
    filters the values behind each pool are (8, 17, 23) and (16, 7, 10). Outputs are logits, one per class.
    """
    layers: list[Layer] = []
    for count in filters:
        layers += [Convolution(count, 3), _activation(activation), MaxPool(2)]
    if dropout:
        layers.append(Dropout(dropout))
    return Network((*layers, Dense(classes)), (channels, *size))


def perceptron(inputs: int, outputs: int) -> Network:
    """Return one layer of neurons, ``y = W x + b``: it separates classes by straight lines only."""
    return Network((Dense(outputs),), (inputs,))


def mlp(inputs: int, hidden: int | Sequence[int], outputs: int, activation: str = "tanh") -> Network:
    """Return a multilayer perceptron: a dense layer and its activation for each of ``hidden``, then a dense layer."""
    sizes = [hidden] if isinstance(hidden, int) else hidden
    layers = [layer for units in sizes for layer in (Dense(units), _activation(activation))]
    return Network((*layers, Dense(outputs)), (inputs,))


def lenet5(classes: int = 10, channels: int = 1, size: tuple[int, int] = (32, 32)) -> Network:
    """Return LeNet-5 with every map of its second convolution connected to all of the first: 61,706 parameters.

    Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document recognition", 1998.
    """
    layers = (
        Convolution(6, 5), Tanh(), AveragePool(2), Convolution(16, 5), Tanh(), AveragePool(2),
        Dense(120), Tanh(), Dense(84), Tanh(), Dense(classes),
    )  # fmt: skip
    return Network(layers, (channels, *size))


def vgg_like(
    channels: int,
    classes: int,
    size: tuple[int, int] = (36, 48),
    *,
    filters: Sequence[int] = (8, 16, 32),
    hidden: int = 64,
    dropout: float = 0.5,
) -> Network:
    """Return a small net in the manner of VGG: two convolutions 3×3 before each pool, filters doubling, then dense.

    K. Simonyan, A. Zisserman, "Very deep convolutional networks for large-scale image recognition", ICLR 2015.
    """
    layers: list[Layer] = []
    for count in filters:
        layers += [Convolution(count, 3, "same"), ReLU(), Convolution(count, 3, "same"), ReLU(), MaxPool(2)]
    return Network((*layers, Dense(hidden), ReLU(), Dropout(dropout), Dense(classes)), (channels, *size))
