"""How far a motion field can be trusted: "not measured" is not "did not move"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from kernels import bands
from kernels._jit import core
from kernels.checks import as_flow, as_image, same_shape
from kernels.derivatives import derivative
from kernels.filters import gaussian
from kernels.warp import warp

Array = np.ndarray[Any, Any]

#: Gives the float32 array of a name and shape, such as :meth:`kernels.flow.Workspace.room`.
Room: TypeAlias = Callable[[str, tuple[int, ...]], Array]

#: Least noise assumed, in grey levels (picture in [0, 1]): the rounding of 8-bit pictures and a little more.
LEAST_NOISE = 1.0 / 255.0

#: Part of the change between two pictures that a motion must explain for half of it to be believed.
HALF_EXPLAINED = 0.25

#: A motion shorter than this, in px, has little to explain.
SHORT_PX = 0.1

#: Forth and back again may end this far from the start: so much of the squared lengths, and so many px² besides.
RETURN_PART, RETURN_PX2 = 0.01, 0.5

#: Standard deviation in px of the window in which contrast and changes are gathered.
WINDOW_PX = 2.0

#: The median that tells the noise is taken from about this many pixels.
_SAMPLED = 5000


def _new(_name: str, shape: tuple[int, ...]) -> Array:
    return np.empty(shape, np.float32)


@core
def _gather_core(image0, image1, moved1, gradient, out, y0, y1):
    """Write |∇I₀|², the squared change at rest and the squared change that the motion leaves."""
    for y in range(y0, y1):
        a, b, c, gx, gy = image0[y], image1[y], moved1[y], gradient[0, y], gradient[1, y]
        contrast, rest, left = out[0, y], out[1, y], out[2, y]
        for x in range(a.size):
            contrast[x] = gx[x] * gx[x] + gy[x] * gy[x]
            rest[x] = (b[x] - a[x]) * (b[x] - a[x])
            left[x] = (c[x] - a[x]) * (c[x] - a[x])


@core
def _combine_core(gathered, flow, noise2, half, short2, out, y0, y1):
    height, width = out.shape
    one, two, zero = np.float32(1), np.float32(2), np.float32(0)
    for y in range(y0, y1):
        contrast, rest, left, row = gathered[0, y], gathered[1, y], gathered[2, y], out[y]
        u, v = flow[0, y], flow[1, y]
        for x in range(width):
            length2 = u[x] * u[x] + v[x] * v[x]
            explained = max((rest[x] - left[x]) / (rest[x] + two * noise2), zero)
            believed = min(explained / (two * half), one)
            to_explain = length2 / (length2 + short2)
            value = contrast[x] / (contrast[x] + two * noise2) * (one - to_explain * (one - believed))
            to_x, to_y = np.float32(x) + u[x], np.float32(y) + v[x]
            inside = (to_x >= 0) & (to_x <= width - 1) & (to_y >= 0) & (to_y <= height - 1)
            row[x] = value if inside else zero


@core
def _return_core(flow, returned, least2, out, y0, y1):
    part = np.float32(RETURN_PART)
    for y in range(y0, y1):
        u, v, back_u, back_v, row = flow[0, y], flow[1, y], returned[0, y], returned[1, y], out[y]
        for x in range(row.size):
            lengths2 = u[x] * u[x] + v[x] * v[x] + back_u[x] * back_u[x] + back_v[x] * back_v[x]
            missed2 = (u[x] + back_u[x]) ** 2 + (v[x] + back_v[x]) ** 2
            allowed2 = part * lengths2 + least2
            row[x] = allowed2 / (allowed2 + missed2)


def consistency(flow: Any, back: Any, *, scale: int = 1, room: Room = _new) -> Array:
    """Return how well two fields, estimated apart, one forth and one back, undo each other.

    A point that is hidden in one of the pictures has no motion to be found, and the two disagree. With
    ``m² = |w(x) + w_b(x + w)|²`` and ``a² = 0.01 (|w|² + |w_b|²) + 0.5`` the answer is ``a² / (a² + m²)``: below ½
    where the reference calls a point occluded.

    Parameters
    ----------
    flow, back
        (2, H, W) real, finite, in px: from the first picture to the second, and from the second to the first.
    scale
        How many px of the picture a px of the fields is, for fields of a pyramid level.
    room
        Makes the arrays needed, or finds them again. The result is one of them.

    Returns
    -------
    (H, W) float32 in [0, 1], on the grid of ``flow``.

    Raises
    ------
    TypeError, ValueError
        If an argument is no flow, or sizes differ.

    References
    ----------
    N. Sundaram, T. Brox, K. Keutzer, "Dense point trajectories by GPU-accelerated large displacement optical flow",
    ECCV 2010, equation (5).

    Examples
    --------
    >>> right, left = np.zeros((2, 2, 4, 6))
    >>> right[0], left[0] = 2, -2
    >>> float(consistency(right, left).min()), bool(consistency(right, right).max() < 0.1)
    (1.0, True)
    """
    flow, back = as_flow(flow), as_flow(back, "back")
    same_shape(flow=flow, back=back)
    height, width = flow.shape[1:]
    returned, out = room("returned", (2, height, width)), room("consistency", (height, width))
    for c in range(2):
        warp(back[c], flow, returned[c])
    bands.run(_return_core, flow, returned, np.float32(RETURN_PX2 / scale**2), out, height=height, width=width)
    return out


def confidence(image0: Any, image1: Any, flow: Any, *, room: Room = _new) -> Array:
    """Return how far the motion from ``image0`` to ``image1`` is borne out by the pictures.

    Two questions, each gathered in a Gaussian window. Is there anything to see motion by, above noise?
    ``T = c² / (c² + 2n²)`` with ``c² = G∗|∇I₀|²``. And does the motion, where it is long enough to have something to
    explain, explain the change? ``e = (d² − d_w²) / (d² + 2n²)`` with ``d² = G∗(I₁ − I₀)²`` and
    ``d_w² = G∗(I₁(x+w) − I₀)²``. The noise ``n²`` is the median of ``d_w²``, the change that no motion explains. The
    second question leaves out what smoothness alone carried into a noisy or empty background.

    Parameters
    ----------
    image0, image1
        (H, W) real, finite, grey values in [0, 1].
    flow
        (2, H, W) real, finite, in px from ``image0`` to ``image1``.
    room
        Makes the arrays needed, or finds them again. The result is one of them.

    Returns
    -------
    (H, W) float32 in [0, 1], below ½ for "not measured": 0 on a flat ground, where the motion leaves the view and
    where it explains nothing, towards 1 on texture.

    Raises
    ------
    TypeError, ValueError
        If an argument is no image or flow, or sizes differ.

    Notes
    -----
    A long motion is believed by ``e / 0.5``, at most 1; between pictures of noise alone e is 0 but for chance.

    References
    ----------
    J. Shi, C. Tomasi, "Good features to track", CVPR 1994: the trace of the same matrix, of which they take the
    smaller eigenvalue; along an edge the motion is carried by its smoothness.

    Examples
    --------
    >>> flat = np.full((8, 8), 0.5)
    >>> float(confidence(flat, flat, np.zeros((2, 8, 8))).max())
    0.0
    """
    image0, image1, flow = as_image(image0, "image0"), as_image(image1, "image1"), as_flow(flow)
    same_shape(image0=image0, image1=image1, flow=flow)
    height, width = image0.shape
    size = {"height": height, "width": width}
    gradient, moved = room("gradient", (2, height, width)), room("moved", (height, width))
    derivative(image0, 1, gradient[0])
    derivative(image0, 0, gradient[1])
    warp(image1, flow, moved)
    changes, gathered = room("changes", (3, height, width)), room("gathered", (3, height, width))
    bands.run(_gather_core, image0, image1, moved, gradient, changes, **size)
    for plane in range(3):
        gaussian(changes[plane], WINDOW_PX, gathered[plane])
    unexplained = gathered[2].ravel()[:: max(1, height * width // _SAMPLED)]
    noise2 = np.float32(max(np.median(unexplained), LEAST_NOISE**2))
    out = room("confidence", (height, width))
    scales = noise2, np.float32(HALF_EXPLAINED), np.float32(SHORT_PX**2)
    bands.run(_combine_core, gathered, flow, *scales, out, **size)
    return out
