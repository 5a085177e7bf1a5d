"""Are the measures true? Rows of the synthetic scenes against numbers computed from their exact motion.

``python -m benchmarks.measures`` prints, for each scene and preset, how far from the truth over the same measured
pixels are the mean speed of the clip, the direction and the centroid of the median and of the worst frame, and the mean
divergence or curl of the clip; and how far the mean speed is from that over all pixels, measured or not. Below stand
the other measures, means of the clip: speeds in parts of the truth, means of u and v in parts of the true mean speed,
coherence and moving fraction as differences.
"""

from __future__ import annotations

import argparse
import math
import sys
from dataclasses import dataclass

import numpy as np

from kernels.warmup import warm_up
from motionapp.analysis.measuring import Measurer, Row
from motionapp.analysis.recipe import Recipe
from motionapp.analysis.regions import Region
from motionapp.estimator import MotionEstimator
from motionapp.scenes import SceneSource
from motionapp.settings import PRESETS, Settings
from motionapp.types import Array

SCENES = ("moving-arm", "translation", "rotation", "zoom", "crossing")
#: The direction of what has less coherence is that of nothing.
LEAST_COHERENCE = 0.2


@dataclass(frozen=True)
class Errors:
    """Errors of a clip: parts of the truth, but direction and centroid of the median and of the worst frame."""

    mean: float
    mean_of_all: float
    direction_deg: tuple[float, float]
    centroid_px: tuple[float, float]
    derivative: float
    valid: float
    others: dict[str, float]


def region(scene: str, width: int, height: int) -> Region:
    """Return where a scene is measured: within the rim of the disc that turns, elsewhere all but a margin."""
    if scene != "rotation":
        return Region("middle", ((0.05 * width, 0.05 * height), (0.95 * width, 0.95 * height)))
    radius = 135.0 * min(width / 640.0, height / 480.0)
    turns = np.arange(48) * (2.0 * math.pi / 48)
    return Region("disc", tuple(zip(0.5 * width + radius * np.cos(turns), 0.5 * height + radius * np.sin(turns))))


def true_numbers(flow: Array, where: Array, dt_s: float) -> dict[str, float]:
    """Return what a row should say of a (2, H, W) true flow over the pixels of an (H, W) mask."""
    u, v = flow.astype(np.float64)
    speed = np.hypot(u, v)
    moving = where & (speed > 0.5)
    y, x = np.indices(speed.shape)
    (uy, ux), (vy, vx) = np.gradient(u), np.gradient(v)
    mass = max(speed[moving].sum(), 1e-12)
    return {
        "mean": speed[where].mean() / dt_s,
        "median": float(np.median(speed[where])) / dt_s,
        "p95": float(np.percentile(speed[where], 95)) / dt_s,
        "max": speed[where].max() / dt_s,
        "u": u[where].mean() / dt_s,
        "v": v[where].mean() / dt_s,
        "moving": moving.sum() / where.sum(),
        "direction": math.degrees(math.atan2(-v[where].sum(), u[where].sum())),
        "coherence": math.hypot(u[where].sum(), v[where].sum()) / max(speed[where].sum(), 1e-12),
        "x": (x * speed)[moving].sum() / mass,
        "y": (y * speed)[moving].sum() / mass,
        "divergence": (ux + vy)[where].mean() / dt_s,
        "curl": (uy - vx)[where].mean() / dt_s,
    }


