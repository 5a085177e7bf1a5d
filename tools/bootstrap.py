"""Make a fresh machine ready: system libraries, a virtual environment, the pinned packages.

``python3 tools/bootstrap.py run`` prepares to run the app, ``… test`` also installs what the tests need.
Imports the standard library only. When everything is in place it says nothing and changes nothing.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "complete.txt"  # what the environment was completed for; written last
UNFINISHED = VENV / "unfinished.txt"  # there while an installation is under way
SOUND = "import pip, sys; sys.exit(sys.version_info < (3, 11))"  # what must succeed inside it

#: Debian package → the shared library that OpenCV, PyAV and Qt load from it, with or without a display.
HEADLESS_LIBRARIES = {
    "libgl1": "libGL.so.1",
    "libegl1": "libEGL.so.1",
    "libglib2.0-0": "libgthread-2.0.so.0",
    "libxcb1": "libxcb.so.1",
    "libxkbcommon0": "libxkbcommon.so.0",
    "libfontconfig1": "libfontconfig.so.1",
    "libfreetype6": "libfreetype.so.6",
    "libdbus-1-3": "libdbus-1.so.3",
}
#: The same for Qt's windows, by the variable that announces the display.
WINDOW_LIBRARIES = {
    "DISPLAY": {
        "libxcb-cursor0": "libxcb-cursor.so.0",
        "libxcb-icccm4": "libxcb-icccm.so.4",
        "libxcb-keysyms1": "libxcb-keysyms.so.1",
        "libxcb-shape0": "libxcb-shape.so.0",
        "libxcb-xkb1": "libxcb-xkb.so.1",
        "libxkbcommon-x11-0": "libxkbcommon-x11.so.0",
    },
    "WAYLAND_DISPLAY": {
        "libwayland-cursor0": "libwayland-cursor.so.0",
        "libwayland-egl1": "libwayland-egl.so.1",
    },
}
FONT_PACKAGE = "fonts-dejavu-core"
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")


class BootstrapError(Exception):
    """Something the person at the keyboard has to do first; the message says what."""


def say(text: str) -> None:
    """Print one line about what is done, at once and in order with the output of other programs."""
    print(f"[setup] {text}", flush=True)


def lacks(library: str) -> bool:
    """Whether the dynamic loader cannot find a shared library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return True
    return False


def missing_libraries() -> list[str]:
    """Return the Debian packages whose shared library is missing, for this display if any."""
    wanted = dict(HEADLESS_LIBRARIES)
    for variable, libraries in WINDOW_LIBRARIES.items():
        if os.environ.get(variable):
            wanted |= libraries
    return [package for package, library in wanted.items() if lacks(library)]


def missing_fonts() -> list[str]:
    """Return the Debian package of a font if there is no outline font; without one, text is drawn as nothing."""
    folders = [Path(folder).expanduser() for folder in FONT_FOLDERS]
    found = any(True for folder in folders for kind in ("ttf", "otf", "ttc") for _ in folder.rglob(f"*.{kind}"))
    return [] if found else [FONT_PACKAGE]


def missing_venv_module() -> list[str]:
    """Return the Debian package with this Python's part for making virtual environments, if that is missing."""
    probe = [sys.executable, "-c", "import ensurepip, venv"]
    if is_sound() or subprocess.run(probe, stderr=subprocess.DEVNULL).returncode == 0:
        return []
    if shutil.which("apt-get") is None or sys.base_prefix != "/usr":
        raise BootstrapError(f"{sys.executable} lacks venv or ensurepip. Name another: make PYTHON=/path/to/python")
    return [f"python{sys.version_info.major}.{sys.version_info.minor}-venv"]


def apt_install(packages: list[str]) -> None:
    """Install Debian packages as root; otherwise stop with the line to type."""
    names = " ".join(packages)
    by_hand = f"  sudo apt-get update && sudo apt-get install -y --no-install-recommends {names}"
    if os.geteuid() != 0:
        raise BootstrapError(f"These packages of the system are needed first: {names}\nType\n{by_hand}")
    say(f"Installing packages of the system: {names}")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300", "-o", "Dpkg::Use-Pty=0"]
    subprocess.run([*apt, "update"], env=quiet)  # one unreachable source need not matter: installing decides
    install = [*apt, "install", "-y", "--no-install-recommends", *packages]
    if subprocess.run(install, env=quiet, stdout=subprocess.DEVNULL).returncode != 0:
        raise BootstrapError(f"apt-get failed, see above. With the cause removed, type\n{by_hand}")
    if still := missing_libraries():
        raise BootstrapError(f"Installed, but still not found: {' '.join(still)}")
    say("Installed the packages of the system")


