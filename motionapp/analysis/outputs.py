"""Everything that is written from the motions of a chunk, piece by piece, each of which appears whole or not at all."""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from motionapp import __version__
from motionapp.analysis import partfolder
from motionapp.analysis.annotated import Annotator, PartWriter
from motionapp.analysis.beside import Clocks
from motionapp.analysis.fields import FieldWriter
from motionapp.analysis.measuring import Measurer, cells, columns
from motionapp.analysis.partfolder import PartFolder
from motionapp.analysis.plan import CHUNK, PIECE, Plan
from motionapp.analysis.recipe import Fields, Recipe
from motionapp.analysis.summary import Summary
from motionapp.analysis.table import TableWriter
from motionapp.settings import Settings
from motionapp.types import Array, Frame, Motion, MotionError

#: Names in the folder of a piece or a chunk.
TABLE, VIDEO, SUMMARY, FIELDS, COUNTS = "rows.csv", "video.nut", "summary.npz", "fields", "counts.json"


@dataclass(frozen=True, slots=True)
class Counts:
    """Frames decoded, and rows of the table for each region."""

    decoded: int = 0
    rows: int = 0

    @classmethod
    def read(cls, folder: Path) -> Counts:
        """Read the counts of a piece or a chunk.

        Raises
        ------
        OSError
            If it is not finished.
        """
        return cls(**json.loads((folder / COUNTS).read_text(encoding="utf-8")))

    def write(self, folder: Path) -> None:
        """Write them into a folder: the last thing that is written there."""
        (folder / COUNTS).write_text(json.dumps(asdict(self)), encoding="utf-8")

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.decoded + other.decoded, self.rows + other.rows)


def field_parts(recipe: Recipe) -> Fields:
    """Return the kind of files that the fields of a recipe are kept in until they are joined."""
    return "npz" if recipe.fields == "h5" else recipe.fields


def about_fields(plan: Plan, recipe: Recipe) -> dict[str, str]:
    """Return what files with fields say of where they come from."""
    facts = plan.facts
    return {"source": facts.name, "sha256": facts.sha256, "recipe": recipe.to_json(), "motionapp": __version__}


def write_summary(folder: Path, summary: Summary) -> None:
    """Write a summary into the folder of a piece or a chunk."""
    with (folder / SUMMARY).open("wb") as file:
        np.savez(file, **summary.to_arrays())  # type: ignore[arg-type]


def read_summary(folder: Path) -> Summary:
    """Read the summary of a piece or a chunk."""
    with np.load(folder / SUMMARY, allow_pickle=False) as arrays:
        return Summary.from_arrays(arrays)


class Outputs:
    """Write the outputs of a chunk's pieces; everything but :meth:`cut` is called on one thread."""

    def __init__(self, folder: PartFolder, chunk: int, recipe: Recipe, plan: Plan, clocks: Clocks) -> None:
        self._folder, self._chunk, self._recipe, self._plan, self._clocks = folder, chunk, recipe, plan, clocks
        self._measurer = Measurer(recipe, plan.facts.height, plan.facts.width)
        view = replace(recipe.view, px_per_px_s=plan.facts.px_per_px_s)
        self._annotator = None
        if recipe.video != "off":
            self._annotator = Annotator(replace(view, mode=recipe.video), recipe.side_by_side)
        self._piece: _Piece | None = None

    def add(self, piece: int, position: int, motion: Motion, is_row: bool) -> None:
        """Write what is made of one motion; the very first frame is seen in the video, but has no row.

        Raises
        ------
        OSError, MotionError
            If it cannot be written.
        """
        current = self._open(piece)
        with self._clocks.of("measuring"):
            rows = self._measurer.rows(motion, motion.frame.index)
            steadied = self._measurer.steadied or motion
        if self._annotator is not None:
            with self._clocks.of("drawing"):
                picture = self._annotator.picture(steadied)
            with self._clocks.of("encoding"):
                current.show(picture, int(self._plan.ticks[position]))
        with self._clocks.of("summary"):
            current.sum_up(position, steadied)
        with self._clocks.of("writing"):
            if is_row:
                current.keep(steadied)
                current.table.write([cells(row, self._recipe) for row in rows])
            current.count(is_row)

    def finish(self, piece: int) -> None:
        """Complete a piece, which may have had nothing to write, and delete its journal.

        Raises
        ------
        OSError, MotionError
            If it cannot be written.
        """
        with self._clocks.of("writing"):
            current = self._open(piece)
            current.sum_up_to(min(_first_row(self._chunk, piece) + PIECE, len(self._plan.frames)))
            current.close()
            self._piece = None
            partfolder.finish(self._part(piece))
            self._folder.journal(self._chunk, piece).unlink(missing_ok=True)

    def cut(self) -> None:
        """Complete what has been written of the piece under way, as far as it can be."""
        if self._piece is not None:
            self._piece.cut()

    def _part(self, piece: int) -> Path:
        path = self._folder.piece(self._chunk, piece)
        return path.with_name(f"{path.name}.part")

    def _open(self, piece: int) -> _Piece:
        if self._piece is None:
            path = partfolder.begin(self._folder.piece(self._chunk, piece))
            self._piece = _Piece(path, self._recipe, self._plan, _first_row(self._chunk, piece))
        return self._piece


