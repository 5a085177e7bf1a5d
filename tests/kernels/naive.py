"""Slow, obvious float64 versions of the kernels: what the tests hold the fast ones against."""

import math
from itertools import pairwise

import numpy as np

TAPS = np.array([1, 4, 6, 4, 1]) / 16


def mirrored(index, size):
    """Walk from ``index`` back into 0 … size − 1, turning round on the edge pixels."""
    if size == 1:
        return 0
    while not 0 <= index < size:
        index = -index if index < 0 else 2 * (size - 1) - index
    return index


def clamped(position, size):
    return min(max(position, 0), size - 1)


def correlate(image, kernel, sign=1):
    """Σ I[m + k, n + l] g[k, l] with k and l counted from the middle of g."""
    image, kernel = np.asarray(image, float), np.asarray(kernel, float)
    (height, width), (rows, columns) = image.shape, kernel.shape
    result = np.zeros(image.shape)
    for m, n in np.ndindex(height, width):
        for i, j in np.ndindex(rows, columns):
            k, l = i - rows // 2, j - columns // 2  # noqa: E741
            result[m, n] += image[mirrored(m + sign * k, height), mirrored(n + sign * l, width)] * kernel[i, j]
    return result


def convolve(image, kernel):
    """Σ I[m − k, n − l] g[k, l]."""
    return correlate(image, kernel, sign=-1)


def reduce(image):
    return correlate(image, np.outer(TAPS, TAPS))[::2, ::2]


def expand(image, shape):
    """Insert zeros, blur, double along each axis; an axis of one pixel has no room for zeros and stays as it is."""
    filled = np.zeros(shape)
    filled[::2, ::2] = image
    column, row = (2 * TAPS if size > 1 else np.ones(1) for size in shape)
    return correlate(filled, np.outer(column, row))


def laplacian(image, levels):
    pyramid = [np.asarray(image, float)]
    for _ in range(levels - 1):
        pyramid.append(reduce(pyramid[-1]))
    return [fine - expand(coarse, fine.shape) for fine, coarse in pairwise(pyramid)] + pyramid[-1:]


def keys(distance):
    """Keys' cubic convolution kernel with a = −1/2, as equation (15) of his paper prints it."""
    s = abs(distance)
    if s < 1:
        return 1.5 * s**3 - 2.5 * s**2 + 1
    if s < 2:
        return -0.5 * s**3 + 2.5 * s**2 - 4 * s + 2
    return 0.0


def tent(distance):
    return max(0.0, 1 - abs(distance))


def sample_at(image, x, y, order):
    height, width = image.shape
    weigh = {"linear": tent, "cubic": keys}[order]
    x, y = clamped(x, width), clamped(y, height)
    total = 0.0
    for m in range(math.floor(y) - 1, math.floor(y) + 3):
        for n in range(math.floor(x) - 1, math.floor(x) + 3):
            total += float(image[clamped(m, height), clamped(n, width)]) * weigh(x - n) * weigh(y - m)
    return total


def warp(image, flow, order="linear"):
    result = np.zeros(image.shape)
    for y, x in np.ndindex(*image.shape):
        result[y, x] = sample_at(image, x + float(flow[0, y, x]), y + float(flow[1, y, x]), order)
    return result


def upsample_flow(flow, shape, factor):
    result = np.zeros((2, *shape))
    for plane, y, x in np.ndindex(*result.shape):
        result[plane, y, x] = factor * sample_at(flow[plane], x / factor, y / factor, "linear")
    return result


RINGS = (((0, 0),), ((2, 0), (-2, 0), (0, 2), (0, -2)), ((3, 3), (3, -3), (-3, 3), (-3, -3)))
MEDIAN_TAPS = [tap for ring in (*RINGS, ((5, 0), (-5, 0), (0, 5), (0, -5))) for tap in ring]


def weighted_median(plane, guide):
    """Weighted median in float64, pixel by pixel: sort, add up the weights, take the first value past half of them."""
    height, width = guide.shape
    out = np.empty((height, width))
    for y in range(height):
        for x in range(width):
            entries = []
            for dx, dy in MEDIAN_TAPS:
                there = min(max(y + dy, 0), height - 1), min(max(x + dx, 0), width - 1)
                likeness = 1 / (1 + ((float(guide[there]) - float(guide[y, x])) / (14 / 255)) ** 2)
                weight = 63 if (dx, dy) == (0, 0) else 2 * int(31 * likeness + 0.5)
                entries.append((float(plane[there]), weight))
            entries.sort()
            reached = np.cumsum([weight for _, weight in entries])
            out[y, x] = entries[int(np.argmax(2 * reached > reached[-1]))][0]
    return out
