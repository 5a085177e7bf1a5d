"""What is remembered between two starts: one ini file in the user's configuration folder."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import urlsplit

import platformdirs
from PySide6.QtCore import QByteArray, QSettings

from motionapp.settings import Settings

Scheme = Literal["system", "light", "dark"]

RECENT_COUNT = 10
#: Sources whose regions and scale are remembered; the one changed longest ago is forgotten.
MARKED_COUNT = 200

#: Resolutions offered for cameras; None is the camera's own choice.
CAMERA_SIZES: tuple[tuple[int, int] | None, ...] = (None, (320, 240), (640, 480), (1280, 720), (1920, 1080))


@dataclass(frozen=True, slots=True)
class Choices:
    """What the preferences dialog shows; ``recordings`` is None for the default folder."""

    recordings: Path | None = None
    camera_size: tuple[int, int] | None = None
    mirror_cameras: bool = True
    scheme: Scheme = "system"
    reopen: bool = False


def default_store() -> QSettings:
    """Return the ini file of this user, e.g. ``~/.config/motionapp/motionapp.ini``."""
    return QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "motionapp", "motionapp")


class Preferences:
    """Typed access to the store; anything unreadable in it counts as not there."""

    def __init__(self, store: QSettings | None = None) -> None:
        self._store = default_store() if store is None else store
        #: Where what the program keeps for the user is: with a store of its own, beside that.
        self.data_folder = (
            Path(platformdirs.user_data_dir("motionapp", appauthor=False))
            if store is None
            else Path(store.fileName()).parent
        )

    def sync(self) -> None:
        """Write to disk now."""
        self._store.sync()

    @property
    def settings(self) -> Settings:
        """Flow and view settings of the last session."""
        return Settings.from_json(self._text("settings"))

    @settings.setter
    def settings(self, settings: Settings) -> None:
        self._store.setValue("settings", settings.to_json())

    @property
    def choices(self) -> Choices:
        """What was chosen in the preferences dialog."""
        stored = _object(self._text("choices"))
        size = stored.get("camera_size")
        folder = stored.get("recordings")
        schemes: tuple[Scheme, ...] = get_args(Scheme)
        return Choices(
            recordings=Path(folder) if isinstance(folder, str) and folder else None,
            camera_size=next((known for known in CAMERA_SIZES if known and list(known) == size), None),
            mirror_cameras=stored.get("mirror_cameras") is not False,
            scheme=next((known for known in schemes if known == stored.get("scheme")), "system"),
            reopen=stored.get("reopen") is True,
        )

    @choices.setter
    def choices(self, choices: Choices) -> None:
        stored = {
            "recordings": str(choices.recordings) if choices.recordings else None,
            "camera_size": choices.camera_size,
            "mirror_cameras": choices.mirror_cameras,
            "scheme": choices.scheme,
            "reopen": choices.reopen,
        }
        self._store.setValue("choices", json.dumps(stored))

    @property
    def recent(self) -> list[str]:
        """The files opened last, newest first."""
        stored = _object(self._text("recent")).get("files")
        return [path for path in stored if isinstance(path, str)][:RECENT_COUNT] if isinstance(stored, list) else []

    def add_recent(self, path: str) -> None:
        """Put ``path`` first; the eleventh falls off."""
        files = [path, *(other for other in self.recent if other != path)]
        self._store.setValue("recent", json.dumps({"files": files[:RECENT_COUNT]}))

    @property
    def last_source(self) -> str:
        """The source opened last, "" if none."""
        return self._text("last_source")

    @last_source.setter
    def last_source(self, uri: str) -> None:
        self._store.setValue("last_source", "" if _secret(uri) else uri)

    def marks(self, source: str) -> str:
        """Return what was drawn on a source, as JSON; "" if nothing was."""
        stored = _object(self._text("marks")).get(source)
        return stored if isinstance(stored, str) else ""

    def keep_marks(self, source: str, marks: str) -> None:
        """Remember what was drawn on a source; "" forgets it."""
        stored = {name: kept for name, kept in _object(self._text("marks")).items() if name != source}
        stored |= {source: marks} if marks and not _secret(source) else {}
        self._store.setValue("marks", json.dumps(dict(list(stored.items())[-MARKED_COUNT:])))

    @property
    def analysis(self) -> str:
        """What was chosen last in the Analyse dialog, as JSON; "" if nothing was."""
        return self._text("analysis")

    @analysis.setter
    def analysis(self, wishes: str) -> None:
        self._store.setValue("analysis", wishes)

    @property
    def label_shown(self) -> bool:
        """Whether what is recognised is written over the picture."""
        return self._text("label_shown") == "yes"

    @label_shown.setter
    def label_shown(self, shown: bool) -> None:
        self._store.setValue("label_shown", "yes" if shown else "no")

    def layout(self, name: str) -> QByteArray:
        """Return a stored window state ("geometry" or "docks"), empty if there is none."""
        value = self._store.value(f"layout/{name}")
        return value if isinstance(value, QByteArray) else QByteArray()

    def keep_layout(self, name: str, state: QByteArray) -> None:
        """Store a window state."""
        self._store.setValue(f"layout/{name}", state)

    def forget_layout(self) -> None:
        """Drop every stored window state."""
        self._store.remove("layout")

    def _text(self, key: str) -> str:
        value = self._store.value(key)
        return value if isinstance(value, str) else ""


def _object(text: str) -> dict[str, object]:
    try:
        stored = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return stored if isinstance(stored, dict) else {}


def _secret(uri: str) -> bool:
    """Whether an address carries a user's name, a password or a key, which must not end up in a readable file."""
    if not uri.startswith("network:"):
        return False
    try:
        parts = urlsplit(uri.removeprefix("network:"))
    except ValueError:
        return True
    return bool(parts.username or parts.password or parts.query)
