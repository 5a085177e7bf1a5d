"""The fields of a run as files, and back: ``.npz`` chunks, HDF5, ``.flo`` or KITTI ``.png`` for every frame.

In all of them a flow is ``(2, H, W)`` float32, px to the right and down in the interval that led to the frame; what was
not measured is NaN, or marked unknown where the format has a mark for it.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

import numpy as np

from motionapp.analysis.derived import divergence, shear, vorticity
from motionapp.analysis.recipe import Fields
from motionapp.flowfiles import MOST_PIXELS, read_flow, write_flow
from motionapp.measures import LEAST_CONFIDENCE
from motionapp.npyheader import read_header
from motionapp.types import Array, Motion, MotionError
from motionapp.wholefile import write_whole

__all__ = ["Field", "FieldWriter", "divergence", "known_flow", "read_fields", "shear", "vorticity"]

#: A chunk of ``.npz`` holds as many frames as fit into this, at least one.
NPZ_BYTES = 32 * 2**20
_MOST_NPZ_BYTES = 2 * max(NPZ_BYTES, 8 * MOST_PIXELS)
_SUFFIXES = {"npz": ".npz", "h5": ".h5", "flo": ".flo", "kitti": ".png"}
_UNITS = "px to the right (u) and down (v) in the time since the frame before; NaN: not measured"


class Field(NamedTuple):
    """The flow of one frame; ``pts_s`` is NaN where the format does not keep it."""

    frame: int
    pts_s: float
    flow: Array


def known_flow(motion: Motion) -> Array:
    """Return the flow of a motion, (2, H, W) float32, NaN where it was not measured."""
    return np.where(motion.confidence >= LEAST_CONFIDENCE, motion.flow, np.float32(np.nan))


class FieldWriter:
    """Write fields, frame by frame, in memory that does not grow.

    Parameters
    ----------
    stem : Path
        Where to, without suffix: ``STEM.h5``; or ``STEM-000012.npz``, named by the first frame in it, and one such
        ``.flo`` or ``.png`` per frame. The folder is made. Files of these names are replaced.
    kind : str
        "npz", "h5", "flo" or "kitti".
    about : mapping
        Settings and the like, text by name: attributes of HDF5, JSON text in the array ``about`` of ``.npz``; the
        other formats have no room for it.

    Attributes
    ----------
    paths : list of Path
        Files written so far; complete after :meth:`close`.

    Raises
    ------
    MotionError
        If a file cannot be written, or a vector is beyond KITTI's ±512 px; the message names the file.

    Notes
    -----
    HDF5 holds the datasets ``flow`` (n, 2, H, W) float32, a chunk per frame, ``frame`` (n) int64 and ``pts_s`` (n)
    float64; ``.npz`` arrays of the same names. Nothing is compressed: deflating a field of 640×480 px takes 60 ms and
    saves a third.
    """

    def __init__(self, stem: Path, kind: Fields, about: Mapping[str, str] | None = None) -> None:
        if kind not in _SUFFIXES:
            raise ValueError(f"kind must be one of {', '.join(_SUFFIXES)}, got {kind!r}")
        self.paths: list[Path] = []
        self._stem, self._kind, self._about = stem, kind, dict(about or {})
        self._waiting: list[Field] = []
        self._file: Any = None
        with _writing(stem):
            stem.parent.mkdir(parents=True, exist_ok=True)

    def add(self, motion: Motion, index: int) -> None:
        """Write the flow of a motion, that of frame ``index`` of its file."""
        self.write(Field(index, motion.frame.pts_s, known_flow(motion)))

    def write(self, field: Field) -> None:
        """Write a field: of the same size as those before, but for ``.flo`` and KITTI."""
        if self._kind == "h5":
            self._append(field)
        elif self._kind == "npz":
            self._waiting.append(field)
            if (len(self._waiting) + 1) * field.flow.nbytes > NPZ_BYTES:
                self._flush()
        else:
            path = self._numbered(field.frame)
            write_flow(path, field.flow, overwrite=True)
            self.paths.append(path)

    def close(self) -> None:
        """Finish the files; safe to call twice."""
        self._flush()
        if self._file is not None:
            file, self._file = self._file, None
            with _writing(self.paths[-1]):
                file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if error is None:
            self.close()
            return
        self._waiting.clear()
        with contextlib.suppress(MotionError):
            self.close()

    def _numbered(self, frame: int) -> Path:
        return self._stem.with_name(f"{self._stem.name}-{frame:06d}{_SUFFIXES[self._kind]}")

    def _flush(self) -> None:
        """Write the fields that wait for a chunk to be full."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        arrays = {
            "flow": np.stack([field.flow for field in waiting]),
            "frame": np.array([field.frame for field in waiting], np.int64),
            "pts_s": np.array([field.pts_s for field in waiting]),
            "about": np.frombuffer(json.dumps({"units": _UNITS, **self._about}).encode(), np.uint8),
        }
        path = self._numbered(waiting[0].frame)
        write_whole(path, lambda file: np.savez(file, allow_pickle=False, **arrays), overwrite=True)
        self.paths.append(path)

    def _append(self, field: Field) -> None:
        """Add a field to the HDF5 file, which is made with the first."""
        path = self._stem.with_name(f"{self._stem.name}.h5")
        with _writing(path):
            if self._file is None:
                import h5py

                self._file = h5py.File(path, "w")
                self.paths.append(path)
                shape = field.flow.shape
                self._file.create_dataset("flow", (0, *shape), "<f4", maxshape=(None, *shape), chunks=(1, *shape))
                for name, dtype in (("frame", "<i8"), ("pts_s", "<f8")):
                    self._file.create_dataset(name, (0,), dtype, maxshape=(None,), chunks=(256,))
                self._file["flow"].attrs["units"] = _UNITS
                self._file["pts_s"].attrs["units"] = "s"
                self._file.attrs.update(self._about)
            for name, value in field._asdict().items():
                dataset = self._file[name]
                dataset.resize(len(dataset) + 1, axis=0)
                dataset[-1] = value


