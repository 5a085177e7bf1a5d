"""What pyramids are good for, live: two pictures blended through a painted mask, and noise removed by coring."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from kernels import blending, coding, coring
from motionapp._cv2 import cv2
from motionapp.labs.panels import Panel, Shown, decibel_text, grey_panel, signed_panel, size_note
from motionapp.labs.pyramids import Parameters
from motionapp.labs.view import LabView
from motionapp.sources import open_source
from motionapp.types import Array

#: Dabs are placed to 2^-4 of a pixel.
_SHIFT = 4
_PARTS = 2**_SHIFT


@dataclass(frozen=True, slots=True)
class Stroke:
    """A dab of the brush: its middle and width as parts of the picture's, and whether it shows the first picture.

    One that is ``joined`` was led there from the dab before, along a line.
    """

    x: float
    y: float
    width: float
    first: bool
    joined: bool = False


def painted_mask(shape: tuple[int, int], strokes: Sequence[Stroke]) -> Array:
    """Return the mask, (H, W) float32 of 0 and 1: the left half to begin with, then dab after dab."""
    height, width = shape
    mask = np.zeros(shape, np.float32)
    mask[:, : width // 2] = 1.0
    last = (0, 0)
    for stroke in strokes:
        middle = round((stroke.x * width - 0.5) * _PARTS), round((stroke.y * height - 0.5) * _PARTS)
        shade, wide = float(stroke.first), stroke.width * width
        if stroke.joined:
            cv2.line(mask, last, middle, shade, max(1, round(wide)), shift=_SHIFT)
        cv2.circle(mask, middle, max(0, round((wide - 1) / 2 * _PARTS)), shade, cv2.FILLED, shift=_SHIFT)
        last = middle
    return mask


@lru_cache(maxsize=4)
def _scene(name: str, shape: tuple[int, int]) -> Array:
    """Return the first picture of a built-in scene in another size, (H, W, 3) uint8."""
    with closing(open_source(f"scene:{name}")) as source:
        frame = source.read()
    assert frame is not None  # a scene never ends
    resized: Array = cv2.resize(frame.image, shape[::-1], interpolation=cv2.INTER_AREA)
    return resized


def blend_shown(view: LabView, parameters: Parameters, strokes: Sequence[Stroke]) -> Shown:
    """Return both pictures, the mask, and the picture blended by pixels and by levels, in colour."""
    first = view.frame.image
    shape = first.shape[:2]
    second = first[:, ::-1] if parameters.other == "mirror image" else _scene(parameters.other, shape)
    mask = painted_mask(shape, strokes)
    a, b = (np.ascontiguousarray(np.moveaxis(picture, -1, 0), np.float32) / 255 for picture in (first, second))
    cut, blended = (_rgb(blending.blend(a, b, mask, levels)) for levels in (1, parameters.levels + 1))
    above = (
        Panel("A", first),
        Panel("B", np.ascontiguousarray(second)),
        grey_panel("mask", mask, "white shows A, black shows B"),
    )
    below = (Panel("cut: mixed pixel by pixel", cut), Panel("blended: mixed level by level", blended))
    return Shown((above, below), "paint on any of these pictures")


def _rgb(planes: Array) -> Array:
    bytes_ = np.clip(planes * np.float32(255) + np.float32(0.5), 0, 255).astype(np.uint8)
    return np.ascontiguousarray(np.moveaxis(bytes_, 0, -1))


def coring_shown(view: LabView, parameters: Parameters) -> Shown:
    """Return the picture with noise, cored, and what coring took away, with the PSNR before and after."""
    image, sigma = view.grey, parameters.sigma
    noise = np.random.default_rng(0).standard_normal(image.shape, np.float32) * np.float32(sigma)
    noisy = image + noise
    most = coring.most_scales(image.shape) if parameters.transform == "steerable" else parameters.levels
    levels = min(parameters.levels, most)
    cored = coring.denoise(noisy, sigma, mode=parameters.rule, transform=parameters.transform, levels=levels)
    before, after = coding.psnr(image, noisy), coding.psnr(image, cored)
    limit = 3 * sigma or 1.0
    above = (
        grey_panel("picture", image),
        grey_panel("with noise", noisy, decibel_text(before)),
        grey_panel("cored", cored, decibel_text(after)),
    )
    below = (
        signed_panel("taken away", noisy - cored, "should look like noise alone", limit),
        signed_panel("still wrong", cored - image, "should be nothing", limit),
    )
    says = f"PSNR <b>{decibel_text(before)}</b> → <b>{decibel_text(after)}</b>"
    says += f", {after - before:+.1f} dB".replace("-", "−") if sigma else ""
    held = f" &nbsp;·&nbsp; {levels} levels: a picture of {size_note(image)} has room for no more"
    return Shown((above, below), says + (held if levels < parameters.levels else ""))
