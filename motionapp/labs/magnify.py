"""The magnify lab: tiny motions made larger while they happen, and a line of pixels over time, before and after."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from kernels.temporal import capped
from motionapp.labs.view import LabView
from motionapp.magnification import LONGEST_GAP_S, Magnifier
from motionapp.settings import MagnifySettings, choice, number
from motionapp.types import Array, Frame

Cut = Literal["column", "row"]

#: Seconds in a strip, at most and at least.
SPAN_S, LEAST_S = 6.0, 1.0
#: Columns of its picture, about how many rows, and how many frames there is room for.
COLUMNS, ROWS, MOST_FRAMES = 300, 110, 200
#: What the strip shows where there was no frame yet.
_NOTHING = 128


@dataclass(frozen=True, slots=True)
class Parameters:
    """What is magnified, and which line of pixels is shown over time; the place clicked is state."""

    alpha: float = number(15.0, -1.0, 100.0, "Amplify α", "Motions grow 1 + α times; −1 takes them away")
    low_hz: float = number(0.4, 0.1, 14.0, "From, in Hz", "Slowest motion of the band", 0.1)
    high_hz: float = number(3.0, 0.2, 15.0, "To, in Hz", "Fastest motion of the band", 0.1)
    cut: Cut = choice("column", Cut, "Over time", "The column or the row of pixels that is shown over time")
    reach: float = number(
        0.15, 0.05, 0.5, "Reach", "How much of it on either side of the place, as part of the picture", 0.05
    )
    noise: float = number(0.002, 0.0, 0.05, "Noise", "Contrast (of 1) below which motion is not believed", 0.001)

    @property
    def band_hz(self) -> tuple[float, float]:
        """The band in force: never empty, whichever edge was moved last."""
        return self.low_hz, max(self.high_hz, 1.1 * self.low_hz)

    @property
    def settings(self) -> MagnifySettings:
        """The same for a :class:`motionapp.magnification.Magnifier`."""
        low_hz, high_hz = self.band_hz
        return MagnifySettings(low_hz, high_hz, self.alpha, noise=self.noise)


def band_text(parameters: Parameters, rate_hz: float = math.inf) -> str:
    """Return the band in Hz and in beats per minute, and what so many frames per second can show of it."""
    low_hz, high_hz = parameters.band_hz
    text = f"{low_hz:.3g} to {high_hz:.3g} Hz = {60 * low_hz:.0f} to {60 * high_hz:.0f} beats per minute"
    if parameters.high_hz < high_hz:
        text = f"{text}, as To is not above From"
    shown = capped(low_hz, high_hz, 1.0 / rate_hz) if rate_hz < math.inf else (low_hz, high_hz)
    if shown is None:
        return f"{text}. {rate_hz:.3g} frames per second show nothing of it: choose a slower band."
    return text if shown[1] == high_hz else f"{text}. {rate_hz:.3g} frames per second show it up to {shown[1]:.3g} Hz."


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What the lab shows.

    ``before`` and ``after`` are ``(H, W, 3)`` uint8; the strips ``(k n, COLUMNS, 3)`` uint8: ``n = length`` pixels from
    ``first`` on of column or row ``at`` from top to bottom, each repeated to fill about :data:`ROWS` rows, time to
    the right, now at the right edge, ``span_s`` ago at the left one. ``rate_hz`` is that of the frames, ∞ of one alone.
    """

    before: Array
    after: Array
    strip_before: Array
    strip_after: Array
    cut: Cut
    at: int
    first: int
    length: int
    span_s: float
    rate_hz: float


@dataclass(frozen=True, slots=True, eq=False)
class _Moment:
    """A frame, the same magnified, and its time on the strip in s, which goes on where a clip begins again."""

    frame: Frame
    after: Array
    strip_s: float


