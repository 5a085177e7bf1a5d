"""The live pipeline without a window: an annotated video and a picture of the arrow field from any source."""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from motionapp.estimator import MotionEstimator
from motionapp.flowfiles import write_picture
from motionapp.overlay import ArrowScale, compose, draw
from motionapp.settings import PRESETS, Settings
from motionapp.sources import FrameSource, SourceError, open_source
from motionapp.types import Array, Frame, MotionError
from motionapp.video import VideoWriter

#: Frames taken from a live source, which has no end.
LIVE_FRAMES = 300


@dataclass(frozen=True, slots=True)
class DemoResult:
    """Where the files are, and how long it took."""

    video: Path
    picture: Path
    frames: int
    elapsed_s: float

    @property
    def rate_hz(self) -> float:
        """Frames per second of the whole run: reading, estimating, drawing and encoding."""
        return self.frames / self.elapsed_s if self.elapsed_s > 0 else 0.0


def bundled_clip() -> str:
    """Return the URI of the bundled clip of a moving arm, or of the scene it was made from."""
    clip = resources.files("recordings") / "moving-arm.mp4"
    return str(clip) if clip.is_file() else "scene:moving-arm"


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
        stem = _stem(source.info.name)
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
    elapsed_s = time.perf_counter() - began
    still = _free(folder / f"{stem}_arrows.png")
    write_picture(still, best[1])
    return DemoResult(path, still, done, elapsed_s)


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

    def __enter__(self) -> _Video:
        return self

    def write(self, image: Array, pts_s: float) -> None:
        """Append a picture."""
        if self._writer is None:
            self._writer = VideoWriter(self._path, image.shape[1], image.shape[0], self._rate_hz)
        self._writer.write(image, pts_s)

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
            path = path.rename(_free(path.with_stem(f"{path.stem}-partial")))
        except (MotionError, OSError):
            return  # the error on its way says what went wrong; the unfinished file lies under its .part name
        if isinstance(error, MotionError):
            raise MotionError(f"{error} What was made before is in {path}.") from error


def _stem(name: str) -> str:
    """Return the part of a file name that a source's name can give."""
    stem = Path(name).stem or "motion"
    return "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in stem).strip("-.") or "motion"


def _free(path: Path) -> Path:
    """Return ``path``, or ``name-2``, ``name-3`` … if it is taken."""
    names = itertools.chain([path], (path.with_name(f"{path.stem}-{n}{path.suffix}") for n in itertools.count(2)))
    return next(name for name in names if not name.exists())
