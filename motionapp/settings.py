"""Every default and valid range in one place: frozen dataclasses, to and from JSON. Imports no library."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Literal, get_args

Method = Literal["steepest", "momentum", "nesterov"]
Penalty = Literal["charbonnier", "quadratic"]
ViewMode = Literal["arrows", "colour", "heat", "off"]


def _number(default: float, low: float, high: float, label: str, help: str, step: float = 1.0) -> Any:
    return field(default=default, metadata={"low": low, "high": high, "step": step, "label": label, "help": help})


def _choice(default: str, choices: Any, label: str, help: str) -> Any:
    return field(default=default, metadata={"choices": get_args(choices), "label": label, "help": help})


@dataclass(frozen=True, slots=True)
class FlowSettings:
    """Parameters of the motion functional and of its descent; those of :class:`kernels.flow.Parameters`."""

    finest: int = _number(1, 0, 3, "Resolution", "Finest pyramid level: 0 full, 1 half, 2 quarter size")
    levels: int = _number(10, 1, 12, "Levels", "Pyramid levels at most, from the finest to the coarsest")
    warps: int = _number(3, 1, 50, "Warps", "Linearisations of the data term on each of the two finest levels")
    coarse_warps: int = _number(6, 1, 50, "Coarse warps", "The same on each of the coarser levels")
    iterations: int = _number(12, 1, 200, "Iterations", "Descent steps on each linearisation")
    step: float = _number(
        0.8, 0.01, 3.0, "Step size", "Part of the largest sure step of the method; from 1 on it can diverge", 0.05
    )
    method: Method = _choice("momentum", Method, "Method", "Rule of descent")
    alpha: float = _number(1.0, 0.0, 10.0, "Smoothness α", "Weight of spatial smoothness", 0.1)
    beta: float = _number(0.05, 0.0, 1.0, "Temporal β", "Weight of smoothness in time", 0.01)
    gamma: float = _number(1.0, 0.0, 10.0, "Gradient γ", "Weight of gradient constancy", 0.1)
    delta: float = _number(0.0, 0.0, 10.0, "Colour δ", "Weight of colour constancy; 0 looks at grey values only", 0.1)
    brightness: float = _number(0.5, 0.0, 10.0, "Brightness λ", "Weight of brightness constancy", 0.1)
    kappa: float = _number(20.0, 0.0, 100.0, "Edges κ", "How far smoothness gives way at edges of the picture", 1.0)
    penalty: Penalty = _choice("charbonnier", Penalty, "Penalty", "ψ: robust, or quadratic = Horn–Schunck")


@dataclass(frozen=True, slots=True)
class ViewSettings:
    """What is drawn over the picture. Lengths in px of the picture, speeds in px/s."""

    mode: ViewMode = _choice("arrows", ViewMode, "View", "What is drawn over the picture")
    grid_px: int = _number(16, 4, 64, "Arrow grid", "Distance between arrows in px")
    least_px: float = _number(0.5, 0.0, 20.0, "Hide under", "Arrows of less px per frame are not drawn", 0.1)
    scale_locked: bool = False
    px_per_px_s: float = _number(0.1, 0.001, 10.0, "Arrow scale", "Drawn px for 1 px/s, when locked", 0.01)
    colour_by_speed: bool = False
    grey_unmeasured: bool = True
    mirror: bool = False
    quarter_turns: int = _number(0, 0, 3, "Rotation", "Clockwise quarter turns")


#: One set of constants per preset, for all material.
PRESETS: dict[str, FlowSettings] = {
    "live": FlowSettings(finest=2, warps=2, coarse_warps=3, iterations=10),
    "balanced": FlowSettings(),
    "accurate": FlowSettings(finest=0, warps=4, coarse_warps=8, iterations=16),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a session needs to know; change it with ``dataclasses.replace``.

    With ``hold_rate`` frames that play live may be made with less than ``flow``; see :mod:`motionapp.budget`.
    """

    flow: FlowSettings = PRESETS["live"]
    view: ViewSettings = ViewSettings()
    hold_rate: bool = False

    @property
    def preset(self) -> str:
        """Name of the preset the flow settings equal, or "custom"."""
        return next((name for name, flow in PRESETS.items() if flow == self.flow), "custom")

    def to_json(self) -> str:
        """Return the settings as JSON text."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Settings:
        """Read settings back; unknown names are dropped and impossible values replaced by the default."""
        try:
            stored = json.loads(text)
        except (ValueError, RecursionError):
            return cls()
        if not isinstance(stored, dict):
            return cls()
        return cls(
            flow=_read(cls().flow, stored.get("flow")),
            view=_read(cls().view, stored.get("view")),
            hold_rate=stored.get("hold_rate") is True,
        )


def _read(default: Any, stored: Any) -> Any:
    if not isinstance(stored, dict):
        return default
    values = {}
    for entry in fields(default):
        value = stored.get(entry.name)
        limits = entry.metadata
        if "choices" in limits:
            usable = value in limits["choices"]
        elif isinstance(entry.default, bool):
            usable = isinstance(value, bool)
        elif isinstance(value, bool) or not isinstance(value, int | float):
            usable = False
        else:
            usable = isinstance(value, type(entry.default) | int) and limits["low"] <= value <= limits["high"]
        if usable:
            values[entry.name] = value
    return replace(default, **values)
