"""Motion magnification on the complex steerable pyramid: the slower and truer way, for files.

Every band of the pyramid is a wave of one direction and about one octave, ``c = A e^{iφ}``. When what it shows moves by
d, φ moves by −k·d. So: follow φ in time at every place, keep what of it lies in a band of frequencies, and turn every
coefficient further by α times that.

    Δφ = arg Σ_w c₁ c₀*        from the frame before, averaged over 5×5 places, each weighted by its power
    φ_b = band-pass of Σ_t Δφ  (:mod:`kernels.temporal`: nothing is accumulated)
    c  ← c e^{iα φ_b}

Two things are added to the paper. The high-pass residual, which holds half of what has a wavelength of 3 px, is cut
into directions as well and moves with the rest. And since products are averaged instead of phases, noise, whose
products average out, says "no motion" instead of any.

N. Wadhwa, M. Rubinstein, F. Durand, W. T. Freeman, "Phase-based video motion processing", ACM Trans. Graphics 32(4),
SIGGRAPH 2013.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from kernels import bands
from kernels._jit import core
from kernels.borders import mirror, reflect
from kernels.checks import Array, as_image
from kernels.steerable import Bands, SteerablePyramid, angular_masks, most_levels
from kernels.temporal import BandPass

#: Phase by which a wave is turned at most, in radians: by π it would be its own negative.
LARGEST_SHIFT = math.pi / 2
#: Directions of the pyramid, less one: 6 lose 5 % of the motion of a mixed texture, 4 lose 8 %, 8 take a third longer.
_ORDER = 5
#: Pictures are continued by their mirror image, this far at least: the Fourier transform joins opposite borders.
_MARGIN_PX = 16


def _even_polynomials(degree: int = 6) -> Array:
    """Return the coefficients, highest first, of ``cos m − 1`` and ``sin m / m`` as polynomials in m², |m| ≤ π/2."""
    z = np.linspace(0.0, LARGEST_SHIFT**2, 400)
    fits = [np.polynomial.Chebyshev.fit(z, f(np.sqrt(z)), degree) for f in (np.cos, lambda m: np.sinc(m / math.pi))]
    even = np.array([fit.convert(kind=np.polynomial.Polynomial).coef[::-1] for fit in fits])
    even[:, -1] = 0.0, 1.0  # no shift changes nothing, exactly
    return even.astype(np.float32)


def _arc_polynomial(degree: int = 6) -> Array:
    """Return the coefficients, highest first, of ``2 arctan(t) / t`` as a polynomial in t², |t| ≤ 1."""
    z = np.linspace(1e-9, 1.0, 400)
    fit = np.polynomial.Chebyshev.fit(z, 2 * np.arctan(np.sqrt(z)) / np.sqrt(z), degree)
    return fit.convert(kind=np.polynomial.Polynomial).coef[::-1].astype(np.float32)


#: Rows ``cos m − 1`` and ``sin m / m`` as polynomials of degree 6 in m², highest first.
EVEN = _even_polynomials()
_ARC = _arc_polynomial()


@core
def blur_row(plane, y, line, out):
    """Blur row y of a plane with [1 4 6 4 1]/16 along both axes; ``line`` is scratch of its width plus 4."""
    height, width = plane.shape
    four, six, scale = np.float32(4), np.float32(6), np.float32(1 / 256)
    a, b, c = plane[reflect(y - 2, height)], plane[reflect(y - 1, height)], plane[y]
    d, e = plane[reflect(y + 1, height)], plane[reflect(y + 2, height)]
    inner = line[2 : width + 2]
    for x in range(width):
        inner[x] = (a[x] + e[x]) + four * (b[x] + d[x]) + six * c[x]
    mirror(line, np.int64(2), width)
    l0, l1, l3, l4 = line[0:], line[1:], line[3:], line[4:]
    for x in range(width):
        out[x] = ((l0[x] + l4[x]) + four * (l1[x] + l3[x]) + six * inner[x]) * scale


@core
def _product_core(before, now, out, y0, y1):
    """Write real and imaginary part of ``c₁ c₀*`` for rows of a band (h, w) complex64 into ``out`` (2, h, w)."""
    for y in range(y0, y1):
        old, new, real, imaginary = before[y], now[y], out[0, y], out[1, y]
        for x in range(old.size):
            product = new[x] * np.conj(old[x])
            real[x], imaginary[x] = product.real, product.imag


@core
def _advance_core(product, noise_power, arc, out, y0, y1):
    """Write by how much the phase has advanced, held within ±π/2, into rows of ``out`` (h, w)."""
    width = product.shape[2]
    line, rows = np.empty(width + 4, np.float32), np.empty((2, width), np.float32)
    one = np.float32(1)
    for y in range(y0, y1):
        for n in range(2):
            blur_row(product[n], y, line, rows[n])
        real, imaginary, row = rows[0], rows[1], out[y]
        for x in range(width):
            a, b = real[x] + noise_power, imaginary[x]
            t = b / (np.sqrt(a * a + b * b) + a + np.float32(1e-30))  # tan φ/2
            t = min(max(t, -one), one)
            t2, value = t * t, arc[0]
            for n in range(1, 7):
                value = value * t2 + arc[n]
            row[x] = t * value


@core
def _turn_core(wave, phase, alpha, even, largest, out, y0, y1):
    """Write what a turn by α φ changes, ``c (e^{iαφ} − 1)``, for rows of a band (h, w)."""
    for y in range(y0, y1):
        row, angle, change = wave[y], phase[y], out[y]
        for x in range(row.size):
            m = min(max(alpha * angle[x], -largest), largest)
            m2, c, s = m * m, even[0, 0], even[1, 0]
            for n in range(1, 7):
                c = c * m2 + even[0, n]
                s = s * m2 + even[1, n]
            change[x] = row[x] * np.complex64(complex(c, s * m))


class _Fan:
    """The high-pass residual by directions: complex bands like those of the pyramid, ``A_b(θ)`` times its spectrum."""

    def __init__(self, shape: tuple[int, int], order: int) -> None:
        fy, fx = np.fft.fftfreq(shape[0])[:, np.newaxis], np.fft.rfftfreq(shape[1])[np.newaxis]
        self._shape, self._turn = shape, np.complex64((-1j) ** order)
        pairs = list(angular_masks(fy, fx, order))
        self._masks = np.array([mask for mask, _ in pairs], np.float32)
        self._signs = np.array([sign for _, sign in pairs], np.int8)

    def build(self, high: Array) -> Array:
        """Return the bands (K, H, W) complex64 of a residual (H, W)."""
        spectrum = np.fft.rfft2(high) * self._turn
        waves = np.empty((len(self._masks), *self._shape), np.complex64)
        for wave, mask, sign in zip(waves, self._masks, self._signs, strict=True):
            piece = spectrum * mask
            wave.real = np.fft.irfft2(piece, self._shape)
            piece *= sign * np.complex64(-1j)
            wave.imag = np.fft.irfft2(piece, self._shape)
        return waves

    def collapse(self, waves: Array) -> Array:
        """Return the residual (H, W) that bands add up to."""
        spectrum = sum(np.fft.rfft2(wave.real) * mask for wave, mask in zip(waves, self._masks, strict=True))
        return np.fft.irfft2(spectrum * np.conj(self._turn), self._shape)


class _Waves:
    """Bands of one size: those of the frame before, and the filter in time of their phases."""

    def __init__(self, shape: tuple[int, int, int], order: int) -> None:
        self._before = np.zeros(shape, np.complex64)
        self._filter = BandPass(shape, order)
        self._phase = np.zeros(shape, np.float32)
        self._product = np.zeros((2, *shape[1:]), np.float32)

    def begin(self, waves: Array) -> None:
        """Take the bands of a first frame."""
        self._before = waves
        self._filter.reset()

    def change(self, waves: Array, dt_s: float, alpha: float, band: tuple[float, float], noise: float) -> Array:
        """Return what is to be added to bands (K, h, w) so that their motion within a band of frequencies grows."""
        size = {"height": waves.shape[1], "width": waves.shape[2]}
        for before, now, phase in zip(self._before, waves, self._phase, strict=True):
            bands.run(_product_core, before, now, self._product, **size)
            bands.run(_advance_core, self._product, np.float32(noise * noise), _ARC, phase, **size)
        changes, self._before = self._before, waves  # what was before makes room for the changes
        turning = np.float32(alpha), EVEN, np.float32(LARGEST_SHIFT)
        phases = self._filter.step(self._phase, dt_s, *band)
        for wave, phase, change in zip(waves, phases, changes, strict=True):
            bands.run(_turn_core, wave, phase, *turning, change, **size)
        return changes


class SteerableMagnifier:
    """Magnify the motions within a band of frequencies, frame by frame, in constant memory.

    Parameters, :meth:`step` and :meth:`reset` are those of :class:`kernels.riesz.RieszMagnifier`.

    Notes
    -----
    About 600 bytes per pixel, and as much work per frame as fifty Fourier transforms of its size.

    Examples
    --------
    >>> x = np.arange(64.0)
    >>> wave = lambda d: np.tile(0.5 + 0.3 * np.cos(2 * np.pi * (x - d) / 8), (48, 1)).astype(np.float32)
    >>> magnifier = SteerableMagnifier((48, 64))
    >>> for moved_px in (0, 0, 0.05):
    ...     change = magnifier.step(wave(moved_px), 0.04, alpha=9.0, low_hz=0.1, high_hz=12.0)
    ...     print(change.any())
    False
    False
    True
    """

    def __init__(self, shape: tuple[int, int], levels: int | None = None, order: int = 1) -> None:
        self._shape = shape
        padded = tuple(_quick_size(size + 2 * _MARGIN_PX) for size in shape)
        self._margins = [((wide - size) // 2, wide - size - (wide - size) // 2) for size, wide in zip(shape, padded)]
        count = min(levels or most_levels(padded), most_levels(padded))
        self._pyramid = SteerablePyramid(padded, count, _ORDER, complex=True)
        self._fan = _Fan(padded, _ORDER)
        self._waves: list[_Waves] = []
        self._order, self._first = order, True

    def reset(self) -> None:
        """Forget the past: the next frame is the first."""
        self._first = True

    def step(
        self, image: Any, dt_s: float, *, alpha: float, low_hz: float, high_hz: float, noise: float = 0.001
    ) -> Array:
        """Return what is to be added to a frame, as :meth:`kernels.riesz.RieszMagnifier.step`."""
        image = as_image(image)
        if image.shape != self._shape:
            raise ValueError(f"image must have shape {self._shape}, got {image.shape}")
        found = self._pyramid.build(np.pad(image, self._margins, mode="reflect"))
        waves = [self._fan.build(found.high), *found.oriented]
        if self._first:
            self._begin(waves)
            return np.zeros(self._shape, np.float32)
        changes = [
            followed.change(wave, dt_s, alpha, (low_hz, high_hz), noise)
            for followed, wave in zip(self._waves, waves, strict=True)
        ]
        still = Bands(self._fan.collapse(changes[0]), tuple(changes[1:]), np.zeros_like(found.low))
        (top, _), (left, _) = self._margins
        change = self._pyramid.collapse(still)[top : top + image.shape[0], left : left + image.shape[1]]
        return np.ascontiguousarray(change)

    def _begin(self, waves: list[Array]) -> None:
        self._first = False
        if not self._waves:
            self._waves = [_Waves(wave.shape, self._order) for wave in waves]
        for followed, wave in zip(self._waves, waves, strict=True):
            followed.begin(wave)


def _quick_size(size: int) -> int:
    """Return the smallest number from ``size`` on with no prime factor above 5: fast to transform."""
    while True:
        rest = size
        for prime in (2, 3, 5):
            while rest % prime == 0:
                rest //= prime
        if rest == 1:
            return size
        size += 1
