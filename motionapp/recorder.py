"""Recording beside the live work: a writer on its own thread, and what a crash left behind."""

from __future__ import annotations

import os
import queue
import threading
from pathlib import Path

import numpy as np
import platformdirs

from motionapp.packets import copy_packets
from motionapp.partfile import PartFile, in_use
from motionapp.types import Array, MotionError
from motionapp.video import VideoWriter

#: Pictures that may wait for the encoder before some are dropped: a second, and 30 MB at 640×480.
_WAITING = 30

_PART = ".part.mkv"
_RECOVERED = "-recovered"


class Recorder:
    """Write a video without ever holding up who makes the pictures.

    Takes and checks what :class:`motionapp.video.VideoWriter` takes, and raises what it raises.

    Attributes
    ----------
    written, dropped : int
        Pictures in the file so far, and pictures left out because the encoder could not keep up.
    failure : MotionError or None
        Why recording stopped by itself, if it did.
    """

    def __init__(self, path: str | os.PathLike[str], width: int, height: int, rate_hz: float) -> None:
        self._writer = VideoWriter(path, width, height, rate_hz)
        self._shape = height, width, 3
        self._waiting: queue.Queue[tuple[Array, float] | None] = queue.Queue(_WAITING)
        self._last_s = -1.0
        self._closed = False
        self.written = self.dropped = 0
        self.failure: MotionError | None = None
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    @property
    def part(self) -> Path:
        """Where the video is while it is being written."""
        return self._writer.part

    def write(self, image: Array, pts_s: float) -> bool:
        """Queue one image, ``(H, W, 3)`` uint8 RGB, not to be changed afterwards, shown from ``pts_s`` on.

        Returns False if it had to be dropped.

        Raises
        ------
        ValueError
            If shape or dtype is not as announced, or time does not increase by a millisecond.
        MotionError
            If recording has stopped (disk full …).
        """
        if image.shape != self._shape or image.dtype != np.uint8:
            raise ValueError(f"image must be {self._shape} uint8, got {image.shape} {image.dtype}")
        if pts_s < 0 or round(pts_s * 1000) <= round(self._last_s * 1000):
            raise ValueError(f"pts_s must increase from 0 by a millisecond at least, got {pts_s} after {self._last_s}")
        if self.failure is not None:
            raise self.failure
        if self._closed:
            raise ValueError("the recorder is closed")
        try:
            self._waiting.put_nowait((image, pts_s))
        except queue.Full:
            self.dropped += 1
            return False
        self._last_s = pts_s
        return True

    def close(self) -> Path:
        """Write what is queued, finish the file and return where it is; safe to call twice.

        Raises
        ------
        MotionError
            If recording stopped by itself or no picture was recorded.
        """
        if not self._closed:
            self._closed = True
            self._waiting.put(None)
        self._thread.join()
        if self.failure is not None:
            raise self.failure
        return self._writer.close()

    def _run(self) -> None:
        """Write until the end is queued; after a failure only make room."""
        while (item := self._waiting.get()) is not None:
            if self.failure is not None:
                continue
            try:
                self._writer.write(*item)
                self.written += 1
            except Exception as error:  # the thread must live on, or the queue would block who closes
                self.failure = error if isinstance(error, MotionError) else MotionError(f"Recording stopped: {error}.")


def default_folder() -> Path:
    """Return where recordings go: ``recordings/`` in a checkout, else ``motionapp`` in the user's videos."""
    checkout = Path(__file__).resolve().parent.parent
    if (checkout / "pyproject.toml").is_file() and (checkout / "recordings").is_dir():
        return checkout / "recordings"
    return Path(platformdirs.user_videos_dir()) / "motionapp"


def unfinished(folder: Path) -> list[Path]:
    """Return recordings in ``folder`` that a crash left behind, oldest first; not those being written now."""
    try:
        parts = [path for path in folder.iterdir() if path.name.endswith(_PART) and path.is_file()]
        parts.sort(key=lambda path: path.stat().st_mtime)
    except OSError:
        return []
    return [part for part in parts if not in_use(part)]


def recover(part: Path) -> Path:
    """Copy what can be read of an unfinished recording into ``name-recovered.mkv``, then delete the part.

    Raises
    ------
    MotionError
        If nothing of it can be read, or the copy cannot be written; then the part stays.
    """
    stem = part.name.removesuffix(_PART)
    file = PartFile(part.with_name(f"{stem}{_RECOVERED}.mkv"))
    try:
        copied = copy_packets(part, file.part, format="matroska")
        if not copied:
            raise MotionError(f"{part} holds no picture that can be read.")
        path = file.finish()
    except BaseException:
        file.discard()
        raise
    part.unlink(missing_ok=True)
    return path
