"""What the commands of several benchmarks share: kinds of options, aligned tables, and what their figures depend on."""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import platform
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from motionapp._cv2 import cv2

_PACKAGES = ("numpy", "numba", "scikit-image")


def positive(text: str) -> int:
    """Read an option that is a whole number from 1 up."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 up")
    return int(text)


def writable(text: str, suffix: str) -> Path:
    """Read an option that names a file to write, before anything is measured."""
    if Path(text).suffix.lower() != suffix or not Path(text).absolute().parent.is_dir():
        raise argparse.ArgumentTypeError(f"{text!r} is not a name ending with {suffix} in a folder that exists")
    return Path(text)


png = partial(writable, suffix=".png")
json_file = partial(writable, suffix=".json")


def names_of(known: Iterable[str]) -> Callable[[str], list[str]]:
    """Return what reads an option that lists some of the names known, with commas between them."""
    known = tuple(known)

    def read(text: str) -> list[str]:
        chosen = [name.strip() for name in text.split(",") if name.strip()]
        unknown = [name for name in chosen if name not in known]
        if unknown or not chosen:
            raise argparse.ArgumentTypeError(f"{', '.join(unknown) or 'none'} unknown; choose from {', '.join(known)}")
        return list(dict.fromkeys(chosen))

    return read


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Return rows of cells as text, the first of them ruled off as the head, the first column to the left."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in rows
    ]
    return "\n".join([lines[0], "─" * len(lines[0]), *lines[1:]])


def conditions(workers: int) -> dict[str, Any]:
    """Return what times depend on: the machine, what else it does, versions and threads."""
    versions = {"python": platform.python_version(), "opencv": cv2.__version__}
    for package in _PACKAGES:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return {
        "workers": workers,
        "processors": os.cpu_count(),
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "machine": platform.machine(),
        "system": platform.system(),
        "versions": versions,
    }
