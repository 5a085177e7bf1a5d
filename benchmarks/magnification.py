"""How much of a motion is magnified, and what a frame costs.

``python -m benchmarks.magnification`` prints for both methods

- the gain on gratings by angle and wavelength: how far one that moved by 0.05 px has moved afterwards, as part of
  1 + α times that (α = 9);
- the gain on a texture with a 1/f spectrum that was shifted in the Fourier transform by 0.05 px (α = 9), counting waves
  from so many px on: least squares against its exact slope. A wave under 4 px hardly survives a video codec;
- the time of a frame of 640×480, of the kernel alone and with colour, on one thread and on all, and the memory of a
  magnifier.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import get_args

import numpy as np

from benchmarks.command import aligned, conditions
from benchmarks.waves import grating, grating_moved_px, magnified, shifted, texture_gain, texture_spectrum
from kernels import bands
from kernels.checks import Array
from kernels.warmup import warm_up
from motionapp.magnification import KERNELS, Magnifier
from motionapp.settings import Magnification, MagnifySettings
from motionapp.types import Frame

METHODS = get_args(Magnification)
ANGLES_DEG = (0.0, 15.0, 22.5, 30.0, 45.0, 60.0, 75.0, 90.0)
WAVELENGTHS_PX = (3.0, 4.0, 5.3, 8.0, 11.0, 16.0, 24.0)
SHORTEST_PX = (8.0, 4.0, 3.0, 2.0, 1.0)
MOVED_PX, ALPHA = 0.05, 9.0


def grating_gains(method: str, wavelength_px: float) -> list[float]:
    """Return the part of 1 + α that gratings of a wavelength move by, one for each angle."""
    gains = []
    for angle in np.deg2rad(ANGLES_DEG):
        first, second = (grating(wavelength_px, angle, moved_px, 128) for moved_px in (0.0, MOVED_PX))
        picture = magnified(KERNELS[method](first.shape), first, second, ALPHA)
        gains.append(grating_moved_px(picture, wavelength_px, angle) / (MOVED_PX * (1 + ALPHA)))
    return gains


def texture_gains(method: str) -> list[float]:
    """Return the part of 1 + α that a texture moves by, one for each shortest wavelength counted."""
    spectrum, step = texture_spectrum(), (0.6 * MOVED_PX, 0.8 * MOVED_PX)
    first, second = shifted(spectrum, 0.0, 0.0), shifted(spectrum, *step)
    picture = magnified(KERNELS[method](first.shape), first, second, ALPHA)
    return [texture_gain(picture, spectrum, *step, shortest_px) / (1 + ALPHA) for shortest_px in SHORTEST_PX]


def times_ms(step: Callable[[int], object], frames: int) -> tuple[float, float]:
    """Return the median and the least time of calls with 0, 1, 2 …, the first three left out."""
    taken = []
    for number in range(frames + 3):
        began = time.perf_counter()
        step(number)
        taken.append(1e3 * (time.perf_counter() - began))
    return statistics.median(taken[3:]), min(taken[3:])


def costs(method: str, frames: int, size: tuple[int, int]) -> dict[str, tuple[float, float]]:
    """Return median and least ms of a frame (height, width): the kernel alone, and with colour."""
    clip = _moving(size)
    grey = [image[:, :, 1].astype(np.float32) / 255 for image in clip]
    kernel, magnifier = KERNELS[method](size, None, 2), Magnifier(MagnifySettings(method=method))
    band = {"alpha": 15.0, "low_hz": 0.4, "high_hz": 3.0}
    return {
        "kernel": times_ms(lambda n: kernel.step(grey[n % 4], 1 / 30, **band), frames),
        "colour": times_ms(lambda n: magnifier.step(Frame(n, n / 30, clip[n % 4])), frames),
    }


def _moving(size: tuple[int, int]) -> list[Array]:
    """Return four pictures of a texture that sways."""
    coarse = np.random.default_rng(0).integers(0, 255, (size[0] // 4 + 2, size[1] // 4 + 2, 3))
    texture = np.kron(coarse, np.ones((4, 4, 1)))[: size[0], : size[1]].astype(np.uint8)
    return [np.ascontiguousarray(np.roll(texture, moved_px, 1)) for moved_px in (0, 1, 0, -1)]


def report(methods: list[str], frames: int, size: tuple[int, int]) -> dict[str, dict[str, object]]:
    """Measure and print; return the figures."""
    figures: dict[str, dict[str, object]] = {}
    for method in methods:
        found = figures[method] = {"gratings": {w: grating_gains(method, w) for w in WAVELENGTHS_PX}}
        rows = [[f"{method}: gratings", *(f"{angle:g}°" for angle in ANGLES_DEG)]]
        rows += [[f"{w:g} px", *(f"{gain:.3f}" for gain in gains)] for w, gains in found["gratings"].items()]
        print(aligned(rows), end="\n\n")
        found["texture"] = dict(zip(SHORTEST_PX, texture_gains(method), strict=True))
        rows = [["texture, waves from", *(f"{w:g} px" for w in SHORTEST_PX)]]
        print(aligned([*rows, ["gain", *(f"{gain:.3f}" for gain in found["texture"].values())]]), end="\n\n")
        everyone, rows = bands.workers(), [[f"{size[1]}×{size[0]}", "threads", "median ms", "least ms"]]
        try:
            for workers in sorted({1, everyone}):
                bands.set_workers(workers)
                found[f"ms on {workers}"] = taken = costs(method, frames, size)
                rows += [
                    [name, str(workers), f"{middle:.1f}", f"{least:.1f}"] for name, (middle, least) in taken.items()
                ]
        finally:
            bands.set_workers(everyone)
        print(aligned(rows), end="\n\n")
    return figures


def main(argv: list[str] | None = None) -> int:
    """Run the benchmark with the given words and return its exit code."""
    parser = argparse.ArgumentParser("python -m benchmarks.magnification", description=__doc__.partition("\n")[0])
    parser.add_argument("--method", action="append", choices=METHODS, help="one method only (both)")
    parser.add_argument("--frames", type=int, default=40, metavar="N", help="frames that are timed (40)")
    parser.add_argument("--size", default="640x480", metavar="WxH", help="of the frames that are timed (640x480)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON at the end")
    options = parser.parse_args(argv)
    width, height = map(int, options.size.split("x"))
    warm_up(labs=True)
    figures = report(options.method or list(METHODS), options.frames, (height, width))
    if options.json:
        print(json.dumps({"conditions": conditions(bands.workers()), **figures}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
