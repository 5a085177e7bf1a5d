"""Small labelled samples for tests: maps in which a bright bar stands, goes right or goes down."""

from __future__ import annotations

import numpy as np

from motionapp.learning.samples import Recording, Samples
from motionapp.settings import FlowSettings, MapSettings, TrainingSettings

SMALL = MapSettings(rows=12, columns=16, maps=4, every=2)
#: Learns the two motions below in well under a second.
QUICK = TrainingSettings(filters=2, epochs=6, final=0, batch=8, rate=0.02, shift=1)


def maps_of(kind: str, count: int, settings: MapSettings = SMALL, seed: int = 0) -> np.ndarray:
    """Return ``(count, C, rows, columns)`` float32 maps of a bar that goes "right" or "down", with a little noise."""
    rng = np.random.default_rng(seed)
    maps = 0.02 * rng.random((count, settings.channels, settings.rows, settings.columns), np.float32)
    start = int(rng.integers(0, 50))
    for index, one in enumerate(maps[:, 0]):
        if kind == "right":
            one[:, (start + index) % settings.columns] += 0.5
        elif kind == "down":
            one[(start + index) % settings.rows] += 0.5
    return maps


def recording(label: str, count: int = 30, seed: int = 0, settings: MapSettings = SMALL, id: str = "") -> Recording:
    """Return a recording whose maps show the motion that its label names."""
    maps = maps_of(label, count, settings, seed)
    made = "2026-01-01T00:00:00+00:00"
    return Recording(id or f"{label}-{seed}", label, maps, np.arange(count) / 25.0, "test", made, FlowSettings())


def two_motions(each: int = 4, count: int = 30, settings: MapSettings = SMALL) -> Samples:
    """Return samples of two classes, "right" and "down", with so many recordings each."""
    samples = Samples(settings, ("right", "down"))
    for seed in range(each):
        for label in samples.classes:
            samples = samples.with_recording(recording(label, count, seed, settings))
    return samples
