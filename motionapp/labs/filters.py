"""The filters lab: a kernel on a picture, number by number; its impulse response; what makes a filter linear."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, cast

import numpy as np

from kernels import filter_presets, filters
from motionapp.labs.shades import grey_picture, round_limit, signed_picture
from motionapp.labs.view import LabView
from motionapp.settings import choice, number, odd
from motionapp.types import Array

Page = Literal["picture", "impulse", "example", "linearity"]
Operation = Literal["convolution", "correlation"]
Preset = Literal[
    "identity", "shift", "box", "Gaussian", "sharpen", "derivative", "Sobel x", "Sobel y", "Laplacian", "impulse",
    "example", "own",
]  # fmt: skip
Border = Literal["mirror", "zero", "repeat", "wrap"]
After = Literal["nothing", "absolute value", "clipped to 0 … 1"]

#: A typed kernel has at most so many rows and columns.
LARGEST = 15
#: Laws are checked on pictures no larger than this.
CHECKED_PX = 320
#: Results that differ by no more than this part of their largest value are equal but for the rounding of float32.
ROUNDING = 1e-5


@dataclass(frozen=True, slots=True)
class Parameters:
    """What is shown, and of which kernel; the numbers of the kernel itself are state."""

    page: Page = choice("picture", Page, "Show", "Picture, impulse response, worked example or the laws of linearity")
    preset: Preset = choice("sharpen", Preset, "Kernel", "A well-known kernel; type into it to make your own")
    size: int = odd(3, 1, LARGEST, "Size", "Rows and columns of the kernel")
    operation: Operation = choice(
        "convolution", Operation, "Operation", "Convolution lays the kernel over the picture turned by 180°"
    )
    border: Border = choice("mirror", Border, "Border", "What continues the picture beyond its edge")
    a: float = number(2.0, -3.0, 3.0, "a", "Factor of the first picture", 0.1)
    b: float = number(-0.5, -3.0, 3.0, "b", "Factor of the second picture", 0.1)
    after: After = choice("nothing", After, "Afterwards", "What is done to the result: this may break the laws")


@dataclass(frozen=True, slots=True)
class Filtered:
    """A picture and what the kernel made of it: ``values`` (H, W) float32, both as (H, W, 3) uint8 RGB to look at.

    ``limit`` is the range of the map of signed numbers, None where the result is shown in grey from 0 to 1.
    """

    grey: Array
    values: Array
    before: Array
    after: Array
    limit: float | None


@dataclass(frozen=True, slots=True)
class Law:
    """One law of linearity: ``left`` and ``right`` side, (H, W) float32, and by how much they differ at most."""

    name: str
    left: Array
    right: Array
    difference: float
    holds: bool


def kernel_of(preset: str, size: int) -> Array:
    """Return the numbers of a preset as (n, n) float64: n is ``size``, or more where the preset is larger.

    Box and Gaussian (binomial weights) grow with their size, others stand in the middle of zeros. Raises ValueError if
    there is no such preset, or ``size`` is not odd.
    """
    if size % 2 == 0 or not 1 <= size <= LARGEST:
        raise ValueError(f"size must be odd and from 1 to {LARGEST}, got {size}")
    if preset == "box":
        return np.full((size, size), 1.0 / size**2)
    if preset == "Gaussian":
        taps = np.array([math.comb(size - 1, k) for k in range(size)]) / 2.0 ** (size - 1)
        return np.outer(taps, taps)
    if preset not in filter_presets.PRESETS:
        raise ValueError(f"there is no preset {preset!r}")
    kernel = filter_presets.PRESETS[preset].kernel
    return resized(kernel, max(size, *kernel.shape))


def does(preset: str) -> str:
    """Return in one sentence what a preset does to a picture; nothing for one's own."""
    return filter_presets.PRESETS[preset].does if preset in filter_presets.PRESETS else ""


def resized(kernel: Array, size: int) -> Array:
    """Return ``kernel`` cut, or surrounded by zeros, to (size, size); its middle stays the middle."""
    rows, columns = kernel.shape
    wide = np.pad(kernel, size)
    y, x = rows // 2 + size - size // 2, columns // 2 + size - size // 2
    return wide[y : y + size, x : x + size].copy()


