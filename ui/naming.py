"""What a source is called."""

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
