"""Methods that take turns on the same pairs, their scores, and the means over all pairs."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.errors import angular_errors, endpoint_errors, outlier_rate
from benchmarks.pairs import Pair
from benchmarks.peers import Method
from motionapp._cv2 import cv2
from motionapp.types import Array, MotionError

#: A method that takes longer is repeated at most so many times.
SLOW_S, SLOW_REPEATS = 1.0, 3
#: Times are also given relative to these.
REFERENCES = ("dis-fast", "dis-medium", "deepflow")


@dataclass(frozen=True, slots=True)
class Score:
    """What a method made of a pair: mean errors over the pixels whose motion is known, and the time of each call."""

    method: str
    sequence: str
    pair: str
    width: int
    height: int
    aepe_px: float
    aae_deg: float
    outliers: float
    times_ms: tuple[float, ...]

    @property
    def median_ms(self) -> float:
        """Time of a call."""
        return statistics.median(self.times_ms)


@dataclass(frozen=True, slots=True)
class Summary:
    """Means over the pairs; ``sequences_px`` is the mean endpoint error of each sequence."""

    method: str
    label: str
    ours: bool
    sequences_px: dict[str, float]
    aepe_px: float
    aae_deg: float
    outliers: float
    median_ms: float
    ms_per_megapixel: float
    relative_time: dict[str, float]


class Race:
    """Methods that take turns on one pair after the other.

    A timed call follows another of the same method, as the next frame of a video does: none pays for caches and
    threads that a slow one before it has left cold. The slow ones themselves need no such run-up.
    """

    def __init__(self, methods: Sequence[Method], repeats: int) -> None:
        self._methods, self._repeats = methods, repeats

    def run(self, pair: Pair) -> list[Score]:
        """Return every method's score on a pair.

        Raises
        ------
        MotionError
            If a method fails or its flow has another shape or is not finite.
        """
        times_ms: dict[str, list[float]] = {method.name: [] for method in self._methods}
        flows: dict[str, Array] = {}
        for repeat in range(self._repeats):
            for method in self._methods:
                spent = times_ms[method.name]
                slow = min(spent, default=0.0) > 1000.0 * SLOW_S
                if not slow:
                    _call(method, pair)
                if not slow or repeat < SLOW_REPEATS:
                    flows[method.name], elapsed_ms = _call(method, pair)
                    spent.append(elapsed_ms)
        return [score(method.name, pair, flows[method.name], times_ms[method.name]) for method in self._methods]


def _call(method: Method, pair: Pair) -> tuple[Array, float]:
    """Return the method's flow and the ms it took."""
    began = time.perf_counter()
    try:
        flow = method.calc(pair.image0, pair.image1)
    except (cv2.error, ValueError, RuntimeError) as error:
        reason = str(error).strip().splitlines()[-1]
        raise MotionError(f"{method.label} fails on {pair.sequence}, {pair.name}: {reason}") from error
    elapsed_ms = 1000.0 * (time.perf_counter() - began)
    if flow.shape != pair.flow.shape or not np.isfinite(flow).all():
        raise MotionError(f"{method.label} gives no finite flow of shape {pair.flow.shape} on {pair.name}.")
    return flow, elapsed_ms


def score(method: str, pair: Pair, flow: Array, times_ms: Iterable[float]) -> Score:
    """Compare a flow field with the truth where that is known."""
    estimate, truth = flow[pair.valid], pair.flow[pair.valid]
    errors_px = endpoint_errors(estimate, truth)
    height, width = pair.valid.shape
    return Score(
        method=method,
        sequence=pair.sequence,
        pair=pair.name,
        width=width,
        height=height,
        aepe_px=float(errors_px.mean()),
        aae_deg=float(angular_errors(estimate, truth).mean()),
        outliers=outlier_rate(errors_px),
        times_ms=tuple(times_ms),
    )


def summarise(methods: Sequence[Method], scores: Sequence[Score]) -> list[Summary]:
    """Return the means of every method, in the order of ``methods``."""
    of = {method.name: [score for score in scores if score.method == method.name] for method in methods}
    mean_ms = {name: statistics.fmean(one.median_ms for one in its) for name, its in of.items()}
    summaries = []
    for method in methods:
        its = of[method.name]
        sequences = dict.fromkeys(one.sequence for one in its)
        summaries.append(
            Summary(
                method=method.name,
                label=method.label,
                ours=method.ours,
                sequences_px={
                    name: statistics.fmean(one.aepe_px for one in its if one.sequence == name) for name in sequences
                },
                aepe_px=statistics.fmean(one.aepe_px for one in its),
                aae_deg=statistics.fmean(one.aae_deg for one in its),
                outliers=statistics.fmean(one.outliers for one in its),
                median_ms=mean_ms[method.name],
                ms_per_megapixel=statistics.fmean(1e6 * one.median_ms / (one.width * one.height) for one in its),
                relative_time={name: mean_ms[method.name] / mean_ms[name] for name in REFERENCES if name in mean_ms},
            )
        )
    return summaries
