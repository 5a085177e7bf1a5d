"""What a run has to know of a file before it begins, found once and read by everyone who works on it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import IO, Any

import numpy as np

from motionapp.analysis.annotated import mp4_tick
from motionapp.analysis.measuring import Measurer
from motionapp.analysis.recipe import Recipe
from motionapp.analysis.survey import arrow_scale
from motionapp.packets import PacketIndex
from motionapp.sources import SourceError, regular_file
from motionapp.types import Array
from motionapp.video import VideoSource
from motionapp.wholefile import write_whole

#: Positions of a chunk, which is analysed in one go; how many before them its estimator begins, cold; positions of a
#: piece, after which nothing of it is ever done again. Results depend on these three.
CHUNK, OVERLAP, PIECE = 256, 8, 32

_FACTS, _INDEX = "plan.json", "index.npz"
_HASHED_BYTES = 1 << 20
#: Times are given in whole microseconds in a table, and may be taken from there.
_ROUNDED_S = 5e-7


class Cancelled(Exception):
    """The run was cancelled."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a source: its name and content, sizes in px, the nominal rate and how it is drawn.

    ``expected`` counts the frames the file once had and ``readable`` those its index holds; ``exact`` is whether
    frames tell their number. ``source_tick`` is the file's unit of time in s, as numerator and denominator, ``tick``
    that of the annotated video.
    """

    name: str
    sha256: str
    width: int
    height: int
    rate_hz: float
    duration_s: float
    expected: int
    readable: int
    exact: bool
    source_tick: tuple[int, int]
    tick: tuple[int, int]
    px_per_px_s: float


@dataclass(frozen=True, slots=True)
class Plan:
    """A file as a run takes it.

    Attributes
    ----------
    facts : Facts
        What is known of it.
    index : PacketIndex
        When each of its frames is shown.
    frames : ndarray
        (n,) int64: number of the frame at each position of the range and step.
    ticks : ndarray
        (n,) int64: when the video shows it, in units of ``facts.tick``, strictly ascending.
    """

    facts: Facts
    index: PacketIndex
    frames: Array
    ticks: Array

    @property
    def tick_s(self) -> Fraction:
        """The video's unit of time."""
        return Fraction(*self.facts.tick)

    @property
    def chunks(self) -> int:
        """Number of chunks; chunk k makes the rows of positions k·256 + 1 to (k + 1)·256."""
        return max(1, -(-(len(self.frames) - 1) // CHUNK))

    def positions(self, chunk: int) -> range:
        """Return the positions of a chunk whose pictures are shown: those of its rows, and in the first one also 0."""
        return range(chunk * CHUNK + (chunk > 0), min((chunk + 1) * CHUNK + 1, len(self.frames)))

    def pts_s(self, position: int) -> float:
        """Return when the file shows the frame at a position, in s from its first frame."""
        times = self.index.times
        return float((int(times[self.frames[position]]) - int(times[0])) * Fraction(*self.facts.source_tick))

    def save(self, folder: Path) -> None:
        """Write it into a folder.

        Raises
        ------
        MotionError
            If it cannot be written.
        """
        write_whole(folder / _INDEX, self._save_arrays, overwrite=True)
        facts = json.dumps(asdict(self.facts)).encode()
        write_whole(folder / _FACTS, lambda file: file.write(facts), overwrite=True)

    def _save_arrays(self, file: IO[bytes]) -> None:
        np.savez(file, times=self.index.times, keys=self.index.keys, frames=self.frames, ticks=self.ticks)

    @classmethod
    def load(cls, folder: Path) -> Plan:
        """Read what :meth:`save` wrote.

        Raises
        ------
        OSError, ValueError, KeyError, TypeError
            If it cannot be read.
        """
        stored: dict[str, Any] = json.loads((folder / _FACTS).read_text(encoding="utf-8"))
        stored |= {name: tuple(stored[name]) for name in ("source_tick", "tick")}
        facts = Facts(**stored)
        with np.load(folder / _INDEX, allow_pickle=False) as arrays:
            index = PacketIndex(arrays["times"], arrays["keys"], facts.exact, facts.expected)
            return cls(facts, index, arrays["frames"], arrays["ticks"])

    def counted(self) -> Plan:
        """Return the plan of the same file when its frames turned out not to tell their numbers: they are counted."""
        index = replace(self.index, exact=False, keys=np.zeros(1, np.int64))
        return replace(self, facts=replace(self.facts, exact=False), index=index)


def examine(path: Path, recipe: Recipe, running: Callable[[], bool]) -> Plan:
    """Find out what a run has to know of a file.

    Cost: two passes over the bytes, for the hash and for the index, and with a video 16 pairs of frames estimated.

    Parameters
    ----------
    path : Path
        A video.
    recipe : Recipe
        Range, step, regions and what is written.
    running : callable
        Whether to go on.

    Raises
    ------
    MotionError
        If the file cannot be read as a video, holds nothing in the range, or a region lies outside its pictures.
    Cancelled
        If it was not to go on.
    """
    sha256 = _hash(path, running)
    source = VideoSource(path)
    try:
        info, index = source.info, source.index
        frames = _frames(source, recipe)
        tick_s = mp4_tick(source.tick_s)
        Measurer(recipe, info.height, info.width)  # complains of regions outside
        scale = recipe.view.px_per_px_s
        if recipe.video != "off" and not recipe.view.scale_locked:
            scale = arrow_scale(source, frames, recipe.view, running)
    finally:
        source.close()
    facts = Facts(
        path.name,
        sha256,
        info.width,
        info.height,
        info.rate_hz,
        info.duration_s or 0.0,
        index.expected,
        len(index.times),
        index.exact,
        (source.tick_s.numerator, source.tick_s.denominator),
        (tick_s.numerator, tick_s.denominator),
        scale,
    )
    return Plan(facts, index, frames, _ticks(index.times[frames], source.tick_s / tick_s))


def _frames(source: VideoSource, recipe: Recipe) -> Array:
    """Return the (n,) int64 numbers of the frames of a recipe's range and step."""
    times = source.index.times
    pts_s = (times - times[0]) * float(source.tick_s)
    to_s = np.inf if recipe.to_s is None else recipe.to_s
    inside = np.flatnonzero((pts_s >= recipe.from_s - _ROUNDED_S) & (pts_s <= to_s + _ROUNDED_S))
    if len(inside) == 0:
        until = "on" if recipe.to_s is None else f"to {to_s:g} s"
        raise SourceError(
            f"{source.info.name} has no frame from {recipe.from_s:g} s {until}; it ends at {pts_s[-1]:g} s."
        )
    return inside[:: recipe.step].astype(np.int64)


def _ticks(times: Array, per_time: Fraction) -> Array:
    """Return when the video shows frames, from 0 on, in its own unit, of which ``per_time`` are one of ``times``.

    No two are shown at once: no container can tell them apart.
    """
    exact = [int(time) * per_time.numerator for time in times - times[0]]
    rounded = np.array([(2 * value + per_time.denominator) // (2 * per_time.denominator) for value in exact], np.int64)
    steps = np.arange(len(rounded))
    return np.maximum.accumulate(rounded - steps) + steps


def _hash(path: Path, running: Callable[[], bool]) -> str:
    """Return the SHA-256 of a file as 64 hexadecimal digits."""
    found = hashlib.sha256()
    try:
        with regular_file(path).open("rb") as file:
            while block := file.read(_HASHED_BYTES):
                if not running():
                    raise Cancelled
                found.update(block)
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {(error.strerror or '').lower()}.") from None
    return found.hexdigest()
