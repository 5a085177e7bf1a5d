"""The command ``motionapp magnify``."""

from __future__ import annotations

import argparse
import json
import math
import sys
from contextlib import closing
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any, get_args

from motionapp.command import JSON, OUT, OVERWRITE, Command, advance, check_out, prepare, progress_bar
from motionapp.settings import Magnification, MagnifySettings, usable
from motionapp.types import MotionError

_DEFAULT = MagnifySettings()
_FIELDS = {entry.name: entry for entry in fields(MagnifySettings)}


def _magnify(options: argparse.Namespace) -> int:
    check_out(options.out, (".mp4",), options.overwrite)
    low_hz, high_hz = options.band
    given = {name: getattr(options, name) for name in ("alpha", "method", "levels", "order", "noise")}
    settings = replace(_DEFAULT, low_hz=low_hz, high_hz=high_hz, **given)
    if options.out.exists() and Path(options.source).exists() and options.out.samefile(options.source):
        raise MotionError(f"{options.out} is the video to be magnified: choose another name.")
    from motionapp.magnified import about_band, magnify_video
    from motionapp.sources import open_source

    with closing(open_source(options.source)) as source:  # what is wrong is told before the kernels are prepared
        about_band(source.info, settings)
    prepare(labs=True)
    with progress_bar("magnifying", " frames") as bar:
        result = magnify_video(
            options.source,
            options.out,
            settings,
            lambda done, total: advance(bar, done, total),
            side_by_side=options.side_by_side,
        )
    for notice in result.notices:
        print(f"motionapp: {notice}", file=sys.stderr)
    if options.json:
        print(json.dumps({**asdict(result), "video": str(result.video), **asdict(settings)}))
    else:
        speed = f"{result.frames} frames in {result.elapsed_s:.1f} s ({result.speed_hz:.1f} per second)"
        low_hz, high_hz = result.band_hz
        motions = f"motions of {low_hz:.3g} to {high_hz:.3g} Hz {1 + settings.alpha:g} times as large"
        print(f"wrote {result.video}: {speed}, {motions}")
    return 0


def _read_out(text: str) -> Path:
    if Path(text).suffix.lower() != ".mp4":
        raise argparse.ArgumentTypeError(f"{text} has to end in .mp4")
    return Path(text)


def read_band(text: str) -> tuple[float, float]:
    """Read a band of the command line, LO-HI in Hz, or in beats per minute with "bpm" behind it."""
    beats = text.lower().endswith("bpm")
    low, _, high = (text[:-3] if beats else text).partition("-")
    try:
        low_hz, high_hz = (float(edge) / (60.0 if beats else 1.0) for edge in (low, high))
    except ValueError:
        low_hz = high_hz = math.nan
    if not (low_hz < high_hz and usable(_FIELDS["low_hz"], low_hz) and usable(_FIELDS["high_hz"], high_hz)):
        raise argparse.ArgumentTypeError(f"{text} is not a band LO-HI in Hz, as in 0.4-3, or in beats: 50-90bpm")
    return low_hz, high_hz


def _option(name: str, metavar: str) -> tuple[Any, Any]:
    """Return the option for a number of the settings, with its help, default and range."""
    limits, default = _FIELDS[name].metadata, getattr(_DEFAULT, name)

    def read(text: str) -> float:
        value = type(default)(text)
        if not usable(_FIELDS[name], value):
            raise argparse.ArgumentTypeError(f"{text} is not from {limits['low']:g} to {limits['high']:g}")
        return value

    read.__name__ = "number"
    told = f"{limits['help'][0].lower()}{limits['help'][1:]} ({default:g})"
    return ((f"--{name}",), {"type": read, "metavar": metavar, "default": default, "help": told})


COMMANDS = {
    "magnify": Command(
        _magnify,
        "make motions too small to see larger, or take them away, within a band of frequencies",
        (("source",), {"metavar": "IN", "help": "a video"}),
        (OUT, {"type": _read_out, "required": True, "metavar": "OUT", "help": "file.mp4"}),
        (
            ("--band",),
            {
                "type": read_band,
                "metavar": "LO-HI",
                "default": (_DEFAULT.low_hz, _DEFAULT.high_hz),
                "help": f"frequencies in Hz, or beats per minute: 50-90bpm ({_DEFAULT.low_hz:g}-{_DEFAULT.high_hz:g})",
            },
        ),
        _option("alpha", "A"),
        (
            ("--method",),
            {"choices": get_args(Magnification), "default": _DEFAULT.method, "help": f"pyramid ({_DEFAULT.method})"},
        ),
        _option("levels", "N"),
        _option("order", "N"),
        _option("noise", "C"),
        (("--side-by-side",), {"action": "store_true", "help": "show the original beside it"}),
        OVERWRITE,
        JSON,
    ),
}
