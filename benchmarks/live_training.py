"""A training in the window while a source plays: what it takes from the live motion, and from the window."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.live_window import until
from motionapp.learning.samples import Samples, new_recording
from motionapp.settings import PRESETS, MapSettings, TrainingSettings

#: Of each class.
RECORDINGS, FRAMES = 3, 300
#: It must not end before the measuring does.
ENDLESS = TrainingSettings(epochs=10_000, patience=10_000)


def train(samples: Samples, app: Any, window: Any) -> Callable[[], dict[str, float]]:
    """Bring up the Classify tab and start a training that lasts; return what tells how many steps it takes a second.

    With ``samples`` given it is a :data:`benchmarks.live_window.Beginning`.
    """
    room = window.classroom
    window.commands["show_classify"].trigger()
    until(app, lambda: room.bridge.classifier is not None, 60.0)
    classifier = room.bridge.classifier
    classifier.change(samples)
    classifier.configure(ENDLESS)
    window.commands["train"].trigger()
    until(app, lambda: room.panel.curves.drawn_steps > 0, 60.0)
    began_s, began = time.monotonic(), len(classifier.status().curves.batch_loss)

    def rate() -> dict[str, float]:
        status = classifier.status()
        if status.phase != "training":
            raise RuntimeError(f"the training has ended: {status.ended}")
        return {"training_steps_hz": (len(status.curves.batch_loss) - began) / (time.monotonic() - began_s)}

    return rate


def noise() -> Samples:
    """Return samples of two classes, the second half as fast as the first."""
    rng, settings = np.random.default_rng(0), MapSettings()
    samples = Samples(settings, ("fast", "slow"))
    for number in range(2 * RECORDINGS):
        speed = 0.5 if number % 2 else 1.0
        maps = [speed * rng.random((1, settings.rows, settings.columns), np.float32) for _ in range(FRAMES)]
        times, label = [index / 30.0 for index in range(FRAMES)], samples.classes[number % 2]
        samples = samples.with_recording(new_recording(label, maps, times, "noise", PRESETS["live"]))
    return samples
