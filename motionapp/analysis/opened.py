"""Results opened again: the table of a run, what is noted beside it, and the pictures that were made of it."""

from __future__ import annotations

import csv
import itertools
import json
import math
import os
import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from motionapp.analysis.plots import NAMES as PLOTS
from motionapp.sources import regular_file
from motionapp.types import Array, MotionError

#: What every table has to have; all other columns are numbers to be drawn.
KEYS = ("frame", "pts_s", "region")
#: Not drawn: it says how far apart two frames are.
_INTERVAL = "dt_s"
MOST_COLUMNS, MOST_ROWS, MOST_REGIONS = 200, 5_000_000, 1000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_MOST_JSON = 4 * 2**20
#: What stands in the rest of a picture's name where it is of another file, whose name begins like this one's results.
_OTHER = re.compile("_motion[-_]")
_VIDEOS = (".mp4", ".mkv", ".avi", ".mov", ".webm", ".m4v", ".mpg")


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """The rows of one region: ``frames`` ``(n,)`` int64, ``pts_s`` ``(n,)`` and ``values`` ``(n, columns)`` float64.

    NaN is "not measured".
    """

    frames: Array
    pts_s: Array
    values: Array


@dataclass(frozen=True, slots=True, eq=False)
class OpenedResults:
    """A table by regions, in the order in which they stand in it.

    Attributes
    ----------
    path : Path
        The CSV file.
    columns : tuple of str
        Names of what can be drawn, in order.
    tables : dict
        Region → its rows.
    about : dict
        What stands in the JSON file beside the table; empty if there is none.
    notice : str
        What people should know of an incomplete table, "" if nothing.
    given : Path or None
        The file that was analysed, if that is known.
    """

    path: Path
    columns: tuple[str, ...]
    tables: dict[str, Table]
    about: dict[str, Any] = field(default_factory=dict)
    notice: str = ""
    given: Path | None = None

    def curve(self, region: str, column: str) -> tuple[Array, Array]:
        """Return times in s and the values of a column of one region."""
        table = self.tables[region]
        return table.pts_s, table.values[:, self.columns.index(column)]

    def label(self, column: str) -> str:
        """Return a column's name as people say it, with its unit."""
        return column_label(column)

    @property
    def source_name(self) -> str:
        """The name of the file that was analysed, as it is noted; "" if it is not."""
        noted = self.about.get("source")
        name = noted.get("name") if isinstance(noted, dict) else None
        return Path(name).name if isinstance(name, str) else ""

    @property
    def source(self) -> Path | None:
        """The file that was analysed, if it can be found: as given, or by its name beside the table."""
        beside = self.path.parent
        stem = self.path.stem.rsplit("_motion", 1)[0]
        named = [beside / self.source_name] if self.source_name else [beside / (stem + suffix) for suffix in _VIDEOS]
        given = [] if self.given is None else [self.given]
        return next((path for path in (*given, *named) if os.path.isfile(path)), None)  # noqa: PTH113 - never raises

    @property
    def pictures(self) -> tuple[Path, ...]:
        """The PNG files that were made of this run, in the order of :data:`motionapp.analysis.plots.NAMES`."""
        stem = self.path.stem
        found = self.path.parent.glob(f"{_literal(stem)}_*.png")
        ours = [path for path in found if not _OTHER.search(path.stem[len(stem) :])]
        order = {f"{stem}_{name}": number for number, name in enumerate(PLOTS)}
        return tuple(sorted(ours, key=lambda path: (order.get(path.stem, len(order)), path)))


