"""Slow, obvious float64 versions of the kernels: what the tests hold the fast ones against."""

import numpy as np

TAPS = (1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16)


def mirrored(index, size):
    """Walk from ``index`` back into 0 … size − 1, turning round on the edge pixels."""
    while size > 1 and not 0 <= index < size:
        index = -index if index < 0 else 2 * (size - 1) - index
    return index if size > 1 else 0


def correlate(image, kernel):
    """Σ I[m + k, n + l] g[k, l], k and l counted from the middle of g."""
    image, kernel = np.asarray(image, float), np.asarray(kernel, float)
    (height, width), (rows, columns) = image.shape, kernel.shape
    result = np.zeros(image.shape)
    for m in range(height):
        for n in range(width):
            for k in range(rows):
                for l in range(columns):
                    y, x = mirrored(m + k - rows // 2, height), mirrored(n + l - columns // 2, width)
                    result[m, n] += image[y, x] * kernel[k, l]
    return result


def convolve(image, kernel):
    """Σ I[m − k, n − l] g[k, l]: correlation with the kernel turned by 180°."""
    return correlate(image, np.asarray(kernel)[::-1, ::-1])


def reduce(image):
    return correlate(image, np.outer(TAPS, TAPS))[::2, ::2]


def expand(image, shape):
    """Insert zeros, blur, times 4. Blurring at 1 row or column is identity there: no zero was inserted."""
    filled = np.zeros(shape)
    filled[::2, ::2] = image
    column = np.array(TAPS) * 2 if shape[0] > 1 else np.ones(1)
    row = np.array(TAPS) * 2 if shape[1] > 1 else np.ones(1)
    return correlate(filled, np.outer(column, row))
