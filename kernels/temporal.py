"""Band-pass filters in time, in Hz, for planes that come frame by frame at any rate.

The filter is fed with *changes* from frame to frame, not with values. Adding the changes up and taking the drift out
again is then one and the same state: nothing is ever accumulated, so nothing drifts, however long it runs.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from kernels import bands
from kernels._jit import core
from kernels.checks import Array

#: The highest frequency taken, in cycles per frame: just under Nyquist's ½, where the bilinear transform is infinite.
HIGHEST_CYCLES = 0.49


def capped(low_hz: float, high_hz: float, dt_s: float) -> tuple[float, float] | None:
    """Return the part of a band that frames ``dt_s`` apart can show, None if there is none.

    Raises ValueError unless 0 < ``low_hz`` < ``high_hz`` and ``dt_s`` is positive and finite.

    Examples
    --------
    >>> capped(0.5, 100.0, 0.125)
    (0.5, 3.92)
    """
    if not 0.0 < low_hz < high_hz < math.inf:
        raise ValueError(f"a band is 0 < low_hz < high_hz, got {low_hz} and {high_hz}")
    if not 0.0 < dt_s < math.inf:
        raise ValueError(f"dt_s must be positive and finite, got {dt_s}")
    highest_hz = HIGHEST_CYCLES / dt_s
    return (low_hz, min(high_hz, highest_hz)) if low_hz < highest_hz else None


def sections(low_hz: float, high_hz: float, dt_s: float, *, order: int = 1) -> Array:
    """Return the biquads of a Butterworth band-pass: gain 1 at the centre, 1/√2 at both edges.

    With prewarped edges l, h = tan(π f dt), B = h − l, ω² = l h, a pole p of the low-pass prototype gives two roots s₀
    of ``s² − p B s + ω²``; each with its conjugate makes ``B s / (s² − 2 Re(s₀) s + |s₀|²)``, a state variable filter.

    Parameters
    ----------
    low_hz, high_hz
        Edges of the band; what frames ``dt_s`` apart cannot show is cut off, see :func:`capped`.
    dt_s
        Time from the last frame to this one in s.
    order
        1 or 2: as many sections; 6 or 12 dB per octave on either side.

    Returns
    -------
    (order, 4) float32: a₁, a₂, a₃ and the output gain of each section; all 0 if the band cannot be shown at all.

    Raises
    ------
    ValueError
        As :func:`capped`, and if ``order`` is neither 1 nor 2.

    References
    ----------
    V. Zavalishin, "The art of VA filter design", 2012, chapter 4: state variable filters whose states keep their
    meaning when the coefficients change from frame to frame.

    Examples
    --------
    >>> sections(0.5, 2.0, 0.05).shape
    (1, 4)
    """
    if order not in (1, 2):
        raise ValueError(f"order must be 1 or 2, got {order}")
    band = capped(low_hz, high_hz, dt_s)
    if band is None:
        return np.zeros((order, 4), np.float32)
    low, high = (math.tan(math.pi * edge * dt_s) for edge in band)
    width, centre = high - low, low * high
    if order == 1:
        pairs = [(width, centre)]
    else:
        pole = complex(-math.sqrt(0.5), math.sqrt(0.5))
        pairs = [(-2 * root.real, abs(root) ** 2) for root in np.roots([1.0, -pole * width, centre])]
    return np.array([_section(damping, square, width) for damping, square in pairs], np.float32)


def _section(damping: float, square: float, width: float) -> tuple[float, float, float, float]:
    """Return a₁, a₂, a₃ and the gain of ``width · s / (s² + damping · s + square)``."""
    g = math.sqrt(square)
    a1 = 1.0 / (1.0 + damping + square)
    return a1, g * a1, square * a1, width / g


@core
def _band_pass_core(planes, coefficients, state, y0, y1):
    """Run all sections over rows of planes (C, H, W), in place; ``state`` is (order, 2, C, H, W)."""
    two = np.float32(2)
    for c in range(len(planes)):
        for y in range(y0, y1):
            row = planes[c, y]
            for n in range(len(coefficients)):
                a1, a2, a3, gain = coefficients[n]
                keep = np.float32(0) if n == 0 else np.float32(1)  # only the first is fed with changes
                band, rest = state[n, 0, c, y], state[n, 1, c, y]
                for x in range(row.size):
                    value, i = row[x], band[x]
                    p = rest[x] + value  # input − second integrator
                    v = a1 * i + a2 * p
                    band[x] = two * v - i
                    rest[x] = p - two * (a2 * i + a3 * p) - keep * value
                    row[x] = gain * v


class BandPass:
    """A Butterworth band-pass over planes that come one by one, as changes since the one before.

    Parameters
    ----------
    shape
        (C, H, W) of the planes.
    order
        1 or 2, see :func:`sections`.

    Examples
    --------
    >>> beat = BandPass((1, 1, 1))
    >>> wave = np.sin(2 * np.pi * 1.0 * np.arange(400) / 25)
    >>> changes = np.diff(wave, prepend=0).astype(np.float32).reshape(-1, 1, 1, 1)
    >>> out = [float(beat.step(change, 1 / 25, 0.5, 2.0)[0, 0, 0]) for change in changes]
    >>> print(round(max(out[200:]), 2))
    1.0
    """

    def __init__(self, shape: tuple[int, int, int], order: int = 1) -> None:
        self._state = np.zeros((order, 2, *shape), np.float32)

    def reset(self) -> None:
        """Forget the past."""
        self._state[:] = 0.0

    def step(self, change: Any, dt_s: float, low_hz: float, high_hz: float) -> Array:
        """Return the part of the values within a band, from their ``change`` in ``dt_s`` seconds.

        ``change`` is (C, H, W) float32 and is written over by what is returned. Edges and ``dt_s`` may differ from step
        to step; errors as :func:`sections`.
        """
        coefficients = sections(low_hz, high_hz, dt_s, order=len(self._state))
        height, width = change.shape[1:]
        bands.run(_band_pass_core, change, coefficients, self._state, height=height, width=width)
        return change
