"""Works through the queue on a thread beside the window; the window reads how far it is by a timer."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from motionapp.types import MotionError
from ui.analysis.entries import Entry, State
from ui.background import Background

if TYPE_CHECKING:
    from motionapp.analysis.recipe import Recipe

POLL_MS = 100


class Outcome(NamedTuple):
    """What became of a file: how it ended, what is worth knowing, what was written."""

    state: State
    message: str = ""
    files: tuple[Path, ...] = ()


class Analyser(Protocol):
    """Analyses files one by one, each with its own recipe."""

    def __call__(
        self,
        path: Path,
        recipe: Recipe,
        folder: Path | None,
        progress: Callable[[int, int], None],
        cancelled: Callable[[], bool],
    ) -> Outcome:
        """Analyse one file; tell frames done and in all; stop within a frame once it is cancelled."""

    def close(self) -> None:
        """Let go of processes, if there are any."""


class Runner(QObject):
    """One run of the queue at a time.

    Signals
    -------
    changed()
        The entries have changed, or the run has ended.
    ended()
        The run has ended.
    """

    changed = Signal()
    ended = Signal()

    def __init__(self, background: Background, analyser: Callable[[int], Analyser], parent: QObject) -> None:
        super().__init__(parent)
        self._background, self._make = background, analyser
        self._entries: tuple[Entry, ...] = ()
        self._lock = threading.Lock()
        self._cancelled = threading.Event()
        self.running = False
        self._began_s = self._took_s = 0.0
        self._told: tuple[Entry, ...] = ()
        self._timer = QTimer(self, interval=POLL_MS)
        self._timer.timeout.connect(self._poll)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The queue as it is now."""
        with self._lock:
            return self._entries

    @property
    def elapsed_s(self) -> float:
        """Seconds since the run was started; how long it took once it has ended."""
        return time.monotonic() - self._began_s if self.running else self._took_s

    def add(self, paths: Sequence[Path]) -> None:
        """Put files at the end of the queue, each once; a run that goes on takes them, too."""
        known = {entry.path for entry in self.entries}
        fresh = [path for path in dict.fromkeys(map(_absolute, paths)) if path not in known]
        with self._lock:
            self._entries += tuple(Entry(path, _size(path)) for path in fresh)
        self._poll()

    def remove(self, paths: Sequence[Path]) -> None:
        """Take files out of the queue, but not the one that is being analysed."""
        with self._lock:
            self._entries = tuple(
                entry for entry in self._entries if entry.path not in paths or entry.state == "running"
            )
        self._poll()

    def start(self, recipe_of: Callable[[Path], Recipe], folder: Path | None, jobs: int) -> None:
        """Analyse every file that waits, was stopped or failed; if all are done, all of them again."""
        if self.running or not self.entries:
            return
        with self._lock:
            again = all(entry.state == "done" for entry in self._entries)
            self._entries = tuple(
                Entry(entry.path, _size(entry.path)) if again or entry.state != "done" else entry
                for entry in self._entries
            )
        recipes = {entry.path: recipe_of(entry.path) for entry in self.entries}
        self._cancelled.clear()
        self.running, self._began_s = True, time.monotonic()

        def work() -> None:
            analyser = self._make(jobs)
            try:
                while (path := self._next()) is not None:
                    self._analyse(analyser, path, recipes.get(path) or recipe_of(path), folder)
            finally:
                analyser.close()

        self._background.run("analyse the files", work, lambda _none: self._end(), self._broke)
        self._timer.start()
        self._poll()

    def cancel(self) -> None:
        """End the run within a frame; what was done stays, and Start goes on from there."""
        self._cancelled.set()

    def _next(self) -> Path | None:
        """Return the next file to analyse, from now on the running one; None at the end."""
        with self._lock:
            if self._cancelled.is_set():
                return None
            path = next((entry.path for entry in self._entries if entry.state == "waiting"), None)
        if path is not None:
            self._change(path, state="running")
        return path

    def _analyse(self, analyser: Analyser, path: Path, recipe: Recipe, folder: Path | None) -> None:
        """Analyse one file; called on the thread of the run. What goes wrong stays with this file."""
        first: list[tuple[int, float]] = []

        def note(done: int, total: int) -> None:
            now = time.monotonic()
            if not first:
                first.append((done, now))
            self._change(path, done=done, total=total, fresh=done - first[0][0], elapsed_s=now - first[0][1])

        try:
            outcome = analyser(path, recipe, folder, note, self._cancelled.is_set)
        except MotionError as error:
            outcome = Outcome("failed", str(error))
        except Exception as error:
            outcome = Outcome("failed", f"{type(error).__name__}: {error}")
        self._change(path, state=outcome.state, message=outcome.message, files=outcome.files)

    def _change(self, path: Path, **changes: object) -> None:
        with self._lock:
            self._entries = tuple(
                replace(entry, **changes) if entry.path == path else entry  # type: ignore[arg-type]
                for entry in self._entries
            )

    def _poll(self) -> None:
        entries = self.entries
        if entries != self._told or self.running:
            self._told = entries
            self.changed.emit()

    def _end(self) -> None:
        self._took_s, self.running = time.monotonic() - self._began_s, False
        self._timer.stop()
        self._told = self.entries
        self.changed.emit()
        self.ended.emit()

    def _broke(self, failure: object) -> None:
        """End a run that could not even begin with a file: each that waits is told why."""
        for entry in self.entries:
            if entry.state in ("waiting", "running"):
                self._change(entry.path, state="failed", message=str(getattr(failure, "message", failure)))
        self._end()


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 - links stay as they are called


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
