"""Network cameras: MJPEG or video over http and https, and rtsp. The only room that reaches a network."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import SplitResult, urlsplit

import av
import av.error
import numpy as np
from av.video.reformatter import VideoReformatter

from motionapp.packets import reason
from motionapp.sources import LARGEST_SIDE_PX, SourceError
from motionapp.types import Array
from motionapp.watched import Watched, Watching

#: What each address may lead to; redirections elsewhere (file:, concat: …) are refused by libav.
_PROTOCOLS = {
    "http": "http,https,httpproxy,tls,tcp",
    "https": "http,https,httpproxy,tls,tcp",
    "rtsp": "rtsp,rtp,udp,tcp,http,https,tls",
}

#: Demuxers a stream may reach. Playlists, which lead to other addresses, are not among them.
_FORMATS = "mpjpeg,mjpeg,rtsp,mpegts,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,flv,asf,ogg,avi,mpeg,h264,hevc,m4v"

_CONNECT_S = 5.0
_READ_S = 3.0


class NetworkSource(Watched):
    """Frames of a network camera, as they come; reconnects by itself.

    Times are those of arrival. A video file behind an http address is played at its own pace, and again from its
    start after its end.

    Parameters
    ----------
    url : str
        http, https or rtsp; may hold user and password, which no message repeats.

    Raises
    ------
    SourceError
        If the address is none, or does not answer with pictures.
    """

    def __init__(self, url: str, watching: Watching = Watching()) -> None:  # noqa: B008 - immutable
        shown = shown_address(url)
        super().__init__(partial(_Stream, url, shown), shown, f"network:{shown}", "network", watching)


def shown_address(url: str) -> str:
    """Return an address as it may be shown: without user, password and query, which may hold a key.

    Raises
    ------
    SourceError
        If it is not an http, https or rtsp address.
    """
    parts = _split(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{host}{port}{parts.path}"


def _split(url: str) -> SplitResult:
    trouble = "A network camera's address starts with http://, https:// or rtsp:// and names a host."
    try:
        parts = urlsplit(url.strip())
        _ = parts.port  # raises if it is no number
    except ValueError:
        raise SourceError(trouble) from None
    if parts.scheme not in _PROTOCOLS or not parts.hostname:
        raise SourceError(trouble)
    return parts


class _Stream:
    """An open stream: a :class:`motionapp.watched.Device`."""

    def __init__(self, url: str, shown: str) -> None:
        self._shown = shown
        self._reformatter = VideoReformatter()
        scheme = _split(url).scheme
        microseconds = str(int(_READ_S * 1e6))
        options = {
            "protocol_whitelist": _PROTOCOLS[scheme],
            "format_whitelist": _FORMATS,
            "analyzeduration": "500000",
        }
        if scheme == "rtsp":
            options |= {"rtsp_transport": "tcp", "timeout": microseconds}
        else:
            options |= {"rw_timeout": microseconds}
        try:
            self._container = av.open(
                _split(url).geturl(),  # with its scheme in small letters
                mode="r",
                metadata_errors="replace",
                timeout=(_CONNECT_S, _READ_S),
                container_options=options,
            )
        except (av.error.FFmpegError, ValueError, OSError) as error:
            raise SourceError(f"{shown} cannot be opened: {_cause(error)}.") from None
        stream = self._container.streams.best("video")
        if stream is None or stream.codec_context is None:
            self._container.close()
            raise SourceError(f"{shown} sends no pictures.")
        context = stream.codec_context
        context.options = {"max_pixels": str(LARGEST_SIDE_PX**2)}
        context.thread_type, context.thread_count = "SLICE", 2  # threads by frame would hold pictures back
        self.rate_hz = float(stream.average_rate or 0)
        self._finite = bool(self._container.duration)
        self._began_s: float | None = None
        self._pictures = self._decode(stream)

    def read(self) -> tuple[Array, float]:
        """Return the next picture and when it arrived."""
        picture = next(self._pictures, None)
        if picture is None:
            raise SourceError(f"{self._shown} sends no more.")
        arrived_s = time.monotonic()
        if self._finite:
            arrived_s = self._wait_for(picture.time or 0.0)
        rgb = self._reformatter.reformat(picture, format="rgb24", threads=1)
        return np.ascontiguousarray(rgb.to_ndarray()), arrived_s

    def close(self) -> None:
        """Close the connection."""
        self._container.close()

    def _decode(self, stream: Any) -> Iterator[Any]:
        packets = self._container.demux(stream)
        while True:
            try:
                packet = next(packets, None)
            except (av.error.FFmpegError, OSError) as error:
                raise SourceError(f"{self._shown} broke off: {_cause(error)}.") from None
            if packet is None:
                return
            try:
                yield from packet.decode()
            except av.error.InvalidDataError:
                continue  # one damaged picture

    def _wait_for(self, time_s: float) -> float:
        """Wait until a file's picture is due; return that moment."""
        now = time.monotonic()
        if self._began_s is None:
            self._began_s = now - time_s
        due_s = self._began_s + time_s
        time.sleep(max(0.0, due_s - now))
        return due_s


def _cause(error: Exception) -> str:
    """Return why, in words that never hold the address."""
    if isinstance(error, av.error.HTTPUnauthorizedError | av.error.HTTPForbiddenError):
        return "user name or password is missing or wrong"
    if isinstance(error, av.error.ExitError | TimeoutError):
        return "it does not answer"
    return reason(error)
