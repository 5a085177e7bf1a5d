"""Between the queue and the library that analyses, whose imports take a second and are made on the run's thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from motionapp.analysis.progress import FileResult, Progress
    from motionapp.analysis.recipe import Recipe


class Analyser(Protocol):
    """Analyses files that share a recipe; what goes wrong with one of them stands in its result."""

    def __call__(
        self,
        paths: Sequence[Path],
        recipe: Recipe,
        folder: Path | None,
        progress: Callable[[Progress], None],
        cancelled: Callable[[Path], bool],
    ) -> tuple[FileResult, ...]:
        """Return what came of each file; one that is ``cancelled`` ends within a frame."""

    def close(self) -> None:
        """Let go of processes, if there are any."""


class ProcessAnalyser:
    """Analyses in processes of their own, so that the window keeps its pace; a run that was stopped goes on.

    Parameters
    ----------
    jobs : int
        How many processes.
    """

    def __init__(self, jobs: int) -> None:
        from motionapp.analysis.executors import ProcessPool

        self._pool = ProcessPool(jobs)

    def __call__(
        self,
        paths: Sequence[Path],
        recipe: Recipe,
        folder: Path | None,
        progress: Callable[[Progress], None],
        cancelled: Callable[[Path], bool],
    ) -> tuple[FileResult, ...]:
        """Return what came of each file; end within a frame once it is cancelled."""
        from motionapp.analysis.run import analyse

        return analyse(paths, recipe, folder, self._pool, progress, cancelled, resume=True)

    def close(self) -> None:
        """End the processes; nothing that was done is lost."""
        self._pool.shutdown(wait=False)
