"""Which frames of a file have had their motion estimated, and whether that was with the settings in force."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QColor, QImage

from motionapp.settings import FlowSettings
from motionapp.types import Array

#: The strip is computed in so many columns, whatever its width on the screen.
COLUMNS = 1024


class Coverage:
    """For each frame of a file, what its motion was last estimated with; 4 bytes a frame.

    Parameters
    ----------
    count : int
        Frames of the file; 0 for a live source, of which nothing is kept.
    """

    def __init__(self, count: int = 0) -> None:
        self._made = np.full(count, -1, np.int32)  # places in _flows
        self._flows: dict[FlowSettings, int] = {}
        self.changes = 0

    @property
    def count(self) -> int:
        """Frames of the file."""
        return len(self._made)

    def add(self, frames: int | Array, flow: FlowSettings) -> None:
        """Note that one frame, or ``(n,)`` of them, was estimated with ``flow``; others are left out."""
        numbers = np.atleast_1d(frames)
        numbers = numbers[(numbers >= 0) & (numbers < self.count)]
        place = self._flows.setdefault(flow, len(self._flows))
        if (self._made[numbers] != place).any():
            self._made[numbers] = place
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
        these = self._made == self._flows.get(flow, -2)
        others = (self._made >= 0) & ~these
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
