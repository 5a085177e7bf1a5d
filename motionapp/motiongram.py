"""A motiongram that grows while a source plays: where along one side of the picture it moves, line by line.

References
----------
A. R. Jensenius, "Some video abstraction techniques for displaying body movement in analysis and performance",
Leonardo 46 (1), 2013: motiongrams, there of differences of pictures, here of speeds.
"""

from __future__ import annotations

import threading
from typing import Literal, NamedTuple

import numpy as np

from motionapp._cv2 import cv2
from motionapp.colouring import heat
from motionapp.measures import LEAST_CONFIDENCE
from motionapp.types import Array, Motion

Axis = Literal["x", "y"]

#: Frames in the strip, and parts a side of the picture is divided into at most.
LINES, BINS = 400, 320
#: Pixels averaged into one number at most, evenly spread: more cost more than they add.
_AVERAGED = 160
#: Frames further apart in time than this belong to no common movement: a seek, a pause, another loop.
_GAP_S = 0.5
#: The colour of what was not measured.
_UNKNOWN = np.array([96, 102, 114], np.uint8)


def speed_profile(motion: Motion, axis: Axis, bins: int = BINS) -> Array:
    """Return the mean speed along one side of the picture.

    Parameters
    ----------
    motion : Motion
        A motion with a predecessor.
    axis : {"x", "y"}
        "x": a number for each column, averaged from top to bottom; "y": for each row, from left to right.
    bins : int
        Neighbouring columns or rows are taken together where there are more.

    Returns
    -------
    ndarray
        ``(n,)`` float32 in px/s, ``n = min(bins, columns or rows)``, over measured pixels; NaN where there are none.

    Notes
    -----
    At most about 160 pixels, evenly spread, are averaged across. 0.3 ms at 640×480.
    """
    height, width = motion.confidence.shape
    along, across = (width, height) if axis == "x" else (height, width)
    every = slice(None, None, max(1, across // _AVERAGED))
    chosen = np.s_[every, :] if axis == "x" else np.s_[:, every]
    u, v, confidence = (np.ascontiguousarray(plane[chosen]) for plane in (*motion.flow, motion.confidence))
    mask = (confidence >= LEAST_CONFIDENCE).view(np.uint8)
    speed = cv2.copyTo(cv2.magnitude(u, v), mask)
    side = 0 if axis == "x" else 1
    sums = cv2.reduce(speed, side, cv2.REDUCE_SUM, dtype=cv2.CV_32F).ravel()
    counts = cv2.reduce(mask, side, cv2.REDUCE_SUM, dtype=cv2.CV_32S).ravel()
    starts = np.arange(min(bins, along)) * along // min(bins, along)
    with np.errstate(divide="ignore", invalid="ignore"):
        means = np.add.reduceat(sums, starts) / np.add.reduceat(counts, starts)
    return (means / motion.dt_s).astype(np.float32)


def motiongram_picture(lines: Array, top_px_s: float) -> Array:
    """Return ``(bins, n, 3)`` uint8 RGB of ``(n, bins)`` speeds: time to the right, heat from 0 to ``top_px_s``.

    NaN, which is not measured or not seen, is grey.
    """
    levels = cv2.convertScaleAbs(np.nan_to_num(lines.T, copy=True), alpha=255.0 / top_px_s)
    picture = heat(levels)
    picture[np.isnan(lines.T)] = _UNKNOWN
    return picture


class Strip(NamedTuple):
    """The newest lines of a motiongram.

    ``lines`` is ``(n, bins)`` float32 px/s, oldest first, NaN where nothing was measured and between frames that do
    not follow each other; ``span_s`` the time they cover; ``added`` counts every line there ever was.
    """

    lines: Array
    span_s: float
    added: int


class LiveMotiongram:
    """The last :data:`LINES` lines. One thread shows it motions, another asks for the strip; idle unless looked at."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._axis: Axis | None = None
        self.clear()

    def clear(self) -> None:
        """Forget all lines."""
        with self._lock:
            self._lines = np.empty((LINES, 0), np.float32)
            self._spans = np.zeros(LINES)
            self._added = 0
            self._last_s: float | None = None

    def look(self, axis: Axis | None) -> None:
        """Say which side somebody looks at; None: nobody does, and nothing is computed."""
        if axis != self._axis:
            self._axis = axis
            self.clear()

    def see(self, motion: Motion) -> None:
        """Add the line of a motion; called on the thread that made it."""
        axis = self._axis
        if axis is None or motion.first:
            return
        line = speed_profile(motion, axis)
        with self._lock:
            if axis != self._axis:
                return
            if line.size != self._lines.shape[1]:
                self._lines, self._added = np.empty((LINES, line.size), np.float32), 0
            frame = motion.frame
            elapsed_s = 0.0 if self._last_s is None else frame.pts_s - self._last_s
            if self._added and not 0.0 < elapsed_s <= max(_GAP_S, 1.5 * motion.dt_s):
                self._put(np.full(line.size, np.nan, np.float32), 0.0)
                elapsed_s = 0.0
            self._put(line, elapsed_s)
            self._last_s = frame.pts_s

    def strip(self) -> Strip:
        """Return the lines of now."""
        with self._lock:
            order = np.arange(max(0, self._added - LINES), self._added) % LINES
            return Strip(self._lines[order], float(self._spans[order].sum()), self._added)

    def _put(self, line: Array, elapsed_s: float) -> None:
        at = self._added % LINES
        self._lines[at], self._spans[at] = line, elapsed_s
        self._added += 1
