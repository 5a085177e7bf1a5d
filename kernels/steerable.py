"""The steerable pyramid: a picture as oriented bands at every scale, from which it can be rebuilt.

The picture's Fourier transform X is cut into overlapping pieces whose squares add up to 1, and every piece goes back to
a picture by itself. With r the distance from frequency 0 (1 at the highest along an axis) and θ its direction,

    hi(r) = cos(π/2 · log₂ 1/r),   lo(r) = sin(π/2 · log₂ 1/r)    between r = ½ and r = 1,    hi² + lo² = 1
    A_b(θ) = √c · cosᴺ(θ − πb/K),   c = 4ᴺ N!² / (K (2N)!),   K = N + 1,                      Σ_b A_b² = 1

    high residual    hi(r) X
    level i, band b  (−i)ᴺ lo(2ⁱ r) hi(2ⁱ⁺¹ r) A_b(θ) X
    low residual     lo(2ᴸ r) X

Level i holds nothing from half the highest frequency of level i − 1 up, so half the rows and columns suffice. All masks
are real or imaginary: the transpose of building, which adds up the same masks conjugated, is its inverse. A band at any
other angle α is a weighted sum of the K that are there, because cosᴺ(θ − α) has only K harmonics.

The complex form keeps the half plane cos(θ − πb/K) > 0, doubled: real part the band above, imaginary part its partner
a quarter of a wave on. Its modulus is local energy and its phase local position.

E. P. Simoncelli, W. T. Freeman, "The steerable pyramid: a flexible architecture for multi-scale derivative
computation", ICIP 1995. J. Portilla, E. P. Simoncelli, "A parametric texture model based on joint statistics of
complex wavelet coefficients", IJCV 40(1), 2000, section 1.3.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from kernels.checks import Array, as_image

SMALLEST_SIZE, HIGHEST_ORDER = 16, 15

#: What :meth:`SteerablePyramid.collapse` keeps: "high", "low", a level, or a band of a level.
Part = str | int | tuple[int, int]


@dataclass(frozen=True, slots=True)
class Bands:
    """A picture in pieces: ``high`` and ``low`` residual, and ``oriented[level][band]``, level 0 the finest.

    ``high`` is (H, W), each of ``oriented`` (K, h, w) with K bands at angles πb/K, ``low`` the smallest. Coefficients
    of a piece of h × w weigh hw/HW in the energy: ``Σ x² = Σ_pieces hw/HW Σ |c|²``, half of that for complex bands.
    """

    high: Array
    oriented: tuple[Array, ...]
    low: Array


@dataclass(frozen=True, slots=True)
class _Masks:
    """Real masks on the half plane of the real Fourier transform; ``quadrature`` makes the imaginary parts."""

    high: Array
    oriented: tuple[Array, ...]
    quadrature: tuple[Array, ...]
    low: Array


def most_levels(shape: tuple[int, int]) -> int:
    """Return how many levels a picture has at most: the low residual keeps at least 4 rows and columns.

    Examples
    --------
    >>> most_levels((511, 640))
    6
    """
    return min(shape).bit_length() - 3


def level_shape(shape: tuple[int, int], level: int) -> tuple[int, int]:
    """Return the shape of a level, ``(⌈H/2ⁱ⌉, ⌈W/2ⁱ⌉)``."""
    return -(-shape[0] >> level), -(-shape[1] >> level)


def steering_weights(order: int, angle: float) -> Array:
    """Return the weights of the bands at πb/K that make the one at ``angle``: ``sin Kδ / (K sin δ)``, δ = α − πb/K.

    They are (K,) float64, K = ``order`` + 1. Computed as the sum of K harmonics, ``1/K Σ_n cos nδ`` for
    n = −N, −N + 2, …, N, which needs no limit at δ = 0.

    Examples
    --------
    >>> print(steering_weights(1, 0.0).round(12))
    [1. 0.]
    """
    delta = angle - np.pi * np.arange(order + 1) / (order + 1)
    return np.cos(np.outer(np.arange(-order, order + 1, 2), delta)).mean(axis=0)


def _transition(radius: Array) -> Array:
    """Return π/2 · log₂ 1/r between r = ½ and r = 1, and its ends beyond."""
    return np.pi / 2 * np.clip(-np.log2(np.maximum(radius, 0.25)), 0, 1)


def _frequencies(shape: tuple[int, int], level: int) -> tuple[Array, Array, Array]:
    """Return fy (h, 1), fx (1, w // 2 + 1) and r (h, w // 2 + 1) of a level, in units of its own highest frequency."""
    height, width = level_shape(shape, level)
    fy = np.fft.fftfreq(height, 1 / height)[:, np.newaxis] * (2.0 ** (level + 1) / shape[0])
    fx = np.arange(width // 2 + 1)[np.newaxis] * (2.0 ** (level + 1) / shape[1])
    return fy, fx, np.hypot(fy, fx)


def angular_masks(fy: Array, fx: Array, order: int) -> Iterator[tuple[Array, Array]]:
    """Yield for K = ``order`` + 1 directions ``A_b(θ)``, and 1 in the half plane of its complex form, else −1.

    ``fy`` (h, 1) and ``fx`` (1, w) are frequencies of any unit; the masks are (h, w) float64. Where both are 0 there is
    no direction: ``A_b`` is 0 there, or constant for order 0.
    """
    radius = np.hypot(fy, fx)
    radius[radius == 0] = 1.0
    scale = math.sqrt(4**order / ((order + 1) * math.comb(2 * order, order)))
    for angle in np.pi * np.arange(order + 1) / (order + 1):
        cosine = (fx * math.cos(angle) + fy * math.sin(angle)) / radius
        yield scale * cosine**order, np.where((cosine > 0) | ((cosine == 0) & (fy > 0)), 1.0, -1.0)


def _oriented_masks(shape: tuple[int, int], level: int, order: int) -> Iterator[tuple[Array, Array]]:
    """Yield every band's mask ``lo(r) hi(2r) A_b(θ)``, and 1 in the half plane of its complex form, else −1."""
    fy, fx, radius = _frequencies(shape, level)
    ring = np.sin(_transition(radius)) * np.cos(_transition(2 * radius))
    for mask, sign in angular_masks(fy, fx, order):
        yield ring * mask, sign


@lru_cache(maxsize=4)
def _masks(shape: tuple[int, int], levels: int, order: int, quadrature: bool, dtype: np.dtype[Any]) -> _Masks:
    """Return the masks of a pyramid; those of the last four are kept."""
    real, partner = [], []
    for level in range(levels):
        pairs = list(_oriented_masks(shape, level, order))
        real.append(np.array([mask for mask, _ in pairs], dtype))
        if quadrature:
            partner.append(np.array([mask * sign for mask, sign in pairs], dtype))
    high = np.cos(_transition(_frequencies(shape, 0)[2])).astype(dtype)
    low = np.sin(_transition(_frequencies(shape, levels)[2])).astype(dtype)
    return _Masks(high, tuple(real), tuple(partner), low)


def _corners(spectrum: Array, shape: tuple[int, int]) -> tuple[Array, Array]:
    """Return views of the rows ≥ 0 and < 0 of a spectrum that a smaller picture of ``shape`` has too."""
    height, columns = shape[0], shape[1] // 2 + 1
    return spectrum[: (height + 1) // 2, :columns], spectrum[len(spectrum) - height // 2 :, :columns]


@dataclass(frozen=True)
class SteerablePyramid:
    """Build, steer and rebuild pictures of one shape.

    Parameters
    ----------
    shape
        (H, W), each 16 or more, odd or even.
    levels
        Number of scales, 1 to :func:`most_levels`, which is the default.
    order
        Order N of the directional derivative, 0 to 15; there are N + 1 orientations.
    complex
        Whether bands have an imaginary part.
    dtype
        float32 or float64: of pictures, bands and all arithmetic but the masks' own, which is float64.

    Raises
    ------
    TypeError, ValueError
        If an argument is of another kind or out of its range.

    Notes
    -----
    The picture is taken as periodic: what leaves at one border comes in at the opposite one. Masks are shared by all
    pyramids of the same settings. O(K · HW log HW); a rebuild of float64 is exact to 1e-13 of the range.

    Examples
    --------
    >>> picture = np.random.default_rng(0).random((33, 48))
    >>> pyramid = SteerablePyramid((33, 48), order=1, dtype=np.float64)
    >>> bands = pyramid.build(picture)
    >>> [level.shape for level in bands.oriented], bands.low.shape
    ([(2, 33, 48), (2, 17, 24), (2, 9, 12)], (5, 6))
    >>> bool(np.allclose(pyramid.collapse(bands), picture, atol=1e-13))
    True
    """

    shape: tuple[int, int]
    levels: int = None  # type: ignore[assignment]
    order: int = 3
    complex: bool = False
    dtype: Any = np.float32
    _masks: _Masks = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        shape, dtype = tuple(int(size) for size in self.shape), np.dtype(self.dtype)
        if len(shape) != 2 or min(shape) < SMALLEST_SIZE:
            raise ValueError(f"shape must be (H, W) with H, W ≥ {SMALLEST_SIZE}, got {shape}")
        if dtype not in (np.float32, np.float64):
            raise TypeError(f"dtype must be float32 or float64, got {dtype}")
        most = most_levels(shape)
        levels = most if self.levels is None else self.levels
        for name, value, low, high in (("levels", levels, 1, most), ("order", self.order, 0, HIGHEST_ORDER)):
            if not low <= value <= high:
                raise ValueError(f"{name} must be from {low} to {high} for shape {shape}, got {value}")
        masks = _masks(shape, levels, self.order, self.complex, dtype)
        for name, found in (("shape", shape), ("dtype", dtype), ("levels", levels), ("_masks", masks)):
            object.__setattr__(self, name, found)

    @property
    def angles(self) -> Array:
        """Directions πb/K of the bands in radians: 0 varies along x, π/2 along y."""
        return np.pi * np.arange(self.order + 1) / (self.order + 1)

    def build(self, image: Any) -> Bands:
        """Return the bands of ``image``, (H, W); TypeError or ValueError for another kind, shape, NaN or infinity."""
        image = as_image(image, dtype=self.dtype)
        if image.shape != self.shape:
            raise ValueError(f"image must have shape {self.shape}, got {image.shape}")
        spectrum = np.fft.rfft2(image)
        high = np.fft.irfft2(spectrum * self._masks.high, self.shape)
        oriented = tuple(self._level(spectrum, level) for level in range(self.levels))
        shape = level_shape(self.shape, self.levels)
        low = np.fft.irfft2(np.concatenate(_corners(spectrum, shape)) * self._masks.low, shape)
        return Bands(high, oriented, low)

    def _level(self, spectrum: Array, level: int) -> Array:
        """Return the bands of a level, (K, h, w)."""
        shape = level_shape(self.shape, level)
        turned = np.concatenate(_corners(spectrum, shape)) * spectrum.dtype.type((-1j) ** self.order)
        bands = np.empty((self.order + 1, *shape), spectrum.dtype if self.complex else self.dtype)
        piece = np.empty_like(turned)
        for band, mask in zip(bands.real, self._masks.oriented[level], strict=True):
            band[...] = np.fft.irfft2(np.multiply(turned, mask, out=piece), shape)
        if self.complex:
            turned *= spectrum.dtype.type(-1j)
            for band, mask in zip(bands.imag, self._masks.quadrature[level], strict=True):
                band[...] = np.fft.irfft2(np.multiply(turned, mask, out=piece), shape)
        return bands

    def collapse(self, bands: Bands, keep: Iterable[Part] | None = None) -> Array:
        """Rebuild a picture, (H, W), from all bands or from those in ``keep``.

        ``keep`` holds "high", "low", levels, or pairs (level, band). Pictures rebuilt from parts that share nothing add
        up to the whole. Of complex bands the real parts count, as they hold everything.

        Raises ValueError if ``keep`` names what is not there, or bands are not those of this pyramid.
        """
        self._require_own(bands)
        kept = self._kept(keep)
        if "high" in kept:
            spectrum = np.fft.rfft2(bands.high)
            spectrum *= self._masks.high
        else:
            spectrum = np.zeros((self.shape[0], self.shape[1] // 2 + 1), np.result_type(self.dtype, np.complex64))
        turn = spectrum.dtype.type(1j**self.order)
        for level, planes in enumerate(bands.oriented):
            chosen = [band for band in range(len(planes)) if (level, band) in kept]
            pieces = (np.fft.rfft2(planes[band].real) * self._masks.oriented[level][band] for band in chosen)
            if chosen:
                self._put(spectrum, turn * sum(pieces), planes.shape[1:])
        if "low" in kept:
            self._put(spectrum, np.fft.rfft2(bands.low) * self._masks.low, bands.low.shape)
        return np.fft.irfft2(spectrum, self.shape)

    @staticmethod
    def _put(spectrum: Array, piece: Array, shape: tuple[int, int]) -> None:
        """Add a level's spectrum to the picture's."""
        upper, lower = _corners(spectrum, shape)
        upper += piece[: len(upper)]
        lower += piece[len(upper) :]

    def _kept(self, keep: Iterable[Part] | None) -> set[Part]:
        """Return the residuals and (level, band) pairs that ``keep`` stands for."""
        of_level = {level: {(level, band) for band in range(self.order + 1)} for level in range(self.levels)}
        pairs = set().union(*of_level.values())
        if keep is None:
            return {"high", "low", *pairs}
        kept: set[Part] = set()
        for part in keep:
            if part in ("high", "low") or part in pairs:
                kept.add(part)
            elif part in of_level:
                kept |= of_level[part]
            else:
                raise ValueError(f'keep holds "high", "low", levels and (level, band), got {part!r}')
        return kept

    def _require_own(self, bands: Bands) -> None:
        """Require that bands have the shapes this pyramid builds."""
        wanted = [self.shape, *((self.order + 1, *level_shape(self.shape, level)) for level in range(self.levels))]
        wanted.append(level_shape(self.shape, self.levels))
        found = [piece.shape for piece in (bands.high, *bands.oriented, bands.low)]
        if found != wanted:
            raise ValueError(f"bands must have shapes {wanted}, got {found}")

    def steer(self, bands: Bands, level: int, angle: float) -> Array:
        """Return the band of a level at any ``angle`` in radians, (h, w): the weighted sum of those that are there.

        See :func:`steering_weights`. Exact for real parts only, so those are what is steered of complex bands.
        """
        if not 0 <= level < self.levels or not math.isfinite(angle):
            raise ValueError(f"level must be from 0 to {self.levels - 1} and angle finite, got {level} and {angle}")
        weights = steering_weights(self.order, angle).astype(self.dtype)
        return np.tensordot(weights, bands.oriented[level].real, axes=1)
