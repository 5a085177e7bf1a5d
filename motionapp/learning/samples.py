"""What the classifier learns from: maps of motion, labelled recordings of them, and the set they make."""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from motionapp._cv2 import cv2
from motionapp.learning.windows import WindowSet, window_places
from motionapp.measures import LEAST_CONFIDENCE
from motionapp.naming import given_name
from motionapp.settings import FlowSettings, MapSettings
from motionapp.types import Array, Motion

#: Map settings, classes, and the id and label of every recording.
Identity = tuple[MapSettings, tuple[str, ...], tuple[tuple[str, str], ...]]

MOST_CLASSES = 100
#: Far more than anyone records; every one of them is described in a project file.
MOST_RECORDINGS = 2_000
#: Maps of all recordings together fill no more than this, some 50 minutes at 25 Hz by default.
MOST_BYTES = 512 * 2**20
#: Fewer windows of a class than this are said to be few.
FEW = 20


def motion_map(motion: Motion, settings: MapSettings) -> Array:
    """Return how much moves where, on a coarse grid.

    Parameters
    ----------
    motion : Motion
        Flow in px per frame with its interval and confidence.
    settings : MapSettings
        Rows, columns, and whether direction is seen.

    Returns
    -------
    ndarray
        ``(1, rows, columns)`` float32: mean speed over each cell in picture widths per second, so that neither the
        size nor the rate of a source matters; with direction ``(3, rows, columns)``: speed, and its mean parts to the
        right and down. Pixels that were not measured count as 0, and so does all of a first frame.

    Notes
    -----
    About 1 ms at 640×480.
    """
    if motion.first:
        return np.zeros((settings.channels, settings.rows, settings.columns), np.float32)
    u, v = motion.flow
    mask = (motion.confidence >= LEAST_CONFIDENCE).view(np.uint8)
    planes = (cv2.magnitude(u, v), u, v)[: settings.channels]
    size = settings.columns, settings.rows
    coarse = [cv2.resize(cv2.copyTo(plane, mask), size, interpolation=cv2.INTER_AREA) for plane in planes]
    scale = np.float32(1.0 / (motion.dt_s * motion.frame.image.shape[1]))
    return np.stack(coarse).astype(np.float32) * scale


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """A labelled stretch of motion without a gap.

    ``maps`` is ``(N, C, rows, columns)`` float32, one map per processed frame, ``pts_s`` is ``(N,)`` float64, their
    times in the source. ``source`` names where it comes from, ``made`` is ISO time, ``flow`` what it was made with.
    """

    id: str
    label: str
    maps: Array
    pts_s: Array
    source: str
    made: str
    flow: FlowSettings

    @property
    def duration_s(self) -> float:
        """Time from the first to the last map in seconds."""
        return float(self.pts_s[-1] - self.pts_s[0]) if len(self.pts_s) else 0.0

    def cut(self, first: int, last: int) -> Recording:
        """Return maps ``first`` to ``last``, the latter not included."""
        return replace(self, maps=self.maps[first:last], pts_s=self.pts_s[first:last])


def new_recording(label: str, maps: list[Array], pts_s: list[float], source: str, flow: FlowSettings) -> Recording:
    """Make a recording of maps ``(C, rows, columns)``, with an id of its own and the time of now."""
    made = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    times = np.asarray(pts_s, np.float64)
    return Recording(secrets.token_hex(8), label, np.stack(maps).astype(np.float32), times, source, made, flow)


