"""How far a flow field is from the truth, in the three measures of the Middlebury benchmark.

References
----------
S. Baker, D. Scharstein, J. P. Lewis, S. Roth, M. J. Black, R. Szeliski, "A database and evaluation methodology for
optical flow", IJCV 92, 2011, section 4.1 and 4.2 (R0.3 is such a rate; the bound here is a third of a pixel).
"""

from __future__ import annotations

import numpy as np

from motionapp.types import Array

#: A vector that is off by more than this is an outlier.
OUTLIER_PX = 1 / 3


def endpoint_errors(flow: Array, truth: Array) -> Array:
    """Return ``√((u − u*)² + (v − v*)²)`` in px: two ``(…, 2)`` arrays in px to ``(…)`` float64."""
    difference = np.subtract(flow, truth, dtype=np.float64)
    return np.hypot(difference[..., 0], difference[..., 1])


def angular_errors(flow: Array, truth: Array) -> Array:
    """Return the angle between ``(u, v, 1)`` and ``(u*, v*, 1)`` in degrees: two ``(…, 2)`` arrays to ``(…)`` float64.

    The formula of the reference is ``arccos((1 + u u* + v v*) / (√(1 + u² + v²) √(1 + u*² + v*²)))``. Here it is
    the arc tangent of cross over inner product, the same angle, exactly 0 for equal vectors.
    """
    u, v = np.moveaxis(np.asarray(flow, np.float64), -1, 0)
    u_true, v_true = np.moveaxis(np.asarray(truth, np.float64), -1, 0)
    inner = 1.0 + u * u_true + v * v_true
    cross = np.sqrt((u - u_true) ** 2 + (v - v_true) ** 2 + (u * v_true - v * u_true) ** 2)
    return np.degrees(np.arctan2(cross, inner))


def outlier_rate(errors_px: Array) -> float:
    """Return the part, 0 to 1, of endpoint errors above a third of a pixel."""
    return float(np.mean(errors_px > OUTLIER_PX))
