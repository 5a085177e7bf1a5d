"""Video files as packets: opening them safely, the index of their frames, copying them without re-encoding."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import av.error
import numpy as np

from motionapp.sources import LARGEST_SIDE_PX, SourceError, regular_file
from motionapp.types import Array, MotionError

#: The demuxers a user's file may reach. Lists that name other files (concat, hls, dash, sdp …) are not among them.
FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2",
    "matroska,webm",
    "avi",
    "mpegts",
    "mpeg",
    "flv",
    "asf",
    "ogg",
    "gif",
    "mxf",
    "nut",
    "ivf",
    "yuv4mpegpipe",
    "wtv",
    "dv",
)

#: Codecs whose packets in AVI, which stores no presentation times, still get right ones from libavformat.
_TIMED_IN_AVI = ("mpeg4", "msmpeg4v1", "msmpeg4v2", "msmpeg4v3", "mpeg1video", "mpeg2video")

_SECONDS_TO_OPEN = 10.0


@dataclass(frozen=True, slots=True)
class PacketIndex:
    """When each frame of a stream is shown, known without decoding.

    ``times`` is ``(N,)`` int64 in units of the stream's time base, ascending: frame n is shown at ``times[n]``.
    ``keys`` is ``(K,)`` int64: numbers of the frames decoding can start at. ``exact`` is whether a decoded frame
    tells its time, and so its number; otherwise frames are counted from the start. ``expected`` is how many frames
    the file once had: more than N if it is cut short.
    """

    times: Array
    keys: Array
    exact: bool
    expected: int

    def number(self, time: int | None) -> int | None:
        """Return the number of the frame shown at ``time``, None if there is none."""
        if time is None:
            return None
        found = int(np.searchsorted(self.times, time))
        return found if found < len(self.times) and self.times[found] == time else None


def open_packets(path: str | os.PathLike[str]) -> tuple[Any, Any]:
    """Open a video file and return its ``av`` container and best video stream.

    Raises
    ------
    SourceError
        If it is no regular file, no video, or larger than 8192 px.
    """
    file = regular_file(path)
    try:
        container = av.open(
            f"file:{file}",
            mode="r",
            metadata_errors="replace",
            timeout=_SECONDS_TO_OPEN,
            container_options={
                "protocol_whitelist": "file",
                "format_whitelist": ",".join(FORMATS),
            },
            options={"max_pixels": str(LARGEST_SIDE_PX**2)},
        )
    except (av.error.FFmpegError, ValueError, OSError) as error:
        raise SourceError(f"{path} is not a video that can be read ({reason(error)}).") from None
    try:
        return container, _best_stream(container, path)
    except BaseException:
        container.close()
        raise


def _best_stream(container: Any, path: str | os.PathLike[str]) -> Any:
    if container.format.name not in FORMATS:
        raise SourceError(f"{path} is not a video: it holds {container.format.long_name or container.format.name}.")
    stream = container.streams.best("video")
    if stream is None:
        raise SourceError(f"{path} holds no pictures.")
    if stream.codec_context is None:
        raise SourceError(f"{path} uses a video codec that is not built in.")
    stream.codec_context.options = {"max_pixels": str(LARGEST_SIDE_PX**2)}
    width, height = stream.codec_context.width, stream.codec_context.height
    if max(width, height) > LARGEST_SIDE_PX:
        raise SourceError(f"{path} is too large: {width}×{height}, at most {LARGEST_SIDE_PX}×{LARGEST_SIDE_PX} px.")
    return stream


def reason(error: Exception) -> str:
    """Return libav's words for an error, without the file name or address it appends."""
    return (getattr(error, "strerror", None) or type(error).__name__).lower()


def packets_of(container: Any, stream: Any) -> Iterator[Any]:
    """Yield the whole packets of a stream up to its end, or to damage that cannot be read past.

    Packets cut off in the middle are left out: their pictures would show motion that was not there.
    """
    with contextlib.suppress(av.error.FFmpegError, ValueError, OSError):
        for packet in container.demux(stream):
            if packet.size and not packet.is_corrupt:
                yield packet


