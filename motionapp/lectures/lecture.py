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
from motionapp.settings import usable
from motionapp.types import MotionError

#: A script is a page of text; what is larger is none.
LARGEST_BYTES = 1_000_000
_KEYS = {
    "lab": str,
    "source": str,
    "frame": int,
    "play": bool,
    "mirror": bool,
    "quarter_turns": int,
    "caption": str,
    "parameters": dict,
    "state": dict,
}
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
        raise places.error(-1, "scene", "there is none; a scene begins with [[scene]]")
    return lecture


def _read(path: Path) -> tuple[Lecture, _Places]:
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
        line = re.search(r"at line (\d+)", str(error))
        number = int(line[1]) if line else text.count("\n") + 1
        raise LectureError(f"{path.name}, line {number}: {str(error).split(' (at')[0]}.") from None
    places = _Places(path.name, text)
    for key, value in stored.items():
        if key not in ("title", "scene"):
            raise places.error(-1, key, "is not known; a script has a title and scenes")
        if key == "title" and not isinstance(value, str):
            raise places.error(-1, key, "must be text")
    scenes = stored.get("scene", [])
    if not isinstance(scenes, list) or not all(isinstance(scene, dict) for scene in scenes):
        raise places.error(-1, "scene", "is none; a scene begins with [[scene]]")
    read = tuple(_read_scene(scene, number, places) for number, scene in enumerate(scenes))
    return Lecture(stored.get("title", path.stem), read, path), places


def _read_scene(stored: dict[str, Any], number: int, places: _Places) -> Scene:
    for key, value in stored.items():
        if key not in _KEYS:
            raise places.error(number, key, f"is not known; a scene has {', '.join(_KEYS)}")
        if not isinstance(value, _KEYS[key]) or (isinstance(value, bool) and _KEYS[key] is not bool):
            raise places.error(number, key, f"cannot be {_shown(value)}")
    if stored.get("frame", 0) < 0:
        raise places.error(number, "frame", "counts from 0")
    if not 0 <= stored.get("quarter_turns", 0) <= 3:
        raise places.error(number, "quarter_turns", "lies from 0 to 3")
    if "lab" not in stored:
        raise places.error(number, "lab", "is missing")
    lab = stored["lab"]
    try:
        default = parameters_of(lab)
    except (KeyError, ImportError):
        raise places.error(number, "lab", f"there is no lab “{lab}”; the labs are {', '.join(LABS)}") from None
    known = {entry.name: entry for entry in fields(default)}
    for key, value in stored.get("parameters", {}).items():
        if key not in known:
            raise places.error(number, key, f"is no parameter of {lab}; there are {', '.join(known)}", "parameters")
        if not usable(known[key], value):
            raise places.error(number, key, f"cannot be {_shown(value)}{_allowed(known[key].metadata)}", "parameters")
    parameters = replace(default, **stored.get("parameters", {}))
    plain = {key: value for key, value in stored.items() if key != "parameters"}
    return Scene(**{**plain, "parameters": parameters}, line=places.line(number))


def _shown(value: Any) -> str:
    return f"“{value}”" if isinstance(value, str) else str(value)[:40]


def _allowed(limits: Mapping[str, Any]) -> str:
    if "choices" in limits:
        return f"; it is one of {', '.join(limits['choices'])}"
    kind = "is odd and lies" if limits.get("odd") else "lies"
    return f"; it {kind} from {limits['low']:g} to {limits['high']:g}" if "low" in limits else ""


#: What is no bracket of a line though it looks like one: text and remarks.
_QUOTED = re.compile(r"""\"{3}.*?(?:\"{3}|$)|'{3}.*?(?:'{3}|$)|"(?:\\.|[^"\\])*"|'[^']*'|#.*""")

#: A key, of several parts if it is dotted.
_NAME = r"[\w\"'-]+(?:\s*\.\s*[\w\"'-]+)*"


def _parts(name: str) -> list[str]:
    return [part.strip(" \t\"'") for part in name.split(".")]


class _Places:
    """Knows on which line each key of each scene stands: TOML readers forget it."""

    def __init__(self, name: str, text: str) -> None:
        self._name = name
        self._lines: dict[tuple[int, str, str], int] = {}
        scene, table, quoted, depth = -1, "", False, 0
        for number, line in enumerate(text.splitlines(), start=1):
            if not quoted and depth == 0:
                header = re.match(rf"\s*\[+\s*({_NAME})\s*\]+", line)
                key = re.match(rf"\s*({_NAME})\s*=", line)
                if header:
                    first, *rest = _parts(header[1])
                    scene += first == "scene" and not rest
                    table = ".".join(rest)
                    self._lines.setdefault((scene, table, ""), number)
                elif key:
                    *inner, name = _parts(key[1])
                    self._lines.setdefault((scene, ".".join((table, *inner)).lstrip("."), name), number)
            if not quoted:
                bare = _QUOTED.sub("", line)
                depth = max(0, depth + len(re.findall(r"[\[{]", bare)) - len(re.findall(r"[\]}]", bare)))
            quoted ^= (line.count('"""') + line.count("'''")) % 2 == 1

    def line(self, scene: int, key: str = "", table: str = "") -> int:
        """Return the line of a key, or else the one where its table or its scene begins."""
        for place in ((scene, table, key), (scene, "", table), (scene, table, ""), (scene, "", "")):
            if place in self._lines:
                return self._lines[place]
        return 1

    def find(self, scene: int, key: str) -> int:
        """Return the line of a key in any table of a scene, or else the one where the scene begins."""
        tables = (table for table in ("", "state", "parameters") if (scene, table, key) in self._lines)
        return self.line(scene, key, next(tables, ""))

    def error(self, scene: int, key: str, text: str, table: str = "") -> LectureError:
        return LectureError(f"{self._name}, line {self.line(scene, key, table)}: {key} {text}.")


def scene_error(lecture: Lecture, scene: Scene, text: str) -> LectureError:
    """Return what to tell of a scene that cannot be shown: ``text`` begins with the key."""
    key = text.split(" ")[0].rstrip(":")
    try:
        places = _Places(lecture.path.name, lecture.path.read_text(encoding="utf-8"))
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
