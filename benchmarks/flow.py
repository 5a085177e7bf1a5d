"""Error and time of dense optical flow, ours and its peers, on pairs of pictures whose true motion is known.

``python -m benchmarks.flow FOLDER`` takes a folder in the layout of Middlebury, MPI-Sintel or KITTI, ``--scenes`` the
synthetic scenes, ``--fast-arm`` an arm that moves further than it is wide. Every method gets the same two grey
pictures. Methods take turns, so that a machine that slows down slows down all; a time is the median of a pair's
repeats, then the mean over pairs.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from tqdm import tqdm

from benchmarks.command import aligned, conditions, names_of, png, positive
from benchmarks.pairs import FAST_ARM, Pair, fast_arm_pairs, find_pairs, scene_pairs, spoilt
from benchmarks.peers import METHODS, Method, available, set_workers
from benchmarks.race import SLOW_REPEATS, SLOW_S, Race, Summary, summarise
from kernels.warmup import warm_up
from motionapp.types import MotionError

#: Sequences beyond this many have no columns of their own.
MOST_COLUMNS = 8
SCENE_PAIRS = 3


def table(summaries: Sequence[Summary]) -> str:
    """Return the summaries as aligned text."""
    sequences, references = list(summaries[0].sequences_px), list(summaries[0].relative_time)
    shown = sequences if 1 < len(sequences) <= MOST_COLUMNS else []
    head = ["method", *shown, "AEPE px", "AAE °", "> 1/3 px", "time ms", "ms/Mpx"]
    rows = [head + [f"× {METHODS[name][0]}" for name in references]]
    rows += [
        [
            one.label,
            *(f"{one.sequences_px[name]:.3f}" for name in shown),
            f"{one.aepe_px:.3f}",
            f"{one.aae_deg:.2f}",
            f"{100 * one.outliers:.1f} %",
            f"{one.median_ms:.1f}",
            f"{one.ms_per_megapixel:.1f}",
            *(f"{one.relative_time[name]:.2f}" for name in references),
        ]
        for one in summaries
    ]
    return aligned(rows)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks.flow", description=__doc__)
    data = parser.add_mutually_exclusive_group(required=True)
    data.add_argument("folder", nargs="?", type=Path, help="data set in the layout of Middlebury, MPI-Sintel or KITTI")
    data.add_argument("--scenes", action="store_true", help="take the synthetic scenes: no data set needed")
    data.add_argument(
        "--fast-arm", action="store_true", help="take an arm 20 px wide that moves 30 px; on its own pixels"
    )
    parser.add_argument("--exposure", type=float, default=1.0, help="make the second picture so many times as bright")
    parser.add_argument(
        "--noise", type=float, default=0.0, help="add noise of this standard deviation, in grey levels of 255"
    )
    parser.add_argument(
        "--repeats",
        type=positive,
        default=9,
        help=f"timed calls per pair (default: 9; {SLOW_REPEATS} of a method over {SLOW_S:.0f} s)",
    )
    parser.add_argument(
        "--methods", type=names_of(METHODS), default=list(METHODS), help=f"some of {','.join(METHODS)} (default: all)"
    )
    parser.add_argument(
        "--pairs", type=positive, help=f"at most so many of each sequence (default: all; {SCENE_PAIRS} of a scene)"
    )
    parser.add_argument("--workers", type=positive, default=2, help="threads of ours and of OpenCV (default: 2)")
    parser.add_argument("--plot", type=png, metavar="PNG", help="draw error against time")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = _parser()
    options = parser.parse_args(arguments)
    methods, absent = available(options.methods)
    for name, reason in absent.items():
        print(f"left out: {METHODS[name][0]} ({reason})", file=sys.stderr)
    if not methods:
        parser.error("none of the methods asked for is installed")
    try:
        return _measure(options, methods, absent)
    except MotionError as error:
        print(error, file=sys.stderr)
        return 1


def _measure(options: argparse.Namespace, methods: Sequence[Method], absent: dict[str, str]) -> int:
    pairs: Iterable[Pair]
    if options.scenes:
        data, pairs = "synthetic scenes", list(scene_pairs(options.pairs or SCENE_PAIRS))
        count = len(pairs)
    elif options.fast_arm:
        data, pairs, count = "fast arm", fast_arm_pairs(), len(FAST_ARM)
    else:
        data, files = find_pairs(options.folder, options.pairs)
        pairs, count = (one.read() for one in files), len(files)
    if options.exposure != 1.0 or options.noise:
        data += f" (exposure × {options.exposure:g}, noise {options.noise:g} of 255)"
    warm_up(lambda _done, _total, _label: None)
    set_workers(options.workers)
    about = {
        "data": data,
        "pairs": count,
        "repeats": options.repeats,
        "slow_repeats": min(options.repeats, SLOW_REPEATS),
        **conditions(options.workers),
    }
    race, scores = Race(methods, options.repeats), []
    for pair in tqdm(pairs, total=count, unit="pair", disable=None, leave=False):
        scores += race.run(spoilt(pair, options.exposure, options.noise))
    summaries = summarise(methods, scores)
    if options.json:
        result = {
            "conditions": about,
            "left_out": absent,
            "methods": [asdict(one) for one in summaries],
            "scores": [asdict(one) | {"median_ms": one.median_ms} for one in scores],
        }
        print(json.dumps(result, indent=1, ensure_ascii=False))
    else:
        print(f"{data}: {count} pairs, {options.repeats} repeats, {options.workers} threads")
        print(", ".join(f"{name} {version}" for name, version in about["versions"].items()))
        print(table(summaries))
    if options.plot:
        from benchmarks.scatter import Point, draw

        sequences = len(summaries[0].sequences_px)
        what = f"{data}, {sequences} sequences" if sequences > 1 else f"{data}, {count} pairs"
        points = [Point(one.label, one.median_ms, one.aepe_px, one.ours) for one in summaries]
        draw(points, f"{what}, grey pictures, {options.workers} threads", options.plot)
    return 0


if __name__ == "__main__":
    sys.exit(main())
