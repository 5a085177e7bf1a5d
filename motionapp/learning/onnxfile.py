"""Models as ONNX files, for other programs: normalisation, network and softmax in one graph, labels beside it.

The graph takes ``windows`` (n, T·C, rows, columns) float32 as :func:`motionapp.learning.samples.motion_map` measures
them, and gives ``probabilities`` (n, K). Its metadata holds ``classes`` (a JSON list) and what windows are made of.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from kernels.layers import AveragePool, Convolution, Dense, Dropout, Layer, LeakyReLU, MaxPool, ReLU, Sigmoid, Tanh
from motionapp import __version__
from motionapp.learning.model import Model
from motionapp.types import Array, MotionError
from motionapp.wholefile import write_whole

SUFFIX = ".onnx"
#: Old enough for every reader of the last years: OpenCV's dnn and onnxruntime among them.
OPSET, IR_VERSION = 13, 8

#: An operator, its attributes, and the arrays it takes after its input.
Step = tuple[str, dict[str, Any], tuple[Array, ...]]


def write_onnx(path: Path, model: Model, overwrite: bool = False) -> None:
    """Write a model as ONNX.

    Raises
    ------
    MotionError
        If ``path`` does not end in ``.onnx``, exists and ``overwrite`` is false, or cannot be written; or if the
        package onnx is missing.
    """
    if path.suffix.lower() != SUFFIX:
        raise MotionError(f"{path} has to end in {SUFFIX}.")
    try:
        import onnx
    except ImportError:
        raise MotionError("ONNX files take the package onnx, which is missing. Install it: pip install onnx") from None
    content = _graph(onnx, model).SerializeToString()
    write_whole(path, lambda file: file.write(content), overwrite)


def _graph(onnx: Any, model: Model) -> Any:
    helper, number = onnx.helper, onnx.TensorProto.FLOAT
    nodes, constants, value = [], [], "windows"
    for index, (operator, attributes, arrays) in enumerate(_steps(model)):
        names = [f"{operator}{index}_{place}" for place in range(len(arrays))]
        constants += [onnx.numpy_helper.from_array(np.ascontiguousarray(a), n) for n, a in zip(names, arrays)]
        after = f"{operator}{index}"
        nodes.append(helper.make_node(operator, [value, *names], [after], after, **attributes))
        value = after
    nodes[-1].output[0] = "probabilities"
    graph = helper.make_graph(
        nodes,
        "motionapp",
        [helper.make_tensor_value_info("windows", number, ["n", *model.network.input_shape])],
        [helper.make_tensor_value_info("probabilities", number, ["n", len(model.classes)])],
        constants,
    )
    made = helper.make_model(
        graph,
        producer_name="motionapp",
        producer_version=__version__,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
    )
    about = {
        "classes": list(model.classes),
        "map_settings": asdict(model.map_settings),
        "flow": asdict(model.flow),
        "unit": "picture widths per second",
    }
    helper.set_model_props(
        made, {name: value if isinstance(value, str) else json.dumps(value) for name, value in about.items()}
    )
    onnx.checker.check_model(made, full_check=True)
    return made


def _steps(model: Model) -> list[Step]:
    """Return what is done to windows, one operator after another."""
    clip = np.array(model.preprocessing.clip, np.float32)
    mean, gain = (plane[None] for plane in model.preprocessing.planes(model.network.input_shape[0]))
    steps: list[Step] = [("Clip", {}, (np.negative(clip), clip)), ("Sub", {}, (mean,)), ("Mul", {}, (gain,))]
    for layer, views in zip(model.network.layers, model.network.views(model.weights), strict=True):
        steps += _OPERATORS[type(layer)](layer, views)
    return [*steps, ("Softmax", {"axis": 1}, ())]


def _convolution(layer: Any, views: tuple[Array, ...]) -> list[Step]:
    before = (layer.size - 1) // 2 if layer.padding == "same" else 0
    after = layer.size - 1 - before if layer.padding == "same" else 0
    strides = {"strides": [layer.stride] * 2} if layer.stride > 1 else {}
    return [("Conv", {"kernel_shape": [layer.size] * 2, "pads": [before, before, after, after], **strides}, views)]


def _pool(operator: str) -> Callable[[Any, tuple[Array, ...]], list[Step]]:
    return lambda layer, _: [(operator, {"kernel_shape": [layer.size] * 2, "strides": [layer.apart] * 2}, ())]


def _dense(_layer: Any, views: tuple[Array, ...]) -> list[Step]:
    return [("Flatten", {"axis": 1}, ()), ("Gemm", {"transB": 1}, views)]


_OPERATORS: dict[type[Layer], Callable[[Any, tuple[Array, ...]], list[Step]]] = {
    Convolution: _convolution,
    MaxPool: _pool("MaxPool"),
    AveragePool: _pool("AveragePool"),
    Dense: _dense,
    Dropout: lambda layer, views: [],  # in training only
    ReLU: lambda layer, views: [("Relu", {}, ())],
    LeakyReLU: lambda layer, views: [("LeakyRelu", {"alpha": layer.slope}, ())],
    Sigmoid: lambda layer, views: [("Sigmoid", {}, ())],
    Tanh: lambda layer, views: [("Tanh", {}, ())],
}
