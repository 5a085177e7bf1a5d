"""One file in a run: what is to be done next, and what came of it."""

from __future__ import annotations

import contextlib
import shutil
import traceback
from collections import deque
from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from motionapp.analysis import partfolder
from motionapp.analysis.about import identity
from motionapp.analysis.chunk import ChunkDone, ChunkTask, analyse_chunk, read_done
from motionapp.analysis.partfolder import PartFolder
from motionapp.analysis.plan import Plan, examine
from motionapp.analysis.progress import FileProgress, FileResult, Stage
from motionapp.analysis.recipe import Recipe
from motionapp.analysis.results import Joined, JoinTask, Results, choose, join, tidy
from motionapp.types import MotionError
from motionapp.wholefile import check_writable

#: So many times a task is tried whose process dies.
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Step:
    """A task for an executor; ``alone`` if it has ended its process before and must not take others with it."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    tries: int = 0

    @property
    def alone(self) -> bool:
        """Whether nothing else should be done at the same time."""
        return self.tries == _TRIES - 1


def _always() -> bool:
    return True


class FileTurn:
    """A file on its way: examined, analysed chunk by chunk, joined. Used by one thread.

    Attributes
    ----------
    path : Path
        What it is called by who wants it analysed.
    over : bool
        Whether its result is known.
    """

    def __init__(
        self, path: Path, recipe: Recipe, folder: Path | None, *, overwrite: bool, resume: bool, local: bool
    ) -> None:
        self.path, self._path, self._recipe = path, path.absolute(), recipe
        self._target = self._path.parent if folder is None else Path(folder).absolute()
        self._overwrite, self._resume = overwrite, resume
        self._result = FileResult(Path(path), "waiting")
        self._steps: deque[Step] = deque([Step(examine, (self._path, recipe, self._wanted if local else _always))])
        self._out: list[Step] = []
        self._plan: Plan | None = None
        self._results: Results | None = None
        self._claim: IO[bytes] | None = None
        self._chunks: dict[int, ChunkDone] = {}
        self._ends: Stage | None = None
        self._recount = False
        self.over = False

    def settle(self) -> None:
        """Bring what has ended to its end, once nothing of it is under way that writes."""
        if self.over or (self._out and self._plan is not None):
            return
        if self._recount and self._ends is None:
            self._start_counting()
        elif self._ends is not None:
            self._end()

    def place(self, taken: set[Results]) -> bool:
        """Decide where the results go, once the file is examined; return whether that is decided.

        Called for one file after the other, so that names do not depend on which was examined first.
        """
        if self._plan is None or self._results is not None or self._ends is not None:
            return self._plan is not None or self._ends is not None
        try:
            self._place(self._plan, taken)
        except (OSError, MotionError) as error:
            self._fail(error)
        return True

    def next(self) -> Step | None:
        """Return the next task, if there is one at present."""
        if not self._steps or self._ends is not None or self.over:
            return None
        if self._plan is None and not self._writable():
            return None
        step = self._steps.popleft()
        self._out.append(step)
        return step

    def put_back(self, step: Step) -> None:
        """Take back a task that was not given to anyone."""
        self._out.remove(step)
        self._steps.appendleft(step)

    def take(self, step: Step, found: Any) -> None:
        """Take what a task has returned."""
        self._out.remove(step)
        if self.over:
            return
        if isinstance(found, Plan):
            self._plan = found
        elif isinstance(found, ChunkDone):
            self._chunks[found.number] = found
            self._recount = self._recount or (self._plan is not None and self._plan.facts.exact and not found.exact)
            self._join_when_done()
        elif isinstance(found, Joined):
            counts = found.counts
            self._close("done", files=found.files, rows=counts.rows, decoded=counts.decoded, notice=found.notice)

    def drop(self, step: Step) -> None:
        """Take note that a task was cancelled, by this run or by whoever deleted what lets work go on."""
        self._out.remove(step)
        if not self._recount:
            self.cancel()

    def again(self, step: Step, error: BrokenExecutor) -> None:
        """Have a task done again whose process has died."""
        self._out.remove(step)
        if self.over or self._ends is not None:
            return
        if step.tries + 1 < _TRIES:
            self._steps.appendleft(replace(step, tries=step.tries + 1))
        else:
            self._fail(MotionError(f"{self._result.path}: the process that analysed it died {_TRIES} times ({error})."))

    def fail(self, step: Step, error: Exception) -> None:
        """Take note that a task has failed: the file has."""
        self._out.remove(step)
        if not self.over:
            self._fail(error)

    def cancel(self) -> None:
        """Let the file end where it is."""
        if not self.over and self._ends is None:
            self._stop("cancelled")

    def progress(self) -> FileProgress:
        """Return how far the file has come."""
        path = self._result.path
        if self._plan is None or self._results is None:
            return FileProgress(path, self._result.state if self.over else "reading" if self._out else "waiting")
        total = len(self._plan.frames)
        if self.over:
            return FileProgress(path, self._result.state, total if self._result.state in ("done", "kept") else 0, total)
        done = sum(len(self._plan.positions(number)) for number in self._chunks)
        folder = PartFolder(self._results.part)
        working = [step.arguments[0] for step in self._out]
        done += sum(folder.positions_done(task.number) for task in working if isinstance(task, ChunkTask))
        joining = any(isinstance(task, JoinTask) for task in working)
        return FileProgress(path, "joining" if joining else "analysing", done, total)

    def result(self) -> FileResult:
        """Return what came of the file."""
        return self._result

    def leave(self) -> None:
        """Let go of the part folder; safe to call twice."""
        if self._claim is not None:
            self._claim.close()

    def _wanted(self) -> bool:
        return self._ends is None

    def _writable(self) -> bool:
        """Whether the folder of the results can be written to; asked before a long file is read."""
        try:
            if self._path.exists():
                check_writable(self._target)
        except MotionError as error:
            self._fail(error)
        return self._ends is None

    def _place(self, plan: Plan, taken: set[Results]) -> None:
        run = identity(plan, self._recipe)
        while self._claim is None:
            name, how = plan.facts.name, {"overwrite": self._overwrite, "resume": self._resume}
            results, state = choose(self._target, name, run, taken, **how)
            if state == "complete":
                tidy(results)
                self._close("kept", files=results.existing)
                return
            try:
                begun = state == "unfinished"
                self._claim = partfolder.claim(results.part) if begun else results.begin(run, plan)
            except partfolder.BusyError:  # another process has just begun there: the next name is free
                if begun or self._overwrite:
                    raise
        self._results = results
        if begun:
            self._plan = plan = Plan.load(results.part)
        folder = PartFolder(results.part)
        folder.allow()
        for number in range(plan.chunks):
            done = read_done(folder, number)
            if done is not None:
                self._chunks[number] = done
            else:
                self._add_chunk(number)
        self._join_when_done()

    def _add_chunk(self, number: int) -> None:
        assert self._results is not None
        self._steps.append(Step(analyse_chunk, (ChunkTask(self._path, self._results.part, self._recipe, number),)))

    def _join_when_done(self) -> None:
        assert self._plan is not None
        assert self._results is not None
        if len(self._chunks) == self._plan.chunks and not self._recount:
            self._steps.append(Step(join, (JoinTask(self._results, self._recipe),)))

    def _start_counting(self) -> None:
        """Begin again with frames counted from the start of the file, since their times do not identify them."""
        assert self._plan is not None
        assert self._results is not None
        folder = PartFolder(self._results.part)
        self._plan, self._recount = self._plan.counted(), False
        self._plan.save(folder.path)
        self._chunks.clear()
        self._steps.clear()
        for number in range(self._plan.chunks):
            folder.clear(number, finished=True)
            shutil.rmtree(folder.chunk(number), ignore_errors=True)
            self._add_chunk(number)

    def _fail(self, error: Exception) -> None:
        known = isinstance(error, MotionError)
        message = str(error) if known else f"{self._result.path}: {type(error).__name__}: {error}"
        if self._path.name not in message:
            message = f"{self._result.path}: {message}"
        if self._results is not None and self._results.part.is_dir():
            message += f" What was made before is in {self._results.part}, and a resumed run goes on from there."
        detail = "" if known else "".join(traceback.format_exception(error))
        self._result = replace(self._result, error=message, detail=detail)
        self._stop("failed")

    def _stop(self, ends: Stage) -> None:
        self._ends = ends
        self._steps.clear()
        if self._results is not None:
            with contextlib.suppress(OSError):
                PartFolder(self._results.part).forbid()

    def _end(self) -> None:
        """Keep what there is of a file that failed or was cancelled, as results that are marked."""
        assert self._ends is not None
        found = None
        if self._results is not None and self._results.part.is_dir():
            with contextlib.suppress(Exception):  # the error that is told is the first one
                found = join(JoinTask(self._results, self._recipe, partial=True))
        if found is None:
            self._close(self._ends)
        else:
            counts = found.counts
            self._close(self._ends, files=found.files, rows=counts.rows, decoded=counts.decoded, notice=found.notice)

    def _close(self, state: Stage, **values: Any) -> None:
        seconds: dict[str, float] = {}
        for chunk in self._chunks.values():
            for kind, took in (chunk.seconds or {}).items():
                seconds[kind] = seconds.get(kind, 0.0) + took
        estimated = sum(chunk.estimated for chunk in self._chunks.values())
        self._result = replace(self._result, state=state, estimated=estimated, seconds=seconds, **values)
        self.over = True
