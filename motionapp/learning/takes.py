"""A recording in progress: maps of one class as they come in, cut where the stream jumps."""

from __future__ import annotations

from motionapp.learning.recognition import follows_closely
from motionapp.learning.samples import MOST_BYTES, Recording, new_recording
from motionapp.learning.windows import window_places
from motionapp.settings import FlowSettings, MapSettings
from motionapp.types import Array

#: A take ends by itself after so many maps, some minutes, in case a key is never let go.
MOST_MAPS = 5_000


class Take:
    """What is recorded while a key is held.

    Parameters
    ----------
    label, source : str
        Its class, and where the motion comes from.
    settings : MapSettings
        What its maps are made with.
    room : int
        Bytes that its maps may fill.
    """

    def __init__(self, label: str, source: str, settings: MapSettings, room: int = MOST_BYTES) -> None:
        self.label, self.settings = label, settings
        self._most = min(MOST_MAPS, room // (4 * settings.channels * settings.rows * settings.columns))
        self._source = source
        self._pieces: list[tuple[list[Array], list[float], FlowSettings]] = []

    @property
    def maps(self) -> int:
        """Maps recorded so far."""
        return sum(len(maps) for maps, _, _ in self._pieces)

    @property
    def duration_s(self) -> float:
        """Media time recorded so far."""
        return sum(times[-1] - times[0] for _, times, _ in self._pieces)

    @property
    def windows(self) -> int:
        """Windows recorded so far."""
        return sum(len(window_places(len(maps), self.settings)) for maps, _, _ in self._pieces)

    @property
    def full(self) -> bool:
        """Whether nothing more is taken."""
        return self.maps >= self._most

    def add(self, map: Array, pts_s: float, flow: FlowSettings) -> None:
        """Take the next map; a jump in time begins another piece."""
        if self.full:
            return
        if not self._pieces or not follows_closely(self._pieces[-1][1][-1], pts_s):
            self._pieces.append(([], [], flow))
        maps, times, _ = self._pieces[-1]
        maps.append(map)
        times.append(pts_s)

    def recordings(self) -> list[Recording]:
        """Return every piece that holds a window at least."""
        long_enough = [piece for piece in self._pieces if len(piece[0]) >= self.settings.span]
        return [new_recording(self.label, maps, times, self._source, flow) for maps, times, flow in long_enough]
