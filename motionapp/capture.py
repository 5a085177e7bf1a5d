"""The capture thread: opens a source, paces it, and posts each frame with its predecessor."""

from __future__ import annotations

import contextlib
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import replace

from motionapp import playback
from motionapp.latest import Latest
from motionapp.orientation import orient
from motionapp.pairs import Pair, Pairs
from motionapp.playback import Due, Playback
from motionapp.settings import Settings
from motionapp.sliding import SlidingWindow
from motionapp.sources import FrameSource, SourceError, SourceInfo
from motionapp.types import Array, Failure, Frame, MotionError

#: After a gap of more than this, in clock time or between frames of a live source, no motion is estimated across it.
GAP_S = 1.0

#: Changed settings wait for the next frame if it comes this soon.
SOON_S = 0.1


class Capture:
    """Own a source on one thread; commands arrive from any other.

    Until :meth:`set_ready`, pictures go to ``show_raw`` instead of ``jobs``; a seekable source waits on its first
    frame meanwhile, so that nothing is missed.

    Parameters
    ----------
    uri, opener : str, callable
        What to open, and how.
    settings : callable
        Returns the settings in force.
    jobs : Latest[Pair]
        Mailbox of the compute thread.
    show_raw : callable
        Shows a frame without motion.
    report : callable
        Takes every :class:`Failure`.
    """

    def __init__(
        self,
        uri: str,
        opener: Callable[[str], FrameSource],
        settings: Callable[[], Settings],
        jobs: Latest[Pair],
        show_raw: Callable[[Frame], None],
        report: Callable[[Failure], None],
    ) -> None:
        self._uri, self._opener, self._settings = uri, opener, settings
        self._jobs, self._show_raw, self._report = jobs, show_raw, report
        self._changed = threading.Condition()
        self._playback = Playback()
        self._closing = self._ready = self._again = self._failed = False
        self._info: SourceInfo | None = None
        self._source: FrameSource | None = None
        self._notice: str | None = None
        self._broken = False  # whether it was said that the source breaks off
        self._rate = SlidingWindow()
        self._skipped = 0
        self._run = 0
        self._posted_s = 0.0
        self._raw: tuple[Frame | None, Frame] | None = None
        self._orientation = (False, 0)
        self._oriented: tuple[Array, Frame] | None = None  # the last image as read, and the frame made of it

    def run(self) -> None:
        """Open, play and close the source: the body of the capture thread."""
        try:
            with contextlib.closing(self._opener(self._uri)) as source:
                self._begin(source)
                self._run_live(source) if source.info.live else self._run_seekable(source)
        except Exception as error:  # the window must live on, whatever a library raises
            self._fail(failure(error, "The source could not be read"))
        self._keep_answering()

    def change(self, command: Callable[[Playback], Playback]) -> None:
        """Apply a command of :mod:`motionapp.playback`."""
        with self._changed:
            self._playback = command(self._playback)
            self._changed.notify_all()

    def again(self) -> None:
        """Post the pair on show once more (settings changed) unless the next one comes anyway."""
        with self._changed:
            self._again = True
            self._changed.notify_all()

    def set_ready(self) -> None:
        """Begin to post pairs: someone estimates motion from now on."""
        with self._changed:
            self._ready = self._again = True
            self._changed.notify_all()

    def close(self) -> None:
        """End :meth:`run` at the next opportunity; a blocked read is not interrupted."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()

    def rate_hz(self) -> float:
        """Return the nominal rate of the source, 0 if unknown."""
        return self._info.rate_hz if self._info else 0.0

    def period_s(self) -> float:
        """Return the time from one frame to the next, 0 if unknown.

        Of a live source as observed, since cameras promise more than they give in the dark; otherwise nominal, longer
        in slow motion, but no shorter in fast.
        """
        with self._changed:
            info, speed = self._info, abs(self._playback.speed)
            observed_hz = self._rate.rate_hz(time.monotonic())
        if info is None:
            return 0.0
        nominal_hz = info.rate_hz * min(1.0, speed)
        if nominal_hz <= 0.0 or (info.live and observed_hz > 0.0):
            return 1.0 / observed_hz if observed_hz > 0.0 else 0.0
        return 1.0 / nominal_hz

    def snapshot(self, clock_s: float) -> tuple[SourceInfo | None, Playback, bool, float, int]:
        """Return info, playback, whether the source failed, captured frames per second and frames passed over."""
        self._look_for_notice()
        with self._changed:
            return self._info, self._playback, self._failed, self._rate.rate_hz(clock_s), self._skipped

    def time_of(self, index: int) -> float | None:
        """Return the time in s at which a frame of the source is shown; None before it is open."""
        with self._changed:
            source = self._source
        return None if source is None else source.pts(index)

    def _begin(self, source: FrameSource) -> None:
        info = source.info
        with self._changed:
            self._info, self._source = info, source
            self._playback = playback.opened(self._playback, info.frame_count, info.live)

    def _fail(self, failure: Failure) -> None:
        with self._changed:
            self._failed = True
            self._playback = playback.pause(self._playback)
            closing = self._closing
        if not closing:
            self._report(failure)

    def _look_for_notice(self) -> None:
        """Report what the source has to say (reconnecting, truncated), once per message."""
        notice: str | None = getattr(self._source, "notice", None)
        with self._changed:
            known, self._notice = self._notice, notice
        if notice and notice != known:
            self._report(Failure(notice))

    # --- live: frames come by themselves -----------------------------------------------------------------------------

    def _run_live(self, source: FrameSource) -> None:
        previous: Frame | None = None
        while not self._closing:
            frame = source.read()
            self._look_for_notice()
            with self._changed:
                if frame is None and not getattr(source, "waiting", False):
                    self._playback = replace(self._playback, playing=False, ended=True)
                    return
                wanted = frame is not None and (self._playback.playing or self._playback.index is None)
                again = self._again and not wanted
                self._again = False
                if frame is not None and wanted:
                    self._playback = playback.shown(self._playback, frame.index)
            if frame is not None and wanted:
                gap = previous is None or not 0 < frame.pts_s - previous.pts_s <= GAP_S
                self._post(None if gap else previous, frame, jump=gap)
            elif again:
                self._post_again()
            previous = frame or previous

    def _keep_answering(self) -> None:
        """Answer to changed settings with the last picture of a source that has ended or failed."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closing or self._again)
                if self._closing:
                    return
                self._again = False
            self._post_again()

    # --- files, folders and scenes: frames are asked for -------------------------------------------------------------

    def _run_seekable(self, source: FrameSource) -> None:
        pairs = Pairs(source)
        while True:
            with self._changed:
                if self._closing:
                    return
                due = self._due(source)
                self._playback = due.playback
                idle = due.show is None and (due.wait_s is None or due.wait_s > SOON_S)
                again = self._again and idle
                if due.show is None and not again:
                    self._changed.wait(due.wait_s)
                    continue
                self._again = False
            if again:
                self._post_again()
            else:
                self._show(pairs, due)

    def _due(self, source: FrameSource) -> Due:
        if not self._ready and self._playback.wanted is None and self._playback.sought is None:
            return Due(replace(self._playback, anchor=None))
        return playback.due(self._playback, source.pts, time.monotonic())

    def _show(self, pairs: Pairs, due: Due) -> None:
        """Read and post the frame that is due; where there is none, the source ends before it."""
        index = due.show
        assert index is not None
        broken: Exception | None = None
        try:
            pair = pairs.read(index)
        except Exception as error:  # what can be read of a damaged file is still shown
            pair, broken = None, error
        self._look_for_notice()
        if pair is None and (index == 0 or self._raw is None):
            raise broken or SourceError(f"{self._uri}: holds no picture that can be read.")
        with self._changed:
            before = self._playback.index
            if pair is None:
                self._playback = playback.shorten(self._playback, index)
            else:
                self._playback = playback.shown(self._playback, index)
                for _ in range(0 if before is None or due.jump else abs(index - before) - 1):
                    self._skipped += 1
                    self._rate.add(time.monotonic())
        if broken is not None and not self._broken:
            self._broken = True
            self._report(failure(broken, f"The source ends at frame {index}"))
        if pair is not None:
            self._post(*pair, jump=due.jump)

    # --- posting -----------------------------------------------------------------------------------------------------

    def _post(self, previous: Frame | None, frame: Frame, *, jump: bool) -> None:
        now = time.monotonic()
        if frame.captured_s <= 0 or not (self._info and self._info.live):
            frame = replace(frame, captured_s=now)
        if previous is not None and previous.image.shape != frame.image.shape:
            previous = None
        if jump or previous is None or now - self._posted_s > GAP_S:
            self._run += 1
        self._posted_s = now
        self._raw = previous, frame
        with self._changed:
            self._rate.add(now)
        self._hand_over(again=False)

    def _post_again(self) -> None:
        """Post the pair on show with the settings of now, as if nothing had come before it."""
        if self._raw is not None:
            previous, frame = self._raw
            self._raw = previous, replace(frame, captured_s=time.monotonic())
            self._run += 1
            self._hand_over(again=True)

    def _hand_over(self, *, again: bool) -> None:
        assert self._raw is not None
        view = self._settings().view
        orientation = view.mirror, view.quarter_turns
        if orientation != self._orientation:
            self._orientation, self._oriented = orientation, None
            self._run += 1
        previous, frame = self._raw
        if previous is not None:
            known, oriented = self._oriented or (None, None)
            fresh = known is not previous.image or oriented is None
            previous = orient(previous, *orientation) if fresh else oriented
        oriented = orient(frame, *orientation)
        self._oriented = frame.image, oriented
        if self._ready:
            self._jobs.put(Pair(previous, oriented, self._run, again))
        else:
            self._show_raw(oriented)


def failure(error: Exception, what: str) -> Failure:
    """Say an exception to the user: a :class:`MotionError` speaks for itself, others after ``what``, with details."""
    if isinstance(error, MotionError):
        return Failure(str(error))
    return Failure(f"{what}: {error or type(error).__name__}", "".join(traceback.format_exception(error)))
