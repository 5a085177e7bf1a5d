"""Time and error of the steerable pyramid beside pyrtools, which take turns on one picture in one run.

``python -m benchmarks.steerable`` prints the medians of building and rebuilding 512 × 512 pixels of float32 in five
levels of four orientations, and fails where ours takes more than a quarter of pyrtools' time or bands differ by more
than 1e-5 of the largest coefficient. Without pyrtools (``pip install pyrtools``) it prints ours alone and says so.
"""

from __future__ import annotations

import argparse
import importlib.util
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.command import aligned, positive
from kernels.checks import Array
from kernels.steerable import Bands, SteerablePyramid

SIZE, LEVELS, ORDER = 512, 5, 3
LARGEST_SHARE, LARGEST_DIFFERENCE = 0.25, 1e-5
ABSENT = "pyrtools is not installed"


def ours(image: Array) -> tuple[Callable[[], Any], Callable[[Any], Array]]:
    """Return what builds our bands of ``image`` and what rebuilds it from them."""
    pyramid = SteerablePyramid(image.shape, LEVELS, ORDER)
    return lambda: pyramid.build(image), pyramid.collapse


def theirs(image: Array) -> tuple[Callable[[], Any], Callable[[Any], Array]]:
    """Return the same of pyrtools."""
    from pyrtools.pyramids import SteerablePyramidFreq

    return lambda: SteerablePyramidFreq(image, height=LEVELS, order=ORDER), lambda built: built.recon_pyr()


def race(
    methods: dict[str, tuple[Callable[[], Any], Callable[[Any], Array]]], repeats: int
) -> dict[str, tuple[float, float]]:
    """Return every method's median times in ms to build and to rebuild, measured in turns after a first run of each."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in methods}
    for repeat in range(repeats + 1):
        for name, (build, rebuild) in methods.items():
            began = time.perf_counter()
            bands = build()
            built = time.perf_counter()
            rebuild(bands)
            ended = time.perf_counter()
            if repeat:
                times[name].append((1000 * (built - began), 1000 * (ended - built)))
    return {name: tuple(map(statistics.median, zip(*spent, strict=True))) for name, spent in times.items()}


def difference(bands: Bands, peer: Any) -> float:
    """Return the largest difference of a piece from pyrtools', in parts of the largest coefficient of that piece."""
    pairs = [(bands.high, peer["residual_highpass"]), (bands.low, peer["residual_lowpass"])]
    pairs += [(bands.oriented[i][b], peer[i, b]) for i in range(LEVELS) for b in range(ORDER + 1)]
    return max(float(np.abs(mine - other).max() / np.abs(other).max()) for mine, other in pairs)


def main() -> int:
    """Measure and print; 1 if a bound is not kept."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=positive, default=15, help="timed runs of each (default: %(default)s)")
    options = parser.parse_args()
    image = np.random.default_rng(0).random((SIZE, SIZE), dtype=np.float32)
    methods = {"ours": ours(image)}
    if installed := importlib.util.find_spec("pyrtools") is not None:
        methods["pyrtools"] = theirs(image)
    times = race(methods, options.repeats)
    rows = [["", "build ms", "rebuild ms", "error of rebuild"]]
    for name, (build, rebuild) in methods.items():
        error = float(np.abs(rebuild(build()) - image).max())
        rows.append([name, *(f"{ms:.1f}" for ms in times[name]), f"{error:.1e}"])
    print(aligned(rows))
    if not installed:
        print(f"left out: {ABSENT}", file=sys.stderr)
        return 0
    share = sum(times["ours"]) / sum(times["pyrtools"])
    apart = difference(methods["ours"][0](), methods["pyrtools"][0]().pyr_coeffs)
    print(f"\n{share:.2f} of pyrtools' time (at most {LARGEST_SHARE}); bands within {apart:.1e} of its maximum")
    return int(share > LARGEST_SHARE or apart > LARGEST_DIFFERENCE)


if __name__ == "__main__":
    sys.exit(main())
