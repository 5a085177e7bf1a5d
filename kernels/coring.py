"""Noise removal by coring: in the bands of a pyramid what is small is noise, what is large is picture.

Three rules, each for a band c = x + n with white noise in the picture, so that the noise n of each band is known:
:func:`hard`, :func:`soft` and :func:`wiener`. The low-pass rest is left alone.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np

from kernels import pyramid
from kernels.checks import Array, as_image
from kernels.steerable import Bands, SteerablePyramid, most_levels

TRANSFORMS = ("steerable", "laplacian")

#: The 3 × 3 coefficients that the local rule looks at, the middle one in the middle.
_NEIGHBOURS = tuple(product((-1, 0, 1), repeat=2))
_MIDDLE = len(_NEIGHBOURS) // 2

#: log z of the local contrasts that are tried, evenly likely: the grid of Portilla et al., section V.
_LOG_CONTRASTS = np.linspace(-20.5, 3.5, 13)

#: Coefficients that the local rule takes at once: few enough for the cache, and for BLAS to start no threads.
_AT_ONCE = 2048

#: Pixels by which a picture is continued by its mirror image, because the steerable pyramid takes it as periodic.
_MARGIN = 16


def hard(band: Array, covariance: Array) -> Array:
    """Keep what is above three standard deviations of the noise: ``x̂ = c if |c| > 3σ else 0``.

    ``band`` is (h, w); ``covariance`` is (9, 9), of the noise among 3 × 3 coefficients. The result is (h, w). D. L.
    Donoho, I. M. Johnstone, "Ideal spatial adaptation by wavelet shrinkage", Biometrika 81, 1994.
    """
    return np.where(np.abs(band) > 3 * np.sqrt(covariance[_MIDDLE, _MIDDLE]), band, band.dtype.type(0))


def soft(band: Array, covariance: Array) -> Array:
    """Draw everything towards 0 by a threshold from Bayes' rule: ``x̂ = sign(c) max(|c| − σ²/σ_x, 0)``.

    ``σ_x² = mean c² − σ²``, which makes it close to the best threshold for x distributed as Laplace did. Arguments as
    :func:`hard`. S. G. Chang, B. Yu, M. Vetterli, "Adaptive wavelet thresholding for image denoising and compression",
    IEEE Trans. Image Processing 9(9), 2000.
    """
    variance = covariance[_MIDDLE, _MIDDLE]
    of_picture = float(np.mean(np.square(band, dtype=np.float64))) - variance
    if of_picture <= 0:
        return np.zeros_like(band)
    threshold = band.dtype.type(variance / np.sqrt(of_picture))
    return np.sign(band) * np.maximum(np.abs(band) - threshold, 0)


def wiener(band: Array, covariance: Array) -> Array:
    """Filter by Wiener's rule, locally: ``x̂ = Σ_z p(z | c) z C_x (z C_x + C_n)⁻¹ c`` for the 3 × 3 coefficients c.

    They are c = x + n, x Gaussian of covariance z C_x and n of C_n. Over the band
    ``C_x = C_c − C_n``; z, the contrast just there, is not known, so all are tried and weighed by how well they explain
    c: ``p(z | c) ∝ |z C_x + C_n|^−½ exp(−½ cᵀ (z C_x + C_n)⁻¹ c)``. With v = Qᵀ S⁻¹ c, where S Sᵀ = C_n and
    Q Λ Qᵀ = S⁻¹ C_x S⁻ᵀ, all matrices are diagonal. Arguments as :func:`hard`.

    J. Portilla, V. Strela, M. J. Wainwright, E. P. Simoncelli, "Image denoising using scale mixtures of Gaussians in
    the wavelet domain", IEEE Trans. Image Processing 12(11), 2003, equations 5 to 14.
    """
    of_picture = _positive(_covariance(band) - covariance)
    if not of_picture.any():
        return np.zeros_like(band)
    values, vectors = np.linalg.eigh(covariance)
    root = np.sqrt(np.maximum(values, 1e-6 * values[-1]))
    S, inverse = vectors * root, (vectors / root).T
    gains, Q = np.linalg.eigh(inverse @ of_picture @ inverse.T)
    signal = np.exp(_LOG_CONTRASTS)[:, np.newaxis] * np.maximum(gains, 0)  # z Λ, a row for every z
    to_v, to_log_p, to_estimates = (
        matrix.astype(band.dtype)
        for matrix in (Q.T @ inverse, -0.5 / (1 + signal), (S @ Q)[_MIDDLE] * signal / (1 + signal))
    )
    log_prior = -0.5 * np.log1p(signal).sum(axis=1, keepdims=True).astype(band.dtype)
    around = np.stack([np.roll(band, (-y, -x), (0, 1)).ravel() for y, x in _NEIGHBOURS])
    result = np.empty_like(band)
    for start in range(0, band.size, _AT_ONCE):
        v = to_v @ around[:, start : start + _AT_ONCE]
        log_p = to_log_p @ (v * v) + log_prior
        p = np.exp(log_p - log_p.max(axis=0))
        result.flat[start : start + _AT_ONCE] = (p * (to_estimates @ v)).sum(axis=0) / p.sum(axis=0)
    return result


MODES: dict[str, Callable[[Array, Array], Array]] = {"hard": hard, "soft": soft, "wiener": wiener}


def _covariance(band: Array) -> Array:
    """Return the (9, 9) float64 covariance among 3 × 3 coefficients of a band, taken as periodic and of mean 0."""
    power = np.abs(np.fft.rfft2(band.astype(np.float64))) ** 2
    products = np.fft.irfft2(power, band.shape) / band.size
    height, width = band.shape
    return np.array(
        [[products[(p[0] - q[0]) % height, (p[1] - q[1]) % width] for q in _NEIGHBOURS] for p in _NEIGHBOURS]
    )


def _positive(covariance: Array) -> Array:
    """Return the covariance nearest to a difference of two: without negative eigenvalues, of the same trace."""
    values, vectors = np.linalg.eigh(covariance)
    kept = np.maximum(values, 0)
    return (vectors * kept) @ vectors.T * (max(values.sum(), 0) / max(kept.sum(), np.finfo(float).tiny))


def most_scales(shape: tuple[int, int]) -> int:
    """Return how many scales of the steerable pyramid are cored at most for a picture of ``shape``."""
    return most_levels((shape[0] + 2 * _MARGIN, shape[1] + 2 * _MARGIN))


Split = Callable[[Array], tuple[list[Array], Callable[[list[Array]], Array]]]


def _split(shape: tuple[int, int], transform: str, levels: int, order: int) -> Split:
    """Return what takes a picture apart into bands to core, and what then puts it together with the rest of it."""

    def laplacian(image: Array) -> tuple[list[Array], Callable[[list[Array]], Array]]:
        *bands, rest = pyramid.laplacian(image, levels + 1)
        return bands, lambda cored: pyramid.collapse([*cored, rest])

    if transform == "laplacian":
        return laplacian
    steerable = SteerablePyramid(shape, min(levels, most_levels(shape)), order)

    def oriented(image: Array) -> tuple[list[Array], Callable[[list[Array]], Array]]:
        bands = steerable.build(image)

        def join(cored: list[Array]) -> Array:
            count = order + 1
            levels_of_bands = tuple(np.array(cored[k : k + count]) for k in range(1, len(cored), count))
            return steerable.collapse(Bands(cored[0], levels_of_bands, bands.low))

        return [bands.high, *(band for level in bands.oriented for band in level)], join

    return oriented


@lru_cache(maxsize=8)
def _noise(shape: tuple[int, int], transform: str, levels: int, order: int) -> tuple[Array, ...]:
    """Return the covariance of white noise of variance 1 in every band: of a picture whose |X|² are all equal."""
    spectrum = np.fft.rfft2(np.random.default_rng(0).standard_normal(shape))
    white = np.fft.irfft2(spectrum / np.abs(spectrum), shape) * np.sqrt(shape[0] * shape[1])
    bands, _ = _split(shape, transform, levels, order)(white.astype(np.float32))
    return tuple(_covariance(band) for band in bands)


def denoise(
    image: Any, sigma: float, *, mode: str = "wiener", transform: str = "steerable", levels: int = 4, order: int = 3
) -> Array:
    """Remove white noise of a known strength from an image.

    Parameters
    ----------
    image
        (H, W) real, finite.
    sigma
        Standard deviation of the noise in the unit of ``image``, ≥ 0.
    mode
        Rule for a coefficient: "hard", "soft" or "wiener", the functions of those names.
    transform
        Whose bands are cored: "steerable", or "laplacian", which knows no directions.
    levels, order
        Scales that are cored, ≥ 1, and order of the steerable pyramid.

    Returns
    -------
    (H, W) float32 in the unit of ``image``.

    Raises
    ------
    TypeError, ValueError
        If an argument is of another kind or out of its range.

    Notes
    -----
    Defaults were chosen on scikit-image's coffee and astronaut; ``python -m benchmarks.coring`` measures on camera.

    Examples
    --------
    >>> noisy = 0.5 + 0.1 * np.random.default_rng(0).standard_normal((64, 64))
    >>> print(np.std(noisy).round(2), np.std(denoise(noisy, 0.1)).round(2))
    0.1 0.01
    """
    image = as_image(image)
    if not (sigma >= 0 and np.isfinite(sigma)):
        raise ValueError(f"sigma must be 0 or more and finite, got {sigma}")
    for name, value, known in (("mode", mode, MODES), ("transform", transform, TRANSFORMS)):
        if value not in known:
            raise ValueError(f"{name} must be one of {', '.join(known)}, got {value!r}")
    if sigma == 0:
        return image.copy()
    padded = np.pad(image, _MARGIN, "reflect")
    settings = padded.shape, transform, levels, order
    bands, join = _split(*settings)(padded)
    pairs = zip(bands, _noise(*settings), strict=True)
    result = join([MODES[mode](band, sigma**2 * covariance) for band, covariance in pairs])
    return np.ascontiguousarray(result[_MARGIN:-_MARGIN, _MARGIN:-_MARGIN])
