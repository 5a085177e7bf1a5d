"""How far a run has come, and what came of each file."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Stage = Literal["waiting", "reading", "analysing", "joining", "done", "kept", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class FileProgress:
    """One file: what is done with it, and how many of its positions are, of ``total`` (None: not known yet)."""

    path: Path
    stage: Stage = "waiting"
    done: int = 0
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """All files of a run, in order."""

    files: tuple[FileProgress, ...]


@dataclass(frozen=True, slots=True)
class FileResult:
    """What came of one file.

    Attributes
    ----------
    path : Path
        The file.
    state : str
        "done", "kept" (it was complete already), "failed" or "cancelled".
    files : tuple of Path
        Its results; after a failure or a cancel those named ``-partial``, as far as they could be made.
    rows, decoded, estimated : int
        Rows for each region, frames that could be read, and motions estimated by this call.
    notice : str or None
        What the user should know of the source ("n of m frames …").
    error, detail : str
        Why it failed, for the user, and a traceback where the reason is in the program.
    seconds : dict
        Time that each kind of work took, side by side; "all" is that of all chunks together.
    """

    path: Path
    state: Stage
    files: tuple[Path, ...] = ()
    rows: int = 0
    decoded: int = 0
    estimated: int = 0
    notice: str | None = None
    error: str = ""
    detail: str = ""
    seconds: dict[str, float] = field(default_factory=dict)
