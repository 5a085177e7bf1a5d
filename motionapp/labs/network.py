"""The lab of neuron and network: which page, and everything on it that can be set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from motionapp.settings import LearningMethod, choice, number

Page = Literal["neuron", "activations", "points", "curves", "backpropagation", "architectures"]
Activation = Literal["sigmoid", "tanh", "relu", "leaky"]
Data = Literal["xor", "two blobs", "ring", "spiral", "painted"]
Preprocessing = Literal["none", "zero-centre", "zero-centre and scale"]
Rate = Literal["0.001", "0.003", "0.01", "0.03", "0.1", "0.3", "1", "3", "10", "30"]
CurveName = Literal["x²", "sin x", "|x|", "step"]
Net = Literal["2-2-1", "2-3-1"]
Architecture = Literal["LeNet-5", "AlexNet", "VGG-16"]


@dataclass(frozen=True, slots=True)
class Parameters:
    """What is shown, and of which network. The default seed lets three units fit all four curves well."""

    page: Page = choice("neuron", Page, "Show", "Neuron, activations, points, curves, backpropagation, architectures")
    architecture: Architecture = choice("LeNet-5", Architecture, "Architecture", "Three networks that made history")
    data: Data = choice("xor", Data, "Points", "A set of points of two classes, or those you paint")
    curve: CurveName = choice("x²", CurveName, "Curve", "What is to be fitted")
    net: Net = choice("2-2-1", Net, "Network", "Inputs, hidden units and outputs")
    w1: float = number(1.5, -5.0, 5.0, "w₁", "Weight of the first input", 0.1)
    w2: float = number(-1.0, -5.0, 5.0, "w₂", "Weight of the second input", 0.1)
    b: float = number(0.3, -5.0, 5.0, "b", "Bias: added to the weighted inputs", 0.1)
    at: float = number(0.0, -10.0, 10.0, "x", "Where value and gradient are read", 0.5)
    hidden: int = number(1, 0, 3, "Hidden layers", "None: a perceptron, which draws straight lines only")
    units: int = number(4, 1, 8, "Units", "Neurons in each hidden layer")
    curve_units: int = number(3, 1, 8, "Hidden units", "Neurons in the hidden layer")
    activation: Activation = choice("tanh", Activation, "Activation", "What a neuron makes of its sum")
    preprocessing: Preprocessing = choice(
        "zero-centre and scale", Preprocessing, "Preprocessing", "What is done to the measurements before they go in"
    )
    method: LearningMethod = choice("adam", LearningMethod, "Rule", "Rule of descent")
    rate: Rate = choice("0.03", Rate, "Rate η", "Size of a step; too large a one diverges")
    batch: int = number(10, 1, 200, "Batch", "Points in a step; as many as there are: all of them")
    speed: int = number(2, 1, 50, "Speed", "Steps between one picture and the next")
    seed: int = number(5, 0, 999, "Seed", "Of points, weights to begin with, and order")
    x1: float = number(1.0, -2.0, 2.0, "x₁", "First input", 0.1)
    x2: float = number(-0.5, -2.0, 2.0, "x₂", "Second input", 0.1)
    target: float = number(0.8, -2.0, 2.0, "Target t", "What the output should be", 0.1)


#: What can be set on each page, beside the page itself.
SHOWN: dict[str, tuple[str, ...]] = {
    "neuron": ("w1", "w2", "b", "activation"),
    "activations": ("activation", "at"),
    "points": (
        "data", "hidden", "units", "activation", "preprocessing", "method", "rate", "batch", "speed", "seed",
    ),
    "curves": ("curve", "curve_units", "activation", "method", "rate", "speed", "seed"),
    "backpropagation": ("net", "activation", "x1", "x2", "target", "rate", "seed"),
    "architectures": ("architecture",),
}  # fmt: skip