class Split(NamedTuple):
    """Recordings to learn from and to test on, and what the user should know about how they were divided."""

    training: tuple[Recording, ...]
    validation: tuple[Recording, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Classes and recordings. A value: every change is a new one."""

    map_settings: MapSettings = field(default_factory=MapSettings)
    classes: tuple[str, ...] = ()
    recordings: tuple[Recording, ...] = ()

    @property
    def identity(self) -> Identity:
        """What a model is trained on: equal as long as neither classes nor recordings have changed."""
        return self.map_settings, self.classes, tuple((one.id, one.label) for one in self.recordings)

    @property
    def nbytes(self) -> int:
        """Bytes that the maps of all recordings fill."""
        return sum(one.maps.nbytes for one in self.recordings)

    def with_class(self, name: str) -> Samples:
        """Add a class at the end; ValueError says why a name cannot be one."""
        if len(self.classes) >= MOST_CLASSES:
            raise ValueError(f"There are {MOST_CLASSES} classes already, which is as many as there can be.")
        return replace(self, classes=(*self.classes, class_name(name, self.classes)))

    def without_class(self, name: str) -> Samples:
        """Remove a class and its recordings; ValueError if there is no such class."""
        self._index(name)
        classes = tuple(one for one in self.classes if one != name)
        return replace(self, classes=classes, recordings=tuple(one for one in self.recordings if one.label != name))

    def renamed(self, old: str, new: str) -> Samples:
        """Give a class another name, which its recordings take; ValueError says why it cannot be."""
        index = self._index(old)
        others = self.classes[:index] + self.classes[index + 1 :]
        name = class_name(new, others)
        classes = (*self.classes[:index], name, *self.classes[index + 1 :])
        taken = tuple(replace(one, label=name) if one.label == old else one for one in self.recordings)
        return replace(self, classes=classes, recordings=taken)

    def with_recording(self, recording: Recording) -> Samples:
        """Add a recording; ValueError if its class is unknown, its maps do not fit, it is there or there is no room."""
        return self.with_recordings((recording,))

    def with_recordings(self, recordings: Iterable[Recording]) -> Samples:
        """Add recordings, all or none, in time that grows with their number; ValueError as for a single one."""
        wanted = self.map_settings.channels, self.map_settings.rows, self.map_settings.columns
        ids, filled, added = {one.id for one in self.recordings}, self.nbytes, list(recordings)
        if len(self.recordings) + len(added) > MOST_RECORDINGS:
            raise ValueError(f"There can be {MOST_RECORDINGS} recordings, no more. Remove some first.")
        for one in added:
            self._index(one.label)
            if one.maps.ndim != 4 or one.maps.shape[1:] != wanted:
                raise ValueError(f"maps must have shape (N, {str(wanted)[1:]}, got {one.maps.shape}")
            if one.id in ids:
                raise ValueError(f"There is a recording with id {one.id} already.")
            ids.add(one.id)
            filled += one.maps.nbytes
        if filled > MOST_BYTES:
            raise ValueError(f"The samples fill {MOST_BYTES // 2**20} MB, as much as there can be. Remove some first.")
        return replace(self, recordings=(*self.recordings, *added))

    def with_labelled(self, recording: Recording) -> Samples:
        """Add a recording, and its class if there is none of that name yet, without regard to case; or ValueError."""
        known = {name.casefold(): name for name in self.classes}
        name = known.get(recording.label.casefold())
        if name is None:
            return self.with_class(recording.label).with_recording(recording)
        return self.with_recording(replace(recording, label=name))

    def without_recording(self, id: str) -> Samples:
        """Remove a recording; without effect if there is none with this id."""
        return replace(self, recordings=tuple(one for one in self.recordings if one.id != id))

    def of(self, name: str) -> tuple[Recording, ...]:
        """Return the recordings of a class."""
        return tuple(one for one in self.recordings if one.label == name)

    def counts(self) -> dict[str, int]:
        """Return how many windows each class has."""
        return {name: sum(self.windows_in(one) for one in self.of(name)) for name in self.classes}

    def windows_in(self, recording: Recording) -> int:
        """Return how many windows are cut from a recording."""
        return len(window_places(len(recording.maps), self.map_settings))

    def window_set(self, recordings: tuple[Recording, ...] | None = None) -> WindowSet:
        """Return the windows of some recordings (None: all) as places in one stack of maps."""
        chosen = self.recordings if recordings is None else recordings
        labels = [self._index(one.label) for one in chosen]
        return WindowSet.of([one.maps for one in chosen], labels, self.map_settings)

    def windows(self, recordings: tuple[Recording, ...] | None = None) -> tuple[Array, Array, Array]:
        """Return the windows of some recordings (None: all) as arrays.

        Returns
        -------
        x : ndarray
            ``(n, T·C, rows, columns)`` float32, maps oldest first.
        labels : ndarray
            ``(n,)`` int64, places in ``classes``.
        ids : ndarray
            ``(n,)`` str, of the recording each window is cut from.
        """
        chosen = self.recordings if recordings is None else recordings
        found = self.window_set(chosen)
        ids = np.array([one.id for one in chosen], dtype=str)
        return found.take(np.arange(len(found.labels))), found.labels, ids[found.owners]

    def split(self, part: float = 0.2, seed: int = 0) -> Split:
        """Divide the recordings of each class: whole ones go to training or to validation.

        Windows of one recording overlap and look alike, so that dividing windows would test on what was learned. The
        only recording of a class is cut in time, with a gap between the parts so that no map is in both; where it is
        too short for that, all of it is for training. Recordings without a window are left out.

        Parameters
        ----------
        part : float
            Part of each class for validation, 0 to 0.9; at least one recording if there are two.
        seed : int
            Of the choice. The same seed and order of recordings give the same parts.
        """
        rng = np.random.default_rng((seed, 0))
        training: list[Recording] = []
        validation: list[Recording] = []
        notes: list[str] = []
        for name in self.classes:
            usable = [one for one in self.of(name) if self.windows_in(one)]
            order = rng.permutation(len(usable))
            if len(usable) == 1 and part > 0:
                pieces = self._cut_in_time(usable[0], part)
                training += pieces[:1]
                validation += pieces[1:]
                notes.append(_single(name, len(pieces) > 1))
                continue
            held = max(1, min(len(usable) - 1, round(part * len(usable)))) if part > 0 and usable else 0
            tested = set(order[:held].tolist())
            for index, one in enumerate(usable):
                (validation if index in tested else training).append(one)
        return Split(tuple(training), tuple(validation), tuple(notes))

    def _cut_in_time(self, recording: Recording, part: float) -> list[Recording]:
        span, count = self.map_settings.span, len(recording.maps)
        tested = max(span, round(part * count))
        kept = count - tested - self.map_settings.hop
        return [recording] if kept < span else [recording.cut(0, kept), recording.cut(count - tested, count)]

    def _index(self, name: str) -> int:
        if name not in self.classes:
            raise ValueError(f"There is no class “{name}”.")
        return self.classes.index(name)


def class_name(text: str, others: tuple[str, ...] = ()) -> str:
    """Return a class name as it is kept: without space around it, composed characters.

    Raises
    ------
    ValueError
        If it is blank, longer than 60 characters, or one of ``others`` without regard to case.
    """
    return given_name(text, "class", others)


def _single(name: str, was_cut: bool) -> str:
    if was_cut:
        return f"“{name}” has one recording only: its last part is tested on. Record another for an honest test."
    return f"“{name}” has one short recording only: it is not tested on. Record another."


def advice(samples: Samples) -> tuple[str, ...]:
    """Return what the samples lack for a good model, a sentence each."""
    said = []
    for name, count in samples.counts().items():
        if count == 0:
            said.append(f"“{name}” has no sample yet.")
        elif count < FEW:
            said.append(f"“{name}” has {count} sample{'s' if count > 1 else ''} only; {FEW} or more are better.")
        if count and len(samples.of(name)) == 1:
            said.append(f"“{name}” has one recording only; with two or more the test is honest.")
    if len({one.flow for one in samples.recordings}) > 1:
        said.append("The recordings were made with different flow settings.")
    return tuple(said)
