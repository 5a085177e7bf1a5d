"""Video files: a reader with exact times and frame-exact seeking, and a writer whose files survive a crash."""

from __future__ import annotations

import contextlib
import os
import time
from fractions import Fraction
from pathlib import Path
from typing import Any, NoReturn

import av
import av.error
import numpy as np
from av.video.reformatter import VideoReformatter

from motionapp.decoder import Decoder
from motionapp.packets import PacketIndex, copy_packets, reason
from motionapp.partfile import PartFile
from motionapp.sources import SourceError, SourceInfo
from motionapp.types import Array, Frame, MotionError


class VideoSource:
    """Read a video file frame by frame, by number.

    The packets are indexed first (one pass over the file, no decoding), so every frame's time is known and
    :meth:`seek` is exact: it decodes from the key frame at or before the frame asked for. Times are what the file
    says, from its first shown frame; rates play no part. Rotation metadata is applied, edit lists are kept,
    10 and 16 bit and grey become 8 bit RGB. Pixels are taken as square whatever the file says.

    Parameters
    ----------
    path
        The file.
    index
        The :attr:`index` of an earlier source of the same file, to save the pass over it.

    Attributes
    ----------
    info : SourceInfo
        ``frame_count`` is what the index says; fewer may decode.
    notice : str or None
        What the user should know of a damaged file, once it is known.

    Raises
    ------
    SourceError
        If the file is not a video, is too large, or no frame of it decodes.

    Notes
    -----
    Files that do not say when their frames are shown (H.264 with B frames in AVI) are counted from the start:
    exact too, but slow to seek backwards.
    """

    def __init__(self, path: str | os.PathLike[str], index: PacketIndex | None = None) -> None:
        self._path = Path(path)
        self._decoder = Decoder(path, index)
        self._times = self._decoder.index.times
        self._next = 0
        self._size: tuple[int, int] | None = None
        self._reformatter = VideoReformatter()
        self.notice: str | None = None
        try:
            first = self.read()
            if first is None:
                raise SourceError(f"{path} holds no picture that can be read.")
            self.info = self._describe(first.image)
            self.seek(0)
            if self._decoder.index.expected > len(self._times):
                self._note_damage(len(self._times))
        except BaseException:
            self.close()
            raise

    @property
    def index(self) -> PacketIndex:
        """When each frame is shown, in units of :attr:`tick_s`."""
        return self._decoder.index

    @property
    def tick_s(self) -> Fraction:
        """The file's unit of time."""
        return self._decoder.tick_s

    def read(self) -> Frame | None:
        """Return the next frame, None at the end or where nothing more can be decoded.

        A frame in the middle that does not decode is passed over: the index of the next one jumps.
        """
        if self._next >= len(self._times):
            return None
        found = self._decoder.find(self._next)
        if found is None:
            self._note_damage(self._decoder.readable)
            return None
        index, picture = found
        self._next = index + 1
        return Frame(index, self.pts(index), self._to_rgb(picture), time.monotonic())

    def seek(self, index: int) -> None:
        """Make frame ``index`` the next to be read; clipped to what the index holds."""
        self._next = min(max(index, 0), len(self._times))

    def pts(self, index: int) -> float:
        """Return the time in s at which frame ``index`` is shown, from the first one."""
        return float((int(self._times[index]) - int(self._times[0])) * self._decoder.tick_s)

    def close(self) -> None:
        """Close the file; safe to call twice."""
        self._decoder.close()

    def _to_rgb(self, picture: Any) -> Array:
        """Return the picture as ``(H, W, 3)`` uint8 RGB, upright, C-contiguous, in the size of the first one."""
        width, height = self._size = self._size or (picture.width, picture.height)
        # One converter on one thread for all pictures: each picture's own would cost 4 ms and live as long as it does.
        rgb = self._reformatter.reformat(picture, width, height, "rgb24", threads=1)
        image = rgb.to_ndarray()
        return np.ascontiguousarray(np.rot90(image, round(picture.rotation / 90)))

    def _describe(self, image: Array) -> SourceInfo:
        height, width = image.shape[:2]
        count = len(self._times)
        span_s = self.pts(count - 1)
        rate_hz = (count - 1) / span_s if span_s > 0 else self._decoder.nominal_hz
        duration_s = span_s + (1 / rate_hz if rate_hz > 0 else 0.0)
        uri = str(self._path.absolute())
        return SourceInfo(self._path.name, uri, "video", width, height, rate_hz, count, duration_s)

    def _note_damage(self, readable: int) -> None:
        count, expected = len(self._times), self._decoder.index.expected
        cause = "the file is cut short" if expected > count else "the rest is damaged"
        self.notice = f"{self._path.name}: {readable} of {expected} frames could be read: {cause}."


