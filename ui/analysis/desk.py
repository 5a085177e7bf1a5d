"""The Analyse dialog at work: what is wished, the run of the queue, the command that gives the same."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from motionapp.analysis.recipe import Recipe
from motionapp.settings import Settings
from motionapp.types import MotionError
from ui.analysis.analyse_dialog import AnalyseDialog
from ui.analysis.analyser import Analyser
from ui.analysis.entries import whole_part
from ui.analysis.marks import Marks
from ui.analysis.markup import Markup
from ui.analysis.recipe_form import NOBODY, OWN, SHOWN, RecipeForm
from ui.analysis.runner import Runner
from ui.background import Background
from ui.naming import source_name
from ui.preferences import Preferences
from ui.source_commands import VIDEOS

MOST_JOBS = max(1, os.cpu_count() or 1)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the dialog remembers: a recipe without range, regions and scale; whose of those count; folder; processes."""

    recipe: Recipe = field(default_factory=lambda: Recipe(plots=True))
    marks: str = OWN
    folder: Path | None = None
    jobs: int = 1

    def to_json(self) -> str:
        """Return the wishes as JSON text."""
        kept = replace(self.recipe, regions=(), mm_per_px=None, from_s=0.0, to_s=None)
        stored = {"recipe": kept.to_json(), "marks": self.marks, "jobs": self.jobs}
        return json.dumps(stored | {"folder": None if self.folder is None else str(self.folder)})

    @classmethod
    def from_json(cls, text: str) -> Wishes:
        """Read wishes back; what cannot be read is the default."""
        try:
            stored = json.loads(text)
            recipe = Recipe.from_json(stored["recipe"])
            folder, jobs, marks = stored["folder"], stored["jobs"], stored["marks"]
            fits = marks in (OWN, SHOWN, NOBODY) and isinstance(jobs, int) and jobs >= 1
            return cls(recipe, marks, Path(folder) if folder else None, min(jobs, MOST_JOBS)) if fits else cls()
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, MotionError):
            return cls()


