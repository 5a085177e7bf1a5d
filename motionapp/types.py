"""The values that travel between threads and layers: frozen, slotted, arrays read by all and written by none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:  # the command line reads this file before it needs NumPy
    import numpy as np

    from kernels.descent import DescentTrace
    from motionapp.settings import Settings

Array: TypeAlias = "np.ndarray[Any, Any]"


class MotionError(Exception):
    """Something the user can be told: the message names the file or device and what to do."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What a synthetic scene knows about the motion that led to a frame.

    ``flow`` is ``(2, H, W)`` float32: displacement since the previous frame of what is now at each pixel.
    ``moving`` is ``(H, W)`` bool: pixels of the scene's moving object.
    """

    flow: Array
    moving: Array


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of a source: ``image`` is ``(H, W, 3)`` uint8 RGB, C-contiguous.

    ``index`` counts frames from 0, ``pts_s`` is presentation time in seconds from the start of the
    source, ``captured_s`` is ``time.monotonic()`` at the moment the picture was handed over.
    """

    index: int
    pts_s: float
    image: Array
    captured_s: float = 0.0
    truth: Truth | None = None


@dataclass(frozen=True, slots=True)
class Measures:
    """Numbers of one motion field over its measured pixels, speeds in px/s."""

    mean_px_s: float
    median_px_s: float
    p95_px_s: float
    max_px_s: float
    moving_fraction: float
    measured_fraction: float
    endpoint_error_px: float | None = None


@dataclass(frozen=True, slots=True)
class Motion:
    """The motion that led to ``frame``.

    ``flow`` is ``(2, H, W)`` float32 in px per frame interval: how far the thing now at each pixel of
    ``frame`` has come since the previous frame (right, down). ``dt_s`` is that interval; it is 0 for the
    first frame, which has no motion (flow 0, confidence 0). ``confidence`` is ``(H, W)`` float32 in [0, 1]:
    below 0.5 counts as "not measured". ``previous`` is that previous frame, where it is at hand: in a live session.
    """

    frame: Frame
    flow: Array
    confidence: Array
    dt_s: float
    settings: Settings
    compute_s: float = 0.0
    trace: DescentTrace | None = None
    previous: Frame | None = None

    @property
    def first(self) -> bool:
        """Whether this frame has no predecessor to have moved from."""
        return self.dt_s <= 0.0


@dataclass(frozen=True, slots=True)
class ArrowField:
    """Outlines of arrows in picture coordinates.

    ``corners`` is ``(n, 7, 2)`` float32, the (x, y) of tail, neck, wing, tip, wing, neck and tail, once round each
    arrow. ``speed_px_s`` is ``(n,)`` float32. ``px_per_px_s`` is the drawn length in px of a speed of 1 px/s.
    """

    corners: Array
    speed_px_s: Array
    px_per_px_s: float


@dataclass(frozen=True, slots=True)
class Picture:
    """What the window draws for one motion: ``background`` ``(H, W, 3)`` uint8 RGB, and arrows over it."""

    motion: Motion
    background: Array
    arrows: ArrowField
    measures: Measures


@dataclass(frozen=True, slots=True)
class Failure:
    """A problem to be shown in a banner: ``message`` for the user, ``detail`` (traceback) for "Copy details"."""

    message: str
    detail: str = ""
