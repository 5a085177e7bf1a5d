"""Analysing files: every frame of each, by any executor, with the same bytes whoever does the work and how often.

A file is examined, its chunks are analysed in any order, and they are joined in order. All that is done is on disk at
once, in the part folder beside the results, so that nothing but the frame under way is lost whatever happens.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ThreadPoolExecutor,
    wait,
)
from pathlib import Path
from typing import Any

from motionapp.analysis.fileturn import FileTurn, Step
from motionapp.analysis.plan import Cancelled
from motionapp.analysis.progress import FileResult, Progress
from motionapp.analysis.recipe import Recipe

__all__ = ["analyse"]

_POLL_S, _TELL_S = 0.02, 0.2
#: Tasks given to an executor at a time.
_WINDOW = 32


def analyse(
    paths: Sequence[Path],
    recipe: Recipe,
    folder: Path | None = None,
    executor: Executor | None = None,
    progress: Callable[[Progress], None] = lambda progress: None,
    cancelled: Callable[[Path], bool] = lambda path: False,
    *,
    overwrite: bool = False,
    resume: bool = False,
) -> tuple[FileResult, ...]:
    """Analyse files by a recipe and return what came of each, in order; one that fails does not stop the others.

    Parameters
    ----------
    paths : sequence of Path
        Videos.
    recipe : Recipe
        How they are analysed and what is written.
    folder : Path, optional
        Where the results go, made if it is not there; without it, beside each file.
    executor : Executor, optional
        Who does the work: any of ``concurrent.futures`` whose workers see the same files under the same names. None:
        this process.
    progress : callable
        Told how far it has come, five times a second, on this thread.
    cancelled : callable
        Asked fifty times a second whether a file is to end. What is made then is kept: ``NAME_motion-partial`` holds
        what there is from the first frame on, and the part folder what ``resume`` needs.
    overwrite : bool
        Whether existing results are replaced; otherwise new ones get a number.
    resume : bool
        Whether runs that were begun with the same file, recipe and version go on; one that is complete is kept.

    Returns
    -------
    A result for each file. Errors are in there: nothing but wrong arguments and KeyboardInterrupt is raised.
    """
    turns = [
        FileTurn(Path(path), recipe, folder, overwrite=overwrite, resume=resume, local=executor is None)
        for path in paths
    ]
    with contextlib.ExitStack() as stack:
        window = _WINDOW
        if executor is None:
            executor, window = stack.enter_context(ThreadPoolExecutor(1, "analysis")), 1
        window = getattr(executor, "window", window)
        for turn in turns:
            stack.callback(turn.leave)
        _Run(turns, executor, window, progress, cancelled).work()
    return tuple(turn.result() for turn in turns)


class _Run:
    """The loop that gives tasks to an executor and takes what they return."""

    def __init__(
        self,
        turns: list[FileTurn],
        executor: Executor,
        window: int,
        progress: Callable[[Progress], None],
        cancelled: Callable[[Path], bool],
    ) -> None:
        self._turns, self._executor, self._window = turns, executor, window
        self._progress, self._cancelled = progress, cancelled
        self._working: dict[Future[Any], tuple[FileTurn, Step]] = {}
        self._told_s = 0.0
        self._taken: set[Any] = set()

    def work(self) -> None:
        """Work until every file has its result."""
        try:
            while self._goes_on():
                self._give()
                done, _ = wait(self._working, timeout=_POLL_S, return_when=FIRST_COMPLETED)
                for future in done:
                    self._take(future, *self._working.pop(future))
                for turn in self._turns:
                    if not turn.over and self._cancelled(turn.path):
                        self._cancel(turn)
                self._tell()
        except BaseException:
            for turn in self._turns:
                self._cancel(turn)
            wait(self._working)
            raise
        self._tell(last=True)

    def _goes_on(self) -> bool:
        """Find places for results, in order, and bring files to their end; return whether any is not there yet."""
        placed = True
        for turn in self._turns:
            placed = placed and turn.place(self._taken)
            turn.settle()
        return not all(turn.over for turn in self._turns)

    def _give(self) -> None:
        """Give tasks to the executor, those of the first files first; one that ended its process twice goes alone."""
        for turn in self._turns:
            while len(self._working) < self._window and (step := turn.next()) is not None:
                if self._working and (step.alone or any(other.alone for _, other in self._working.values())):
                    turn.put_back(step)
                    return
                try:
                    future = self._executor.submit(step.function, *step.arguments)
                except BrokenExecutor as error:
                    turn.again(step, error)
                else:
                    self._working[future] = turn, step

    def _take(self, future: Future[Any], turn: FileTurn, step: Step) -> None:
        try:
            turn.take(step, future.result())
        except (Cancelled, CancelledError):
            turn.drop(step)
        except BrokenExecutor as error:
            turn.again(step, error)
        except Exception as error:
            turn.fail(step, error)

    def _cancel(self, turn: FileTurn) -> None:
        turn.cancel()
        for future, (other, _) in self._working.items():
            if other is turn:
                future.cancel()

    def _tell(self, last: bool = False) -> None:
        now = time.monotonic()
        if last or now - self._told_s >= _TELL_S:
            self._told_s = now
            self._progress(Progress(tuple(turn.progress() for turn in self._turns)))
