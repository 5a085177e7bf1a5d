"""The methods that are compared: ours, and those of OpenCV, its contributed modules and scikit-image.

Each takes two ``(H, W)`` uint8 grey pictures and returns ``(H, W, 2)`` flow in px, at full size, as a single call of
its library would; what a library converts inside is part of its time.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from kernels import bands
from motionapp import estimate_flow
from motionapp._cv2 import cv2
from motionapp.settings import PRESETS
from motionapp.types import Array

Calc = Callable[[Array, Array], Array]


class AbsentError(Exception):
    """A method whose library is not installed; the message names what it needs."""


@dataclass(frozen=True, slots=True)
class Method:
    """A method by the name of its option and the label of its row, and how to call it."""

    name: str
    label: str
    ours: bool
    calc: Calc


def _preset(name: str) -> Callable[[], Calc]:
    return lambda: lambda image0, image1: estimate_flow(image0, image1, preset=name)


def _dis(preset: str) -> Callable[[], Calc]:
    def build() -> Calc:
        method = cv2.DISOpticalFlow_create(getattr(cv2, f"DISOPTICAL_FLOW_PRESET_{preset}"))
        return lambda image0, image1: method.calc(image0, image1, None)

    return build


def _farneback() -> Calc:
    def calc(image0: Array, image1: Array) -> Array:
        return cv2.calcOpticalFlowFarneback(
            image0, image1, None, pyr_scale=0.5, levels=5, winsize=15, iterations=3, poly_n=5, poly_sigma=1.2, flags=0
        )

    return calc


def _contributed(create: str) -> Callable[[], Calc]:
    def build() -> Calc:
        module = getattr(cv2, "optflow", None)
        if not hasattr(module, create):
            raise AbsentError("needs opencv-contrib-python")
        method = getattr(module, create)()
        return lambda image0, image1: method.calc(image0, image1, None)

    return build


def _skimage(name: str) -> Callable[[], Calc]:
    def build() -> Calc:
        try:
            method: Any = getattr(importlib.import_module("skimage.registration"), name)
        except ImportError:
            raise AbsentError("needs scikit-image") from None
        return lambda image0, image1: np.stack(method(image0, image1)[::-1], axis=-1)  # rows come before columns

    return build


#: Option → (label, what makes the call or raises :class:`AbsentError`), in the order of the table.
METHODS: dict[str, tuple[str, Callable[[], Calc]]] = {
    **{name: (name, _preset(name)) for name in PRESETS},
    "dis-ultrafast": ("DIS ultrafast", _dis("ULTRAFAST")),
    "dis-fast": ("DIS fast", _dis("FAST")),
    "dis-medium": ("DIS medium", _dis("MEDIUM")),
    "farneback": ("Farnebäck", _farneback),
    "pcaflow": ("PCAFlow", _contributed("createOptFlow_PCAFlow")),
    "deepflow": ("DeepFlow", _contributed("createOptFlow_DeepFlow")),
    "tvl1": ("TV-L1", _contributed("DualTVL1OpticalFlow_create")),
    "skimage-tvl1": ("TV-L1 (skimage)", _skimage("optical_flow_tvl1")),
    "skimage-ilk": ("ILK (skimage)", _skimage("optical_flow_ilk")),
}


def available(names: Iterable[str]) -> tuple[list[Method], dict[str, str]]:
    """Return the methods that are installed, and for each of the others what it needs."""
    found, absent = [], {}
    for name in names:
        label, build = METHODS[name]
        try:
            found.append(Method(name, label, name in PRESETS, build()))
        except AbsentError as reason:
            absent[name] = str(reason)
    return found, absent


def set_workers(count: int) -> None:
    """Let ours and OpenCV's methods use ``count`` threads; scikit-image's have one.

    Set once and not for each call: OpenCV would end its threads and start them anew within a measured time.
    """
    cv2.setNumThreads(count)
    bands.set_workers(count)
