"""The live pipeline without a window: an annotated video and a picture of the arrow field from any source."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from motionapp.estimator import MotionEstimator
from motionapp.flowfiles import write_picture
from motionapp.naming import file_stem, free_path
from motionapp.overlay import ArrowScale, compose, draw
from motionapp.settings import PRESETS, Settings
from motionapp.sources import FrameSource, SourceError, open_source
from motionapp.types import Array, Frame, MotionError
from motionapp.video import VideoWriter

#: Frames taken from a live source, which has no end.
LIVE_FRAMES = 300


@dataclass(frozen=True, slots=True)
class DemoResult:
    """Where the files are, how long it took, and what the source had to say ("n of m frames")."""

    video: Path
    picture: Path
    frames: int
    elapsed_s: float
    notice: str | None = None

    @property
    def rate_hz(self) -> float:
        """Frames per second of the whole run: reading, estimating, drawing and encoding."""
        return self.frames / self.elapsed_s if self.elapsed_s > 0 else 0.0


def run(uri: str, folder: Path, preset: str, progress: Callable[[int, int | None], None]) -> DemoResult:
    """Estimate the motion in every frame of a source and draw it.

    Writes ``NAME_motion.mp4``, the whole source with its arrows, and ``NAME_arrows.png``, the frame with the fastest
    motion, into ``folder``; existing files are kept, the new ones get a number. What an error or Ctrl+C leaves
    unfinished is ``NAME_motion-partial.mp4``.

    Parameters
    ----------
    uri : str
        As :func:`motionapp.sources.open_source` takes it; of a live source the first 300 frames are used.
    folder : Path
        Where to write; made if it is not there.
    preset : str
        "live", "balanced" or "accurate".
    progress : callable
        Told the number of frames done and the number there are (None: unknown).

    Raises
    ------
    MotionError
        If the source cannot be read or a file cannot be written.
    """
    settings = Settings(flow=PRESETS[preset])
    estimator, scale = MotionEstimator(settings), ArrowScale()
    best: tuple[float, Array] | None = None
    done, began = 0, time.perf_counter()
    with contextlib.closing(open_source(uri)) as source:
        total = LIVE_FRAMES if source.info.live else source.info.frame_count
        stem = file_stem(source.info.name)
        with _Video(folder / f"{stem}_motion.mp4", source.info.rate_hz) as video:
            for frame in _frames(source, total):
                picture = compose(estimator.step(frame), settings.view, scale)
                image = draw(picture, settings.view)
                video.write(image, frame.pts_s)
                if best is None or picture.measures.mean_px_s > best[0]:
                    best = picture.measures.mean_px_s, image
                done += 1
                progress(done, total)
            if best is None:
                raise SourceError(f"{uri} holds no picture that can be read.")
            path = video.finish()
        notice: str | None = getattr(source, "notice", None)
    elapsed_s = time.perf_counter() - began
    still = free_path(folder / f"{stem}_arrows.png")
    write_picture(still, best[1])
    return DemoResult(path, still, done, elapsed_s, notice)


def _frames(source: FrameSource, total: int | None) -> Iterator[Frame]:
    """Yield the frames of a source, at most ``total``."""
    taken = 0
    while total is None or taken < total:
        frame = source.read()
        if frame is not None:
            yield frame
            taken += 1
        elif not getattr(source, "waiting", False):
            return


class _Video:
    """A video begun with its first picture; when left by an error or Ctrl+C, what was made is kept and marked."""

    def __init__(self, path: Path, rate_hz: float) -> None:
        self._path, self._rate_hz = path, rate_hz
        self._writer: VideoWriter | None = None
        self._finished = False
        self._last_ms = -1

    def __enter__(self) -> _Video:
        return self

    def write(self, image: Array, pts_s: float) -> None:
        """Append a picture at its time, to the millisecond and never two at once: no container can tell them apart."""
        if self._writer is None:
            self._writer = VideoWriter(self._path, image.shape[1], image.shape[0], self._rate_hz)
        self._last_ms = max(self._last_ms + 1, round(1000 * pts_s))
        self._writer.write(image, self._last_ms / 1000)

    def finish(self) -> Path:
        """Complete the file and return its name."""
        assert self._writer is not None
        self._finished = True
        return self._writer.close()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        if self._writer is None or self._finished:
            return
        try:
            path = self._writer.close()
            path = path.rename(free_path(path.with_stem(f"{path.stem}-partial")))
        except (MotionError, OSError):
            return  # the error on its way says what went wrong; the unfinished file lies under its .part name
        if isinstance(error, MotionError):
            raise MotionError(f"{error} What was made before is in {path}.") from error
