"""How far a run has come, and what came of each file."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Stage = Literal["waiting", "reading", "analysing", "joining", "done", "kept", "failed", "cancelled"]

_RATE_OVER_S = 10.0


@dataclass(frozen=True, slots=True)
class FileProgress:
    """One file: what is done with it, and how many of its positions are, of ``total`` (None: not known yet)."""

    path: Path
    stage: Stage = "waiting"
    done: int = 0
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """All files of a run in order, positions per second in all, and the seconds left (None: not known yet)."""

    files: tuple[FileProgress, ...]
    rate_hz: float = 0.0
    left_s: float | None = None


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


class Pace:
    """The rate of a run over the last ten seconds, and the time it will take."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def progress(self, files: tuple[FileProgress, ...], ready: int) -> Progress:
        """Return the progress of all files, of whose positions ``ready`` were there before this run."""
        now, done = time.monotonic(), sum(file.done for file in files) - ready
        self._seen.append((now, done))
        while self._seen[0][0] < now - _RATE_OVER_S and len(self._seen) > 2:
            self._seen.popleft()
        began, before = self._seen[0]
        rate_hz = (done - before) / (now - began) if now > began else 0.0
        return Progress(files, rate_hz, _left(files) / rate_hz if rate_hz > 0 else None)


def _left(files: tuple[FileProgress, ...]) -> float:
    """Return how many positions are left; a file that was not looked at counts as one like the others."""
    known = [file.total for file in files if file.total is not None]
    usual = sum(known) / len(known) if known else 0.0
    left = 0.0
    for file in files:
        if file.stage in ("waiting", "reading"):
            left += usual
        elif file.stage == "analysing":
            left += (file.total or 0) - file.done
    return left
