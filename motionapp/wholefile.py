"""Files that appear whole or not at all: written beside, synchronised, renamed."""

from __future__ import annotations

import contextlib
import glob
import os
import secrets
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from motionapp.types import MotionError

_ABANDONED_S = 3600.0


def write_whole(path: Path, write: Callable[[IO[bytes]], object], overwrite: bool) -> None:
    """Let ``write`` fill a file beside ``path``, and give it that name once it is on the disk.

    Raises
    ------
    MotionError
        If ``path`` exists and ``overwrite`` is false, it is no file, or it cannot be written; what was there stays.
    """
    if path.exists() and not (overwrite and path.is_file()):
        raise MotionError(f"{path} exists already. Choose another name{'' if path.is_dir() else ' or overwrite it'}.")
    beside = path.with_name(f".{path.name[:80]}.{secrets.token_hex(4)}.part")
    _forget_old(path)
    try:
        with beside.open("xb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise MotionError(f"{path} cannot be written: {error.strerror or error}. Choose another folder.") from error
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _forget_old(path: Path) -> None:
    """Remove what a process left that was killed while it wrote this very file, some time ago."""
    with contextlib.suppress(OSError):
        for left in path.parent.glob(f".{glob.escape(path.name[:80])}.????????.part"):
            if time.time() - left.stat().st_mtime > _ABANDONED_S:
                left.unlink()


def sync_folder(folder: Path) -> None:
    """Make sure that new names in a folder are on the disk."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def check_writable(folder: Path) -> None:
    """Make a folder if it is not there.

    Raises
    ------
    MotionError
        If it cannot be made, or nothing can be written to it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise unwritable(folder, error) from None


def unwritable(path: Path, error: OSError) -> MotionError:
    """Return what a user should know of a failure to write."""
    cause = os.strerror(error.errno) if error.errno else str(error)
    return MotionError(f"{path} cannot be written: {cause.lower()}.")
