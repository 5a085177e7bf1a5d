"""The annotated video of a run: encoded in parts, drawn to one scale, joined without encoding again.

Bytes depend on pictures and times alone: one encoder thread, and each part begins with a key frame, whoever encodes it.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.error
import numpy as np
from av.video.reformatter import VideoReformatter

from motionapp.arrows import ArrowScale
from motionapp.overlay import draw_layers, layers
from motionapp.packets import open_packets, packets_of, reason
from motionapp.settings import ViewSettings
from motionapp.types import Array, Motion, MotionError

#: H.264 as browsers play it; no B frames, so that packets are in the order they are shown.
_ENCODING = {"preset": "superfast", "crf": "20", "bf": "0", "threads": "1", "rc-lookahead": "0"}
_FAILURES = (av.error.FFmpegError, OSError, ValueError)


class Annotator:
    """Draw motions as the video shows them: arrows, colour or heat over the picture, to one scale for the whole run.

    Parameters
    ----------
    view : ViewSettings
        What is drawn; ``px_per_px_s`` is the scale. Turning and mirroring are left out: the file stays as it is.
    side_by_side : bool
        Whether the picture itself stands to the left of the drawn one.
    """

    def __init__(self, view: ViewSettings, side_by_side: bool) -> None:
        self._view, self._side_by_side = replace(view, scale_locked=True), side_by_side
        self._scale = ArrowScale()

    def picture(self, motion: Motion) -> Array:
        """Return the ``(H, W, 3)`` or, side by side, ``(H, 2·W, 3)`` uint8 RGB picture of a motion."""
        drawn = draw_layers(*layers(motion, self._view, self._scale), self._view)
        return np.concatenate([motion.frame.image, drawn], axis=1) if self._side_by_side else drawn


class PartWriter:
    """Encode consecutive pictures into a part of a video: H.264 in NUT, which keeps times in any unit.

    Parameters
    ----------
    path : Path
        The file; what it held is lost.
    width, height : int
        Size of the pictures in px; odd ones gain a column or row, a copy of the last.
    tick_s : Fraction
        Unit of the times.
    rate_hz : float
        Nominal rate, for the encoder only.

    Raises
    ------
    MotionError
        If the file cannot be made or the encoder is missing.
    """

    def __init__(self, path: Path, width: int, height: int, tick_s: Fraction, rate_hz: float) -> None:
        self._path, self._tick_s = path, tick_s
        self._pad = (0, height % 2), (0, width % 2), (0, 0)
        self._reformatter = VideoReformatter()
        try:
            self._container = av.open(str(path), "w", format="nut")
            rate = Fraction(rate_hz if rate_hz > 0 else 30.0).limit_denominator(1001) or Fraction(1, 1001)
            self._stream: Any = self._container.add_stream("libx264", rate=rate, options=_ENCODING)
            self._stream.width, self._stream.height = width + width % 2, height + height % 2
            self._stream.pix_fmt = "yuv420p"
            context = self._stream.codec_context
            context.time_base = tick_s
            context.colorspace, context.color_range = 6, 1  # BT.601, 16 to 235: what the conversion makes
        except _FAILURES as error:
            raise _unwritable(path, error) from None

    def write(self, image: Array, tick: int) -> None:
        """Append an ``(height, width, 3)`` uint8 RGB picture shown from ``tick``, above the last one's, on.

        Raises
        ------
        MotionError
            If it cannot be written.
        """
        if any(after for _, after in self._pad):
            image = np.pad(image, self._pad, mode="edge")
        picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
        picture = self._reformatter.reformat(picture, format="yuv420p", threads=1)
        picture.pts, picture.time_base = tick, self._tick_s
        try:
            self._container.mux(self._stream.encode(picture))
        except _FAILURES as error:
            raise _unwritable(self._path, error) from None

    def close(self) -> None:
        """Complete the file.

        Raises
        ------
        MotionError
            If it cannot be written.
        """
        try:
            self._container.mux(self._stream.encode(None))
            self._container.close()
        except _FAILURES as error:
            self.abandon()
            raise _unwritable(self._path, error) from None

    def abandon(self) -> None:
        """Close the file as it is; safe to call twice."""
        with contextlib.suppress(*_FAILURES):
            self._container.close()


def join_parts(parts: Sequence[Path], target: Path, tick_s: Fraction) -> int:
    """Copy the packets of consecutive parts into one file, NUT or (``.mp4``) MP4 that plays while it loads.

    The first picture of an MP4 is at time 0 and all others are as long after it as they are in the parts, to the unit
    ``tick_s``. Returns the number of pictures.

    Raises
    ------
    MotionError
        If a part cannot be read or the target not written; what is left of the target is of no use.
    """
    as_mp4 = target.suffix == ".mp4"
    options = {"movflags": "+faststart", "video_track_timescale": str(round(1 / tick_s))} if as_mp4 else {}
    copied, start, output_stream = 0, 0, None
    try:
        with av.open(str(target), "w", format="mp4" if as_mp4 else "nut", options=options) as output:
            for part in parts:
                container, stream = open_packets(part)
                with container:
                    if output_stream is None:
                        output_stream = output.add_stream_from_template(stream)
                        output_stream.time_base = tick_s
                    for packet in packets_of(container, stream):
                        if copied == 0 and as_mp4:
                            start = packet.pts
                        packet.pts = packet.dts = packet.pts - start
                        packet.stream = output_stream
                        output.mux(packet)
                        copied += 1
        with target.open("rb+") as file:
            os.fsync(file.fileno())
    except _FAILURES as error:
        raise _unwritable(target, error) from None
    return copied


def mp4_tick(tick_s: Fraction) -> Fraction:
    """Return the unit of time of an annotated video: the file's own where an MP4 can have it, or 1/90000 s."""
    return tick_s if tick_s.numerator == 1 and 1000 <= tick_s.denominator <= 10_000_000 else Fraction(1, 90_000)


def _unwritable(path: Path, error: Exception) -> MotionError:
    return MotionError(f"{path} cannot be written: {reason(error)}.")
