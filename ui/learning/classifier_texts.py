"""What the Classify panel says, as plain text made of the classifier's status."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from motionapp.learning.classifier_status import ClassifierStatus


def warning_text(status: ClassifierStatus) -> tuple[str, str]:
    """Return what is most wrong with the samples or the model in one sentence, and all of it, a line each."""
    stale = ("The samples have changed since the training. Train again.",) if status.stale else ()
    lines = [*stale, *status.warnings]
    rest = f" (+{len(lines) - 1} more)" if len(lines) > 1 else ""
    return (lines[0] + rest if lines else ""), "\n".join(lines)


def training_text(status: ClassifierStatus) -> str:
    """Return how far the training is, or how it has ended."""
    report = status.report
    if status.phase == "training":
        if report is None:
            return "Preparing …"
        return f"Epoch {report.epoch + 1} of at most {status.epochs}, step {report.step}"
    if status.kept:
        return "These steps begin a new training. The model stays as it is until you train."
    origin = f"Model from {status.opened}. " if status.opened and report is None else ""
    if not status.ended:
        untaught = report is None and status.model is None
        return "Record samples of each class, then train." if untaught else origin.strip()
    text = f"{origin}Ended: {status.ended}."
    figures = status.figures
    if figures is not None and figures.best_epoch >= 0:
        text += f" Best was epoch {figures.best_epoch + 1}"
        if math.isfinite(figures.validation_accuracy):
            text += f": {100 * figures.validation_accuracy:.0f}\N{NO-BREAK SPACE}% of the validation windows right"
        text += "."
    return text


def step_text(status: ClassifierStatus) -> str:
    """Return the numbers of a single step; nothing for one of many."""
    report = status.report
    if report is None or report.loss_after is None or status.phase == "training":
        return ""
    return (
        f"Step {report.step}: epoch {report.epoch + 1}, batch {report.batch + 1} of {report.batches}, "
        f"{report.samples} samples, η {report.rate:g}\n"
        f"loss {report.loss:.4g} → {report.loss_after:.4g}, {100 * report.accuracy:.0f}\N{NO-BREAK SPACE}% right\n"
        f"‖gradient‖ {report.gradient_norm:.3g}, ‖step‖ {report.step_norm:.3g}, ‖weights‖ {report.weight_norm:.3g}"
    )


def answer_text(status: ClassifierStatus) -> tuple[str, bool]:
    """Return what is recognised, and whether that is sure."""
    answer = status.recognition
    if answer is None:
        return "waiting for motion", False
    if answer.label is None:
        return "unsure", False
    return answer.label, True


def speed_text(status: ClassifierStatus) -> str:
    """Return how long the newest answer took, from the camera and in the network alone, and if none could be right."""
    answer = status.recognition
    if answer is None:
        return ""
    if not answer.familiar:
        return "unlike any sample" + (f", latency {1000 * answer.latency_s:.0f} ms" if answer.latency_s > 0.0 else "")
    network = f"network {1000 * answer.inference_s:.1f} ms"
    return f"latency {1000 * answer.latency_s:.0f} ms, {network}" if answer.latency_s > 0.0 else network


def progress_text(importing: tuple[int, int, str]) -> str:
    """Return how far an import is."""
    done, total, name = importing
    return f"{done} of {total} clips · {name}" if total else "Looking for clips …"


def caption_text(status: ClassifierStatus, counting: int, labelled: bool) -> str:
    """Return what is written over the picture: a countdown, what is recorded, or, if wanted, what is recognised."""
    if counting:
        return f"{counting}"
    if status.recording is not None:
        return f"● {status.recording}  {status.recording_s:.1f} s"
    if not labelled or status.model is None or status.recognition is None:
        return ""
    text, sure = answer_text(status)
    return f"{text}  {100 * status.recognition.confidence:.0f}\N{NO-BREAK SPACE}%" if sure else text
