"""A batch on its way through all layers, and the gradient of its cost on its way back.

The cost descends along its gradient, which comes from the chain rule read backwards: with ``x_i = F_i(x_{i−1}, θ_i)``,

    ∂C/∂x_{i−1} = ∂C/∂x_i · ∂F_i/∂x_{i−1},        ∂C/∂θ_i = ∂C/∂x_i · ∂F_i/∂θ_i.

A batch is cut into pieces of a few samples, which go forward and back while they are in cache; the pieces' gradients
are added in an order that depends on the size of the batch alone: the same seed gives the same bits for any number of
threads. Training keeps to the thread that calls, since beside it live flow wants its threads to start at once
(:func:`kernels.bands.run_together` waits for them); ``shared`` uses the threads of :mod:`kernels.bands` as well, for
training with nothing beside it.

D. E. Rumelhart, G. E. Hinton, R. J. Williams, "Learning representations by back-propagating errors", Nature 323, 1986.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import nullcontext

import numpy as np

from kernels import bands, workspace
from kernels.checks import Array
from kernels.elementwise import Dropout, Layer

Loss = Callable[[Array, Array], tuple[float, Array]]
Parameters = Sequence[tuple[Array, ...]]

#: Samples that go through all layers together: at least, at most, and so many that their values stay in cache.
LEAST_PIECE, LARGEST_PIECE, CACHED_VALUES = 8, 256, 2**17

#: Parts of a batch that keep a gradient of their own.
PARTS = 8


def _quiet() -> np.errstate:
    """Let numbers overflow without a warning: a step size may be too large, and what comes of it is shown."""
    return np.errstate(over="ignore", invalid="ignore", under="ignore")


def _run(work: Callable[[int, int], None], parts: int, width: int, shared: bool) -> None:
    """Do the work of all parts, on the threads of the bands if they are to share it."""
    if shared:
        bands.run(work, height=parts, width=width)
    else:
        work(0, parts)


def piece_size(values: int) -> int:
    """Return how many samples go through all layers together, for so many values of a sample in all layers."""
    return max(LEAST_PIECE, min(LARGEST_PIECE, CACHED_VALUES // values))


def activations(layers: Sequence[Layer], parameters: Parameters, x: Array) -> list[Array]:
    """Return the output of every layer for a batch."""
    outputs = []
    with _quiet():
        for layer, own in zip(layers, parameters, strict=True):
            x, _ = layer.forward(own, x)
            outputs.append(x)
    return outputs


def outputs(layers: Sequence[Layer], parameters: Parameters, x: Array, size: int, shared: bool) -> Array:
    """Return the output of the last layer for a batch, in pieces of ``size`` samples."""
    pieces = -(-len(x) // size)
    found: list[Array] = [x] * pieces

    def work(first: int, last: int) -> None:
        with _quiet():
            for piece in range(first, last):
                values = x[piece * size : (piece + 1) * size]
                # A single piece is often a single sample, which is too small to gain by it.
                with workspace.piece() if pieces > 1 else nullcontext():
                    for layer, own in zip(layers, parameters, strict=True):
                        values, _ = layer.forward(own, values)
                    found[piece] = values.copy()

    _run(work, pieces, x[:size].size, shared)
    return found[0] if pieces == 1 else np.concatenate(found)


def gradient(
    layers: Sequence[Layer],
    parameters: Parameters,
    x: Array,
    target: Array,
    loss: Loss,
    rng: np.random.Generator | None,
    sums: Callable[[int], list[Parameters]],
    size: int,
    shared: bool,
) -> float:
    """Return the mean cost of a batch and leave its gradient in parts.

    Parameters
    ----------
    layers, parameters
        The network; each layer's weights and bias.
    x, target, loss, rng
        As for :meth:`kernels.network.Network.gradient`.
    sums
        Called with a number of parts; returns as many sets of arrays like ``parameters``, all 0, and the gradient is
        the sum of what they hold afterwards.
    size
        Samples of a piece.
    shared
        Use the threads of :mod:`kernels.bands`.
    """
    pieces = -(-len(x) // size)
    parts = bands.rows(pieces, PARTS)
    totals, costs = sums(len(parts)), np.zeros(pieces)
    drops = rng is not None and any(isinstance(layer, Dropout) for layer in layers)
    seeds = rng.integers(2**63, size=pieces) if rng is not None and drops else None

    def work(first: int, last: int) -> None:
        with _quiet():
            for part in range(first, last):
                for piece in range(*parts[part]):
                    at = slice(piece * size, (piece + 1) * size)
                    share = len(x[at]) / len(x)
                    dropout = None if seeds is None else np.random.default_rng(seeds[piece])
                    cost = _there_and_back(layers, parameters, x[at], target[at], loss, dropout, share, totals[part])
                    costs[piece] = share * cost

    _run(work, len(parts), x[:size].size, shared)
    return math.fsum(costs) if np.isfinite(costs).all() else float(costs.sum())


@workspace.piece()
def _there_and_back(
    layers: Sequence[Layer],
    parameters: Parameters,
    x: Array,
    target: Array,
    loss: Loss,
    rng: np.random.Generator | None,
    share: float,
    totals: Parameters,
) -> float:
    """Return the mean cost of a few samples and add ``share`` of its gradient to the totals."""
    kept, values = [], x
    for layer, own in zip(layers, parameters, strict=True):
        values, keep = layer.forward(own, values, rng)
        kept.append(keep)
    cost, dy = loss(values, target)
    dy *= dy.dtype.type(share)
    for index in range(len(layers) - 1, -1, -1):
        dy, found = layers[index].backward(parameters[index], kept[index], dy, first=index == 0)
        for total, array in zip(totals[index], found, strict=True):
            total += array
    return cost
