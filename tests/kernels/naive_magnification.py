"""Riesz magnification of a second frame, slow and obvious, in float64."""

import numpy as np
from scipy.ndimage import correlate1d, map_coordinates

BINOMIAL = np.array([1, 4, 6, 4, 1]) / 16


def blurred(plane):
    return correlate1d(correlate1d(plane, BINOMIAL, axis=0, mode="mirror"), BINOMIAL, axis=1, mode="mirror")


def reduced(plane):
    return blurred(plane)[::2, ::2]


def expanded(plane, shape):
    zeros = np.zeros(shape)
    zeros[::2, ::2] = plane
    return 4 * blurred(zeros)


def magnified(first, second, alpha, levels, taps, slack, noise):
    """Return what is to be added to ``second``."""
    if not levels:
        return np.zeros(second.shape)
    coarse = reduced(first), reduced(second)
    change = expanded(magnified(*coarse, alpha, levels - 1, taps, slack, noise), second.shape)
    waves = [image - expanded(small, image.shape) for image, small in zip((first, second), coarse)]
    odd = np.concatenate([-taps[::-1], [0], taps])
    rights, downs = ([correlate1d(wave, odd, axis=axis, mode="mirror") for wave in waves] for axis in (1, 0))
    (i0, i1), (x0, x1), (y0, y1) = waves, rights, downs
    products = x0 * x0 + x1 * x1, x0 * y0 + x1 * y1, y0 * y0 + y1 * y1, i0 * i0 + i1 * i1
    xx, xy, yy, power, right, down = (
        blurred(reduced(plane)) for plane in (*products, i0 * x1 - x0 * i1, i0 * y1 - y0 * i1)
    )
    u, v = np.empty((2, *xx.shape))
    for place in np.ndindex(xx.shape):
        more = slack * (xx[place] + yy[place]) + 2 * noise**2
        matrix = [[xx[place] + more, xy[place]], [xy[place], yy[place] + more]]
        u[place], v[place] = alpha * np.linalg.solve(matrix, [right[place], down[place]])
    m = np.sqrt((xx * u * u + 2 * xy * u * v + yy * v * v) / (power + 2 * noise**2))
    held = np.minimum(1, np.pi / 2 / np.maximum(m, 1e-30))
    m = m * held
    places = [np.minimum(place / 2, size - 1) for place, size in zip(np.indices(second.shape), xx.shape)]
    a, b, c = (
        map_coordinates(plane, places, order=1, mode="nearest")
        for plane in (np.sinc(m / np.pi) * u * held, np.sinc(m / np.pi) * v * held, np.cos(m) - 1)
    )
    return change + c * i1 - a * x1 - b * y1
