"""Linear filters: convolution, correlation, Gaussians, and their derivatives steered to any direction.

Beyond its border a picture is continued by its mirror image, reflect-101, … c b | a b c … | b a …, unless another
border is named.

W. T. Freeman, E. H. Adelson, "The design and use of steerable filters", IEEE Trans. PAMI 13(9), 1991.
"""

import math
from typing import Any

import numpy as np

from kernels import bands
from kernels._jit import core
from kernels.borders import mirror, reflect
from kernels.checks import Array, as_image, plain

#: What can continue a picture a b c d beyond its border, and numpy's name of it: c b | a b c d | c b, zeros,
#: a a | a b c d | d d, and c d | a b c d | a b.
BORDERS = {"mirror": "reflect", "zero": "constant", "repeat": "edge", "wrap": "wrap"}


def result_array(out: Any, shape: tuple[int, ...], *inputs: Array) -> Array:
    """Return ``out`` if a core can write it, or a new float32 array of ``shape`` if it is None.

    Raises TypeError for another dtype; ValueError for another shape, strides, read-only or memory shared with an input.
    """
    if out is None:
        return np.empty(shape, np.float32)
    if not isinstance(out, np.ndarray) or out.dtype != np.float32:
        raise TypeError(f"out must be a float32 array, got {getattr(out, 'dtype', type(out).__name__)}")
    if out.shape != shape:
        raise ValueError(f"out must have shape {shape}, got {out.shape}")
    if not (out.flags.c_contiguous and out.flags.writeable):
        raise ValueError("out must be C-contiguous and writable")
    if any(np.may_share_memory(out, image) for image in inputs):
        raise ValueError("out must not share memory with an input")
    return out


@core
def _add_taps(line, taps, row):
    """Add ``Σ taps[n] line[x + n]`` to ``row[x]``, four taps at a time so that the row stays in registers."""
    size, width = len(taps), len(row)
    n = 0
    while n + 4 <= size:
        p, q, r, s = taps[n], taps[n + 1], taps[n + 2], taps[n + 3]
        a, b, c, d = line[n:], line[n + 1 :], line[n + 2 :], line[n + 3 :]
        for x in range(width):
            row[x] += (p * a[x] + q * b[x]) + (r * c[x] + s * d[x])
        n += 4
    while n < size:
        p, a = taps[n], line[n:]
        for x in range(width):
            row[x] += p * a[x]
        n += 1


@core
def _correlate_core(padded, kernel, out, y0, y1):
    for y in range(y0, y1):
        row = out[y]
        row[:] = np.float32(0)
        for k in range(len(kernel)):
            _add_taps(padded[y + k], kernel[k], row)


def _correlate(image: Any, kernel: Array, centre: tuple[int, int], border: str, out: Array | None) -> Array:
    """Lay ``kernel``, whose pixel ``centre`` goes to the pixel it makes, over an image continued beyond its border."""
    image = as_image(image)
    if border not in BORDERS:
        raise ValueError(f"border must be one of {', '.join(BORDERS)}, got {border!r}")
    out = result_array(out, image.shape, image)
    before_and_after = [(c, size - 1 - c) for c, size in zip(centre, kernel.shape, strict=True)]
    padded = np.pad(image, before_and_after, BORDERS[border])
    bands.run(_correlate_core, padded, plain(kernel), out, height=out.shape[0], width=out.shape[1])
    return out


