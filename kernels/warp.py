"""Pictures read between their pixels: sampling, warping by a flow, and a flow carried to a finer pyramid level.

Positions outside the picture are moved to its nearest edge (clamped border), so nothing is invented there.
"""

from typing import Any, Literal

import numpy as np

from kernels import bands
from kernels._jit import core, inline_core
from kernels.checks import Array, as_flow, as_image, same_shape
from kernels.filters import result_array

Order = Literal["linear", "cubic"]


@core
def _spread2(left, right, row):
    half = np.float32(0.5)
    for x in range(left.size):
        row[2 * x] = left[x]
        row[2 * x + 1] = left[x] + half * (right[x] - left[x])


@core
def _spread4(left, right, row):
    quarter, half, most = np.float32(0.25), np.float32(0.5), np.float32(0.75)
    for x in range(left.size):
        step = right[x] - left[x]
        row[4 * x] = left[x]
        row[4 * x + 1] = left[x] + quarter * step
        row[4 * x + 2] = left[x] + half * step
        row[4 * x + 3] = left[x] + most * step


@core
def upsample_row(plane, y, factor, scale, line, out):
    """Write row y of a plane ``factor`` times as wide, values times ``scale``; ``line`` is scratch, one px longer."""
    coarse_height, coarse_width = plane.shape
    width, right = out.size, line[1:]
    k = y // factor
    t = np.float32(y - k * factor) / np.float32(factor)
    above, below = plane[k], plane[min(k + 1, coarse_height - 1)]
    for x in range(coarse_width):
        line[x] = scale * (above[x] + t * (below[x] - above[x]))
    line[coarse_width] = line[coarse_width - 1]  # its last pixel, repeated
    whole, first = width // factor, 0
    if factor == 2:
        _spread2(line[:whole], right[:whole], out)
        first = whole
    elif factor == 4:
        _spread4(line[:whole], right[:whole], out)
        first = whole
    for j in range(factor):
        s = np.float32(j) / np.float32(factor)
        row = out[j:]
        for x in range(first, (width - j + factor - 1) // factor):
            row[x * factor] = line[x] + s * (right[x] - line[x])


@core
def upsample_core(planes, factor, scale, out, y0, y1):
    line = np.empty(planes.shape[2] + 1, np.float32)
    for y in range(y0, y1):
        for c in range(len(planes)):
            upsample_row(planes[c], y, factor, scale, line, out[c, y])


@core
def _upsample_pixels_core(flow, factor, out, y0, y1):
    """Do as :func:`upsample_core`, but write the components of a pixel side by side."""
    width = out.shape[1]
    line, rows = np.empty(flow.shape[2] + 1, np.float32), np.empty((2, width), np.float32)
    us, vs = rows[0], rows[1]
    for y in range(y0, y1):
        for c in range(2):
            upsample_row(flow[c], y, factor, np.float32(factor), line, rows[c])
        row = out[y].reshape(2 * width)
        for x in range(width):
            row[2 * x] = us[x]
            row[2 * x + 1] = vs[x]


def upsample_flow(flow: Any, shape: tuple[int, int], out: Array | None = None, *, factor: int = 2) -> Array:
    """Carry a flow to a finer level of its pyramid: bilinear between coarse pixels, values times ``factor``.

    Computes ``out(x, y) = factor · flow(x / factor, y / factor)``: :func:`kernels.pyramid.reduce` keeps the samples
    0, 2, 4 …, so pixel k of the coarse level lies on pixel ``factor · k`` of the fine one.

    Parameters
    ----------
    flow
        (2, h, w) real, finite, in px of the coarse level.
    shape
        Target (H, W) with ⌈H/factor⌉ = h and ⌈W/factor⌉ = w.
    out
        (2, H, W) float32, C-contiguous, apart from ``flow``; allocated if None.
    factor
        2 for one pyramid level, 4 for two …; a power of two, so that a constant flow is scaled without rounding.

    Returns
    -------
    (2, H, W) float32 in px of the fine level: ``out`` if given.

    Raises
    ------
    TypeError
        If ``flow`` does not hold real numbers or ``out`` is not float32.
    ValueError
        If a shape is wrong, ``factor`` is no power of two, ``flow`` holds NaN or infinity, or ``out`` cannot be
        written safely.

    Notes
    -----
    Border: fine pixels past the last coarse one take its value.

    Examples
    --------
    >>> print(upsample_flow([[[1, 2]], [[0, 0]]], (1, 4))[0])
    [[2. 3. 4. 4.]]
    """
    flow = as_flow(flow)
    height, width = shape
    if factor < 1 or factor & (factor - 1):
        raise ValueError(f"factor must be a power of two, got {factor}")
    if (-(-height // factor), -(-width // factor)) != flow.shape[1:]:
        raise ValueError(f"shape {tuple(shape)} is not {factor} times that of flow, {flow.shape}")
    out = result_array(out, (2, height, width), flow)
    bands.run(upsample_core, flow, int(factor), np.float32(factor), out, height=height, width=2 * width)
    return out


def upsample_plane(plane: Array, shape: tuple[int, int], *, factor: int) -> Array:
    """Return a float32 plane (h, w) of a level on (H, W) pixels: as :func:`upsample_flow`, with values as they are."""
    height, width = shape
    out = np.empty((1, height, width), np.float32)
    bands.run(upsample_core, plane[np.newaxis], int(factor), np.float32(1), out, height=height, width=width)
    return out[0]


def upsample_pixels(flow: Array, shape: tuple[int, int], *, factor: int) -> Array:
    """Return what :func:`upsample_flow` does, of a field known to be sound, as (H, W, 2) float32: pixel by pixel."""
    height, width = shape
    out = np.empty((height, width, 2), np.float32)
    bands.run(_upsample_pixels_core, flow, int(factor), out, height=height, width=2 * width)
    return out


@core
def _split(offset, start, step, size, low, high, fraction):
    """Split the positions ``start + step · n + offset[n]`` of a row, clamped to 0 … size − 1, into pixel and rest.

    The rest comes from the offset alone, so it is as exact in the last column as in the first.
    """
    zero, one, last = np.int32(0), np.int32(1), np.int32(size - 1)
    start, step = np.int32(start), np.int32(step)
    bound = np.float32(size)  # an offset this large leaves the picture from anywhere, and fits int32
    for n in range(len(offset)):
        value = offset[n]
        value = value if value < bound else bound
        value = value if value > -bound else -bound
        whole = np.floor(value)
        index = start + step * np.int32(n) + np.int32(whole)
        fraction[n] = value - whole if (index >= zero) & (index < last) else np.float32(0)
        index = index if index > zero else zero
        index = index if index < last else last
        low[n] = index
        high[n] = index + one if index < last else last


@core
def _linear_core(image, dx, dy, step, out, y0, y1):
    height, width = image.shape
    length = out.shape[1]
    flat, stride = image.reshape(image.size), np.uint32(width)
    index, rest = np.empty((4, length), np.int32), np.empty((2, length), np.float32)
    left, right, top, bottom = index[0], index[1], index[2], index[3]
    s, t = rest[0], rest[1]
    still = np.int64(0)
    for y in range(y0, y1):
        _split(dx[y], still, step, width, left, right, s)
        _split(dy[y], step * y, still, height, top, bottom, t)
        row = out[y]
        for x in range(length):
            above, below = stride * np.uint32(top[x]), stride * np.uint32(bottom[x])
            before, after = np.uint32(left[x]), np.uint32(right[x])
            a, b = flat[above + before], flat[above + after]
            c, d = flat[below + before], flat[below + after]
            upper, lower = a + s[x] * (b - a), c + s[x] * (d - c)
            row[x] = upper + t[x] * (lower - upper)


@core
def _keys_weights(place, weights):
    """Write Keys' weights (a = −1/2) of the pixels at −1, 1 and 2 for places 0 ≤ t < 1; pixel 0 has the rest."""
    half, one, three, four = np.float32(0.5), np.float32(1), np.float32(3), np.float32(4)
    before, after, far = weights[0], weights[1], weights[2]
    for x in range(place.size):
        t, rest = place[x], one - place[x]
        before[x] = -half * t * rest * rest
        after[x] = half * t * (one + t * (four - three * t))
        far[x] = -half * t * t * rest


@inline_core
def _blend(a, b, c, d, before, after, far):
    """Weigh four pixels as differences from b, so that equal pixels give exactly themselves."""
    return b + before * (a - b) + after * (c - b) + far * (d - b)


@core
def cubic_scratch(width):
    """Allocate what :func:`cubic_places` finds for rows of ``width`` samples: pixels, places between them, weights."""
    return np.empty((4, width), np.int32), np.empty((8, width), np.float32)


@core
def cubic_places(height, width, dx, dy, step, y, scratch):
    """Find, for a row, the pixels and weights of the cubic samples at (step·n + dx[n], step·y + dy[n])."""
    index, places = scratch
    left, right, top, bottom = index[0], index[1], index[2], index[3]
    still = np.int64(0)
    _split(dx, still, step, width, left, right, places[0])
    _split(dy, step * y, still, height, top, bottom, places[1])
    _keys_weights(places[0], places[2:5])
    _keys_weights(places[1], places[5:8])


@core
def cubic_row(image, scratch, out):
    """Write the row of cubic samples of an image at the places found last."""
    height, width = image.shape
    index, places = scratch
    flat, stride = image.reshape(image.size), np.uint32(width)
    left, right, top, bottom = index[0], index[1], index[2], index[3]
    first, one, two = np.int32(0), np.int32(1), np.int32(2)
    last_x, last_y = np.int32(width - 1), np.int32(height - 1)
    p0, p1, p2, q0, q1, q2 = places[2], places[3], places[4], places[5], places[6], places[7]
    for x in range(out.size):
        a, b = np.uint32(max(left[x] - one, first)), np.uint32(left[x])
        c, d = np.uint32(right[x]), np.uint32(min(left[x] + two, last_x))
        i, j = stride * np.uint32(max(top[x] - one, first)), stride * np.uint32(top[x])
        k, m = stride * np.uint32(bottom[x]), stride * np.uint32(min(top[x] + two, last_y))
        out[x] = _blend(
            _blend(flat[i + a], flat[i + b], flat[i + c], flat[i + d], p0[x], p1[x], p2[x]),
            _blend(flat[j + a], flat[j + b], flat[j + c], flat[j + d], p0[x], p1[x], p2[x]),
            _blend(flat[k + a], flat[k + b], flat[k + c], flat[k + d], p0[x], p1[x], p2[x]),
            _blend(flat[m + a], flat[m + b], flat[m + c], flat[m + d], p0[x], p1[x], p2[x]),
            q0[x], q1[x], q2[x],
        )  # fmt: skip


@core
def _cubic_core(image, dx, dy, step, out, y0, y1):
    scratch = cubic_scratch(out.shape[1])
    for y in range(y0, y1):
        cubic_places(image.shape[0], image.shape[1], dx[y], dy[y], step, y, scratch)
        cubic_row(image, scratch, out[y])


def _core_for(order: str) -> Any:
    if order == "linear":
        return _linear_core
    if order == "cubic":
        return _cubic_core
    raise ValueError(f"order must be 'linear' or 'cubic', got {order!r}")


def sample(image: Any, x: Any, y: Any, *, order: Order = "linear") -> Array:
    """Return the values of an image at positions between its pixels.

    Linear: ``(1−s)(1−t) a + s(1−t) b + (1−s)t c + s t d`` over the four pixels around. Cubic: Keys' kernel with
    a = −1/2 over sixteen, exact for polynomials of degree 2 along each axis away from the border.

    Parameters
    ----------
    image
        (H, W) real, finite.
    x, y
        Positions in px from the centre of the top left pixel, to the right and down: real, finite, same shape, ≥ 1.
    order
        ``"linear"`` or ``"cubic"``.

    Returns
    -------
    float32 of the shape of ``x``, in the unit of ``image``.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If shapes are wrong or differ, an argument holds NaN or infinity or ``order`` is unknown.

    Notes
    -----
    Border: positions are clamped to the picture. Positions are float32: 640 px are known to 6e-5 px; :func:`warp`
    is more exact.

    References
    ----------
    R. G. Keys, "Cubic convolution interpolation for digital image processing", IEEE Trans. Acoustics, Speech, and
    Signal Processing 29(6), 1981, equation (15).

    Examples
    --------
    >>> print(sample([[0, 4], [8, 12]], [0.5, 1, 9], [0.5, 0.25, 9]))
    [ 6.  6. 12.]
    """
    image = as_image(image)
    kernel = _core_for(order)
    shape = np.shape(x)
    if np.shape(y) != shape:
        raise ValueError(f"sizes differ: x {shape}, y {np.shape(y)}")
    rows = (-1, shape[-1]) if len(shape) > 1 else (1, -1)
    dx, dy = as_image(np.reshape(x, rows), "x"), as_image(np.reshape(y, rows), "y")
    out = np.empty(dx.shape, np.float32)
    bands.run(kernel, image, dx, dy, 0, out, height=out.shape[0], width=out.shape[1])
    return out.reshape(shape)


def warp(image: Any, flow: Any, out: Array | None = None, *, order: Order = "linear") -> Array:
    """Return ``image(x + u(x, y), y + v(x, y))``: what was moved by the flow is brought back.

    Parameters
    ----------
    image
        (H, W) real, finite.
    flow
        (2, H, W) real, finite: u px to the right, v px down, any size.
    out
        (H, W) float32, C-contiguous, apart from ``image`` and ``flow``; allocated if None.
    order
        ``"linear"`` or ``"cubic"``, as :func:`sample`.

    Returns
    -------
    (H, W) float32 in the unit of ``image``: ``out`` if given.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers or ``out`` is not float32.
    ValueError
        If shapes are wrong or differ, an argument holds NaN or infinity, ``order`` is unknown or ``out`` cannot be
        written safely.

    Notes
    -----
    Border: positions are clamped to the picture. A whole-pixel flow, zero above all, copies pixels without rounding.

    References
    ----------
    B. D. Lucas, T. Kanade, "An iterative image registration technique with an application to stereo vision", IJCAI,
    1981, section 4: registration by repeated warping.

    Examples
    --------
    >>> print(warp([[1, 2, 4, 8]], [[[1, 1, 0.5, 0]], [[0, 0, 0, 0]]]))
    [[2. 4. 6. 8.]]
    """
    image, flow = as_image(image), as_flow(flow)
    kernel = _core_for(order)
    same_shape(image=image, flow=flow)
    out = result_array(out, image.shape, image, flow)
    bands.run(kernel, image, flow[0], flow[1], 1, out, height=out.shape[0], width=out.shape[1])
    return out
