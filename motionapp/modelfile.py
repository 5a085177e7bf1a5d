"""Model files (``.motion``) and project files (``.motionproject``): an uncompressed ``.npz`` with a JSON entry.

No pickle. Nothing is believed: names, sizes and shapes are checked against the file's real size and against one another
before memory is asked for. Files appear whole or not at all.
"""

from __future__ import annotations

import datetime
import json
import math
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np

from kernels.layers import from_dict, to_dict
from kernels.network import Network
from motionapp import __version__
from motionapp.model import Figures, Model
from motionapp.npyheader import read_header
from motionapp.preprocessing import Preprocessing
from motionapp.samples import MOST_BYTES, Recording, Samples, class_name
from motionapp.settings import FlowSettings, MapSettings, TrainingSettings, read_strictly
from motionapp.types import Array, MotionError
from motionapp.wholefile import write_whole

#: Rises whenever a file could not be understood by an older program.
VERSION = 1
MODEL_SUFFIX, PROJECT_SUFFIX = ".motion", ".motionproject"
_MODEL, _PROJECT = "motionapp model", "motionapp project"
_ABOUT, _WEIGHTS, _MAPS, _TIMES = "about.json", "weights.npy", "maps.npy", "pts_s.npy"
_MOST_ABOUT, _MOST_FILE = 16 * 2**20, MOST_BYTES + 64 * 2**20
_MOST_WEIGHTS = 8_000_000
_END_OF_ZIP = struct.Struct("<4s4H2LH")


@dataclass(frozen=True, slots=True, eq=False)
class Project:
    """All that a project file holds; ``stale`` says that the model was trained on other samples."""

    samples: Samples
    training: TrainingSettings = field(default_factory=TrainingSettings)
    model: Model | None = None
    stale: bool = False


def write_model(path: Path, model: Model, overwrite: bool = False) -> None:
    """Write a model. MotionError if the weights are not finite, the file exists, or it cannot be written."""
    _write(path, MODEL_SUFFIX, {"format": _MODEL, **_model_to_json(model)}, {_WEIGHTS: _sound(model)}, overwrite)


def read_model(path: Path) -> Model:
    """Read a model. MotionError names the file and says why it cannot be used."""
    with _reading(path, _MODEL) as (about, array):
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
    }
    maps = samples.window_set().maps
    times = np.concatenate([np.empty(0), *(one.pts_s for one in samples.recordings)])
    arrays = {_MAPS: maps, _TIMES: times} | ({} if model is None else {_WEIGHTS: _sound(model)})
    _write(path, PROJECT_SUFFIX, about, arrays, overwrite)


def read_project(path: Path) -> Project:
    """Read a project. MotionError names the file and says why it cannot be used."""
    with _reading(path, _PROJECT) as (about, array):
        settings = read_strictly(MapSettings(), about["map_settings"])
        samples = Samples(settings)
        for name in about["classes"]:
            samples = samples.with_class(name)
        counts = [_count(one["maps"]) for one in about["recordings"]]
        maps = array(_MAPS, "<f4", (sum(counts), settings.channels, settings.rows, settings.columns))
        times = array(_TIMES, "<f8", (sum(counts),))
        if not (np.isfinite(maps).all() and np.isfinite(times).all()):
            raise ValueError("a map or a time is not a number")
        ends = np.cumsum([0, *counts])
        for one, begin, end in zip(about["recordings"], ends[:-1], ends[1:], strict=True):
            samples = samples.with_recording(_recording_from_json(one, maps[begin:end], times[begin:end]))
        stored = about["model"]
        model = None if stored is None else _model_from_json(stored, array)
        training = read_strictly(TrainingSettings(), about["training"])
        return Project(samples, training, model, about["stale"] is not False)


def _sound(model: Model) -> Array:
    if not np.isfinite(model.weights).all():
        raise MotionError("The model's weights are not all numbers, so it was not saved. Train it again.")
    return model.weights


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
    }


def _model_from_json(about: Mapping[str, Any], array: Callable[[str, str, tuple[int, ...]], Array]) -> Model:
    settings = read_strictly(MapSettings(), about["map_settings"])
    network = Network(tuple(from_dict(one) for one in about["layers"]), settings.shape)
    classes: tuple[str, ...] = ()
    for name in about["classes"]:
        classes = (*classes, class_name(_text(name), classes))
    if network.output_shape != (len(classes),):
        raise ValueError(f"its network has outputs {network.output_shape} for {len(classes)} classes")
    if network.size > _MOST_WEIGHTS:
        raise ValueError(f"its network has {network.size} weights; {_MOST_WEIGHTS} can be read")
    weights = array(_WEIGHTS, "<f4", (network.size,))
    if not np.isfinite(weights).all():
        raise ValueError("a weight is not a number")
    return Model(
        network=network,
        weights=weights,
        preprocessing=_preprocessing(about["preprocessing"], settings),
        classes=classes,
        map_settings=settings,
        flow=read_strictly(FlowSettings(), about["flow"]),
        training=read_strictly(TrainingSettings(), about["training"]),
        figures=_figures(about["figures"], len(classes)),
    )


