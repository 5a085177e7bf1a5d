"""What the commands share: how a command is described, common options, checks and progress.

Nothing but the standard library is imported before a command needs it, so that ``--help`` answers at once.
"""

from __future__ import annotations

import argparse
import functools
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from motionapp.settings import PRESETS
from motionapp.types import MotionError

OVERWRITE = (("--overwrite",), {"action": "store_true", "help": "replace an existing file"})
JSON = (("--json",), {"action": "store_true", "help": "print JSON for machines"})
OUT = ("-o", "--out")


class Command:
    """A word of the command line: what it does, its options, and the function that does it."""

    def __init__(self, run: Callable[[argparse.Namespace], int], summary: str, *options: tuple[Any, Any]) -> None:
        self.run, self.summary, self.options = run, summary, options

    def parser(self, name: str) -> argparse.ArgumentParser:
        """Build the parser of the words after ``name``."""
        parser = argparse.ArgumentParser(f"motionapp {name}", description=self.summary, allow_abbrev=False)
        for names, details in self.options:
            parser.add_argument(*names, **details)
        return parser


def preset_option(default: str) -> tuple[Any, Any]:
    """Return the option that chooses a preset of the flow."""
    return (("--preset",), {"choices": list(PRESETS), "default": default, "help": f"quality of flow ({default})"})


def check_out(path: Path, suffixes: tuple[str, ...], overwrite: bool) -> None:
    """Raise MotionError before any work is done for a file that could not be written in the end."""
    if path.suffix.lower() not in suffixes:
        raise MotionError(f"{path} has to end in {', '.join(suffixes)}")
    if path.exists() and not overwrite:
        raise MotionError(f"{path} exists already: choose another name, or add --overwrite")
    if not path.parent.is_dir():
        raise MotionError(f"{path} cannot be written: there is no folder {path.parent}. Make it, or choose another.")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise MotionError(f"{path} cannot be written: {path.parent} is not for you to write in. Choose another folder.")


@functools.cache
def prepare(*, labs: bool = False) -> None:
    """Ready the kernels of motion, or those of the labs, with progress on a terminal: the first start compiles them."""
    from kernels.warmup import warm_up

    with progress_bar("preparing kernels", "") as bar:
        notice = warm_up(lambda done, total, _label: advance(bar, done, total), labs=labs)
    if notice:
        print(f"motionapp: {notice}", file=sys.stderr)


def progress_bar(label: str, unit: str) -> Any:
    """Return a progress bar on stderr, silent where that is not a terminal."""
    from tqdm import tqdm

    return tqdm(desc=label, unit=unit, disable=None, file=sys.stderr, leave=False)


def advance(bar: Any, done: int, total: int | None) -> None:
    """Set a progress bar to ``done`` of ``total``."""
    bar.total = total
    bar.update(done - bar.n)
