"""How far a motion field can be trusted: "not measured" is not "did not move"."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels import bands
from kernels._jit import core
from kernels.checks import as_image
from kernels.filters import derivative, gaussian

Array = np.ndarray[Any, Any]

#: Contrast, in grey levels (picture in [0, 1]) per px, at which half of the motion is believed: a little above
#: what the noise of a webcam leaves after one pyramid level.
HALF_CONTRAST = 2.0 / 255.0

#: Standard deviation in px of the window in which contrast is gathered.
WINDOW_PX = 2.0


@core
def _squared_norm_core(across, down, out, y0, y1):
    for y in range(y0, y1):
        gx, gy, row = across[y], down[y], out[y]
        for x in range(row.size):
            row[x] = gx[x] * gx[x] + gy[x] * gy[x]


@core
def _saturate_core(energy, half, out, y0, y1):
    for y in range(y0, y1):
        e, row = energy[y], out[y]
        for x in range(row.size):
            row[x] = e[x] / (e[x] + half)


def texture(image: Any) -> Array:
    """Return how much there is to see motion by around every pixel: ``G∗|∇I|² / (G∗|∇I|² + c²)``.

    Parameters
    ----------
    image
        (H, W) real, finite, grey values in [0, 1].

    Returns
    -------
    (H, W) float32 in [0, 1]: 0 on a flat ground, ½ at a contrast of c = 2/255 per px, towards 1 on texture.

    Raises
    ------
    TypeError, ValueError
        If ``image`` is no image.

    References
    ----------
    J. Shi, C. Tomasi, "Good features to track", CVPR 1994: the trace of the same matrix, of which they take the
    smaller eigenvalue; along an edge the motion field is carried by its smoothness.

    Examples
    --------
    >>> float(texture(np.full((8, 8), 0.5)).max())
    0.0
    """
    image = as_image(image)
    height, width = image.shape
    contrast = np.empty_like(image)
    bands.run(_squared_norm_core, derivative(image, 1), derivative(image, 0), contrast, height=height, width=width)
    contrast = gaussian(contrast, WINDOW_PX)
    out = np.empty_like(image)
    bands.run(_saturate_core, contrast, np.float32(HALF_CONTRAST**2), out, height=height, width=width)
    return out
