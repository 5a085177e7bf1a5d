"""Where frames come from: the one protocol all sources keep, and the one function that opens them."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
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
    """A sequence of frames. Used by one thread at a time.

    A source may also have ``notice: str | None``, what the user should know at present ("30 of 60 frames could be
    read …", "Camera stopped responding, reconnecting…"), and ``waiting: bool``; see :meth:`read`. Both may be read
    from any thread.
    """

    info: SourceInfo

    def read(self) -> Frame | None:
        """Return the next frame, None at the end.

        A live source has no end. It returns None after half a second without a frame, with ``waiting`` True: ask
        again; it goes on reconnecting until it is closed.

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


#: Width and height beyond which a picture is refused before it is decoded.
LARGEST_SIDE_PX = 8192

_NETWORK_SCHEMES = ("http", "https", "rtsp")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")  # two characters at least: "C:" is a drive


def open_source(uri: str, *, camera_size: tuple[int, int] | None = None) -> FrameSource:
    """Open whatever ``uri`` names; the room that reads it is imported only now.

    Parameters
    ----------
    uri : str
        Path of a video, an image (one frame) or a folder of images; ``scene:NAME``; ``camera:N``; or
        ``network:URL`` with an http, https or rtsp address. Nothing else reaches a network or a device.
    camera_size : (width, height), optional
        Size in px asked of a camera.

    Raises
    ------
    SourceError
        If it does not exist, is not what it claims to be, or is no source at all.
    """
    scheme, _, rest = uri.partition(":")
    if scheme == "scene":
        return _open_scene(rest)
    if scheme == "camera":
        from motionapp.camera import CameraSource

        if not rest.isdecimal():
            raise SourceError(f"{uri}: a camera is named by its number, as in camera:0.")
        return CameraSource(int(rest), camera_size)
    if scheme == "network":
        from motionapp.network import NetworkSource

        return NetworkSource(rest)
    return _open_path(uri)


def _open_scene(name: str) -> FrameSource:
    from motionapp.scenes import LAB_SCENES, SCENES, SceneSource

    if name not in SCENES and name not in LAB_SCENES:
        raise SourceError(f"There is no scene “{name}”; the scenes are {', '.join((*SCENES, *LAB_SCENES))}.")
    return SceneSource(name)


def _open_path(uri: str) -> FrameSource:
    path = Path(uri)
    if _SCHEME.match(uri) and not os.path.lexists(path):
        scheme = uri.partition(":")[0].lower()
        if scheme in _NETWORK_SCHEMES:
            raise SourceError(
                f"A {scheme} address is not a file: open it as a network camera"
                " (Camera ▸ Network camera…, or motionapp network:URL)."
            )
        raise SourceError(f"{uri} is an address, not a file: only files, folders, cameras and scenes can be opened.")

    from motionapp.images import IMAGE_SUFFIXES, ImageSource, images_in

    if os.path.isdir(path):  # noqa: PTH112 - unlike Path.is_dir it never raises
        return ImageSource(images_in(path))
    file = regular_file(path)
    if path.suffix.lower() in IMAGE_SUFFIXES:
        return ImageSource([file])

    from motionapp.video import VideoSource

    return VideoSource(path)


def regular_file(path: str | os.PathLike[str]) -> Path:
    """Return the real path of a regular file that exists, has content and may be read.

    Everything else (pipes, devices, sockets, folders) is refused without being opened: opening a FIFO would hang.

    Raises
    ------
    SourceError
        With one sentence that names the file.
    """
    try:
        real = Path(os.path.realpath(path))
        about = real.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise SourceError(f"{path} does not exist.") from None
    except PermissionError:
        raise SourceError(f"{path} cannot be read: permission denied.") from None
    except (OSError, ValueError) as error:
        reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else "not a path"
        raise SourceError(f"{path} cannot be opened: {reason}.") from None
    if stat.S_ISDIR(about.st_mode):
        raise SourceError(f"{path} is a folder, not a file.")
    if not stat.S_ISREG(about.st_mode):
        raise SourceError(f"{path} is a pipe or a device, not a file.")
    if about.st_size == 0:
        raise SourceError(f"{path} is empty.")
    if not os.access(real, os.R_OK):
        raise SourceError(f"{path} cannot be read: permission denied.")
    return real


def bundled_clip() -> str:
    """Return the URI of the bundled clip of a moving arm, or of the scene it was made from."""
    clip = resources.files("recordings") / "moving-arm.mp4"
    return str(clip) if clip.is_file() else "scene:moving-arm"
