"""What is installed, what is missing, and what to do about it. Nothing here raises: a fault is a finding."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from motionapp import __version__

#: What the app imports, by the names of its distributions; the first that is installed counts.
PACKAGES = {
    "NumPy": ("numpy",),
    "Numba": ("numba",),
    "OpenCV": ("opencv-python", "opencv-python-headless"),
    "PyAV": ("av",),
    "PySide6": ("PySide6-Essentials", "PySide6"),
    "PyQtGraph": ("pyqtgraph",),
}

#: Shared libraries that Qt and OpenCV load, and the Debian packages that hold them.
LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libdbus-1.so.3": "libdbus-1-3",
}
#: Those that Qt loads for a window on an X server.
X11_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report; ``remedy`` says what to do where something is wrong."""

    name: str
    value: str
    ok: bool = True
    remedy: str = ""


def examine() -> list[Finding]:
    """Return everything worth knowing about this installation, in reading order."""
    findings = [Finding("motionapp", __version__), _python()]
    findings += [_package(name, names) for name, names in PACKAGES.items()]
    findings.append(pyside_pair(_version(PACKAGES["PySide6"]), sys.version_info[:2]))
    parts = {
        "system libraries": _libraries,
        "display": _display,
        "H.264": _h264,
        "cameras": _cameras,
        "workers": _workers,
        "kernel cache": _kernel_cache,
    }
    return findings + [_guarded(name, part) for name, part in parts.items()]


def pyside_pair(version: str | None, python: tuple[int, ...]) -> Finding:
    """Judge the pair of PySide6 and Python: 6.12.0 on Python < 3.12 loses a reference to None per void call."""
    pair = f"PySide6 {version or 'missing'} on Python {python[0]}.{python[1]}"
    if version == "6.12.0" and python < (3, 12):
        remedy = "pip install 'PySide6-Essentials!=6.12.0': this pair aborts after minutes; or use Python 3.12"
        return Finding("Qt and Python", pair, False, remedy)
    return Finding("Qt and Python", pair)


def cache_health(folder: Path | None) -> Finding:
    """Judge the folder of compiled kernels, without loading any of them."""
    name = "kernel cache"
    if folder is None:
        remedy = "make the user cache folder writable: kernels are compiled anew at every start"
        return Finding(name, "no writable folder", False, remedy)
    files = [file for file in folder.rglob("*") if file.suffix in (".nbi", ".nbc")]
    size_mb = sum(file.stat().st_size for file in files) / 2**20
    if any(file.stat().st_size == 0 for file in files):
        remedy = "delete the folder; the next start makes it anew"
        return Finding(name, f"{folder}: damaged, with empty files", False, remedy)
    kernels = sum(file.suffix == ".nbi" for file in files)
    return Finding(name, f"{folder}: {kernels} kernels, {size_mb:.1f} MB" if kernels else f"{folder}: empty so far")


def missing_libraries(wanted: dict[str, str], load: Callable[[str], object] = ctypes.CDLL) -> Iterator[str]:
    """Yield the Debian packages of shared libraries that cannot be loaded."""
    for library, package in wanted.items():
        try:
            load(library)
        except OSError:
            yield package


def _guarded(name: str, part: Callable[[], Finding]) -> Finding:
    try:
        return part()
    except Exception as error:  # whatever a broken library raises is the finding
        return Finding(name, f"{type(error).__name__}: {error}", False, "reinstall with: make clean run")


def _version(names: tuple[str, ...]) -> str | None:
    for name in names:
        try:
            return metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return None


def _python() -> Finding:
    value = f"{sys.version.split()[0]} ({sys.executable})"
    ok = sys.version_info >= (3, 11)
    return Finding("Python", value, ok, "" if ok else "use Python 3.11 or newer")


def _package(name: str, names: tuple[str, ...]) -> Finding:
    version = _version(names)
    if version is None:
        return Finding(name, "not installed", False, f"pip install {names[0]}")
    return Finding(name, version)


def _libraries() -> Finding:
    if not sys.platform.startswith("linux"):
        return Finding("system libraries", "part of the system")
    wanted = LIBRARIES | (X11_LIBRARIES if os.environ.get("DISPLAY") else {})
    packages = list(missing_libraries(wanted))
    if packages:
        return Finding("system libraries", "some are missing", False, f"apt install {' '.join(packages)}")
    return Finding("system libraries", f"all {len(wanted)} found")


def _display() -> Finding:
    if not sys.platform.startswith("linux"):
        return Finding("display", "the system's own")
    for variable in ("WAYLAND_DISPLAY", "DISPLAY"):
        if os.environ.get(variable):
            return Finding("display", f"{variable}={os.environ[variable]}")
    return Finding("display", "none", False, "no window can be shown; motionapp demo works without one")


def _h264() -> Finding:
    import av

    able = [mode for mode, codec in (("decodes", ("h264", "r")), ("encodes", ("libx264", "w"))) if _codec(av, *codec)]
    ok = len(able) == 2
    remedy = "" if ok else "reinstall PyAV from its wheel: pip install --force-reinstall av"
    return Finding("H.264", " and ".join(able) or "missing", ok, remedy)


def _codec(av: object, name: str, mode: str) -> bool:
    try:
        av.codec.Codec(name, mode)  # type: ignore[attr-defined]
    except ValueError:
        return False
    return True


def _cameras() -> Finding:
    from motionapp.camera import list_cameras

    names = [f"camera:{camera.index} {camera.name}" for camera in list_cameras()]
    return Finding("cameras", ", ".join(names) or "none found")


def _workers() -> Finding:
    from kernels.bands import workers

    return Finding("workers", f"{workers()} of {os.cpu_count()} processors")


def _kernel_cache() -> Finding:
    from kernels._jit import CACHE_FOLDER

    return cache_health(CACHE_FOLDER)
