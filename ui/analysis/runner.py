"""Works through the queue on a thread beside the window; the window reads how far it is by a timer."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from ui.analysis.analyser import Analyser
from ui.analysis.entries import Entry, State, whole_part
from ui.background import Background

if TYPE_CHECKING:
    from motionapp.analysis.progress import Progress
    from motionapp.analysis.recipe import Recipe

POLL_MS = 100

#: What the queue calls the stages of a run, and what is said of them.
_STATES: dict[str, State] = {
    "waiting": "waiting",
    "reading": "running",
    "analysing": "running",
    "joining": "running",
    "done": "done",
    "kept": "done",
    "failed": "failed",
    "cancelled": "stopped",
}
_SAID = {"reading": "reading the file …", "joining": "writing the results …", "kept": "was complete already"}


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
        self._background, self.make_analyser = background, analyser
        self._queue: dict[Path, Entry] = {}
        self._lock = threading.Lock()
        self._cancelled = threading.Event()
        self.running = False
        self._began_s = self._took_s = 0.0
        self._pace: tuple[float, float] | None = None  # which part was done, and when, as frames began to be
        self._told: tuple[Entry, ...] = ()
        self._timer = QTimer(self, interval=POLL_MS)
        self._timer.timeout.connect(self._poll)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The queue as it is now."""
        with self._lock:
            return tuple(self._queue.values())

    @property
    def elapsed_s(self) -> float:
        """Seconds since the run was started; how long it took once it has ended."""
        return time.monotonic() - self._began_s if self.running else self._took_s

    @property
    def left_s(self) -> float | None:
        """About how many seconds the run will still take; None: not known yet."""
        if not self.running or self._pace is None:
            return None
        began_part, began_s = self._pace
        part, seconds = whole_part(self.entries), time.monotonic() - began_s
        return seconds * (1.0 - part) / (part - began_part) if part > began_part and seconds > 1.0 else None

    def add(self, paths: Sequence[Path]) -> None:
        """Put files at the end of the queue, each once; a run that goes on takes them, too."""
        fresh = {path: Entry(path, _size(path)) for path in map(_absolute, paths)}
        with self._lock:
            self._queue = {**self._queue, **{path: fresh[path] for path in fresh if path not in self._queue}}
        self._poll()

    def remove(self, paths: Sequence[Path]) -> None:
        """Take files out of the queue, but not the one that is being analysed."""
        with self._lock:
            self._queue = {
                path: entry for path, entry in self._queue.items() if path not in paths or entry.state == "running"
            }
        self._poll()

    def start(self, recipe_of: Callable[[Path], Recipe], folder: Path | None, jobs: int) -> None:
        """Analyse every file that waits, was stopped or failed; if all are done, all of them again."""
        if self.running or not self.entries:
            return
        with self._lock:
            again = all(entry.state == "done" for entry in self._queue.values())
            self._queue = {
                path: Entry(path, _size(path)) if again or entry.state != "done" else entry
                for path, entry in self._queue.items()
            }
        recipes = {entry.path: recipe_of(entry.path) for entry in self.entries}
        self._cancelled.clear()
        self.running, self._began_s, self._pace = True, time.monotonic(), None

        def work() -> None:
            analyser = self.make_analyser(jobs)
            try:
                while paths := self._next(recipes, recipe_of):
                    self._analyse(analyser, paths, recipes[paths[0]], folder)
            finally:
                analyser.close()

        self._background.run("analyse the files", work, lambda _none: self._end(), self._broke)
        self._timer.start()
        self._poll()

    def cancel(self) -> None:
        """End the run within a frame; what was done stays, and Start goes on from there."""
        self._cancelled.set()

    def _next(self, recipes: dict[Path, Recipe], recipe_of: Callable[[Path], Recipe]) -> list[Path]:
        """Return the files that come next: all that wait and share the recipe of the first one; none at the end."""
        if self._cancelled.is_set():
            return []
        waiting = [entry.path for entry in self.entries if entry.state == "waiting"]
        recipes |= {path: recipe_of(path) for path in waiting if path not in recipes}
        return [path for path in waiting if recipes[path] == recipes[waiting[0]]]

    def _analyse(self, analyser: Analyser, paths: list[Path], recipe: Recipe, folder: Path | None) -> None:
        """Analyse files that share a recipe; called on the thread of the run. What goes wrong stays with them."""
        first: dict[Path, tuple[int, float]] = {}

        def note(progress: Progress) -> None:
            now = time.monotonic()
            for file in progress.files:
                changes: dict[str, object] = {"done": file.done, "total": file.total or 0}
                if file.stage == "analysing":
                    began, began_s = first.setdefault(file.path, (file.done, now))
                    changes |= {"fresh": file.done - began, "elapsed_s": now - began_s}
                self._change(file.path, state=_STATES[file.stage], message=_SAID.get(file.stage, ""), **changes)
            if first and self._pace is None:
                self._pace = whole_part(self.entries), now

        try:
            results = analyser(paths, recipe, folder, note, self._unwanted)
        except Exception as error:
            for path in paths:
                self._change(path, state="failed", message=str(error) or type(error).__name__)
            return
        for result in results:
            said = result.error or result.notice or _SAID.get(result.state, "")
            self._change(result.path, state=_STATES[result.state], message=said, files=result.files)

    def _unwanted(self, path: Path) -> bool:
        """Whether a file is to end: the run is cancelled, or it was taken out of the queue before its turn."""
        return self._cancelled.is_set() or path not in self._queue

    def _change(self, path: Path, **changes: object) -> None:
        with self._lock:
            if path in self._queue:
                self._queue[path] = replace(self._queue[path], **changes)  # type: ignore[arg-type]

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
