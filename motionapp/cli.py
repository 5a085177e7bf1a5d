"""The command ``motionapp``: opens the window, or runs one task without it.

Nothing but the standard library is imported before a command needs it, so that ``--help`` answers at once.
Exit codes: 0 done, 1 an input failed, 2 wrong usage, 130 interrupted.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from motionapp import __version__, cli_analysis, cli_classifier, cli_magnify
from motionapp.command import JSON, OUT, OVERWRITE, Command, advance, check_out, prepare, preset_option, progress_bar
from motionapp.types import MotionError

if TYPE_CHECKING:
    from motionapp.types import Array

SOURCES = """\
SOURCE is a video, a picture or a folder of pictures, scene:NAME (moving-arm, translation, rotation, zoom, crossing,
still), camera:N, network:URL (http or rtsp), or auto: the first camera, without one the bundled clip."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``motionapp`` with the given words (default: the command line's) and return its exit code."""
    try:
        code = _obey(list(sys.argv[1:] if argv is None else argv))
        if sys.stdout is not None:
            sys.stdout.flush()  # here, and not at exit, where it is too late to answer
        return code
    except BrokenPipeError:  # the reader of a pipe has left; do not complain again at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _obey(words: list[str]) -> int:
    try:
        if words and words[0] in COMMANDS:
            command = COMMANDS[words[0]]
            return command.run(command.parser(words[0]).parse_args(words[1:]))
        return _window(_window_parser().parse_args(words))
    except SystemExit as leaving:  # argparse: help, version or wrong usage
        return leaving.code if isinstance(leaving.code, int) else 2
    except MotionError as error:
        print(f"motionapp: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt as error:  # a command may say what it leaves
        print(f"motionapp: interrupted{f'. {error}' if str(error) else ''}", file=sys.stderr)
        return 130


def _window_parser() -> argparse.ArgumentParser:
    listing = "\n".join(f"  {name:<9} {command.summary}" for name, command in COMMANDS.items())
    parser = argparse.ArgumentParser(
        "motionapp",
        usage="motionapp [SOURCE]\n       motionapp COMMAND …   (motionapp COMMAND --help tells more)",
        description=f"See motion: blue arrows over everything that moves.\n\n{SOURCES}",
        epilog=f"commands:\n{listing}\n\nA source named like a command is opened with ./NAME or after --.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("source", nargs="?", metavar="SOURCE", help="what to open; without it, choose in the window")
    parser.add_argument("--version", action="version", version=f"motionapp {__version__}")
    return parser


def _window(options: argparse.Namespace) -> int:
    if sys.platform.startswith("linux") and not _has_display():
        raise MotionError(
            "no display found: neither DISPLAY nor WAYLAND_DISPLAY is set. "
            "To work without a window: motionapp demo [SOURCE]"
        )
    try:
        from ui.app import run
    except ImportError as error:
        raise MotionError(f"the window cannot be opened ({error}); motionapp doctor says what is missing") from error
    return run(options.source)


def _has_display() -> bool:
    """Whether Qt can show a window: a display server, or a platform plug-in that needs none (offscreen, vnc …)."""
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return True
    return os.environ.get("QT_QPA_PLATFORM", "xcb").split(":")[0] not in ("", "xcb", "wayland", "wayland-egl")


def _flow(options: argparse.Namespace) -> int:
    import numpy as np

    from motionapp.flowfiles import write_flow
    from motionapp.images import read_image

    check_out(options.out, (".flo", ".npz", ".png"), options.overwrite)
    image0, image1 = read_image(options.image0), read_image(options.image1)
    if image0.shape[:2] != image1.shape[:2]:
        raise MotionError(
            f"{options.image0} is {_size(image0)} and {options.image1} is {_size(image1)}: "
            "both pictures must have the same size."
        )
    prepare()
    from motionapp.estimator import estimate_flow

    flow = estimate_flow(image0, image1, preset=options.preset)
    write_flow(options.out, np.ascontiguousarray(np.moveaxis(flow, 2, 0)), options.overwrite)
    speed = np.hypot(flow[..., 0], flow[..., 1])
    figures = {
        "out": str(options.out),
        "width": flow.shape[1],
        "height": flow.shape[0],
        "preset": options.preset,
        "mean_px": round(float(speed.mean()), 4),
        "max_px": round(float(speed.max()), 4),
    }
    text = f"wrote {options.out}: {_size(image0)}, mean speed {speed.mean():.2f} px, fastest {speed.max():.2f} px"
    print(json.dumps(figures) if options.json else text)
    return 0


def _convert(options: argparse.Namespace) -> int:
    from motionapp.flowfiles import read_flow, write_flow, write_picture

    name = options.out.name.lower()
    as_picture = name.endswith(".png") and not name.endswith(".kitti.png") and not options.kitti
    check_out(options.out, (".flo", ".npz", ".png"), options.overwrite)
    flow = read_flow(options.flow)
    if not as_picture:
        write_flow(options.out, flow, options.overwrite)
        print(f"wrote {options.out}: {_size(flow[0])}")
        return 0
    import numpy as np

    from motionapp.overlay import flow_to_colour

    known = np.isfinite(flow).all(axis=0)
    flow = np.where(known, flow, np.float32(0))
    top_px = options.top or float(np.hypot(*flow).max(initial=0.0)) or 1.0
    picture = flow_to_colour(flow, top_px)
    picture[~known] = 0  # unknown is black, as in Middlebury's pictures
    write_picture(options.out, picture, options.overwrite)
    print(f"wrote {options.out}: {_size(picture)}, full colour is {top_px:.2f} px per frame")
    return 0


def _cameras(options: argparse.Namespace) -> int:
    from dataclasses import asdict

    from motionapp.camera import list_cameras

    cameras = list_cameras()
    if options.json:
        print(json.dumps([asdict(camera) for camera in cameras]))
    elif not cameras:
        print("no camera found")
    for camera in [] if options.json else cameras:
        print(f"camera:{camera.index}  {camera.name}")
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from dataclasses import asdict

    from motionapp.doctor import examine

    findings = examine()
    if options.json:
        print(json.dumps([asdict(finding) for finding in findings], indent=1))
        return 0
    for finding in findings:
        print(f"{'ok     ' if finding.ok else 'warning'}  {finding.name:<16} {finding.value}")
        if finding.remedy:
            print(f"{'':25} -> {finding.remedy}")
    return 0


def _demo(options: argparse.Namespace) -> int:
    from motionapp.demo import run
    from motionapp.sources import bundled_clip

    source = bundled_clip() if options.source in (None, "auto") else options.source
    prepare()
    with progress_bar("frames", " frames") as bar:
        result = run(source, options.out, options.preset, lambda done, total: advance(bar, done, total))
    print(f"{result.frames} frames of {source} in {result.elapsed_s:.1f} s ({result.rate_hz:.1f} frames per second)")
    print(f"annotated video:  {result.video}")
    print(f"arrow field:      {result.picture}")
    if result.notice:
        print(f"motionapp: {result.notice}", file=sys.stderr)
    return 0


def _speed(text: str) -> float:
    """Read a speed of the command line."""
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a speed above 0")
    return value


def _size(image: Array) -> str:
    return f"{image.shape[1]}×{image.shape[0]}"


_PRESET = preset_option("balanced")

COMMANDS = {
    "flow": Command(
        _flow,
        "estimate the motion from picture A to picture B",
        (("image0",), {"metavar": "A", "type": Path, "help": "first picture"}),
        (("image1",), {"metavar": "B", "type": Path, "help": "second picture, of the same size"}),
        (OUT, {"type": Path, "required": True, "metavar": "FLOW", "help": "file.flo, file.npz or file.png (KITTI)"}),
        _PRESET,
        OVERWRITE,
        JSON,
    ),
    "convert": Command(
        _convert,
        "turn a flow file into another one, or into a colour picture (.png)",
        (("flow",), {"type": Path, "metavar": "FLOW", "help": "file.flo, file.npz or file.png (KITTI)"}),
        (("out",), {"type": Path, "metavar": "OUT", "help": ".flo, .npz, .kitti.png, or .png: Middlebury colours"}),
        (("--kitti",), {"action": "store_true", "help": "write a .png in KITTI's encoding instead of colours"}),
        (("--top",), {"type": _speed, "metavar": "PX", "help": "speed of full colour (default: the fastest)"}),
        OVERWRITE,
    ),
    "demo": Command(
        _demo,
        "write an annotated video and a picture of the arrow field, without a window",
        (("source",), {"nargs": "?", "metavar": "SOURCE", "help": "default: the bundled clip of a moving arm"}),
        (OUT, {"type": Path, "default": Path("out"), "metavar": "DIR", "help": "folder to write to (default: out)"}),
        _PRESET,
    ),
    **cli_analysis.COMMANDS,
    **cli_magnify.COMMANDS,
    **cli_classifier.COMMANDS,
    "cameras": Command(_cameras, "list the cameras", JSON),
    "doctor": Command(_doctor, "examine this installation and say what to do about problems", JSON),
}
