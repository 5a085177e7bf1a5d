"""Speeds over time in arrays that never grow: the last half minute of a live source, or the whole of a file."""

from __future__ import annotations

import numpy as np

from motionapp.types import Array

#: A live source shows this much; this many samples are kept whatever the length.
WINDOW_S = 30.0
SAMPLES = 8192


def thin(times: Array, values: Array, points: int, number: int = 0) -> tuple[Array, Array]:
    """Return about ``points`` samples: means of the first row of ``values``, peaks of the second.

    Parameters
    ----------
    times, values : ndarray
        ``(N,)`` ascending and ``(2, N)``.
    points : int
        Above so many samples they are taken together in groups.
    number : int
        How many samples came before the first; groups keep their members while old samples drop out.
    """
    group = -(-times.size // points)
    if group <= 1:
        return times, values
    starts = np.unique(np.append(0, np.arange(-number % group, times.size, group)))
    means = np.add.reduceat(values[0], starts) / np.diff(np.append(starts, times.size))
    return times[starts], np.stack((means, np.maximum.reduceat(values[1], starts)))


class SpeedHistory:
    """Two speeds per sample: a ring over the last samples, or, with a duration, one place per instant of a file.

    A file longer than ``SAMPLES`` frames has several frames to a place; the newest of them is kept. Visiting
    a place again replaces what was measured there.
    """

    def __init__(self, duration_s: float | None = None) -> None:
        self.duration_s = duration_s if duration_s and duration_s > 0.0 else None
        self._times = np.full(SAMPLES, np.nan)
        self._values = np.full((2, SAMPLES), np.nan)
        self._added = 0
        self._latest = 0

    def add(self, pts_s: float, mean: float, peak: float) -> None:
        """Keep one sample; a live source that goes back in time has begun anew and loses its past."""
        if self.duration_s is None:
            if self._added and pts_s < self._times[self._latest]:
                self._times[:] = np.nan
                self._added = 0
            self._latest = self._added % SAMPLES
        else:
            self._latest = min(SAMPLES - 1, max(0, int(pts_s / self.duration_s * SAMPLES)))
        self._added += 1
        self._times[self._latest] = pts_s
        self._values[:, self._latest] = mean, peak

    @property
    def latest(self) -> tuple[float, float] | None:
        """The sample added last: mean and peak in px/s."""
        return (float(self._values[0, self._latest]), float(self._values[1, self._latest])) if self._added else None

    def curve(self, points: int) -> tuple[Array, Array]:
        """Return times ``(N,)`` (of live sources relative to now) and speeds ``(2, N)``, about ``points`` of them."""
        if not self._added:
            return np.empty(0), np.empty((2, 0))
        if self.duration_s is not None:
            there = np.flatnonzero(~np.isnan(self._times))
            return thin(self._times[there], self._values[:, there], points)
        first = max(0, self._added - SAMPLES)
        order = np.arange(first, self._added) % SAMPLES
        ages = self._times[order] - self._times[self._latest]
        old = int(np.searchsorted(ages, -WINDOW_S))
        return thin(ages[old:], self._values[:, order[old:]], points, first + old)
