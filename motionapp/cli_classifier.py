"""The commands of the classifier: train, classify, export."""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Callable
from dataclasses import Field, asdict, fields, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from motionapp.command import JSON, OUT, OVERWRITE, Command, advance, check_out, prepare, preset_option, progress_bar
from motionapp.settings import PRESETS, MapSettings, TrainingSettings, usable
from motionapp.types import MotionError

if TYPE_CHECKING:
    from motionapp.learning.model import Model
    from motionapp.learning.recognition import ClipAnswer
    from motionapp.learning.reports import EpochReport
    from motionapp.learning.samples import Recording, Samples
    from motionapp.learning.training import TrainingRun


def _train(options: argparse.Namespace) -> int:
    from motionapp.learning.modelfile import MODEL_SUFFIX, PROJECT_SUFFIX, read_project, write_model
    from motionapp.learning.samples import Samples
    from motionapp.learning.training import TrainingRun

    check_out(options.out, (MODEL_SUFFIX,), options.overwrite)
    problems: list[str] = []
    settings = TrainingSettings()
    if options.source.suffix.lower() == PROJECT_SUFFIX:
        project = read_project(options.source)
        samples, settings = project.samples, project.training
    else:
        samples = _with_folder(Samples(MapSettings(direction=options.direction)), options.source, options, problems)
    given = {entry.name: getattr(options, entry.name) for entry in fields(TrainingSettings)}
    settings = replace(settings, **{name: value for name, value in given.items() if value is not None})
    validation = None if options.val is None else _tested(samples, options, problems)
    prepare()
    run = TrainingRun(samples, settings, validation)
    losses, epochs = _follow(run, quiet=options.json)
    model = run.result()
    if run.diverged and model.figures.best_epoch < 0:
        raise MotionError(f"Training {run.ended}. Nothing was written.")
    write_model(options.out, model, options.overwrite)
    if options.json:
        print(json.dumps(_training_report(options.out, samples, model, losses, epochs, problems), allow_nan=False))
    else:
        print("\n".join(_training_text(options.out, model)))
    if run.diverged:
        print(f"motionapp: training {run.ended}; the best weights before that were kept", file=sys.stderr)
    return 1 if problems else 0


def _with_folder(samples: Samples, folder: Path, options: argparse.Namespace, problems: list[str]) -> Samples:
    """Return the samples with those of a folder of classes; what cannot be used is told, and noted in ``problems``."""
    from motionapp.learning.importing import labelled_clips, read_folder

    labelled_clips(folder)  # wrong folders are told before the kernels are prepared
    prepare()
    with progress_bar("reading clips", " clips") as bar:
        found = read_folder(
            folder, samples.map_settings, PRESETS[options.preset], lambda done, total, _name: advance(bar, done, total)
        )
    problems += found.problems
    for problem in found.problems:
        print(f"motionapp: {problem}", file=sys.stderr)
    for recording in found.recordings:
        try:
            samples = samples.with_labelled(recording)
        except ValueError as error:  # no room
            raise MotionError(f"{recording.source} cannot be added: {error}") from None
    return samples


def _tested(samples: Samples, options: argparse.Namespace, problems: list[str]) -> tuple[Recording, ...]:
    """Return the recordings of the folder to test on."""
    both = _with_folder(samples, options.val, options, problems)
    unknown = both.classes[len(samples.classes) :]
    if unknown:
        raise MotionError(f"{options.val} has classes that are not trained: {', '.join(unknown)}.")
    return both.recordings[len(samples.recordings) :]


def _follow(run: TrainingRun, quiet: bool) -> tuple[list[float], list[EpochReport]]:
    """Train to the end, with a line for each epoch; return the losses of all batches, and the epochs."""
    losses: list[float] = []
    epochs: list[EpochReport] = []
    with progress_bar("training", " epochs") as bar:
        for report in run.batches():
            losses.append(report.loss)
            epoch = report.finished
            if epoch is None:
                continue
            epochs.append(epoch)
            advance(bar, epoch.epoch + 1, run.settings.epochs + run.settings.final)
            if not quiet:
                bar.write(_epoch_text(epoch), file=sys.stdout)
    return losses, epochs


def _epoch_text(epoch: EpochReport) -> str:
    tested = (
        ""
        if math.isnan(epoch.validation_loss)
        else (f"   validation {epoch.validation_loss:.4f}  {epoch.validation_accuracy:6.1%}")
    )
    return f"epoch {epoch.epoch + 1:>3}   loss {epoch.loss:.4f}  {epoch.accuracy:6.1%}{tested}{'  *' * epoch.best}"


def _training_text(out: Path, model: Model) -> list[str]:
    """Return what is said at the end of a training."""
    figures = model.figures
    counts = ", ".join(f"{name} {count}" for name, count in zip(model.classes, figures.counts, strict=True))
    lines = [*figures.notes, f"{figures.ended}; best: epoch {figures.best_epoch + 1}", f"trained on windows: {counts}"]
    if not math.isnan(figures.validation_accuracy):
        tested = sum(map(sum, figures.confusion))
        lines.append(f"validation at the best epoch: {figures.validation_accuracy:.1%} of {tested} windows")
    return [*lines, f"wrote {out}"]


def _training_report(
    out: Path,
    samples: Samples,
    model: Model,
    losses: list[float],
    epochs: list[EpochReport],
    problems: list[str],
) -> dict[str, Any]:
    """Return the figures of a training for machines; what was not tested is None."""
    names = ("epoch", "loss", "accuracy", "validation_loss", "validation_accuracy", "best")
    return {
        "out": str(out),
        "classes": model.classes,
        "counts": samples.counts(),
        "settings": asdict(model.training),
        "batch_losses": [_number(loss) for loss in losses],
        "epochs": [{name: _number(getattr(epoch, name)) for name in names} for epoch in epochs],
        "best_epoch": model.figures.best_epoch,
        "confusion": model.figures.confusion,
        "ended": model.figures.ended,
        "notes": model.figures.notes,
        "problems": problems,
    }


