"""The queue of an analysis as a value: files, how far each is, and what is said of that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

State = Literal["waiting", "running", "done", "stopped", "failed"]

#: A rate is known from so many seconds on.
_SURE_S = 0.5


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the queue.

    ``done`` of ``total`` frames (0: not known yet); ``fresh`` of them were done in this go, in ``elapsed_s``. ``size``
    is that of the file in bytes. ``message`` says what went wrong or is worth knowing, ``files`` what was written.
    """

    path: Path
    size: int = 0
    state: State = "waiting"
    done: int = 0
    total: int = 0
    fresh: int = 0
    elapsed_s: float = 0.0
    message: str = ""
    files: tuple[Path, ...] = ()

    @property
    def ended(self) -> bool:
        """Whether nothing more will be done for it."""
        return self.state in ("done", "stopped", "failed")

    @property
    def part(self) -> float:
        """The part that is done, 0 to 1."""
        if self.state in ("done", "failed"):
            return 1.0
        return min(1.0, self.done / self.total) if self.total else 0.0

    @property
    def table(self) -> Path | None:
        """The table that was written, if one was."""
        return next((path for path in self.files if path.suffix.lower() == ".csv"), None)


def span_text(seconds: float) -> str:
    """Return a span of time as m:ss, with hours where there are any."""
    minutes, rest = divmod(max(0, round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def state_text(entry: Entry) -> str:
    """Return how far a file is, in one line."""
    if entry.state == "waiting":
        return "waiting"
    if entry.state == "running":
        if entry.message or not entry.total:
            return entry.message or "preparing …"
        rate = entry.fresh / entry.elapsed_s if entry.elapsed_s > _SURE_S and entry.fresh else 0.0
        tail = f" · {rate:.0f}/s · {span_text((entry.total - entry.done) / rate)} left" if rate else ""
        return f"{entry.done} of {entry.total}{tail}"
    words = {"done": "done", "stopped": "cancelled", "failed": "failed"}[entry.state]
    said = entry.message.removeprefix(f"{entry.path.name}: ").removesuffix(".")
    return f"{words}: {said}" if said and entry.state != "failed" else words


def whole_part(entries: Sequence[Entry]) -> float:
    """Return which part of the whole queue is done, 0 to 1, each file weighing as much as it is large."""
    sizes = sum(max(1, entry.size) for entry in entries)
    return sum(max(1, entry.size) * entry.part for entry in entries) / sizes if entries else 0.0


def whole_text(entries: Sequence[Entry], elapsed_s: float, left_s: float | None, *, running: bool) -> str:
    """Return how far the queue is, in one line: how long it has taken, and about how long it still will."""
    ended = [entry for entry in entries if entry.ended]
    files = f"{len(entries)} file{'' if len(entries) == 1 else 's'}"
    if running:
        part = whole_part(entries)
        left = "" if left_s is None else f" · about {span_text(left_s)} left"
        return f"{len(ended)} of {files} · {100.0 * part:.0f} %{left}"
    if not ended:
        return files if entries else ""
    counts = [(sum(entry.state == state for entry in ended), word) for state, word in _ENDS]
    return ", ".join(f"{count} {word}" for count, word in counts if count) + f" · {span_text(elapsed_s)}"


_ENDS: tuple[tuple[State, str], ...] = (("done", "done"), ("stopped", "cancelled"), ("failed", "failed"))


def problems(entries: Sequence[Entry]) -> str:
    """Return a line for each file that failed, "" if none did."""
    lines = []
    for entry in entries:
        name, said = entry.path.name, entry.message.replace(str(entry.path), entry.path.name)
        if entry.state == "failed":
            lines.append(said if name in said else f"{name}: {said}")
    return "\n".join(lines)
