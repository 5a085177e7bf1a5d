"""Where the keys of a lecture script stand, and what its lines are wrong about: TOML readers forget it."""

from __future__ import annotations

import re
import tomllib

#: What is no bracket of a line though it looks like one: text and remarks.
_QUOTED = re.compile(r"""\"{3}.*?(?:\"{3}|$)|'{3}.*?(?:'{3}|$)|"(?:\\.|[^"\\])*"|'[^']*'|#.*""")

#: A key, of several parts if it is dotted.
_NAME = r"[\w\"'-]+(?:\s*\.\s*[\w\"'-]+)*"


def _parts(name: str) -> list[str]:
    return [part.strip(" \t\"'") for part in name.split(".")]


class Places:
    """Knows on which line each key of each scene stands; those of the script itself belong to scene −1."""

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
                    *inner, last = _parts(key[1])
                    self._lines.setdefault((scene, ".".join((table, *inner)).lstrip("."), last), number)
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

    def message(self, scene: int, key: str, text: str, table: str = "") -> str:
        """Return what to tell of a key, with file and line."""
        return f"{self._name}, line {self.line(scene, key, table)}: {key} {text}."


def syntax_message(name: str, text: str, error: tomllib.TOMLDecodeError) -> str:
    """Return what to tell of a text that is no TOML: file, line, the key of that line if it has one, and the reason."""
    line = re.search(r"at line (\d+)", str(error))
    number = int(line[1]) if line else text.count("\n") + 1
    reason = str(error).split(" (at")[0]
    key = re.match(rf"\s*({_NAME})\s*=", text.split("\n")[number - 1])
    if key:
        reason = f"{key[1]} stands there twice" if "overwrite" in reason else f"{key[1]}: {reason}"
    return f"{name}, line {number}: {reason}."
