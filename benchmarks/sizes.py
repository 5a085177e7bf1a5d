"""How time and memory of one frame grow with the number of its pixels.

``python -m benchmarks.sizes`` lets each preset estimate frame after frame of a texture that slides by 3 px to the right
and 2 px down, at sizes from 320×240 to 3840×2160, each in a process of its own. A time is the median of several
frames; where the least of them is far below it, the machine had other work to do. The slope of log time against log
pixels is 1 where time is proportional to pixels.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import sys
from collections.abc import Sequence
from dataclasses import asdict
from itertools import product

from tqdm import tqdm

from benchmarks.command import aligned, conditions, json_file, names_of, png, positive
from benchmarks.cost import SHIFT_PX, Cost, measure_alone
from kernels.warmup import warm_up
from motionapp.settings import PRESETS
from motionapp.types import MotionError

SIZES = ((320, 240), (640, 480), (1280, 720), (1920, 1080), (2560, 1440), (3840, 2160))
#: Smaller pictures are as much overhead as pixels: slopes are given with and without them.
REFERENCE = (640, 480)


def slope(costs: Sequence[Cost], least_px: int = 0) -> float | None:
    """Return how log time grows with log pixels, by least squares, over sizes of ``least_px`` pixels or more.

    None where there are not two such sizes.
    """
    points = [(math.log(cost.pixels), math.log(cost.median_ms)) for cost in costs if cost.pixels >= least_px]
    pixels, times = zip(*points, strict=True) if points else ((), ())
    return statistics.linear_regression(pixels, times).slope if len(set(pixels)) > 1 else None


def slopes(costs: Sequence[Cost]) -> dict[str, float | None]:
    """Return the slope over all sizes and from the reference size up."""
    width, height = REFERENCE
    return {"all": slope(costs), f"from {width}×{height}": slope(costs, width * height)}


def table(costs: Sequence[Cost]) -> str:
    """Return the costs of one preset as aligned text, slopes below."""
    rows = [["size", "Mpx", "ms", "least ms", "ns/px", "before MB", "peak MB", "own MB"]]
    rows += [
        [
            f"{cost.width}×{cost.height}",
            f"{cost.pixels / 1e6:.2f}",
            f"{cost.median_ms:.1f}",
            f"{min(cost.times_ms):.1f}",
            f"{1e6 * cost.median_ms / cost.pixels:.1f}",
            f"{cost.before_mb:.0f}",
            f"{cost.peak_mb:.0f}",
            f"{cost.own_mb:.0f}",
        ]
        for cost in costs
    ]
    found = ", ".join(f"{name} {'–' if value is None else f'{value:.2f}'}" for name, value in slopes(costs).items())
    return f"{costs[0].preset}\n{aligned(rows)}\nslope of time: {found} (1 = linear)"


def _sizes(text: str) -> list[tuple[int, int]]:
    try:
        found = [tuple(map(positive, one.split("x"))) for one in text.split(",")]
        return sorted({(width, height) for width, height in found}, key=lambda size: size[0] * size[1])
    except (argparse.ArgumentTypeError, ValueError):
        raise argparse.ArgumentTypeError(f"{text!r} is not a list of sizes such as 320x240,640x480") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks.sizes", description=__doc__)
    parser.add_argument(
        "--presets", type=names_of(PRESETS), default=list(PRESETS), help=f"some of {','.join(PRESETS)} (default: all)"
    )
    shown = ",".join(f"{width}x{height}" for width, height in SIZES)
    parser.add_argument("--sizes", type=_sizes, default=list(SIZES), help=f"default: {shown}")
    parser.add_argument("--steps", type=positive, default=15, help="timed frames of each size (default: 15)")
    parser.add_argument("--workers", type=positive, default=2, help="threads (default: 2)")
    parser.add_argument("--plot", type=png, metavar="PNG", help="draw time against pixels")
    parser.add_argument("--json", type=json_file, metavar="JSON", help="write all figures to a file")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and write what was asked for."""
    options = _parser().parse_args(arguments)
    warm_up()  # compiles where needed, so that the processes to be measured only load
    about = {"shift_px": SHIFT_PX, "steps": options.steps, **conditions(options.workers)}
    pairs = list(product(options.presets, options.sizes))
    try:
        costs = [
            measure_alone(preset, *size, options.steps, options.workers)
            for preset, size in tqdm(pairs, unit="size", disable=None, leave=False)
        ]
        curves = [[cost for cost in costs if cost.preset == preset] for preset in options.presets]
        load = "" if about["load"] is None else f", load {about['load']:.1f} before"
        threads = f"{options.workers} thread{'s' if options.workers > 1 else ''}"
        print(f"{options.steps} frames of each size, {threads}{load}")
        print(", ".join(f"{name} {version}" for name, version in about["versions"].items()))
        print("before: held before the first frame; peak: most held from then on; own: the difference")
        for curve in curves:
            print("\n" + table(curve))
        if options.json:
            options.json.write_text(_json(about, curves))
        if options.plot:
            from benchmarks.growth import draw

            width, height = REFERENCE
            draw(curves, width * height, f"median of {options.steps} frames, {threads}", options.plot)
    except (MotionError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _json(about: dict[str, object], curves: Sequence[Sequence[Cost]]) -> str:
    presets = {
        curve[0].preset: {
            "slopes": slopes(curve),
            "sizes": [asdict(cost) | {"median_ms": cost.median_ms, "own_mb": cost.own_mb} for cost in curve],
        }
        for curve in curves
    }
    return json.dumps({"conditions": about, "presets": presets}, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.exit(main())
