"""ONNX files: the same probabilities in OpenCV and onnxruntime, labels and normalisation inside."""

import json
import sys
from dataclasses import replace

import numpy as np
import pytest

from motionapp._cv2 import cv2
from motionapp.learning.onnxfile import write_onnx
from motionapp.learning.samples import Samples
from motionapp.learning.training import TrainingRun
from motionapp.settings import MapSettings
from motionapp.types import MotionError

from .motions import QUICK, SMALL, recording, two_motions

onnx = pytest.importorskip("onnx", reason="the package onnx is not installed")

CASES = {
    "default": (SMALL, QUICK),
    "leaky": (SMALL, replace(QUICK, activation="leaky", layers=1)),
    "tanh": (SMALL, replace(QUICK, activation="tanh", layers=1)),
    "sigmoid": (SMALL, replace(QUICK, activation="sigmoid", layers=1)),
    "dense": (SMALL, replace(QUICK, layers=0)),
    "direction": (replace(SMALL, direction=True), replace(QUICK, layers=1)),
    "lenet5": (replace(SMALL, rows=20, columns=24), replace(QUICK, architecture="lenet5", epochs=1)),
    "full size": (MapSettings(), replace(QUICK, filters=8, epochs=1)),
}


def trained(settings, how):
    """A model and 100 windows it was not trained on, some with wild speeds."""
    run = TrainingRun(two_motions(4, 40, settings), how)
    for _ in run.batches():
        pass
    samples = Samples(settings, ("right", "down"))
    for seed in range(100, 110):
        samples = samples.with_recording(recording("right", 80, seed, settings))
        samples = samples.with_recording(recording("down", 80, seed, settings))
    x = samples.windows()[0][:100]
    assert len(x) == 100
    x[::7] *= np.random.default_rng(0).uniform(0.1, 30, x[::7].shape).astype(np.float32)
    return run.result(), x


@pytest.fixture(scope="module", params=CASES)
def exported(request, tmp_path_factory):
    model, x = trained(*CASES[request.param])
    path = tmp_path_factory.mktemp("onnx") / "a.onnx"
    write_onnx(path, model)
    return model, x, path


def test_opencv_gives_the_same_probabilities(exported):
    model, x, path = exported
    network = cv2.dnn.readNetFromONNX(str(path))
    network.setInput(x)
    np.testing.assert_allclose(network.forward(), model.probabilities(x), atol=1e-5)


def test_onnxruntime_gives_the_same_probabilities(exported):
    runtime = pytest.importorskip("onnxruntime", reason="the package onnxruntime is not installed")
    model, x, path = exported
    session = runtime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    (found,) = session.run(["probabilities"], {"windows": x})
    np.testing.assert_allclose(found, model.probabilities(x), atol=1e-5)
    assert json.loads(session.get_modelmeta().custom_metadata_map["classes"]) == ["right", "down"]


def test_labels_of_any_text_and_what_windows_are_made_of_are_inside(tmp_path):
    model, _ = trained(SMALL, replace(QUICK, epochs=1))
    names = ('a, "b"', "👋🏽/\udcff")
    write_onnx(tmp_path / "a.onnx", replace(model, classes=names))
    stored = {one.key: one.value for one in onnx.load(tmp_path / "a.onnx").metadata_props}
    assert tuple(json.loads(stored["classes"])) == names
    assert json.loads(stored["map_settings"])["maps"] == SMALL.maps
    assert stored["unit"] == "picture widths per second"


def test_nothing_is_overwritten_unasked_and_other_names_are_refused(tmp_path):
    model, _ = trained(SMALL, replace(QUICK, epochs=1))
    (tmp_path / "a.onnx").write_text("precious")
    with pytest.raises(MotionError, match="exists already"):
        write_onnx(tmp_path / "a.onnx", model)
    assert (tmp_path / "a.onnx").read_text() == "precious"
    write_onnx(tmp_path / "a.onnx", model, overwrite=True)
    onnx.checker.check_model(str(tmp_path / "a.onnx"))
    with pytest.raises(MotionError, match=r"end in \.onnx"):
        write_onnx(tmp_path / "a.pb", model)


def test_without_the_package_it_says_what_to_install(tmp_path, monkeypatch):
    model, _ = trained(SMALL, replace(QUICK, epochs=1))
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(MotionError, match="pip install onnx"):
        write_onnx(tmp_path / "a.onnx", model)
    assert not list(tmp_path.iterdir())
