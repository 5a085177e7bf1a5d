"""The person of the moving-arm scene: a still head and torso, and an arm of three rigid parts.

Lengths are px of a 640×480 drawing; ``unit`` is how many px of the picture one of them takes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from motionapp.sprites import Coat, Layer, Palette, Point, Shape, box, capsule, disc, pose, sprite
from motionapp.types import Array

_SKIN: Palette = ((190, 128, 94), (222, 164, 126), (246, 198, 160))
_FACE: Palette = ((212, 150, 112), (226, 168, 130), (238, 186, 148))
_SHIRT: Palette = ((154, 70, 50), (192, 94, 66), (220, 126, 94))
_HEM: Palette = ((214, 180, 140), (238, 212, 176), (252, 236, 210))
_HAIR: Palette = ((48, 32, 26), (72, 50, 40), (100, 72, 56))
_INK: Palette = ((58, 38, 32),) * 3
_WHITE: Palette = ((252, 246, 238),) * 3
_BLUSH: Palette = ((226, 134, 108), (230, 142, 116), (234, 150, 124))


@dataclass(frozen=True, slots=True)
class Arm:
    """Where the arm hangs, how long its parts are and how it swings.

    Angles in radians from the x axis, clockwise on screen (so upwards is negative). The elbow's and the
    wrist's angles are relative to the part before; each joint follows the one before by ``lag`` of phase.
    """

    shoulder: Point = (362.0, 318.0)
    upper_px: float = 102.0
    forearm_px: float = 96.0
    shoulder_angle: float = -0.35
    elbow_angle: float = -0.95
    wrist_angle: float = 0.0
    shoulder_swing: float = 0.30
    elbow_swing: float = 0.48
    wrist_swing: float = 0.25
    lag: float = 0.5
    period_s: float = 2.5

    def angles(self, time_s: float) -> tuple[float, float, float]:
        """Return the directions of upper arm, forearm and hand on the screen."""
        phase = 2.0 * math.pi * time_s / self.period_s
        upper = self.shoulder_angle + self.shoulder_swing * math.sin(phase)
        fore = upper + self.elbow_angle + self.elbow_swing * math.sin(phase - self.lag)
        hand = fore + self.wrist_angle + self.wrist_swing * math.sin(phase - 2.0 * self.lag)
        return upper, fore, hand

    def joints(self, time_s: float) -> tuple[Point, Point, Point]:
        """Return shoulder, elbow and wrist in px of the drawing."""
        upper, fore, _ = self.angles(time_s)
        x, y = self.shoulder
        elbow = (x + self.upper_px * math.cos(upper), y + self.upper_px * math.sin(upper))
        wrist = (elbow[0] + self.forearm_px * math.cos(fore), elbow[1] + self.forearm_px * math.sin(fore))
        return self.shoulder, elbow, wrist


#: A friendly wave, up to 14 px per frame at the fingertips (640×480, 30 Hz).
WAVE = Arm()


def arm_layers(origin: Point, unit: float, arm: Arm) -> tuple[Layer, Layer, Layer]:
    """Return hand, forearm and upper arm as layers; each part's joint is the origin of its own coordinates."""

    def layer(joint: int, low: Point, high: Point, *coats: Coat) -> Layer:
        def at(time_s: float) -> Array:
            x, y = arm.joints(time_s)[joint]
            return pose((origin[0] + unit * x, origin[1] + unit * y), arm.angles(time_s)[joint])

        box_px = ((unit * low[0], unit * low[1]), (unit * high[0], unit * high[1]))
        return Layer(sprite(*box_px, [_placed(coat, (0.0, 0.0), unit) for coat in coats]), at)

    upper, fore = arm.upper_px, arm.forearm_px
    return (
        layer(2, (-20, -50), (84, 40), Coat(_SKIN, 71, _hand, 0.25)),
        layer(1, (-26, -26), (fore + 17, 26), Coat(_SKIN, 72, _limb(fore, 26.0, 17.0), 0.25)),
        layer(
            0, (-36, -36), (upper + 27, 36),
            Coat(_SKIN, 73, _limb(upper, 29.0, 27.0), 0.25),
            Coat(_HEM, 74, _sleeve(0.72 * upper), 0.25),
            Coat(_SHIRT, 75, _sleeve(0.64 * upper), 0.25),
        ),
    )  # fmt: skip


