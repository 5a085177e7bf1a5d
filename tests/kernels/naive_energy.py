"""The motion functional and its descent in float64, pixel by pixel, as written in the documentation."""

import numpy as np

from tests.kernels import naive

ROBUST_EPSILONS = (0.05, 0.03, 0.1)
ZETA = 1.5 / 255


def derivative(image, axis):
    """[1 −8 0 8 −1]/12 along an axis, mirrored."""
    image = np.asarray(image, np.float64)
    out = np.zeros_like(image)
    size = image.shape[axis]
    for n in range(size):
        total = 0.0
        for offset, tap in ((-2, 1), (-1, -8), (1, 8), (2, -1)):
            total = total + tap * np.take(image, naive.mirrored(n + offset, size), axis=axis)
        out[(slice(None),) * axis + (n,)] = total / 12
    return out


def linearise(image0, image1, flow):
    """Three normalised constraint lines per pixel, (9, H, W); with two planes of colour five, (15, H, W)."""
    image0, image1, flow = (np.asarray(array, np.float64) for array in (image0, image1, flow))
    (image0, *colours0), (image1, *colours1) = image0.reshape(-1, *flow.shape[1:]), image1.reshape(-1, *flow.shape[1:])
    warped = naive.warp(image1, flow, "cubic")
    mean, change = (image0 + warped) / 2, warped - image0
    fx, fy = derivative(mean, 1), derivative(mean, 0)
    lines = [
        (fx, fy, change),
        (derivative(fx, 1), derivative(fx, 0), derivative(change, 1)),
        (derivative(fx, 0), derivative(fy, 0), derivative(change, 0)),
    ]
    for colour0, colour1 in zip(colours0, colours1):
        warped = naive.warp(colour1, flow, "cubic")
        mean = (colour0 + warped) / 2
        lines.append((derivative(mean, 1), derivative(mean, 0), warped - colour0))
    height, width = image0.shape
    y, x = np.mgrid[:height, :width]
    inside = (x + flow[0] >= 0) & (x + flow[0] <= width - 1) & (y + flow[1] >= 0) & (y + flow[1] <= height - 1)
    planes = []
    for a, b, t in lines:
        scale = inside / np.sqrt(a**2 + b**2 + ZETA**2)
        planes += [a * scale, b * scale, (t - a * flow[0] - b * flow[1]) * scale]
    return np.array(planes)


def penalty(s2, epsilon, robust):
    return np.sqrt(s2 + epsilon**2) - epsilon if robust else s2


def residuals(constraints, flow, y, x):
    """Distances of the motion at a pixel from its lines, in three groups: brightness, gradient and colour."""
    u, v = flow[:, y, x]
    r = [nx * u + ny * v + d for nx, ny, d in constraints[:, y, x].reshape(-1, 3)]
    return r[:1], r[1:3], r[3:]


def energy(constraints, flow, prior, image, weights):
    """Data, smoothness and temporal terms, summed over pixels and edges."""
    image = np.asarray(image, np.float64)
    e_data, e_smooth, e_time = ROBUST_EPSILONS
    _, height, width = flow.shape
    robust = weights.robust
    data = smoothness = temporal = 0.0
    for y in range(height):
        for x in range(width):
            groups = residuals(constraints, flow, y, x)
            for weight, group in zip((weights.brightness, weights.gamma, weights.delta), groups):
                data += weight * penalty(sum(r**2 for r in group), e_data, robust)
            temporal += weights.beta * penalty(((flow[:, y, x] - prior[:, y, x]) ** 2).sum(), e_time, robust)
            for ny, nx in ((y, x + 1), (y + 1, x)):
                if ny < height and nx < width:
                    difference = ((flow[:, y, x] - flow[:, ny, nx]) ** 2).sum()
                    alike = 1 / (1 + weights.kappa * abs(image[ny, nx] - image[y, x]))
                    smoothness += weights.alpha * alike * penalty(difference, e_smooth, robust)
    return np.array([data, smoothness, temporal])


