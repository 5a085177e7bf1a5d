"""Slow, obvious float64 versions of layers that look at neighbours, and gradients by finite differences."""

import numpy as np


def convolution(x, weights, bias, top, shape):
    """Σ w[f, c, k, l] x[b, c, i + k − top, j + l − top] + bias[f], with zeros beyond the border."""
    x, weights = np.asarray(x, float), np.asarray(weights, float)
    count, channels, height, width = x.shape
    filters, _, size, _ = weights.shape
    y = np.zeros((count, filters, *shape))
    for b, f, i, j in np.ndindex(y.shape):
        y[b, f, i, j] = bias[f]
        for c, k, l in np.ndindex(channels, size, size):  # noqa: E741
            row, column = i + k - top, j + l - top
            if 0 <= row < height and 0 <= column < width:
                y[b, f, i, j] += weights[f, c, k, l] * x[b, c, row, column]
    return y


def pool(x, size, of_window):
    """One value ``of_window`` for each size × size window."""
    count, channels, height, width = x.shape
    y = np.zeros((count, channels, height // size, width // size))
    for b, c, i, j in np.ndindex(y.shape):
        y[b, c, i, j] = of_window(x[b, c, i * size : (i + 1) * size, j * size : (j + 1) * size])
    return y


def max_pool_gradient(x, dy, size):
    """All of dy goes to the first of a window's largest values."""
    dx = np.zeros(x.shape)
    for b, c, i, j in np.ndindex(dy.shape):
        places = [(i * size + k, j * size + l) for k in range(size) for l in range(size)]  # noqa: E741
        dx[b, c, *max(places, key=lambda place: x[b, c, *place])] += dy[b, c, i, j]
    return dx


def slopes(cost, values, step=1e-6):
    """∂cost/∂values by central differences; ``values`` is changed and restored in place."""
    result = np.zeros(values.shape)
    for place in np.ndindex(values.shape):
        before = values[place]
        values[place] = before + step
        above = cost()
        values[place] = before - step
        below = cost()
        values[place] = before
        result[place] = (above - below) / (2 * step)
    return result


def relative_difference(array, exact):
    """The largest difference, in parts of the largest exact value."""
    return np.abs(array - exact).max() / np.abs(exact).max()
