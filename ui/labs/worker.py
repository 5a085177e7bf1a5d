"""One thread that computes what the lab shows: newest job in, newest result out, nothing stale is finished twice."""

from __future__ import annotations

import queue
import threading
import traceback
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from motionapp.labs.view import LabView, Reducer
from motionapp.latest import Latest
from motionapp.types import Failure, MotionError
from ui.labs.lab import Lab

POLL_MS = 8


class _Left(BaseException):
    """Raised out of a progress report to leave the preparation; not to be taken for a broken kernel."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something to compute: what ``lab`` shows of ``view``; ``serial`` counts what was asked for."""

    lab: Lab
    view: LabView
    parameters: Any
    serial: int


class LabWorker(QObject):
    """Computes on a daemon thread, from its making until it is shut.

    Signals
    -------
    done(Job, result), failed(Job, Failure)
        On the GUI thread. A job that was overtaken by a newer one before it began is never told of.
    prepared(int, int)
        So many kernels of all that the lab needs are ready.
    """

    done = Signal(object, object)
    failed = Signal(object, object)
    prepared = Signal(int, int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: Latest[Job] = Latest()
        self._results: Latest[tuple[Job, Any]] = Latest()
        self._preparing: Latest[tuple[int, int]] = Latest()
        self._failures: queue.SimpleQueue[tuple[Job, Failure]] = queue.SimpleQueue()
        self._poll = QTimer(self, interval=POLL_MS)
        self._poll.timeout.connect(self._pull)
        self._poll.start()
        self._thread = threading.Thread(target=self._run, name="lab", daemon=True)
        self._thread.start()

    def submit(self, job: Job) -> None:
        """Compute ``job`` as soon as the one in work is done, unless a newer one comes first."""
        self._jobs.put(job)

    def shut(self, timeout_s: float = 2.0) -> bool:
        """Stop; return whether the thread came home in time."""
        self._poll.stop()
        self._jobs.close()
        self._results.close()
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        reduce = Reducer()
        prepared: Lab | None = None
        while not self._jobs.closed:
            job = self._jobs.take(None)
            if job is None:
                continue
            try:
                if job.lab is not prepared:
                    job.lab.prepare(self._tell_prepared)
                    prepared = job.lab
                view = reduce(job.view, job.lab.longest_px)
                self._results.put((job, job.lab.compute(view, job.parameters)))
            except _Left:
                return
            except MotionError as error:
                self._failures.put((job, Failure(str(error))))
            except Exception as error:
                message = f"{job.lab.title} could not be computed: {error}"
                self._failures.put((job, Failure(message, traceback.format_exc())))

    def _tell_prepared(self, done: int, total: int, _name: str) -> None:
        """Report how far the preparation is, and leave it if nobody waits any more."""
        if self._jobs.closed:
            raise _Left
        self._preparing.put((done, total))

    def _pull(self) -> None:
        preparing = self._preparing.take(0.0)
        if preparing is not None:
            self.prepared.emit(*preparing)
        made = self._results.take(0.0)
        if made is not None:
            self.done.emit(*made)
        while not self._failures.empty():
            self.failed.emit(*self._failures.get())