def provide_packages() -> None:
    """Look for what the system itself must have, on Linux; install or name what is missing."""
    if not sys.platform.startswith("linux"):
        return
    needed = missing_libraries() + missing_venv_module()
    fonts = missing_fonts()
    if shutil.which("apt-get") is None:
        if needed or fonts:
            say(f"Not found (Debian's names): {' '.join(needed + fonts)}. Going on; text or windows may fail")
    elif needed or (fonts and os.geteuid() == 0):
        apt_install(needed + fonts)
    elif fonts:
        say(f"No font found, text will not show: sudo apt-get install -y {FONT_PACKAGE}")


def fingerprint() -> str:
    """Return a digest of everything an installed environment depends on."""
    digest = hashlib.sha256(str(ROOT).encode())  # the app is installed by reference to this folder
    for name in ("constraints.txt", "pyproject.toml"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def is_sound() -> bool:
    """Whether the environment's Python starts, is new enough, has pip, and no installation into it was cut short."""
    if UNFINISHED.exists() or not VENV_PYTHON.exists():
        return False
    try:
        return subprocess.run([VENV_PYTHON, "-c", SOUND], capture_output=True).returncode == 0
    except OSError:
        return False


def is_complete(purpose: str) -> bool:
    """Whether the environment was completed for ``purpose`` from the files as they are now, and still works."""
    if not is_sound():
        return False
    try:
        completed_for = STAMP.read_text().split()
    except OSError:
        return False
    return completed_for in ([fingerprint(), "test"], [fingerprint(), purpose])


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Let one process at a time work on the environment; others wait for it."""
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    with (ROOT / ".venv.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another make is working on .venv, waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def pip_install(*arguments: str) -> None:
    """Install into the environment, with progress on a terminal and only errors elsewhere."""
    quiet = [] if sys.stdout.isatty() else ["--quiet"]
    command: list[str | Path] = [
        VENV_PYTHON,
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--no-input",
        *quiet,
    ]
    done = subprocess.run([*command, "--constraint", ROOT / "constraints.txt", *arguments], cwd=ROOT)
    if done.returncode != 0:
        UNFINISHED.unlink(missing_ok=True)  # pip said why and put back what was there
        raise BootstrapError("Installing the packages failed, see above. With the cause removed, try again.")


def make_venv() -> None:
    """Make an empty environment, in place of a broken one if need be."""
    if VENV.exists():
        say("The virtual environment .venv is broken or half made: making it anew")
    say(f"Making the virtual environment .venv with Python {sys.version.split()[0]}")
    if subprocess.run([sys.executable, "-m", "venv", "--clear", VENV]).returncode != 0:
        raise BootstrapError(f"{sys.executable} could not make a virtual environment in {VENV}")


def complete_venv(purpose: str) -> None:
    """Bring the environment to the pinned versions, from whatever state it is in."""
    if is_complete(purpose):
        return
    if not is_sound():
        make_venv()
    UNFINISHED.write_text("an installation is under way, or was cut short\n")
    STAMP.unlink(missing_ok=True)
    extra = "[dev]" if purpose == "test" else ""
    say("Installing the packages pinned in constraints.txt, several hundred megabytes the first time")
    pip_install("setuptools")
    pip_install("--no-build-isolation", "--editable", f".{extra}")
    freeze: list[str | Path] = [VENV_PYTHON, "-m", "pip", "list", "--format=freeze", "--disable-pip-version-check"]
    installed = subprocess.run(freeze, capture_output=True, text=True, check=True).stdout.split()
    say(f"Installed {len(installed)} packages: {', '.join(installed)}")
    STAMP.write_text(f"{fingerprint()} {purpose}\n")
    UNFINISHED.unlink()


def main(purpose: str) -> int:
    """Do what is needed for ``purpose``, ``"run"`` or ``"test"``; return the exit status."""
    if not (3, 11) <= sys.version_info[:2] <= (3, 14):
        say(f"Python 3.11 to 3.14 is needed, {sys.executable} is {sys.version.split()[0]}")
        return 1
    try:
        with contextlib.nullcontext() if is_complete(purpose) else alone():
            provide_packages()
            complete_venv(purpose)
    except (BootstrapError, OSError) as error:
        print(f"[setup] {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    if sys.argv[1:] not in (["run"], ["test"]):
        sys.exit("usage: bootstrap.py run|test")
    sys.exit(main(sys.argv[1]))
