"""The same networks in PyTorch, with the same parameters, where PyTorch is installed. The app does not need it."""

from __future__ import annotations

import importlib.util
from typing import Any

import numpy as np

from kernels.checks import Array
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
from kernels.network import Network

#: What to say where it is absent.
ABSENT = "PyTorch is not installed: pip install torch, best in an environment of its own"


def installed() -> bool:
    """Whether PyTorch can be imported."""
    return importlib.util.find_spec("torch") is not None


def module(layer: Layer, shape: Shape) -> Any:
    """Return a layer for samples of ``shape`` as a module."""
    from torch import nn

    match layer:
        case Convolution():
            before, after = ((layer.size - 1) // 2, layer.size // 2) if layer.padding == "same" else (0, 0)
            if before == after:
                return nn.Conv2d(shape[0], layer.filters, layer.size, padding=before)
            uneven = nn.ZeroPad2d((before, after, before, after))
            return nn.Sequential(uneven, nn.Conv2d(shape[0], layer.filters, layer.size))
        case MaxPool():
            return nn.MaxPool2d(layer.size)
        case AveragePool():
            return nn.AvgPool2d(layer.size)
        case Dense():
            return nn.Sequential(nn.Flatten(), nn.Linear(int(np.prod(shape)), layer.units))
        case Dropout():
            return nn.Dropout(layer.rate)
        case LeakyReLU():
            return nn.LeakyReLU(layer.slope)
        case ReLU() | Sigmoid() | Tanh():
            return {"relu": nn.ReLU, "sigmoid": nn.Sigmoid, "tanh": nn.Tanh}[layer.kind]()
    raise ValueError(f"no module for {layer}")


def twin(network: Network, parameters: Array) -> Any:
    """Return the network as a module with a copy of ``parameters`` (P,) float32."""
    import torch
    from torch import nn

    net = nn.Sequential(*(module(*pair) for pair in zip(network.layers, network.shapes[:-1], strict=True)))
    ours = [array for own in network.views(parameters) for array in own]
    with torch.no_grad():
        for theirs, array in zip(net.parameters(), ours, strict=True):
            theirs.copy_(torch.from_numpy(array.copy()))
    return net


def flat_gradient(net: Any) -> Array:
    """Return the gradient of all parameters as one vector, in our order."""
    return np.concatenate([parameter.grad.numpy().ravel() for parameter in net.parameters()])


def optimiser(method: str, net: Any, rate: float, momentum: float) -> Any:
    """Return PyTorch's optimiser for one of our rules."""
    from torch import optim

    if method == "adam":
        return optim.Adam(net.parameters(), rate)
    own = 0.0 if method == "steepest" else momentum
    return optim.SGD(net.parameters(), rate, momentum=own, nesterov=method == "nesterov")
