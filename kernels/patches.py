"""Patches found again where the pyramid lost them: a thin thing that moves further than it is wide.

On a level where it could be followed such a thing is thinner than a pixel. So on one fine level, where the field from
the coarser ones leaves a patch unexplained, the patch is looked for in its whole neighbourhood; a place that is much
better, and whose own best place is where the patch came from, is taken.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels import bands
from kernels._jit import core
from kernels.checks import as_flow, as_image, same_shape

Array = np.ndarray[Any, Any]

#: Side in px of the blocks that move as one, and of the patch around each that is compared.
BLOCK_PX, PATCH_PX = 4, 8

#: How far patches are looked for, in px along each axis.
REACH_PX = 18

#: A patch is unexplained from this mean absolute difference on, in grey values, and from so many times the median of
#: all patches: in a noisy picture, or after a cut, everything differs.
UNEXPLAINED, MEDIANS = 10.0 / 255.0, 6.0

#: A place must leave less than this part of the difference to be taken.
BETTER = 0.4


@core
def _difference(image0, image1, y, x, v, u):
    """Return the summed absolute difference of two patches, summed column by column."""
    a = b = c = d = e = f = g = h = np.float32(0)
    for row in range(PATCH_PX):
        p, q = image0[y + row, x : x + PATCH_PX], image1[y + v + row, x + u : x + u + PATCH_PX]
        a += abs(p[0] - q[0])
        b += abs(p[1] - q[1])
        c += abs(p[2] - q[2])
        d += abs(p[3] - q[3])
        e += abs(p[4] - q[4])
        f += abs(p[5] - q[5])
        g += abs(p[6] - q[6])
        h += abs(p[7] - q[7])
    return ((a + b) + (c + d)) + ((e + f) + (g + h))


@core
def _add_row(patch, line, costs):
    """Add the absolute differences of a row of a patch from a line of the other picture, laid on at every pixel."""
    a, b, c, d, e, f, g, h = patch[0], patch[1], patch[2], patch[3], patch[4], patch[5], patch[6], patch[7]
    for u in range(costs.size):
        left = (abs(line[u] - a) + abs(line[u + 1] - b)) + (abs(line[u + 2] - c) + abs(line[u + 3] - d))
        right = (abs(line[u + 4] - e) + abs(line[u + 5] - f)) + (abs(line[u + 6] - g) + abs(line[u + 7] - h))
        costs[u] += left + right


@core
def _any_under(costs, bound):
    found = False
    for u in range(costs.size):
        found |= costs[u] < bound
    return found


@core
def _search(image0, image1, y, x, bound, scratch):
    """Return where in ``image1`` the patch at (y, x) of ``image0`` lies best, and its difference if under ``bound``.

    All places of a row are tried at once, until none of them can be better any more.
    """
    height, width = image0.shape
    left, right = max(-REACH_PX, -x), min(REACH_PX, width - PATCH_PX - x)
    best, best_v, best_u = bound, np.int64(0), np.int64(0)
    count = right - left + 1
    costs = scratch[: min(-(-count // 8) * 8, width - PATCH_PX - x - left + 1)]  # eight at a time, some in vain
    for v in range(max(-REACH_PX, -y), min(REACH_PX, height - PATCH_PX - y) + 1):
        costs[:] = np.float32(0)
        for row in range(PATCH_PX):
            _add_row(image0[y + row, x : x + PATCH_PX], image1[y + v + row, x + left :], costs)
            if row % 2 == 1 and not _any_under(costs, best):
                break
        else:
            for u in range(count):
                if costs[u] < best:
                    best, best_v, best_u = costs[u], v, left + u
    return best_v, best_u, best


@core
def _corner(block, size):
    """Return where the patch around a block begins, in the picture."""
    return min(max(block * BLOCK_PX - (PATCH_PX - BLOCK_PX) // 2, 0), size - PATCH_PX)


@core
def _explain_core(image0, image1, flow, differences, y0, y1):
    """Write what the field, to whole px, leaves of the difference of every patch of block rows y0…y1."""
    height, width = image0.shape
    for i in range(y0, y1):
        y, middle_y = _corner(i, height), min(i * BLOCK_PX + BLOCK_PX // 2, height - 1)
        for j in range(differences.shape[1]):
            x, middle_x = _corner(j, width), min(j * BLOCK_PX + BLOCK_PX // 2, width - 1)
            u = np.int64(np.rint(flow[0, middle_y, middle_x]))
            v = np.int64(np.rint(flow[1, middle_y, middle_x]))
            u, v = min(max(u, -x), width - PATCH_PX - x), min(max(v, -y), height - PATCH_PX - y)
            differences[i, j] = _difference(image0, image1, y, x, v, u)


@core
def _rescue_core(image0, image1, differences, least, flow, y0, y1):
    """Move the blocks of block rows y0…y1 that differ by ``least`` or more to where they are found both ways."""
    height, width = image0.shape
    scratch = np.empty(2 * REACH_PX + 8, np.float32)
    for i in range(y0, y1):
        y, top = _corner(i, height), i * BLOCK_PX
        for j in range(differences.shape[1]):
            if differences[i, j] < least:
                continue
            x, left = _corner(j, width), j * BLOCK_PX
            bound = np.float32(BETTER) * differences[i, j]
            v, u, found = _search(image0, image1, y, x, bound, scratch)
            if found >= bound:
                continue
            back_v, back_u, back = _search(image1, image0, y + v, x + u, found, scratch)
            if back < found and (abs(back_v + v) > 1 or abs(back_u + u) > 1):
                continue
            for row in range(top, min(top + BLOCK_PX, height)):
                for column in range(left, min(left + BLOCK_PX, width)):
                    flow[0, row, column] = np.float32(u)
                    flow[1, row, column] = np.float32(v)


def rescue(image0: Any, image1: Any, flow: Any) -> Array:
    """Put right, block by block, a field that lost what moves further than it is wide.

    Parameters
    ----------
    image0, image1
        (H, W) real, finite, grey values in [0, 1].
    flow
        (2, H, W) real, finite, in px from ``image0`` to ``image1``. A C-contiguous float32 array is changed in place.

    Returns
    -------
    (2, H, W) float32: ``flow``, with whole px in the blocks that were found elsewhere. Pictures under 8×8 px are too
    small for a patch.

    Raises
    ------
    TypeError, ValueError
        If an argument is no image or flow, or sizes differ.

    References
    ----------
    T. Kroeger, R. Timofte, D. Dai, L. Van Gool, "Fast optical flow using dense inverse search", ECCV 2016: patches
    before pixels. Here they are searched only where pixels have failed.
    """
    image0, image1, flow = as_image(image0, "image0"), as_image(image1, "image1"), as_flow(flow)
    same_shape(image0=image0, image1=image1, flow=flow)
    return rescued(image0, image1, flow)


def rescued(image0: Array, image1: Array, flow: Array) -> Array:
    """Do what :func:`rescue` does, in place, on arrays known to be sound."""
    if min(image0.shape) < PATCH_PX:
        return flow
    rows, columns = (-(-size // BLOCK_PX) for size in image0.shape)
    differences = np.empty((rows, columns), np.float32)
    size = {"height": rows, "width": columns * BLOCK_PX**2}
    bands.run(_explain_core, image0, image1, flow, differences, **size)
    least = np.float32(max(UNEXPLAINED * PATCH_PX**2, MEDIANS * np.median(differences)))
    if differences.max() >= least:
        bands.run(_rescue_core, image0, image1, differences, least, flow, **size)
    return flow
