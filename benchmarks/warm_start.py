"""Does the past help? The error of a frame of a video, with the field of the frames before it and without.

``python -m benchmarks.warm_start FOLDER`` takes a folder in Middlebury's layout with the sequences' other frames
(``NAME/frame07.png … frame14.png, flow10.flo``). The truth leads from frame 10 to frame 11, so the frames are played
backwards, from the last down to 10, and the motion that leads there is turned round.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.errors import endpoint_errors
from kernels.warmup import warm_up
from motionapp.estimator import MotionEstimator
from motionapp.flowfiles import read_flow
from motionapp.images import read_image
from motionapp.settings import PRESETS, FlowSettings, Settings
from motionapp.types import Array, Frame, MotionError

RATE_HZ = 30.0
TRUE_FRAME = 10


def frames(folder: Path) -> list[Array]:
    """Return the pictures of a sequence from its last frame down to the one whose motion is known."""
    paths = sorted(folder.glob("frame*.png"), reverse=True)
    return [read_image(path) for path in paths if int(path.stem.removeprefix("frame")) >= TRUE_FRAME]


def error(pictures: list[Array], truth: Array, flow: FlowSettings) -> float:
    """Return the mean endpoint error in px of the last picture's motion, (2, H, W), all pictures played in order."""
    estimator = MotionEstimator(Settings(flow=flow))
    for index, picture in enumerate(pictures):
        motion = estimator.step(Frame(index, index / RATE_HZ, picture))
    known = (np.abs(truth) < 1e9).all(axis=0)
    return float(endpoint_errors(np.moveaxis(-motion.flow, 0, 2), np.moveaxis(truth, 0, 2))[known].mean())


def main() -> int:
    """Print one line per sequence and preset."""
    parser = argparse.ArgumentParser("python -m benchmarks.warm_start", description=__doc__)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    warm_up()
    print(f"{'sequence':<14}{'preset':<11}{'cold':>7}{'warm':>8}{'warm, β = 0':>13}")
    found = False
    try:
        for folder in sorted(path.parent for path in options.folder.rglob("flow10.flo")):
            pictures, truth = frames(folder), read_flow(folder / "flow10.flo")
            if len(pictures) < 3:
                continue
            found = True
            for name, preset in PRESETS.items():
                figures = (
                    error(pictures[-2:], truth, preset),
                    error(pictures, truth, preset),
                    error(pictures, truth, replace(preset, beta=0.0)),
                )
                print(f"{folder.name:<14}{name:<11}{figures[0]:7.3f}{figures[1]:8.3f}{figures[2]:13.3f}")
    except MotionError as failure:
        sys.exit(f"warm_start: {failure}")
    if not found:
        sys.exit(f"warm_start: {options.folder} holds no sequence of three frames or more with flow10.flo")
    return 0


if __name__ == "__main__":
    sys.exit(main())
