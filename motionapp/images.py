"""Pictures from image files: one alone, or a folder of them as a sequence."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from motionapp._cv2 import cv2
from motionapp.sources import LARGEST_SIDE_PX, SourceError, SourceInfo, regular_file
from motionapp.types import Array, Frame

IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp", ".pgm", ".ppm")

#: Images have no times: a folder plays at this rate.
RATE_HZ = 25.0

_LARGEST_BYTES = 2**30

#: White in float images, and how far beyond black and white resampling may have carried values.
_WHITES = (1.0, 255.0, 65535.0)
_OVERSHOOT = 0.05


def read_image(path: str | os.PathLike[str]) -> Array:
    """Read an image file as RGB.

    Grey is repeated, transparency laid over black, the orientation a camera noted in a JPEG applied.

    Parameters
    ----------
    path : path
        PNG, JPEG, BMP, TIFF (first page), WebP, PGM or PPM; at most 8192×8192 px.

    Returns
    -------
    array, (H, W, 3), C-contiguous
        uint8 if the file has 8 bits, else float32 in [0, 1]: 16 bits over their full range; float values as they
        are if they lie in [0, 1], else as parts of 255 or 65535, whichever holds them.

    Raises
    ------
    SourceError
        If the file cannot be read or holds NaN, infinite or signed values.
    """
    file = regular_file(path)
    stored = _decode(file, path)
    if max(stored.shape[:2]) > LARGEST_SIDE_PX:
        raise _too_large(path)
    return np.ascontiguousarray(_over_black(_as_rgba_or_rgb(_in_unit_range(stored, path))))


def images_in(folder: str | os.PathLike[str]) -> list[Path]:
    """Return the image files of a folder in natural order (img2 before img10), hidden ones left out.

    Raises
    ------
    SourceError
        If the folder cannot be read or has no images.
    """
    folder = Path(folder)
    try:
        entries = [entry for entry in folder.iterdir() if entry.suffix.lower() in IMAGE_SUFFIXES]
    except OSError as error:
        raise SourceError(f"{folder} cannot be read: {(error.strerror or 'unknown error').lower()}.") from None
    paths = [entry for entry in entries if not entry.name.startswith(".") and entry.is_file()]
    if not paths:
        raise SourceError(f"{folder} is a folder without images (png, jpg, bmp, tif, webp, pgm, ppm).")
    return sorted(paths, key=_natural)


class ImageSource:
    """Images as frames, 25 per second; all must have the size of the first.

    Raises
    ------
    SourceError
        If the first image cannot be read; :meth:`read` raises it for the others.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = list(paths)
        self._next = 0
        first = self._paths[0]
        height, width = read_image(first).shape[:2]
        whole = first if len(self._paths) == 1 else first.parent
        count = len(self._paths)
        uri = str(whole.absolute())
        self.info = SourceInfo(whole.name, uri, "images", width, height, RATE_HZ, count, count / RATE_HZ)

    def read(self) -> Frame | None:
        """Return the next image as a frame, None after the last."""
        if self._next >= len(self._paths):
            return None
        index, path = self._next, self._paths[self._next]
        image = read_image(path)
        height, width = image.shape[:2]
        if (width, height) != (self.info.width, self.info.height):
            raise SourceError(
                f"{path.name} is {width}×{height} px but {self._paths[0].name} is {self.info.width}×{self.info.height}:"
                f" all images in {path.parent} must have one size."
            )
        if image.dtype != np.uint8:
            image = np.rint(image * 255).astype(np.uint8)
        self._next = index + 1
        return Frame(index, self.pts(index), image, time.monotonic())

    def seek(self, index: int) -> None:
        """Make image ``index`` the next to be read; clipped to what there is."""
        self._next = min(max(index, 0), len(self._paths))

    def pts(self, index: int) -> float:
        """Return the time in s of image ``index``."""
        return index / RATE_HZ

    def close(self) -> None:
        """Do nothing: no file stays open."""


def _natural(path: Path) -> list[str | int]:
    parts = re.split(r"(\d+)", path.name.casefold())
    return [int(part) if number % 2 else part for number, part in enumerate(parts)]


def _decode(file: Path, path: str | os.PathLike[str]) -> Array:
    """Return the file's pixels as OpenCV decodes them; read by NumPy, since OpenCV cannot open every name."""
    upright = file.suffix.lower() in (".jpg", ".jpeg")
    flags = cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH if upright else cv2.IMREAD_UNCHANGED
    if file.stat().st_size > _LARGEST_BYTES:
        raise _too_large(path)
    try:
        stored = cv2.imdecode(np.fromfile(file, np.uint8), flags)
    except cv2.error as error:
        if "MAX_IMAGE" in str(error):
            raise _too_large(path) from None
        raise SourceError(f"{path} is not an image that can be read.") from None
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {(error.strerror or 'unknown error').lower()}.") from None
    if stored is None or stored.size == 0:
        raise SourceError(f"{path} is not an image that can be read, or it is damaged.")
    return stored


def _too_large(path: str | os.PathLike[str]) -> SourceError:
    return SourceError(f"{path} is too large: at most {LARGEST_SIDE_PX}×{LARGEST_SIDE_PX} px.")


def _in_unit_range(stored: Array, path: str | os.PathLike[str]) -> Array:
    """Return uint8 as it is, uint16 and float as float32 in [0, 1]."""
    if stored.dtype == np.uint8:
        return stored
    if stored.dtype == np.uint16:
        return stored.astype(np.float32) / np.float32(65535)
    if stored.dtype.kind != "f":
        raise SourceError(f"{path} holds {stored.dtype} values: save it with 8 or 16 bits unsigned, or as float.")
    low, high = float(stored.min()), float(stored.max())
    if not np.isfinite(low + high):
        raise SourceError(f"{path} holds NaN or infinite values.")
    for white in _WHITES:
        if low >= -_OVERSHOOT * high and high <= (1 + _OVERSHOOT) * white:
            return np.clip(stored / white, 0, 1).astype(np.float32)
    raise SourceError(f"{path} holds values from {low:g} to {high:g}: float images go from 0 to 1.")


def _as_rgba_or_rgb(stored: Array) -> Array:
    """Return ``(H, W, 3)`` or ``(H, W, 4)`` in the order red, green, blue, alpha."""
    if stored.ndim == 2:
        return np.repeat(stored[:, :, None], 3, axis=2)
    if stored.shape[2] < 3:
        return np.concatenate([np.repeat(stored[:, :, :1], 3, axis=2), stored[:, :, 1:]], axis=2)
    return stored[:, :, [2, 1, 0, *range(3, stored.shape[2])]]


def _over_black(image: Array) -> Array:
    """Return RGB with transparency, if there is any, laid over black."""
    if image.shape[2] == 3:
        return image
    colour, alpha = image[:, :, :3], image[:, :, 3:4]
    if image.dtype == np.uint8:
        return ((colour.astype(np.uint16) * alpha + 127) // 255).astype(np.uint8)
    return colour * alpha
