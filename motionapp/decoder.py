"""Finds the picture of any frame of a video file by its number: decodes from the key frame before it."""

from __future__ import annotations

import itertools
import os
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import av.error
import numpy as np

from motionapp.packets import PacketIndex, index_packets, open_packets, packets_of

#: Decoded pictures kept for stepping backwards.
_KEPT_BYTES = 64 * 2**20

#: Decoding threads: the kernels own the cores.
_THREADS = 2


class _OutOfOrder(Exception):
    """Decoded times run backwards: the file's times do not identify its frames."""


class Decoder:
    """Decode frames of a video file by number, forwards at the cost of decoding alone.

    Parameters
    ----------
    path
        The file.
    index
        Its index, where that is known already; otherwise it is made in one pass over the file.

    Attributes
    ----------
    index : PacketIndex
        When each frame is shown.
    tick_s : Fraction
        The file's unit of time.
    nominal_hz : float
        The rate the file names, 0 if it names none.
    readable : int
        One more than the last frame that has been decoded so far.

    Raises
    ------
    SourceError
        If the file is not a video or is too large.

    Notes
    -----
    Stepping backwards decodes a group of pictures once and then finds the pictures before in store (64 MB).
    """

    def __init__(self, path: str | os.PathLike[str], index: PacketIndex | None = None) -> None:
        self._path = path
        self._kept: OrderedDict[int, Any] = OrderedDict()
        self._kept_bytes = 0
        self._stream: Any = None
        self.readable = 0
        self._open()
        try:
            self.index: PacketIndex = index or index_packets(self._container, self._stream)
            self._restart()
        except BaseException:
            self.close()
            raise

    def find(self, index: int) -> tuple[int, Any] | None:
        """Return frame ``index``, or the next one that decodes, as number and ``av.VideoFrame``; None if there is none.

        Raises
        ------
        SourceError
            If the file has gone.
        """
        try:
            return self._find(index)
        except _OutOfOrder:
            self._count_instead()
            return self._find(index)

    def close(self) -> None:
        """Close the file; safe to call twice."""
        self._pictures: Iterator[tuple[int, Any]] = iter(())
        self._kept.clear()
        self._container.close()
        self._stream = None  # its memory went with the container's

    def _find(self, index: int) -> tuple[int, Any] | None:
        if index in self._kept:
            return index, self._kept[index]
        if not self._key_before(index) - 1 <= self._last < index:
            self._jump(index)
        for number, picture in self._pictures:
            if number >= index:
                return number, picture
        return None

    def _key_before(self, index: int) -> int:
        keys = self.index.keys
        return int(keys[np.searchsorted(keys, index, side="right") - 1])

    def _jump(self, index: int) -> None:
        """Move to a key frame at or before frame ``index``, as near as decoding confirms."""
        key = self._key_before(index)
        while key > 0:
            try:
                self._container.seek(int(self.index.times[key]), stream=self._stream, backward=True)
            except av.error.FFmpegError:
                break
            self._last = -1
            self._pictures = self._numbered(at_start=False)
            first = next(self._pictures, None)
            if first is not None and first[0] <= index:
                self._pictures = itertools.chain([first], self._pictures)
                return
            key = self._key_before(key - 1)
        self._restart()

    def _restart(self) -> None:
        """Go to the very start by opening the file again: right for every format."""
        self._container.close()
        self._open()
        self._last = -1
        self._pictures = self._numbered(at_start=True)

    def _count_instead(self) -> None:
        """Identify frames by counting from the start, since their times have proved wrong."""
        self.index = replace(self.index, exact=False, keys=np.zeros(1, np.int64))
        self._kept.clear()
        self._kept_bytes = 0
        self._restart()

    def _open(self) -> None:
        self._container, self._stream = open_packets(self._path)
        self.tick_s = Fraction(self._stream.time_base)
        self.nominal_hz = float(self._stream.average_rate or self._stream.guessed_rate or 0)
        self._stream.thread_type = "AUTO"
        self._stream.thread_count = _THREADS

    def _numbered(self, *, at_start: bool) -> Iterator[tuple[int, Any]]:
        """Yield pictures with their numbers from where the file stands, and keep them.

        Away from the start, pictures shown before the key frame that was decoded first are passed over: they may
        refer to others that were not decoded.
        """
        counter = itertools.count()
        first = 0
        for key, picture in self._decoded(at_key=not at_start):
            if key is not None:
                first = self.index.number(key) or 0
            if picture is None:
                continue
            number = self.index.number(picture.pts) if self.index.exact else next(counter)
            if number is None or not first <= number < len(self.index.times):
                continue
            if number <= self._last:
                raise _OutOfOrder
            self._last = number
            self.readable = max(self.readable, number + 1)
            self._keep(number, picture)
            yield number, picture

    def _decoded(self, *, at_key: bool) -> Iterator[tuple[int | None, Any]]:
        """Yield (None, picture); with ``at_key`` begin at a key frame and yield (its time, None) first."""
        for packet in packets_of(self._container, self._stream):
            if at_key:
                if not packet.is_keyframe:
                    continue
                at_key = False
                yield packet.pts, None
            try:
                pictures = packet.decode()
            except (av.error.FFmpegError, ValueError):
                continue  # damaged: what follows may still decode
            for picture in pictures:
                yield None, picture
        try:
            pictures = self._stream.decode(None)
        except (av.error.FFmpegError, ValueError):
            return
        for picture in pictures:
            yield None, picture

    def _keep(self, number: int, picture: Any) -> None:
        self._kept_bytes -= _bytes_of(self._kept.pop(number, None))
        self._kept[number] = picture
        self._kept_bytes += _bytes_of(picture)
        while self._kept_bytes > _KEPT_BYTES and len(self._kept) > 2:
            self._kept_bytes -= _bytes_of(self._kept.popitem(last=False)[1])


def _bytes_of(picture: Any) -> int:
    return 0 if picture is None else sum(plane.buffer_size for plane in picture.planes)
