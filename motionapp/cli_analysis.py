"""The command ``motionapp analyze``."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from motionapp.analysis.recipe import PRESET, Camera, Fields, Recipe, Video
from motionapp.analysis.regions import Region
from motionapp.command import JSON, OUT, Command, prepare, progress_bar
from motionapp.settings import PRESETS
from motionapp.types import MotionError
from motionapp.wholefile import check_writable

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from motionapp.analysis.progress import FileResult, Progress


def _analyze(options: argparse.Namespace) -> int:
    try:
        recipe = _recipe(options)
        recipe.check_outputs()
        if options.out == _STDOUT:
            _check_stdout(options, recipe)
    except MotionError as error:
        print(f"motionapp analyze: {error}", file=sys.stderr)
        return 2
    if options.out == _STDOUT:
        with tempfile.TemporaryDirectory() as folder:
            return _run(options, recipe, Path(folder))
    return _run(options, recipe, options.out)


def _run(options: argparse.Namespace, recipe: Recipe, out: Path | None) -> int:
    beside = [path.absolute().parent for path in options.files if path.exists()]
    _check_folders(beside if out is None else [out])
    prepare()
    from motionapp.analysis.run import analyse

    with _interruptible() as interrupted, _executor(options, recipe) as executor, _Bar() as bar:
        results = analyse(
            options.files,
            recipe,
            out,
            executor,
            bar.show,
            lambda _path: interrupted(),
            overwrite=options.overwrite,
            resume=options.resume,
        )
    if options.out == _STDOUT:
        _print_table(results[0])
    _tell(results, as_json=options.json, named=options.out != _STDOUT)
    if any(result.state == "cancelled" for result in results):
        return 130
    return 1 if any(result.state == "failed" for result in results) else 0


def _recipe(options: argparse.Namespace) -> Recipe:
    """Return the recipe of a file or of the default, with what the other options say in its place."""
    recipe = Recipe() if options.recipe is None else Recipe.read(options.recipe)
    given = {name: getattr(options, name) for name in _SAME if getattr(options, name) is not None}
    if options.preset is not None:
        given["flow"] = PRESETS[options.preset]
    if options.roi:
        given["regions"] = tuple(Region.parse(text) for text in options.roi)
    recipe = replace(recipe, **given)
    if options.side_by_side and recipe.video == "off":
        raise MotionError("--side-by-side is of a video: add --video.")
    return recipe


def _check_stdout(options: argparse.Namespace, recipe: Recipe) -> None:
    """Raise MotionError unless a table of one file is all that is wanted."""
    table_alone = recipe.csv and not recipe.plots and recipe.video == recipe.fields == "off"
    if len(options.files) > 1 or options.json or options.resume or not table_alone:
        raise MotionError("-o - writes the table of one file, and nothing else, to standard output.")


def _print_table(result: FileResult) -> None:
    for path in result.files:
        if path.suffix == ".csv":
            sys.stdout.write(path.read_text(encoding="utf-8"))


def _check_folders(folders: list[Path]) -> None:
    """Raise MotionError at once if there is no folder that results can be written to."""
    problems = []
    for folder in dict.fromkeys(folders):
        try:
            check_writable(folder)
            return
        except MotionError as error:
            problems.append(error)
    if problems:
        raise problems[0]


@contextmanager
def _interruptible() -> Iterator[Callable[[], bool]]:
    """Yield what tells whether Ctrl+C was pressed; pressed again it ends everything at once."""
    asked = threading.Event()

    def ask(_number: int, _frame: Any) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()

    signals = (signal.SIGINT, signal.SIGTERM) if threading.current_thread() is threading.main_thread() else ()
    before = {number: signal.signal(number, ask) for number in signals}
    try:
        yield asked.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _executor(options: argparse.Namespace, recipe: Recipe) -> Iterator[Executor | None]:
    """Yield who does the work; None is this process."""
    from motionapp.analysis.executors import dask_executor, process_pool, this_process

    if options.dask is not None:
        with dask_executor(options.dask) as executor:
            yield executor
    elif options.jobs > 1:
        with process_pool(options.jobs) as executor:
            yield executor
    else:
        with this_process(recipe):
            yield None


class _Bar:
    """Progress on a terminal: frames done of all, their rate and the time left."""

    def __init__(self) -> None:
        self._bar = progress_bar("analysing", " frames")

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *_error: object) -> None:
        self._bar.close()

    def show(self, progress: Progress) -> None:
        """Show how far a run has come."""
        known = [file.total for file in progress.files if file.total is not None]
        if not known or self._bar.disable:
            return
        done = sum(file.done for file in progress.files)
        over = sum(file.stage in ("done", "kept", "failed", "cancelled") for file in progress.files)
        self._bar.total = round(sum(known) * len(progress.files) / len(known))
        self._bar.set_description_str(f"{over} of {len(progress.files)} files", refresh=False)
        self._bar.update(done - self._bar.n)


def _tell(results: tuple[FileResult, ...], *, as_json: bool, named: bool) -> None:
    """Say what was written, if files are to be ``named``, and, at the end, what was not."""
    if as_json:
        entries = [
            {**asdict(result), "path": str(result.path), "files": list(map(str, result.files))} for result in results
        ]
        print(json.dumps(entries, allow_nan=False))
    for result in results:
        if result.notice:
            print(f"motionapp: {result.notice}", file=sys.stderr)
        if as_json or not result.files or not named:
            continue
        names = ", ".join(str(file) for file in result.files)
        print({"kept": f"{result.path}: is there already: {names}"}.get(result.state, f"{result.path}: {names}"))
    failed = [result for result in results if result.state == "failed"]
    for result in failed:
        print(f"motionapp: {result.error}", file=sys.stderr)
    if failed and len(results) > 1:
        print(f"motionapp: {len(failed)} of {len(results)} files failed", file=sys.stderr)
    if named and any(result.state == "cancelled" for result in results):
        print("motionapp: interrupted; the same command with --resume goes on from here", file=sys.stderr)


def _video(text: str) -> str:
    """Read how the motion is drawn; a file after the bare option is taken for that."""
    if text not in get_args(Video):
        choices = ", ".join(get_args(Video))
        raise argparse.ArgumentTypeError(f"{text} is not {choices}; name the videos before --video")
    return text


def _jobs(text: str) -> int:
    """Read a number of processes."""
    if not text.isdecimal() or not 1 <= int(text) <= 1024:
        raise argparse.ArgumentTypeError(f"{text} is not a number of processes")
    return int(text)


_STDOUT = Path("-")

#: Options that are called as the recipe's values are.
_SAME = ("from_s", "to_s", "step", "mm_per_px", "camera", "csv", "plots", "video", "side_by_side", "fields")
_SWITCH = {"action": argparse.BooleanOptionalAction, "default": None}

COMMANDS = {
    "analyze": Command(
        _analyze,
        "turn videos into tables, plots, annotated videos and fields of motion",
        (("files",), {"nargs": "+", "type": Path, "metavar": "IN", "help": "videos"}),
        (
            OUT,
            {
                "type": Path,
                "metavar": "DIR",
                "help": "folder to write to (default: beside each file); -: the table to standard output",
            },
        ),
        (("--preset",), {"choices": list(PRESETS), "help": f"quality of flow ({PRESET})"}),
        (
            ("--roi",),
            {
                "action": "append",
                "metavar": "NAME=x,y,w,h",
                "help": "measure a rectangle too, or a polygon: NAME=x1,y1;x2,y2;x3,y3; as often as you like",
            },
        ),
        (("--from",), {"dest": "from_s", "type": float, "metavar": "S", "help": "begin at this time in seconds"}),
        (("--to",), {"dest": "to_s", "type": float, "metavar": "S", "help": "end at this time in seconds"}),
        (("--step",), {"type": int, "metavar": "N", "help": "take every N-th frame (1)"}),
        (("--mm-per-px",), {"type": float, "metavar": "MM", "help": "calibration: gives speeds in mm/s as well"}),
        (("--camera",), {"choices": get_args(Camera), "help": "take the camera's motion out of the numbers (off)"}),
        (("--csv",), {**_SWITCH, "help": "write the table (on)"}),
        (("--plots",), {**_SWITCH, "help": "write plots and maps as PNG (off)"}),
        (
            ("--video",),
            {
                "nargs": "?",
                "const": "arrows",
                "type": _video,
                "metavar": "{" + ",".join(get_args(Video)) + "}",
                "help": "write an annotated mp4 (off)",
            },
        ),
        (("--side-by-side",), {**_SWITCH, "help": "show the original beside it (off)"}),
        (("--flow",), {"dest": "fields", "choices": get_args(Fields), "help": "write the fields themselves (off)"}),
        (
            ("--recipe",),
            {"metavar": "JSON", "help": "all of that from a file, or from the .json beside earlier results"},
        ),
        (("--jobs",), {"type": _jobs, "default": 1, "metavar": "N", "help": "processes that share the work (1)"}),
        (("--dask",), {"metavar": "ADDRESS", "help": "let the workers of a Dask cluster do it: tcp://HOST:PORT"}),
        (("--resume",), {"action": "store_true", "help": "go on with what was begun, and keep what is complete"}),
        (("--overwrite",), {"action": "store_true", "help": "replace existing results instead of numbering new ones"}),
        JSON,
    ),
}
