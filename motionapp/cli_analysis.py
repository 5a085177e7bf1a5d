"""The command ``motionapp analyze``."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from motionapp.analysis.recipe import PRESET, Camera, Fields, Recipe, Video
from motionapp.analysis.regions import Region
from motionapp.command import JSON, OUT, Command, prepare, progress_bar
from motionapp.settings import PRESETS
from motionapp.types import MotionError

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from motionapp.analysis.progress import FileResult, Progress


def _analyze(options: argparse.Namespace) -> int:
    try:
        recipe = _recipe(options)
    except MotionError as error:
        print(f"motionapp analyze: {error}", file=sys.stderr)
        return 2
    prepare()
    from motionapp.analysis.run import analyse

    with _interruptible() as interrupted, _executor(options) as executor, _Bar() as bar:
        results = analyse(
            options.files,
            recipe,
            options.out,
            executor,
            bar.show,
            interrupted,
            overwrite=options.overwrite,
            resume=options.resume,
        )
    _tell(results, as_json=options.json)
    if interrupted():
        return 130
    return 1 if any(result.state == "failed" for result in results) else 0
