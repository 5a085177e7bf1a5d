"""What a piece of a run has estimated so far, kept so that a process that was killed makes at most one row twice."""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path

import numpy as np

from motionapp.analysis.partfolder import PartFolder
from motionapp.analysis.plan import CHUNK, PIECE
from motionapp.types import Array

_MAGIC = b"motion journal 1\n"
#: Position, whether a field follows, height and width of the grid it is on, CRC-32 of all that and of the field.
_HEAD = struct.Struct("<qIIII")

#: Field (2, h, w) and trust (h, w), float32, as :attr:`motionapp.estimator.MotionEstimator.solved` gives them.
Solved = tuple[Array, Array]


class Journal:
    """An append-only file of what was solved at each position.

    Open it, :meth:`take` what is there, position after position, then :meth:`append`. What a crash cut off in the
    middle of a record is dropped. Nothing is synchronised with the disk: a process that dies loses nothing, a machine
    that does loses time only.

    Parameters
    ----------
    path : Path
        The file; made if it is not there, begun anew if it is none of ours.

    Raises
    ------
    OSError
        If it cannot be written.
    """

    def __init__(self, path: Path) -> None:
        # unbuffered: a record is the operating system's before the next position is begun
        self._file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666), "r+b", 0)
        self._reading = self._read(len(_MAGIC)) == _MAGIC
        if not self._reading:
            self._cut(0)
            self._write(_MAGIC)

    def take(self, position: int) -> tuple[Solved | None] | None:
        """Return what was solved at ``position`` if that is the next record, in a tuple: None for a first motion.

        None instead of a tuple means that it is not there; this and all further positions have to be appended.

        Raises
        ------
        OSError
            If the file cannot be read.
        """
        if not self._reading:
            return None
        start = self._file.tell()
        found = self._record(position)
        if found is None:
            self._cut(start)
        return found

    def append(self, position: int, solved: Solved | None) -> None:
        """Add a record after those that were taken.

        Raises
        ------
        OSError
            If it cannot be written (disk full …); what was there stays.
        """
        if self._reading:
            self._cut(self._file.tell())
        field, trust = solved or (np.empty((2, 0, 0), np.float32), np.empty((0, 0), np.float32))
        payload = field.tobytes() + trust.tobytes()
        numbers = position, int(solved is not None), *trust.shape
        self._write(_HEAD.pack(*numbers, _checksum(numbers, payload)) + payload)

    def close(self) -> None:
        """Close the file; safe to call twice."""
        self._file.close()

    def _record(self, position: int) -> tuple[Solved | None] | None:
        """Return the next record if it is whole and of ``position``."""
        head = self._read(_HEAD.size)
        if len(head) < _HEAD.size:
            return None
        *numbers, checksum = _HEAD.unpack(head)
        found, known, height, width = numbers
        size = 12 * height * width
        if found != position or size > os.fstat(self._file.fileno()).st_size:
            return None
        payload = self._read(size)
        if len(payload) < size or _checksum(tuple(numbers), payload) != checksum:
            return None
        if not known:
            return (None,)
        values = np.frombuffer(bytearray(payload), np.float32)  # writable: the kernels are compiled for that
        values = values.reshape(3, height, width)
        return ((values[:2], values[2]),)

    def _read(self, size: int) -> bytes:
        """Return the next bytes, fewer only at the end of the file."""
        parts: list[bytes] = []
        while size > 0 and (part := self._file.read(size)):
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def _write(self, content: bytes) -> None:
        rest = memoryview(content)
        while rest:
            rest = rest[self._file.write(rest) :]

    def _cut(self, size: int) -> None:
        """End the file here; from now on it is written."""
        self._reading = False
        self._file.truncate(size)
        self._file.seek(size)


class Trail:
    """The journals of a chunk, piece after piece, as one.

    Each begins with the record of the position before its piece, from which the estimator can go on.

    Attributes
    ----------
    carry : int
        That position of the first piece that is not finished.

    Raises
    ------
    OSError
        As :class:`Journal`; so do the methods.
    """

    def __init__(self, folder: PartFolder, chunk: int, piece: int) -> None:
        self._folder, self._chunk, self._piece = folder, chunk, piece
        self.carry = chunk * CHUNK + piece * PIECE
        self._journal = Journal(folder.journal(chunk, piece))

    def take(self, position: int) -> tuple[Solved | None] | None:
        """Return the record of a position, as :meth:`Journal.take`."""
        found = self._journal.take(position)
        if found is not None:
            self._turn(position, found[0])
        return found

    def append(self, position: int, solved: Solved | None) -> None:
        """Add a record.

        The one at the end of a piece is the first of the next journal too, before anyone can call the piece finished.
        """
        self._journal.append(position, solved)
        self._turn(position, solved)

    def close(self) -> None:
        """Close the file; safe to call twice."""
        self._journal.close()

    def _turn(self, position: int, solved: Solved | None) -> None:
        if position <= self.carry or position % PIECE or position == (self._chunk + 1) * CHUNK:
            return
        self._journal.close()
        self._piece += 1
        self._journal = Journal(self._folder.journal(self._chunk, self._piece))
        if self._journal.take(position) is None:
            self._journal.append(position, solved)


def _checksum(numbers: tuple[int, ...], payload: bytes) -> int:
    return zlib.crc32(payload, zlib.crc32(repr(numbers).encode()))
