"""The one decorator of every compiled core, and the folder its machine code is cached in."""

import hashlib
import os
import platform
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import llvmlite.binding
import numba
import platformdirs


def _cache_folder() -> Path:
    """Name the folder for this app, numba, Python, CPU and text of the kernels.

    Numba looks at the file of the decorated function only; an edit in an imported core would go
    unnoticed, hence the hash over all of them.
    """
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    name = "-".join(
        (
            f"numba{numba.__version__}",
            f"py{sys.version_info.major}.{sys.version_info.minor}",
            llvmlite.binding.get_host_cpu_name() or platform.machine(),
            digest.hexdigest()[:12],
        )
    )
    return Path(platformdirs.user_cache_dir("motionapp", appauthor=False)) / "kernels" / name


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK)


#: Where compiled cores are kept between runs; None where no such folder can be written.
CACHE_FOLDER: Path | None = _cache_folder()
if CACHE_FOLDER is not None and not _writable(CACHE_FOLDER):
    CACHE_FOLDER = None
if CACHE_FOLDER is not None:
    numba.config.CACHE_DIR = str(CACHE_FOLDER)

#: Every compiled core, by qualified name, in order of definition.
CORES: dict[str, Any] = {}


def core(function: Callable[..., Any]) -> Any:
    """Compile ``function`` with Numba: no GIL, cached on disk, every operation rounded as written.

    Fast-math would let the compiler round otherwise wherever it inlines a core, so that one core could give other bits
    in another caller; it saves under 8 % of the time here, since memory is what takes it. A core takes float32 arrays
    and scalars it can trust, never raises, allocates nothing per pixel and never writes an input. Most take a row range
    ``(…, y0, y1)`` last; see :mod:`kernels.bands`.
    """
    return _compile(function)


def inline_core(function: Callable[..., Any]) -> Any:
    """Compile ``function`` as :func:`core` does, and put its code wherever it is called, however long it is.

    For what is done to single pixels: a loop that calls is never vectorised.
    """
    return _compile(function, forceinline=True)


def _compile(function: Callable[..., Any], **inlining: bool) -> Any:
    options = {"nogil": True, "cache": CACHE_FOLDER is not None, **inlining}
    # The Python error model tests every division for zero, and a loop that may raise is never vectorised.
    compiled = numba.njit(error_model="numpy", **options)(function)
    CORES[f"{function.__module__}.{function.__qualname__}"] = compiled
    return compiled
