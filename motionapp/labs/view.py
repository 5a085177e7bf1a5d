"""What a lab looks at: the newest frame, those before it, and their grey values."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import takewhile

from motionapp._cv2 import cv2
from motionapp.planes import grey
from motionapp.types import Array, Frame

#: Unless a lab says otherwise, it computes with pictures no longer than this.
LONGEST_PX = 640


@dataclass(frozen=True)  # without slots: the grey values are kept where they were computed
class LabView:
    """The newest ``frame`` of a source and the frames before it, oldest first; arrays are read by all, written by none.

    Those before it may be reduced already, see :class:`Past`; :meth:`within` makes all of one size. How many
    ``history`` holds is up to the lab, see :class:`ui.labs.lab.Lab`; at the start of a source there are fewer, and
    where a camera was faster than its pictures could be shown some are missing in between.
    """

    frame: Frame
    history: tuple[Frame, ...] = ()

    @property
    def previous(self) -> Frame | None:
        """The frame right before; None for the first one, and where that frame was never seen."""
        newest = self.history[-1] if self.history else None
        return newest if newest is not None and newest.index == self.frame.index - 1 else None

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
        """Grey values of the frame before, ``(H, W)`` float32 in [0, 1]; None where there is none."""
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


class Past:
    """Keeps ``count`` frames before the newest, no larger than a lab needs them: some seconds take little room.

    The newest two keep their size: whatever lab comes next, with larger pictures, finds them a pair.
    """

    def __init__(self, count: int = 1, longest_px: int = LONGEST_PX) -> None:
        self.count, self.longest_px = count, longest_px
        self._frames: deque[Frame] = deque()

    @property
    def newest(self) -> Frame | None:
        """The last frame pushed, if any."""
        return self._frames[-1] if self._frames else None

    def lacks(self, count: int, longest_px: int) -> bool:
        """Return whether more or larger frames are wanted than were kept."""
        return count > self.count or longest_px > self.longest_px

    def resize(self, count: int, longest_px: int) -> None:
        """Keep so many frames of this size from now on; older ones that are too small are of no use."""
        while longest_px > self.longest_px and len(self._frames) > 2:
            self._frames.popleft()
        self.count, self.longest_px = count, longest_px

    def clear(self) -> None:
        """Forget all."""
        self._frames.clear()

    def push(self, frame: Frame) -> LabView:
        """Take the next frame; return the view of it. Nothing that is known precedes one that is no later than it."""
        if self._frames and frame.index <= self._frames[-1].index:
            self.clear()
        if len(self._frames) > 1:
            self._frames[-2] = reduced(self._frames[-2], self.longest_px)
        self._frames.append(frame)
        while len(self._frames) > self.count + 1:
            self._frames.popleft()
        return LabView(frame, tuple(self._frames)[:-1])


class Reducer:
    """Reduces views frame after frame: a frame that is still in the history is not reduced again."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], tuple[Frame, Frame]] = {}

    def __call__(self, view: LabView, longest_px: int) -> LabView:
        """Return the view with no side longer than ``longest_px``, and the past as far as it is as large as the frame.

        The past of a view that another lab has asked for may be smaller.
        """
        known = {}
        for frame in (*view.history, view.frame):
            key = id(frame), longest_px
            known[key] = self._known.get(key) or (frame, reduced(frame, longest_px))
        self._known = known  # it holds the frames themselves too, so that no id is used twice
        *history, newest = (small for _, small in known.values())
        alike = tuple(takewhile(lambda frame: frame.image.shape == newest.image.shape, reversed(history)))[::-1]
        before, after = (*view.history, view.frame), (*alike, newest)
        same = len(before) == len(after) and all(one is other for one, other in zip(before, after))
        return view if same else LabView(newest, alike)
