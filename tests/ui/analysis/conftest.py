"""An analyser that does what the test says, and tables as a run writes them."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from motionapp.analysis.measuring import columns
from motionapp.analysis.progress import FileProgress, FileResult, Progress
from motionapp.analysis.recipe import Recipe
from motionapp.analysis.regions import Region
from motionapp.analysis.table import TableWriter


def _write_table(path: Path, recipe: Recipe | None = None, frames: int = 30, complete: bool = True) -> Path:
    """Write a table and what stands beside it, with speeds that grow with the frame and 10 more for each region."""
    recipe = recipe or Recipe(regions=(Region("hand", ((0, 0), (9, 9))),))
    names = columns(recipe)
    writer = TableWriter(path, names)
    for frame in range(1, frames):
        for number, region in enumerate(("all", *(one.name for one in recipe.regions))):
            row = dict.fromkeys(names, float(frame + 10 * number)) | {"frame": frame, "region": region}
            row |= {"pts_s": frame / 30, "dt_s": 1 / 30, "curl_per_s": float("nan")}
            writer.write([[row[name] for name in names]])
    writer.close()
    about = {"complete": complete, "source": {"name": "clip.mp4"}, "recipe": json.loads(recipe.to_json())}
    path.with_suffix(".json").write_text(json.dumps(about))
    return path


class FakeAnalyser:
    """Tells of half of each file, waits until it may go on or is cancelled, and writes a table beside the file."""

    def __init__(self) -> None:
        self.jobs: list[int] = []
        self.calls: list[tuple[list[Path], Recipe, Path | None]] = []
        self.go_on = threading.Event()
        self.failing: dict[str, str] = {}
        self.broken: Exception | None = None
        self.closed = 0

    def make(self, jobs: int) -> FakeAnalyser:
        if self.broken is not None:
            raise self.broken
        self.jobs.append(jobs)
        return self

    def __call__(self, paths, recipe, folder, progress, cancelled):
        self.calls.append((list(paths), recipe, folder))
        results: list[FileResult] = []
        for path in paths:
            told = {result.path: result.state for result in results}
            files = (FileProgress(one, told.get(one, "waiting"), 60, 60) for one in paths)
            now = FileProgress(path, "analysing", 30, 60)
            progress(Progress(tuple(now if one.path == path else one for one in files)))
            while not (stopped := cancelled(path)) and not self.go_on.wait(0.005):
                pass
            results.append(self.result(path, recipe, stopped=stopped))
        return tuple(results)

    def result(self, path, recipe, *, stopped):
        if stopped:
            return FileResult(path, "cancelled")
        if path.name in self.failing:
            return FileResult(path, "failed", error=self.failing[path.name])
        return FileResult(path, "done", (_write_table(path.with_name(f"{path.stem}_motion.csv"), recipe),))

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def analyser():
    """An analyser that waits; whatever a test does, it ends."""
    made = FakeAnalyser()
    yield made
    made.go_on.set()


@pytest.fixture
def clips(tmp_path):
    """Three files."""
    paths = [tmp_path / f"{name}.mp4" for name in ("clip", "b", "c")]
    for at, path in enumerate(paths, start=1):
        path.write_bytes(bytes(at * 100))
    return paths


@pytest.fixture
def write_table():
    """Write a table as a run does."""
    return _write_table