def open_results(path: str | os.PathLike[str], source: Path | None = None) -> OpenedResults:
    """Read the table of a run.

    Parameters
    ----------
    path : str or Path
        A CSV file with the columns ``frame``, ``pts_s`` and ``region``; all others hold numbers or nothing. A last line
        that was cut short is left out and told of.
    source : Path, optional
        The file that was analysed, if that is known.

    Raises
    ------
    MotionError
        If it cannot be read or is no such table; the message names file and line.

    Notes
    -----
    About 100,000 rows a second.
    """
    path = Path(path)
    try:
        with regular_file(path).open(encoding="utf-8-sig", newline="") as file:
            columns, tables, notice = _read(csv.reader(file), path)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise MotionError(f"{path} cannot be read as a table: {error}.") from None
    about = _about(path.with_suffix(".json"))
    if not notice and about.get("complete") is False:
        notice = str(about.get("notice") or "This run was not finished: the table holds what was done.")
    return OpenedResults(path, columns, tables, about, notice, source)


def _read(rows: Iterator[list[str]], path: Path) -> tuple[tuple[str, ...], dict[str, Table], str]:
    header = next(rows, [])
    missing = [name for name in KEYS if name not in header]
    if missing or len(set(header)) != len(header) or len(header) > MOST_COLUMNS:
        wanted = " and ".join(missing) or "columns of different names"
        raise MotionError(f"{path} is no table of motion: it has no {wanted}. Choose a file that ends in _motion.csv.")
    frame_at, time_at, region_at = (header.index(name) for name in KEYS)
    drawn = [at for at, name in enumerate(header) if name not in (*KEYS, _INTERVAL)]
    gathered: dict[str, array[float]] = {}
    notice = ""
    for number, row in enumerate(itertools.islice(rows, MOST_ROWS), start=2):
        try:
            if len(row) != len(header):
                raise ValueError(f"{len(row)} cells in place of {len(header)}")
            values = (float(row[frame_at]), float(row[time_at]), *(float(row[at] or "nan") for at in drawn))
            if not (math.isfinite(values[0]) and math.isfinite(values[1])):
                raise ValueError("a frame without number or time")
        except ValueError as error:
            if next(rows, None) is None:
                notice = f"The last line of {path.name} was cut short and is left out."
                break
            raise MotionError(f"{path}, line {number}: {error}.") from None
        gathered.setdefault(_region(row[region_at]), array("d")).extend(values)
        if len(gathered) > MOST_REGIONS:
            raise MotionError(f"{path} has more than {MOST_REGIONS} regions.")
    tables = {region: _table(np.array(rest).reshape(-1, 2 + len(drawn))) for region, rest in gathered.items()}
    return tuple(header[at] for at in drawn), tables, notice


def _region(cell: str) -> str:
    """Return a region's name without the quote that keeps spreadsheets from taking it as a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in _FORMULA else cell


def _table(lines: Array) -> Table:
    return Table(lines[:, 0].astype(np.int64), lines[:, 1], np.ascontiguousarray(lines[:, 2:]))


def _about(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _MOST_JSON:
            return {}
        stored = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return stored if isinstance(stored, dict) else {}


def _literal(text: str) -> str:
    """Return ``text`` so that it stands for itself in a pattern of file names."""
    return "".join(f"[{sign}]" if sign in "[*?" else sign for sign in text)


_UNITS = (("_px_s", "px/s"), ("_mm_s", "mm/s"), ("_per_s", "1/s"), ("_px", "px"), ("_deg", "°"))
_WORDS = {
    "mean": "mean speed",
    "median": "median speed",
    "p95": "speed, 95th percentile",
    "max": "largest speed",
    "mean u": "mean u (to the right)",
    "mean v": "mean v (down)",
    "camera u": "camera u (to the right)",
    "camera v": "camera v (down)",
    "moving fraction": "part that moves",
    "valid fraction": "part that was measured",
}


def column_label(name: str) -> str:
    """Return a column's name as people say it, with its unit: "mean_px_s" is "Mean speed, px/s"."""
    ending, unit = next(((end, unit) for end, unit in _UNITS if name.endswith(end)), ("", ""))
    words = name.removesuffix(ending).replace("_", " ")
    text = _WORDS.get(words, words)
    return text[:1].upper() + text[1:] + (f", {unit}" if unit else "")