class _Piece:
    """The open files of a piece."""

    def __init__(self, path: Path, recipe: Recipe, plan: Plan, first_row: int) -> None:
        self._path, self._plan, self._counts = path, plan, Counts()
        self._next = first_row
        self._fields = None
        if recipe.fields != "off":
            self._fields = FieldWriter(path / FIELDS / "flow", field_parts(recipe), about_fields(plan, recipe))
        self._summary = Summary(plan.facts.height, plan.facts.width, first_row - 1) if recipe.plots else None
        self.table = TableWriter(path / TABLE, columns(recipe))
        self._video: PartWriter | None = None

    def count(self, is_row: bool) -> None:
        """Count a frame."""
        self._counts += Counts(1, int(is_row))

    def keep(self, motion: Motion) -> None:
        """Write the field of a motion."""
        if self._fields is not None:
            self._fields.add(motion, motion.frame.index)

    def sum_up(self, position: int, motion: Motion) -> None:
        """Add a motion to the summary; a position that did not decode has nothing in it that was measured."""
        if self._summary is not None and position >= self._next:
            self.sum_up_to(position)
            self._summary.add(motion, motion.frame.pts_s)
            self._next = position + 1

    def sum_up_to(self, position: int) -> None:
        """Add what was not measured, up to before a position."""
        while self._summary is not None and self._next < position:
            facts = self._plan.facts
            self._summary.add(
                _nothing(facts.height, facts.width, self._plan.pts_s(self._next)), self._plan.pts_s(self._next)
            )
            self._next += 1

    def show(self, picture: Array, tick: int) -> None:
        """Append a picture to the video."""
        if self._video is None:
            height, width = picture.shape[:2]
            plan = self._plan
            self._video = PartWriter(self._path / VIDEO, width, height, plan.tick_s, plan.facts.rate_hz)
        self._video.write(picture, tick)

    def close(self) -> None:
        """Complete all files, the counts last."""
        self.table.close()
        if self._video is not None:
            self._video.close()
        if self._fields is not None:
            self._fields.close()
        if self._summary is not None:
            write_summary(self._path, self._summary)
        self._counts.write(self._path)

    def cut(self) -> None:
        """Close all files after a failure, complete if possible."""
        with contextlib.suppress(OSError, MotionError):
            self.close()
        if self._video is not None:
            self._video.abandon()


def _first_row(chunk: int, piece: int) -> int:
    """Return the position of the first row of a piece."""
    return chunk * CHUNK + piece * PIECE + 1


def _nothing(height: int, width: int, pts_s: float) -> Motion:
    """Return a motion of which nothing was measured."""
    frame = Frame(0, pts_s, np.zeros((height, width, 3), np.uint8))
    return Motion(
        frame, np.zeros((2, height, width), np.float32), np.zeros((height, width), np.float32), 0.0, Settings()
    )
