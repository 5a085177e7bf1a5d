"""From a motion to the picture that is shown: greyed where nothing was measured, coloured, with arrows over it."""

from __future__ import annotations

import numpy as np

from motionapp._cv2 import cv2
from motionapp.arrows import ArrowScale, Samples, arrows, moving, outline, reference_speed, sample
from motionapp.colouring import colour_wheel, flow_to_colour, heat, speed_to_heat
from motionapp.measures import LEAST_CONFIDENCE, measure
from motionapp.palette import ARROW, OUTLINE, SPEED_STEPS, SPEEDS
from motionapp.settings import ViewSettings
from motionapp.types import Array, ArrowField, Motion, Picture

__all__ = [
    "ArrowScale", "arrows", "colour_wheel", "compose", "draw", "draw_layers", "flow_to_colour", "layers",
    "reference_speed", "speed_to_heat",
]  # fmt: skip

_GREY_KERNEL = (9, 9)
_SHIFT = 4  # OpenCV draws in whole numbers of 1/16 px
_EDGING_PX = 0.9
_TEXT = (0xF4, 0xF6, 0xFB)
_MARGIN, _PLATE, _WHEEL = 10, 26, 72


def compose(motion: Motion, view: ViewSettings, scale: ArrowScale) -> Picture:
    """Return what is shown of a motion.

    The background is the frame ("arrows", "off"), its motion in Middlebury colours ("colour") or its speed as
    heat ("heat"); full colour is the reference speed of the arrow scale, so that one number explains all views. With
    ``grey_unmeasured`` the places that were not measured show the frame without colour and a little paler. The
    first frame, which has no motion, is shown as it is.

    Parameters
    ----------
    motion
        The motion and its frame.
    view
        What to draw; locked scales are taken from here.
    scale
        The automatic scale; it goes on from picture to picture.

    Notes
    -----
    At 640×480: about 2 ms with arrows and 4 ms in colour, of which 1 ms are the measures.
    """
    return Picture(motion, *layers(motion, view, scale), measure(motion))


def layers(motion: Motion, view: ViewSettings, scale: ArrowScale) -> tuple[Array, ArrowField]:
    """Return background and arrows of a motion as :func:`compose` does, and measure nothing."""
    image = motion.frame.image
    samples = Samples(*np.empty((4, 0), np.float32))
    if not motion.first:
        samples = sample(motion.flow, motion.confidence, view.grid_px)
        samples = samples.where(moving(samples, view.least_px))
    dt_s = 1.0 if motion.first else motion.dt_s
    if view.scale_locked:
        px_per_px_s = view.px_per_px_s
    else:
        px_per_px_s = scale.follow(samples.speed_px / dt_s, motion.dt_s, view.grid_px)
    field = outline(samples, px_per_px_s, dt_s)
    if motion.first or view.mode == "off":
        return image, field
    top_px = reference_speed(px_per_px_s) * dt_s
    if view.mode == "colour":
        background = flow_to_colour(motion.flow, top_px)
    elif view.mode == "heat":
        background = speed_to_heat(motion.flow, top_px)
    else:
        background = image
    if view.grey_unmeasured:
        background = _greyed(background, image, motion.confidence)
    return background, field


def _greyed(background: Array, image: Array, confidence: Array) -> Array:
    """Return the background with the greyed image where most of the 9×9 neighbourhood was not measured."""
    unmeasured = (confidence < LEAST_CONFIDENCE).view(np.uint8) * np.uint8(255)
    area = cv2.threshold(cv2.blur(unmeasured, _GREY_KERNEL), 127, 255, cv2.THRESH_BINARY)[1]
    if cv2.countNonZero(area) == 0:
        return background
    grey = cv2.convertScaleAbs(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), alpha=0.8, beta=28.0)
    return cv2.copyTo(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), area, background.copy())


def draw(picture: Picture, view: ViewSettings) -> Array:
    """Return the picture as shown, arrows and key burnt in: ``(H, W, 3)`` uint8 RGB, for snapshots and recordings.

    Notes
    -----
    About 15 µs per arrow. The key is left out where it has no room.
    """
    return draw_layers(picture.background, picture.arrows, view)


