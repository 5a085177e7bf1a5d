"""The folder of an unfinished run: chunks, pieces and journals, what of them is done, and whether to go on."""

from __future__ import annotations

import contextlib
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from motionapp.analysis.plan import CHUNK, PIECE, Cancelled
from motionapp.types import MotionError

_RUNNING = "running"
_WAIT_S = 0.05


class BusyError(MotionError):
    """Another process works in this folder."""


@dataclass(frozen=True, slots=True)
class PartFolder:
    """Names in the folder ``NAME_motion.part`` of a run, which any number of processes share.

    ``00003`` is chunk 3, finished; ``00003-2`` piece 2 of it, finished, ``00003-2.part`` the same while it is made,
    ``00003-2.journal`` its journal and ``00003.lock`` says who works on the chunk. As long as ``running`` is there,
    work goes on.
    """

    path: Path

    def chunk(self, number: int) -> Path:
        """Return the folder of a finished chunk."""
        return self.path / f"{number:05d}"

    def piece(self, chunk: int, number: int) -> Path:
        """Return the folder of a finished piece."""
        return self.path / f"{chunk:05d}-{number}"

    def journal(self, chunk: int, number: int) -> Path:
        """Return the journal of a piece."""
        return self.path / f"{chunk:05d}-{number}.journal"

    def pieces_done(self, chunk: int) -> int:
        """Return how many pieces at the beginning of a chunk are finished."""
        number = 0
        while self.piece(chunk, number).is_dir():
            number += 1
        return number

    def running(self) -> bool:
        """Whether work is to go on."""
        return (self.path / _RUNNING).exists()

    def allow(self) -> None:
        """Let work go on."""
        (self.path / _RUNNING).touch()

    def forbid(self) -> None:
        """Let work end after the frame that is being made, wherever that is."""
        (self.path / _RUNNING).unlink(missing_ok=True)

    def positions_done(self, chunk: int) -> int:
        """Return how far a chunk that is being worked on has come, as it said last."""
        with contextlib.suppress(OSError, ValueError):
            return int(self._lock(chunk).read_bytes() or 0)
        return 0

    def _lock(self, chunk: int) -> Path:
        return self.path / f"{chunk:05d}.lock"

    @contextmanager
    def claimed(self, chunk: int) -> Iterator[Callable[[int], None]]:
        """Keep all others from a chunk; yield what tells how many of its positions are done.

        Raises
        ------
        Cancelled
            If work was to end before others let go of it.
        OSError
            If the folder cannot be written.
        """
        self._lock(chunk).touch()
        with self._lock(chunk).open("r+b", buffering=0) as file:
            while not lock(file):
                if not self.running():
                    raise Cancelled
                time.sleep(_WAIT_S)

            def tell(done: int) -> None:
                file.seek(0)
                file.write(b"%12d" % done)

            yield tell

    def clear(self, chunk: int, *, finished: bool) -> None:
        """Delete what is left of a chunk: what is unfinished of it or, once it is ``finished``, all its pieces."""
        for path in self.path.glob(f"{chunk:05d}*.part"):
            shutil.rmtree(path)
        if finished:
            for path in self.path.glob(f"{chunk:05d}-*"):
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def piece_of(position: int) -> tuple[int, int]:
    """Return the chunk and the number of the piece whose outputs hold a position."""
    within = max(position - 1, 0)
    return within // CHUNK, within % CHUNK // PIECE


def lock(file: IO[bytes]) -> bool:
    """Lock an open file without waiting; return whether it was free. Systems without such locks count as free."""
    if sys.platform == "win32":
        return True
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def claim(folder: Path) -> IO[bytes]:
    """Return what keeps others from the run in a folder as long as it is open and this process lives.

    Raises
    ------
    BusyError
        If another process has it.
    OSError
        If it cannot be written to.
    """
    file = (folder / "run.lock").open("ab")
    if not lock(file):
        file.close()
        raise BusyError(f"{folder} is being worked on by another process. Wait for it, or choose another folder.")
    return file


def make(folder: Path) -> IO[bytes]:
    """Make the folder of a run, anew if one is there that nobody works in; return what :func:`claim` does.

    Raises
    ------
    BusyError
        If another process works in it, or has just made it.
    OSError
        If it cannot be made.
    """
    try:
        if folder.is_dir():
            with claim(folder) as mine:
                if sys.platform == "win32":
                    mine.close()  # an open file cannot be deleted there
                shutil.rmtree(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir()
        return claim(folder)
    except (FileExistsError, FileNotFoundError):
        raise BusyError(f"{folder} was made by another process. Try again, or choose another folder.") from None


def begin(path: Path) -> Path:
    """Make an empty folder ``path.part`` beside ``path``, and return it."""
    part = path.with_name(f"{path.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    return part


def finish(part: Path) -> Path:
    """Give a folder made by :func:`begin` its name."""
    path = part.with_name(part.name.removesuffix(".part"))
    part.rename(path)
    return path
