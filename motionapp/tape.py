"""Recording of the pictures on show: its own time line, started and stopped from any thread, never in the way."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from motionapp.capture import failure
from motionapp.overlay import draw
from motionapp.settings import ViewSettings
from motionapp.types import Array, Failure, MotionError, Picture

#: Frames of one run that are further apart than this in time follow each other by the nominal interval.
GAP_S = 1.0

#: Rate for sources that do not tell theirs.
NOMINAL_HZ = 30.0


class Recorder(Protocol):
    """What the tape needs of :class:`motionapp.recorder.Recorder`."""

    @property
    def written(self) -> int:
        """Pictures in the file so far."""

    @property
    def dropped(self) -> int:
        """Pictures left out because encoding could not keep up."""

    def write(self, image: Array, pts_s: float) -> object:
        """Queue one RGB picture; raises MotionError when recording is no longer possible."""

    def close(self) -> Path:
        """Write what is queued, finish the file and return where it is."""


def make_recorder(path: Path, width: int, height: int, rate_hz: float) -> Recorder:
    """Make the recorder that sessions use."""
    from motionapp.recorder import Recorder

    return Recorder(path, width, height, rate_hz)


class Tape:
    """At most one recording at a time. A recording that fails is reported, ended and kept as far as it got."""

    def __init__(self, report: Callable[[Failure], None], recorder: Callable[..., Recorder] = make_recorder) -> None:
        self._report, self._make = report, recorder
        self._lock = threading.Lock()
        self._path: Path | None = None
        self._recorder: Recorder | None = None
        self._recorded: Path | None = None
        self._frames = 0
        self._shape: tuple[int, ...] = ()
        self._told = ""
        self._time = TapeTime()
        self._finishing: list[threading.Thread] = []

    def start(self, path: Path) -> None:
        """Record to ``path`` from the next picture on; a running recording is finished first."""
        self.stop()
        with self._lock:
            self._path, self._frames, self._recorded, self._told = path, 0, None, ""
            self._time = TapeTime()

    def stop(self) -> None:
        """Finish the recording on a thread of its own: the last pictures may take a while to be written."""
        with self._lock:
            path, recorder = self._path, self._recorder
            self._recorder, self._path = None, None
            if recorder is not None:
                self._frames = recorder.written
                thread = threading.Thread(target=self._finish, args=(recorder,), name="finish recording", daemon=True)
                self._finishing = [t for t in self._finishing if t.is_alive()] + [thread]
                thread.start()
        if path is not None and recorder is None and not self._told:
            self._tell(Failure(f"Nothing was recorded to {path.name}: no new picture came in the meantime."))

    def wait(self, timeout_s: float) -> bool:
        """Wait until stopped recordings are finished; return whether they are."""
        for thread in list(self._finishing):
            thread.join(timeout_s)
        return not any(thread.is_alive() for thread in self._finishing)

    def add(self, picture: Picture, view: ViewSettings, run: int, rate_hz: float) -> None:
        """Record one picture with its arrows, if a recording was started.

        ``run`` is that of the :class:`motionapp.pairs.Pair`; ``rate_hz`` the nominal rate of the source, 0 if unknown.
        """
        path = self._path
        if path is None:
            return
        try:
            image = draw(picture, view)
            if self._recorder is None:
                self._load(path, image, rate_hz or NOMINAL_HZ)
            with self._lock:
                if self._path is not path or self._recorder is None:  # stopped or started anew meanwhile
                    return
                if image.shape != self._shape:
                    raise MotionError(f"Recording to {path.name} has ended: the picture has another size now.")
                self._recorder.write(image, self._time.of(picture.motion.frame.pts_s, run, rate_hz or NOMINAL_HZ))
        except Exception as error:
            self._tell(failure(error, f"Recording to {path.name} stopped"))
            self.stop()

    def _load(self, path: Path, image: Array, rate_hz: float) -> None:
        """Make the recorder, which takes the disk's time, and thus without the lock that others wait for."""
        recorder = self._make(path, image.shape[1], image.shape[0], rate_hz)
        with self._lock:
            if self._path is path:
                self._recorder, self._shape = recorder, image.shape
                return
        recorder.close()

    def snapshot(self) -> tuple[Path | None, Path | None, int]:
        """Return the file being recorded, the one finished last, and the number of pictures written to it."""
        with self._lock:
            return self._path, self._recorded, self._recorder.written if self._recorder else self._frames

    def _finish(self, recorder: Recorder) -> None:
        path: Path | None = None
        try:
            path = recorder.close()
        except Exception as error:
            self._tell(failure(error, "The recording could not be finished"))
        with self._lock:
            self._recorded = path
            if self._path is None:
                self._frames = recorder.written
        if path and recorder.dropped:
            left_out = f"{recorder.dropped} of {recorder.written + recorder.dropped} pictures are missing"
            self._report(Failure(f"{path.name}: {left_out}, because encoding could not keep up."))

    def _tell(self, told: Failure) -> None:
        """Report a problem, but not a second time when finishing fails for the same reason."""
        if told.message != self._told:
            self._told = told.message
            self._report(told)


class TapeTime:
    """Times of recorded pictures: as far apart as in the source, from 0, only ever forward."""

    def __init__(self) -> None:
        self._last: tuple[float, int] | None = None
        self._now_s = 0.0
        self._last_ms = -1

    def of(self, pts_s: float, run: int, rate_hz: float) -> float:
        """Return the recording's time of a picture in s, to the millisecond and never the same twice.

        Over jumps (loop, seek, pause) it advances by one nominal interval.
        """
        if self._last is not None:
            before_s, run_before = self._last
            apart_s = abs(pts_s - before_s)
            self._now_s += apart_s if run == run_before and 0 < apart_s <= GAP_S else 1.0 / rate_hz
        self._last = pts_s, run
        self._last_ms = max(self._last_ms + 1, round(1000 * self._now_s))
        return self._last_ms / 1000
