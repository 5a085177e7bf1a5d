"""Between the window and the session: opens and closes off the GUI thread, pulls pictures, reports state.

The library behind a session (Numba, OpenCV, PyAV) takes a second to import, so it is imported by the thread
that opens the first source; until then the window already answers.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from motionapp.settings import Settings
from motionapp.types import Failure, Picture
from ui.background import Background

if TYPE_CHECKING:
    from motionapp.live import LiveSession

    #: Makes a started session: ``(uri, settings, camera_size)`` → the session, and the URI it really shows.
    Opener = Callable[[str, Settings, tuple[int, int] | None], tuple[LiveSession, str]]

PICTURE_MS = 16
STATUS_MS = 250

#: So long a source waits for the one before it on the same device to let go of it.
HANDOVER_S = 3.0


class SessionBridge(QObject):
    """Holds at most one session; the window asks for a source and hears of pictures, failures and status.

    Signals
    -------
    opened(str)
        A session runs; the URI it shows. Its source may still be opening.
    refused(str)
        There is no session for this URI; ``failed`` has said why.
    pictured(Picture), failed(Failure), status_changed(SessionStatus)
        What the session has to say, newest picture only.
    left(SessionStatus)
        The last status of a session that is closed: its recording is finished now.
    """

    opened = Signal(str)
    refused = Signal(str)
    pictured = Signal(object)
    failed = Signal(object)
    status_changed = Signal(object)
    left = Signal(object)

    def __init__(self, opener: Opener, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._opener = opener
        self._background = Background(self)
        self._background.failed.connect(self.failed)
        self._session: LiveSession | None = None
        self.newest: Picture | None = None  # the last one that was told of, of this session
        self._free: dict[str, threading.Event] = {}  # per URI: set when nobody holds it any more
        self._released = threading.Event()  # that of the session on show
        self._settings = Settings()
        self._generation = 0
        self._opening = ""
        self._lookers: frozenset[str] = frozenset()
        self._stuck = False
        self._pictures = QTimer(self, interval=PICTURE_MS)
        self._pictures.timeout.connect(self._pull)
        self._numbers = QTimer(self, interval=STATUS_MS)
        self._numbers.timeout.connect(self.refresh)

    @property
    def session(self) -> LiveSession | None:
        """The session on show; None while there is none or it is still being made."""
        return self._session

    @property
    def opening(self) -> str:
        """The URI a session is being made for, "" if none."""
        return self._opening

    def open(self, uri: str, settings: Settings, camera_size: tuple[int, int] | None = None) -> None:
        """Close what is on show and open ``uri`` in the background."""
        self.close_source()
        self._settings, self._opening = settings, uri
        generation = self._generation
        before, released = self._free.get(uri), threading.Event()
        self._free[uri] = released

        def make() -> tuple[LiveSession, str]:
            if before is not None:
                before.wait(HANDOVER_S)
            return self._opener(uri, settings, camera_size)

        def arrived(made: tuple[LiveSession, str]) -> None:
            session, real_uri = made
            self._free[real_uri] = released
            if generation == self._generation:
                self._released = released
                self._adopt(session, real_uri)
            else:
                self._leave(session, released)

        def refused(failure: Failure) -> None:
            released.set()
            if generation == self._generation:
                self._opening = ""
                self.failed.emit(failure)
                self.refused.emit(uri)

        self._background.run("open the source", make, arrived, refused)

    def close_source(self) -> None:
        """Forget the source, or the one being opened; it is closed in the background."""
        self._generation += 1
        self._opening = ""
        self._pictures.stop()
        self._numbers.stop()
        session, self._session, self.newest = self._session, None, None
        if session is not None:
            self._leave(session, self._released)

    def apply(self, settings: Settings) -> None:
        """Hand new settings to the session; they take effect on the next frame."""
        self._settings = settings
        if self._session is not None:
            self._session.apply(settings)

    def want_trace(self, on: bool, looker: str = "") -> None:
        """Say whether someone looks at the descent; it is recorded while any ``looker`` does."""
        self._lookers = self._lookers | {looker} if on else self._lookers - {looker}
        if self._session is not None:
            self._session.want_trace(bool(self._lookers))

    def refresh(self) -> None:
        """Report the status now, and what went wrong since."""
        session = self._session
        if session is not None:
            self.status_changed.emit(session.status())
            self._report_failures(session)

    def shut(self, timeout_s: float = 2.0) -> bool:
        """Close everything and wait; return whether every thread came home in time."""
        deadline = time.monotonic() + timeout_s
        self.close_source()
        return self._background.shut(deadline - time.monotonic()) and not self._stuck

    def _leave(self, session: LiveSession, released: threading.Event) -> None:
        """Close a session in the background, and tell what became of its recording."""

        def close() -> bool:
            try:
                return session.close()
            finally:
                released.set()

        def closed(in_time: bool) -> None:
            self._stuck |= not in_time
            self._report_failures(session)
            self.left.emit(session.status())

        self._report_failures(session)
        self._background.run("close the source", close, closed)

    def _adopt(self, session: LiveSession, uri: str) -> None:
        self._session, self._opening = session, ""
        session.apply(self._settings)
        session.want_trace(bool(self._lookers))
        self._pictures.start()
        self._numbers.start()
        self.opened.emit(uri)
        self.refresh()

    def _pull(self) -> None:
        if self._session is not None:
            picture = self._session.pictures.take(0.0)
            if picture is not None:
                self.newest = picture
                self.pictured.emit(picture)

    def _report_failures(self, session: LiveSession) -> None:
        while True:
            try:
                failure = session.failures.get_nowait()
            except queue.Empty:
                return
            self.failed.emit(failure)
