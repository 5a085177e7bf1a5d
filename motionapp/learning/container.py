"""The box that models and projects are kept in: an uncompressed ``.npz`` with a JSON entry, read without any trust.

No pickle. Nothing is believed: names, sizes and shapes are checked against the file's real size and against one another
before memory is asked for. Files appear whole or not at all.
"""

from __future__ import annotations

import datetime
import json
import math
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np

from motionapp import __version__
from motionapp.learning.samples import MOST_BYTES, MOST_RECORDINGS
from motionapp.npyheader import read_header
from motionapp.types import Array, MotionError
from motionapp.wholefile import write_whole

#: Rises whenever a file could not be understood by an older program.
VERSION = 1
#: Reads an array by name that must have this dtype and shape.
ArrayReader = Callable[[str, str, tuple[int, ...]], Array]
_ABOUT = "about.json"
#: What a file says of itself is parsed into up to thirty times its size: room for 1 kB on each of the most recordings.
_MOST_ABOUT, _MOST_FILE, _MOST_ENTRIES = 1024 * MOST_RECORDINGS, MOST_BYTES + 64 * 2**20, 8
_END_OF_ZIP = struct.Struct("<4s4H2LH")
#: Where a 64-bit directory, which overrides the other, would be announced, in bytes before the end record.
_LOCATOR, _LOCATOR_TAG = 20, b"PK\6\7"


def write_box(path: Path, suffix: str, about: Mapping[str, Any], arrays: Mapping[str, Array], overwrite: bool) -> None:
    """Write what a file says of itself, its "format" among it, and arrays by the names of their entries.

    Raises
    ------
    MotionError
        If the name does not end in ``suffix``, the file exists and may not be replaced, it cannot be written, or says
        more of itself than can be read.
    """
    if path.suffix.lower() != suffix:
        raise MotionError(f"{path} has to end in {suffix}.")
    made = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    text = json.dumps({"version": VERSION, "program": __version__, "made": made, **about}, allow_nan=False)
    if len(text) > _MOST_ABOUT:
        raise MotionError(
            f"{path} cannot be saved: names and sources take over {_MOST_ABOUT // 1000} kB. Shorten them."
        )

    def fill(file: IO[bytes]) -> None:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr(_ABOUT, text)
            for name, values in arrays.items():
                with archive.open(name, "w") as entry:
                    np.lib.format.write_array(entry, np.ascontiguousarray(values), version=(1, 0), allow_pickle=False)

    write_whole(path, fill, overwrite)


@contextmanager
def open_box(path: Path, kind: str, names: frozenset[str]) -> Iterator[tuple[dict[str, Any], ArrayReader]]:
    """Open a file of a kind; yield what it says of itself and a function that reads one of its arrays.

    ``names`` are those its arrays may have. Whatever is wrong within, here or where it is used, becomes a MotionError
    that names the file.
    """
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise MotionError(f"{path} is not a regular file. Choose a {kind}.")
        if about.st_size > _MOST_FILE:
            raise MotionError(f"{path} is larger than any {kind} can be.")
        with path.open("rb") as file:
            _check_end(file, about.st_size)
            with zipfile.ZipFile(file) as archive:
                _check_entries(archive, about.st_size, names)
                yield _said(archive, path, kind), lambda *wanted: _array(archive, *wanted)
    except FileNotFoundError:
        raise MotionError(f"{path} does not exist. Check the name.") from None
    except OSError as error:
        raise MotionError(
            f"{path} cannot be read: {error.strerror or error}. Check the file and its rights."
        ) from error
    except (
        zipfile.BadZipFile, zlib.error, struct.error, ValueError, TypeError, LookupError, AttributeError, EOFError,
        NotImplementedError, RuntimeError, OverflowError, SyntaxError,
    ) as error:  # fmt: skip
        raise MotionError(f"{path} is no {kind}, or it is damaged ({error}). Get or save it again.") from error


def _check_end(file: IO[bytes], size: int) -> None:
    """Refuse an archive whose directory is not small, before it is read."""
    known = _LOCATOR + _END_OF_ZIP.size
    file.seek(max(0, size - known))
    end = file.read(known)
    if len(end) < known:
        raise ValueError("it is too short")
    tag, _, _, _, entries, length, _, comment = _END_OF_ZIP.unpack(end[_LOCATOR:])
    if tag != b"PK\5\6" or entries > _MOST_ENTRIES or length > 4096 or comment:
        raise ValueError("its directory is missing or too large")
    if end.startswith(_LOCATOR_TAG):
        raise ValueError("its directory is a 64-bit one, which so small a file does not need")
    file.seek(0)


def _check_entries(archive: zipfile.ZipFile, size: int, allowed: frozenset[str]) -> None:
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    if len(names) < len(entries) or not names <= {_ABOUT, *allowed}:
        raise ValueError(f"it holds {', '.join(sorted(names))[:80]}")
    if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries):
        raise ValueError("an entry is compressed")
    if sum(entry.file_size for entry in entries) > size:
        raise ValueError("its entries claim to be larger than the file")


def _said(archive: zipfile.ZipFile, path: Path, kind: str) -> dict[str, Any]:
    if archive.getinfo(_ABOUT).file_size > _MOST_ABOUT:
        raise ValueError(f"{_ABOUT} is too large")
    about = json.loads(archive.read(_ABOUT))
    if about["format"] != kind:
        raise MotionError(f"{path} is a {str(about['format'])[:40]}, not a {kind}. Choose another file.")
    version = about["version"]
    if not isinstance(version, int) or version < 1:
        raise ValueError(f"version {str(version)[:20]}")
    if version > VERSION:
        raise MotionError(
            f"{path} was written by a newer motionapp (file version {version}; this one reads up to {VERSION}). "
            "Update motionapp, or save the file again with this version."
        )
    return dict(about)


def _array(archive: zipfile.ZipFile, name: str, dtype: str, shape: tuple[int, ...]) -> Array:
    """Read an array that must have just this dtype and shape."""
    with archive.open(name) as entry:
        found, fortran, kind = read_header(entry)
        if found != shape or kind.str != dtype or (fortran and len(shape) > 1):
            raise ValueError(f"{name} holds {kind} of shape {found} in place of {dtype} of shape {shape}")
        needed = math.prod(shape) * kind.itemsize
        if archive.getinfo(name).file_size - entry.tell() != needed:
            raise ValueError(f"{name} holds fewer or more bytes than its shape {shape} needs")
        return np.frombuffer(entry.read(), kind).reshape(shape).astype(kind.newbyteorder("="))