class VideoWriter:
    """Write H.264 in Matroska so that a crash, even ``kill -9``, loses no more than the last moments.

    Every tenth of a second of video is handed to the operating system as soon as it is there. Until :meth:`close`
    the file is called ``name.part.mkv``; an existing file is never touched, ``name-2.mkv`` is written instead.
    A name ending in .mp4 is recorded the same way and becomes mp4, unchanged in content, on closing.
    Odd sizes gain a column or row, a copy of the last. Times are kept to the millisecond.

    Parameters
    ----------
    path : Path
        ``.mkv`` or ``.mp4``; folders are made.
    width, height : int
        Size of every image in px.
    rate_hz : float
        Nominal rate, for the encoder only; 0 if unknown.

    Raises
    ------
    ValueError
        If size or suffix make no sense.
    MotionError
        If the file cannot be created or the encoder is missing.
    """

    def __init__(self, path: str | os.PathLike[str], width: int, height: int, rate_hz: float) -> None:
        path = Path(path)
        if path.suffix not in (".mkv", ".mp4"):
            raise ValueError(f"path must end in .mkv or .mp4, got {path.name}")
        if width < 1 or height < 1:
            raise ValueError(f"width and height must be at least 1, got {width}×{height}")
        self._shape = height, width, 3
        self._mp4 = path if path.suffix == ".mp4" else None
        self._last_ms = -1
        self._reformatter = VideoReformatter()
        self._finished: Path | None = None
        self._failure: MotionError | None = None
        self._file = PartFile(path.with_suffix(".mkv"))
        try:
            self._open(rate_hz if rate_hz > 0 else 30.0)
        except (av.error.FFmpegError, ValueError, OSError) as error:
            self._file.discard()
            raise MotionError(f"{path} cannot be recorded: {reason(error)}.") from None

    def _open(self, rate_hz: float) -> None:
        height, width, _ = self._shape
        options = {"cluster_time_limit": "100", "flush_packets": "1"}
        self._container = av.open(str(self._file.part), "w", format="matroska", options=options)
        encoding = {"preset": "ultrafast", "tune": "zerolatency", "crf": "20"}
        rate = Fraction(rate_hz).limit_denominator(1001)
        self._stream: Any = self._container.add_stream("libx264", rate=rate, options=encoding)
        self._stream.width, self._stream.height = width + width % 2, height + height % 2
        self._stream.pix_fmt = "yuv420p"
        context = self._stream.codec_context
        context.gop_size = max(1, round(rate_hz))
        context.time_base = Fraction(1, 1000)
        context.colorspace, context.color_range = 6, 1  # BT.601, 16 to 235: what the conversion makes
        self._container.start_encoding()

    @property
    def part(self) -> Path:
        """Where the video is while it is being written."""
        return self._file.part

    def write(self, image: Array, pts_s: float) -> None:
        """Append one image, ``(height, width, 3)`` uint8 RGB, shown from ``pts_s`` (increasing) on.

        Raises
        ------
        ValueError
            If shape, dtype or time is not as announced.
        MotionError
            If it cannot be written (disk full …); what was written before stays readable in :attr:`part`.
        """
        if image.shape != self._shape or image.dtype != np.uint8:
            raise ValueError(f"image must be {self._shape} uint8, got {image.shape} {image.dtype}")
        time_ms = round(pts_s * 1000)
        if time_ms <= self._last_ms:
            raise ValueError(f"pts_s must increase by a millisecond at least, got {pts_s} after {self._last_ms / 1000}")
        if self._failure or self._finished:
            raise self._failure or ValueError("the writer is closed")
        height, width, _ = self._shape
        if height % 2 or width % 2:
            image = np.pad(image, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
        picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
        picture = self._reformatter.reformat(picture, format="yuv420p", threads=1)
        picture.pts, picture.time_base = time_ms, Fraction(1, 1000)
        try:
            self._container.mux(self._stream.encode(picture))
        except (av.error.FFmpegError, OSError) as error:
            self._fail(error)
        self._last_ms = time_ms

    def close(self) -> Path:
        """Finish the file and return its name; safe to call twice.

        Raises
        ------
        MotionError
            If nothing was written (no file remains) or the end could not be written (the part remains).
        """
        if self._finished:
            return self._finished
        if self._failure:
            raise self._failure
        try:
            self._container.mux(self._stream.encode(None))
            self._container.close()
        except (av.error.FFmpegError, OSError) as error:
            self._fail(error)
        if self._last_ms < 0:
            self._file.discard()
            self._failure = MotionError(f"{self._file.target} was not made: no frame was recorded.")
            raise self._failure
        try:
            self._finished = remux_mp4(self._file.part, self._mp4) if self._mp4 else self._file.finish()
        except MotionError as error:
            self._fail(error)
        if self._mp4:
            self._file.discard()
        return self._finished

    def _fail(self, error: Exception) -> NoReturn:
        """Let go of the file and raise what the user should know."""
        with contextlib.suppress(av.error.FFmpegError, OSError):
            self._container.close()
        self._file.release()
        cause = str(error).rstrip(".") if isinstance(error, MotionError) else reason(error)
        self._failure = MotionError(f"Recording stopped: {cause}. What was recorded is in {self._file.part}.")
        raise self._failure from None


def remux_mp4(source: Path, target: Path) -> Path:
    """Copy a recording into an mp4 file without re-encoding; return the name it got (never an existing file's).

    Raises
    ------
    MotionError
        If it cannot be read or written; nothing is left behind.
    """
    file = PartFile(target)
    try:
        copy_packets(source, file.part, format="mp4")
    except BaseException:
        file.discard()
        raise
    return file.finish()
