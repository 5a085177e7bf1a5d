"""A lecture script: a small TOML file of scenes that people read, write and repair by hand.

::

    title = "From pixels to motion"

    [[scene]]
    lab = "filters"
    source = "scene:moving-arm"   # or a file beside the script, a folder of pictures, "camera:0"
    frame = 40                    # shown frozen at this frame …
    play = false                  # … unless it plays
    mirror = false                # left and right exchanged
    quarter_turns = 0             # turned clockwise
    caption = "What is said in one sentence."
    [scene.parameters]            # what is not named keeps its default
    preset = "sharpen"
    [scene.state]                 # what was clicked, painted, typed
    place = [0.5, 0.5]
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from importlib import import_module, resources
from pathlib import Path
from typing import Any

from motionapp.labs import LABS
from motionapp.lectures.places import Places, syntax_message
from motionapp.settings import usable
from motionapp.types import MotionError

#: A script is a page of text; what is larger is none.
LARGEST_BYTES = 1_000_000
#: What a scene has, and what that is in words.
_KEYS = {
    "lab": (str, "text"),
    "source": (str, "text"),
    "frame": (int, "a whole number from 0"),
    "play": (bool, "true or false"),
    "mirror": (bool, "true or false"),
    "quarter_turns": (int, "a whole number from 0 to 3"),
    "caption": (str, "text"),
    "parameters": (dict, "a table"),
    "state": (dict, "a table"),
}
#: The largest of those that are numbers; the least is 0.
_MOST = {"frame": math.inf, "quarter_turns": 3}
#: Sources that are no files.
NAMED = re.compile(r"(scene|camera|network):")


class LectureError(MotionError):
    """A script that cannot be read or written; the message names file, line and key."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One scene: ``lab`` on ``frame`` of ``source``, standing unless ``play``, with ``caption`` under it.

    The picture is mirrored, then turned by ``quarter_turns`` clockwise.
    ``parameters`` is the lab's dataclass, ``state`` what else it holds; ``line`` is where the scene begins in its file.
    """

    lab: str
    parameters: Any
    source: str = "scene:moving-arm"
    frame: int = 30
    play: bool = False
    mirror: bool = False
    quarter_turns: int = 0
    caption: str = ""
    state: Mapping[str, Any] = field(default_factory=dict)
    line: int = 0


@dataclass(frozen=True, slots=True)
class Lecture:
    """A title, its scenes, and the file they come from."""

    title: str
    scenes: tuple[Scene, ...]
    path: Path

    def source_of(self, scene: Scene) -> str:
        """Return what is to be opened for a scene; files are looked for beside the script."""
        if NAMED.match(scene.source):
            return scene.source
        return str(self.path.parent / scene.source)


def bundled() -> Path:
    """Return the path of the lecture that comes with the program."""
    return Path(str(resources.files("motionapp.lectures") / "from-pixels-to-motion-to-networks.toml"))


def parameters_of(lab: str) -> Any:
    """Return the default parameters of a lab.

    Raises
    ------
    KeyError
        If there is no such lab.
    """
    if lab not in LABS:
        raise KeyError(lab)
    return import_module(f"motionapp.labs.{lab}").Parameters()


def read_lecture(path: Path) -> Lecture:
    """Read a script.

    Raises
    ------
    LectureError
        If it is missing, no TOML, or holds something a scene cannot have; the message names file, line and key.
    """
    lecture, places = _read(path)
    if not lecture.scenes:
        raise LectureError(places.message(-1, "scene", "is missing; it begins with [[scene]]"))
    return lecture


def _read(path: Path) -> tuple[Lecture, Places]:
    """Read a script that may have no scene yet."""
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise LectureError(f"{path.name} is too large for a lecture script.")
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LectureError(f"{path} cannot be read: {getattr(error, 'strerror', None) or 'it is no text'}.") from None
    try:
        stored = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise LectureError(syntax_message(path.name, text, error)) from None
    places = Places(path.name, text)
    for key, value in stored.items():
        if key not in ("title", "scene"):
            raise LectureError(places.message(-1, key, "is not known; a script has a title and scenes"))
        if key == "title" and not isinstance(value, str):
            raise LectureError(places.message(-1, key, "must be text"))
    scenes = stored.get("scene", [])
    if not isinstance(scenes, list) or not all(isinstance(scene, dict) for scene in scenes):
        raise LectureError(places.message(-1, "scene", "is no table; it begins with [[scene]]"))
    read = tuple(_read_scene(scene, number, places) for number, scene in enumerate(scenes))
    return Lecture(stored.get("title", path.stem), read, path), places


def _read_scene(stored: dict[str, Any], number: int, places: Places) -> Scene:
    def refused(key: str, text: str, table: str = "") -> LectureError:
        return LectureError(places.message(number, key, text, table))

    for key, value in stored.items():
        if key not in _KEYS:
            raise refused(key, f"is not known; a scene has {', '.join(_KEYS)}")
        kind, words = _KEYS[key]
        fits = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
        if not fits or (key in _MOST and not 0 <= value <= _MOST[key]):
            raise refused(key, f"cannot be {_shown(value)}; it is {words}")
    if "lab" not in stored:
        raise refused("lab", "is missing")
    lab = stored["lab"]
    try:
        default = parameters_of(lab)
    except (KeyError, ImportError):
        raise refused("lab", f"cannot be “{lab}”; it is one of {', '.join(LABS)}") from None
    known = {entry.name: entry for entry in fields(default)}
    for key, value in stored.get("parameters", {}).items():
        if key not in known:
            raise refused(key, f"is no parameter of {lab}; there are {', '.join(known)}", "parameters")
        if not usable(known[key], value):
            raise refused(key, f"cannot be {_shown(value)}{_allowed(known[key].metadata)}", "parameters")
    parameters = replace(default, **stored.get("parameters", {}))
    plain = {key: value for key, value in stored.items() if key != "parameters"}
    return Scene(**{**plain, "parameters": parameters}, line=places.line(number))


def _shown(value: Any) -> str:
    return f"“{value}”" if isinstance(value, str) else str(value)[:40]


def _allowed(limits: Mapping[str, Any]) -> str:
    if "choices" in limits:
        return f"; it is one of {', '.join(limits['choices'])}"
    if "low" not in limits:
        return "; it is true or false"
    kind = "is odd and lies" if limits.get("odd") else "lies"
    return f"; it {kind} from {limits['low']:g} to {limits['high']:g}"


def scene_error(lecture: Lecture, scene: Scene, text: str) -> LectureError:
    """Return what to tell of a scene that cannot be shown: ``text`` begins with the key."""
    key = text.split(" ")[0].rstrip(":")
    try:
        places = Places(lecture.path.name, lecture.path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return LectureError(f"{lecture.path.name}, line {scene.line}: {text}.")
    return LectureError(f"{lecture.path.name}, line {places.find(lecture.scenes.index(scene), key)}: {text}.")


def scene_text(scene: Scene) -> str:
    """Return a scene as it stands in a script; parameters that have their default are left out."""
    default = parameters_of(scene.lab)
    changed = {
        entry.name: getattr(scene.parameters, entry.name)
        for entry in fields(default)
        if getattr(scene.parameters, entry.name) != getattr(default, entry.name)
    }
    told = (key for key in ("play", "mirror", "quarter_turns") if getattr(scene, key))
    keys = ("lab", "source", "frame", *told, "caption")
    lines = ["[[scene]]", *(f"{key} = {_toml(getattr(scene, key))}" for key in keys)]
    for name, table in (("parameters", changed), ("state", dict(scene.state))):
        if table:
            lines += [f"[scene.{name}]", *(f"{key} = {_toml(value)}" for key, value in table.items())]
    return "\n".join(lines) + "\n"


def add_scene(path: Path, scene: Scene) -> int:
    """Append a scene to a script, which is made if it is not there; return how many it has now.

    What stands in the file already is not touched. A source beside or below the script is named as seen from there.
    LectureError if it is no script, or cannot be written.
    """
    count = len(_read(path)[0].scenes) if path.exists() else 0
    scene = replace(scene, source=_seen_from(path.resolve().parent, scene.source))
    begin = "" if path.exists() else f"title = {_toml(path.stem)}\n"
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{begin}\n{scene_text(scene)}")
    except OSError as error:
        raise LectureError(f"{path} cannot be written: {error.strerror}.") from None
    return count + 1


def _seen_from(folder: Path, source: str) -> str:
    """Return an absolute path as seen from ``folder`` where it is in there, anything else as it is."""
    if NAMED.match(source) or not Path(source).is_absolute():
        return source
    resolved = Path(source).resolve()
    return resolved.relative_to(folder).as_posix() if resolved.is_relative_to(folder) else source


def _toml(value: Any) -> str:
    """Return a plain value in TOML's notation."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + "".join(_ESCAPES.get(letter, letter) for letter in value) + '"'
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else str(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_toml(str(key))} = {_toml(item)}" for key, item in value.items()) + " }"
    return "[" + ", ".join(_toml(item) for item in value) + "]"


_ESCAPES = {chr(code): f"\\u{code:04x}" for code in (*range(32), 127)} | {'"': '\\"', "\\": "\\\\", "\n": "\\n"}