def correlate(image: Any, kernel: Any, out: Array | None = None, *, border: str = "mirror") -> Array:
    """Lay a kernel over every pixel of an image and sum the products, ``f[m, n] = Σ I[m + k, n + l] g[k, l]``.

    K · L multiply-adds per pixel.

    Parameters
    ----------
    image
        (H, W) real, finite.
    kernel
        (K, L) real, finite; k and l count from its middle pixel ``(K // 2, L // 2)``.
    out
        (H, W) float32, C-contiguous, apart from ``image``; allocated if None.
    border
        What continues the image beyond its border, one of :data:`BORDERS`; any size of image and kernel will do.

    Returns
    -------
    (H, W) float32 in the unit of ``image``: ``out`` if given.

    Raises
    ------
    TypeError, ValueError
        If an argument does not hold finite real numbers, its shape is wrong, ``out`` cannot be written safely or
        ``border`` is unknown.

    Examples
    --------
    >>> print(correlate([[8, 5, 2], [7, 5, 3], [9, 4, 1]], [[-1, 0, 1]] * 3)[1, 1])
    -18.0
    """
    kernel = as_image(kernel, "kernel")
    return _correlate(image, kernel, (kernel.shape[0] // 2, kernel.shape[1] // 2), border, out)


def convolve(image: Any, kernel: Any, out: Array | None = None, *, border: str = "mirror") -> Array:
    """Convolve an image with a kernel, ``f[m, n] = Σ I[m − k, n − l] g[k, l]``: an impulse becomes the kernel.

    Arguments, borders and errors are those of :func:`correlate`; the kernel acts turned by 180°.

    Examples
    --------
    >>> print(convolve([[8, 5, 2], [7, 5, 3], [9, 4, 1]], [[-1, 0, 1]] * 3)[1, 1])
    18.0
    """
    kernel = as_image(kernel, "kernel")[::-1, ::-1]
    return _correlate(image, kernel, ((kernel.shape[0] - 1) // 2, (kernel.shape[1] - 1) // 2), border, out)


@core
def _separable_core(image, row_taps, column_taps, centre_x, centre_y, out, y0, y1):
    height, width = image.shape
    line = np.empty(width + len(row_taps) - 1, np.float32)
    inner = line[centre_x : centre_x + width]
    for y in range(y0, y1):
        inner[:] = np.float32(0)
        for k in range(len(column_taps)):
            tap, source = column_taps[k], image[reflect(y + k - centre_y, height)]
            for x in range(width):
                inner[x] += tap * source[x]
        mirror(line, centre_x, width)
        row = out[y]
        row[:] = np.float32(0)
        _add_taps(line, row_taps, row)


def separable(image: Any, row_kernel: Any, column_kernel: Any, out: Array | None = None) -> Array:
    """Convolve with the outer product ``g[k, l] = column_kernel[k] · row_kernel[l]``, one axis after the other.

    K + L multiply-adds per pixel instead of K · L; each row is filtered along y, then along x, in cache.

    Parameters
    ----------
    image, out
        As :func:`correlate`, which says too what is returned and raised.
    row_kernel, column_kernel
        (L,) weights along x and (K,) weights along y: real, finite, counted from the middle ``L // 2``, ``K // 2``.

    Examples
    --------
    >>> print(separable([[0, 0, 1, 0, 0]], [1, 2, 3], [2]))
    [[0. 2. 4. 6. 0.]]
    """
    image = as_image(image)
    taps = []
    for name, kernel in (("row_kernel", row_kernel), ("column_kernel", column_kernel)):
        if np.ndim(kernel) != 1:
            raise ValueError(f"{name} must have shape (K,), got {np.shape(kernel)}")
        taps.append(np.ascontiguousarray(as_image(np.reshape(kernel, (1, -1)), name)[0, ::-1]))
    out = result_array(out, image.shape, image)
    centre_x, centre_y = ((len(tap) - 1) // 2 for tap in taps)
    bands.run(_separable_core, image, *taps, centre_x, centre_y, out, height=out.shape[0], width=out.shape[1])
    return out


def gaussian_kernel(sigma: float, order: int = 0) -> Array:
    """Return the weights of a sampled Gaussian, or of its derivative of an ``order`` N ≥ 0.

    ``g(x) = exp(−x² / 2σ²) / Σ exp(…)``; ``g⁽ᴺ⁾(x) = (−1/σ)ᴺ He_N(x/σ) g(x)`` with Hermite's polynomial He_N, as
    (2 r + 1,) float64 in px⁻ᴺ with r = ⌊5 σ + ½⌋. Order 0 sums to 1.

    Raises ValueError unless ``sigma`` (px) is positive and finite and ``order`` is 0 or more. Derivatives are well
    sampled from about σ = 0.7 px.

    Examples
    --------
    >>> print(gaussian_kernel(0.4).round(4))
    [0.     0.0404 0.9192 0.0404 0.    ]
    """
    if not (sigma > 0 and math.isfinite(sigma)):
        raise ValueError(f"sigma must be positive and finite, got {sigma}")
    if order < 0:
        raise ValueError(f"order must be 0 or more, got {order}")
    radius = int(5 * sigma + 0.5)
    x = np.arange(-radius, radius + 1) / sigma
    bell = np.exp(-x * x / 2)
    hermite = np.polynomial.hermite_e.hermeval(x, [0] * order + [1])
    return (-1 / sigma) ** order * hermite * bell / bell.sum()


def gaussian(image: Any, sigma: float, out: Array | None = None) -> Array:
    """Blur an image with :func:`gaussian_kernel` along both axes; arguments and errors as :func:`separable`.

    Examples
    --------
    >>> print(gaussian([[5, 5, 5]], 1.5).round(5))
    [[5. 5. 5.]]
    """
    taps = gaussian_kernel(sigma)
    return separable(image, taps, taps, out)


def steering_weights(order: int, angle: float) -> Array:
    """Return the weights that steer a derivative: ``(cos α ∂x + sin α ∂y)ᴺ = Σ_k weights[k] ∂xᴺ⁻ᵏ ∂yᵏ``.

    For an order N ≥ 0 and an angle α in radians (0 to the right, π/2 down), ValueError otherwise, these are the N + 1
    float64 numbers ``C(N, k) cosᴺ⁻ᵏ α sinᵏ α``: as many basis filters make any direction (Freeman and Adelson, III).

    Examples
    --------
    >>> print(steering_weights(2, 0.0))
    [1. 0. 0.]
    """
    if order < 0 or not math.isfinite(angle):
        raise ValueError(f"order must be 0 or more and angle finite, got {order} and {angle}")
    cosine, sine = math.cos(angle), math.sin(angle)
    return np.array([math.comb(order, k) * cosine ** (order - k) * sine**k for k in range(order + 1)])


def derivative_bases(sigma: float, order: int) -> Array:
    """Return the N + 1 filters ``∂xᴺ⁻ᵏ ∂yᵏ`` of a Gaussian, k = 0 … N, from which any direction is steered.

    They are (N + 1, 2 r + 1, 2 r + 1) float64 in px⁻ᴺ, each the outer product of two :func:`gaussian_kernel`, which
    says what is raised. The filter at α is ``np.tensordot(steering_weights(N, α), derivative_bases(σ, N), 1)``; it is
    meant for :func:`convolve`.

    Examples
    --------
    >>> print(derivative_bases(1.0, 2).shape)
    (3, 11, 11)
    """
    taps = [gaussian_kernel(sigma, n) for n in range(order + 1)]
    return np.array([np.outer(taps[k], taps[order - k]) for k in range(order + 1)])


def derivative_of_gaussian(image: Any, sigma: float, angle: float, *, order: int = 1) -> Array:
    """Convolve with a derivative of a Gaussian in any direction, steered from ``order + 1`` separable ones.

    Order 1 is ``g^α = cos α · g_x + sin α · g_y``: the slope of the blurred image along α.

    Parameters
    ----------
    image
        (H, W) real, finite; errors as :func:`correlate`. The result is in its unit per px to the power ``order``.
    sigma, order
        Standard deviation in px and order of the derivative; errors as :func:`gaussian_kernel`.
    angle
        Direction α in radians: 0 to the right, π/2 down.

    Examples
    --------
    >>> ramp = np.tile(3.0 * np.arange(33), (33, 1))
    >>> print(derivative_of_gaussian(ramp, 1.5, 0.0)[16, 16].round(3))
    3.0
    """
    taps = [gaussian_kernel(sigma, n) for n in range(order + 1)]
    image = as_image(image)
    total = np.zeros_like(image)
    for k, weight in enumerate(steering_weights(order, angle)):
        total += np.float32(weight) * separable(image, taps[order - k], taps[k])
    return total
