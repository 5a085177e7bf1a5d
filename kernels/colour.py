"""A picture's colour apart from its brightness, so that each can be asked to stay constant."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

#: Share of red, green and blue in the grey value: ITU-R BT.601.
LUMA = (0.299, 0.587, 0.114)


def opponents(planes: Array, colour: bool = True) -> Array:
    """Return the grey value Y and, with ``colour``, the opponents B − Y and R − Y.

    Parameters
    ----------
    planes
        (3, H, W) float32 R, G, B in [0, 1]; or (1, H, W) grey values, which are returned as they are.
    colour
        Whether the opponents are wanted. They are 0 where the picture is grey.

    Returns
    -------
    (3, H, W) or (1, H, W) float32.

    References
    ----------
    H. Zimmer, A. Bruhn, J. Weickert, "Optic flow in harmony", IJCV 93, 2011, section 3.1: brightness and colour under
    penalties of their own, so that a shadow, which changes one of them, does not cost the other.

    Examples
    --------
    >>> red = np.array([1, 0, 0], np.float32).reshape(3, 1, 1)
    >>> print(opponents(red).ravel())
    [ 0.299 -0.299  0.701]
    """
    if len(planes) == 1:
        return planes
    red, green, blue = planes
    grey = sum(np.float32(share) * plane for share, plane in zip(LUMA, (red, green, blue), strict=True))
    return np.stack((grey, blue - grey, red - grey)) if colour else grey[np.newaxis]
