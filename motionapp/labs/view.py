"""What a lab looks at: the newest frame, those before it, and their grey values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from motionapp._cv2 import cv2
from motionapp.planes import grey
from motionapp.types import Array, Frame


@dataclass(frozen=True)  # without slots: the grey values are kept where they were computed
class LabView:
    """The newest ``frame`` of a source and the frames before it, oldest first; arrays are read by all, written by none.

    How many frames ``history`` holds is up to the lab, see :class:`ui.labs.lab.Lab`; at the start of a source and
    after a jump there are fewer.
    """

    frame: Frame
    history: tuple[Frame, ...] = ()

    @property
    def previous(self) -> Frame | None:
        """The frame before, None for the first one."""
        return self.history[-1] if self.history else None

    @property
    def pts_s(self) -> float:
        """Time of the frame in seconds from the start of its source."""
        return self.frame.pts_s

    @cached_property
    def grey(self) -> Array:
        """Grey values of the frame, ``(H, W)`` float32 in [0, 1]."""
        return grey(self.frame.image)

    @cached_property
    def previous_grey(self) -> Array | None:
        """Grey values of the frame before, ``(H, W)`` float32 in [0, 1]; None for the first one."""
        return None if self.previous is None else grey(self.previous.image)

    def within(self, longest_px: int) -> LabView:
        """Return the same view with no side of a picture longer than ``longest_px``; averaged, not sampled."""
        if max(self.frame.image.shape[:2]) <= longest_px:
            return self
        return LabView(reduced(self.frame, longest_px), tuple(reduced(frame, longest_px) for frame in self.history))


def reduced(frame: Frame, longest_px: int) -> Frame:
    """Return ``frame`` with its longer side ``longest_px``, without its truth; a smaller one is returned itself."""
    height, width = frame.image.shape[:2]
    if max(height, width) <= longest_px:
        return frame
    scale = longest_px / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return replace(frame, image=cv2.resize(frame.image, size, interpolation=cv2.INTER_AREA), truth=None)


class Reducer:
    """Reduces views frame after frame: a frame that is still in the history is not reduced again."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], tuple[Frame, Frame]] = {}

    def __call__(self, view: LabView, longest_px: int) -> LabView:
        """Return what :meth:`LabView.within` does."""
        if max(view.frame.image.shape[:2]) <= longest_px:
            self._known = {}
            return view
        known = {}
        for frame in (*view.history, view.frame):
            key = id(frame), longest_px
            known[key] = self._known.get(key) or (frame, reduced(frame, longest_px))
        self._known = known  # it holds the frames themselves too, so that no id is used twice
        frames = [small for _, small in known.values()]
        return LabView(frames[-1], tuple(frames[:-1]))