@contextlib.contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Let errors of the disk, and what HDF5 makes of them, name the file."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        number = getattr(error, "errno", None) or _errno_in(str(error))
        cause = os.strerror(number) if number else str(error)
        raise MotionError(f"{path} cannot be written: {cause}. Choose another folder.") from error


def _errno_in(text: str) -> int:
    """Return the error number that HDF5 puts into its message, or 0."""
    found = re.search(r"errno = (\d+)", text)
    return int(found.group(1)) if found else 0


def read_fields(path: Path) -> Iterator[Field]:
    """Read fields back, one at a time, in the order of their frames.

    ``path`` is a ``.h5``, ``.npz``, ``.flo`` or KITTI ``.png`` file, or a folder of files of one of the last three
    kinds; the number at the end of a ``.flo`` or ``.png`` name is its frame. Errors are those of the first field asked
    for and later ones.

    Raises
    ------
    MotionError
        If a file is missing, damaged, of another kind or too large; the message names it. Sizes a header claims are
        checked before memory is asked for.
    """
    if path.is_dir():
        yield from _read_folder(path)
    elif not path.is_file():
        raise MotionError(f"{path} is no file with fields. Check the name.")
    elif path.suffix.lower() == ".h5":
        yield from _read_h5(path)
    elif path.suffix.lower() == ".npz" and _is_chunk(path):
        yield from _read_npz(path)
    else:
        yield Field(_number(path), math.nan, read_flow(path))


def _read_folder(path: Path) -> Iterator[Field]:
    found = sorted((_number(one), one) for one in path.iterdir() if one.suffix.lower() in (".npz", ".flo", ".png"))
    if not found:
        raise MotionError(f"{path} holds no .npz, .flo or .png file. Choose the folder with the fields.")
    for _, one in found:
        yield from read_fields(one)


def _number(path: Path) -> int:
    """Return the frame number that ends a file's name, 0 without one."""
    found = re.search(r"(\d{1,18})$", path.stem)
    return int(found.group(1)) if found else 0


def _read_h5(path: Path) -> Iterator[Field]:
    import h5py

    try:
        with h5py.File(path, "r") as file:
            flow, frame, pts_s = (file.get(name) for name in ("flow", "frame", "pts_s"))
            sets = all(isinstance(one, h5py.Dataset) for one in (flow, frame, pts_s))
            if not sets or not _fits(flow.shape, flow.dtype, len(frame), len(pts_s)):
                raise MotionError(f"{path} holds no flow of shape (n, 2, height, width). Choose a file of a run.")
            for at in range(len(flow)):
                yield Field(int(frame[at]), float(pts_s[at]), np.asarray(flow[at], np.float32))
    except (OSError, RuntimeError, ValueError, TypeError) as error:
        raise MotionError(f"{path} cannot be read: {error}. It may be damaged; write it again.") from error


def _fits(shape: tuple[int, ...], dtype: np.dtype[Any], *counts: int) -> bool:
    """Whether an array can be that of the fields of so many frames."""
    return (
        len(shape) == 4
        and shape[1] == 2
        and 1 <= shape[2] * shape[3] <= MOST_PIXELS
        and dtype.kind == "f"
        and all(shape[0] == count for count in counts)
    )


def _is_chunk(path: Path) -> bool:
    with contextlib.suppress(OSError, zipfile.BadZipFile), zipfile.ZipFile(path) as archive:
        return "frame.npy" in archive.namelist()
    return False


def _read_npz(path: Path) -> Iterator[Field]:
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _MOST_NPZ_BYTES:
                raise MotionError(f"{path} would need more than {_MOST_NPZ_BYTES / 1e6:.0f} MB. It may be damaged.")
            flow, frame, pts_s = (_entry(archive, name) for name in ("flow", "frame", "pts_s"))
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, RuntimeError) as error:
        raise MotionError(f"{path} cannot be read: {error}. It may be damaged; write it again.") from error
    if not _fits(flow.shape, flow.dtype, frame.size, pts_s.size) or frame.dtype.kind != "i" or pts_s.dtype.kind != "f":
        raise MotionError(f"{path} holds no flow of shape (n, 2, height, width). Choose a file of a run.")
    for number, seconds, one in zip(frame.ravel().tolist(), pts_s.ravel().tolist(), flow, strict=True):
        yield Field(number, seconds, np.asarray(one, np.float32))


def _entry(archive: zipfile.ZipFile, name: str) -> Array:
    """Read an array whose header's shape is believed only as far as the archive has bytes."""
    info = archive.getinfo(f"{name}.npy")
    with archive.open(info) as member:
        shape, fortran, dtype = read_header(member)
        if fortran or dtype.kind not in "fi":
            raise ValueError(f"{name} has the kind {dtype}")
        needed = math.prod(shape) * dtype.itemsize
        content = member.read(needed) if needed <= info.file_size else b""
    if len(content) != needed:
        raise ValueError(f"{name} holds fewer bytes than its shape {shape} needs")
    return np.frombuffer(content, dtype).reshape(shape)
