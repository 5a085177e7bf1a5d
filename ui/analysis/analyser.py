"""Between the queue and the library that analyses: one file at a time, in processes of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ui.analysis.runner import Outcome

if TYPE_CHECKING:
    from motionapp.analysis.recipe import Recipe


def make_analyser(jobs: int) -> FileAnalyser:
    """Return an analyser whose work is done by so many processes."""
    return FileAnalyser(jobs)


class FileAnalyser:
    """Analyses files with :func:`motionapp.analysis.run.analyse`."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs

    def __call__(
        self,
        path: Path,
        recipe: Recipe,
        folder: Path | None,
        progress: Callable[[int, int], None],
        cancelled: Callable[[], bool],
    ) -> Outcome:
        raise NotImplementedError

    def close(self) -> None:
        """Let go of the processes."""
