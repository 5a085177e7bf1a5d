"""Gradients of every layer and of whole nets, and the course of every descent, ours against PyTorch's, in float32.

``python -m benchmarks.against_torch`` prints the largest difference of each and fails where one exceeds
:data:`TOLERANCE`: for gradients in parts of the largest, for losses as it is. Dropout is left out, since it draws at
random.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np

from benchmarks import torch_nets
from benchmarks.command import aligned
from kernels import network
from kernels.checks import Array
from kernels.descent import NETWORK_METHODS, Descent
from kernels.layers import AveragePool, Convolution, Dense, Layer, LeakyReLU, MaxPool, ReLU, Shape, Sigmoid, Tanh
from kernels.losses import cross_entropy, euclidean
from kernels.network import Network

TOLERANCE, STEPS, BATCH, MOMENTUM = 1e-4, 10, 32, 0.9

LAYERS: tuple[tuple[Layer, Shape], ...] = (
    (Convolution(8, 3), (8, 36, 48)),
    (Convolution(16, 3), (8, 17, 23)),
    (Convolution(6, 5), (1, 32, 32)),
    (Convolution(3, 4, "same"), (2, 9, 70)),
    (Convolution(4, 1), (3, 5, 7)),
    (MaxPool(2), (8, 36, 48)),
    (MaxPool(3), (2, 10, 11)),
    (AveragePool(2), (6, 28, 28)),
    (Dense(3), (16, 7, 10)),
    (Sigmoid(), (8, 9, 12)),
    (Tanh(), (8, 9, 12)),
    (ReLU(), (8, 9, 12)),
    (LeakyReLU(), (8, 9, 12)),
)

NETS: dict[str, Network] = {
    "default": network.default(8, 3),
    "default, leaky": network.default(8, 3, "leaky"),
    "default, tanh": network.default(8, 3, "tanh"),
    "default, sigmoid": network.default(8, 3, "sigmoid"),
    "LeNet-5": network.lenet5(),
    "like VGG": network.vgg_like(8, 3, dropout=0.0),
    "multilayer perceptron": network.mlp(2, [8, 8], 2),
    "perceptron": network.perceptron(2, 2),
}

RATES = {"steepest": 0.05, "momentum": 0.01, "nesterov": 0.01, "adam": 0.001}


def difference(ours: Array, theirs: Array) -> float:
    """Return the largest difference in parts of the largest value."""
    return float(np.abs(ours - theirs).max() / np.abs(theirs).max())


def of_layers() -> Iterator[tuple[str, float]]:
    """Compare outputs and all gradients of every layer, for a random gradient handed back."""
    import torch

    for layer, shape in LAYERS:
        rng, net = np.random.default_rng(0), Network((layer,), shape)
        x = rng.standard_normal((4, *shape), dtype=np.float32)
        dy = rng.standard_normal((4, *net.output_shape), dtype=np.float32)
        parameters = rng.standard_normal(net.size, dtype=np.float32)
        (own,) = net.views(parameters)
        y, kept = layer.forward(own, x)
        dx, dparameters = layer.backward(own, kept, dy)
        twin, inputs = torch_nets.twin(net, parameters), torch.from_numpy(x).requires_grad_()
        outputs = twin(inputs)
        outputs.backward(torch.from_numpy(dy))
        theirs = [outputs.detach(), inputs.grad, *(parameter.grad for parameter in twin.parameters())]
        pairs = zip((y, dx, *dparameters), theirs, strict=True)
        yield f"{layer} on {shape}", max(difference(array, tensor.numpy()) for array, tensor in pairs)


def _problem(net: Network) -> tuple[Array, Array, Array]:
    rng = np.random.default_rng(1)
    x = rng.standard_normal((BATCH, *net.input_shape), dtype=np.float32)
    return x, rng.integers(net.output_shape[0], size=BATCH), rng.standard_normal((BATCH, *net.output_shape), np.float32)


def of_nets() -> Iterator[tuple[str, float]]:
    """Compare the gradient of every net's parameters, for both losses."""
    import torch
    from torch.nn import functional

    for name, net in NETS.items():
        parameters = net.initial(0)
        x, labels, targets = _problem(net)
        for loss, target in ((cross_entropy, labels), (euclidean, targets)):
            _, ours, _ = net.gradient(parameters, x, target, loss)
            twin = torch_nets.twin(net, parameters)
            outputs, wanted = twin(torch.from_numpy(x)), torch.from_numpy(target)
            if loss is cross_entropy:
                cost = functional.cross_entropy(outputs, wanted)
            else:
                cost = 0.5 * (outputs - wanted).square().sum() / BATCH
            cost.backward()
            yield f"{name}, {loss.__name__}", difference(ours, torch_nets.flat_gradient(twin))


def of_descents() -> Iterator[tuple[str, float]]:
    """Compare the losses before each of ten steps and after the last, by every rule on the default net."""
    import torch
    from torch.nn import functional

    net = NETS["default"]
    x, labels, _ = _problem(net)
    for method in NETWORK_METHODS:
        parameters, descent = net.initial(0), Descent(method, RATES[method], MOMENTUM)
        twin = torch_nets.twin(net, parameters)
        optimiser = torch_nets.optimiser(method, twin, RATES[method], MOMENTUM)
        ours, theirs = [], []
        for _ in range(STEPS + 1):
            cost, gradient, _ = net.gradient(parameters, x, labels)
            descent.step(parameters, gradient)
            ours.append(cost)
            optimiser.zero_grad()
            loss = functional.cross_entropy(twin(torch.from_numpy(x)), torch.from_numpy(labels))
            loss.backward()
            optimiser.step()
            theirs.append(loss.item())
        largest = float(np.abs(np.subtract(ours, theirs)).max())
        yield f"{method}: loss {ours[0]:.3f} to {ours[-1]:.3f}", largest


def main() -> int:
    """Compare and print; 1 if anything differs by more than the tolerance."""
    if not torch_nets.installed():
        print(f"left out: {torch_nets.ABSENT}", file=sys.stderr)
        return 0
    largest = 0.0
    for what, compared in (
        ("layer", of_layers()), ("gradient of net", of_nets()), (f"{STEPS} steps", of_descents())
    ):  # fmt: skip
        found = list(compared)
        largest = max(largest, *(apart for _, apart in found))
        print(aligned([[what, "largest difference"], *([name, f"{apart:.1e}"] for name, apart in found)]), end="\n\n")
    print(f"{'all within' if largest <= TOLERANCE else 'NOT within'} {TOLERANCE:g}: the largest is {largest:.1e}")
    return int(largest > TOLERANCE)


if __name__ == "__main__":
    sys.exit(main())
