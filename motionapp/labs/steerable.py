"""The steerable lab: derivatives steered to any angle, the bands of the steerable pyramid, four transforms compared."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import numpy as np

from kernels import filters, pyramid
from kernels.steerable import SMALLEST_SIZE, Part, SteerablePyramid, level_shape, most_levels, steering_weights
from motionapp.labs.panels import (
    Panel,
    Shown,
    error_text,
    grey_panel,
    require_size,
    signed_panel,
    signed_text,
    size_note,
)
from motionapp.labs.shades import round_limit
from motionapp.labs.view import LabView
from motionapp.settings import choice, number
from motionapp.types import Array

Page = Literal["derivative", "bands", "transforms"]
Coefficients = Literal["real part", "imaginary part", "modulus"]

#: The weights of a coefficient are shown so many of its level's pixels around it.
_AROUND = 8


@dataclass(frozen=True, slots=True)
class Parameters:
    """What is shown; the bands left out and the place looked at are state."""

    page: Page = choice("derivative", Page, "Show", "Steered derivatives, bands, or four transforms side by side")
    angle: float = number(30.0, 0.0, 360.0, "Angle", "Direction in degrees: 0 to the right, 90 down", 1.0)
    order: int = number(1, 1, 4, "Order", "Order of the derivative: it takes one filter more than that")
    sigma: float = number(2.0, 0.7, 6.0, "Width σ", "Standard deviation of the Gaussian in px", 0.1)
    directions: int = number(4, 1, 8, "Directions", "Bands on every level, one more than the order")
    levels: int = number(2, 1, 4, "Levels", "Scales, each half the size of the one before")
    show: Coefficients = choice("real part", Coefficients, "Of complex bands", "Edges and lines, or their energy")
    level: int = number(1, 0, 3, "Level", "Level of the coefficient that is highlighted")


def derivative_shown(view: LabView, parameters: Parameters) -> Shown:
    """Return the basis filters, the filter steered from them, and what it makes of the picture."""
    order, angle = parameters.order, math.radians(parameters.angle)
    bases, weights = filters.derivative_bases(parameters.sigma, order), filters.steering_weights(order, angle)
    limit = float(np.abs(bases).max())
    names = [_derivative_name(order, k) for k in range(order + 1)]
    above = tuple(
        signed_panel(name, basis.astype(np.float32), f"weight {signed_text(weight)}", limit)
        for name, basis, weight in zip(names, bases, weights, strict=True)
    )
    steered = np.tensordot(weights, bases, 1).astype(np.float32)
    response = filters.derivative_of_gaussian(view.grey, parameters.sigma, angle, order=order)
    below = (
        signed_panel(f"steered to {parameters.angle:g}°", steered, "their sum", limit),
        grey_panel("picture", view.grey, size_note(view.grey)),
        signed_panel("picture ∗ steered filter", response),
    )
    written = zip(map(signed_text, weights), names, strict=True)
    terms = " ".join(f"{text[0]} {text[1:]} {name}" for text, name in written)
    return Shown((above, below), f"g<sup>{parameters.angle:g}°</sup> = {terms}")


def _derivative_name(order: int, k: int) -> str:
    return "g" + "x" * (order - k) + "y" * k


def _pyramid(image: Array, parameters: Parameters, complex_bands: bool) -> SteerablePyramid:
    levels = min(parameters.levels, most_levels(image.shape))
    return SteerablePyramid(image.shape, levels, parameters.directions - 1, complex_bands)


def part_of(row: int, column: int, levels: int) -> Part | None:
    """Return the part of the pyramid that a panel of :func:`bands_shown` shows, None if it shows the picture."""
    if row < levels:
        return (row, column)
    return ("high", "low", None, None)[column]


def bands_shown(view: LabView, parameters: Parameters, left_out: Collection[Part] = ()) -> Shown:
    """Return every band, both residuals, and the picture rebuilt from those that are not ``left_out``."""
    image = view.grey
    require_size(image, SMALLEST_SIZE, "The steerable pyramid")
    steerable = _pyramid(image, parameters, parameters.show != "real part")
    bands = steerable.build(image)
    rows = []
    for level, planes in enumerate(bands.oriented):
        values = in_grey(_wanted(planes, parameters.show), image)
        limit = round_limit(values[:, ::2, ::2])
        kept = [(level, band) not in left_out for band in range(len(planes))]
        named = zip(np.degrees(steerable.angles), values, kept, strict=True)
        rows.append(
            tuple(_band_panel(f"{angle:.0f}°", plane, limit, parameters.show, keep) for angle, plane, keep in named)
        )
    pairs = [(level, band) for level in range(steerable.levels) for band in range(parameters.directions)]
    parts: list[Part] = ["high", "low", *pairs]
    rebuilt = steerable.collapse(bands, [part for part in parts if part not in left_out])
    low = in_grey(bands.low, image)
    steered = steerable.steer(bands, 0, math.radians(parameters.angle))
    residuals = (
        _kept_or_not(signed_panel("high", bands.high), "high" not in left_out),
        _kept_or_not(grey_panel("low", low, size_note(low)), "low" not in left_out),
        grey_panel("rebuilt", rebuilt),
        signed_panel(f"at {parameters.angle:g}°", steered, "level 0, steered"),
    )
    says = f"{error_text(rebuilt - image)} &nbsp;·&nbsp; click a band to leave it out"
    return Shown((*rows, residuals), says)


def in_grey(coefficients: Array, image: Array) -> Array:
    """Return coefficients (…, h, w) of an image (H, W) in its unit: with fewer pixels they are as many times larger."""
    height, width = coefficients.shape[-2:]
    return coefficients * np.float32(height * width / image.size)


def _wanted(planes: Array, show: str) -> Array:
    if show == "modulus":
        return np.abs(planes)
    return planes.imag if show == "imaginary part" else planes.real


def _band_panel(title: str, plane: Array, limit: float, show: str, kept: bool) -> Panel:
    if show == "modulus":
        return _kept_or_not(grey_panel(title, plane, size_note(plane), 0.0, limit), kept)
    return _kept_or_not(signed_panel(title, plane, size_note(plane), limit), kept)


def _kept_or_not(panel: Panel, kept: bool) -> Panel:
    return panel if kept else replace(panel, note="left out", kept=False)


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A coefficient that all four transforms highlight: ``x``, ``y`` on its level, ``kx``, ``ky`` in the spectrum."""

    level: int
    x: int
    y: int
    kx: int
    ky: int


