"""Kernels that every lecture on filters shows, by name; an impulse to see what a filter does; the worked example."""

from dataclasses import dataclass

import numpy as np

from kernels.checks import Array
from kernels.pyramid import TAPS

#: The worked example: the sums of products at the centre are 18 by convolution and −18 by correlation.
EXAMPLE_IMAGE = ((8, 5, 2), (7, 5, 3), (9, 4, 1))
EXAMPLE_KERNEL = ((-1, 0, 1),) * 3


@dataclass(frozen=True, slots=True, eq=False)
class Preset:
    """A kernel, (K, L) float64, and what it does to a picture, in one sentence."""

    kernel: Array
    does: str


def _impulse(size: int, row: int, column: int) -> Array:
    kernel = np.zeros((size, size))
    kernel[row, column] = 1
    return kernel


_BINOMIAL, _BOX = np.array(TAPS) / 16, np.full((3, 3), 1 / 9)
_SOBEL = np.outer([1, 2, 1], [-1.0, 0, 1])

#: By name, in the order of a menu. Sobel and derivative are written as one lays them over a picture, which is to
#: correlate; a convolution turns them round and so their sign.
PRESETS: dict[str, Preset] = {
    "identity": Preset(_impulse(3, 1, 1), "Leaves every pixel as it is."),
    "shift": Preset(
        _impulse(3, 1, 2), "Moves the picture by one pixel: to the right when convolved, else to the left."
    ),
    "box": Preset(_BOX, "Blurs: every pixel becomes the mean of its 3 × 3 neighbourhood."),
    "wide box": Preset(np.full((9, 9), 1 / 81), "Blurs more, and bright points become squares."),
    "Gaussian": Preset(np.outer(_BINOMIAL, _BINOMIAL), "Blurs alike in all directions; the pyramid's own filter."),
    "sharpen": Preset(2 * _impulse(3, 1, 1) - _BOX, "Doubles the picture and takes its blurred self away."),
    "derivative": Preset(np.array([[-0.5, 0, 0.5]]), "Measures the slope to the right."),
    "Sobel x": Preset(_SOBEL, "Measures slopes to the right, blurred along y: upright edges."),
    "Sobel y": Preset(_SOBEL.T.copy(), "Measures slopes downwards, blurred along x: level edges."),
    "Laplacian": Preset(
        np.array([[0.0, 1, 0], [1, -4, 1], [0, 1, 0]]), "Compares every pixel with its neighbours: edges all round."
    ),
    "impulse": Preset(_impulse(15, 3, 3), "A single 1 off the middle: the whole picture moves there."),
    "example": Preset(np.array(EXAMPLE_KERNEL, float), "The kernel of the worked example."),
}


def impulse(shape: tuple[int, int]) -> Array:
    """Return a black picture, (H, W) float32, with one white pixel in the middle: convolved, it becomes the kernel.

    Examples
    --------
    >>> print(impulse((3, 5)))
    [[0. 0. 0. 0. 0.]
     [0. 0. 1. 0. 0.]
     [0. 0. 0. 0. 0.]]
    """
    picture = np.zeros(shape, np.float32)
    picture[shape[0] // 2, shape[1] // 2] = 1
    return picture
