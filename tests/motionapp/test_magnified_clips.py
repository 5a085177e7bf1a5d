"""Breathing and pulse of real clips: the line that moves, followed before and after."""

from pathlib import Path

import numpy as np
import pytest

from motionapp.magnification import Magnifier
from motionapp.settings import MagnifySettings
from motionapp.video import VideoSource

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "magnify"


def moved_px(lines):
    """How far an edge in each of (n, length) lines has moved since the first: least squares on its slope."""
    first = lines[0]
    slope = np.gradient(first)
    return -((lines - first) @ slope) / (slope @ slope)


@pytest.mark.skipif(not FOLDER.is_dir(), reason="../shared/data is not here")
@pytest.mark.parametrize(
    ("name", "settings", "line"),
    [
        ("baby", MagnifySettings(0.4, 3.0, 4.0), np.s_[205:245, 480]),  # down across the zip on the chest
        ("wrist", MagnifySettings(0.6, 1.4, 15.0), np.s_[170, 62:92]),  # across a crease of the hand
    ],
)
def test_breath_and_pulse_grow(name, settings, line):
    source, magnifier, before, after = VideoSource(FOLDER / f"{name}.mp4"), Magnifier(settings), [], []
    for _ in range(210):
        frame = source.read()
        before.append(frame.image[line].mean(axis=-1))
        after.append(magnifier.step(frame)[line].mean(axis=-1))
    source.close()
    settled = slice(60, None)
    times_s = np.arange(210)[settled] / 30
    waves = np.hanning(150) * np.exp(
        -2j * np.pi * np.outer(np.linspace(settings.low_hz, settings.high_hz, 40), times_s)
    )
    quiet, loud = (
        np.abs(waves @ (moved[settled] - moved[settled].mean())).max()
        for moved in map(moved_px, map(np.array, (before, after)))
    )
    assert loud > 0.5 * (1 + settings.alpha) * quiet
