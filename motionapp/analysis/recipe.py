"""Everything that says how a file is analysed, as one value: to and from JSON, and as a command."""

from __future__ import annotations

import hashlib
import json
import math
import os
import shlex
import subprocess
from collections.abc import Sequence
from dataclasses import Field, asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal, get_args

from motionapp.analysis.regions import Region
from motionapp.naming import given_name
from motionapp.settings import PRESETS, FlowSettings, ViewSettings, usable
from motionapp.types import MotionError

Camera = Literal["off", "median", "affine"]
Video = Literal["off", "arrows", "colour", "heat"]
Fields = Literal["off", "npz", "h5", "flo", "kitti"]

PRESET = "balanced"
MOST_REGIONS, MOST_STEP = 100, 10_000
_MOST_BYTES = 4 * 2**20


@dataclass(frozen=True, slots=True)
class Recipe:
    """How files are analysed and what is written.

    Attributes
    ----------
    flow : FlowSettings
        How motion is estimated.
    regions : tuple of Region
        Measured beside the whole picture, which is always the first ("all") and not among them.
    from_s, to_s : float, float or None
        Part of the file, in seconds: frames with from_s ≤ time ≤ to_s; None is the end.
    step : int
        Every so-manyth frame of that part, from its first.
    mm_per_px : float or None
        Calibration: speeds are given in mm/s as well.
    camera : str
        Motion of the camera is taken out of the numbers: not at all ("off"), as the median of the picture's motion
        ("median"), or as an affine motion ("affine").
    csv, plots, video, side_by_side, fields
        What is written: the table, pictures of it, a video with arrows, colour or heat, beside the original or in
        its place, and the fields themselves.
    view : ViewSettings
        How the video is drawn; ``video`` stands for its mode.

    Raises
    ------
    MotionError
        If a value is impossible; the message names it and what is allowed.
    """

    flow: FlowSettings = field(default_factory=lambda: PRESETS[PRESET])
    regions: tuple[Region, ...] = ()
    from_s: float = 0.0
    to_s: float | None = None
    step: int = 1
    mm_per_px: float | None = None
    camera: Camera = "off"
    csv: bool = True
    plots: bool = False
    video: Video = "off"
    side_by_side: bool = False
    fields: Fields = "off"
    view: ViewSettings = field(default_factory=ViewSettings)

    def __post_init__(self) -> None:
        _check_range(self.from_s, self.to_s)
        if isinstance(self.step, bool) or not isinstance(self.step, int) or not 1 <= self.step <= MOST_STEP:
            raise MotionError(f"step is {self.step!r}; it can be a whole number from 1 to {MOST_STEP}.")
        if self.mm_per_px is not None and not (_is_number(self.mm_per_px) and 0.0 < self.mm_per_px <= 1e9):
            raise MotionError(f"mm_per_px is {self.mm_per_px!r}; it can be a number above 0, or null.")
        for name, choices in (("camera", Camera), ("video", Video), ("fields", Fields)):
            if getattr(self, name) not in get_args(choices):
                raise MotionError(f"{name} is {getattr(self, name)!r}; it can be {', '.join(get_args(choices))}.")
        for name in ("csv", "plots", "side_by_side"):
            if not isinstance(getattr(self, name), bool):
                raise MotionError(f"{name} is {getattr(self, name)!r}; it can be true or false.")
        if len(self.regions) > MOST_REGIONS:
            raise MotionError(f"There are {len(self.regions)} regions; there can be {MOST_REGIONS}.")
        names: tuple[str, ...] = ()
        for region in self.regions:
            try:
                names = (*names, given_name(region.name, "region", names))
            except ValueError as error:
                raise MotionError(str(error)) from None

    @property
    def preset(self) -> str:
        """Name of the preset the flow settings equal, or "custom"."""
        return next((name for name, flow in PRESETS.items() if flow == self.flow), "custom")

    def check_outputs(self) -> None:
        """Raise MotionError if nothing would be written."""
        if not (self.csv or self.plots or self.video != "off" or self.fields != "off"):
            raise MotionError("Nothing is to be written: choose a table, plots, a video or fields.")

    @property
    def identity(self) -> str:
        """A hash, 64 hexadecimal digits, of all that changes a result.

        How the video is drawn does not count where none is written, and its mode stands in ``video``.
        """
        stored = asdict(self)
        if self.video == "off":
            del stored["view"], stored["side_by_side"]
        else:
            del stored["view"]["mode"]
        return hashlib.sha256(json.dumps(_as_floats(stored), sort_keys=True).encode()).hexdigest()

    def to_json(self) -> str:
        """Return the recipe as JSON text: every value is there, and people can read it."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Recipe:
        """Read a recipe. What is not in it keeps its default; ``flow`` may be the name of a preset.

        Regions are ``{"name": …, "points": [[x, y], …]}`` or texts as :meth:`Region.parse` reads them.

        Raises
        ------
        MotionError
            If it is no JSON, or holds an unknown name or an impossible value; the message says which and what is
            allowed.
        """
        try:
            stored = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise MotionError(f"The recipe is not JSON: {error}.") from None
        values = _known(stored, cls, "The recipe")
        if "flow" in values:
            values["flow"] = _flow(values["flow"])
        if "view" in values:
            values["view"] = _settings(ViewSettings(), values["view"], "view")
        if "regions" in values:
            if not isinstance(values["regions"], list):
                raise MotionError(f"regions is {_short(values['regions'])}; it can be a list of regions.")
            values["regions"] = tuple(_region(one) for one in values["regions"])
        return cls(**values)

    @classmethod
    def read(cls, source: str) -> Recipe:
        """Read a recipe given on the command line: JSON text (it begins with "{"), or the name of a file.

        The JSON file that stands beside earlier results will do: its entry "recipe" is read.

        Raises
        ------
        MotionError
            As :meth:`from_json`, or if the file cannot be read; the message names the file.
        """
        if source.lstrip().startswith("{"):
            return cls.from_json(source)
        path = Path(source)
        try:
            if not path.is_file() or path.stat().st_size > _MOST_BYTES:
                raise MotionError(f"{path} is no recipe: a recipe is a JSON file of less than 4 MB. Check the name.")
            text = path.read_text(encoding="utf-8")
            stored = json.loads(text)
            inner = stored.get("recipe") if isinstance(stored, dict) else None
            return cls.from_json(text if inner is None else json.dumps(inner))
        except (OSError, ValueError, RecursionError) as error:
            raise MotionError(f"{path} cannot be read as a recipe: {error}.") from None
        except MotionError as error:
            raise MotionError(f"{path}: {error}" if str(path) not in str(error) else str(error)) from None

    def command(self, path: Path | Sequence[Path], folder: Path | None = None) -> str:
        """Return the command that analyses the same file or files in the same way, quoted for this system's shell.

        What has no option of its own, settings of the flow that are no preset and of the view, is given as JSON to
        ``--recipe``; options beside it win.
        """
        paths = [path] if isinstance(path, Path) else list(path)
        words = ["motionapp", "analyze", *(f"./{one}" if str(one).startswith("-") else str(one) for one in paths)]
        words += [] if folder is None else ["-o", str(folder)]
        rest = self._without_options()
        if self.preset != "custom":
            words += ["--preset", self.preset]
        words += [] if not rest else ["--recipe", json.dumps(rest, ensure_ascii=False, separators=(",", ":"))]
        for region in self.regions:
            words += [f"--roi={region}"] if region.name.startswith("-") else ["--roi", str(region)]
        for option, value, default in (
            ("--from", self.from_s, 0.0),
            ("--to", self.to_s, None),
            ("--step", self.step, 1),
            ("--mm-per-px", self.mm_per_px, None),
            ("--camera", self.camera, "off"),
            ("--video", self.video, "off"),
            ("--flow", self.fields, "off"),
        ):
            words += [] if value == default else [option, str(value)]
        chosen = {
            "--no-csv": not self.csv,
            "--plots": self.plots,
            "--side-by-side": self.side_by_side and self.video != "off",
        }
        words += [option for option, on in chosen.items() if on]
        return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)

    def _without_options(self) -> dict[str, Any]:
        """Return what only ``--recipe`` can say, as far as it is not the default."""
        rest = {}
        if self.preset == "custom":
            rest["flow"] = _changed(self.flow, FlowSettings())
        view = _changed(replace(self.view, mode=ViewSettings().mode), ViewSettings())
        if view:
            rest["view"] = view
        return rest


def _check_range(from_s: Any, to_s: Any) -> None:
    if not (_is_number(from_s) and from_s >= 0.0):
        raise MotionError(f"from_s is {from_s!r}; it can be a number of seconds from 0 on.")
    if to_s is not None and not (_is_number(to_s) and to_s >= from_s):
        raise MotionError(f"to_s is {to_s!r}; it can be a number of seconds from from_s ({from_s:g}) on, or null.")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _as_floats(value: Any) -> Any:
    """Return nested values with all numbers as floats: 1 and 1.0 are one."""
    if isinstance(value, dict):
        return {name: _as_floats(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_as_floats(one) for one in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _known(stored: Any, kind: Any, what: str) -> dict[str, Any]:
    """Return the values of a JSON object whose names are those of a dataclass."""
    names = [entry.name for entry in fields(kind)]
    if not isinstance(stored, dict):
        raise MotionError(f"{what} is {_short(stored)}; it can be an object with {', '.join(names)}.")
    for name in stored:
        if name not in names:
            raise MotionError(f"{what} has an unknown name {name!r}; known are {', '.join(names)}.")
    return dict(stored)


def _flow(stored: Any) -> FlowSettings:
    if isinstance(stored, str):
        if stored not in PRESETS:
            raise MotionError(f"flow is {_short(stored)}; it can be {', '.join(PRESETS)} or an object.")
        return PRESETS[stored]
    settings: FlowSettings = _settings(FlowSettings(), stored, "flow")
    return settings


def _settings(default: Any, stored: Any, what: str) -> Any:
    values = _known(stored, type(default), what)
    entries = {entry.name: entry for entry in fields(default)}
    for name, value in values.items():
        if not usable(entries[name], value):
            raise MotionError(f"{what}.{name} is {_short(value)}; it can be {_allowed(entries[name])}.")
    return replace(default, **values)


def _allowed(entry: Field[Any]) -> str:
    limits = entry.metadata
    if "choices" in limits:
        return ", ".join(limits["choices"])
    if "low" not in limits:
        return "true or false"
    kind = "a whole number" if isinstance(entry.default, int) else "a number"
    return f"{kind} from {limits['low']} to {limits['high']}"


def _region(stored: Any) -> Region:
    if isinstance(stored, str):
        return Region.parse(stored)
    values = _known(stored, Region, "A region")
    name, points = values.get("name"), values.get("points")
    if not isinstance(name, str):
        raise MotionError(f"The name of a region is {_short(name)}; it can be any text.")
    if not isinstance(points, list) or not all(_is_place(one) for one in points):
        raise MotionError(f"The points of region “{name}” are {_short(points)}; they can be a list of [x, y] in px.")
    return Region(name, tuple((x, y) for x, y in points))


def _is_place(stored: Any) -> bool:
    return isinstance(stored, list) and len(stored) == 2 and all(_is_number(value) for value in stored)


def _changed(settings: Any, default: Any) -> dict[str, Any]:
    """Return the values that are not the default ones."""
    start = asdict(default)
    return {name: value for name, value in asdict(settings).items() if value != start[name]}
