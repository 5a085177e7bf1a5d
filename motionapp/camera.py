"""Cameras: which there are, and reading one. The only place that captures with OpenCV and that knows BGR."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from functools import partial

from motionapp._cv2 import cv2
from motionapp.sources import SourceError
from motionapp.types import Array
from motionapp.watched import Watched, Watching

#: The one way each system reaches cameras, so that numbers mean the same in the list and on opening.
_BACKENDS = {"linux": cv2.CAP_V4L2, "darwin": cv2.CAP_AVFOUNDATION, "win32": cv2.CAP_DSHOW}
_BACKEND = _BACKENDS.get(sys.platform, cv2.CAP_ANY)

#: From this height on, uncompressed pictures exceed USB 2: compressed ones are asked for.
_COMPRESSED_FROM_PX = 720


@dataclass(frozen=True, slots=True)
class CameraInfo:
    """A camera of this computer: ``camera:{index}`` opens it."""

    index: int
    name: str
    path: str = ""


def list_cameras() -> list[CameraInfo]:
    """Return the cameras of this computer, by number. None of them is switched on."""
    import cv2_enumerate_cameras  # imports OpenCV itself, which must go through motionapp._cv2 first

    try:
        found = cv2_enumerate_cameras.enumerate_cameras(_BACKEND)
    except (OSError, NotImplementedError):
        return []
    named = {camera.index: CameraInfo(camera.index, camera.name or "Camera", camera.path or "") for camera in found}
    return [named[index] for index in sorted(named)]


class CameraSource(Watched):
    """Frames of a camera, as they come; reconnects by itself.

    Parameters
    ----------
    index : int
        Number of the camera, as in :func:`list_cameras`.
    size : (width, height), optional
        Size in px to ask for; the camera decides.
    rate : float, optional
        Frames per second to ask for.

    Raises
    ------
    SourceError
        If there is no such camera or it shows nothing.
    """

    def __init__(
        self,
        index: int,
        size: tuple[int, int] | None = None,
        rate: float | None = None,
        watching: Watching = Watching(),  # noqa: B008 - immutable
    ) -> None:
        name = next((camera.name for camera in list_cameras() if camera.index == index), f"Camera {index}")
        super().__init__(partial(_Capture, index, name, size, rate), name, f"camera:{index}", "camera", watching)


class _Capture:
    """An open camera: a :class:`motionapp.watched.Device`."""

    def __init__(self, index: int, name: str, size: tuple[int, int] | None, rate: float | None) -> None:
        self._capture = cv2.VideoCapture(index, _BACKEND)
        if not self._capture.isOpened():
            self._capture.release()
            raise SourceError(f"{name} cannot be opened: it is not connected, used by another program, or not allowed.")
        self._capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        if size is not None:
            if size[1] >= _COMPRESSED_FROM_PX:
                self._capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
            self._capture.set(cv2.CAP_PROP_FRAME_WIDTH, size[0])
            self._capture.set(cv2.CAP_PROP_FRAME_HEIGHT, size[1])
        if rate is not None:
            self._capture.set(cv2.CAP_PROP_FPS, rate)
        told_hz = float(self._capture.get(cv2.CAP_PROP_FPS))
        self.rate_hz = told_hz if 0 < told_hz <= 1000 else 0.0

    def read(self) -> tuple[Array, float] | None:
        """Return a picture and when it was grabbed; None if the camera had none."""
        if not self._capture.grab():
            return None
        captured_s = time.monotonic()
        got, image = self._capture.retrieve()
        if not got or image is None or image.size == 0:
            return None
        grey = image.ndim == 2 or image.shape[2] == 1
        return cv2.cvtColor(image, cv2.COLOR_GRAY2RGB if grey else cv2.COLOR_BGR2RGB), captured_s

    def close(self) -> None:
        """Release the camera."""
        self._capture.release()
