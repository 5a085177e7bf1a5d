"""What a lab shows as pictures in rows: each with a title, a note and, for signed numbers, the range of its map."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from motionapp.labs.shades import grey_picture, round_limit, signed_picture
from motionapp.types import Array, MotionError


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """A picture, (H, W, 3) uint8 RGB, or None for a place that is still empty.

    ``limit`` is the range of the map of signed numbers; ``marked`` is a pixel (x, y) to ring; ``kept`` is whether what
    is shown takes part in the rest. ``numbers`` (H, W) are written into the pixels where these are large enough.
    """

    title: str
    picture: Array | None
    note: str = ""
    limit: float | None = None
    marked: tuple[int, int] | None = None
    kept: bool = True
    numbers: Array | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """Rows of panels, and a line of HTML below them that says what came out."""

    rows: tuple[tuple[Panel, ...], ...]
    says: str = ""


def grey_panel(title: str, values: Array, note: str = "", low: float = 0.0, high: float = 1.0) -> Panel:
    """Return (H, W) numbers from ``low``, black, to ``high``, white."""
    return Panel(title, grey_picture(values, low, high), note)


def signed_panel(title: str, values: Array, note: str = "", limit: float | None = None) -> Panel:
    """Return (H, W) numbers from −limit, blue, over 0, white, to limit, red; a round limit if none is given."""
    limit = round_limit(values) if limit is None else limit
    return Panel(title, signed_picture(values, limit), note, limit)


def error_text(difference: Array) -> str:
    """Return the largest error as people write it: what is no more than the rounding of float32 is none."""
    largest = float(np.abs(difference).max())
    return f"largest error <b>{f'{largest:.3f}' if largest >= 1e-5 else 'only rounding'}</b>"


def decibel_text(value: float) -> str:
    """Return a signal-to-noise ratio as people write it, ∞ dB where nothing differs."""
    return "∞ dB" if math.isinf(value) else f"{value:.1f} dB"


def signed_text(value: float) -> str:
    """Return a number with its sign and two places: +0.50, −1.00; never −0.00."""
    return f"{round(value, 2) + 0.0:+.2f}".replace("-", "−")


def require_size(image: Array, least_px: int, what: str) -> None:
    """Raise MotionError for a picture (H, W) with a side shorter than ``what`` needs."""
    if min(image.shape) < least_px:
        raise MotionError(f"{what} needs {least_px} pixels on each side; this picture has {size_note(image)}.")


def size_note(values: Array) -> str:
    """Return the size of a picture as people write it."""
    return f"{values.shape[1]} × {values.shape[0]}"