class Desk(QObject):
    """Opens the dialog, runs its queue, and tells how far it is.

    Signals
    -------
    open_requested(Path, Path)
        The results in this table, of this video, are to be shown.
    draw_wanted()
        Regions are to be drawn on the picture.
    ended(tuple[Entry, ...])
        A run has ended.
    progressed(str)
        How far a run is, short; "" while there is none.
    """

    open_requested = Signal(object, object)
    draw_wanted = Signal()
    ended = Signal(object)
    progressed = Signal(str)

    def __init__(
        self,
        window: QWidget,
        preferences: Preferences,
        background: Background,
        markup: Markup,
        settings: Callable[[], Settings],
        analyser: Callable[[int], Analyser],
    ) -> None:
        super().__init__(window)
        self._window, self._preferences, self._markup, self._settings = window, preferences, markup, settings
        self.runner = Runner(background, analyser, self)
        self._dialog: AnalyseDialog | None = None
        self.wishes = Wishes.from_json(preferences.analysis)
        self.runner.changed.connect(self._render)
        self.runner.ended.connect(lambda: self.ended.emit(self.runner.entries))
        markup.changed.connect(self._render_form)

    @property
    def dialog(self) -> AnalyseDialog:
        """The dialog, made when it is first asked for."""
        if self._dialog is None:
            self._dialog = AnalyseDialog(RecipeForm(self._settings().flow, MOST_JOBS), self._window)
            self._connect(self._dialog)
            self._render_form()
        return self._dialog

    def show(self, source: str = "", marked: tuple[float, float | None] | None = None) -> None:
        """Open the dialog; a queue at rest begins with ``source``, a file, and the range ``marked`` in it, in s."""
        dialog = self.dialog
        if not self.runner.running:
            if source:
                self.runner.add([Path(source)])
            if marked is not None:
                self._change(recipe=replace(self.wishes.recipe, from_s=marked[0], to_s=marked[1]))
        self._render()
        self._render_form()
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()

    def recipe_of(self, path: Path) -> Recipe:
        """Return how a file is to be analysed, with the regions and the scale that count for it."""
        marks = self._marks_of(path)
        view = replace(self._settings().view, mirror=False, quarter_turns=0)
        return replace(self.wishes.recipe, regions=marks.regions, mm_per_px=marks.mm_per_px, view=view)

    def command(self) -> str:
        """Return the command that gives the same results, a line for every set of files with the same recipe."""
        files: dict[Recipe, list[Path]] = {}
        for entry in self.runner.entries:
            files.setdefault(self.recipe_of(entry.path), []).append(entry.path)
        jobs = f" --jobs {self.wishes.jobs}" if self.wishes.jobs > 1 else ""
        return "\n".join(recipe.command(paths, self.wishes.folder) + jobs for recipe, paths in files.items())

    def add(self, paths: Sequence[Path]) -> None:
        """Put files into the queue; of a folder, the videos in it that no run has made."""
        suffixes = tuple(pattern[1:] for pattern in VIDEOS.split())
        found: list[Path] = []
        for path in paths:
            inside = sorted(path.iterdir()) if path.is_dir() else [path]
            found += [one for one in inside if one == path or (one.suffix.lower() in suffixes and not is_result(one))]
        self.runner.add(found)

    def _marks_of(self, path: Path) -> Marks:
        if self.wishes.marks == NOBODY:
            return Marks()
        shown = self.wishes.marks == SHOWN and self._markup.source
        return self._markup.marks if shown else self._markup.of(str(path))

    def _connect(self, dialog: AnalyseDialog) -> None:
        form = dialog.form
        dialog.add_requested.connect(self._ask_files)
        dialog.files_dropped.connect(self.add)
        dialog.remove_requested.connect(self.runner.remove)
        dialog.start_requested.connect(self._start)
        dialog.cancel_requested.connect(self.runner.cancel)
        dialog.copy_requested.connect(self._copy)
        dialog.open_requested.connect(self.open_requested)
        form.changed.connect(lambda recipe: self._change(recipe=recipe))
        form.marks_chosen.connect(lambda chosen: self._change(marks=chosen))
        form.folder_chosen.connect(lambda folder: self._change(folder=folder))
        form.jobs_chosen.connect(lambda jobs: self._change(jobs=jobs))
        form.draw_wanted.connect(self.draw_wanted)

    def _start(self) -> None:
        try:
            self.wishes.recipe.check_outputs()
        except MotionError as error:
            self.dialog.say(str(error), bad=True)
            return
        self.dialog.say("")
        self.runner.start(self.recipe_of, self.wishes.folder, self.wishes.jobs)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.command())
        self.dialog.say("The command is on the clipboard.")

    def _ask_files(self) -> None:
        dialog = QFileDialog(self._dialog, "Add videos", "")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters([f"Videos ({VIDEOS})", "All files (*)"])
        dialog.filesSelected.connect(lambda names: self.add([Path(name) for name in names]))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _change(self, **changes: object) -> None:
        self.wishes = replace(self.wishes, **changes)  # type: ignore[arg-type]
        self._preferences.analysis = self.wishes.to_json()
        self._render_form()

    def _render(self) -> None:
        runner = self.runner
        if self._dialog is not None:
            self._dialog.render(runner.entries, runner.elapsed_s, runner.left_s, running=runner.running)
            self._render_marks()
        self.progressed.emit(f"Analysing {100.0 * whole_part(runner.entries):.0f} %" if runner.running else "")

    def _render_form(self) -> None:
        if self._dialog is not None:
            wishes = self.wishes
            self._dialog.form.render(wishes.recipe, wishes.folder, wishes.jobs, self._settings().flow)
            self._render_marks()

    def _render_marks(self) -> None:
        assert self._dialog is not None
        entries, source = self.runner.entries, self._markup.source
        said = marks_text([self._marks_of(entry.path) for entry in entries])
        self._dialog.form.render_marks(self.wishes.marks, source_name(source) if source else "", said)


def is_result(path: Path) -> bool:
    """Whether a video was made by a run, whose description then lies beside it."""
    return "_motion" in path.stem and path.with_suffix(".json").is_file()


def marks_text(marks: Sequence[Marks]) -> str:
    """Return which regions and which scale count for the files of a queue, in a line."""
    if not any(one.regions or one.mm_per_px for one in marks):
        return "The whole picture, in px/s"
    if len(set(marks)) > 1:
        return f"{sum(bool(one.regions) for one in marks)} of {len(marks)} files have regions of their own"
    names = ", ".join(region.name for region in marks[0].regions) or "The whole picture"
    scale = marks[0].mm_per_px
    return names + (f" · 1 px is {scale:.4g} mm" if scale else " · in px/s")
