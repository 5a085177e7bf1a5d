"""Patches found again where the pyramid lost them: a thin thing that moves further than it is wide.

On a level where it could be followed such a thing is thinner than a pixel. So on one fine level, where the field from
the coarser ones leaves a patch unexplained, the patch is looked for in its whole neighbourhood; a place that is much
better, and whose own best place is where the patch came from, is taken.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels import bands
from kernels._jit import core, inline_core
from kernels.checks import as_flow, as_image, same_shape

Array = np.ndarray[Any, Any]

#: Side in px of the blocks that move as one, and of the patch around each that is compared.
BLOCK_PX, PATCH_PX = 4, 8

#: How far patches are looked for, in px along each axis.
REACH_PX = 18

#: A patch is unexplained from this mean absolute difference on, in grey values, and from so many times the median of
#: all patches: in a noisy picture, or after a cut, everything differs.
UNEXPLAINED, MEDIANS = 10.0 / 255.0, 6.0

_WHOLE = np.float32(1023)  # differences are summed as whole numbers: in any order, thus eight at a time
_NO_BOUND = np.int32(2**31 - 1)

#: A place must leave less than this part of the difference to be taken.
BETTER = 0.4


@inline_core
def _difference(image0, image1, y, x, v, u, bound):
    """Return the summed absolute difference of two patches, or some value over ``bound`` as soon as it is over it."""
    total = np.int32(0)
    y0, x0, y1, x1 = np.uint64(y), np.uint64(x), np.uint64(y + v), np.uint64(x + u)  # never negative: no wrapping round
    for row in range(PATCH_PX):
        i = np.uint64(row)
        for column in range(PATCH_PX):
            j = np.uint64(column)
            total += abs(image0[y0 + i, x0 + j] - image1[y1 + i, x1 + j])
        if total > bound:
            return total
    return total


@core
def _search(image0, image1, y, x, bound):
    """Return where in ``image1`` the patch at (y, x) of ``image0`` lies best, and its difference if under ``bound``."""
    height, width = image0.shape
    best, best_v, best_u = bound, np.int64(0), np.int64(0)
    for v in range(max(-REACH_PX, -y), min(REACH_PX, height - PATCH_PX - y) + 1):
        for u in range(max(-REACH_PX, -x), min(REACH_PX, width - PATCH_PX - x) + 1):
            there = _difference(image0, image1, y, x, v, u, best)
            if there < best:
                best, best_v, best_u = there, v, u
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
            differences[i, j] = _difference(image0, image1, y, x, v, u, _NO_BOUND)


@core
def _rescue_core(image0, image1, differences, least, flow, y0, y1):
    """Move the blocks of block rows y0…y1 that differ by ``least`` or more to where they are found both ways."""
    height, width = image0.shape
    for i in range(y0, y1):
        y, top = _corner(i, height), i * BLOCK_PX
        for j in range(differences.shape[1]):
            if differences[i, j] < least:
                continue
            x, left = _corner(j, width), j * BLOCK_PX
            bound = np.int32(BETTER * differences[i, j])
            v, u, found = _search(image0, image1, y, x, bound)
            if found >= bound:
                continue
            back_v, back_u, back = _search(image1, image0, y + v, x + u, found)
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
    image0, image1 = (np.rint(image * _WHOLE).astype(np.int32) for image in (image0, image1))
    differences = np.empty((rows, columns), np.int32)
    size = {"height": rows, "width": columns * BLOCK_PX**2}
    bands.run(_explain_core, image0, image1, flow, differences, **size)
    least = np.int32(max(UNEXPLAINED * _WHOLE * PATCH_PX**2, MEDIANS * np.median(differences)))
    if differences.max() >= least:
        bands.run(_rescue_core, image0, image1, differences, least, flow, **size)
    return flow
