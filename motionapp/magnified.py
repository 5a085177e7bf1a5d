"""A whole video magnified: every frame at its own time, in constant memory, into an H.264 mp4."""

from __future__ import annotations

import contextlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from motionapp.analysis.annotated import PartWriter, join_parts, mp4_tick
from motionapp.magnification import Magnifier
from motionapp.naming import free_path
from motionapp.settings import MagnifySettings
from motionapp.sources import SourceError, SourceInfo, open_source
from motionapp.types import Array, MotionError
from motionapp.wholefile import sync_folder


@dataclass(frozen=True, slots=True)
class MagnifyResult:
    """What was written, and what should be known of it; ``band_hz`` is what the frames can show of the band."""

    video: Path
    frames: int
    width: int
    height: int
    rate_hz: float
    elapsed_s: float
    band_hz: tuple[float, float]
    notices: tuple[str, ...] = ()

    @property
    def speed_hz(self) -> float:
        """Frames per second of the whole run: reading, magnifying and encoding."""
        return self.frames / self.elapsed_s if self.elapsed_s > 0 else 0.0


def magnify_video(
    uri: str,
    out: Path,
    settings: MagnifySettings,
    progress: Callable[[int, int | None], None] = lambda done, total: None,
    *,
    side_by_side: bool = False,
) -> MagnifyResult:
    """Magnify the motions of a video and write them to another, whose frames are shown at the same times.

    What an error or Ctrl+C leaves unfinished is a valid video, ``NAME-partial.mp4``.

    Parameters
    ----------
    uri : str
        A source that has an end; see :func:`motionapp.sources.open_source`.
    out : Path
        The mp4 to write; what was there is replaced once the new one is whole.
    settings : MagnifySettings
        The band, how much, and by which method.
    progress : callable
        Told the number of frames done and the number there are (None: unknown).
    side_by_side : bool
        Whether the original stands to the left.

    Raises
    ------
    MotionError
        If the source cannot be read or has no end, its frames cannot show the band, or ``out`` cannot be written.
    """
    began, done = time.perf_counter(), 0
    magnifier = Magnifier(settings)
    with contextlib.closing(open_source(uri)) as source:
        info = source.info
        notices = about_band(info, settings)
        tick_s = mp4_tick(getattr(source, "tick_s", Fraction(0)))
        with _Film(out, tick_s, info.rate_hz) as film:
            while (frame := source.read()) is not None:
                picture = magnifier.step(frame)
                if side_by_side:
                    picture = np.concatenate([frame.image, picture], axis=1)
                film.write(picture, frame.pts_s)
                done += 1
                progress(done, info.frame_count)
            if not done:
                raise SourceError(f"{uri} holds no picture that can be read.")
            film.finish()
        damage = getattr(source, "notice", None)
    height, width = picture.shape[:2]
    told = (*notices, damage) if damage else notices
    band_hz = settings.low_hz, min(settings.high_hz, info.rate_hz / 2 or settings.high_hz)
    return MagnifyResult(out, done, width, height, info.rate_hz, time.perf_counter() - began, band_hz, told)


def about_band(info: SourceInfo, settings: MagnifySettings) -> tuple[str, ...]:
    """Return what should be said of the band; raise MotionError where it cannot be shown, or the source has no end."""
    if info.live:
        raise MotionError(f"{info.name} has no end: record it first, then magnify the recording.")
    highest_hz = info.rate_hz / 2
    if not info.rate_hz or settings.high_hz < highest_hz:
        return ()
    shown = f"{info.name} has {info.rate_hz:.3g} frames per second, which show motions up to {highest_hz:.3g} Hz"
    if settings.low_hz >= 0.98 * highest_hz:
        raise MotionError(f"{shown}: nothing of the band {settings.low_hz:g}-{settings.high_hz:g} Hz.")
    return (f"{shown}; the band ends there.",)


class _Film:
    """A video that appears whole; when left by an error or Ctrl+C, what was made is kept and marked."""

    def __init__(self, path: Path, tick_s: Fraction, rate_hz: float) -> None:
        self._path, self._tick_s, self._rate_hz = path, tick_s, rate_hz
        self._part = path.with_name(f".{path.stem[:80]}.{secrets.token_hex(4)}.part.nut")
        self._whole = self._part.with_suffix(".mp4")
        self._writer: PartWriter | None = None
        self._finished = False
        self._tick = -1

    def __enter__(self) -> _Film:
        return self

    def write(self, image: Array, pts_s: float) -> None:
        """Append a picture at its time, to the tick and never two at once."""
        if self._writer is None:
            self._writer = PartWriter(self._part, image.shape[1], image.shape[0], self._tick_s, self._rate_hz)
        self._tick = max(self._tick + 1, round(pts_s / float(self._tick_s)))
        self._writer.write(image, self._tick)

    def finish(self) -> None:
        """Complete the video and give it its name."""
        self._complete(self._path)
        self._finished = True

    def _complete(self, path: Path) -> Path:
        assert self._writer is not None
        self._writer.close()
        join_parts([self._part], self._whole, self._tick_s)
        try:
            self._whole.replace(path)
            sync_folder(path.parent)
        except OSError as error:
            raise MotionError(f"{path} cannot be written: {(error.strerror or 'it is in use').lower()}.") from None
        return path

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        kept = None
        try:
            if self._writer is not None and not self._finished:
                with contextlib.suppress(MotionError):
                    kept = self._complete(free_path(self._path.with_stem(f"{self._path.stem}-partial")))
        finally:
            self._part.unlink(missing_ok=True)
            self._whole.unlink(missing_ok=True)
        if kept and isinstance(error, MotionError):
            raise MotionError(f"{error} What was made before is in {kept}.") from error
        if kept and isinstance(error, KeyboardInterrupt):
            raise KeyboardInterrupt(f"What was made before is in {kept}.") from error
