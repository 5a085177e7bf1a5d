"""The results of a run: what they are called, when they are complete, and joining them from the chunks."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

from motionapp.analysis import partfolder
from motionapp.analysis.about import describe, notice_of
from motionapp.analysis.annotated import join_parts
from motionapp.analysis.chunk import read_done
from motionapp.analysis.figures import Labels
from motionapp.analysis.join import join_fields, joined_summary, link_fields
from motionapp.analysis.outputs import TABLE, VIDEO, Counts, about_fields
from motionapp.analysis.partfolder import PartFolder
from motionapp.analysis.plan import Plan
from motionapp.analysis.plots import NAMES as PLOTS
from motionapp.analysis.plots import write_plots
from motionapp.analysis.recipe import Recipe
from motionapp.analysis.summary import Summary
from motionapp.analysis.table import join_tables
from motionapp.naming import file_stem
from motionapp.wholefile import sync_folder, unwritable

State = Literal["new", "unfinished", "complete"]

_ENDINGS = (".csv", ".json", ".mp4", ".h5", "_flow", *(f"_{name}.png" for name in PLOTS))
_RUN = "run.json"


@dataclass(frozen=True, slots=True)
class Results:
    """Where the results of one file go: ``folder`` / ``stem`` with an ending for each of them."""

    folder: Path
    stem: str

    @property
    def part(self) -> Path:
        """The folder of the run while it is unfinished."""
        return self.folder / f"{self.stem}.part"

    @property
    def partial(self) -> Results:
        """Where the results of a run that was cancelled go."""
        return Results(self.folder, f"{self.stem}-partial")

    def named(self, ending: str) -> Path:
        """Return the name of one of them."""
        return self.folder / f"{self.stem}{ending}"

    @property
    def existing(self) -> tuple[Path, ...]:
        """Those that are there."""
        return tuple(path for ending in _ENDINGS if os.path.lexists(path := self.named(ending)))

    def state(self, run: str) -> State | None:
        """Return how far the run with this identity has come here; None if something else is here.

        A part folder that does not say whose it is was being begun or deleted when its process was killed.
        """
        stored = _read(self.named(".json"))
        if stored.get("run") == run and stored.get("complete") is True:
            return "complete"
        begun = _read(self.part / _RUN).get("run") if self.part.is_dir() else None
        if begun is not None:
            return "unfinished" if begun == run else None
        return None if self.existing else "new"

    def begin(self, run: str, plan: Plan) -> IO[bytes]:
        """Make the part folder of a run, with its plan, whose it is last; return what :func:`partfolder.claim` does.

        Raises
        ------
        OSError, MotionError
            If it cannot be made; BusyError if another process works there.
        """
        claim = partfolder.make(self.part)
        try:
            plan.save(self.part)
            (self.part / _RUN).write_text(json.dumps({"run": run}), encoding="utf-8")
        except BaseException:
            claim.close()
            shutil.rmtree(self.part, ignore_errors=True)
            raise
        return claim

    def remove(self, but: tuple[Path, ...] = ()) -> None:
        """Delete those that are there, the one that says they are complete first."""
        for path in sorted(self.existing, key=lambda path: path.suffix != ".json"):
            if path in but:
                continue
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def choose(
    folder: Path, name: str, run: str, taken: set[Results], *, overwrite: bool, resume: bool
) -> tuple[Results, State]:
    """Return where the results of a file go and how far they have come.

    Nothing that exists is in the way of a new run: it goes to ``NAME_motion-2``, unless it may overwrite. To resume,
    the run that was begun with the same file, recipe and version is found, whatever its number.

    Parameters
    ----------
    folder : Path
        Where to.
    name : str
        The file's.
    run : str
        :func:`identity` of the run.
    taken : set of Results
        Those of other files of this call; what is chosen is added.
    overwrite, resume : bool
        Whether existing results may be replaced and unfinished ones continued.
    """
    stem = f"{file_stem(name)}_motion"
    free = None
    number = 0
    while free is None or (resume and number < 1000 and _anything(folder, stem, number + 1)):
        number += 1
        results = Results(folder, stem if number == 1 else f"{stem}-{number}")
        if results in taken:
            continue
        state = results.state(run)
        if resume and state in ("unfinished", "complete"):
            taken.add(results)
            return results, state
        if free is None and (overwrite or state == "new"):
            free = results
    taken.add(free)
    return free, "new"


def _anything(folder: Path, stem: str, number: int) -> bool:
    results = Results(folder, stem if number == 1 else f"{stem}-{number}")
    return results.part.exists() or bool(results.existing)


@dataclass(frozen=True, slots=True)
class JoinTask:
    """Results to be joined from the chunks in their part folder; ``partial`` takes what there is from the start on."""

    results: Results
    recipe: Recipe
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Joined:
    """The files of a run, the main one first, with its counts and what the user should know of the source."""

    files: tuple[Path, ...]
    counts: Counts
    notice: str | None


def join(task: JoinTask) -> Joined:
    """Join the chunks of a run to its results, and delete the part folder if they are complete.

    Raises
    ------
    MotionError
        If a result cannot be written; the chunks stay.
    """
    try:
        return _join(task)
    except OSError as error:
        raise unwritable(task.results.folder, error) from None


def _join(task: JoinTask) -> Joined:
    folder, recipe = PartFolder(task.results.part), task.recipe
    plan = Plan.load(folder.path)
    final = task.results.partial if task.partial else task.results
    parts = _whole_parts(folder, plan) if task.partial else [folder.chunk(number) for number in range(plan.chunks)]
    if not parts:
        return Joined((), Counts(), None)
    made = Results(partfolder.begin(folder.path / "results"), final.stem)
    counts = sum((Counts.read(part) for part in parts), Counts())
    table = made.named(".csv") if recipe.csv else made.folder / "table"
    join_tables([part / TABLE for part in parts], table)
    videos = [part / VIDEO for part in parts if (part / VIDEO).exists()]
    if videos:
        join_parts(videos, made.named(".mp4"), plan.tick_s)
    with contextlib.suppress(OSError) if task.partial else contextlib.nullcontext():
        _join_fields(made, parts, plan, recipe)
    if recipe.plots and not task.partial:
        write_plots(table, joined_summary(parts) or _empty(plan), made.named(""), _labels(plan, recipe))
    notice = notice_of(plan, recipe, counts, partial=task.partial)
    about = describe(plan, recipe, counts, notice, complete=not task.partial)
    made.named(".json").write_text(json.dumps(about, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    files = _move(made, final)
    if not task.partial:
        tidy(task.results)
    return Joined(files, counts, notice)


def tidy(results: Results) -> None:
    """Delete what the complete results make needless."""
    results.partial.remove()
    shutil.rmtree(results.part, ignore_errors=True)


def _join_fields(made: Results, parts: Sequence[Path], plan: Plan, recipe: Recipe) -> None:
    if recipe.fields == "h5":
        join_fields(parts, made.named(""), about_fields(plan, recipe))
    else:
        link_fields(parts, made.named("_flow"))


def _labels(plan: Plan, recipe: Recipe) -> Labels:
    """Return what stands around the plots."""
    note = "" if recipe.camera == "off" else f"the camera's motion is taken out ({recipe.camera})"
    return Labels(plan.facts.name, note, recipe.mm_per_px)


def _empty(plan: Plan) -> Summary:
    return Summary(plan.facts.height, plan.facts.width)


def _move(made: Results, final: Results) -> tuple[Path, ...]:
    """Put the results in their place, the one that says that they are complete last."""
    final.named(".json").unlink(missing_ok=True)
    moved = []
    for path in sorted(made.existing, key=lambda path: path.suffix == ".json"):
        target = final.folder / path.name
        if target.is_dir():
            shutil.rmtree(target)
        path.replace(target)
        moved.append(target)
    final.remove(but=tuple(moved))
    sync_folder(final.folder)
    return tuple(moved)


def _whole_parts(folder: PartFolder, plan: Plan) -> list[Path]:
    """Return the chunks and pieces that are there without a gap from the first on, one that was cut short the last."""
    parts = []
    for number in range(plan.chunks):
        if read_done(folder, number) is not None:
            parts.append(folder.chunk(number))
            continue
        pieces = folder.pieces_done(number)
        parts += [folder.piece(number, piece) for piece in range(pieces)]
        cut = folder.piece(number, pieces)
        cut = cut.with_name(f"{cut.name}.part")
        if (cut / "counts.json").exists():
            parts.append(cut)
        break
    return parts


def _read(path: Path) -> dict[str, Any]:
    """Return a JSON object from a file; nothing if there is none."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stored if isinstance(stored, dict) else {}