def weigh(constraints, flow, prior, image, weights):
    """The quadratic bound at ``flow`` as a (7, H, W) system."""
    e_data, e_smooth, e_time = ROBUST_EPSILONS
    robust = weights.robust

    def double_slope(s2, epsilon):
        return 1 / np.sqrt(s2 + epsilon**2) if robust else 2.0

    c, image = np.asarray(constraints, np.float64), np.asarray(image, np.float64)
    _, height, width = flow.shape
    system = np.zeros((7, height, width))
    for y in range(height):
        for x in range(width):
            w = flow[:, y, x]
            pull = weights.beta * double_slope(((w - prior[:, y, x]) ** 2).sum(), e_time)
            slopes = []
            groups = residuals(c, flow, y, x)
            for weight, group in zip((weights.brightness, weights.gamma, weights.delta), groups):
                slopes += [weight * double_slope(sum(r**2 for r in group), e_data)] * len(group)
            matrix, vector = pull * np.eye(2), -pull * prior[:, y, x]
            for slope, (nx, ny, d) in zip(slopes, c[:, y, x].reshape(-1, 3)):
                matrix = matrix + slope * np.outer((nx, ny), (nx, ny))
                vector = vector + slope * d * np.array((nx, ny))
            system[:5, y, x] = matrix[0, 0], matrix[0, 1], matrix[1, 1], vector[0], vector[1]
            for plane, (ny, nx) in ((5, (y, x + 1)), (6, (y + 1, x))):
                if ny < height and nx < width:
                    alike = weights.alpha / (1 + weights.kappa * abs(image[ny, nx] - image[y, x]))
                    system[plane, y, x] = alike * double_slope(((w - flow[:, ny, nx]) ** 2).sum(), e_smooth)
    return system


def dense_system(system):
    """The quadratic ½ wᵀ M w + cᵀ w of a (7, H, W) system as a matrix over all unknowns (u then v)."""
    system = np.asarray(system, np.float64)
    _, height, width = system.shape
    count = height * width
    matrix, constant = np.zeros((2 * count, 2 * count)), np.zeros(2 * count)
    for y in range(height):
        for x in range(width):
            p = y * width + x
            a11, a12, a22, b1, b2, right, below = system[:, y, x]
            matrix[p, p] += a11
            matrix[p, p + count] += a12
            matrix[p + count, p] += a12
            matrix[p + count, p + count] += a22
            constant[p], constant[p + count] = b1, b2
            for g, q, there in ((right, p + 1, x + 1 < width), (below, p + width, y + 1 < height)):
                if there:
                    for shift in (0, count):
                        matrix[p + shift, p + shift] += g
                        matrix[q + shift, q + shift] += g
                        matrix[p + shift, q + shift] -= g
                        matrix[q + shift, p + shift] -= g
    return matrix, constant


def descend(system, flow, method, iterations, step, momentum):
    """Preconditioned descent in textbook form, with dense matrices: returns the last iterate."""
    matrix, constant = dense_system(system)
    count = matrix.shape[0] // 2
    block = np.zeros_like(matrix)
    for p in range(count):
        both = [p, p + count]
        block[np.ix_(both, both)] = matrix[np.ix_(both, both)]
    inverse = np.linalg.inv(block)
    w = np.asarray(flow, np.float64).ravel().copy()
    before = w.copy()
    for k in range(iterations):
        if method == "steepest":
            after = w - step * inverse @ (matrix @ w + constant)
        elif method == "momentum":
            after = w - step * inverse @ (matrix @ w + constant) + momentum * (w - before)
        else:
            ahead = w + (k / (k + 3)) * (w - before) if k else w
            after = ahead - step * inverse @ (matrix @ ahead + constant)
        before, w = w, after
    return w.reshape(np.shape(flow))
