"""Motion magnification on the Riesz pyramid: tiny motions made larger, or taken away, live.

Each band of a Laplacian pyramid is a wave I with a slowly changing wavelength. With R = (X, Y), the same wave a quarter
turn on along x and along y, it can be shifted: ``I cos m − R·n sin m``. Three things differ from the paper, so that
short filters do:

- X and Y come from 7 taps fitted to a derivative (:func:`odd_taps`), so R grows with the wave number k. It is never
  taken for a quadrature partner: ``Σ R Rᵀ / Σ I²`` around each pixel *is* k kᵀ, and divides what grew.
- The motion u of a pixel is not a phase times a direction, blurred, but the least-squares solution of its
  neighbourhood, ``u = (Σ R Rᵀ)⁻¹ Σ (I₀ R₁ − R₀ I₁)``, in px: right for a plane wave, whatever k and the filter's gain.
- What u gains from frame to frame is band-passed as it is (:mod:`kernels.temporal`): no phase is accumulated.

N. Wadhwa, M. Rubinstein, F. Durand, W. T. Freeman, "Riesz pyramids for fast phase-based video magnification", IEEE
ICCP, 2014.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from kernels import bands
from kernels._jit import core
from kernels.borders import mirror, reflect
from kernels.checks import Array, as_image
from kernels.phase import EVEN, LARGEST_SHIFT, blur_row
from kernels.pyramid import expand_core, gaussian_planes, reduce_rows, reduced_shape
from kernels.temporal import BandPass
from kernels.warp import upsample_row

#: What is added to ``Σ R Rᵀ``, as part of its trace: along an edge nothing is known of the motion.
_SLACK = 0.002
#: Noise is taken for no less than this contrast, which rounding leaves behind: where nothing is seen, nothing moves.
_LEAST_NOISE = 1e-6
#: A band smaller than this on its shorter side is left to the low-pass rest, which does not move.
_SMALLEST_BAND_PX = 12


def odd_taps(count: int = 3) -> Array:
    """Return the taps cₙ of an odd filter, ``2 Σ cₙ sin nk ≈ k``, for a band of a Laplacian pyramid.

    Least squares over 0 < k < π. Each k is weighted by the power that a picture with a 1/f spectrum has there in such a
    band, ``Σ over k' of (1 − h(k)² h(k')²)² / (k² + k'²)`` with the pyramid's low-pass ``h(k) = cos⁴(k/2)``.

    ``count`` ≥ 1 float64 numbers, for the pixels 1, 2, … to the right; those to the left are −cₙ.

    Examples
    --------
    >>> print(odd_taps().round(2))
    [ 0.99 -0.47  0.26]
    """
    k = (np.arange(128) + 0.5) * math.pi / 128
    low = np.cos(k / 2) ** 8
    power = ((1 - np.outer(low, low)) ** 2 / np.add.outer(k * k, k * k)).sum(axis=0)
    response = 2 * np.sin(np.outer(k, np.arange(1, count + 1)))
    root = np.sqrt(power)
    return np.linalg.lstsq(response * root[:, np.newaxis], k * root, rcond=None)[0]


_TAPS = odd_taps().astype(np.float32)


@core
def _quarter_turn_core(wave, taps, out, y0, y1):
    """Write X and Y of rows of a band (H, W) into ``out`` (2, H, W)."""
    height, width = wave.shape
    p, q, r = taps
    line = np.empty(width + 6, np.float32)
    a, b, c, d, e, f = line[0:], line[1:], line[2:], line[4:], line[5:], line[6:]
    for y in range(y0, y1):
        line[3 : width + 3] = wave[y]
        mirror(line, np.int64(3), width)
        row = out[0, y]
        for x in range(width):
            row[x] = p * (d[x] - c[x]) + q * (e[x] - b[x]) + r * (f[x] - a[x])
        above, below = wave[reflect(y - 1, height)], wave[reflect(y + 1, height)]
        above2, below2 = wave[reflect(y - 2, height)], wave[reflect(y + 2, height)]
        above3, below3 = wave[reflect(y - 3, height)], wave[reflect(y + 3, height)]
        row = out[1, y]
        for x in range(width):
            row[x] = p * (below[x] - above[x]) + q * (below2[x] - above2[x]) + r * (below3[x] - above3[x])


@core
def _sum_products(a, b, c, d, out):
    for x in range(out.size):
        out[x] = a[x] * b[x] + c[x] * d[x]


@core
def _cross_products(a, b, c, d, out):
    for x in range(out.size):
        out[x] = a[x] * b[x] - c[x] * d[x]


@core
def _products(i0, x0, y0, i1, x1, y1, out):
    """Write the six products of a row: of R Rᵀ xx, xy, yy, then I², and both of ``I₀ R₁ − R₀ I₁``.

    One at a time: a loop over so many arrays is not vectorised.
    """
    _sum_products(x0, x0, x1, x1, out[0])
    _sum_products(x0, y0, x1, y1, out[1])
    _sum_products(y0, y0, y1, y1, out[2])
    _sum_products(i0, i0, i1, i1, out[3])
    _cross_products(i0, x1, x0, i1, out[4])
    _cross_products(i0, y1, y0, i1, out[5])


@core
def _moments_core(wave0, turned0, wave1, turned1, out, y0, y1):
    """Blur the products with [1 4 6 4 1]/16 along both axes onto every second pixel: rows of (6, ⌈H/2⌉, ⌈W/2⌉)."""
    height, width = wave0.shape
    scale = np.float32(1 / 256)
    ring = np.empty((5, 6, width), np.float32)
    line = np.empty(2 * out.shape[2] + 4, np.float32)
    for y in range(y0, y1):
        for t in range(2 * y - 2 if y == y0 else 2 * y + 1, 2 * y + 3):
            s = reflect(t, height)
            _products(wave0[s], turned0[0, s], turned0[1, s], wave1[s], turned1[0, s], turned1[1, s], ring[(t + 5) % 5])
        a, b, c = ring[(2 * y + 3) % 5], ring[(2 * y + 4) % 5], ring[2 * y % 5]
        d, e = ring[(2 * y + 1) % 5], ring[(2 * y + 2) % 5]
        for n in range(6):
            reduce_rows(a[n], b[n], c[n], d[n], e[n], scale, line, out[n, y])


@core
def _motion_core(moments, noise_power, slack, motion, wave_number, y0, y1):
    """Solve for the motion (2, h, w) in px since the frame before, and write k kᵀ as xx, xy, yy (3, h, w)."""
    width = moments.shape[2]
    line, rows = np.empty(width + 4, np.float32), np.empty((6, width), np.float32)
    xx, xy, yy, power, right, down = rows
    for y in range(y0, y1):
        for n in range(6):
            blur_row(moments[n], y, line, rows[n])
        u, v = motion[0, y], motion[1, y]
        kxx, kxy, kyy = wave_number[0, y], wave_number[1, y], wave_number[2, y]
        for x in range(width):
            more = slack * (xx[x] + yy[x]) + noise_power
            a, b = xx[x] + more, yy[x] + more
            part = np.float32(1) / (a * b - xy[x] * xy[x])
            u[x] = (b * right[x] - xy[x] * down[x]) * part
            v[x] = (a * down[x] - xy[x] * right[x]) * part
            share = np.float32(1) / (power[x] + noise_power)
            kxx[x], kxy[x], kyy[x] = xx[x] * share, xy[x] * share, yy[x] * share


@core
def _turn_core(motion, wave_number, alpha, even, largest, out, y0, y1):
    """Turn α u into what waves are shifted by: ``α u sin m / m`` and ``cos m − 1`` with m² = α² uᵀ k kᵀ u."""
    two = np.float32(2)
    for y in range(y0, y1):
        u, v = motion[0, y], motion[1, y]
        kxx, kxy, kyy = wave_number[0, y], wave_number[1, y], wave_number[2, y]
        right, down, cosine = out[0, y], out[1, y], out[2, y]
        for x in range(u.size):
            p, q = alpha * u[x], alpha * v[x]
            m2 = max(p * p * kxx[x] + two * p * q * kxy[x] + q * q * kyy[x], np.float32(0))
            held = np.sqrt(largest / max(m2, largest))
            m2 = min(m2, largest)
            c, s = even[0, 0], even[1, 0]
            for n in range(1, 7):
                c = c * m2 + even[0, n]
                s = s * m2 + even[1, n]
            right[x], down[x], cosine[x] = p * held * s, q * held * s, c


@core
def _shift_core(wave, turned, turn, out, y0, y1):
    """Add to rows of ``out`` what the shift changes: ``I (cos m − 1) − R·α u sin m / m``."""
    width = wave.shape[1]
    line, rows = np.empty(turn.shape[2] + 1, np.float32), np.empty((3, width), np.float32)
    right, down, cosine = rows
    for y in range(y0, y1):
        for n in range(3):
            upsample_row(turn[n], y, 2, np.float32(1), line, rows[n])
        i, rx, ry, row = wave[y], turned[0, y], turned[1, y], out[y]
        for x in range(width):
            row[x] += cosine[x] * i[x] - (right[x] * rx[x] + down[x] * ry[x])


class _Level:
    """One band of the pyramid: its wave and quarter turns, of now and of the frame before, and its filter in time."""

    def __init__(self, shape: tuple[int, int], order: int) -> None:
        half = reduced_shape(shape)
        self.shape, self.half = shape, half
        self.wave = [np.zeros(shape, np.float32) for _ in range(2)]
        self.turned = [np.zeros((2, *shape), np.float32) for _ in range(2)]
        self.moments = np.zeros((6, *half), np.float32)
        self.motion = np.zeros((2, *half), np.float32)
        self.wave_number = np.zeros((3, *half), np.float32)
        self.turn = np.zeros((3, *half), np.float32)
        self.change = np.zeros(shape, np.float32)
        self.filter = BandPass((2, *half), order)

    def see(self, fine: Array, coarse: Array) -> None:
        """Make the band between two levels of a Gaussian pyramid that of now."""
        height, width = self.shape
        self.wave.reverse()
        self.turned.reverse()
        bands.run(expand_core, coarse, self.wave[1], height=height, width=width)
        np.subtract(fine, self.wave[1], out=self.wave[1])
        bands.run(_quarter_turn_core, self.wave[1], _TAPS, self.turned[1], height=height, width=width)

    def measure(self, noise: float) -> None:
        """Find the motion since the frame before."""
        height, width = self.half
        power = np.float32(2.0 * max(noise, _LEAST_NOISE) ** 2)
        waves = self.wave[0], self.turned[0], self.wave[1], self.turned[1]
        bands.run(_moments_core, *waves, self.moments, height=height, width=2 * width)
        motion = self.motion, self.wave_number
        bands.run(_motion_core, self.moments, power, np.float32(_SLACK), *motion, height=height, width=width)

    def shift(self, motion: Array, alpha: float, coarser: Array | None) -> Array:
        """Return what α times a motion changes, in this band and in the coarser ones: (H, W) float32."""
        (height, width), half = self.shape, self.half
        turning = motion, self.wave_number, np.float32(alpha), EVEN, np.float32(LARGEST_SHIFT**2)
        bands.run(_turn_core, *turning, self.turn, height=half[0], width=half[1])
        if coarser is None:
            self.change[:] = 0.0
        else:
            bands.run(expand_core, coarser, self.change, height=height, width=width)
        bands.run(_shift_core, self.wave[1], self.turned[1], self.turn, self.change, height=height, width=width)
        return self.change


def most_levels(shape: tuple[int, int]) -> int:
    """Return the number of bands a picture of ``shape`` has at most: the coarsest is 12 px or more on its shorter side.

    Examples
    --------
    >>> most_levels((480, 640)), most_levels((5, 9))
    (6, 1)
    """
    return max(1, 1 + int(math.log2(max(1, min(shape) / _SMALLEST_BAND_PX))))


class RieszMagnifier:
    """Magnify the motions within a band of frequencies, frame by frame.

    Parameters
    ----------
    shape
        (H, W) of the frames.
    levels
        Bands of the pyramid; None or more than there can be: :func:`most_levels`.
    order
        Of the band-pass in time, 1 or 2; see :func:`kernels.temporal.sections`.

    Notes
    -----
    About 100 flop and 80 bytes per pixel. Motions up to a quarter wavelength of a band between two frames are
    understood; motions of more than a quarter wavelength after magnification are held there (:data:`LARGEST_SHIFT`).

    Examples
    --------
    >>> x = np.arange(64.0)
    >>> wave = lambda d: np.tile(0.5 + 0.3 * np.cos(2 * np.pi * (x - d) / 8), (48, 1)).astype(np.float32)
    >>> magnifier = RieszMagnifier((48, 64))
    >>> for moved_px in (0, 0, 0.05):
    ...     change = magnifier.step(wave(moved_px), 0.04, alpha=9.0, low_hz=0.1, high_hz=12.0)
    ...     print(change.any())
    False
    False
    True
    """

    def __init__(self, shape: tuple[int, int], levels: int | None = None, order: int = 1) -> None:
        count = min(levels or most_levels(shape), most_levels(shape))
        self._shape = shape
        self._levels: list[_Level] = []
        for _ in range(count):
            self._levels.append(_Level(shape, order))
            shape = reduced_shape(shape)
        self._first = True

    def reset(self) -> None:
        """Forget the past: the next frame is the first."""
        self._first = True

    def step(
        self, image: Any, dt_s: float, *, alpha: float, low_hz: float, high_hz: float, noise: float = 0.001
    ) -> Array:
        """Return what is to be added to a frame, (H, W) float32, so that motions of the band are 1 + α times as large.

        Parameters
        ----------
        image
            (H, W) real, finite, in [0, 1].
        dt_s
            Time since the frame before in s; not looked at for the first.
        alpha
            Motions grow 1 + α times; −1 takes them away.
        low_hz, high_hz
            The band; see :func:`kernels.temporal.capped`.
        noise
            Contrast in [0, 1] below which little is believed.

        Returns
        -------
        (H, W) float32, exactly 0 where nothing has moved yet. The next step writes over it.

        Raises
        ------
        TypeError, ValueError
            If ``image`` is not finite, real and of the announced shape, or as :func:`kernels.temporal.capped`.
        """
        image = as_image(image)
        if image.shape != self._shape:
            raise ValueError(f"image must have shape {self._shape}, got {image.shape}")
        pyramid = [planes[0] for planes in gaussian_planes(image[np.newaxis], len(self._levels) + 1)]
        for level, fine, coarse in zip(self._levels, pyramid, pyramid[1:]):
            level.see(fine, coarse)
        if self._first:
            self._first = False
            for level in self._levels:
                level.filter.reset()
            return np.zeros(self._shape, np.float32)
        change = None
        for level in reversed(self._levels):
            level.measure(noise)
            motion = level.filter.step(level.motion, dt_s, low_hz, high_hz)
            change = level.shift(motion, alpha, change)
        return change
