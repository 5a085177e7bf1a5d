"""Texture made from noise, round by round: a patch of the picture or a built-in texture, and what is made of it."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from kernels.steerable import SMALLEST_SIZE, SteerablePyramid, most_levels
from kernels.texture import match_histogram, synthesise
from motionapp.labs.panels import Shown, grey_panel, require_size, size_note
from motionapp.labs.pyramids import Parameters, Sample
from motionapp.labs.view import LabView
from motionapp.types import Array

#: Side of a texture in px, and the rounds that Step counts up to.
SIDE_PX, MOST_ROUNDS = 128, 10
_SHAPE = SIDE_PX, SIDE_PX
#: Scales and directions, less one, of the pyramid whose histograms are matched.
_LEVELS, _ORDER = 4, 3


def texture_shown(view: LabView, parameters: Parameters, rounds: int, place: tuple[float, float]) -> Shown:
    """Return the sample and its texture after ``rounds``, 0 for the noise alone.

    Of the picture, the sample is the patch round ``place``, (x, y) in parts of width and height; it is shown, too.
    """
    image, above = view.grey, []
    if parameters.sample == "picture":
        require_size(image, SMALLEST_SIZE, "A texture")
        sample, (x, y) = _patch(image, place)
        above.append(replace(grey_panel("picture", image, "click a patch"), marked=(x, y)))
        above.append(grey_panel("its patch", sample, size_note(sample)))
    else:
        sample = built_in(parameters.sample)
        above.append(grey_panel("sample", sample, size_note(sample)))
    made = _synthesised(sample.tobytes(), sample.shape, rounds, parameters.seed)
    count = "noise alone" if rounds == 0 else f"{rounds} round{'s' if rounds > 1 else ''}"
    above.append(grey_panel("made from noise", made, count))
    apart = 100 * strengths_apart(made, sample)
    return Shown(
        (tuple(above),), f"{count} &nbsp;·&nbsp; the bands are <b>{apart:.1f} %</b> off the sample's strengths"
    )


def strengths_apart(made: Array, sample: Array) -> float:
    """Return how far the root mean squares of all oriented bands are from the sample's, in parts of these."""
    levels = min(_LEVELS, most_levels(made.shape), most_levels(sample.shape))
    ours, theirs = (
        np.array(
            [
                np.sqrt(np.mean(band**2))
                for bands in SteerablePyramid(each.shape, levels, _ORDER).build(each).oriented
                for band in bands
            ]
        )
        for each in (made, sample)
    )
    return float(np.linalg.norm(ours - theirs) / max(float(np.linalg.norm(theirs)), 1e-9))


@lru_cache(maxsize=4)
def built_in(name: Sample) -> Array:
    """Return a texture that is always the same, (128, 128) float32 in [0, 1].

    Sand is noise of fine grains, bark is noise drawn out along y; bricks have lines, which no histogram knows.
    """
    y, x = np.mgrid[:SIDE_PX, :SIDE_PX]
    if name == "bricks":
        row = y // 16
        joint = (y % 16 < 2) | ((x + 16 * (row % 2)) % 32 < 2)
        grain = np.random.default_rng(0).normal(0.0, 0.03, joint.shape)
        return np.clip(np.where(joint, 0.85, 0.4) + grain, 0.0, 1.0).astype(np.float32)
    fy, fx = np.meshgrid(np.fft.fftfreq(SIDE_PX), np.fft.rfftfreq(SIDE_PX), indexing="ij")
    if name == "bark":
        power = np.exp(-((fx - 0.12) ** 2 + (5 * fy) ** 2) / 0.006)
    else:
        power = np.exp(-((np.hypot(fx, fy) - 0.2) ** 2) / 0.01)
    noise = np.random.default_rng(0).standard_normal((SIDE_PX, SIDE_PX))
    grains = np.fft.irfft2(np.fft.rfft2(noise) * power, noise.shape)
    return np.clip(0.5 + 0.18 * grains / grains.std(), 0.0, 1.0).astype(np.float32)


def _patch(image: Array, place: tuple[float, float]) -> tuple[Array, tuple[int, int]]:
    """Return the square of at most 128 px round a place, moved to lie within the picture, and its middle (x, y)."""
    side = min(SIDE_PX, *image.shape)
    top, left = (
        min(max(round(part * size) - side // 2, 0), size - side)
        for part, size in zip(place[::-1], image.shape, strict=True)
    )
    return np.ascontiguousarray(image[top : top + side, left : left + side]), (left + side // 2, top + side // 2)


@lru_cache(maxsize=16)
def _synthesised(sample: bytes, shape: tuple[int, int], rounds: int, seed: int) -> Array:
    """Return the texture of a sample given by its float32 bytes: while the sample stands, it is made once."""
    values = np.frombuffer(sample, np.float32).reshape(shape)
    if rounds == 0:
        return match_histogram(np.random.default_rng(seed).standard_normal(_SHAPE, np.float32), values)
    return synthesise(values, _SHAPE, levels=_LEVELS, order=_ORDER, iterations=rounds, seed=seed)