def draw_layers(background: Array, arrows: ArrowField, view: ViewSettings) -> Array:
    """Return what :func:`layers` gave as :func:`draw` returns a picture; the background stays as it is."""
    canvas = background.copy()
    if view.mode == "off":
        return canvas
    if view.mode == "arrows":
        draw_arrows(canvas, arrows, view.colour_by_speed)
    _draw_key(canvas, arrows.px_per_px_s, view)
    return canvas


def draw_arrows(canvas: Array, field: ArrowField, by_speed: bool) -> None:
    """Lay arrows on the canvas in place, one after the other, so that each stays whole where they overlap."""
    corners = field.corners
    if len(corners) == 0:
        return
    shapes, edgings = (
        np.rint(outlines * (1 << _SHIFT)).astype(np.int32) for outlines in (corners, _widened(corners, _EDGING_PX))
    )
    colours = [ARROW] * len(shapes)
    if by_speed:
        edges = np.array(SPEED_STEPS) * reference_speed(field.px_per_px_s)
        colours = [SPEEDS[step] for step in np.searchsorted(edges, field.speed_px_s)]
    for shape, edging, colour in zip(shapes, edgings, colours):
        cv2.fillPoly(canvas, [edging], OUTLINE, cv2.LINE_AA, _SHIFT)
        cv2.fillPoly(canvas, [shape], colour, cv2.LINE_AA, _SHIFT)


def _widened(corners: Array, by_px: float) -> Array:
    """Return ``(n, m, 2)`` outlines moved outwards: each corner to where its two sides meet after the move."""
    side = np.roll(corners, -1, axis=1) - corners
    side /= np.maximum(np.linalg.norm(side, axis=2, keepdims=True), 1e-6)
    after = np.stack([-side[..., 1], side[..., 0]], axis=2)
    before = np.roll(after, 1, axis=1)
    return corners + by_px * (before + after) / (1.0 + np.sum(before * after, axis=2, keepdims=True))


def _draw_key(canvas: Array, px_per_px_s: float, view: ViewSettings) -> None:
    """Lay the reference arrow, the colour wheel or the heat scale with its speed into the lower left corner."""
    speed = reference_speed(px_per_px_s)
    label = f"{speed:g} px/s"
    length = speed * px_per_px_s if view.mode == "arrows" else float(_WHEEL)
    tall = _WHEEL if view.mode == "colour" else 0
    (text_width, _), _ = cv2.getTextSize(label, cv2.FONT_HERSHEY_SIMPLEX, 0.45, 1)
    width, height = round(length) + text_width + 30, tall + (12 if tall else _PLATE)
    left, top = _MARGIN, canvas.shape[0] - _MARGIN - height
    if left + width > canvas.shape[1] or top < 0:
        return
    plate = canvas[top : top + height, left : left + width]
    plate[:] = cv2.convertScaleAbs(plate, alpha=0.35, beta=8.0)
    middle = top + height // 2
    if view.mode == "arrows":
        x, y, u, v = np.array([[left + 8], [middle], [1], [0]], np.float32)
        arrow = outline(Samples(x, y, u * np.float32(speed), v), px_per_px_s, 1.0)
        draw_arrows(canvas, arrow, view.colour_by_speed)
    elif view.mode == "colour":
        wheel = colour_wheel(_WHEEL)
        part, alpha = canvas[top + 6 : top + 6 + _WHEEL, left + 8 : left + 8 + _WHEEL], wheel[..., 3:] / 255.0
        part[:] = np.rint(part + alpha * (wheel[..., :3] - part.astype(np.float64)))
    else:
        ramp = np.linspace(0, 255, _WHEEL).astype(np.uint8)[None]
        canvas[middle - 5 : middle + 5, left + 8 : left + 8 + _WHEEL] = heat(ramp)
    at = (left + round(length) + 17, middle + 5)
    cv2.putText(canvas, label, at, cv2.FONT_HERSHEY_SIMPLEX, 0.45, _TEXT, 1, cv2.LINE_AA)
