"""Textured shapes laid over a backdrop by affine poses: every picture comes with the exact motion of each pixel.

Coordinates are px of the picture, x right and y down, with pixel centres on whole numbers. A sprite has its
own such coordinates; a pose ``(3, 3)`` takes them to the picture's. A thing at sprite point s is seen at
``pose(t) s``, so what is now at picture point p was before at ``pose(t₀) pose(t)⁻¹ p``: no estimate, no rounding.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from motionapp._cv2 import cv2
from motionapp.types import Array, Truth

Point = tuple[float, float]
#: Signed distance in px, negative inside, of px coordinates x ``(1, W)`` and y ``(H, 1)``.
Shape = Callable[[Array, Array], Array]
Colour = tuple[int, int, int]
#: Dark, middle and light colour of a texture, RGB.
Palette = tuple[Colour, Colour, Colour]

#: Texels per px of a sprite. Bilinear sampling then keeps 98 % of a wave of 8 px at the worst phase, not 92 %.
OVERSAMPLING = 2
_FINEST_PX = 1.5
_OCTAVE_WEIGHTS = (1.0, 1.0, 0.8, 0.5, 0.4)
_RIM_PX = 7.0
_BLEED_PX = 2.0  # colour goes this far beyond the edge, so that sampling there mixes in no black


def noise(height: int, width: int, finest: float, seed: int) -> Array:
    """Return ``(height, width)`` float32 noise of zero mean and unit variance over five octaves.

    Each octave is white noise under a Gaussian of σ = ``finest`` · 2ᵏ samples, so that nothing aliases and
    there is something to track at every level of a pyramid. The same seed gives the same noise.
    """
    generator = np.random.default_rng(seed)
    total = np.zeros((height, width), np.float32)
    for octave, weight in enumerate(_OCTAVE_WEIGHTS):
        sigma = finest * 2**octave
        rows, columns = (math.ceil(size / sigma) + 6 for size in (height, width))
        grid = cv2.GaussianBlur(generator.standard_normal((rows, columns), np.float32), (0, 0), 1.0)
        size = (round(columns * sigma), round(rows * sigma))
        margin = round(2 * sigma)
        smooth = cv2.resize(grid, size, interpolation=cv2.INTER_CUBIC)
        # σ = 1 leaves 1 / (2 √π) of the standard deviation of white noise
        total += np.float32(weight * 2.0 * math.sqrt(math.pi)) * smooth[margin:, margin:][:height, :width]
    return total / np.float32(math.hypot(*_OCTAVE_WEIGHTS))


def texture(height: int, width: int, palette: Palette, seed: int, *, samples_per_px: int = 1) -> Array:
    """Return a ``(height, width, 3)`` float32 texture in 0–255: noise taken from dark to light of ``palette``."""
    shade = 0.5 + 0.5 * np.tanh(0.8 * noise(height, width, _FINEST_PX * samples_per_px, seed))
    stops = np.linspace(0.0, 1.0, len(palette))
    table = np.stack([np.interp(np.linspace(0.0, 1.0, 1024), stops, channel) for channel in zip(*palette)], axis=-1)
    return table.astype(np.float32)[np.rint(shade * 1023).astype(np.intp)]


def disc(x: Array, y: Array, centre: Point, radius: float) -> Array:
    """Return the signed distance in px to a disc, negative inside."""
    return np.hypot(x - centre[0], y - centre[1]) - radius


def box(x: Array, y: Array, centre: Point, half: Point, corner: float) -> Array:
    """Return the signed distance in px to an upright box of half sizes ``half`` with rounded corners."""
    dx = np.abs(x - centre[0]) - (half[0] - corner)
    dy = np.abs(y - centre[1]) - (half[1] - corner)
    outside = np.hypot(np.maximum(dx, 0.0), np.maximum(dy, 0.0))
    return outside + np.minimum(np.maximum(dx, dy), 0.0) - corner


def checks(x: Array, y: Array, side: float) -> Array:
    """Return the signed distance in px to every other square of a checkerboard."""
    across, down = (side * (np.abs((axis / side) % 2.0 - 1.0) - 0.5) for axis in (x, y))
    return np.sign(across) * np.sign(down) * np.minimum(np.abs(across), np.abs(down))


def capsule(x: Array, y: Array, start: Point, end: Point, start_radius: float, end_radius: float) -> Array:
    """Return the signed distance in px to the convex hull of two discs, neither of which holds the other.

    Along the axis the side leans by sin θ = (r₀ − r₁)/L; a point belongs to the side between the two discs'
    contact points and to a disc beyond them.
    """
    length = math.dist(start, end)
    ax, ay = (end[0] - start[0]) / length, (end[1] - start[1]) / length
    along = ax * (x - start[0]) + ay * (y - start[1])
    across = np.abs(ax * (y - start[1]) - ay * (x - start[0]))
    lean = (start_radius - end_radius) / length
    upright = math.sqrt(1.0 - lean * lean)
    on_side = upright * along - lean * across
    side = lean * along + upright * across - start_radius
    first = np.hypot(along, across) - start_radius
    second = np.hypot(along - length, across) - end_radius
    return np.where(on_side < 0.0, first, np.where(on_side > upright * length, second, side))


@dataclass(frozen=True, slots=True)
class Coat:
    """One coat of textured paint: a palette, the seed of its noise and the signed distance of its shape.

    ``shape`` takes x and y and returns px; None covers everything. ``rim`` darkens towards the edge, 0 to 1.
    """

    palette: Palette
    seed: int
    shape: Shape | None = None
    rim: float = 0.0


def paint(canvas: Array, coats: Sequence[Coat], x: Array, y: Array, *, samples_per_px: int = 1) -> Array:
    """Lay coats over the ``(H, W, 3)`` float32 canvas in place, the last on top; return what they cover, 0 to 1.

    ``x`` ``(1, W)`` and ``y`` ``(H, 1)`` are the px coordinates of the canvas's samples.
    """
    covered = np.zeros(canvas.shape[:2], np.float32)
    for coat in coats:
        distance = np.full(covered.shape, -np.inf, np.float32) if coat.shape is None else coat.shape(x, y)
        near: Array = distance < _BLEED_PX
        if not near.any():
            continue
        rows, columns = (slice(*(np.flatnonzero(near.any(axis=axis))[[0, -1]] + (0, 1))) for axis in (1, 0))
        part, under, distance, close = (plane[rows, columns] for plane in (canvas, covered, distance, near))
        height, width = under.shape
        colour = texture(height, width, coat.palette, coat.seed, samples_per_px=samples_per_px)
        colour *= 1.0 - coat.rim * np.exp(np.minimum(distance, 0.0) / _RIM_PX)[..., None]
        alpha = np.clip(0.5 - distance, 0.0, 1.0)
        part += np.where(under > 0.0, alpha, close)[..., None] * (colour - part)
        np.maximum(under, alpha, out=under)
    return covered


def backdrop(height: int, width: int, coats: Sequence[Coat]) -> Array:
    """Return a still ``(H, W, 3)`` uint8 picture painted with ``coats``."""
    canvas = np.zeros((height, width, 3), np.float32)
    x, y = np.arange(width, dtype=np.float32)[None, :], np.arange(height, dtype=np.float32)[:, None]
    paint(canvas, coats, x, y)
    return np.rint(canvas).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class Sprite:
    """A picture of one rigid thing: ``texels`` is ``(h, w, 4)`` uint8 RGB and coverage.

    Texel ``[j, i]`` lies at sprite point ``(left + i / OVERSAMPLING, top + j / OVERSAMPLING)``.
    """

    texels: Array
    left: float
    top: float


def sprite(low: Point, high: Point, coats: Sequence[Coat]) -> Sprite:
    """Paint a sprite that covers the box from ``low`` to ``high`` and is as solid as its coats."""
    left, top = math.floor(low[0]) - 2, math.floor(low[1]) - 2
    width = OVERSAMPLING * (math.ceil(high[0]) + 2 - left) + 1
    height = OVERSAMPLING * (math.ceil(high[1]) + 2 - top) + 1
    x = (left + np.arange(width, dtype=np.float32) / OVERSAMPLING)[None, :]
    y = (top + np.arange(height, dtype=np.float32) / OVERSAMPLING)[:, None]
    colour = np.zeros((height, width, 3), np.float32)
    covered = paint(colour, coats, x, y, samples_per_px=OVERSAMPLING)
    texels = np.concatenate([colour, 255.0 * covered[..., None]], axis=-1)
    return Sprite(np.rint(texels).astype(np.uint8), left, top)


def pose(at: Point = (0.0, 0.0), turn: float = 0.0, scale: float = 1.0) -> Array:
    """Return the ``(3, 3)`` float64 pose that scales, turns (radians, clockwise on screen) and moves 0 to ``at``."""
    c, s = scale * math.cos(turn), scale * math.sin(turn)
    return np.array([[c, -s, at[0]], [s, c, at[1]], [0.0, 0.0, 1.0]])


@dataclass(frozen=True, slots=True)
class Layer:
    """A sprite and its pose over time in seconds."""

    sprite: Sprite
    pose: Callable[[float], Array]


@dataclass(frozen=True, slots=True)
class Stage:
    """A still ``(H, W, 3)`` uint8 backdrop and the layers that move over it, the last in front."""

    backdrop: Array
    layers: tuple[Layer, ...] = ()

    def render(self, time_s: float, before_s: float) -> tuple[Array, Truth]:
        """Return the ``(H, W, 3)`` uint8 RGB picture at ``time_s`` and how it moved since ``before_s``."""
        image = self.backdrop.copy()
        height, width = image.shape[:2]
        flow = np.zeros((2, height, width), np.float32)
        moving = np.zeros((height, width), np.bool_)
        for layer in self.layers:
            now = layer.pose(time_s)
            _lay(layer, now, layer.pose(before_s) @ np.linalg.inv(now), image, flow, moving)
        return image, Truth(flow, moving)


def _lay(layer: Layer, now: Array, before_from_now: Array, image: Array, flow: Array, moving: Array) -> None:
    """Draw one layer into the picture and its motion into the truth, inside the box that it touches."""
    rows, columns = _touched(layer.sprite, now, *image.shape[:2])
    if rows.start >= rows.stop or columns.start >= columns.stop:
        return
    texels = _sample(layer.sprite, now, rows, columns)
    part, colour, alpha = image[rows, columns], cv2.cvtColor(texels, cv2.COLOR_RGBA2RGB), texels[..., 3]
    weight = alpha.astype(np.float32) * np.float32(1 / 255)
    part[:] = cv2.blendLinear(colour, np.ascontiguousarray(part), weight, 1 - weight)
    solid = alpha > 127
    x = np.arange(columns.start, columns.stop, dtype=np.float64)[None, :]
    y = np.arange(rows.start, rows.stop, dtype=np.float64)[:, None]
    (a, b, c), (d, e, f), _ = np.eye(3) - before_from_now
    np.copyto(flow[0, rows, columns], a * x + (b * y + c), where=solid, casting="same_kind")
    np.copyto(flow[1, rows, columns], d * x + (e * y + f), where=solid, casting="same_kind")
    moving[rows, columns] |= solid


def _touched(thing: Sprite, now: Array, height: int, width: int) -> tuple[slice, slice]:
    h, w = ((size - 1) / OVERSAMPLING for size in thing.texels.shape[:2])
    corners = np.array([[x, y, 1.0] for x in (thing.left, thing.left + w) for y in (thing.top, thing.top + h)])
    x, y, _ = now @ corners.T
    return (
        slice(max(math.floor(y.min()), 0), min(math.ceil(y.max()) + 1, height)),
        slice(max(math.floor(x.min()), 0), min(math.ceil(x.max()) + 1, width)),
    )


def _sample(thing: Sprite, now: Array, rows: slice, columns: slice) -> Any:
    texel_from_sprite = np.array(
        [[OVERSAMPLING, 0.0, -OVERSAMPLING * thing.left], [0.0, OVERSAMPLING, -OVERSAMPLING * thing.top], [0, 0, 1.0]]
    )
    matrix = texel_from_sprite @ np.linalg.inv(now) @ pose((columns.start, rows.start))
    size = (columns.stop - columns.start, rows.stop - rows.start)
    return cv2.warpAffine(
        thing.texels, matrix[:2], size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_CONSTANT
    )
