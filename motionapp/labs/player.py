"""A source of a lab's own: one thread reads it, plays it in its own time, or shows the frame that was asked for."""

from __future__ import annotations

import queue
import threading
import time
import traceback
from contextlib import closing

from motionapp.labs.view import LONGEST_PX, LabView, Past
from motionapp.latest import Latest
from motionapp.orientation import orient
from motionapp.sources import FrameSource, SourceInfo, open_source
from motionapp.types import Failure, MotionError


class Player:
    """Plays ``uri`` round and round, stands at a frame, or follows someone else; a daemon thread does all of it.

    Parameters
    ----------
    uri : str
        What :func:`motionapp.sources.open_source` takes.
    history, longest_px : int
        So many frames before the newest are handed over with it, none with a longer side.
    index : int
        The frame to begin with. Live sources begin with the present.
    playing : bool
        Whether it goes on from there.
    orientation : (bool, int)
        Whether its frames are mirrored, and by how many quarter turns: see :mod:`motionapp.orientation`.

    Attributes
    ----------
    views : Latest[LabView]
        The newest view.
    failures : queue.SimpleQueue[Failure]
        What went wrong; after a failure nothing more comes.
    """

    def __init__(
        self,
        uri: str,
        history: int = 1,
        longest_px: int = LONGEST_PX,
        index: int = 0,
        playing: bool = True,
        orientation: tuple[bool, int] = (False, 0),
    ) -> None:
        self.uri = uri
        self.orientation = orientation
        self.views: Latest[LabView] = Latest()
        self.failures: queue.SimpleQueue[Failure] = queue.SimpleQueue()
        self.info: SourceInfo | None = None
        self._history, self._playing = (history, longest_px), playing
        self._wanted: int | None = index
        self._steps = 0
        self._again = False  # whether the frame on show is wanted once more, with another past
        self._closed = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="lab player", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def set_playing(self, playing: bool) -> None:
        """Go on, or stand."""
        with self._changed:
            self._playing = playing
            self._changed.notify()

    def show(self, index: int, orientation: tuple[bool, int] = (False, 0)) -> None:
        """Show frame ``index`` and stand there; frames passed over since the last one are read for the history."""
        with self._changed:
            self._playing, self._steps = False, 0
            self._wanted, self.orientation = index, orientation
            self._changed.notify()

    def step(self) -> None:
        """Show the frame after the last one that was asked for, and stand there."""
        with self._changed:
            self._playing, self._steps = False, self._steps + 1
            self._changed.notify()

    def set_history(self, history: int, longest_px: int) -> None:
        """Hand over so many frames of this size before the newest; the one on show comes again with more or larger."""
        with self._changed:
            self._again |= history > self._history[0] or longest_px > self._history[1]
            self._history = history, longest_px
            self._changed.notify()

    def close(self, timeout_s: float = 2.0) -> bool:
        """Stop; return whether the thread came home in time. One that is stuck in a driver is left behind."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self.views.close()
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            with closing(open_source(self.uri)) as source:
                self.info = source.info
                self._play(source)
        except MotionError as error:
            self.failures.put(Failure(str(error)))
        except Exception as error:
            self.failures.put(Failure(f"Could not read {self.uri}: {error}", traceback.format_exc()))

    def _play(self, source: FrameSource) -> None:
        past, live = Past(), source.info.live
        if source.info.frame_count == 1:
            self._playing = False
        shown, turned = -1, self.orientation
        due_s = time.monotonic()
        while True:
            with self._changed:
                self._changed.wait_for(self._has_work)
                if not live and not self._hurried():
                    self._changed.wait_for(self._interrupted, max(0.0, due_s - time.monotonic()))
                if self._closed:
                    return
                wanted, self._wanted = self._wanted, None
                if wanted is None and self._again and shown >= 0 and not live:
                    wanted = shown
                self._again = False
                if wanted is None and not self._playing and not self._steps:
                    continue
                self._steps = max(0, self._steps - (wanted is None))
                if self.orientation != turned or (past.lacks(*self._history) and not live):
                    past.clear()
                past.resize(*self._history)
                turned = self.orientation
            if wanted is None or live:
                view = self._read(source, past, turned)
            else:
                view = self._read_up_to(source, wanted, past, turned)
            if view is not None:
                shown = view.frame.index
                self.views.put(view)
                due_s = max(due_s + 1.0 / (source.info.rate_hz or 30.0), time.monotonic())

    def _read_up_to(self, source: FrameSource, index: int, past: Past, turned: tuple[bool, int]) -> LabView:
        """Return the view of frame ``index`` with those before it; of the last one there is, if there are fewer.

        Where it follows what is known already, the source goes on from there.
        """
        count = source.info.frame_count
        index = index if count is None else min(index, count - 1)
        at, first = -1 if past.newest is None else past.newest.index, max(0, index - past.count)
        if not (past.newest is not None and first <= at + 1 <= index):
            past.clear()
            source.seek(first)
            at = first - 1
        view = None
        while at < index:
            frame = source.read()
            if frame is None:
                break
            view, at = past.push(orient(frame, *turned)), frame.index
        if view is None:
            raise MotionError(f"{source.info.name} has no frame {index}.")
        return view

    def _read(self, source: FrameSource, past: Past, turned: tuple[bool, int]) -> LabView | None:
        """Return the view of the next frame, None while a camera has none; after the last comes the first."""
        frame = source.read()
        if frame is None and not source.info.live:
            past.clear()
            source.seek(0)
            frame = source.read()
            if frame is None:
                raise MotionError(f"{source.info.name} has no frames.")
        return None if frame is None else past.push(orient(frame, *turned))

    def _has_work(self) -> bool:
        return self._playing or self._hurried()

    def _interrupted(self) -> bool:
        return not self._playing or self._hurried()

    def _hurried(self) -> bool:
        """Whether something is to be done before the next frame is due."""
        return self._closed or self._again or self._steps > 0 or self._wanted is not None
