"""A look at a whole file before it is analysed: how fast things move, for one scale of arrows and colours."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from motionapp.arrows import moving, sample, scale_for
from motionapp.estimator import MotionEstimator
from motionapp.settings import PRESETS, Settings, ViewSettings
from motionapp.types import Array, Motion
from motionapp.video import VideoSource

#: Places looked at, spread evenly; each is the nearest key frame before, where decoding costs least.
PLACES = 8


def arrow_scale(source: VideoSource, frames: Array, view: ViewSettings, running: Callable[[], bool]) -> float:
    """Return the drawn px for 1 px/s that suit a file: fast arrows are between one and two grid cells long.

    Fast is the upper quartile, over the places where anything moves, of the 95th percentile of the arrows' speeds,
    estimated with the preset "live". Where nothing moves it is the view's own scale.

    Parameters
    ----------
    source : VideoSource
        The file.
    frames : ndarray
        (n,) ascending int64 numbers of the frames of the run.
    view : ViewSettings
        Grid of the arrows.
    running : callable
        Whether to go on; what was seen so far decides if not.
    """
    speeds = []
    for number in _places(source, frames):
        if not running():
            break
        estimator = MotionEstimator(Settings(flow=PRESETS["live"]))
        motion: Motion | None = None
        for wanted in frames[np.searchsorted(frames, number) :][:2]:
            source.seek(int(wanted))
            frame = source.read()
            motion = None if frame is None else estimator.step(frame)
        if motion is None or motion.first:
            continue
        arrows = sample(motion.flow, motion.confidence, view.grid_px)
        arrows = arrows.where(moving(arrows, view.least_px))
        if len(arrows.u):
            speeds.append(float(np.percentile(arrows.speed_px, 95.0)) / motion.dt_s)
    return scale_for(float(np.percentile(speeds, 75.0)), view.grid_px) if speeds else view.px_per_px_s


def _places(source: VideoSource, frames: Array) -> list[int]:
    """Return numbers of frames, ascending, to begin at: key frames, unless there are too few of them."""
    spread = frames[np.linspace(0, len(frames) - 1, PLACES + 1).astype(int)[:-1]]
    keys = source.index.keys
    before = keys[np.searchsorted(keys, spread, side="right") - 1]
    chosen = np.unique(np.where(before >= frames[0], before, spread))
    return [int(number) for number in (chosen if 2 * len(chosen) > PLACES else np.unique(spread))]
