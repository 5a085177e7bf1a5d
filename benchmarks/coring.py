"""What coring gains on a well-known picture, rule by rule, beside other ways to remove noise.

``python -m benchmarks.coring`` adds noise of ``default_rng(0)`` to scikit-image's camera, unclipped, and prints peak
signal-to-noise ratios in dB; it fails where the best rule is below :data:`WANTED_DB`. The rules' settings are their
defaults, which were chosen on coffee and astronaut. Without scikit-image (``pip install scikit-image``) it says so.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import time
from collections.abc import Callable, Iterator

import numpy as np

from benchmarks.command import aligned
from kernels.checks import Array
from kernels.coding import psnr
from kernels.coring import MODES, TRANSFORMS, denoise

#: Standard deviations of the noise in grey levels of 255, and the dB wanted of the best rule.
WANTED_DB = {10: 33.2, 25: 28.9, 50: 26.1}
ABSENT = "scikit-image is not installed"

Method = Callable[[Array, float], Array]


def ours() -> Iterator[tuple[str, Method]]:
    """Yield our rules on both pyramids."""
    for transform in TRANSFORMS:
        for mode in MODES:
            yield f"{transform} {mode}", lambda y, s, t=transform, m=mode: denoise(y, s, transform=t, mode=m)


def theirs() -> Iterator[tuple[str, Method]]:
    """Yield scikit-image's methods, which are told the noise where they can use it."""
    from skimage.restoration import denoise_nl_means, denoise_tv_chambolle

    yield "total variation", lambda y, s: denoise_tv_chambolle(y, weight=s)
    yield "non-local means", lambda y, s: denoise_nl_means(y, h=0.8 * s, sigma=s, patch_size=5, patch_distance=6)


def measure(picture: Array, method: Method) -> tuple[list[float], float]:
    """Return a method's dB for every noise of :data:`WANTED_DB`, and the ms of its last call."""
    found, elapsed_ms = [], 0.0
    for deviation in WANTED_DB:
        noise = np.random.default_rng(0).normal(0, deviation, picture.shape) / 255
        began = time.perf_counter()
        restored = method(picture + noise, deviation / 255)
        elapsed_ms = 1000 * (time.perf_counter() - began)
        found.append(psnr(restored, picture))
    return found, elapsed_ms


def main() -> int:
    """Measure and print; 1 if the best rule is worse than wanted."""
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    if importlib.util.find_spec("skimage") is None:
        print(f"nothing measured: {ABSENT}", file=sys.stderr)
        return 0
    from skimage import data

    picture = data.camera() / 255
    rows, best = [["dB at noise of", *map(str, WANTED_DB), "ms"]], [0.0] * len(WANTED_DB)
    methods = [
        ("noisy", lambda y, _s: y, False),
        *((*one, True) for one in ours()),
        *((*one, False) for one in theirs()),
    ]
    for name, method, own in methods:
        found, elapsed_ms = measure(picture, method)
        rows.append([name, *(f"{db:.2f}" for db in found), f"{elapsed_ms:.0f}"])
        best = list(map(max, best, found)) if own else best
    print(aligned(rows))
    enough = all(db >= wanted for db, wanted in zip(best, WANTED_DB.values(), strict=True))
    print(f"\nthe best of ours is {'as good as' if enough else 'worse than'} wanted: {list(WANTED_DB.values())}")
    return int(not enough)


if __name__ == "__main__":
    sys.exit(main())