def index_packets(container: Any, stream: Any) -> PacketIndex:
    """Read every packet of a stream, decoding none, and index its frames.

    Packets that an edit list or the format marks as not shown are left out. Cost: one pass over the file.
    """
    shown: list[int] = []
    keys: list[int] = []
    exact = not _untimed(container, stream)
    slot = 0
    for packet in packets_of(container, stream):
        if packet.is_discard or not _is_shown(packet, stream):
            continue
        stored = packet.pts is not None
        exact = exact and stored
        time = packet.pts if stored else packet.dts if packet.dts is not None else len(shown)
        shown.append(time)
        if packet.is_keyframe:
            keys.append(time)
        slot = max(slot, time if packet.dts is None else packet.dts)
    times = np.sort(np.array(shown, np.int64))
    exact = exact and bool((np.diff(times) > 0).all())
    starts = np.searchsorted(times, np.array(keys if exact else [], np.int64))
    return PacketIndex(times, np.union1d([0], starts), exact, _expected(container, stream, times, slot))


def _untimed(container: Any, stream: Any) -> bool:
    """Whether presentation times are guesses: AVI stores none, and libavformat cannot reorder every codec's."""
    codec = stream.codec_context
    return container.format.name == "avi" and codec.has_b_frames and codec.name not in _TIMED_IN_AVI


def _is_shown(packet: Any, stream: Any) -> bool:
    """Whether a packet holds a picture to show: VP8 has packets that only serve as reference (RFC 6386, 9.1)."""
    return stream.codec_context.name != "vp8" or bool(memoryview(packet)[0] & 0x10)


def _expected(container: Any, stream: Any, times: Array, slot: int) -> int:
    """Return how many frames the file's header promises, where the header can be trusted to know.

    ``slot`` is the last decoding time: AVI's header counts those, also where a frame was dropped.
    """
    kind, found = container.format.name, len(times)
    if kind.startswith("mov"):
        return max(found, sum(not entry.is_discard for entry in getattr(stream, "index_entries", ())))
    if kind == "avi" and stream.frames > slot + 2:
        return int(max(found, stream.frames))
    if kind.startswith("matroska") and stream.average_rate and found:
        rate_hz, tick_s = float(stream.average_rate), float(stream.time_base)
        promised_s = _matroska_seconds(container, stream)
        if (promised_s - times[-1] * tick_s) * rate_hz > 3:
            return max(found, round((promised_s - times[0] * tick_s) * rate_hz))
    return found


def _matroska_seconds(container: Any, stream: Any) -> float:
    """Return the duration Matroska's header gives for the stream, 0 if it gives none."""
    hours, _, rest = stream.metadata.get("DURATION", "").partition(":")
    minutes, _, seconds = rest.partition(":")
    with contextlib.suppress(ValueError):
        return int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    alone = len(container.streams) == 1 and container.duration
    return float(container.duration / av.time_base) if alone else 0.0


def copy_packets(source: Path, target: Path, *, format: str) -> int:
    """Copy the video stream of ``source`` into a new file ``target`` without re-encoding; return the packet count.

    What can be read of a damaged file is copied. Meant for our own recordings: no B frames, one stream.

    Raises
    ------
    MotionError
        If the source cannot be read or the target not written.
    """
    container, stream = open_packets(source)
    copied = 0
    try:
        with container, av.open(str(target), "w", format=format) as output:
            output_stream = output.add_stream_from_template(stream)
            for packet in packets_of(container, stream):
                if packet.dts is None:
                    packet.dts = packet.pts
                packet.stream = output_stream
                output.mux(packet)
                copied += 1
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise MotionError(f"{target} could not be written: {reason(error)}.") from None
    return copied
