"""A file under a provisional name while it is written: reserved, locked, and renamed only when it is whole."""

from __future__ import annotations

import itertools
import os
import sys
from pathlib import Path

from motionapp.types import MotionError
from motionapp.wholefile import sync_folder


class PartFile:
    """Reserve ``path``, or ``name-2.suffix``, ``name-3.suffix`` … if it is taken, by creating ``name.part.suffix``.

    No existing file is ever written to. The part is locked as long as this object is open, so that another process
    can tell a file that is being written from one left behind by a crash (:func:`in_use`; not on Windows).

    Attributes
    ----------
    part, target : Path
        Where to write, and what it will be called.

    Raises
    ------
    MotionError
        If the folder cannot be made or written to.
    """

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self.target, self.part, self._descriptor = _reserve(path)
        except (OSError, ValueError) as error:
            cause = os.strerror(error.errno).lower() if isinstance(error, OSError) and error.errno else "not a path"
            raise MotionError(f"{path} cannot be written: {cause}.") from None
        _lock(self._descriptor)

    def finish(self) -> Path:
        """Give the finished file, already closed by its writer, its name; return that.

        Raises
        ------
        MotionError
            If it cannot be renamed; the part stays.
        """
        try:
            os.fsync(self._descriptor)
            self.release()
            self.part.replace(self.target)
            sync_folder(self.target.parent)
        except OSError as error:
            raise MotionError(f"{self.part} cannot be renamed: {(error.strerror or '').lower()}.") from None
        return self.target

    def discard(self) -> None:
        """Delete the part."""
        self.release()
        self.part.unlink(missing_ok=True)

    def release(self) -> None:
        """Let go of the part and leave it where it is; safe to call twice."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def in_use(part: Path) -> bool:
    """Return whether some process still writes this part."""
    try:
        descriptor = os.open(part, os.O_RDONLY)
    except OSError:
        return True
    try:
        return not _lock(descriptor)
    finally:
        os.close(descriptor)


def _reserve(path: Path) -> tuple[Path, Path, int]:
    for number in itertools.count(1):
        target = path if number == 1 else path.with_name(f"{path.stem}-{number}{path.suffix}")
        part = target.with_name(f"{target.stem}.part{target.suffix}")
        if os.path.lexists(target):
            continue
        try:
            return target, part, os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o666)
        except FileExistsError:
            continue
    raise AssertionError("unreachable")


def _lock(descriptor: int) -> bool:
    """Lock an open file without waiting; return whether it was free. File systems without locks count as free."""
    if sys.platform == "win32":
        return True
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True
