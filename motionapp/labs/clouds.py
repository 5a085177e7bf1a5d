"""Points of two classes to learn from: four pictures to begin with, or painted; a part of them is only tested on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import get_args

import numpy as np

from motionapp.labs.network import Preprocessing
from motionapp.types import Array

#: Points of a preset.
COUNT = 200
#: Painted points at most: more make no better picture, and steps slow.
MOST = 1000
#: Every so-manyth point of a class is kept apart for the test.
TESTED = 4

#: What is measured is ``ORIGIN + UNIT · place``: as most measurements, far from zero and in unequal units.
ORIGIN, UNIT = np.array([10.0, 40.0]), np.array([2.0, 20.0])


@dataclass(frozen=True, slots=True)
class Cloud:
    """Points at ``places`` (N, 2) float64 in −1 … 1, to the right and up, of class ``labels`` (N,) int64, 0 or 1.

    ``tested`` (N,) bool marks those that are only tested on.
    """

    places: Array
    labels: Array
    tested: Array


def cloud(places: Array, labels: Array) -> Cloud:
    """Return points of which every fourth of each class is kept apart for the test."""
    tested = np.zeros(len(labels), bool)
    for label in (0, 1):
        own = np.flatnonzero(labels == label)
        tested[own[TESTED - 1 :: TESTED]] = True
    return Cloud(places, labels, tested)


def parted_by_a_line(places: Array, labels: Array) -> bool:
    """Whether some straight line has all points of one class on one side and all of the other on the other side.

    It has if all differences between points of either class point into one open half of the plane.
    """
    apart = (places[labels == 1][:, np.newaxis] - places[labels == 0]).reshape(-1, 2)
    if not len(apart):
        return True
    if not apart.any(axis=1).all():
        return False
    angles = np.sort(np.arctan2(apart[:, 1], apart[:, 0]))
    gaps = np.diff(angles, append=angles[0] + 2 * np.pi)
    return bool(gaps.max() > np.pi + 1e-9)


def preset(name: str, seed: int) -> Cloud:
    """Return the points of a preset; the same seed gives the same points, rounded to a hundredth as in scripts.

    Raises
    ------
    KeyError
        If there is none of that name.
    """
    rng = np.random.default_rng((seed, 7))
    labels = np.arange(COUNT) % 2
    places = _PRESETS[name](rng, labels)
    return cloud(np.clip(np.round(places, 2), -1.0, 1.0), labels)


def measured(places: Array) -> Array:
    """Return what was measured at places, (N, 2): from 8 to 12 and from 20 to 60."""
    return ORIGIN + UNIT * places


@dataclass(frozen=True, slots=True)
class Scaling:
    """What is done to measurements before the network sees them: ``(x − mean) / scale``, both (2,)."""

    mean: Array
    scale: Array

    def apply(self, x: Array) -> Array:
        """Return what the network sees, (N, 2)."""
        return (x - self.mean) / self.scale


def scaling(x: Array, kind: str) -> Scaling:
    """Learn from the training points ``x`` (N, 2) what ``kind`` needs; ValueError if there is no such preprocessing."""
    if kind not in get_args(Preprocessing):
        raise ValueError(f"kind must be one of {', '.join(get_args(Preprocessing))}, got {kind!r}")
    if kind == "none" or not len(x):
        return Scaling(np.zeros(2), np.ones(2))
    spread = x.std(axis=0)
    scaled = kind == "zero-centre and scale"
    return Scaling(x.mean(axis=0), np.where(spread > 0, spread, 1.0) if scaled else np.ones(2))


def _xor(rng: np.random.Generator, labels: Array) -> Array:
    """Two opposite quarters of a square for each class, with a gap between them."""
    right = rng.integers(0, 2, len(labels)) * 2 - 1
    up = np.where(labels == 1, -right, right)
    size = rng.uniform(0.1, 0.9, (len(labels), 2))
    return size * np.stack((right, up), axis=1)


def _blobs(rng: np.random.Generator, labels: Array) -> Array:
    middles = np.array([[-0.45, -0.4], [0.45, 0.4]])
    return middles[labels] + 0.2 * rng.standard_normal((len(labels), 2))


def _ring(rng: np.random.Generator, labels: Array) -> Array:
    """Class 1 in the middle, class 2 all around it."""
    radius = np.where(labels == 0, rng.uniform(0.0, 0.4, len(labels)), rng.uniform(0.6, 0.9, len(labels)))
    angle = rng.uniform(0.0, 2 * np.pi, len(labels))
    return radius[:, None] * np.stack((np.cos(angle), np.sin(angle)), axis=1)


def _spiral(rng: np.random.Generator, labels: Array) -> Array:
    """Two arms, one and a half turns each."""
    along = np.sqrt(rng.uniform(0.01, 1.0, len(labels)))
    angle = 3.0 * np.pi * along + np.pi * labels
    noise = 0.02 * rng.standard_normal((len(labels), 2))
    return 0.9 * along[:, None] * np.stack((np.cos(angle), np.sin(angle)), axis=1) + noise


_PRESETS: dict[str, Callable[[np.random.Generator, Array], Array]] = {
    "xor": _xor,
    "two blobs": _blobs,
    "ring": _ring,
    "spiral": _spiral,
}