def person(origin: Point, unit: float, arm: Arm) -> list[Coat]:
    """Return the coats of head and torso, which stay still."""
    x, y = arm.shoulder[0] - 100.0, arm.shoulder[1]
    chest = (origin[0] + unit * x, origin[1] + unit * y)
    head = (chest[0], chest[1] - 150.0 * unit)
    return [*(_placed(coat, chest, unit) for coat in _torso()), *(_placed(coat, head, unit) for coat in _head())]


def _placed(coat: Coat, at: Point, unit: float) -> Coat:
    """Return the coat with its shape, drawn in px of the drawing around 0, moved and scaled to the picture."""
    shape = coat.shape
    if shape is None:
        return coat
    return Coat(coat.palette, coat.seed, lambda x, y: unit * shape((x - at[0]) / unit, (y - at[1]) / unit), coat.rim)


def _limb(length: float, first: float, last: float) -> Shape:
    return lambda x, y: capsule(x, y, (0.0, 0.0), (length, 0.0), first, last)


def _sleeve(end: float) -> Shape:
    return lambda x, y: np.maximum(capsule(x, y, (0.0, 0.0), (140.0, 0.0), 36.0, 30.0), x - end)


def _hand(x: Array, y: Array) -> Array:
    parts = [box(x, y, (24.0, 0.0), (23.0, 20.0), 14.0), capsule(x, y, (14.0, -10.0), (30.0, -35.0), 8.5, 7.0)]
    for offset, reach, spread in ((-13.5, 61.0, -7.0), (-4.5, 69.0, -2.5), (4.8, 67.0, 3.0), (13.6, 57.0, 8.5)):
        parts.append(capsule(x, y, (36.0, offset), (reach, offset + spread), 7.0, 5.8))
    return np.minimum.reduce(parts)


def _torso() -> list[Coat]:
    def neck(x: Array, y: Array) -> Array:
        return capsule(x, y, (0.0, -90.0), (0.0, -34.0), 27.0, 34.0)

    def trunk(x: Array, y: Array) -> Array:
        slope = capsule(np.abs(x), y, (0.0, -8.0), (98.0, 2.0), 46.0, 36.0)
        return np.minimum(slope, box(x, y, (0.0, 200.0), (100.0, 200.0), 20.0))

    def resting(x: Array, y: Array) -> Array:
        return capsule(x, y, (-104.0, 8.0), (-124.0, 300.0), 31.0, 28.0)

    def sleeve(end: float) -> Shape:
        return lambda x, y: np.maximum(capsule(x, y, (-100.0, 2.0), (-108.0, 140.0), 36.0, 36.0), y - end - 0.1 * x)

    return [
        Coat(_SKIN, 80, resting, 0.25),
        Coat(_SHIRT, 81, trunk, 0.25),
        Coat(_HEM, 82, sleeve(88.0), 0.25),
        Coat(_SHIRT, 83, sleeve(80.0), 0.25),
        Coat(_HEM, 84, lambda x, y: np.maximum(disc(x, y, (0.0, -40.0), 42.0), trunk(x, y))),
        Coat(_FACE, 85, lambda x, y: np.minimum(neck(x, y + 4.0), disc(x, y, (0.0, -42.0), 35.0))),
    ]


def _head() -> list[Coat]:
    def face(x: Array, y: Array) -> Array:
        return capsule(x, y, (0.0, -8.0), (0.0, 22.0), 62.0, 52.0)

    def bob(x: Array, y: Array) -> Array:
        return np.minimum(disc(x, y, (0.0, -14.0), 78.0), box(x, y, (0.0, 24.0), (78.0, 54.0), 38.0))

    def fringe(x: Array, y: Array) -> Array:
        return np.maximum(disc(x, y, (0.0, -14.0), 77.0), -disc(x, y, (14.0, 132.0), 154.0))

    def smile(x: Array, y: Array) -> Array:
        return np.maximum(np.abs(disc(x, y, (0.0, 24.0), 19.0)) - 2.3, 33.0 - y)

    def eyes(radius: float, shift: float, y0: float) -> Shape:
        return lambda x, y: np.minimum(disc(x, y, (shift - 24.0, y0), radius), disc(x, y, (shift + 24.0, y0), radius))

    return [
        Coat(_HAIR, 91, bob, 0.2),
        Coat(_FACE, 92, face, 0.2),
        Coat(_HAIR, 93, fringe, 0.2),
        Coat(_BLUSH, 94, lambda x, y: disc(np.abs(x), y, (38.0, 30.0), 10.0)),
        Coat(_INK, 95, eyes(5.8, 0.0, 9.0)),
        Coat(_WHITE, 96, eyes(1.9, 2.0, 7.0)),
        Coat(_INK, 97, smile),
    ]