def _preprocessing(about: Mapping[str, Any], settings: MapSettings) -> Preprocessing:
    clip, mean, gain = (np.atleast_1d(np.asarray(about[name], np.float64)) for name in ("clip", "mean", "gain"))
    if clip.shape != (1,) or mean.shape != (settings.channels,) or gain.shape != mean.shape:
        raise ValueError("its preprocessing does not fit its maps")
    if not (np.isfinite([*clip, *mean, *gain]).all() and clip[0] > 0):
        raise ValueError("its preprocessing is not made of numbers")
    return Preprocessing(float(clip[0]), tuple(mean.tolist()), tuple(gain.tolist()))


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


# --- the container ---------------------------------------------------------------------------------------------------


def _write(path: Path, suffix: str, about: dict[str, Any], arrays: dict[str, Array], overwrite: bool) -> None:
    if path.suffix.lower() != suffix:
        raise MotionError(f"{path} has to end in {suffix}.")
    made = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    text = json.dumps({"version": VERSION, "program": __version__, "made": made, **about}, allow_nan=False, indent=1)

    def fill(file: IO[bytes]) -> None:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr(_ABOUT, text)
            for name, values in arrays.items():
                with archive.open(name, "w") as entry:
                    np.lib.format.write_array(entry, np.ascontiguousarray(values), version=(1, 0), allow_pickle=False)

    write_whole(path, fill, overwrite)


@contextmanager
def _reading(path: Path, kind: str) -> Any:
    """Open a file of a kind; yield what it says of itself and a function that reads an array of it.

    Whatever is wrong within, here or where it is used, becomes a MotionError that names the file.
    """
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise MotionError(f"{path} is not a regular file. Choose a {MODEL_SUFFIX} or {PROJECT_SUFFIX} file.")
        if about.st_size > _MOST_FILE:
            raise MotionError(f"{path} is larger than any {kind} can be.")
        with path.open("rb") as file:
            _check_end(file, about.st_size)
            with zipfile.ZipFile(file) as archive:
                _check_entries(archive, about.st_size)
                yield _said(archive, path, kind), lambda *wanted: _array(archive, *wanted)
    except FileNotFoundError:
        raise MotionError(f"{path} does not exist. Check the name.") from None
    except OSError as error:
        raise MotionError(
            f"{path} cannot be read: {error.strerror or error}. Check the file and its rights."
        ) from error
    except (
        zipfile.BadZipFile, zlib.error, struct.error, ValueError, TypeError, LookupError, AttributeError, EOFError,
        NotImplementedError, RuntimeError, OverflowError, SyntaxError,
    ) as error:  # fmt: skip
        raise MotionError(f"{path} is no {kind}, or it is damaged ({error}). Get or save it again.") from error


def _check_end(file: IO[bytes], size: int) -> None:
    """Refuse an archive whose directory is not small, before it is read."""
    file.seek(max(0, size - _END_OF_ZIP.size))
    end = file.read(_END_OF_ZIP.size)
    if len(end) < _END_OF_ZIP.size:
        raise ValueError("it is too short")
    tag, _, _, _, entries, length, _, _ = _END_OF_ZIP.unpack(end)
    if tag != b"PK\5\6" or entries > 4 or length > 4096:
        raise ValueError("its directory is missing or too large")
    file.seek(0)


def _check_entries(archive: zipfile.ZipFile, size: int) -> None:
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    if len(names) < len(entries) or not names <= {_ABOUT, _WEIGHTS, _MAPS, _TIMES}:
        raise ValueError(f"it holds {', '.join(sorted(names))[:80]}")
    if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries):
        raise ValueError("an entry is compressed")
    if sum(entry.file_size for entry in entries) > size:
        raise ValueError("its entries claim to be larger than the file")


def _said(archive: zipfile.ZipFile, path: Path, kind: str) -> dict[str, Any]:
    if archive.getinfo(_ABOUT).file_size > _MOST_ABOUT:
        raise ValueError(f"{_ABOUT} is too large")
    about = json.loads(archive.read(_ABOUT))
    if about["format"] != kind:
        raise MotionError(f"{path} is a {str(about['format'])[:40]}, not a {kind}. Choose another file.")
    version = about["version"]
    if not isinstance(version, int) or version < 1:
        raise ValueError(f"version {str(version)[:20]}")
    if version > VERSION:
        raise MotionError(
            f"{path} was written by a newer motionapp (file version {version}; this one reads up to {VERSION}). "
            "Update motionapp, or save the file again with this version."
        )
    return dict(about)


def _array(archive: zipfile.ZipFile, name: str, dtype: str, shape: tuple[int, ...]) -> Array:
    """Read an array that must have just this dtype and shape."""
    with archive.open(name) as entry:
        found, fortran, kind = read_header(entry)
        if found != shape or kind.str != dtype or (fortran and len(shape) > 1):
            raise ValueError(f"{name} holds {kind} of shape {found} in place of {dtype} of shape {shape}")
        needed = math.prod(shape) * kind.itemsize
        if archive.getinfo(name).file_size - entry.tell() != needed:
            raise ValueError(f"{name} holds fewer or more bytes than its shape {shape} needs")
        return np.frombuffer(entry.read(), kind).reshape(shape).astype(kind.newbyteorder("="))