def coefficient_at(shape: tuple[int, int], parameters: Parameters, place: tuple[float, float]) -> Coefficient:
    """Return the coefficient at ``place``, parts of width and height, of the level and the angle that are chosen.

    Its wave is the one in the middle of the level's band, 2^(level + 2) px long.
    """
    height, width = shape
    level = min(parameters.level, most_levels(shape) - 1)
    rows, columns = level_shape(shape, level)
    angle, radius = math.radians(parameters.angle), 2.0 ** -(level + 2)
    kx, ky = round(radius * width * math.cos(angle)), round(radius * height * math.sin(angle))
    return Coefficient(level, min(int(place[0] * columns), columns - 1), min(int(place[1] * rows), rows - 1), kx, ky)


def at_frequency(x: int, y: int, shape: tuple[int, int], parameters: Parameters) -> Parameters:
    """Return ``parameters`` with the angle and the level of the pixel (x, y) of the centred spectrum."""
    fx, fy = (x - shape[1] // 2) / shape[1], (y - shape[0] // 2) / shape[0]
    radius = math.hypot(fx, fy)
    if radius == 0:
        return parameters
    level = min(max(round(-math.log2(radius)) - 2, 0), 3)
    return replace(parameters, angle=float(round(math.degrees(math.atan2(fy, fx)) % 360)), level=level)


def transforms_shown(view: LabView, parameters: Parameters, place: tuple[float, float]) -> Shown:
    """Return the picture in four transforms with one coefficient marked, and below each what that one looks at.

    A coefficient of a linear transform is ``Σ w x``: the pictures below are the weights w of the marked one.
    """
    image = view.grey
    require_size(image, SMALLEST_SIZE, "The steerable pyramid")
    at = coefficient_at(image.shape, parameters, place)
    count = at.level + 2
    steerable = SteerablePyramid(image.shape, at.level + 1, parameters.directions - 1)
    band = in_grey(steerable.steer(steerable.build(image), at.level, math.radians(parameters.angle)), image)
    spectrum = np.fft.fftshift(np.fft.fft2(image))
    loudness = np.log(np.abs(spectrum).astype(np.float32) + np.float32(1.0))
    marked, (height, width) = (at.x, at.y), image.shape
    peak = (width // 2 + at.kx, height // 2 + at.ky)
    above = (
        replace(grey_panel("Fourier", loudness, "log |X|", 0.0, float(loudness.max())), marked=peak),
        replace(grey_panel(f"Gaussian, G{at.level}", pyramid.gaussian(image, count)[at.level]), marked=marked),
        replace(signed_panel(f"Laplacian, L{at.level}", pyramid.laplacian(image, count)[at.level]), marked=marked),
        replace(signed_panel(f"steerable, level {at.level}, {parameters.angle:g}°", band), marked=marked),
    )
    weights = _weights(image.shape, at, parameters.directions, parameters.angle)
    top, left = (max(0, middle - _AROUND * 2**at.level) for middle in (at.y * 2**at.level, at.x * 2**at.level))
    window = np.s_[top : top + 2 * _AROUND * 2**at.level, left : left + 2 * _AROUND * 2**at.level]
    notes = ("everywhere", "one place", "all directions", "one direction")
    names = ("wave", "bump", "bump less its blur", "wavelet")
    below = tuple(
        signed_panel(name, np.ascontiguousarray(w[window]), note, float(np.abs(w).max()))
        for name, w, note in zip(names, weights, notes, strict=True)
    )
    values = [float(np.sum(w.astype(np.float64) * image)) for w in weights]
    transforms = ("Fourier, real part", "Gaussian", "Laplacian", "steerable")
    texts = (f"{name} <b>{value:.3g}</b>".replace("-", "−") for name, value in zip(transforms, values, strict=True))
    return Shown((above, below), "Σ w · picture: &nbsp; " + " &nbsp;·&nbsp; ".join(texts))


@lru_cache(maxsize=4)
def _weights(shape: tuple[int, int], at: Coefficient, directions: int, angle: float) -> tuple[Array, ...]:
    """Return what the marked coefficient of each transform weighs the picture with, four times (H, W) float32."""
    rows, columns = _lines(shape[0], at.level, at.y), _lines(shape[1], at.level, at.x)
    bump, blurred = (np.outer(*pair).astype(np.float32) for pair in zip(rows, columns, strict=True))
    return _wave(shape, at), bump, bump - blurred, _of_steerable(shape, at, directions, angle)


def _wave(shape: tuple[int, int], at: Coefficient) -> Array:
    """Return the wave whose sum with the picture is the real part of the Fourier coefficient."""
    y, x = np.ogrid[: shape[0], : shape[1]]
    return np.cos(2 * np.pi * (at.kx * x / shape[1] + at.ky * y / shape[0])).astype(np.float32)


def _lines(size: int, level: int, place: int) -> tuple[Array, Array]:
    """Return along one axis what the Gaussian level, and its next one expanded again, weigh the pixels with."""
    sizes = [size]
    for _ in range(level + 1):
        sizes.append((sizes[-1] + 1) // 2)
    direct = np.eye(sizes[level])[place]
    expanded = pyramid.expand_matrix(sizes[level])[place] @ pyramid.reduce_matrix(sizes[level])
    for finer in reversed(sizes[:level]):
        matrix = pyramid.reduce_matrix(finer)
        direct, expanded = direct @ matrix, expanded @ matrix
    return direct, expanded


def _of_steerable(shape: tuple[int, int], at: Coefficient, directions: int, angle: float) -> Array:
    """Return the weights of a steered coefficient: the pyramid is its own transpose, so one coefficient is rebuilt."""
    steerable = SteerablePyramid(shape, at.level + 1, directions - 1)
    empty = steerable.build(np.zeros(shape, np.float32))
    empty.oriented[at.level][:, at.y, at.x] = steering_weights(directions - 1, math.radians(angle))
    return steerable.collapse(empty, [at.level])