def _number(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _classify(options: argparse.Namespace) -> int:
    from motionapp.capture import failure
    from motionapp.learning.importing import read_clip
    from motionapp.learning.modelfile import read_model
    from motionapp.learning.recognition import judge_recording

    prepare()
    model = read_model(options.model)
    answers: list[dict[str, Any]] = []
    failed = False
    with progress_bar("classifying", " clips") as bar:
        for done, clip in enumerate(options.clips):
            advance(bar, done, len(options.clips))
            try:
                recording, notice = read_clip(clip, "", model.map_settings, model.flow)
                answer = judge_recording(model, recording)
            except Exception as error:  # one damaged clip must not cost the rest
                failed, message = True, failure(error, f"{clip} could not be classified").message
                print(f"motionapp: {message}", file=sys.stderr)
                answers.append({"clip": str(clip), "error": message})
                continue
            if notice:
                print(f"motionapp: {clip}: {notice}", file=sys.stderr)
            answers.append(_answer(clip, answer))
            if not options.json:
                bar.write(_answer_text(clip, answer), sys.stdout)
    if options.json:
        print(json.dumps({"model": str(options.model), "classes": model.classes, "clips": answers}, allow_nan=False))
    return int(failed)


def _answer_text(clip: Path, answer: ClipAnswer) -> str:
    """Return the answer for a clip as a line."""
    doubt = "" if answer.familiar.mean() > 0.5 else ", unlike the samples it was trained on"
    return f"{clip}: {answer.label or 'unsure'} {answer.confidence:.2f} ({len(answer.windows)} windows{doubt})"


def _answer(clip: Path, answer: ClipAnswer) -> dict[str, Any]:
    """Return the answer for a clip, for machines."""
    return {
        "clip": str(clip),
        "label": answer.label,
        "confidence": answer.confidence,
        "probabilities": answer.probabilities.tolist(),
        "windows": [
            {
                "pts_s": pts_s,
                "label": answer.classes[row.argmax()] if row.any() else None,
                "probabilities": row.tolist(),
                "familiar": familiar,
            }
            for pts_s, row, familiar in zip(
                answer.pts_s.tolist(), answer.windows, answer.familiar.tolist(), strict=True
            )
        ],
    }


def _export(options: argparse.Namespace) -> int:
    from motionapp.learning.modelfile import read_model
    from motionapp.learning.onnxfile import SUFFIX, write_onnx

    check_out(options.out, (SUFFIX,), options.overwrite)
    prepare()  # a model is tried when it is read
    model = read_model(options.model)
    write_onnx(options.out, model, options.overwrite)
    print(f"wrote {options.out}: windows {model.network.input_shape} to {', '.join(model.classes)}")
    return 0


def _training_options() -> list[tuple[Any, Any]]:
    """Return an option for every training setting; without it the project's value or the default counts."""
    options: list[tuple[Any, Any]] = []
    for entry in fields(TrainingSettings):
        details: dict[str, Any] = {"help": f"{entry.metadata['help']} ({entry.default})".replace("%", "%%")}
        if "choices" in entry.metadata:
            details["choices"] = entry.metadata["choices"]
        elif isinstance(entry.default, bool):
            details["action"] = argparse.BooleanOptionalAction
        else:
            details |= {"type": _reader(entry), "metavar": "N" if isinstance(entry.default, int) else "X"}
        options.append(((f"--{entry.name}",), {**details, "default": None}))
    return options


def _reader(entry: Field[Any]) -> Callable[[str], Any]:
    """Return what reads a number within the range of a setting."""
    return partial(_read_number, entry)


def _read_number(entry: Field[Any], text: str) -> Any:
    value = int(text) if isinstance(entry.default, int) else float(text)
    if not usable(entry, value):
        limits = entry.metadata
        raise argparse.ArgumentTypeError(f"{text} is not within {limits['low']:g} … {limits['high']:g}")
    return value


COMMANDS = {
    "train": Command(
        _train,
        "teach it kinds of motion: from a folder of clips for each class (DIR/CLASS/CLIP.mp4), or a project",
        (("source",), {"type": Path, "metavar": "DIR|PROJECT", "help": "folder of classes, or .motionproject"}),
        (OUT, {"type": Path, "required": True, "metavar": "MODEL", "help": "file.motion"}),
        (("--val",), {"type": Path, "metavar": "DIR", "help": "test on this folder of classes, not on a part of DIR"}),
        preset_option("live"),
        (("--direction",), {"action": "store_true", "help": "see direction as well as speed (with DIR)"}),
        *_training_options(),
        OVERWRITE,
        JSON,
    ),
    "classify": Command(
        _classify,
        "tell which kind of motion each clip shows",
        (("model",), {"type": Path, "metavar": "MODEL", "help": "file.motion"}),
        (("clips",), {"type": Path, "nargs": "+", "metavar": "CLIP", "help": "videos"}),
        JSON,
    ),
    "export": Command(
        _export,
        "write a model as ONNX, for other programs",
        (("model",), {"type": Path, "metavar": "MODEL", "help": "file.motion"}),
        (OUT, {"type": Path, "required": True, "metavar": "ONNX", "help": "file.onnx"}),
        OVERWRITE,
    ),
}