class Stream:
    """Magnifies the views that one thread hands it, and remembers the last seconds of them.

    A view that follows the last one goes on from there, with the frames in between. One that does not is magnified with
    its history, from the first of that on. Where the picture stands and settings change, or more of its past becomes
    known, all is magnified anew.
    """

    def __init__(self) -> None:
        self._magnifier = Magnifier(MagnifySettings())
        self._moments: deque[_Moment] = deque(maxlen=MOST_FRAMES)
        self._depth = 0  # how many frames the last view had before the newest

    def show(self, view: LabView, parameters: Parameters, place: tuple[float, float]) -> Shown:
        """Return what is to be seen of a view; ``place`` is (x, y) in parts of width and height, in [0, 1]."""
        self._follow(view, parameters.settings)
        newest = self._moments[-1]
        height, width = newest.after.shape[:2]
        along, across = (height, width) if parameters.cut == "column" else (width, height)
        x, y = place if parameters.cut == "column" else place[::-1]
        at, half = min(int(x * across), across - 1), max(2, round(parameters.reach * along))
        first = min(max(int(y * along) - half, 0), max(0, along - 2 * half))
        length = min(2 * half, along - first)
        lines, times = slice(first, first + length), max(1, round(ROWS / length))
        times_s = np.array([moment.strip_s for moment in self._moments])
        span_s = min(max(times_s[-1] - times_s[0], LEAST_S), SPAN_S)
        before, after = (
            np.repeat(
                strip([_line(image, parameters.cut, at)[lines] for image in images], times_s, span_s), times, axis=0
            )
            for images in ([moment.frame.image for moment in self._moments], [moment.after for moment in self._moments])
        )
        rate_hz = float(1.0 / np.median(np.diff(times_s))) if len(times_s) > 1 else math.inf
        pictures = newest.frame.image, newest.after, before, after
        return Shown(*pictures, parameters.cut, at, first, length, span_s, rate_hz)

    def _follow(self, view: LabView, settings: MagnifySettings) -> None:
        """Magnify the frames that are new."""
        last = self._moments[-1].frame if self._moments else None
        if last is not None and last.image.shape != view.frame.image.shape:
            self._moments.clear()
            last = None
        frames: Sequence[Frame] = (*view.history, view.frame)
        deeper, self._depth = len(view.history) > self._depth, len(view.history)
        if last is not None and _same(last, view.frame):
            if settings == self._magnifier.settings and not deeper:
                return
            frames = frames if deeper else [moment.frame for moment in self._moments]
            self._moments.clear()
            self._magnifier.reset()
        elif last is not None and 0.0 < view.pts_s - last.pts_s <= LONGEST_GAP_S:
            frames = [frame for frame in frames if frame.pts_s > last.pts_s]
        else:
            self._magnifier.reset()
        self._magnifier.apply(settings)
        for frame in frames:
            self._add(frame)

    def _add(self, frame: Frame) -> None:
        strip_s = 0.0
        if self._moments:
            last = self._moments[-1]
            elapsed_s = frame.pts_s - last.frame.pts_s
            strip_s = last.strip_s + (elapsed_s if 0.0 < elapsed_s <= LONGEST_GAP_S else SPAN_S / MOST_FRAMES)
        self._moments.append(_Moment(frame, self._magnifier.step(frame), strip_s))
        while self._moments[0].strip_s < strip_s - SPAN_S:
            self._moments.popleft()


def _same(one: Frame, other: Frame) -> bool:
    """Whether both are the same moment of the same source: sources differ in their pixels."""
    moments = one.index == other.index and one.pts_s == other.pts_s
    return moments and (one.image is other.image or np.array_equal(one.image, other.image))


def _line(image: Array, cut: Cut, at: int) -> Array:
    return image[:, at] if cut == "column" else image[at]


def strip(lines: Sequence[Array], times_s: Array, span_s: float) -> Array:
    """Return lines of pixels (n, 3) side by side, each where its time is: ``(n, COLUMNS, 3)`` uint8.

    The last one is at the right edge, ``span_s`` before it is the left one; a line is shown until the next one's time.
    """
    shown_s = times_s[-1] - span_s + (np.arange(COLUMNS) + 1) * (span_s / COLUMNS)
    number_shown = np.searchsorted(times_s, shown_s + 1e-9, side="right") - 1
    picture = np.stack(lines, axis=1)[:, np.maximum(number_shown, 0)]
    picture[:, number_shown < 0] = _NOTHING
    return picture
