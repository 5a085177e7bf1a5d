"""Every default and valid range in one place: frozen dataclasses, to and from JSON. Imports no library."""

from __future__ import annotations

import json
from dataclasses import Field, asdict, dataclass, field, fields, replace
from typing import Any, Literal, get_args

Method = Literal["steepest", "momentum", "nesterov"]
Penalty = Literal["charbonnier", "quadratic"]
ViewMode = Literal["arrows", "colour", "heat", "off"]
Activation = Literal["relu", "leaky", "tanh", "sigmoid"]
Architecture = Literal["own", "lenet5"]
LearningMethod = Literal["steepest", "momentum", "nesterov", "adam"]
Magnification = Literal["riesz", "steerable"]


def number(default: float, low: float, high: float, label: str, help: str, step: float = 1.0) -> Any:
    """Return a field that holds a number from ``low`` to ``high``; controls and checks are made from it."""
    return field(default=default, metadata={"low": low, "high": high, "step": step, "label": label, "help": help})


def odd(default: int, low: int, high: int, label: str, help: str) -> Any:
    """Return a field that holds an odd number from ``low`` to ``high``, which are odd: what has a middle."""
    limits = {"low": low, "high": high, "step": 2, "odd": True, "label": label, "help": help}
    return field(default=default, metadata=limits)


def choice(default: str, choices: Any, label: str, help: str) -> Any:
    """Return a field that holds one of the values of a Literal type."""
    return field(default=default, metadata={"choices": get_args(choices), "label": label, "help": help})


def switch(default: bool, label: str, help: str) -> Any:
    """Return a field that is on or off."""
    return field(default=default, metadata={"label": label, "help": help})


@dataclass(frozen=True, slots=True)
class FlowSettings:
    """Parameters of the motion functional and of its descent; those of :class:`kernels.flow.Parameters`."""

    finest: int = number(1, 0, 3, "Resolution", "Finest pyramid level: 0 full, 1 half, 2 quarter size")
    levels: int = number(10, 1, 12, "Levels", "Pyramid levels at most, from the finest to the coarsest")
    warps: int = number(3, 1, 50, "Warps", "Linearisations of the data term on each of the two finest levels")
    coarse_warps: int = number(6, 1, 50, "Coarse warps", "The same on each of the coarser levels")
    iterations: int = number(12, 1, 200, "Iterations", "Descent steps on each linearisation")
    step: float = number(
        0.8, 0.01, 3.0, "Step size", "Part of the largest sure step of the method; from 1 on it can diverge", 0.05
    )
    method: Method = choice("momentum", Method, "Method", "Rule of descent")
    alpha: float = number(1.0, 0.0, 10.0, "Smoothness α", "Weight of spatial smoothness", 0.1)
    beta: float = number(0.05, 0.0, 1.0, "Temporal β", "Weight of smoothness in time", 0.01)
    gamma: float = number(1.0, 0.0, 10.0, "Gradient γ", "Weight of gradient constancy", 0.1)
    delta: float = number(0.0, 0.0, 10.0, "Colour δ", "Weight of colour constancy; 0 looks at grey values only", 0.1)
    brightness: float = number(0.5, 0.0, 10.0, "Brightness λ", "Weight of brightness constancy", 0.1)
    kappa: float = number(20.0, 0.0, 100.0, "Edges κ", "How far smoothness gives way at edges of the picture", 1.0)
    penalty: Penalty = choice("charbonnier", Penalty, "Penalty", "ψ: robust, or quadratic = Horn–Schunck")


@dataclass(frozen=True, slots=True)
class ViewSettings:
    """What is drawn over the picture. Lengths in px of the picture, speeds in px/s."""

    mode: ViewMode = choice("arrows", ViewMode, "View", "What is drawn over the picture")
    grid_px: int = number(16, 4, 64, "Arrow grid", "Distance between arrows in px")
    least_px: float = number(0.5, 0.0, 20.0, "Hide under", "Arrows of less px per frame are not drawn", 0.1)
    scale_locked: bool = False
    px_per_px_s: float = number(0.1, 0.001, 10.0, "Arrow scale", "Drawn px for 1 px/s, when locked", 0.01)
    colour_by_speed: bool = False
    grey_unmeasured: bool = True
    mirror: bool = False
    quarter_turns: int = number(0, 0, 3, "Rotation", "Clockwise quarter turns")


