"""What a layer is, and the layers that act on every value by itself: activations and dropout.

Going forward, ``y = F(x, θ)``. Going back, a layer is handed the gradient of the cost with respect to its output and
gives that with respect to its input and its parameters: ``∂C/∂x = ∂C/∂y · ∂F/∂x`` and ``∂C/∂θ = ∂C/∂y · ∂F/∂θ``.
Nothing is kept in a layer but its settings, so that one thread can infer while another trains: what ``forward`` keeps
for ``backward`` it returns, and parameters are handed in.

Where the slope of an activation is small, little of the gradient comes through. The sigmoid's is at most ¼, and at ±10
it is 5·10⁻⁵: a stack of them starves its first layers, which the gradient norms per layer show.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from kernels import dense
from kernels.checks import Array

Shape = tuple[int, ...]
Back = tuple[Array | None, tuple[Array, ...]]


def require_whole(layer: Layer, name: str, low: int, high: int) -> None:
    """Require that a setting is a whole number within a range; ValueError names it."""
    value = getattr(layer, name)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError(f"{name} of {layer.kind} must be a whole number from {low} to {high}, got {value!r}")


def require_part(layer: Layer, name: str) -> None:
    """Require that a setting is a number from 0 to below 1; ValueError names it."""
    value = getattr(layer, name)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1:
        raise ValueError(f"{name} of {layer.kind} must be a number from 0 to below 1, got {value!r}")


class Layer:
    """What layers have in common: most keep the shape of a sample and have no parameters."""

    __slots__ = ()
    kind: ClassVar[str]

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of a sample behind the layer."""
        return input_shape

    def parameter_shapes(self, input_shape: Shape) -> tuple[Shape, ...]:
        """Return the shapes of weights and bias, or nothing."""
        return ()

    def multiply_adds(self, input_shape: Shape) -> int:
        """Return how many products of weights and values a sample takes, each of them added to a sum."""
        return 0

    def forward(self, parameters: tuple[Array, ...], x: Array, rng: np.random.Generator | None = None) -> Any:
        """Return ``(y, kept)`` for a batch x, (B, \\*input_shape) float32 or float64; ``rng`` is given in training."""
        raise NotImplementedError

    def backward(self, parameters: tuple[Array, ...], kept: Any, dy: Array, first: bool = False) -> Back:
        """Return ``(dx, dparameters)``; the ``first`` layer of a network may save itself ``dx``, which is None then."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Sigmoid(Layer):
    """``y = 1 / (1 + e⁻ˣ)``, between 0 and 1; ``dy/dx = y (1 − y)``, ¼ at 0. Not zero-centred."""

    kind: ClassVar[str] = "sigmoid"

    def forward(self, parameters: tuple[Array, ...], x: Array, rng: np.random.Generator | None = None) -> Any:
        """Computed as ``½ (1 + tanh x/2)``, which cannot overflow."""
        half = x.dtype.type(0.5)
        y = half * (1 + np.tanh(half * x))
        return y, y

    def backward(self, parameters: tuple[Array, ...], kept: Any, dy: Array, first: bool = False) -> Back:
        """``dx = y (1 − y) dy``."""
        return kept * (1 - kept) * dy, ()


@dataclass(frozen=True, slots=True)
class Tanh(Layer):
    """``y = tanh x``, between −1 and 1; ``dy/dx = 1 − y²``, 1 at 0."""

    kind: ClassVar[str] = "tanh"

    def forward(self, parameters: tuple[Array, ...], x: Array, rng: np.random.Generator | None = None) -> Any:
        """``y = tanh x``."""
        y = np.tanh(x)
        return y, y

    def backward(self, parameters: tuple[Array, ...], kept: Any, dy: Array, first: bool = False) -> Back:
        """``dx = (1 − y²) dy``."""
        return (1 - kept * kept) * dy, ()


@dataclass(frozen=True, slots=True)
class ReLU(Layer):
    """``y = max(x, 0)``; ``dy/dx`` is 1 for positive x, else 0 (at 0 too)."""

    kind: ClassVar[str] = "relu"

    def forward(self, parameters: tuple[Array, ...], x: Array, rng: np.random.Generator | None = None) -> Any:
        """See :func:`kernels.dense.rectify`."""
        y = dense.rectify(x, 0.0)
        return y, y

    def backward(self, parameters: tuple[Array, ...], kept: Any, dy: Array, first: bool = False) -> Back:
        """``dx = dy`` where y > 0, else 0."""
        return dense.rectify_gradient(kept, dy, 0.0), ()


@dataclass(frozen=True, slots=True)
class LeakyReLU(Layer):
    """``y = x`` for positive x, else ``slope · x``, so that no neuron dies for good."""

    slope: float = 0.01
    kind: ClassVar[str] = "leaky relu"

    def __post_init__(self) -> None:
        require_part(self, "slope")

    def forward(self, parameters: tuple[Array, ...], x: Array, rng: np.random.Generator | None = None) -> Any:
        """See :func:`kernels.dense.rectify`."""
        y = dense.rectify(x, self.slope)
        return y, x

    def backward(self, parameters: tuple[Array, ...], kept: Any, dy: Array, first: bool = False) -> Back:
        """``dx = dy`` where x > 0, else ``slope · dy``."""
        return dense.rectify_gradient(kept, dy, self.slope), ()


@dataclass(frozen=True, slots=True)
class Dropout(Layer):
    """In training, set a part ``rate`` of all values to 0 and scale the others by 1/(1 − rate); else change nothing.

    N. Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", JMLR 15, 2014.
    """

    rate: float = 0.5
    kind: ClassVar[str] = "dropout"

    def __post_init__(self) -> None:
        require_part(self, "rate")

    def forward(self, parameters: tuple[Array, ...], x: Array, rng: np.random.Generator | None = None) -> Any:
        """``y = m x`` with m either 0 or 1/(1 − rate)."""
        if rng is None or self.rate == 0:
            return x, None
        mask = (rng.random(x.shape) >= self.rate).astype(x.dtype) * x.dtype.type(1 / (1 - self.rate))
        return x * mask, mask

    def backward(self, parameters: tuple[Array, ...], kept: Any, dy: Array, first: bool = False) -> Back:
        """``dx = m dy``."""
        return (dy if kept is None else dy * kept), ()
