"""Offline analysis from file to files: its rate and where the time goes, its memory, and what a second process gives.

    python -m benchmarks.analysis [--only rate,memory,jobs] [--minutes 10] [--preset live] [--json FILE]

Each figure comes from a process of its own that analyses 640×480 with table and annotated video. Decoding, measuring,
drawing and writing go on beside the estimator as far as there are cores; "other" is the part of the time in which no
motion is estimated.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from benchmarks.command import aligned, json_file, names_of, positive
from kernels.warmup import warm_up
from motionapp.analysis.executors import cores
from motionapp.scenes import SceneSource
from motionapp.settings import PRESETS

SIZE, RATE_HZ, SECONDS, CLIPS = (640, 480), 30, 10, 8
PARTS = ("rate", "memory", "jobs")
_ANALYSE = """
import json, resource, sys, time
from pathlib import Path
from motionapp.analysis.executors import this_process
from motionapp.analysis.recipe import Recipe
from motionapp.analysis.run import analyse
from motionapp.settings import PRESETS

def main():
    preset, out, *paths = sys.argv[1:]
    recipe = Recipe(flow=PRESETS[preset], video="arrows")
    began = time.perf_counter()
    with this_process(recipe):
        results = analyse([Path(path) for path in paths], recipe, Path(out))
    print(json.dumps({
        "seconds": time.perf_counter() - began,
        "frames": sum(result.decoded for result in results),
        "parts": results[0].seconds,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "errors": [result.error for result in results if result.error],
    }))

if __name__ == "__main__":
    main()
"""


def write_clip(path: Path, start: int = 0) -> Path:
    """Write ten seconds of a moving arm, from frame ``start`` of the scene on and round."""
    source = SceneSource("moving-arm", *SIZE)
    shown = [source.read() for _ in range(SECONDS * RATE_HZ)]
    tick = Fraction(1, 15360)
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("libx264", rate=RATE_HZ, options={"crf": "20", "bf": "0", "g": "60"})
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        stream.codec_context.time_base = tick
        for number in range(len(shown)):
            frame = shown[(start + number) % len(shown)]
            assert frame is not None
            picture = av.VideoFrame.from_ndarray(frame.image, format="rgb24")
            picture.pts, picture.time_base = number * 512, tick
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    return path


def repeat(clip: Path, path: Path, times: int) -> Path:
    """Write a clip ``times`` times in a row into one file, without encoding it again."""
    with av.open(str(path), "w") as output:
        copy: Any = None
        for round_ in range(times):
            with av.open(str(clip)) as container:
                stream = container.streams.video[0]
                copy = copy or output.add_stream_from_template(stream)
                for packet in container.demux(stream):
                    if packet.size:
                        shift = round(round_ * SECONDS / packet.time_base)
                        packet.pts, packet.dts, packet.stream = packet.pts + shift, packet.dts + shift, copy
                        output.mux(packet)
    return path


def analyse(preset: str, out: Path, *paths: Path) -> dict[str, Any]:
    """Analyse clips in a process of its own, and return what it says of itself."""
    words = [sys.executable, "-c", _ANALYSE, preset, str(out), *map(str, paths)]
    found: dict[str, Any] = json.loads(subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout)
    if found["errors"]:
        raise RuntimeError("; ".join(found["errors"]))
    return found


def rate(preset: str, clip: Path, folder: Path) -> dict[str, float]:
    """Return frames per second from start to end, the part of the time that is not estimating, and ms per frame."""
    found = analyse(preset, folder / "rate", clip)
    parts, frames = found["parts"], found["frames"]
    each_ms = {f"{name}_ms": 1000 * seconds / frames for name, seconds in parts.items()}
    return {
        "frames_per_s": frames / found["seconds"],
        "chunks_frames_per_s": frames / parts["all"],
        "other_share": 1 - parts["estimating"] / parts["all"],
        **each_ms,
    }


def memory(preset: str, clip: Path, folder: Path, minutes: int) -> dict[str, float]:
    """Return the peak memory of ten seconds and of so many minutes, and their ratio."""
    long = repeat(clip, folder / "long.mp4", minutes * 60 // SECONDS)
    short_mb = analyse(preset, folder / "short", clip)["peak_mb"]
    found = analyse(preset, folder / "long", long)
    return {
        "short_mb": short_mb,
        "long_mb": found["peak_mb"],
        "ratio": found["peak_mb"] / short_mb,
        "long_frames": found["frames"],
        "long_frames_per_s": found["frames"] / found["seconds"],
    }


def jobs(preset: str, folder: Path) -> dict[str, float]:
    """Return the time of eight clips with one process and with two, and whether the bytes are the same."""
    paths = [write_clip(folder / f"clip{number}.mp4", 30 * number) for number in range(CLIPS)]
    times, written = [], []
    for count in (1, 2):
        out = folder / f"jobs{count}"
        words = [sys.executable, "-m", "motionapp", "analyze", *map(str, paths), "-o", str(out), "--preset", preset]
        began = time.perf_counter()
        subprocess.run([*words, "--video", "--jobs", str(count)], check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - began)
        written.append({path.name: path.read_bytes() for path in out.iterdir()})
    same = float(written[0] == written[1])
    return {"one_s": times[0], "two_s": times[1], "ratio": times[0] / times[1], "same_bytes": same}


def main() -> int:
    """Measure what was asked for and print it."""
    parser = argparse.ArgumentParser("python -m benchmarks.analysis", description=__doc__.split("\n")[0])
    parser.add_argument("--only", type=names_of(PARTS), default=list(PARTS), help=", ".join(PARTS))
    parser.add_argument("--minutes", type=positive, default=10, help="length of the long file (10)")
    parser.add_argument("--preset", choices=list(PRESETS), default="live")
    parser.add_argument("--json", type=json_file, metavar="FILE", help="write the figures too")
    options = parser.parse_args()
    warm_up()
    figures: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clip = write_clip(folder / "clip.mp4")
        if "rate" in options.only:
            figures["rate"] = rate(options.preset, clip, folder)
        if "memory" in options.only:
            figures["memory"] = memory(options.preset, clip, folder, options.minutes)
        if "jobs" in options.only:
            figures["jobs"] = jobs(options.preset, folder)
    rows = [["figure", ""]]
    for part, found in figures.items():
        rows += [[f"{part}: {kind}", f"{value:.3g}"] for kind, value in found.items()]
    print(f"{SIZE[0]}×{SIZE[1]}, preset {options.preset}, table and annotated video, {cores()} cores\n")
    print(aligned(rows))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
