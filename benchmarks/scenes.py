"""Accuracy on the synthetic scenes, whose true motion is known: prints the table that stands in the README.

``make bench`` runs it; ``make bench ARGS=--write`` also puts the table into README.md. Each preset sees the same
frames in order, as it would in a file, so that a warm start counts. Errors are mean endpoint errors in px, averaged
over frames; times are wall-clock times of one step at 640×480 on the machine that runs this.
"""

from __future__ import annotations

import argparse
import re
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kernels.warmup import warm_up
from motionapp.estimator import MotionEstimator
from motionapp.scenes import SCENES, SceneSource
from motionapp.settings import PRESETS, Settings

README = Path(__file__).resolve().parent.parent / "README.md"
SECTION = re.compile(r"(<!-- bench:scenes -->\n).*?(<!-- /bench:scenes -->)", re.DOTALL)


@dataclass(frozen=True)
class Result:
    """What one preset made of one scene; ``moving_px`` is the error on the scene's moving object only."""

    error_px: float
    moving_px: float
    largest_px: float
    step_ms: float


def judge(scene: str, preset: str, frames: int, every: int) -> Result:
    """Run a preset over a scene and compare every ``every``-th frame with the truth."""
    source = SceneSource(scene, frame_count=frames)
    estimator = MotionEstimator(Settings(flow=PRESETS[preset]))
    errors, moving, largest, times = [], [], [], []
    while (frame := source.read()) is not None:
        begin = time.perf_counter()
        motion = estimator.step(frame)
        times.append(1000.0 * (time.perf_counter() - begin))
        if frame.truth is None or frame.index % every:
            continue
        error = np.hypot(*(motion.flow - frame.truth.flow))
        errors.append(float(error.mean()))
        largest.append(float(np.hypot(*frame.truth.flow).max()))
        if frame.truth.moving.any():
            moving.append(float(error[frame.truth.moving].mean()))
    return Result(
        error_px=statistics.fmean(errors),
        moving_px=statistics.fmean(moving) if moving else float("nan"),
        largest_px=max(largest),
        step_ms=statistics.median(times[1:]),
    )


def table(frames: int, every: int) -> str:
    """Return the errors of every preset on every scene, and the time a frame takes, as a Markdown table."""
    lines = [f"| scene | fastest motion | {' | '.join(PRESETS)} |", f"|---|{'---:|' * (1 + len(PRESETS))}"]
    times: dict[str, list[float]] = {preset: [] for preset in PRESETS}
    for scene in SCENES:
        cells = []
        for preset in PRESETS:
            result = judge(scene, preset, frames, every)
            times[preset].append(result.step_ms)
            moving = "" if np.isnan(result.moving_px) else f" / {result.moving_px:.3f}"
            cells.append(f"{result.error_px:.3f}{moving} px")
        lines.append(f"| {scene} | {result.largest_px:.1f} px | {' | '.join(cells)} |")
    shown = " | ".join(f"{statistics.median(values):.0f} ms" for values in times.values())
    lines.append(f"| time of one frame | | {shown} |")
    return "\n".join(lines)


def main() -> int:
    """Measure, print, and write into the README if asked."""
    parser = argparse.ArgumentParser(description="Accuracy on the synthetic scenes")
    parser.add_argument("--frames", type=int, default=150, help="frames of each scene (default: one whole period)")
    parser.add_argument("--every", type=int, default=5, help="compare every so many frames (default: 5)")
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    options = parser.parse_args()
    warm_up(lambda done, total, label: None)
    text = table(options.frames, options.every)
    print(text)
    if options.write:
        README.write_text(SECTION.sub(lambda found: f"{found[1]}{text}\n{found[2]}", README.read_text()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