def judge(scene: str, preset: str, width: int, height: int, frames: int) -> Errors:
    """Measure the first frames of a scene and compare with the truth."""
    source, estimator = SceneSource(scene, width, height), MotionEstimator(Settings(PRESETS[preset]))
    place = region(scene, width, height)
    measurer, mask = Measurer(Recipe(regions=(place,)), height, width), place.mask(height, width)
    rows: list[Row] = []
    truths, alls = [], []
    estimator.step(source.frame(0))
    for index in range(1, frames + 1):
        motion = estimator.step(source.frame(index))
        truth = motion.frame.truth
        assert truth is not None
        rows.append(measurer.rows(motion, index)[1])
        truths.append(true_numbers(truth.flow, mask & (motion.confidence >= 0.5), motion.dt_s))
        alls.append(true_numbers(truth.flow, mask, motion.dt_s))
    pairs = list(zip(rows, truths, strict=True))
    turned = [(row.direction_deg - true["direction"] + 180.0) % 360.0 - 180.0 for row, true in pairs]
    sure = [abs(angle) for angle, (_, true) in zip(turned, pairs) if true["coherence"] >= LEAST_COHERENCE]
    away = [math.hypot(row.centroid_x_px - true["x"], row.centroid_y_px - true["y"]) for row, true in pairs]
    mean = sum(row.mean_px_s for row in rows)
    derivative = math.nan
    if scene in ("zoom", "rotation"):
        name = "divergence" if scene == "zoom" else "curl"
        derivative = sum(getattr(row, f"{name}_per_s") for row in rows) / sum(true[name] for true in truths) - 1.0
    return Errors(
        mean=mean / sum(true["mean"] for true in truths) - 1.0,
        mean_of_all=mean / sum(true["mean"] for true in alls) - 1.0,
        direction_deg=(float(np.median(sure)), max(sure)) if sure else (math.nan, math.nan),
        centroid_px=(float(np.median(away)), max(away)),
        derivative=derivative,
        valid=sum(row.valid_fraction for row in rows) / len(rows),
        others=_others(pairs),
    )


def _others(pairs: list[tuple[Row, dict[str, float]]]) -> dict[str, float]:
    """Return the errors of the other measures over a clip; a median that is truly 0 says nothing."""
    speed = sum(true["mean"] for _, true in pairs)
    errors = {}
    for name in ("median", "p95", "max"):
        whole = sum(true[name] for _, true in pairs)
        measured = sum(getattr(row, f"{name}_px_s") for row, _ in pairs)
        errors[name] = measured / whole - 1.0 if whole > 0.0 else math.nan
    for name in ("u", "v"):
        errors[name] = sum(abs(getattr(row, f"mean_{name}_px_s") - true[name]) for row, true in pairs) / speed
    errors["coherence"] = sum(row.coherence - true["coherence"] for row, true in pairs) / len(pairs)
    errors["moving"] = sum(row.moving_fraction - true["moving"] for row, true in pairs) / len(pairs)
    return errors


def main() -> int:
    """Print one line per preset and scene."""
    parser = argparse.ArgumentParser("python -m benchmarks.measures", description=__doc__)
    parser.add_argument("--frames", type=int, default=30)
    parser.add_argument("--size", type=int, nargs=2, default=(640, 480), metavar=("WIDTH", "HEIGHT"))
    parser.add_argument("--presets", nargs="+", choices=list(PRESETS), default=list(PRESETS))
    options = parser.parse_args()
    warm_up()
    rest: dict[tuple[str, str], dict[str, float]] = {}
    print(f"{'preset':<10}{'scene':<13}{'mean':>8}{'of all':>8}{'direction, worst':>19}{'centroid, worst':>19}", end="")
    print(f"{'div, curl':>11}{'valid':>8}")
    for preset in options.presets:
        for scene in SCENES:
            found = judge(scene, preset, *options.size, options.frames)
            direction = "—" if math.isnan(found.direction_deg[0]) else "{:.2f}° {:6.2f}°".format(*found.direction_deg)
            centroid = "{:.2f} {:6.2f} px".format(*found.centroid_px)
            derivative = "—" if math.isnan(found.derivative) else f"{100 * found.derivative:+.1f} %"
            print(
                f"{preset:<10}{scene:<13}{100 * found.mean:>+6.1f} %{100 * found.mean_of_all:>+6.1f} %{direction:>19}"
                f"{centroid:>19}{derivative:>11}{100 * found.valid:>6.1f} %",
                flush=True,
            )
            rest[preset, scene] = found.others
    print(f"\n{'preset':<10}{'scene':<13}" + "".join(f"{name:>11}" for name in next(iter(rest.values()))))
    for (preset, scene), errors in rest.items():
        texts = ("—" if math.isnan(error) else f"{100 * error:+.1f} %" for error in errors.values())
        print(f"{preset:<10}{scene:<13}" + "".join(f"{text:>11}" for text in texts))
    return 0


if __name__ == "__main__":
    sys.exit(main())
