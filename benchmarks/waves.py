"""Pictures moved by an exactly known amount, and how far a magnified one has moved."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import scipy.signal

from kernels.checks import Array

RATE_HZ = 25.0
BAND_HZ = (0.05, 10.0)


class Kernel(Protocol):
    """A magnifier of one of the methods."""

    def step(self, image: Array, dt_s: float, *, alpha: float, low_hz: float, high_hz: float) -> Array:
        """Return what is to be added to a frame."""


def grating(wavelength_px: float, angle: float, moved_px: float, size: int = 96, phase: float = 0.3) -> Array:
    """Return a cosine that varies along ``angle`` and has moved along it, (size, size) float32."""
    y, x = np.mgrid[:size, :size]
    along = x * np.cos(angle) + y * np.sin(angle) - moved_px
    return (0.5 + 0.3 * np.cos(2 * np.pi * along / wavelength_px + phase)).astype(np.float32)


def grating_moved_px(picture: Array, wavelength_px: float, angle: float) -> float:
    """Return how far a grating has moved, from the phase of its windowed Fourier coefficient."""

    def phase(image: Array) -> float:
        y, x = np.mgrid[: len(image), : len(image)]
        wave = np.exp(-2j * np.pi * (x * np.cos(angle) + y * np.sin(angle)) / wavelength_px)
        window = np.outer(*[np.hanning(len(image))] * 2)
        return np.angle(np.sum(window * (image - 0.5) * wave))

    turned = phase(picture) - phase(grating(wavelength_px, angle, 0.0, len(picture)))
    return -np.angle(np.exp(1j * turned)) * wavelength_px / (2 * np.pi)


def texture_spectrum(size: int = 256, seed: int = 0) -> Array:
    """Return the Fourier transform of noise with amplitudes as 1/f, of standard deviation 0.15."""
    spectrum = np.fft.fft2(np.random.default_rng(seed).standard_normal((size, size)))
    f = np.fft.fftfreq(size)
    radius = np.hypot(f[:, None], f)
    radius[0, 0] = np.inf
    spectrum /= radius
    spectrum[size // 2], spectrum[:, size // 2] = 0.0, 0.0  # a shift of what has no direction is not defined
    return spectrum * (0.15 / np.fft.ifft2(spectrum).real.std())


def shifted(spectrum: Array, right_px: float, down_px: float) -> Array:
    """Return the texture, moved by multiplying its Fourier transform."""
    f = np.fft.fftfreq(len(spectrum))
    return 0.5 + np.fft.ifft2(spectrum * np.exp(-2j * np.pi * (f * right_px + f[:, None] * down_px))).real


def texture_gain(picture: Array, spectrum: Array, right_px: float, down_px: float, shortest_px: float) -> float:
    """Return what a texture has moved by, as part of (right_px, down_px).

    Least squares over all waves of ``shortest_px`` or more, against the exact slope of the texture.
    """
    f = np.fft.fftfreq(len(spectrum))
    slope = -2j * np.pi * (f * right_px + f[:, None] * down_px) * spectrum
    slope[np.hypot(f[:, None], f) > 1 / shortest_px] = 0.0
    change = np.fft.fft2(picture - shifted(spectrum, 0, 0))
    return np.sum(change * slope.conj()).real / np.sum(np.abs(slope) ** 2)


def magnified(magnifier: Kernel, first: Array, second: Array, alpha: float) -> Array:
    """Return the second of two pictures, with its motion since the first made 1 + α times as large.

    A filter lets b₀ of a sudden change through at once, its first coefficient, which α is divided by.
    """
    passed = scipy.signal.butter(1, BAND_HZ, "bandpass", fs=RATE_HZ)[0][0]
    changes = [
        magnifier.step(picture, 1 / RATE_HZ, alpha=alpha / passed, low_hz=BAND_HZ[0], high_hz=BAND_HZ[1])
        for picture in (first, second)
    ]
    return second + changes[1]
