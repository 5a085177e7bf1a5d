"""Which frames of a file have had their motion estimated, and whether that was with the settings in force."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QColor, QImage

from motionapp.settings import FlowSettings
from motionapp.types import Array

#: The strip is computed in so many columns, whatever its width on the screen.
COLUMNS = 1024
#: So many settings are told apart; those used first are but "others".
MOST_SETTINGS = 8


class Coverage:
    """For each frame of a file, with which settings its motion was estimated; up to 9 bytes a frame.

    Parameters
    ----------
    count : int
        Frames of the file; 0 for a live source, of which nothing is kept.
    """

    def __init__(self, count: int = 0) -> None:
        self.count = count
        self._known: dict[FlowSettings, Array] = {}
        self._older = np.zeros(count, np.bool_)
        self.changes = 0

    def add(self, frames: int | Array, flow: FlowSettings) -> None:
        """Note that one frame, or ``(n,)`` of them, was estimated with ``flow``; others are left out."""
        numbers = np.atleast_1d(frames)
        numbers = numbers[(numbers >= 0) & (numbers < self.count)]
        known = self._known.get(flow)
        if known is None:
            if len(self._known) >= MOST_SETTINGS:
                self._older |= self._known.pop(next(iter(self._known)))
            known = self._known[flow] = np.zeros(self.count, np.bool_)
        if not known[numbers].all():
            known[numbers] = True
            self.changes += 1

    def shares(self, flow: FlowSettings, columns: int = COLUMNS) -> Array:
        """Return which part of the frames in each column is done with ``flow``, and with other settings.

        Returns
        -------
        ndarray
            ``(2, columns)`` float64 in [0, 1]. The first column begins in the middle of the first frame, the last one
            ends in the middle of the last, as marks on a line of time do.
        """
        if self.count < 2:
            return np.zeros((2, columns))
        these = self._known.get(flow, np.zeros(self.count, np.bool_))
        others = np.logical_or.reduce([self._older, *self._known.values()]) & ~these
        edges = np.linspace(0.5, self.count - 0.5, columns + 1)
        before = np.concatenate([np.zeros((2, 1)), np.cumsum([these, others], axis=1)], axis=1)
        sums = np.stack([np.interp(edges, np.arange(self.count + 1), line) for line in before])
        return np.clip(np.diff(sums, axis=1) / (edges[1] - edges[0]), 0.0, 1.0)


def strip_image(shares: Array, these: QColor, others: QColor) -> QImage:
    """Return the strip as an image one pixel high: each column in the colour of most of it, as strong as it is full."""
    done = shares.sum(axis=0)
    colours = np.array([[colour.red(), colour.green(), colour.blue()] for colour in (these, others)], np.uint8)
    pixels = np.empty((1, shares.shape[1], 4), np.uint8)
    pixels[0, :, :3] = colours[np.argmax(shares, axis=0)]
    pixels[0, :, 3] = np.rint(255.0 * np.clip(done, 0.0, 1.0))
    image = QImage(pixels.data, pixels.shape[1], 1, QImage.Format.Format_RGBA8888)
    return image.copy()  # of pixels of its own
