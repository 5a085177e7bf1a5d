"""Model files (``.motion``) and project files (``.motionproject``): what they hold, and what is refused of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from kernels.layers import from_dict, to_dict
from kernels.network import Network
from motionapp.learning.container import ArrayReader, open_box, write_box
from motionapp.learning.familiarity import FEATURES, MOST_KNOWN, Familiarity
from motionapp.learning.model import Figures, Model
from motionapp.learning.preprocessing import Preprocessing
from motionapp.learning.samples import MOST_BYTES, MOST_CLASSES, MOST_RECORDINGS, Recording, Samples, class_name
from motionapp.settings import FlowSettings, MapSettings, TrainingSettings, read_strictly
from motionapp.types import Array, MotionError

MODEL_SUFFIX, PROJECT_SUFFIX = ".motion", ".motionproject"
_MODEL, _PROJECT = "motionapp model", "motionapp project"
_WEIGHTS, _KNOWN, _MAPS, _TIMES = "weights.npy", "known.npy", "maps.npy", "pts_s.npy"
_NAMES = frozenset({_WEIGHTS, _KNOWN, _MAPS, _TIMES})


@dataclass(frozen=True, slots=True, eq=False)
class Project:
    """All that a project file holds.

    ``stale`` says that the model was trained on other samples; ``opened`` names the file it comes from, if any.
    """

    samples: Samples
    training: TrainingSettings = field(default_factory=TrainingSettings)
    model: Model | None = None
    stale: bool = False
    opened: str = ""


def write_model(path: Path, model: Model, overwrite: bool = False) -> None:
    """Write a model. MotionError if the weights are not finite, the file exists, or it cannot be written."""
    write_box(path, MODEL_SUFFIX, {"format": _MODEL, **_model_to_json(model)}, _arrays(model), overwrite)


def read_model(path: Path) -> Model:
    """Read a model. MotionError names the file and says why it cannot be used."""
    with open_box(path, _MODEL, _NAMES) as (about, array):
        return _model_from_json(about, array)


def write_project(path: Path, project: Project, overwrite: bool = False) -> None:
    """Write a project. MotionError if the weights are not finite, the file exists, or it cannot be written."""
    samples, model = project.samples, project.model
    about = {
        "format": _PROJECT,
        "map_settings": asdict(samples.map_settings),
        "classes": samples.classes,
        "recordings": [_recording_to_json(one) for one in samples.recordings],
        "training": asdict(project.training),
        "model": None if model is None else _model_to_json(model),
        "stale": project.stale,
        "opened": project.opened,
    }
    maps = samples.window_set().maps
    times = np.concatenate([np.empty(0), *(one.pts_s for one in samples.recordings)])
    arrays = {_MAPS: maps, _TIMES: times} | ({} if model is None else _arrays(model))
    write_box(path, PROJECT_SUFFIX, about, arrays, overwrite)


def read_project(path: Path) -> Project:
    """Read a project. MotionError names the file and says why it cannot be used."""
    with open_box(path, _PROJECT, _NAMES) as (about, array):
        settings = read_strictly(MapSettings(), about["map_settings"])
        samples = Samples(settings)
        for name in about["classes"]:
            samples = samples.with_class(name)
        described = about["recordings"]
        if len(described) > MOST_RECORDINGS:
            raise ValueError(f"it has {len(described)} recordings; {MOST_RECORDINGS} can be read")
        counts = [_count(one["maps"]) for one in described]
        maps = array(_MAPS, "<f4", (sum(counts), settings.channels, settings.rows, settings.columns))
        times = array(_TIMES, "<f8", (sum(counts),))
        if not (np.isfinite(maps).all() and np.isfinite(times).all()):
            raise ValueError("a map or a time is not a number")
        ends = np.cumsum([0, *counts])
        samples = samples.with_recordings(
            _recording_from_json(one, maps[begin:end], times[begin:end])
            for one, begin, end in zip(described, ends[:-1], ends[1:], strict=True)
        )
        stored = about["model"]
        model = None if stored is None else _model_from_json(stored, array)
        training = read_strictly(TrainingSettings(), about["training"])
        return Project(samples, training, model, about["stale"] is not False, _text(about.get("opened", "")))


def _arrays(model: Model) -> dict[str, Array]:
    if not np.isfinite(model.weights).all():
        raise MotionError("The model's weights are not all numbers, so it was not saved. Train it again.")
    return {_WEIGHTS: model.weights, _KNOWN: model.familiarity.known}


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < MOST_BYTES:
        raise ValueError(f"a recording cannot have {str(value)[:20]} maps")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{str(value)[:20]} is no text")
    return value


def _recording_to_json(recording: Recording) -> dict[str, Any]:
    return {
        "id": recording.id,
        "label": recording.label,
        "source": recording.source,
        "made": recording.made,
        "flow": asdict(recording.flow),
        "maps": len(recording.maps),
    }


def _recording_from_json(about: Mapping[str, Any], maps: Array, times: Array) -> Recording:
    texts = [_text(about[name]) for name in ("id", "label", "source", "made")]
    return Recording(texts[0], texts[1], maps, times, texts[2], texts[3], read_strictly(FlowSettings(), about["flow"]))


def _model_to_json(model: Model) -> dict[str, Any]:
    figures = {name: None if value != value else value for name, value in asdict(model.figures).items()}
    return {
        "layers": [to_dict(layer) for layer in model.network.layers],
        "classes": model.classes,
        "preprocessing": asdict(model.preprocessing),
        "map_settings": asdict(model.map_settings),
        "flow": asdict(model.flow),
        "training": asdict(model.training),
        "figures": figures,
        "familiarity": {
            "known": len(model.familiarity.known),
            "scale": model.familiarity.scale.tolist(),
            "limit": model.familiarity.limit,
        },
    }


def _model_from_json(about: Mapping[str, Any], array: ArrayReader) -> Model:
    settings = read_strictly(MapSettings(), about["map_settings"])
    network = Network(tuple(from_dict(one) for one in about["layers"]), settings.shape)
    classes: tuple[str, ...] = ()
    if len(about["classes"]) > MOST_CLASSES:
        raise ValueError(f"it has {len(about['classes'])} classes; {MOST_CLASSES} can be read")
    for name in about["classes"]:
        classes = (*classes, class_name(_text(name), classes))
    if network.output_shape != (len(classes),):
        raise ValueError(f"its network has outputs {network.output_shape} for {len(classes)} classes")
    weights = array(_WEIGHTS, "<f4", (network.size,))
    if not np.isfinite(weights).all():
        raise ValueError("a weight is not a number")
    model = Model(
        network=network,
        weights=weights,
        preprocessing=_preprocessing(about["preprocessing"], settings),
        classes=classes,
        map_settings=settings,
        flow=read_strictly(FlowSettings(), about["flow"]),
        training=read_strictly(TrainingSettings(), about["training"]),
        figures=_figures(about["figures"], len(classes)),
        familiarity=_familiarity(about["familiarity"], array),
    )
    return _tried(model)


def _familiarity(about: Mapping[str, Any], array: ArrayReader) -> Familiarity:
    count, limit, scale = about["known"], float(about["limit"]), np.asarray(about["scale"], np.float32)
    if not isinstance(count, int) or not 0 <= count <= MOST_KNOWN:
        raise ValueError(f"it cannot know {str(count)[:20]} windows")
    known = array(_KNOWN, "<f4", (count, FEATURES))
    sound = scale.shape == (FEATURES,) and np.isfinite(scale).all() and (scale > 0).all()
    if not (sound and np.isfinite(known).all() and 0 < limit < math.inf):
        raise ValueError("what is familiar is not described by numbers")
    return Familiarity(known, scale, limit)


def _preprocessing(about: Mapping[str, Any], settings: MapSettings) -> Preprocessing:
    with np.errstate(over="ignore"):  # float32 is what windows are multiplied in
        clip, mean, gain = (np.atleast_1d(np.asarray(about[name], np.float32)) for name in ("clip", "mean", "gain"))
    if clip.shape != (1,) or mean.shape != (settings.channels,) or gain.shape != mean.shape:
        raise ValueError("its preprocessing does not fit its maps")
    if not (np.isfinite([*clip, *mean, *gain]).all() and clip[0] > 0):
        raise ValueError("its preprocessing is not made of numbers")
    return Preprocessing(float(clip[0]), tuple(mean.tolist()), tuple(gain.tolist()))


def _tried(model: Model) -> Model:
    """Return a model that answers to no motion and to as much as is let through; ValueError if it overflows."""
    most = np.float32(model.preprocessing.clip)
    trials = np.stack([np.full(model.network.input_shape, value, np.float32) for value in (0.0, most, -most)])
    if not model.probabilities(trials).any(axis=1).all():
        raise ValueError("what its network answers is not a number")
    return model


def _figures(about: Mapping[str, Any], classes: int) -> Figures:
    epochs, best = int(about["epochs"]), int(about["best_epoch"])
    names = ("loss", "accuracy", "validation_loss", "validation_accuracy")
    losses = {name: math.nan if about[name] is None else float(about[name]) for name in names}
    confusion = np.asarray(about["confusion"], np.int64)
    counts = np.asarray(about["counts"], np.int64)
    if confusion.shape not in ((0,), (classes, classes)) or counts.shape not in ((0,), (classes,)):
        raise ValueError("its figures do not fit its classes")
    table = tuple(tuple(row) for row in confusion.tolist())
    notes = tuple(_text(note) for note in about["notes"])
    return Figures(
        epochs=epochs,
        best_epoch=best,
        **losses,
        confusion=table,
        counts=tuple(counts.tolist()),
        ended=_text(about["ended"]),
        notes=notes,
    )
