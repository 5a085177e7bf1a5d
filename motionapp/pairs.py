"""Frames with their immediate predecessors, in any order, from a source that likes to be read forwards."""

from __future__ import annotations

from dataclasses import dataclass

from motionapp.sources import FrameSource
from motionapp.types import Frame

#: Frames ahead that are reached by reading on; further ones are sought. As many back count as going backwards.
READ_AHEAD = 8

#: Memory and number of frames kept while stepping backwards.
KEPT_BYTES = 64 * 2**20
KEPT_FRAMES = 32


@dataclass(frozen=True, slots=True)
class Pair:
    """A frame and its predecessor (None: no motion can have led to the frame).

    ``run`` changes wherever one pair does not follow from the last: what an estimator remembers is void.
    ``again`` marks a pair that was shown before and is computed anew with other settings.
    """

    previous: Frame | None
    frame: Frame
    run: int = 0
    again: bool = False


class Pairs:
    """Read frame ``index`` together with frame ``index - 1`` from a seekable source.

    Forwards every frame is decoded once. Going back, a block of frames is decoded and kept, because a video decoder
    has to begin at a key frame far behind.
    """

    def __init__(self, source: FrameSource) -> None:
        self._source = source
        self._position: int | None = 0
        self._kept: dict[int, Frame] = {}
        self._gaps: set[int] = set()
        self._shown: int | None = None

    def read(self, index: int) -> tuple[Frame | None, Frame] | None:
        """Return ``(frame index-1 or None, frame index)``; None if the source ends before ``index``.

        For a frame that cannot be decoded the next one that can comes instead; nothing precedes a frame across such
        a gap.

        Raises
        ------
        SourceError
            If reading or seeking failed.
        """
        back = self._shown is not None and self._shown - READ_AHEAD <= index < self._shown
        found = index
        while True:
            while found in self._gaps:
                found += 1
            wanted = {n for n in (found - 1, found) if n >= 0} - self._gaps
            missing = wanted - self._kept.keys()
            if not missing or not self._decode(min(missing), found, back):
                break
        frame, previous = self._kept.get(found), self._kept.get(found - 1)
        if not back:
            self._kept = {n: f for n, f in self._kept.items() if n in wanted}
        if frame is None:
            return None
        self._shown = index
        return previous, frame

    def _decode(self, start: int, stop: int, back: bool) -> bool:
        """Read frames ``start`` … ``stop`` into the kept ones, with a block before them when going back.

        Returns whether the source went that far.
        """
        if back:
            size = next(iter(self._kept.values())).image.nbytes if self._kept else KEPT_BYTES // 2
            block = max(2, min(KEPT_FRAMES, KEPT_BYTES // max(1, size)))
            start = max(0, stop + 1 - block)
            self._kept = {n: f for n, f in self._kept.items() if start <= n <= stop}
        at, self._position = self._position, None  # unknown again if the source raises
        if at is None or not at <= start <= at + READ_AHEAD:
            self._source.seek(start)
            at = start
        while at <= stop:
            frame = self._source.read()
            if frame is None:
                self._position = at
                return False
            self._gaps.update(range(at, frame.index))
            if frame.index >= start:
                self._kept[frame.index] = frame
            at = frame.index + 1
        self._position = at
        return True
