"""How live is it? Rates, latency, the window's own work, memory, and the start, on this machine.

``python -m benchmarks.live`` takes about five minutes; ``--minutes 10`` judges memory for the record, ``--only start``
runs one part, ``--json`` prints figures for machines. The targets are those of a laptop with two cores.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial

from benchmarks.live_window import part
from benchmarks.paced import PacedScene, mjpeg_server
from motionapp.live import LiveSession
from motionapp.settings import PRESETS, Settings
from motionapp.sources import FrameSource

#: Figure → (label, target as text, whether a value meets it).
TARGETS: dict[str, tuple[str, str, Callable[[float], bool]]] = {
    "processed_hz": ("processed, fps", "≥ 29.5", lambda v: v >= 29.5),
    "most_waiting": ("frames in flight at most", "≤ 2", lambda v: v <= 2),
    "capture_to_screen_p95_ms": ("capture to screen p95, ms", "≤ 100", lambda v: v <= 100),
    "tick_p95_ms": ("GUI work per picture p95, ms", "≤ 10", lambda v: v <= 10),
    "rss_slope_mb_per_min": ("memory slope, MB/min", "≤ 1", lambda v: v <= 1),
    "close_s": ("closing while playing, s", "≤ 3", lambda v: v <= 3),
    "training_hz": ("processed while training, fps", "≥ 25", lambda v: v >= 25),
    "training_longest_gap_ms": ("training: longest GUI gap, ms", "≤ 50", lambda v: v <= 50),
    "first_window_s": ("first start: window, s", "≤ 2.5", lambda v: v <= 2.5),
    "first_longest_gap_ms": ("first start: longest GUI gap, ms", "≤ 200", lambda v: v <= 200),
    "second_arrows_s": ("second start: arrows, s", "≤ 5", lambda v: v <= 5),
}


def stream(opener: Callable[[str], FrameSource], seconds: float, preset: str = "live") -> dict[str, float]:
    """Run a session without a window on a source of 30 fps, taking each picture as it comes."""
    session = LiveSession("paced", Settings(flow=PRESETS[preset]), opener=opener)
    session.start()
    latencies, in_flight = [], []
    try:
        while (picture := session.pictures.take(300.0)) is None or picture.motion.first:
            if picture is None:
                raise TimeoutError("no picture came")
        before, began = session.status(), time.monotonic()
        while time.monotonic() - began < seconds:
            picture = session.pictures.take(1.0)
            if picture is not None:
                latencies.append(time.monotonic() - picture.motion.frame.captured_s)
            status = session.status()
            in_flight.append(status.captured - status.processed - status.dropped)
        after, elapsed_s = session.status(), time.monotonic() - began
    finally:
        session.close()
    return {
        "source_hz": (after.captured - before.captured) / elapsed_s,
        "processed_hz": (after.processed - before.processed) / elapsed_s,
        "dropped": after.dropped - before.dropped,
        "most_waiting": max(in_flight),
        "capture_to_picture_p50_ms": 1000 * part(latencies, 0.5),
        "capture_to_picture_p95_ms": 1000 * part(latencies, 0.95),
    }


def scene(options: argparse.Namespace) -> dict[str, float]:
    """A synthetic camera in this process."""
    return stream(lambda _uri: PacedScene("moving-arm", 30.0), options.seconds)


def network(options: argparse.Namespace) -> dict[str, float]:
    """An MJPEG camera over http on this machine, encoded beforehand, decoded by OpenCV like any other."""
    from motionapp.network import NetworkSource

    with ExitStack() as stack:
        url = stack.enter_context(mjpeg_server("moving-arm", 30.0))
        return stream(lambda _uri: NetworkSource(url), options.seconds)


def window(options: argparse.Namespace) -> dict[str, float]:
    """The main window with 1,200 arrows."""
    from benchmarks.live_window import run

    return run(options.minutes)


def training(options: argparse.Namespace) -> dict[str, float]:
    """The same window while a training runs in it, from its first step on."""
    from benchmarks.live_training import noise, train
    from benchmarks.live_window import run

    figures = run(options.minutes, partial(train, noise()))
    kept = ("shown_hz", "capture_to_screen_p95_ms", "tick_p95_ms", "gap_p99_ms", "close_s")
    return {
        "training_hz": figures["processed_hz"],
        **{name: figures[name] for name in kept},
        "training_longest_gap_ms": figures["longest_gap_ms"],
        "training_steps_hz": figures["training_steps_hz"],
    }


def start(_options: argparse.Namespace) -> dict[str, float]:
    """A first start, with nothing compiled, and a second one, each a process of its own with an empty home."""
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as home:
        folders = dict.fromkeys(("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"), home)
        for which in ("first", "second"):
            command = [sys.executable, "-m", "benchmarks.live", "--probe", repr(time.time())]
            done = subprocess.run(
                command, env=os.environ | folders, stdout=subprocess.PIPE, text=True, check=True, timeout=400
            )
            seen = json.loads(done.stdout.splitlines()[-1])
            figures |= {f"{which}_{name}": value for name, value in seen.items()}
    return figures


PARTS = {"scene": scene, "network": network, "window": window, "training": training, "start": start}


def table(part_name: str, figures: dict[str, float]) -> list[str]:
    """Return the lines of one part's table."""
    lines = [f"{part_name}: {PARTS[part_name].__doc__}"]
    for name, value in figures.items():
        label, target, meets = TARGETS.get(name, (name.replace("_", " "), "", lambda _value: True))
        verdict = ("met" if meets(value) else "MISSED") if target else ""
        lines.append(f"  {label:<34} {value:>9.1f}   {target:<7} {verdict}".rstrip())
    return lines


def main() -> int:
    """Run the parts asked for, each in a process of its own, and print their tables."""
    parser = argparse.ArgumentParser("python -m benchmarks.live", description=__doc__)
    parser.add_argument("--only", choices=PARTS, action="append", help="run this part; may be given more than once")
    parser.add_argument("--seconds", type=float, default=15.0, help="of each run without a window (default: 15)")
    parser.add_argument("--minutes", type=float, default=1.0, help="of the run with a window (default: 1)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    parser.add_argument("--probe", type=float, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.probe is not None:
        from benchmarks.live_window import probe

        probe(options.probe)
        return 0
    if options.part:
        print(json.dumps(PARTS[options.part](options)))
        return 0
    results = {}
    for name in options.only or PARTS:
        command = [sys.executable, "-m", "benchmarks.live", "--part", name]
        command += ["--seconds", str(options.seconds), "--minutes", str(options.minutes)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        results[name] = json.loads(done.stdout.splitlines()[-1])
        if not options.json:
            print(*table(name, results[name]), sep="\n", flush=True)
    if options.json:
        print(json.dumps(results, indent=1))
    met = all(
        TARGETS[name][2](value) for figures in results.values() for name, value in figures.items() if name in TARGETS
    )
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
