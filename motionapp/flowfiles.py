"""Flow as files: Middlebury ``.flo``, KITTI 16-bit ``.png``, ``.npz``; read with distrust, written whole or not at all.

References
----------
S. Baker et al., "A database and evaluation methodology for optical flow", IJCV 92, 2011 (``.flo``).
M. Menze, A. Geiger, "Object scene flow for autonomous vehicles", CVPR 2015, development kit (16-bit PNG).
"""

from __future__ import annotations

import io
import math
import os
import stat
import struct
import zipfile
import zlib
from pathlib import Path
from typing import IO

import numpy as np

from kernels.checks import as_flow
from motionapp._cv2 import cv2
from motionapp.npyheader import read_header
from motionapp.types import Array, MotionError
from motionapp.wholefile import write_whole

#: Larger fields are refused before anything is allocated: a little more than 8K video.
MOST_PIXELS = 40_000_000
_FLO_TAG = 202021.25
_FLO_UNKNOWN, _FLO_LARGEST = 1e10, 1e9
_PNG_START, _PNG_END = b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"
_KITTI_SCALE, _KITTI_ZERO = 64.0, 2.0**15
_SUFFIXES = ".flo, .png (KITTI) or .npz"


def read_flow(path: Path | str) -> Array:
    """Return the flow in a ``.flo``, KITTI ``.png`` or ``.npz`` file (array "flow") as ``(2, H, W)`` float32 in px.

    Pixels of unknown motion are NaN in both components.

    Raises
    ------
    MotionError
        If the file is missing, not a regular file, not of the format that its suffix says, damaged or larger than
        40 megapixels; the message names it. Sizes a header claims are checked before memory is asked for.
    """
    path = Path(path)
    readers = {".flo": _read_flo, ".png": _read_kitti, ".npz": _read_npz}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise MotionError(f"{path} is not a flow file by its name. Flow is read from {_SUFFIXES}.")
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise MotionError(f"{path} is not a regular file. Choose a file with flow: {_SUFFIXES}.")
        with path.open("rb") as file:
            flow = reader(file, path)
    except FileNotFoundError:
        raise MotionError(f"{path} does not exist. Check the name.") from None
    except OSError as error:
        raise MotionError(
            f"{path} cannot be read: {error.strerror or error}. Check the file and its rights."
        ) from error
    flow[:, ~np.isfinite(flow).all(axis=0)] = np.nan
    return flow


def write_flow(path: Path | str, flow: Array, overwrite: bool = False) -> None:
    """Write a ``(2, H, W)`` flow field in px as ``.flo``, KITTI ``.png`` or ``.npz``, by the suffix of ``path``.

    Non-finite vectors are written as unknown. ``.flo`` and ``.npz`` keep float32 exactly, KITTI rounds to 1/64 px.
    The file appears whole or not at all: it is written beside, synchronised and renamed.

    Raises
    ------
    MotionError
        If the suffix is another, the file exists and ``overwrite`` is false, it cannot be written, or a vector
        lies outside −512 … 511.98 px, the range of KITTI files.
    """
    path = Path(path)
    writers = {".flo": _flo_bytes, ".png": _kitti_bytes, ".npz": _npz_bytes}
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise MotionError(f"{path} cannot hold flow. Choose a name that ends with {_SUFFIXES}.")
    content = writer(as_flow(flow, finite=False).copy(), path)
    write_whole(path, lambda file: file.write(content), overwrite)


def write_picture(path: Path | str, picture: Array, overwrite: bool = False) -> None:
    """Write an ``(H, W, 3)`` uint8 RGB picture as ``.png`` or ``.jpg``, whole or not at all.

    Raises
    ------
    MotionError
        If the suffix is another, the file exists and ``overwrite`` is false, or it cannot be written.
    """
    path = Path(path)
    if path.suffix.lower() not in (".png", ".jpg", ".jpeg"):
        raise MotionError(f"{path} cannot hold a picture. Choose a name that ends with .png or .jpg.")
    content = _encoded(path, cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2BGR))
    write_whole(path, lambda file: file.write(content), overwrite)


def _check_size(width: int, height: int, path: Path) -> None:
    if not (width >= 1 and height >= 1 and width * height <= MOST_PIXELS):
        raise MotionError(
            f"{path} says it is {width}×{height} px. Fields from 1×1 to {MOST_PIXELS // 10**6} megapixels can be read; "
            "the file may be damaged."
        )


def _damaged(path: Path, what: str) -> MotionError:
    return MotionError(f"{path} {what}. It may be damaged or of another kind; get or write it again.")