def apply(image: Array, kernel: Array, parameters: Parameters) -> Array:
    """Return the convolution or the correlation of (H, W) ``image`` with ``kernel``, (H, W) float32."""
    chosen = filters.convolve if parameters.operation == "convolution" else filters.correlate
    result: Array = chosen(image, kernel, border=parameters.border)
    return result


def filtered(view: LabView, kernel: Array, parameters: Parameters) -> Filtered:
    """Return what the kernel makes of a view's grey values: grey again, or with a sign where its weights cancel."""
    values = apply(view.grey, kernel, parameters)
    limit = None if kernel.sum() > 0.05 * np.abs(kernel).sum() else round_limit(values)
    after = grey_picture(values) if limit is None else signed_picture(values, limit)
    return Filtered(view.grey, values, grey_picture(view.grey), after, limit)


def around(image: Array, x: int, y: int, size: int, border: str) -> Array:
    """Return the (size, size) pixels of ``image`` around (x, y), continued beyond its edge as the filter does."""
    half, mode = size // 2, cast(Any, filters.BORDERS[border])
    return np.pad(image, half, mode)[y : y + size, x : x + size]


def laid(kernel: Array, operation: str) -> Array:
    """Return the kernel as it is laid over the picture: turned by 180° for convolution."""
    return kernel[::-1, ::-1].copy() if operation == "convolution" else kernel


def impulse_response(kernel: Array, parameters: Parameters) -> tuple[Array, Array]:
    """Return a picture that is 1 in its middle and 0 elsewhere, two pixels larger than the kernel, and its result."""
    impulse = filter_presets.impulse((kernel.shape[0] + 2, kernel.shape[1] + 2))
    return impulse, apply(impulse, kernel, parameters)


#: The worked example: a picture of 3×3 pixels, a kernel, and the result at the middle pixel.
EXAMPLE_IMAGE = np.array(filter_presets.EXAMPLE_IMAGE, np.float32)
EXAMPLE_KERNEL = np.array(filter_presets.EXAMPLE_KERNEL, np.float32)
EXAMPLE_STEPS = EXAMPLE_KERNEL.size


@dataclass(frozen=True, slots=True)
class Route:
    """The worked example by one route, after some products: the ``kernel`` as it is laid over the picture, (3, 3).

    ``products`` is (3, 3) float64 with NaN where nothing was multiplied yet; ``total`` is their sum so far.
    """

    operation: str
    kernel: Array
    products: Array
    total: float


def worked_example(steps: int) -> tuple[Route, Route]:
    """Return correlation and convolution of the example after the first ``steps`` of nine products."""
    routes = []
    for operation in ("correlation", "convolution"):
        kernel = laid(EXAMPLE_KERNEL, operation)
        products = (EXAMPLE_IMAGE * kernel).astype(np.float64)
        products.reshape(-1)[max(0, steps) :] = np.nan
        routes.append(Route(operation, kernel, products, float(np.nansum(products))))
    return routes[0], routes[1]


def check_linearity(view: LabView, kernel: Array, parameters: Parameters) -> tuple[Law, Law, Law]:
    """Check homogeneity, additivity and superposition on the view I and its mirror image J.

    f(aI) = a f(I), f(I + J) = f(I) + f(J), f(aI + bJ) = a f(I) + b f(J), where f is the filter and what is done
    afterwards. The pictures are no larger than :data:`CHECKED_PX`.
    """
    first = view.within(CHECKED_PX).grey
    second = np.ascontiguousarray(first[:, ::-1])
    a, b = np.float32(parameters.a), np.float32(parameters.b)

    def f(image: Array) -> Array:
        return _AFTER[parameters.after](apply(image, kernel, parameters))

    f_first, f_second = f(first), f(second)
    return (
        _law("Homogeneity", f(a * first), a * f_first),
        _law("Additivity", f(first + second), f_first + f_second),
        _law("Superposition", f(a * first + b * second), a * f_first + b * f_second),
    )


def _law(name: str, left: Array, right: Array) -> Law:
    difference = float(np.abs(left - right).max())
    scale = max(float(np.abs(left).max()), float(np.abs(right).max()), 1e-6)
    return Law(name, left, right, difference, difference <= ROUNDING * scale)


_AFTER: dict[str, Callable[[Array], Array]] = {
    "nothing": lambda values: values,
    "absolute value": np.abs,
    "clipped to 0 … 1": lambda values: np.clip(values, 0.0, 1.0),
}
