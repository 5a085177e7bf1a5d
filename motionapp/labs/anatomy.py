"""LeNet-5, AlexNet and VGG-16 as rows of a diagram: what each stage is, its shape, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kernels.architectures import ARCHITECTURES, Count, count
from kernels.layers import AveragePool, Convolution, Dense, Layer, MaxPool, Shape


@dataclass(frozen=True, slots=True)
class Stage:
    """Layers that do the same one after another, with the activations that follow: one row of the diagram.

    ``kind`` is "input", "convolution", "pool" or "dense"; ``shape`` is what comes out; ``sums`` says how parameters and
    multiply-adds are counted.
    """

    kind: str
    text: str
    shape: Shape
    parameters: int
    multiply_adds: int
    repeats: int = 1
    sums: str = ""


@dataclass(frozen=True, slots=True)
class Anatomy:
    """A network as a diagram, with its totals."""

    name: str
    about: str
    stages: tuple[Stage, ...]
    parameters: int
    multiply_adds: int


def anatomy(name: str) -> Anatomy:
    """Return the diagram of one of the architectures; KeyError if there is none of that name."""
    one = ARCHITECTURES[name]
    counts = count(one.layers, one.input_shape)
    channels = "grey" if one.input_shape[0] == 1 else "RGB"
    stages, before = [Stage("input", f"{channels} picture", one.input_shape, 0, 0)], one.input_shape
    for each in counts:
        stage = _stage(each, before)
        before = each.shape
        if stage is None:
            continue
        last = stages[-1]
        if (stage.text, stage.shape) == (last.text, last.shape):
            stages[-1] = replace(
                last,
                repeats=last.repeats + 1,
                parameters=last.parameters + stage.parameters,
                multiply_adds=last.multiply_adds + stage.multiply_adds,
                sums=f"{last.sums}; then {stage.sums}" if last.repeats == 1 else last.sums,
            )
        else:
            stages.append(stage)
    parameters, multiply_adds = sum(each.parameters for each in counts), sum(each.multiply_adds for each in counts)
    return Anatomy(name, f"{one.source} · {one.note}", tuple(stages), parameters, multiply_adds)


def _stage(each: Count, before: Shape) -> Stage | None:
    """Return the row of a layer; None for those that act on single values."""
    layer = each.layer
    text = _text(layer)
    if not text:
        return None
    kind = {Convolution: "convolution", Dense: "dense"}.get(type(layer), "pool")
    return Stage(kind, text, each.shape, each.parameters, each.multiply_adds, sums=_sums(layer, before, each))


def _text(layer: Layer) -> str:
    if isinstance(layer, Convolution):
        return f"convolution {layer.size}×{layer.size}" + (f" / {layer.stride}" if layer.stride > 1 else "")
    if isinstance(layer, MaxPool | AveragePool):
        return f"{layer.kind} {layer.size}×{layer.size} / {layer.apart}"
    return "dense" if isinstance(layer, Dense) else ""


def _sums(layer: Layer, before: Shape, each: Count) -> str:
    """Return how the numbers of a layer come about."""
    if isinstance(layer, Convolution):
        taps = f"{before[0]}·{layer.size}·{layer.size}"
        filters, height, width = each.shape
        return (
            f"{filters} filters of {taps} weights and a bias: {each.parameters:,}; "
            f"{height}·{width} places: {each.multiply_adds:,} multiply-adds"
        )
    if isinstance(layer, Dense):
        inputs = "·".join(map(str, before))
        return f"{layer.units:,} units that each see {inputs} values, and a bias: {each.parameters:,}"
    return "nothing to learn"
