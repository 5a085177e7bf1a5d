"""Layers of a network, each with its way forward and its way back; what they promise stands in :class:`Layer`.

Those that mix the values of a sample are here; those that act on each by itself come from :mod:`kernels.elementwise`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar

import numpy as np

from kernels import convolution, dense, pooling
from kernels.checks import plain
from kernels.elementwise import (
    Array,
    Back,
    Dropout,
    Layer,
    LeakyReLU,
    ReLU,
    Shape,
    Sigmoid,
    Tanh,
    require_whole,
)

__all__ = [
    "KINDS", "AveragePool", "Convolution", "Dense", "Dropout", "Layer", "LeakyReLU", "MaxPool", "ReLU", "Shape",
    "Sigmoid", "Tanh", "from_dict", "to_dict",
]  # fmt: skip

#: No layer is larger: what a file asks for beyond this is refused before anything is allocated.
MOST_FILTERS, MOST_UNITS, LARGEST_POOL = 1024, 65_536, 64


def _require_planes(layer: Layer, shape: Shape) -> None:
    if len(shape) != 3:
        raise ValueError(f"{layer.kind} needs samples of shape (C, H, W), got {shape}")


@dataclass(frozen=True, slots=True)
class Convolution(Layer):
    """``y_f = b_f + Σ_c w_fc ⋆ x_c``: ``filters`` kernels of ``size`` × ``size``, correlated with the input.

    ``padding`` "valid" keeps to places where the kernel lies inside, "same" reads zeros beyond the border. Of these
    places every ``stride``-th is kept; all are computed, since no network that is trained here strides.
    """

    filters: int
    size: int
    padding: str = "valid"
    stride: int = 1
    kind: ClassVar[str] = "convolution"

    def __post_init__(self) -> None:
        require_whole(self, "filters", 1, MOST_FILTERS)
        require_whole(self, "size", 1, convolution.LARGEST_KERNEL)
        require_whole(self, "stride", 1, convolution.LARGEST_KERNEL)
        if self.padding not in ("valid", "same"):
            raise ValueError(f"padding of convolution must be valid or same, got {self.padding!r}")

    def output_shape(self, input_shape: Shape) -> Shape:
        """(C, H, W) becomes (filters, ⌈H/stride⌉, ⌈W/stride⌉), with "valid" for H − size + 1 and W − size + 1."""
        channels, height, width = self._every_place(input_shape)
        return (channels, -(-height // self.stride), -(-width // self.stride))

    def _every_place(self, input_shape: Shape) -> Shape:
        _require_planes(self, input_shape)
        lost = self.size - 1 if self.padding == "valid" else 0
        height, width = input_shape[1] - lost, input_shape[2] - lost
        if height < 1 or width < 1:
            raise ValueError(f"a convolution of size {self.size} does not fit into {input_shape}")
        return (self.filters, height, width)

    def parameter_shapes(self, input_shape: Shape) -> tuple[Shape, ...]:
        """Kernels (filters, C, size, size) and a bias for each."""
        return ((self.filters, input_shape[0], self.size, self.size), (self.filters,))

    def multiply_adds(self, input_shape: Shape) -> int:
        """Each output value sums C · size² products."""
        return math.prod(self.output_shape(input_shape)) * input_shape[0] * self.size**2

    @property
    def _top(self) -> int:
        """Rows of zeros above, columns of zeros to the left."""
        return (self.size - 1) // 2 if self.padding == "same" else 0

    def forward(self, parameters: tuple[Array, ...], x: Array, rng: np.random.Generator | None = None) -> Any:
        """See :func:`kernels.convolution.correlate`."""
        weights, bias = parameters
        y = convolution.correlate(x, weights, bias, self._top, self._every_place(x.shape[1:])[1:])
        return (y if self.stride == 1 else plain(y[:, :, :: self.stride, :: self.stride])), x

    def backward(self, parameters: tuple[Array, ...], kept: Any, dy: Array, first: bool = False) -> Back:
        """See :func:`kernels.convolution.kernel_gradient` and :func:`kernels.convolution.input_gradient`."""
        if self.stride > 1:
            kept_places, dy = dy, np.zeros((len(dy), *self._every_place(kept.shape[1:])), dy.dtype)
            dy[:, :, :: self.stride, :: self.stride] = kept_places
        dx = None if first else convolution.input_gradient(dy, parameters[0], self._top, kept.shape[2:])
        return dx, convolution.kernel_gradient(kept, dy, self._top, self.size)


@dataclass(frozen=True, slots=True)
class _Pool(Layer):
    """One value for each ``size`` × ``size`` window; rows and columns that fill no window are left out.

    Windows lie ``stride`` apart, and side by side where it is 0; they overlap where it is less than their size.
    """

    size: int = 2
    stride: int = 0

    def __post_init__(self) -> None:
        require_whole(self, "size", 1, LARGEST_POOL)
        require_whole(self, "stride", 0, LARGEST_POOL)

    @property
    def apart(self) -> int:
        """Pixels from one window to the next."""
        return self.stride or self.size

    def output_shape(self, input_shape: Shape) -> Shape:
        """(C, H, W) becomes (C, H // size, W // size), or with a stride (H − size) // stride + 1 and so on."""
        _require_planes(self, input_shape)
        channels, height, width = input_shape
        if min(height, width) < self.size:
            raise ValueError(f"{self.kind} of size {self.size} does not fit into {input_shape}")
        return (channels, (height - self.size) // self.apart + 1, (width - self.size) // self.apart + 1)

    def _windows(self, x: Array) -> list[Array]:
        """Return views of x: the first, second, … pixel of every window, row by row."""
        size, apart = self.size, self.apart
        _, rows, columns = self.output_shape(x.shape[1:])
        height, width = (rows - 1) * apart + 1, (columns - 1) * apart + 1
        return [x[:, :, k : k + height : apart, j : j + width : apart] for k in range(size) for j in range(size)]


@dataclass(frozen=True, slots=True)
class MaxPool(_Pool):
    """The largest value of a window, which alone receives its gradient (the first of equals)."""

    kind: ClassVar[str] = "max pool"

    def forward(self, parameters: tuple[Array, ...], x: Array, rng: np.random.Generator | None = None) -> Any:
        """See :func:`kernels.pooling.pool`."""
        if x.dtype == np.float32 and self.apart == self.size:
            return pooling.pool(x, self.size), (x, None)
        windows = np.stack(self._windows(x))
        return windows.max(axis=0), (x, windows.argmax(axis=0))

    def backward(self, parameters: tuple[Array, ...], kept: Any, dy: Array, first: bool = False) -> Back:
        """See :func:`kernels.pooling.unpool`."""
        x, chosen = kept
        if chosen is None:
            return pooling.unpool(x, dy, self.size), ()
        dx = np.zeros_like(x)
        for place, window in enumerate(self._windows(dx)):
            window += np.where(chosen == place, dy, 0)
        return dx, ()


@dataclass(frozen=True, slots=True)
class AveragePool(_Pool):
    """The mean of a window, whose gradient all its pixels share."""

    kind: ClassVar[str] = "average pool"

    def forward(self, parameters: tuple[Array, ...], x: Array, rng: np.random.Generator | None = None) -> Any:
        """``y = Σ x / size²``."""
        return sum(self._windows(x)) * x.dtype.type(1 / self.size**2), x.shape

    def backward(self, parameters: tuple[Array, ...], kept: Any, dy: Array, first: bool = False) -> Back:
        """``dx = dy / size²`` for every pixel of the window."""
        dx = np.zeros(kept, dy.dtype)
        for window in self._windows(dx):
            window += dy * dy.dtype.type(1 / self.size**2)
        return dx, ()


@dataclass(frozen=True, slots=True)
class Dense(Layer):
    """``y = W x + b``: ``units`` neurons that each see every value of a sample, which is flattened first."""

    units: int
    kind: ClassVar[str] = "dense"

    def __post_init__(self) -> None:
        require_whole(self, "units", 1, MOST_UNITS)

    def output_shape(self, input_shape: Shape) -> Shape:
        """Any shape becomes (units,)."""
        return (self.units,)

    def parameter_shapes(self, input_shape: Shape) -> tuple[Shape, ...]:
        """Weights (units, inputs) and a bias for each unit."""
        return ((self.units, math.prod(input_shape)), (self.units,))

    def multiply_adds(self, input_shape: Shape) -> int:
        """One for each weight."""
        return self.units * math.prod(input_shape)

    def forward(self, parameters: tuple[Array, ...], x: Array, rng: np.random.Generator | None = None) -> Any:
        """See :func:`kernels.dense.dense`."""
        return dense.dense(x.reshape(len(x), -1), *parameters), x

    def backward(self, parameters: tuple[Array, ...], kept: Any, dy: Array, first: bool = False) -> Back:
        """``dx = Wᵀ dy``, ``dW = dy xᵀ``, ``db = dy``."""
        dx, *dparameters = dense.dense_gradient(kept.reshape(len(kept), -1), parameters[0], dy)
        return dx.reshape(kept.shape), tuple(dparameters)


#: Every kind of layer by its name in files.
KINDS: dict[str, type[Layer]] = {
    layer.kind: layer for layer in (Convolution, MaxPool, AveragePool, Dense, Dropout, Sigmoid, Tanh, ReLU, LeakyReLU)
}


def to_dict(layer: Layer) -> dict[str, Any]:
    """Return a layer as plain values for a file; a stride is left out where it is the usual one.

    Examples
    --------
    >>> to_dict(MaxPool(2))
    {'kind': 'max pool', 'size': 2}
    """
    settings = {field.name: getattr(layer, field.name) for field in fields(layer)}
    usual = {field.name: field.default for field in fields(layer) if field.name == "stride"}
    return {"kind": layer.kind, **{name: value for name, value in settings.items() if value != usual.get(name)}}


def from_dict(mapping: Mapping[str, Any]) -> Layer:
    """Return the layer that :func:`to_dict` made ``mapping`` from.

    Raises
    ------
    ValueError
        If the kind or a setting is unknown, one is missing, or one is out of range; the message names it.

    Examples
    --------
    >>> from_dict({"kind": "dense", "units": 3})
    Dense(units=3)
    """
    if not isinstance(mapping, Mapping):
        raise ValueError(f"a layer must be a mapping, got {type(mapping).__name__}")
    kind = mapping.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise ValueError(f"kind of layer must be one of {', '.join(KINDS)}, got {kind!r}")
    settings = {name: value for name, value in mapping.items() if name != "kind"}
    known = {field.name for field in fields(KINDS[kind])}
    if unknown := sorted(map(str, settings.keys() - known)):
        raise ValueError(f"{kind} has no setting {', '.join(unknown)}")
    try:
        return KINDS[kind](**settings)
    except TypeError as error:
        raise ValueError(f"{kind} lacks a setting: it has {', '.join(sorted(known))}") from error
