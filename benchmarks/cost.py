"""What one frame costs: its time, and the memory of a process that does nothing but estimate motion."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from benchmarks.peers import set_workers
from kernels.warmup import warm_up
from motionapp._cv2 import cv2
from motionapp.estimator import MotionEstimator
from motionapp.settings import PRESETS, Settings
from motionapp.sprites import noise
from motionapp.types import Array, Frame, MotionError

#: How far everything moves from frame to frame, right and down.
SHIFT_PX = (3, 2)
RATE_HZ = 30.0
#: Steps before the clock runs: a first frame has no motion, the second makes the buffers, the third is the first that
#: has a field to start from.
WARM_STEPS = 3
_TILE = (480, 640)
_MB = 2.0**20
_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


@dataclass(frozen=True, slots=True)
class Cost:
    """Times of the frames of one size, and the memory of their process.

    ``before_mb`` is what the process held before the first frame, with all code loaded and the texture made;
    ``peak_mb`` is the most it held from then on.
    """

    preset: str
    width: int
    height: int
    times_ms: tuple[float, ...]
    before_mb: float
    peak_mb: float

    @property
    def pixels(self) -> int:
        """Pixels of a frame."""
        return self.width * self.height

    @property
    def median_ms(self) -> float:
        """Time of a frame."""
        return statistics.median(self.times_ms)

    @property
    def own_mb(self) -> float:
        """Memory of the frames, the estimator and its results, but for what fits into memory freed before."""
        return self.peak_mb - self.before_mb


def frames(width: int, height: int, count: int) -> Iterator[Frame]:
    """Yield frames of a smooth random texture that slides by :data:`SHIFT_PX`.

    Beyond one tile the texture is mirrored, so that it is the same at every size and takes little memory to make.
    """
    tile = np.clip(128.0 + 50.0 * noise(*_TILE, 1.5, seed=0), 0, 255).astype(np.uint8)
    right, down = SHIFT_PX
    shape = height + down * count, width + right * count
    texture = np.pad(tile, [(0, max(0, wanted - size)) for wanted, size in zip(shape, _TILE, strict=True)], "reflect")
    for index in range(count):
        y, x = down * (count - index), right * (count - index)
        image: Array = cv2.cvtColor(texture[y : y + height, x : x + width], cv2.COLOR_GRAY2RGB)
        yield Frame(index, index / RATE_HZ, image)


def memory_mb() -> tuple[float, float]:
    """Return what this process holds now and the most it ever held, or held since :func:`forget_peak`.

    Linux counts in ``ru_maxrss`` what the parent held when it started this process, hence its own file comes first.
    """
    try:
        lines = dict(line.split(":", 1) for line in _STATUS.read_text().splitlines())
        now, peak = (float(lines[name].split()[0]) * 1024 / _MB for name in ("VmRSS", "VmHWM"))
    except OSError:
        import resource

        import psutil

        now = psutil.Process().memory_info().rss / _MB
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MB  # macOS counts bytes
    return now, peak


def forget_peak() -> None:
    """Count the peak from now on, where the system can: starting and compiling are no part of a frame."""
    with suppress(OSError):
        _CLEAR.write_text("5")


def measure(preset: str, width: int, height: int, steps: int, workers: int) -> Cost:
    """Return the cost of ``steps`` frames in this process; every picture is ready before its step is timed."""
    warm_up()
    set_workers(workers)
    shown = frames(width, height, WARM_STEPS + steps)
    estimator = MotionEstimator(Settings(flow=PRESETS[preset]))
    frame = next(shown)
    before_mb, _ = memory_mb()
    forget_peak()
    times_ms = []
    motion = estimator.step(frame)  # kept until the next one is there, as by whoever shows it
    for frame in shown:
        began = time.perf_counter()
        motion = estimator.step(frame)
        times_ms.append(1000.0 * (time.perf_counter() - began))
    assert motion.flow.shape == (2, height, width)
    _, peak_mb = memory_mb()
    return Cost(preset, width, height, tuple(times_ms[WARM_STEPS - 1 :]), before_mb, peak_mb)


def measure_alone(preset: str, width: int, height: int, steps: int, workers: int) -> Cost:
    """Do as :func:`measure` in a process of its own.

    Raises
    ------
    MotionError
        If that process dies, as where memory runs out.
    """
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        try:
            return pool.submit(measure, preset, width, height, steps, workers).result()
        except BrokenProcessPool as error:
            raise MotionError(f"{preset} at {width}×{height}: the process died. Is there enough memory?") from error