@dataclass(frozen=True, slots=True)
class MapSettings:
    """What the classifier sees: windows of small maps of motion, the same for training and for recognition."""

    rows: int = number(36, 8, 144, "Rows", "Height of a motion map in cells", 4)
    columns: int = number(48, 8, 192, "Columns", "Width of a motion map in cells", 4)
    maps: int = number(8, 1, 32, "Maps", "Maps in a window")
    every: int = number(2, 1, 10, "Every", "Take every so-manyth frame into a window")
    direction: bool = switch(False, "Direction", "See where things move as well as how fast")

    @property
    def channels(self) -> int:
        """Channels of one map: speed, or speed, speed·cos and speed·sin."""
        return 3 if self.direction else 1

    @property
    def shape(self) -> tuple[int, int, int]:
        """Shape of a window: all channels of all maps, rows, columns."""
        return self.maps * self.channels, self.rows, self.columns

    @property
    def span(self) -> int:
        """Frames from the first to the last map of a window, both counted."""
        return (self.maps - 1) * self.every + 1

    @property
    def hop(self) -> int:
        """Frames from the start of one sample of a recording to the next: a quarter of a window."""
        return max(1, self.maps * self.every // 4)


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """How the classifier's network is built and learns; the same values and samples give the same curve to the bit."""

    architecture: Architecture = choice(
        "own",
        Architecture,
        "Network",
        "Built from the choices below, or LeNet-5 of 1998 with maps and classes of yours",
    )
    activation: Activation = choice("relu", Activation, "Activation", "Non-linearity after each convolution")
    layers: int = number(2, 0, 3, "Layers", "Convolutions with pooling before the last, dense layer")
    filters: int = number(8, 1, 32, "Filters", "Filters of the first convolution; each further one has twice as many")
    method: LearningMethod = choice("momentum", LearningMethod, "Method", "Rule of descent")
    rate: float = number(0.01, 0.0, 1e6, "Learning rate", "Size of a step; too large a one diverges", 0.001)
    momentum: float = number(0.9, 0.0, 0.999, "Momentum", "How much of the last step goes on (not with Adam)", 0.05)
    batch: int = number(32, 1, 100_000, "Batch", "Samples in a step; as many as there are: the whole set")
    epochs: int = number(30, 1, 10_000, "Epochs", "Times each sample is seen at most")
    patience: int = number(8, 1, 10_000, "Patience", "Epochs without a lower validation loss before it ends")
    final: int = number(20, 0, 1000, "Final epochs", "At the end learn the recordings tested on too, ever more slowly")
    decay: float = number(1e-3, 0.0, 1.0, "Weight decay", "Pull of the weights towards 0", 1e-4)
    seed: int = number(0, 0, 2**31 - 1, "Seed", "Of weights, order and augmentation")
    validation: float = number(0.2, 0.0, 0.9, "Validation part", "Part of the recordings that is only tested on", 0.05)
    mirror: bool = switch(False, "Mirror", "Show samples mirrored half of the time; not for left against right")
    shift: int = number(2, 0, 12, "Shift", "Move samples by up to so many cells either way")
    speed: float = number(0.2, 0.0, 1.0, "Speed", "Play samples up to this part faster or slower", 0.05)


@dataclass(frozen=True, slots=True)
class MagnifySettings:
    """Which motions are made larger, and how much; see :mod:`motionapp.magnification`."""

    low_hz: float = number(0.4, 0.01, 1000.0, "From", "Slowest motion of the band in Hz", 0.1)
    high_hz: float = number(3.0, 0.02, 1000.0, "To", "Fastest motion of the band in Hz", 0.1)
    alpha: float = number(15.0, -1.0, 200.0, "Amplify α", "Motions grow 1 + α times; −1 takes them away")
    method: Magnification = choice("riesz", Magnification, "Method", "Riesz pyramid: live; steerable: slower, exact")
    levels: int = number(0, 0, 12, "Levels", "Bands of the pyramid, from the finest; 0: all there can be")
    order: int = number(2, 1, 2, "Steepness", "Order of the band-pass: 6 or 12 dB per octave beyond its edges")
    noise: float = number(0.002, 0.0, 0.1, "Noise", "Contrast (of 1) below which motion is not believed", 0.001)


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


def read_strictly(default: Any, stored: Any) -> Any:
    """Return ``default`` with the values stored for it; what is not stored keeps its default.

    For files whose meaning would change if a value were replaced in silence.

    Raises
    ------
    ValueError
        If ``stored`` is no mapping or holds an impossible value; the message names it.
    """
    if not isinstance(stored, dict):
        raise ValueError(f"settings are {type(stored).__name__}, not names with values")
    known = {entry.name: entry for entry in fields(default)}
    for name, value in stored.items():
        if name in known and not usable(known[name], value):
            raise ValueError(f"{name} cannot be {str(value)[:40]}")
    return replace(default, **{name: value for name, value in stored.items() if name in known})


def _read(default: Any, stored: Any) -> Any:
    if not isinstance(stored, dict):
        return default
    values = {entry.name: stored.get(entry.name) for entry in fields(default)}
    kept = {entry.name for entry in fields(default) if usable(entry, values[entry.name])}
    return replace(default, **{name: value for name, value in values.items() if name in kept})


def usable(entry: Field[Any], value: Any) -> bool:
    """Whether a stored value is one that a field can have."""
    limits = entry.metadata
    if "choices" in limits:
        return value in limits["choices"]
    if isinstance(entry.default, bool):
        return isinstance(value, bool)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    if limits.get("odd") and value % 2 == 0:
        return False
    return isinstance(value, type(entry.default) | int) and bool(limits["low"] <= value <= limits["high"])
