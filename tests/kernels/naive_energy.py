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
    """Three normalised constraint lines per pixel, (9, H, W)."""
    image0, flow = np.asarray(image0, np.float64), np.asarray(flow, np.float64)
    warped = naive.warp(image1, flow, "cubic")
    mean, change = (image0 + warped) / 2, warped - image0
    fx, fy = derivative(mean, 1), derivative(mean, 0)
    lines = [
        (fx, fy, change),
        (derivative(fx, 1), derivative(fx, 0), derivative(change, 1)),
        (derivative(fx, 0), derivative(fy, 0), derivative(change, 0)),
    ]
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


def energy(constraints, flow, prior, image, alpha, beta, gamma, kappa, robust):
    """Data, smoothness and temporal terms, summed over pixels and edges."""
    image = np.asarray(image, np.float64)
    e_data, e_smooth, e_time = ROBUST_EPSILONS
    _, height, width = flow.shape
    data = smoothness = temporal = 0.0
    for y in range(height):
        for x in range(width):
            r0, r1, r2 = (
                constraints[3 * k, y, x] * flow[0, y, x]
                + constraints[3 * k + 1, y, x] * flow[1, y, x]
                + constraints[3 * k + 2, y, x]
                for k in range(3)
            )
            data += penalty(r0**2, e_data, robust) + gamma * penalty(r1**2 + r2**2, e_data, robust)
            temporal += beta * penalty(((flow[:, y, x] - prior[:, y, x]) ** 2).sum(), e_time, robust)
            for ny, nx in ((y, x + 1), (y + 1, x)):
                if ny < height and nx < width:
                    difference = ((flow[:, y, x] - flow[:, ny, nx]) ** 2).sum()
                    alike = 1 / (1 + kappa * abs(image[ny, nx] - image[y, x]))
                    smoothness += alpha * alike * penalty(difference, e_smooth, robust)
    return np.array([data, smoothness, temporal])


def weigh(constraints, flow, prior, image, alpha, beta, gamma, kappa, robust):
    """The quadratic bound at ``flow`` as a (7, H, W) system."""
    e_data, e_smooth, e_time = ROBUST_EPSILONS

    def double_slope(s2, epsilon):
        return 1 / np.sqrt(s2 + epsilon**2) if robust else 2.0

    c, image = np.asarray(constraints, np.float64), np.asarray(image, np.float64)
    _, height, width = flow.shape
    system = np.zeros((7, height, width))
    for y in range(height):
        for x in range(width):
            w = flow[:, y, x]
            normals = [c[3 * k : 3 * k + 2, y, x] for k in range(3)]
            offsets = [c[3 * k + 2, y, x] for k in range(3)]
            r = [n @ w + d for n, d in zip(normals, offsets)]
            p = double_slope(r[0] ** 2, e_data)
            q = gamma * double_slope(r[1] ** 2 + r[2] ** 2, e_data)
            pull = beta * double_slope(((w - prior[:, y, x]) ** 2).sum(), e_time)
            matrix = sum(weight * np.outer(n, n) for weight, n in zip((p, q, q), normals)) + pull * np.eye(2)
            vector = sum(weight * n * d for weight, n, d in zip((p, q, q), normals, offsets)) - pull * prior[:, y, x]
            system[:5, y, x] = matrix[0, 0], matrix[0, 1], matrix[1, 1], vector[0], vector[1]
            for plane, (ny, nx) in ((5, (y, x + 1)), (6, (y + 1, x))):
                if ny < height and nx < width:
                    alike = alpha / (1 + kappa * abs(image[ny, nx] - image[y, x]))
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
