"""Compression by the Laplacian pyramid: bands are nearly 0 nearly everywhere, so a few bits say what they hold.

P. J. Burt, E. H. Adelson, "The Laplacian pyramid as a compact image code", IEEE Trans. Communications 31(4), 1983.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from kernels import pyramid
from kernels.checks import Array, as_image, same_shape


def entropy(symbols: Any) -> float:
    """Return the bits that a symbol takes on average, ``−Σ p log₂ p`` over how often each of them occurs.

    What an ideal code of single symbols needs: Shannon, 1948.

    Examples
    --------
    >>> entropy([0, 0, 1, 2])
    1.5
    """
    parts = np.unique_counts(np.asarray(symbols)).counts / np.size(symbols)
    return float(-(parts * np.log2(parts)).sum()) + 0.0


def psnr(image: Any, other: Any, peak: float = 1.0) -> float:
    """Return the peak signal-to-noise ratio in dB, ``10 log₁₀ peak² / mean (image − other)²``; ∞ if equal.

    Examples
    --------
    >>> round(psnr([[0.0, 0.5]], [[0.1, 0.4]]), 3)
    20.0
    """
    image, other = as_image(image, dtype=np.float64), as_image(other, "other", dtype=np.float64)
    same_shape(image=image, other=other)
    error = float(np.mean((image - other) ** 2))
    return 10 * math.log10(peak**2 / error) if error else math.inf


@dataclass(frozen=True, slots=True)
class Coded:
    """A picture as whole numbers: ``symbols[k]`` times ``step / 2ᵏ`` is level k of its Laplacian pyramid, int32."""

    symbols: tuple[Array, ...]
    step: float

    @property
    def bits_per_pixel(self) -> float:
        """Entropy of every level, weighed by its size, in bits per pixel of the picture."""
        return sum(entropy(level) * level.size for level in self.symbols) / self.symbols[0].size


def _step_of(level: int, step: float) -> np.float32:
    return np.float32(step / 2**level)


def encode(image: Any, step: float, levels: int = 5) -> Coded:
    """Quantise the Laplacian pyramid of an image, ``round(L_k / (step / 2ᵏ))``.

    A coefficient of level k is one of 4ᵏ times fewer, and what it is off by goes into all pixels around: for the least
    error with a given number of bits, bins are to be half as wide on each coarser level.

    Parameters
    ----------
    image
        (H, W) real, finite.
    step
        Width of a bin of the finest level, in the unit of ``image``, positive.
    levels
        Levels of the pyramid, ≥ 1.

    Raises
    ------
    TypeError, ValueError
        If an argument is of another kind or out of its range.

    Notes
    -----
    No pixel is off by more than ``step``: level k by half its bin, and expanding averages.

    Examples
    --------
    >>> encode(np.full((4, 4), 0.5), 0.1, levels=2).bits_per_pixel
    0.0
    """
    if not (step > 0 and math.isfinite(step)):
        raise ValueError(f"step must be positive and finite, got {step}")
    bands = enumerate(pyramid.laplacian(image, levels))
    return Coded(tuple(np.rint(band / _step_of(k, step)).astype(np.int32) for k, band in bands), float(step))


def decode(coded: Coded) -> Array:
    """Return the picture, (H, W) float32, that :func:`encode` kept."""
    return pyramid.collapse([_step_of(k, coded.step) * level for k, level in enumerate(coded.symbols)])
