"""Where frames come from: the one protocol all sources keep, and the one function that opens them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from motionapp.types import Frame, MotionError

SourceKind = Literal["camera", "network", "video", "images", "scene"]


class SourceError(MotionError):
    """A source that cannot be opened or read; the message names it and says what to do."""


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What is known of a source once it is open.

    ``frame_count`` and ``duration_s`` are None for live sources; ``rate_hz`` is nominal (0 if unknown) and is
    for display and pacing of scenes only: real time is in each frame's ``pts_s``.
    """

    name: str
    uri: str
    kind: SourceKind
    width: int
    height: int
    rate_hz: float
    frame_count: int | None = None
    duration_s: float | None = None

    @property
    def live(self) -> bool:
        """Whether frames come by themselves and cannot be asked for again."""
        return self.kind in ("camera", "network")


class FrameSource(Protocol):
    """A sequence of frames. Used by one thread at a time."""

    info: SourceInfo

    def read(self) -> Frame | None:
        """Return the next frame, None at the end.

        Raises
        ------
        SourceError
            If reading failed (unplugged, truncated …).
        """

    def seek(self, index: int) -> None:
        """Make frame ``index`` the next to be read. Live sources raise SourceError."""

    def pts(self, index: int) -> float:
        """Return the presentation time of frame ``index`` in seconds, without decoding it."""

    def close(self) -> None:
        """Release the device or file; safe to call twice."""
