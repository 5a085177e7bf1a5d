"""What the pictures of a run need of its motions, in memory that does not grow with the run."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from motionapp._cv2 import cv2
from motionapp.analysis.sums import Planes, fill
from motionapp.types import Array, Motion

#: Maps and motiongrams have at most so many cells a side, motiongrams at most so many lines.
MOST_CELLS = 320
MOST_LINES = 2048
#: Maps leave out what was measured in a smaller part of the frames: too little to speak of a mean.
LEAST_MEASURED = 0.1
#: Directions are counted in so many bins; the first one is centred on "to the right", the next is counter-clockwise.
BINS = 36
_MAPS = ("speed", "measured", "moved")
_LINES = ("x_speed", "x_measured", "y_speed", "y_measured")


class Summary:
    """Sums over motions: where and how fast it moved, when and in which direction.

    A cell stands for a square of pixels, so that no side has more than 320; a line of a motiongram for one frame, and
    for two, four, eight … frames once there are more than 2,048 lines. Speeds are in px/s of the full picture.

    Parameters
    ----------
    height, width : int
        Size of the pictures.
    start : int
        Position of the first motion to come; lines begin at multiples of the frames they stand for, so that parts
        merged in order give the same to the bit whoever made them.

    Attributes
    ----------
    frames : int
        Motions added so far.
    stride : int
        Frames that a line stands for.

    References
    ----------
    A. F. Bobick, J. W. Davis, "The recognition of human movement using temporal templates", IEEE Transactions on
    Pattern Analysis and Machine Intelligence 23, 2001 (motion-energy image).
    A. R. Jensenius, "Some video abstraction techniques for displaying body movement in analysis and performance",
    Leonardo 46, 2013 (motiongram).
    """

    def __init__(self, height: int, width: int, start: int = 0) -> None:
        self.height, self.width, self.start = height, width, start
        self.frames, self.stride = 0, 1
        self.cell_px = math.ceil(max(height, width) / MOST_CELLS)
        self._shape = math.ceil(height / self.cell_px), math.ceil(width / self.cell_px)
        self._maps: dict[str, Array] = {name: np.zeros(self._shape) for name in _MAPS}
        self._rose = np.zeros(BINS)
        self._lines: dict[str, Array] = {
            name: np.zeros((MOST_LINES, self._shape[name[0] == "x"]), np.float32) for name in _LINES
        }
        self._times = np.zeros((MOST_LINES, 2))
        self._planes: Planes | None = None

    @property
    def lines(self) -> int:
        """Lines of a motiongram so far."""
        return self._line(self.start + self.frames - 1) + 1 if self.frames else 0

    def add(self, motion: Motion, pts_s: float) -> None:
        """Add the next motion, that of the frame at ``pts_s``.

        Notes
        -----
        2 ms at 640×480. Directions are those of one pixel of each cell.
        """
        if self._planes is None:
            self._planes = Planes.empty(self.height, self.width)
        planes, per_s = self._planes, 1.0 / motion.dt_s if motion.dt_s > 0.0 else 0.0
        fill(planes, motion)
        if motion.first:
            planes.measured.fill(0)
        cells = {
            "speed": per_s * self._cells(planes.speed).astype(np.float64),
            "measured": self._cells(planes.measured.astype(np.float32)).astype(np.float64),
            "moved": self._cells((planes.moved > 0.0).astype(np.float32)).astype(np.float64),
        }
        for name, sums in self._maps.items():
            sums += cells[name]
        self._count_directions(planes, per_s)
        along = {name: cells[name.split("_")[1]].sum(axis=0 if name[0] == "x" else 1) for name in _LINES}
        self._add_lines(
            self.start + self.frames,
            1,
            {name: line[np.newaxis].astype(np.float32) for name, line in along.items()},
            np.array([[pts_s - motion.dt_s, pts_s]]),
        )
        self.frames += 1

    def merge(self, other: Summary) -> None:
        """Add what another summary holds, whose motions follow this one's.

        Raises
        ------
        ValueError
            If it is of pictures of another size, or begins elsewhere than this one ends.
        """
        if (other.height, other.width) != (self.height, self.width):
            raise ValueError(
                f"a summary of {other.width}×{other.height} px cannot follow one of {self.width}×{self.height} px"
            )
        if other.start != self.start + self.frames:
            raise ValueError(f"a summary from position {other.start} cannot follow one to {self.start + self.frames}")
        for name, sums in self._maps.items():
            sums += other._maps[name]
        self._rose += other._rose
        if other.frames:
            parts = {name: lines[: other.lines] for name, lines in other._lines.items()}
            self._add_lines(other.start, other.stride, parts, other._times[: other.lines], other.frames)
        self.frames += other.frames

    def to_arrays(self) -> dict[str, Array]:
        """Return all that is in it as named arrays, to be stored with :func:`numpy.savez`."""
        size = np.array([self.height, self.width, self.start, self.frames, self.stride], np.int64)
        lines = {name: values[: self.lines] for name, values in self._lines.items()}
        return {"size": size, **self._maps, "rose": self._rose, "times": self._times[: self.lines], **lines}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> Summary:
        """Return the summary that :meth:`to_arrays` gave.

        Raises
        ------
        ValueError
            If an array is missing or not what it can be.
        """
        size = arrays["size"] if "size" in arrays else np.empty(0)
        if size.shape != (5,) or size.dtype != np.int64:
            raise ValueError("a summary needs its size")
        height, width, start, frames, stride = (int(value) for value in size)
        if not (0 < height < 2**16 and 0 < width < 2**16 and start >= 0 and frames >= 0 and 0 < stride < 2**40):
            raise ValueError(f"a summary cannot have the size {size.tolist()}")
        made = cls(height, width, start)
        made.frames, made.stride = frames, stride
        if made.lines > MOST_LINES:
            raise ValueError(f"a summary cannot have {made.lines} lines")
        rooms: dict[str, Array] = {**made._maps, "rose": made._rose}
        rooms |= {name: room[: made.lines] for name, room in {**made._lines, "times": made._times}.items()}
        for name, room in rooms.items():
            room[:] = _sound(arrays, name, room)
        return made

    def mean_speed(self) -> Array:
        """Return the mean speed of each cell while it was measured, (rows, columns) float64 in px/s.

        NaN where it was measured in less than a tenth of the frames.
        """
        return self._map("speed")

    def moving_part(self) -> Array:
        """Return the part of the frames in which a cell moved, of those in which it was measured, in [0, 1].

        (rows, columns) float64; NaN where it was measured in less than a tenth of the frames.
        """
        return self._map("moved")

    def _map(self, name: str) -> Array:
        measured = self._maps["measured"]
        return _ratio(self._maps[name], np.where(measured >= LEAST_MEASURED * self.frames, measured, 0.0))

    def motiongram(self, axis: str) -> Array:
        """Return the mean speed of every column ("x") or row ("y"), a line for every moment.

        (lines, columns or rows) float64 in px/s; NaN where nothing was measured.
        """
        if axis not in ("x", "y"):
            raise ValueError(f"axis must be x or y, got {axis!r}")
        return _ratio(self._lines[f"{axis}_speed"][: self.lines], self._lines[f"{axis}_measured"][: self.lines])

    def times(self) -> Array:
        """Return when each line begins and ends, (lines, 2) in s."""
        return self._times[: self.lines].copy()

    def rose(self) -> Array:
        """Return how much moved in each of 36 directions, (36,): parts of Σ speed that sum to 1, or all 0."""
        whole = self._rose.sum()
        return self._rose / whole if whole > 0.0 else np.zeros(BINS)

    def _cells(self, plane: Array) -> Array:
        rows, columns = self._shape
        return plane if self.cell_px == 1 else cv2.resize(plane, (columns, rows), interpolation=cv2.INTER_AREA)

    def _count_directions(self, planes: Planes, per_s: float) -> None:
        grid = (slice(self.cell_px // 2, None, self.cell_px),) * 2
        moved = planes.moved[grid]
        at = moved > 0.0
        angle = np.arctan2(-planes.v[grid][at], planes.u[grid][at])
        bins = np.rint(angle * (BINS / (2.0 * math.pi))).astype(np.intp) % BINS
        self._rose += per_s * np.bincount(bins, moved[at], BINS)

    def _line(self, position: int) -> int:
        return position // self.stride - self.start // self.stride

    def _add_lines(self, start: int, stride: int, parts: Mapping[str, Array], times: Array, frames: int = 1) -> None:
        """Add lines that stand for ``stride`` positions each, the first of them beginning at or before ``start``."""
        while self.stride < stride or self._line(start + frames - 1) >= MOST_LINES:
            self._fold()
        begins = np.maximum(start, (start // stride + np.arange(len(times))) * stride)
        rows = begins // self.stride - self.start // self.stride
        for name, lines in parts.items():
            np.add.at(self._lines[name], rows, lines)
        self._stretch(rows, times)

    def _stretch(self, rows: Array, times: Array) -> None:
        """Let lines reach from the earliest beginning to the latest end."""
        for row, (begin, end) in zip(rows.tolist(), times.tolist(), strict=True):
            old_begin, old_end = self._times[row]
            fresh = old_begin == old_end == 0.0
            self._times[row] = (begin, end) if fresh else (min(begin, old_begin), max(end, old_end))

    def _fold(self) -> None:
        """Let every line stand for twice as many positions."""
        count, times = self.lines, self._times.copy()
        odd = self.start // self.stride % 2
        rows = (np.arange(count) + odd) // 2
        self.stride *= 2
        for name, lines in self._lines.items():
            folded = np.zeros_like(lines)
            np.add.at(folded, rows, lines[:count])
            self._lines[name] = folded
        self._times[:] = 0.0
        self._stretch(rows, times[:count])


def _ratio(above: Array, below: Array) -> Array:
    known = below > 0.0
    return np.divide(above, below, out=np.full(above.shape, np.nan), where=known)


def _sound(arrays: Mapping[str, Array], name: str, room: Array) -> Array:
    values = arrays[name] if name in arrays else np.empty(0)
    if values.shape != room.shape or values.dtype != room.dtype or not np.isfinite(values).all():
        raise ValueError(f"the summary's {name!r} is damaged")
    return values
