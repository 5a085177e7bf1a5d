"""What a source and the files made of it are called."""

from pathlib import Path
from urllib.parse import urlsplit

from ui.opener import AUTO


def source_name(uri: str) -> str:
    """Return a short name for people: a file's name, "camera 0", a host without its password."""
    kind, _, rest = uri.partition(":")
    if uri == AUTO:
        return "the camera"
    if kind == "camera":
        return f"camera {rest}"
    if kind == "scene":
        return f"the scene {rest}"
    if kind == "network":
        try:
            return urlsplit(rest).hostname or "the network camera"
        except ValueError:
            return "the network camera"
    return Path(uri).name or uri


def file_stem(name: str) -> str:
    """Return a file name without suffix made of a source's name: letters, digits, dash and underscore only."""
    stem = Path(name).stem if "." in name else name
    plain = "".join(sign if sign.isalnum() or sign in "-_" else "-" for sign in stem)
    return plain.strip("-")[:60] or "motion"


def free_path(path: Path) -> Path:
    """Return ``path``, or the first of ``name-2``, ``name-3`` … that does not exist."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return free
