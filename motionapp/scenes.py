"""Synthetic sources that know their own motion exactly, so that an estimate can be judged while it runs.

``python -m motionapp.scenes [FOLDER]`` writes the bundled clips of ``recordings/``.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

from motionapp.figure import WAVE, Arm, arm_layers, person
from motionapp.sources import SourceError, SourceInfo
from motionapp.sprites import (
    Coat,
    Layer,
    Palette,
    Point,
    Shape,
    Sprite,
    Stage,
    backdrop,
    box,
    checks,
    disc,
    pose,
    sprite,
)
from motionapp.types import Array, Frame

#: Everything repeats after this time, so that 5 and 10 s of a scene loop without a seam.
PERIOD_S = 5.0
_LARGEST_PX = 4096
_TURN = 2.0 * math.pi / PERIOD_S

_WALL: Palette = ((164, 157, 147), (190, 183, 172), (214, 207, 196))
_SAND: Palette = ((206, 186, 156), (226, 208, 180), (244, 230, 206))
_SLATE: Palette = ((92, 89, 86), (126, 122, 117), (162, 157, 150))
_CLAY: Palette = ((138, 60, 42), (192, 92, 64), (226, 138, 104))
_ROSE: Palette = ((196, 120, 96), (222, 152, 126), (242, 186, 160))
_OCHRE: Palette = ((160, 108, 36), (208, 154, 66), (240, 198, 116))
_CREAM: Palette = ((204, 178, 138), (230, 208, 170), (250, 234, 204))
_MOSS: Palette = ((84, 96, 58), (126, 140, 88), (170, 184, 124))
_FERN: Palette = ((112, 124, 78), (154, 166, 110), (196, 206, 150))


def _unit(width: int, height: int) -> float:
    """Return how many px one px of the 640×480 drawing takes."""
    return min(width / 640.0, height / 480.0)


def moving_arm(width: int, height: int, arm: Arm = WAVE) -> Stage:
    """Stage a person who waves: upper arm, forearm and hand swing, everything else is still."""
    unit = _unit(width, height)
    origin = (0.5 * (width - 640.0 * unit), height - 480.0 * unit)
    sun = (origin[0] + unit * (arm.shoulder[0] - 60.0), origin[1] + unit * (arm.shoulder[1] - 70.0))
    halo = Coat(_SAND, 12, lambda x, y: disc(x, y, sun, 212.0 * unit))
    return Stage(
        backdrop(height, width, [Coat(_WALL, 11), halo, *person(origin, unit, arm)]), arm_layers(origin, unit, arm)
    )


def _sheet(half: Point, side: float, dark: Palette, light: Palette, seed: int) -> Sprite:
    return sprite(
        (-half[0], -half[1]), half, [Coat(dark, seed), Coat(light, seed + 1, lambda x, y: checks(x, y, side))]
    )


def translation(width: int, height: int) -> Stage:
    """Stage a surface that slides at 3 px per frame (30 Hz) and turns its direction once round the compass."""
    unit, (x, y) = _unit(width, height), _middle(width, height)
    radius = 90.0 * unit / _TURN
    sheet = _sheet((x + radius, y + radius), 80.0 * unit, _CLAY, _ROSE, seed=21)
    slide = Layer(sheet, lambda t: pose((x + radius * math.cos(_TURN * t), y + radius * math.sin(_TURN * t))))
    return Stage(np.zeros((height, width, 3), np.uint8), (slide,))


def rotation(width: int, height: int) -> Stage:
    """Stage a disc that turns at 72° per second, 6.3 px per frame at its rim, over a still background."""
    radius = 150.0 * _unit(width, height)

    def wheel(x: Array, y: Array) -> Array:
        return disc(x, y, (0.0, 0.0), radius)

    def sectors(x: Array, y: Array) -> Array:
        away = np.hypot(x, y)
        return np.maximum(np.maximum(wheel(x, y), 0.16 * radius - away), away * np.sin(5.0 * np.arctan2(y, x)) / 5.0)

    coats = [Coat(_OCHRE, 31, wheel, 0.3), Coat(_CREAM, 32, sectors, 0.2)]
    centre = _middle(width, height)
    turn = Layer(sprite((-radius, -radius), (radius, radius), coats), lambda t: pose(centre, _TURN * t))
    return Stage(backdrop(height, width, [Coat(_SLATE, 33)]), (turn,))


def zoom(width: int, height: int) -> Stage:
    """Stage a surface that comes nearer and goes away by a factor e^0.2, without end."""
    x, y = _middle(width, height)
    reach = math.exp(0.2)
    sheet = _sheet((reach * x, reach * y), 80.0 * _unit(width, height), _MOSS, _FERN, seed=41)
    breathe = Layer(sheet, lambda t: pose((x, y), scale=math.exp(0.2 * math.sin(_TURN * t))))
    return Stage(np.zeros((height, width, 3), np.uint8), (breathe,))


def crossing(width: int, height: int) -> Stage:
    """Stage a disc and a tilting tile that pass each other, the disc in front."""
    unit, (x, y) = _unit(width, height), _middle(width, height)
    ball, side = 74.0 * unit, 82.0 * unit

    def tile(scale: float) -> Shape:
        return lambda x, y: box(x, y, (0.0, 0.0), (scale * side, scale * side), 0.3 * scale * side)

    def ring(x: Array, y: Array) -> Array:
        return np.abs(disc(x, y, (0.0, 0.0), 0.55 * ball)) - 0.14 * ball

    def tile_pose(t: float) -> Array:
        swing = unit * math.sin(_TURN * t)
        return pose((x - 150.0 * swing, y + 90.0 * swing), 0.35 * math.cos(_TURN * t))

    back = sprite((-side, -side), (side, side), [Coat(_MOSS, 51, tile(1.0), 0.3), Coat(_FERN, 52, tile(0.66))])
    whole = Coat(_CLAY, 53, lambda x, y: disc(x, y, (0.0, 0.0), ball), 0.3)
    front = sprite((-ball, -ball), (ball, ball), [whole, Coat(_CREAM, 54, ring)])
    return Stage(
        backdrop(height, width, [Coat(_WALL, 55)]),
        (Layer(back, tile_pose), Layer(front, lambda t: pose((x + 190.0 * unit * math.sin(_TURN * t), y)))),
    )


def still(width: int, height: int) -> Stage:
    """Stage a picture in which nothing moves: every frame is the same to the bit."""
    side = 80.0 * _unit(width, height)
    return Stage(backdrop(height, width, [Coat(_OCHRE, 61), Coat(_CREAM, 62, lambda x, y: checks(x, y, side))]))


def trembling(width: int, height: int) -> Stage:
    """Stage a disc that sways by a seventh of a px once a second, a tile three times, and a tile that stands."""
    unit, (x, y) = _unit(width, height), _middle(width, height)
    radius, side = 96.0 * unit, 84.0 * unit

    def tile(scale: float, centre: Point = (0.0, 0.0)) -> Shape:
        return lambda x, y: box(x, y, centre, (scale * side, scale * side), 0.3 * scale * side)

    def ring(x: Array, y: Array) -> Array:
        return np.abs(disc(x, y, (0.0, 0.0), 0.55 * radius)) - 0.14 * radius

    def sway(beats_hz: float, t: float) -> float:
        return math.sin(2.0 * math.pi * beats_hz * t) / 7.0

    whole = Coat(_CLAY, 71, lambda x, y: disc(x, y, (0.0, 0.0), radius), 0.3)
    slow = sprite((-radius, -radius), (radius, radius), [whole, Coat(_CREAM, 72, ring)])
    quick = sprite((-side, -side), (side, side), [Coat(_MOSS, 73, tile(1.0), 0.3), Coat(_CREAM, 74, tile(0.6))])
    left = x - 205.0 * unit, y
    standing = [Coat(_SLATE, 76, tile(1.0, left), 0.3), Coat(_SAND, 77, tile(0.6, left))]
    return Stage(
        backdrop(height, width, [Coat(_WALL, 75), *standing]),
        (
            Layer(slow, lambda t: pose((x, y + sway(1.0, t)))),
            Layer(quick, lambda t: pose((x + 205.0 * unit, y + sway(3.0, t)))),
        ),
    )


def _middle(width: int, height: int) -> Point:
    return 0.5 * (width - 1), 0.5 * (height - 1)


@dataclass(frozen=True, slots=True)
class Scene:
    """A scene one can choose: its title, one line about it, and the function ``(width, height) -> Stage``."""

    title: str
    text: str
    build: Callable[[int, int], Stage]


SCENES: dict[str, Scene] = {
    "moving-arm": Scene("Moving arm", "A person waves: arrows lie along the arm and nowhere else", moving_arm),
    "translation": Scene("Translation", "Everything slides the same way, round the compass", translation),
    "rotation": Scene("Rotating disc", "Speed grows from the hub to the rim", rotation),
    "zoom": Scene("Zoom", "Arrows spread from the middle and return to it", zoom),
    "crossing": Scene("Crossing", "Two things pass each other, one in front", crossing),
    "still": Scene("Still", "Nothing moves: the motion must be exactly zero", still),
}


#: Scenes for labs, not on the start page: there is nothing to see before it is magnified.
LAB_SCENES: dict[str, Scene] = {
    "trembling": Scene("Trembling", "A disc and a tile sway, too little to be seen", trembling),
}


class SceneSource:
    """A scene as a source of frames, each with its true motion except the first, which has none before it."""

    def __init__(
        self, name: str, width: int = 640, height: int = 480, rate_hz: float = 30.0, frame_count: int = 300
    ) -> None:
        """Build the scene.

        Raises
        ------
        SourceError
            If there is no scene of that name, or the size, rate or length is out of range.
        """
        scene = SCENES.get(name) or LAB_SCENES.get(name)
        if scene is None:
            raise SourceError(f"There is no scene {name!r}. Choose one of: {', '.join((*SCENES, *LAB_SCENES))}.")
        if not (1 <= width <= _LARGEST_PX and 1 <= height <= _LARGEST_PX and rate_hz > 0.0 and frame_count >= 1):
            raise SourceError(
                f"Scene {name!r} cannot be {width}×{height} px, {rate_hz} Hz, {frame_count} frames long. Choose 1 to "
                f"{_LARGEST_PX} px, a rate above 0 and at least one frame."
            )
        self.info = SourceInfo(
            scene.title, f"scene:{name}", "scene", width, height, rate_hz, frame_count, frame_count / rate_hz
        )
        self._stage = scene.build(width, height)
        self._count = frame_count
        self._next = 0

    def frame(self, index: int) -> Frame:
        """Return frame ``index`` ≥ 0; it may lie beyond the end, scenes go on for ever."""
        image, truth = self._stage.render(self.pts(index), self.pts(index - 1))
        return Frame(index, self.pts(index), image, time.monotonic(), truth if index > 0 else None)

    def read(self) -> Frame | None:
        """Return the next frame, None at the end."""
        if self._next >= self._count:
            return None
        self._next += 1
        return self.frame(self._next - 1)

    def seek(self, index: int) -> None:
        """Make frame ``index`` the next to be read.

        Raises
        ------
        SourceError
            If there is no such frame.
        """
        if not 0 <= index < self._count:
            raise SourceError(f"Scene {self.info.name!r} has frames 0 to {self._count - 1}, not {index}.")
        self._next = index

    def pts(self, index: int) -> float:
        """Return the time of frame ``index`` in seconds."""
        return index / self.info.rate_hz

    def close(self) -> None:
        """Do nothing: a scene holds no device and no file."""


def write_clip(path: Path, images: Iterable[Array], size: tuple[int, int], rate_hz: int = 30) -> None:
    """Write ``(H, W, 3)`` uint8 RGB pictures of an even size ``(W, H)`` as H.264 mp4 that every player shows."""
    with av.open(str(path), "w", format="mp4", options={"movflags": "faststart"}) as container:
        stream = container.add_stream("libx264", rate=rate_hz, options={"crf": "19", "preset": "slow"})
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        for image in images:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode(None))


def main(arguments: list[str]) -> None:
    """Write the bundled clips into the folder named, or into ``recordings/`` of this checkout."""
    folder = Path(arguments[0]) if arguments else Path(__file__).parents[1] / "recordings"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("moving-arm", "crossing", "rotation"):
        source = SceneSource(name)
        path = folder / f"{name}.mp4"
        frames = range(round(PERIOD_S * source.info.rate_hz))
        write_clip(path, (source.frame(index).image for index in frames), (source.info.width, source.info.height))
        sys.stdout.write(f"{path}  {path.stat().st_size / 1e6:.2f} MB\n")


if __name__ == "__main__":
    main(sys.argv[1:])
