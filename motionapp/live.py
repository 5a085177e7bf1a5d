"""A running session: source → motion → pictures on two threads, watched and steered from a third."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from motionapp import playback
from motionapp.capture import Capture
from motionapp.compute import Compute, Estimator, Progress
from motionapp.latest import Latest
from motionapp.pairs import Pair
from motionapp.settings import FlowSettings, Settings
from motionapp.sources import FrameSource, SourceInfo, open_source
from motionapp.types import Failure, Frame, Motion, Picture

Phase = Literal["opening", "preparing", "playing", "paused", "ended", "failed", "closed"]


def warm_up(progress: Progress) -> str | None:
    """Compile or load every kernel; Numba is imported here, on the compute thread, not before the window."""
    from kernels.warmup import warm_up

    return warm_up(progress)


def make_estimator(settings: Settings) -> Estimator:
    """Make the estimator that sessions use."""
    from motionapp.estimator import MotionEstimator

    return MotionEstimator(settings)


@dataclass(frozen=True, slots=True)
class SessionStatus:
    """What a session is doing at one moment.

    ``index`` and ``pts_s`` belong to the picture on show (-1 and 0 before the first). ``source_hz`` counts frames taken
    from the source, ``processed_hz`` pictures with motion, both over the last 2 s; ``latency_ms`` is the median time
    from capture to finished picture. ``dropped`` frames were captured and passed over: captured = processed + dropped,
    plus at most one waiting and one in work. ``preparing`` is kernels done, total and what is being compiled.
    ``held`` is what the last frame was made with, None unless the frame rate is held.
    """

    phase: Phase = "opening"
    info: SourceInfo | None = None
    index: int = -1
    pts_s: float = 0.0
    speed: float = 1.0
    first: int | None = None
    last: int | None = None
    loop: bool = False
    source_hz: float = 0.0
    processed_hz: float = 0.0
    latency_ms: float = 0.0
    captured: int = 0
    processed: int = 0
    dropped: int = 0
    preparing: tuple[int, int, str] | None = None
    recording: Path | None = None
    recorded: Path | None = None
    recorded_frames: int = 0
    held: FlowSettings | None = None


class LiveSession:
    """Play a source and estimate its motion.

    Take pictures from ``pictures`` and problems from ``failures`` whenever it suits you: neither grows while nobody
    does (a problem that repeats frame after frame is told once). Every method may be called from any thread, returns at
    once and raises nothing because of the source; only :meth:`close` waits.

    Parameters
    ----------
    uri : str
        What to open, as :func:`motionapp.sources.open_source` takes it.
    settings : Settings
        Flow and view to begin with.
    opener, prepare, estimator : callable
        Open the source, ready the kernels (None: they are), make the estimator. For tests and other back ends.
    watch : callable or None
        Shown every finished motion on the compute thread, in order; it has to be quick, and what it raises is a problem
        told once. A motion made again, because settings have changed, is not shown.
    """

    def __init__(
        self,
        uri: str,
        settings: Settings,
        *,
        opener: Callable[[str], FrameSource] = open_source,
        prepare: Callable[[Progress], str | None] | None = warm_up,
        estimator: Callable[[Settings], Estimator] = make_estimator,
        watch: Callable[[Motion], None] | None = None,
    ) -> None:
        self.pictures: Latest[Picture] = Latest()
        self.failures: queue.SimpleQueue[Failure] = queue.SimpleQueue()
        self._settings = settings
        self._closed = False
        self._jobs: Latest[Pair] = Latest()
        report = self.failures.put
        self._capture = Capture(uri, opener, self._current, self._jobs, self._show_raw, report)
        self._compute = Compute(
            self._current,
            estimator,
            prepare,
            self._jobs,
            self.pictures,
            self._capture.rate_hz,
            self._capture.period_s,
            self._capture.set_ready,
            report,
            watch,
        )
        if prepare is None:
            self._capture.set_ready()
        self._threads = (
            threading.Thread(target=self._capture.run, name="capture", daemon=True),
            threading.Thread(target=self._compute.run, name="compute", daemon=True),
        )

    def start(self) -> None:
        """Open the source and prepare the kernels, each on its own thread."""
        for thread in self._threads:
            thread.start()

    def time_of(self, index: int) -> float | None:
        """Return the time in s at which a frame is shown, from the first one; None before the source is open."""
        return self._capture.time_of(index)

    def status(self) -> SessionStatus:
        """Return what the session is doing now."""
        now = time.monotonic()
        info, state, failed, source_hz, skipped = self._capture.snapshot(now)
        preparing, processed_hz, latency_s, processed, shown, held = self._compute.snapshot(now)
        posted, overwritten = self._jobs.counts
        recording, recorded, recorded_frames = self._compute.tape.snapshot()
        return SessionStatus(
            phase=self._phase(info, state, failed, preparing is not None),
            info=info,
            index=-1 if shown is None else shown.index,
            pts_s=0.0 if shown is None else shown.pts_s,
            speed=state.speed,
            first=state.first,
            last=state.last,
            loop=state.loop,
            source_hz=source_hz,
            processed_hz=processed_hz,
            latency_ms=1000.0 * latency_s,
            captured=posted + skipped,
            processed=processed,
            dropped=overwritten + skipped,
            preparing=preparing,
            recording=recording,
            recorded=recorded,
            recorded_frames=recorded_frames,
            held=held,
        )

    def apply(self, settings: Settings) -> None:
        """Use ``settings`` from the next frame on; a frame that is held is computed again."""
        self._settings = settings
        self._capture.again()

    def play(self) -> None:
        """Play on; from the start again at the end."""
        self._capture.change(playback.play)

    def pause(self) -> None:
        """Hold the frame on show; a live source is frozen."""
        self._capture.change(playback.pause)

    def seek(self, index: int) -> None:
        """Show frame ``index`` with the motion that led to it; without effect on live sources."""
        self._capture.change(lambda state: playback.seek(state, index))

    def seek_time(self, pts_s: float) -> None:
        """Show the frame whose time is nearest to ``pts_s``; without effect on live sources."""
        self._capture.change(lambda state: playback.seek_time(state, pts_s))

    def step_time(self, seconds: float) -> None:
        """Show the frame so many seconds on, or back; without effect on live sources."""
        self._capture.change(lambda state: playback.step_time(state, seconds))

    def step(self, count: int) -> None:
        """Pause, and move by ``count`` frames."""
        self._capture.change(lambda state: playback.step(state, count))

    def set_speed(self, speed: float) -> None:
        """Play ``speed`` times as fast, backwards if negative; 0.125 … 8 either way, otherwise ValueError."""
        self._capture.change(lambda state: playback.set_speed(state, speed))

    def set_range(self, first: int | None, last: int | None) -> None:
        """Set the in and out points; None is the end of the source."""
        self._capture.change(lambda state: playback.set_range(state, first, last))

    def set_loop(self, loop: bool) -> None:
        """Play round and round, or stop at the end."""
        self._capture.change(lambda state: playback.set_loop(state, loop))

    def start_recording(self, path: Path) -> None:
        """Record pictures with their arrows to ``path`` from the next one on."""
        self._compute.tape.start(path)

    def stop_recording(self) -> None:
        """Finish the recording in the background; its path then stands in ``status().recorded``."""
        self._compute.tape.stop()

    def want_trace(self, on: bool) -> None:
        """Record the descent of a few frames per second in ``Motion.trace``, or of none."""
        self._compute.tracing = on
        if on:
            self._capture.again()

    def close(self, timeout_s: float = 2.0) -> bool:
        """Stop both threads and finish the recording.

        Returns
        -------
        bool
            False if a thread is stuck (a camera that does not answer, a kernel being compiled) and was left behind;
            it ends by itself and releases its device when it can.
        """
        deadline = time.monotonic() + timeout_s
        self._closed = True
        self._compute.close()
        self._capture.close()
        self._jobs.close()
        self.pictures.close()
        self._compute.tape.stop()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(max(0.0, deadline - time.monotonic()))
        finished = self._compute.tape.wait(max(0.0, deadline - time.monotonic()))
        return finished and not any(thread.is_alive() for thread in self._threads)

    def _current(self) -> Settings:
        return self._settings

    def _show_raw(self, frame: Frame) -> None:
        self._compute.show_raw(frame)

    def _phase(self, info: SourceInfo | None, state: playback.Playback, failed: bool, preparing: bool) -> Phase:
        if self._closed:
            return "closed"
        if failed:
            return "failed"
        if info is None:
            return "opening"
        if state.ended:
            return "ended"
        if not state.playing:
            return "paused"
        return "preparing" if preparing else "playing"