def _read_flo(file: IO[bytes], path: Path) -> Array:
    head = file.read(12)
    if len(head) < 12 or struct.unpack("<f", head[:4])[0] != _FLO_TAG:
        raise _damaged(path, "does not begin as a .flo file does")
    width, height = struct.unpack("<ii", head[4:])
    _check_size(width, height, path)
    needed, held = 8 * width * height, os.fstat(file.fileno()).st_size - 12
    if held != needed:
        raise _damaged(path, f"is {width}×{height} px by its header but holds {held} instead of {needed} bytes of flow")
    values = np.frombuffer(file.read(needed), "<f4").reshape(height, width, 2)
    flow = np.array(values.transpose(2, 0, 1), np.float32, order="C")
    flow[np.abs(flow) > _FLO_LARGEST] = np.nan
    return flow


def _flo_bytes(flow: Array, _path: Path) -> bytes:
    flow[:, ~np.isfinite(flow).all(axis=0)] = _FLO_UNKNOWN
    head = struct.pack("<fii", _FLO_TAG, flow.shape[2], flow.shape[1])
    return head + np.ascontiguousarray(flow.transpose(1, 2, 0)).astype("<f4").tobytes()


def _read_kitti(file: IO[bytes], path: Path) -> Array:
    head = file.read(26)
    if len(head) < 26 or not head.startswith(_PNG_START) or head[12:16] != b"IHDR":
        raise _damaged(path, "does not begin as a PNG file does")
    width, height, depth, kind = struct.unpack(">iiBB", head[16:26])
    if (depth, kind) != (16, 2):
        raise MotionError(f"{path} is a picture, not KITTI flow, which is 16-bit RGB. Choose a flow file: {_SUFFIXES}.")
    _check_size(width, height, path)
    if os.fstat(file.fileno()).st_size > 8 * width * height + 65_536:
        raise _damaged(path, "is larger than its picture can be")
    content = head + file.read()
    picture = (
        cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED) if _PNG_END in content[-32:] else None
    )
    if picture is None or picture.shape != (height, width, 3) or picture.dtype != np.uint16:
        raise _damaged(path, "is a broken PNG file")
    valid, v, u = (picture[..., channel].astype(np.float32) for channel in range(3))  # OpenCV reads blue first
    flow = (np.stack([u, v]) - np.float32(_KITTI_ZERO)) / np.float32(_KITTI_SCALE)
    flow[:, valid == 0] = np.nan
    return flow


def _kitti_bytes(flow: Array, path: Path) -> bytes:
    known = np.isfinite(flow).all(axis=0)
    codes = np.rint(np.where(known, flow, 0.0) * _KITTI_SCALE + _KITTI_ZERO)
    if codes.min() < 0 or codes.max() > 65_535:
        raise MotionError(
            f"{path} cannot hold vectors beyond −512 to 511.98 px, which KITTI has no numbers for. Write .flo."
        )
    codes = np.where(known, codes, 0.0)
    return _encoded(path, np.stack([known, codes[1], codes[0]], axis=-1).astype(np.uint16))


def _read_npz(file: IO[bytes], path: Path) -> Array:
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
            if names != ["flow.npy"]:
                raise MotionError(f"{path} holds {', '.join(names[:5]) or 'nothing'} instead of one array named flow.")
            with archive.open("flow.npy") as member:
                return _read_npy(member, archive.getinfo("flow.npy").file_size, path)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        raise _damaged(path, f"cannot be unpacked ({error})") from error


def _read_npy(member: IO[bytes], size: int, path: Path) -> Array:
    """Read an array of which neither the header's shape nor the archive's size is believed without the other."""
    shape, fortran, dtype = read_header(member)
    if len(shape) != 3 or shape[0] != 2 or dtype.kind != "f":
        raise MotionError(f"{path} holds {dtype} of shape {shape}. Flow is float32 of shape (2, height, width).")
    _check_size(shape[2], shape[1], path)
    needed = math.prod(shape) * dtype.itemsize
    content = member.read(needed) if size >= needed else b""
    if len(content) != needed:
        raise _damaged(path, f"holds fewer bytes than its shape {shape} needs")
    values = np.frombuffer(content, dtype).reshape(shape, order="F" if fortran else "C")
    return np.array(values, np.float32, order="C")


def _npz_bytes(flow: Array, _path: Path) -> bytes:
    flow[:, ~np.isfinite(flow).all(axis=0)] = np.nan
    content = io.BytesIO()
    np.savez_compressed(content, flow=flow)
    return content.getvalue()


def _encoded(path: Path, picture: Array) -> bytes:
    done, content = cv2.imencode(path.suffix.lower(), picture)
    if not done:
        raise MotionError(f"{path} could not be made from a picture of shape {picture.shape}. Choose another format.")
    return content.tobytes()
