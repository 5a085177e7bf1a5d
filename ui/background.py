"""Work off the GUI thread whose result comes back on it: camera lists, opening, saving."""

import queue
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from motionapp.types import Failure, MotionError

POLL_MS = 16


class Background(QObject):
    """Runs each job on a daemon thread of its own; polls for results only while jobs are out.

    Daemon threads, because a job may be stuck in a driver or on a dead network drive and must not keep
    the program alive. A job's exception becomes a :class:`Failure`.
    """

    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: set[threading.Thread] = set()
        self._results: queue.SimpleQueue[tuple[threading.Thread, Callable[[], None]]] = queue.SimpleQueue()
        self._poll = QTimer(self, interval=POLL_MS)
        self._poll.timeout.connect(self.deliver)

    def run(
        self,
        name: str,
        work: Callable[[], Any],
        done: Callable[[Any], None] | None = None,
        failed: Callable[[Failure], None] | None = None,
    ) -> None:
        """Do ``work`` on a thread called ``name``, then call ``done`` or ``failed`` on the GUI thread.

        Without ``failed`` the failure is emitted as the signal of that name.
        """
        tell = self.failed.emit if failed is None else failed

        def job() -> None:
            outcome: Callable[[], None]
            try:
                result = work()
            except MotionError as error:
                failure = Failure(str(error))
                outcome = lambda: tell(failure)  # noqa: E731
            except Exception as error:
                failure = Failure(f"Could not {name}: {error}", traceback.format_exc())
                outcome = lambda: tell(failure)  # noqa: E731
            else:
                outcome = lambda: done(result) if done else None  # noqa: E731
            self._results.put((threading.current_thread(), outcome))

        thread = threading.Thread(target=job, name=name, daemon=True)
        self._jobs.add(thread)
        thread.start()
        self._poll.start()

    @property
    def busy(self) -> int:
        """How many jobs have not delivered their result."""
        return len(self._jobs)

    def deliver(self) -> None:
        """Call back for every job that has finished."""
        while True:
            try:
                thread, outcome = self._results.get_nowait()
            except queue.Empty:
                break
            self._jobs.discard(thread)
            outcome()
        if not self._jobs:
            self._poll.stop()

    def shut(self, timeout_s: float) -> bool:
        """Wait for the jobs, and those their results lead to; return whether all came home in time."""
        deadline = time.monotonic() + timeout_s
        while self._jobs:
            thread = next(iter(self._jobs))
            thread.join(max(0.0, deadline - time.monotonic()))
            if thread.is_alive():
                break
            self.deliver()
        self._poll.stop()
        return not self._jobs
