"""Windows cut from recordings: held as places in one stack of maps, and made into batches, altered at random if asked.

A window is T maps stacked on the channel axis, ``(T·C, rows, columns)``, oldest first. Windows of a recording overlap;
as arrays they would take up many times the memory of the maps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from motionapp.settings import MapSettings, TrainingSettings
from motionapp.types import Array


def window_places(count: int, settings: MapSettings) -> Array:
    """Return which of a recording's ``count`` maps each of its windows takes: ``(n, T)`` int64, oldest first."""
    starts = np.arange(0, max(0, count - settings.span + 1), settings.hop, dtype=np.int64)
    return starts[:, None] + settings.every * np.arange(settings.maps, dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class WindowSet:
    """Windows of some recordings.

    ``maps`` is ``(M, C, rows, columns)`` float32, the maps of all recordings; ``places`` is ``(n, T)`` int64, the maps
    of each window; ``bounds`` is ``(n, 2)`` int64, first and last map of the recording it is cut from; ``labels`` and
    ``owners`` are ``(n,)`` int64: its class, and its recording as a place in the sequence they were given in.
    """

    maps: Array
    places: Array
    bounds: Array
    labels: Array
    owners: Array

    @classmethod
    def of(cls, maps: list[Array], labels: list[int], settings: MapSettings) -> WindowSet:
        """Cut recordings ``(N, C, rows, columns)`` of the given classes."""
        none = np.empty((0, settings.channels, settings.rows, settings.columns), np.float32)
        places, bounds, owners, first = [np.empty((0, settings.maps), np.int64)], [np.empty((0, 2), np.int64)], [], 0
        for owner, recorded in enumerate(maps):
            found = first + window_places(len(recorded), settings)
            places.append(found)
            bounds.append(np.tile(np.array([[first, first + len(recorded) - 1]]), (len(found), 1)))
            owners += [owner] * len(found)
            first += len(recorded)
        owned = np.array(owners, np.int64)
        stack = np.concatenate([none, *maps])
        return cls(stack, np.concatenate(places), np.concatenate(bounds), np.array(labels, np.int64)[owned], owned)

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, chosen: Array) -> Array:
        """Return windows by their numbers: ``(len(chosen), T·C, rows, columns)`` float32."""
        return self._gather(self.places[chosen])

    def take_altered(self, chosen: Array, settings: TrainingSettings, rng: np.random.Generator) -> Array:
        """Return windows by their numbers, each altered at random as the settings allow.

        - speed: played by a factor between 1 / (1 + s) and 1 + s: other frames, and speeds times that factor;
        - shift: moved by whole cells, with no motion where nothing is known;
        - mirror: left and right exchanged, for half of them.
        """
        count = len(chosen)
        stretch = (1.0 + settings.speed) ** rng.uniform(-1.0, 1.0, count)
        shifts = rng.integers(-settings.shift, settings.shift, (count, 2), endpoint=True)
        mirrored = (rng.random(count) < 0.5) & settings.mirror
        places = self.places[chosen]
        if settings.speed > 0:
            middle = places.mean(axis=1, keepdims=True)
            places = np.rint(middle + (places - middle) * stretch[:, None]).astype(np.int64)
            bounds = self.bounds[chosen]
            np.clip(places, bounds[:, :1], bounds[:, 1:], out=places)
        windows = self._gather(places)
        if settings.speed > 0:
            windows *= stretch.astype(np.float32)[:, None, None, None]
        for window, shift, turned in zip(windows, shifts, mirrored, strict=True):
            if turned:
                window[:] = window[:, :, ::-1].copy()
                if self.maps.shape[1] == 3:
                    window[1::3] *= -1.0  # what went right goes left
            if shift.any():
                _move(window, int(shift[0]), int(shift[1]))
        return windows

    def _gather(self, places: Array) -> Array:
        found = self.maps[places]
        return found.reshape(len(places), places.shape[1] * found.shape[2], *found.shape[3:])


def _move(window: Array, down: int, right: int) -> None:
    """Move ``(channels, rows, columns)`` in place, with zeros where it comes from outside."""
    rows, columns = window.shape[1:]
    moved = np.zeros_like(window)
    y, x = max(0, down), max(0, right)
    height, width = max(0, rows - abs(down)), max(0, columns - abs(right))
    from_y, from_x = max(0, -down), max(0, -right)
    moved[:, y : y + height, x : x + width] = window[:, from_y : from_y + height, from_x : from_x + width]
    window[:] = moved
