"""Curves over time, read from a table of any length in memory that does not grow with it."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from motionapp.types import Array, MotionError

if TYPE_CHECKING:
    from motionapp.analysis.measuring import Row

#: More points than this are averaged in pairs.
MOST_POINTS = 4096


class Curve(NamedTuple):
    """One region over time, (n,) float64 each: ``time_s``, and what was asked for by name, NaN where not measured.

    ``frames`` is how many frames a point is the average of.
    """

    time_s: Array
    values: dict[str, Array]
    frames: int


def read_curves(table: Path | Iterable[Row], names: tuple[str, ...]) -> dict[str, Curve]:
    """Return the columns ``names`` of a table for each of its regions, in their order.

    ``table`` is a CSV file as a run writes it, or its rows. Values that are not there do not count in an average.

    Raises
    ------
    MotionError
        If the file cannot be read or lacks a column; the message names it.
    """
    if not isinstance(table, Path):
        return _gathered(((row.region, [row.pts_s, *(getattr(row, name) for name in names)]) for row in table), names)
    try:
        with table.open(newline="", encoding="utf-8") as file:
            return _gathered(_parsed(csv.reader(file), names), names)
    except (OSError, ValueError, IndexError, StopIteration, csv.Error) as error:
        raise MotionError(f"{table} cannot be read as a table of a run: {error}.") from error


def isolated(values: Array) -> Array:
    """Return which of (n,) values are measured while their neighbours are not: a line does not show them."""
    known = np.concatenate([[False], np.isfinite(values), [False]])
    alone: Array = known[1:-1] & ~known[:-2] & ~known[2:]
    return alone


def _parsed(lines: Iterator[list[str]], names: tuple[str, ...]) -> Iterator[tuple[str, list[float]]]:
    header = next(lines, [])
    region, *places = (header.index(name) for name in ("region", "pts_s", *names))
    for line in lines:
        yield line[region], [float(line[place] or "nan") for place in places]


def _gathered(rows: Iterator[tuple[str, list[float]]], names: tuple[str, ...]) -> dict[str, Curve]:
    found: dict[str, _Averages] = {}
    for region, values in rows:
        if region not in found:
            found[region] = _Averages(len(values))
        found[region].add(values)
    return {region: one.curve(names) for region, one in found.items()}


class _Averages:
    """Averages of as few frames as memory allows."""

    def __init__(self, width: int) -> None:
        self._sums, self._counts = np.zeros((2, MOST_POINTS, width))
        self._each, self._seen = 1, 0

    def add(self, values: list[float]) -> None:
        if self._seen == MOST_POINTS * self._each:
            half = MOST_POINTS // 2
            for sums in (self._sums, self._counts):
                sums[:half] = sums[::2] + sums[1::2]
                sums[half:] = 0.0
            self._each *= 2
        place = self._seen // self._each
        for column, value in enumerate(values):
            if not math.isnan(value):
                self._sums[place, column] += value
                self._counts[place, column] += 1
        self._seen += 1

    def curve(self, names: tuple[str, ...]) -> Curve:
        count = -(-self._seen // self._each)
        sums, counts = self._sums[:count], self._counts[:count]
        means = np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0)
        return Curve(means[:, 0], dict(zip(names, means[:, 1:].T, strict=True)), self._each)
