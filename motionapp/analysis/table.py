"""The table of a run as CSV: written row by row, joined from parts, the same bytes on every machine.

RFC 4180 in UTF-8, with a header line and dots as decimal signs, so that ``pandas.read_csv`` needs no options. Times
have six decimals; all other numbers have seven significant digits, which is what the single precision of a field holds.
"Not measured" (NaN) is an empty cell, 0 is 0.
"""

from __future__ import annotations

import csv
import io
import math
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

TIME_DECIMALS, DIGITS = 6, 7
_TIMES = ("pts_s", "dt_s")
#: What a spreadsheet takes as the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_PIECE_BYTES = 1 << 20


class TableWriter:
    """Write a table; every call of :meth:`write` is the operating system's when it returns.

    Parameters
    ----------
    path : Path
        The file; what it held is lost.
    columns : sequence of str
        Names in the header.

    Raises
    ------
    OSError
        If it cannot be written.
    """

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self._columns = tuple(columns)
        self._file = path.open("wb", buffering=0)
        self._append([list(self._columns)])

    def write(self, rows: Iterable[Sequence[Any]]) -> None:
        """Append rows, each a value per column: int, float, str, or None for nothing.

        Raises
        ------
        ValueError
            If a row has another number of values.
        OSError
            If it cannot be written.
        """
        self._append([[cell(name, value) for name, value in zip(self._columns, row, strict=True)] for row in rows])

    def close(self) -> None:
        """Close the file; safe to call twice."""
        self._file.close()

    def _append(self, lines: list[list[str]]) -> None:
        text = io.StringIO()
        csv.writer(text, lineterminator="\r\n").writerows(lines)
        rest = memoryview(text.getvalue().encode())
        while rest:
            rest = rest[self._file.write(rest) :]


def cell(column: str, value: Any) -> str:
    """Return a value as it stands in its column.

    A text that a spreadsheet would take as a formula has a single quote put before it, which spreadsheets do not show.

    >>> cell("pts_s", 1 / 3), cell("mean_px_s", 1 / 3), cell("mean_px_s", float("nan")), cell("region", "=1+1")
    ('0.333333', '0.3333333', '', "'=1+1")
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    if isinstance(value, int):
        return str(value)
    number = float(value)
    if not math.isfinite(number):
        return ""
    text = f"{number:.{TIME_DECIMALS}f}" if column in _TIMES else f"{number:.{DIGITS}g}"
    return "0" if text == "-0" else text


def join_tables(parts: Iterable[Path], target: Path) -> int:
    """Write the rows of several tables with the same columns into one; return the size in bytes.

    Raises
    ------
    ValueError
        If a part has other columns.
    OSError
        If a part cannot be read or the target not written.
    """
    header = b""
    with target.open("wb") as output:
        for part in parts:
            with part.open("rb") as file:
                first = file.readline()
                if header and first != header:
                    raise ValueError(f"{part} has other columns")
                if not header:
                    header = first
                    output.write(header)
                while piece := file.read(_PIECE_BYTES):
                    output.write(piece)
        output.flush()
        os.fsync(output.fileno())
        return output.tell()
